"""Results: the reports of single tests gathered into one result for each exercise."""

import re
from typing import NamedTuple

from tests.grading.course.exercises import EXERCISES
from tests.grading.sources import Sources

PASSED, FAILING, TODO, WAITING, UNKNOWN = "passed", "failing", "to do", "waiting", "not run"
WAITS = "waits for "  # what a skipped training says, before the exercise that must pass first


class Result(NamedTuple):
    """How an exercise fared.

    status: passed, failing, to do, waiting, not run. message: what the learner is told, "" for nothing. note:
    a remark beside a passed exercise. passed, tests: counts. seconds: of its tests together. line: where an
    error arose in the exercise's file, 0 if none did. trainings: what lesson 9 has measured, a dict for each
    (see tests/lessons/trainings.py, summary).
    """

    name: str
    status: str
    message: str = ""
    note: str = ""
    passed: int = 0
    tests: int = 0
    seconds: float = 0.0
    line: int = 0
    trainings: tuple = ()

    @property
    def blocked(self):
        """Whether a whole file must be mended before this exercise can be judged."""
        return self.status == WAITING and re.match(r"waits for \w+\.py, line ", self.message) is not None

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
                trainings = [training for phases in reports for training in _trainings(phases)]
                notes = [f"{training['accuracy']:.2%} right: {training['name']}" for training in trainings]
                if skipped:
                    notes.append(_reason(skipped))
                if printed:
                    notes.append("it prints while it works: fine for a look, to be removed in the end")
                return Result(
                    exercise.name, PASSED, note="\n".join(notes), trainings=tuple(trainings), **counts
                )
            reason = _reason(skipped) or "its tests did not run to the end"
            if WAITS in reason:
                return Result(exercise.name, WAITING, WAITS + reason.partition(WAITS)[2], **counts)
            return Result(exercise.name, UNKNOWN, reason, **counts)
        first = {
            status: _told([part for part in failed if _status(part) == status])
            for status in (TODO, FAILING, WAITING)
        }
        for status in (TODO, FAILING):
            if first[status]:
                message = _message(first[status]) + _printed(first[status])
                counts["line"] = first[status].get("line", 0)
                cause = self._cause(exercise, earlier, sources) if status == FAILING else None
                if cause:
                    return Result(exercise.name, WAITING, f"waits for {cause}", **counts)
                return Result(exercise.name, status, message, **counts)
        other = first[WAITING].get("other", "")
        ahead = [e.lesson for e in EXERCISES.values() if e.function == other and e.lesson > exercise.lesson]
        if ahead and exercise.function and all(e.lesson > exercise.lesson for e in _named(other)):
            message = f"It calls {other}, which comes in lesson {ahead[0]}: this exercise does without it"
            return Result(exercise.name, FAILING, message, **counts)
        return Result(exercise.name, WAITING, f"waits for {other}", **counts)

    @staticmethod
    def _cause(exercise, earlier, sources):
        """Return the first exercise that this one is judged with and that is wrong; None if all are right."""
        judges = sources.judged_with(exercise)
        wrong = (name for name, result in earlier.items() if result.status == FAILING and name in judges)
        return next(wrong, None)


def _named(function):
    """Return the exercises in which a function is written; some are written in two."""
    return [exercise for exercise in EXERCISES.values() if exercise.function == function]


def _reason(skipped):
    """Return why tests were skipped, "" where none was."""
    parts = [part for phases in skipped for part in phases.values() if part["outcome"] == "skipped"]
    if not parts:
        return ""
    return f"{len(parts)} skipped: {str(parts[0]['longrepr'][-1]).removeprefix('Skipped: ')}"


def _trainings(phases):
    """Return what a training reported of itself."""
    return [value for name, value in phases.get("call", {}).get("user_properties", ()) if name == "training"]


def _printed(report):
    """Return what the graded code printed in a failed test, its first lines."""
    sections = [text for title, text in report["sections"] if "Captured std" in title]
    lines = [line for text in sections for line in text.splitlines()]
    if not lines:
        return ""
    more = [f"  ... and {len(lines) - 8} lines more"] if len(lines) > 8 else []
    return "\n".join(["", "Printed in that test:", *(f"  {line[:74]}" for line in lines[:8]), *more])


def _told(reports):
    """Return the report to be told of: the diagnosis, and the first test that fails for its reason."""
    diagnosed = next((report for report in reports if report.get("diagnosis")), None)
    if diagnosed is None:
        return reports[0] if reports else None
    beside = next((report for report in reports if report.get("beside")), diagnosed | {"beside": ""})
    text = "\n\n".join(part for part in (diagnosed["diagnosis"], beside["beside"]) if part)
    return beside | {"longrepr": text + beside.get("trace", ""), "line": diagnosed["line"]}


def _status(report):
    return report.get("status", FAILING)


def _message(report):
    text = report["longrepr"]
    return text if isinstance(text, str) else str(text)
