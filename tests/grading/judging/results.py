"""Results: the reports of single tests gathered into one result for each exercise."""

from dataclasses import replace
from typing import NamedTuple

from tests.grading.course.exercises import EXERCISES
from tests.grading.course.sources import Sources
from tests.grading.finding import (
    FAILING,
    PASSED,
    TODO,
    UNKNOWN,
    WAITING,
    Finding,
    as_data,
    from_data,
)
from tests.grading.show import render

SAY_ALL = ("refused", "file", "world")  # kinds of findings that leave nothing to be found


class Result(NamedTuple):
    """How an exercise fared.

    status: passed, failing, to do, waiting, not run. finding: what the learner is told, None for nothing.
    note: a remark beside a passed exercise. passed, tests: counts. seconds: of its tests together. trainings:
    what lesson 9 has measured, a dict for each (see tests/lessons/trainings.py, summary).
    """

    name: str
    status: str
    finding: Finding | None = None
    note: str = ""
    passed: int = 0
    tests: int = 0
    seconds: float = 0.0
    trainings: tuple = ()

    @property
    def message(self):
        """What the learner is told, as text; "" for nothing."""
        return render(self.finding) if self.finding else ""

    @property
    def waits_for(self):
        """The exercise, function or file that must be fixed first; "" if there is none."""
        return self.finding.waits_for if self.finding else ""

    @property
    def blocked(self):
        """Whether a whole file must be fixed before this exercise can be judged."""
        return self.status == WAITING and self.finding is not None and self.finding.kind == "file"

    @property
    def explicable(self):
        """Whether more may be found of the exercise's own code than its tests say."""
        failing = self.status == FAILING and self.finding is not None
        return failing and EXERCISES[self.name].function is not None and self.finding.kind not in SAY_ALL

    @property
    def points(self):
        """All of the exercise's points, or none."""
        return EXERCISES[self.name].points if self.status == PASSED else 0

    def as_data(self):
        """Return the result as what JSON can hold."""
        return self._asdict() | {"finding": as_data(self.finding)}

    @classmethod
    def from_data(cls, data):
        """Return the result that ``as_data`` was made of."""
        return cls(**data | {"finding": from_data(data["finding"]), "trainings": tuple(data["trainings"])})


def waiting(name, other, **counts):
    """Return the result of an exercise that waits for another one."""
    return Result(name, WAITING, Finding(status=WAITING, waits_for=other), **counts)


class Results:
    """Collects reports; an exercise passes only if every one of its planned tests has told so."""

    def __init__(self, plan, folder):
        self.plan, self.folder = dict(plan), folder
        self._reports, self._explained = {}, {}

    def add(self, report):
        """Take a test report as pytest serializes it."""
        self._reports.setdefault(report["nodeid"], {})[report["when"]] = report

    def explain(self, name, findings):
        """Take what was found of an exercise's own code, as data."""
        self._explained[name] = tuple(map(from_data, findings))

    def fails(self, name):
        """Return True if a test of an exercise has failed."""
        phases = [
            part
            for test, parts in self._reports.items()
            if self.plan.get(test) == name
            for part in parts.values()
        ]
        return any(part["outcome"] == "failed" for part in phases)

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
        name = exercise.name
        tests = [test for test, planned in self.plan.items() if planned == name]
        reports = [self._reports[test] for test in tests if test in self._reports]
        if not reports:
            return Result(name, UNKNOWN, tests=len(tests))
        good = sum(
            phases.get("call", {}).get("outcome") == "passed"
            and all(part["outcome"] == "passed" for part in phases.values())
            for phases in reports
        )
        parts = [part for phases in reports for part in phases.values()]
        counts = {"passed": good, "tests": len(tests), "seconds": sum(part["duration"] for part in parts)}
        failed = [part for part in parts if part["outcome"] == "failed"]
        if failed:
            return self._failed(exercise, failed, earlier, sources, counts)
        skipped = [part for part in parts if part["outcome"] == "skipped"]
        if good and good + len(skipped) == len(tests):
            trainings = tuple(value for part in parts for value in _properties(part, "training"))
            return Result(name, PASSED, note=_note(parts, skipped, trainings), trainings=trainings, **counts)
        if others := [other for part in skipped for other in _properties(part, "waits_for")]:
            return waiting(name, others[0], **counts)
        reason = _reason(skipped) or "its tests did not run to the end"
        return Result(name, UNKNOWN, Finding(status=UNKNOWN, sentence=reason), **counts)

    def _failed(self, exercise, failed, earlier, sources, counts):
        """Return the result of an exercise of which a test has failed."""
        name = exercise.name
        for status in (TODO, FAILING):
            if finding := _told([part for part in failed if _status(part) == status]):
                cause = self._cause(exercise, earlier, sources) if status == FAILING else None
                if cause:
                    return waiting(name, cause, **counts)
                if status == FAILING:
                    finding = finding.explained_by(self._explained.get(name, ()))
                return Result(name, finding.status, finding, **counts)
        finding = _told(failed)
        other = finding.waits_for
        ahead = [e.lesson for e in EXERCISES.values() if e.function == other and e.lesson > exercise.lesson]
        if ahead and exercise.function and all(e.lesson > exercise.lesson for e in _named(other)):
            text = f"It calls {other}, which comes in lesson {ahead[0]}: this exercise does without it"
            return Result(name, FAILING, Finding(sentence=text), **counts)
        if finding.kind == "file":
            return Result(name, WAITING, finding, **counts)
        return waiting(name, other, **counts)

    @staticmethod
    def _cause(exercise, earlier, sources):
        """Return the first exercise that this one is judged with and that is wrong; None if all are right."""
        judges = sources.judged_with(exercise)
        wrong = (name for name, result in earlier.items() if result.status == FAILING and name in judges)
        return next(wrong, None)


