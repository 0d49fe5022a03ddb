"""A learner's program in a learner's folder, checked as the learner would check it, and what came of it."""

import ast
import hashlib
import shutil
import time
from functools import cache
from pathlib import Path
from typing import NamedTuple

from tests.grading import ROOT
from tests.grading.course.exercises import EXERCISES
from tests.grading.course.textbook import textbook
from tests.grading.desk.progress import Progress
from tests.grading.finding import WAITING
from tests.grading.judging.runner import LIMIT
from tests.solutions.learners.placing import laid_over

OWN_LINE = (
    "exception",
    "warning",
    "file",
)  # kinds of findings whose place has always been the learner's line


class Placed(NamedTuple):
    """A module's file with a program in it.

    text: the file's. numbers: by line of the program, the line of the file. mended: the file's text as a
    teacher mends it, "" if nobody has.
    """

    file: str
    text: str
    numbers: dict[int, int]
    mended: str


def placed(program):
    """Return a program in the place of its namesake in the plain solution."""
    file = f"{EXERCISES[program.exercise].module}.py"
    if program.whole:
        numbers = {number: number for number in range(1, program.source.count("\n") + 2)}
        return Placed(file, program.source, numbers, program.mended)
    pairs = laid_over(_solved()[file], program.source)
    numbers = {number: line for line, (_, number) in enumerate(pairs, 1) if number}
    mended = laid_over(_solved()[file], program.mended) if program.mended else ()
    return Placed(file, _joined(pairs), numbers, _joined(mended))


class Learner:
    """A learner who has solved all exercises and checked them: the folder in which programs are put.

    exercises: those that will be checked; what they are judged with is graded here, once for all.
    """

    def __init__(self, folder, exercises):
        self._folder = Path(folder)
        self._solved = self._folder / "solved"
        self._solved.mkdir()
        for file, text in _solved().items():
            (self._solved / file).write_text(text, encoding="utf-8")
        progress = Progress(self._solved)
        progress.refresh([EXERCISES[name] for name in sorted(set(exercises))], limit=LIMIT)
        failing = [f"{name}: {r.message}" for name, r in progress.current().items() if r.finding and r.tests]
        if failing:
            raise RuntimeError("the plain solution must pass; got\n" + "\n".join(failing))

    def check(self, program):
        """Check a program in a folder of its own; return the record, which JSON can hold."""
        spot = placed(program)
        folder = self._folder / program.id
        shutil.copytree(self._solved, folder)
        try:
            (folder / spot.file).write_text(spot.text, encoding="utf-8")
            progress = Progress(folder)
            begun = time.perf_counter()
            progress.refresh([EXERCISES[program.exercise]], limit=LIMIT)
            result = progress.current()[program.exercise]
            seconds = time.perf_counter() - begun
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        found = findings(result)
        return {
            "id": program.id,
            "digest": digest(program),
            "exercise": program.exercise,
            "kinds": program.kinds,
            "status": result.status,
            "waits_for": result.waits_for if result.status == WAITING else "",
            "tests": result.tests,
            "passed": result.passed,
            "seconds": round(seconds, 3),
            "fault": [spot.numbers[line] for line in program.lines],
            "findings": found,
            "as_mended": as_mended(spot, found),
            "read": result.message,
        }


def findings(result):
    """Return the findings on an exercise, the first one first, as dicts; line: None if none is claimed."""
    if result.finding is None:
        return []
    return [_record(finding) for finding in (result.finding, *result.finding.more)]


def _record(finding):
    place, change = finding.place, finding.change
    claimed = place is not None and (place.column > 0 or finding.kind in OWN_LINE)
    return {
        "line": place.line if claimed else None,
        "stage": finding.stage,
        "certainty": finding.sure,
        "sentence": finding.sentence,
        "mistake": finding.mistake,
        "change": change and {"line": change.line, "before": change.before, "after": change.after},
    }


def as_mended(spot, found):
    """Tell whether the changes that are shown make of a program what the teacher makes of it.

    Returns None if no change is shown, or nobody has mended the program.
    """
    changes = [finding["change"] for finding in found if finding["change"]]
    if not changes or not spot.mended:
        return None
    try:
        changed = ast.parse(changed_by(spot.text, changes))
    except SyntaxError:
        return False
    return ast.dump(changed) == ast.dump(ast.parse(spot.mended))


def changed_by(text, changes):
    """Return a text with all changes made, each of which counts lines as they stand in the text."""
    lines = text.split("\n")
    for change in sorted(changes, key=lambda change: change["line"], reverse=True):
        first = change["line"] - 1
        before, after = (part.split("\n") if part else [] for part in (change["before"], change["after"]))
        if lines[first : first + len(before)] != before:
            raise ValueError(f"line {first + 1} must read {change['before']!r}; got {lines[first]!r}")
        lines[first : first + len(before)] = after
    return "\n".join(lines)


def digest(program):
    """Return a digest of a program and of all that decides what is said of it."""
    return hashlib.sha256(f"{_grader()} {program}".encode()).hexdigest()[:16]


@cache
def _grader():
    """Return a digest of the reference, the lessons, the bank and the grader."""
    hashed = hashlib.sha256()
    patterns = ("nn/*.py", "tests/lessons/*.py", "tests/solutions/**/*.py", "tests/grading/**/*.*")
    for path in sorted(path for pattern in patterns for path in ROOT.glob(pattern)):
        if path.suffix in (".py", ".toml"):
            hashed.update(path.read_bytes())
    return hashed.hexdigest()


@cache
def _solved():
    return textbook()


def _joined(pairs):
    return "\n".join(line for line, _ in pairs)
