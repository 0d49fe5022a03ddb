"""A learner's program in a learner's folder, checked as the learner would check it, and what came of it."""

import ast
import hashlib
import json
import os
import shutil
import time
from functools import cache
from pathlib import Path
from typing import NamedTuple

from tests.grading import ROOT
from tests.grading.course.exercises import EXERCISES
from tests.grading.course.textbook import textbook
from tests.grading.desk import structured
from tests.grading.desk.progress import Progress
from tests.grading.finding import WAITING
from tests.grading.judging import runner
from tests.solutions.learners.placing import laid_over

ELSEWHERE = 0  # for a line of another file than the program's: it is nobody's neighbour


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

    exercises: those that will be checked; what they are judged with is graded here, once for all. limit:
    seconds for the tests of an exercise.
    """

    def __init__(self, folder, exercises, limit=runner.LIMIT):
        self._folder, self._limit = Path(folder), limit
        self._solved = self._folder / "solved"
        self._solved.mkdir()
        for file, text in _solved().items():
            (self._solved / file).write_text(text, encoding="utf-8")
        progress = Progress(self._solved)
        progress.refresh([EXERCISES[name] for name in sorted(set(exercises))], limit=limit)
        failing = [f"{name}: {r.message}" for name, r in progress.current().items() if r.finding and r.tests]
        if failing:
            raise RuntimeError("the plain solution must pass; got\n" + "\n".join(failing))

    def check(self, program):
        """Check a program in a folder of its own; return the record, which JSON can hold.

        Its "processor" counts the seconds of all programs that are checked at the same time.
        """
        spot = placed(program)
        folder = self._folder / program.id
        shutil.copytree(self._solved, folder)
        try:
            (folder / spot.file).write_text(spot.text, encoding="utf-8")
            progress = Progress(folder)
            begun, spent = time.perf_counter(), _spent()
            progress.refresh([EXERCISES[program.exercise]], limit=self._limit)
            result = progress.current()[program.exercise]
            seconds, spent = time.perf_counter() - begun, _spent() - spent
            found = findings(result, folder, spot.file)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
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
            "processor": round(spent, 2),
            "fault": [spot.numbers[line] for line in program.lines],
            "findings": found,
            "as_mended": as_mended(spot, found),
            "read": result.message,
        }


def findings(result, folder, file):
    """Return what ``check --json`` says of an exercise, the most important first; file: the program's."""
    [told] = json.loads(structured.text([result], folder, with_changes=True))
    for finding in told["findings"]:
        if finding["line"] and Path(finding["file"]).name != file:
            finding["line"] = ELSEWHERE
    return told["findings"]


def _spent():
    """Return the processor's seconds of all processes that were run, 0 where nobody counts them."""
    times = os.times()
    return times.children_user + times.children_system


def as_mended(spot, found):
    """Tell whether the changes that are shown make of a program what the teacher makes of it.

    Returns None if no change is shown, or nobody has mended the program; "" if they do not fit the file,
    or one another, as two changes of the same lines do not.
    """
    changes = [finding["change"] for finding in found if finding["change"]]
    if not changes or not spot.mended:
        return None
    try:
        changed = ast.parse(changed_by(spot.text, changes))
    except ValueError:
        return ""
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
