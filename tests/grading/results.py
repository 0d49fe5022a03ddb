"""Results: the reports of single tests gathered into one result for each exercise."""

from typing import NamedTuple

from tests.grading.exercises import EXERCISES
from tests.grading.sources import Sources

PASSED, FAILING, TODO, WAITING, UNKNOWN = "passed", "failing", "to do", "waiting", "not run"


class Result(NamedTuple):
    """How an exercise fared.

    status: passed, failing, to do, waiting, not run. message: what the learner is told, "" for nothing. note:
    a remark beside a passed exercise. passed, tests: counts. seconds: of its tests together.
    """

    name: str
    status: str
    message: str = ""
    note: str = ""
    passed: int = 0
    tests: int = 0
    seconds: float = 0.0

    @property
    def points(self):
        """All of the exercise's points, or none."""
        return EXERCISES[self.name].points if self.status == PASSED else 0


class Results:
    """Collects reports; an exercise passes only when every one of its planned tests has told so."""

    def __init__(self, plan, folder):
        self.plan, self.folder = dict(plan), folder
        self._reports = {}

    def add(self, report):
        """Take a test report as pytest serializes it."""
        self._reports.setdefault(report["nodeid"], {})[report["when"]] = report

    def outcomes(self):
        """Return {test: outcome of its worst phase} of the tests that reported."""
        return {
            test: next((p["outcome"] for p in phases.values() if p["outcome"] != "passed"), "passed")
            for test, phases in self._reports.items()
        }

    @property
    def reported(self):
        """The tests that told how they ended."""
        return self._reports.keys()

    def all(self, earlier=None):
        """Return the result of every exercise; ``earlier`` has those that were not run this time."""
        sources = Sources(self.folder)
        results = {}
        for name, exercise in EXERCISES.items():
            results[name] = self._result(exercise, results, sources)
            if results[name].status == UNKNOWN and earlier and name not in self.plan.values():
                results[name] = earlier[name]
        return results

    def _result(self, exercise, earlier, sources):
        tests = [test for test, name in self.plan.items() if name == exercise.name]
        reports = [self._reports[test] for test in tests if test in self._reports]
        if not reports:
            return Result(exercise.name, UNKNOWN, tests=len(tests))
        failed = [part for phases in reports for part in phases.values() if part["outcome"] == "failed"]
        good = [
            phases
            for phases in reports
            if phases.get("call", {}).get("outcome") == "passed"
            and all(part["outcome"] == "passed" for part in phases.values())
        ]
        skipped = [
            phases for phases in reports if any(part["outcome"] == "skipped" for part in phases.values())
        ]
        seconds = sum(part["duration"] for phases in reports for part in phases.values())
        counts = {"passed": len(good), "tests": len(tests), "seconds": seconds}
        if not failed:
            if good and len(good) + len(skipped) == len(tests):
                printed = any(
                    "Captured stdout call" in title or "Captured stderr call" in title
                    for phases in reports
                    for part in phases.values()
                    for title, _ in part["sections"]
                )
                note = "prints while it works: fine for a look, to be removed in the end" if printed else ""
                return Result(exercise.name, PASSED, note=note, **counts)
            reason = "its tests were skipped" if skipped else "its tests did not run to the end"
            return Result(exercise.name, UNKNOWN, reason, **counts)
        first = {
            status: next((part for part in failed if _status(part) == status), None)
            for status in (TODO, FAILING, WAITING)
        }
        for status in (TODO, FAILING):
            if first[status]:
                message = _message(first[status])
                cause = self._cause(exercise, earlier, sources) if status == FAILING else None
                if cause:
                    return Result(
                        exercise.name, WAITING, f"waits for {cause}, which is not right yet", **counts
                    )
                return Result(exercise.name, status, message, **counts)
        other = first[WAITING].get("other", "")
        return Result(exercise.name, WAITING, f"waits for {other}", **counts)

    @staticmethod
    def _cause(exercise, earlier, sources):
        """Return an exercise that this one calls and that is wrong itself, None where there is none."""
        if exercise.function is None:
            wrong = [name for name, result in earlier.items() if result.status == FAILING]
        else:
            needs = sources.needs(exercise)
            wrong = [name for name, result in earlier.items() if result.status == FAILING and name in needs]
        return wrong[0] if wrong else None


def _status(report):
    return report.get("status", FAILING)


def _message(report):
    text = report["longrepr"]
    return text if isinstance(text, str) else str(text)