def _named(function):
    """Return the exercises in which a function is written; some are written in two."""
    return [exercise for exercise in EXERCISES.values() if exercise.function == function]


def _note(parts, skipped, trainings):
    """Return what is to be said beside a passed exercise, "" for nothing."""
    notes = [f"{training['accuracy']:.2%} right: {training['name']}" for training in trainings]
    notes += [_reason(skipped)] if skipped else []
    titles = [title for part in parts for title, _ in part["sections"]]
    if any("Captured stdout call" in title or "Captured stderr call" in title for title in titles):
        notes.append("it prints while it works: fine for a look, to be removed in the end")
    return "\n".join(notes)


def _reason(skipped):
    """Return why tests were skipped, "" if none was."""
    if not skipped:
        return ""
    return f"{len(skipped)} skipped: {str(skipped[0]['longrepr'][-1]).removeprefix('Skipped: ')}"


def _properties(report, name):
    """Return what a test has noted under a name."""
    return [value for key, value in report.get("user_properties", ()) if key == name]


def _told(reports):
    """Return what is to be told: the diagnosis, with the first test that fails for its reason."""
    if not reports:
        return None
    refused = next((report for report in reports if _finding(report).kind == "refused"), None)
    diagnosed = next((report for report in reports if report.get("diagnosis")), None)
    if refused:
        return _finding(refused)
    if diagnosed is None:
        return replace(_finding(reports[0]), printed=_printed(reports[0]))
    finding = from_data(diagnosed["diagnosis"])
    same = [report for report in reports if report.get("same_cause")]
    # Of the tests that fail alike, one with the dtype of the call on the screen is quoted.
    of_its_dtype = [r for r in same if ("float32" in r["nodeid"]) <= ("float32" in finding.call)]
    beside = next(iter(of_its_dtype or same), None)
    if beside:
        finding = finding.asked_by(_finding(beside))
    return replace(finding, printed=_printed(beside or diagnosed), trace=_finding(beside or diagnosed).trace)


def _finding(report):
    """Return what a test found; a process that ended early has left only a sentence."""
    data = report.get("finding")
    return from_data(data) if data else Finding(sentence=str(report["longrepr"]))


def _status(report):
    return _finding(report).status


def _printed(report):
    """Return the lines that the graded code printed in a failed test."""
    texts = [text for title, text in report["sections"] if "Captured std" in title]
    return tuple(line for text in texts for line in text.splitlines())
