"""Verdicts: what a failed test says to the learner, message first, and whether there is anything yet."""

import linecache
import re
from inspect import getdoc
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.grading.course.exercises import EXERCISES
from tests.grading.diagnosis import diagnose, raised
from tests.grading.errors import Line, in_words, line_of
from tests.grading.package import Blocked, Refused
from tests.grading.results import FAILING, TODO, WAITING

EXERCISE = pytest.StashKey[str]()
DIAGNOSED = pytest.StashKey[dict]()


class Verdict(NamedTuple):
    """status: to do, waiting (then ``other`` is the function that it waits for) or failing.

    message: all that this test has to say. diagnosis: of the exercise, at its first failure. beside: what
    this test adds to the diagnosis, "" if it fails for another reason. line: where an error arose in the
    exercise's own file, 0 if none did.
    """

    status: str
    message: str
    other: str = ""
    diagnosis: str = ""
    beside: str = ""
    line: int = 0


def judge(item, excinfo, package):
    """Return the verdict on a failed test of an exercise."""
    exercise = EXERCISES[item.stash[EXERCISE]]
    if excinfo.errisinstance(Blocked):
        return Verdict(WAITING, str(excinfo.value), str(excinfo.value).split("cannot be imported: ")[-1])
    failure = _explain(excinfo, package, exercise)
    status, message = failure.status, failure.message
    refused, why = excinfo.errisinstance(Refused), _why(item, failure.kind)
    told = beside = ""
    line = failure.line
    if status == FAILING and exercise.function and not refused:
        diagnosed = item.config.stash.setdefault(DIAGNOSED, {})
        first = exercise.name not in diagnosed
        if first:  # once for each exercise, at its first failure
            diagnosed[exercise.name] = _diagnose(exercise, package)
        diagnosis = diagnosed[exercise.name]
        if diagnosis and diagnosis.unwritten:
            status = TODO
        if diagnosis and diagnosis.evidence:
            if _has_this_cause(diagnosis, failure, item.name):
                short = item.name if len(item.name) < 72 else item.originalname
                beside = "\n".join([f"Test: {short}", *_added(diagnosis, message, why)])
            if first:
                told, line = str(diagnosis), diagnosis.line
                message = "\n".join([told, "", beside or f"Test: {item.name}\n{message}"])
            why = ""
    if status == FAILING and not refused and why and why not in message:
        message += f"\n{why}"
    own = package.path / f"{exercise.module}.py"
    return Verdict(
        status, message, failure.other, told, beside, line.number if line and line.path == own else 0
    )


def _why(item, kind):
    """Return the first line of a test's docstring where it is about this kind of failure, else ""."""
    marker = item.get_closest_marker("exercise")
    about = marker.kwargs.get("about", "values").split()
    why = getdoc(item.function)
    return f"Why: {why.splitlines()[0]}" if why and kind in about else ""


def _has_this_cause(diagnosis, failure, test):
    """Tell whether a test fails for the reason that the diagnosis shows: one screen tells of one failure."""
    if diagnosis.kind in ("exception", "warning"):
        return type(diagnosis.error) is type(failure.error) and diagnosis.line == failure.line
    if diagnosis.test:  # such a test may look at more than one kind
        return diagnosis.test in test and failure.kind not in ("exception", "warning", "world")
    if diagnosis.kind != failure.kind:
        return False
    words = _words(diagnosis.part.split("[")[0])
    return words is None or re.search(rf"\b({words})\b", failure.message.split("\n")[0]) is not None


def _words(part):
    """Return what the tests call a part of a result, as a pattern; None for the whole of it."""
    if part in ("loss", "penalty", "norm", "mask", "y", "dx", "dW", "db"):
        return part
    if part in ("grad", "grads"):
        return "grads?|gradients?"
    if re.fullmatch(r"d[Wb]\d", part):
        return f"{part}|gradient of {part[1:]}|gradients"
    return None


def _added(diagnosis, message, why):
    """Return the lines that a test adds to a diagnosis: its numbers are left out, for others are shown."""
    if diagnosis.sentence or diagnosis.kind in ("exception", "warning", "changed"):
        return []
    if "Is a `return` missing?" in diagnosis.evidence:  # that is all there is to say
        return []
    return [line for line in message.splitlines() if not _is_table(line)] + ([why] if why else [])


def _diagnose(exercise, package):
    try:
        subject = getattr(getattr(package, exercise.module), exercise.function.split(".")[0])
        return diagnose(exercise.name, subject)
    except (Exception, pytest.fail.Exception):  # a diagnosis is a help; without it the message must do
        return None


class Failure(NamedTuple):
    """What a test has met with. kind: as in a diagnosis. error, line: None if nothing was raised."""

    status: str
    message: str
    kind: str = ""
    other: str = ""
    error: Exception | None = None
    line: Line | None = None


def _explain(excinfo, package, exercise):
    """Say what went wrong: a check's own message, or where an exception arose and what came before it."""
    error, message = excinfo.value, str(excinfo.value)
    own = package.path in Path(excinfo.traceback[-1].path).parents  # an `assert` of the learner's is no check
    if excinfo.errisinstance((AssertionError, pytest.fail.Exception)) and not own:
        kind = getattr(error, "kind", "refusal" if "must raise" in message else "values")
        # pytest appends the expression, which the message has said better, and indents all but its first line
        message = message.split("\nassert ")[0]
        return Failure(FAILING, message.replace("\n  Look at: ", "\nLook at: "), kind)
    inside = [entry for entry in excinfo.traceback if package.path in Path(entry.path).parents]
    entry = inside[-1] if inside else excinfo.traceback[-1]
    function = entry.frame.code.raw.co_qualname
    place = f"{entry.path}:{entry.lineno + 1}"
    if excinfo.errisinstance(NotImplementedError):
        status = TODO if exercise.function in (function, entry.name) else WAITING
        return Failure(status, f"{function} is not written yet: {place}", other=function)
    line = line_of(error, package.path / f"{exercise.module}.py", package.path)
    source = linecache.getline(str(entry.path), entry.lineno + 1).strip()
    kind = "warning" if isinstance(error, Warning) else "exception"
    if excinfo.errisinstance(MemoryError):
        text = f"{function} asked for more memory than there is: {message or 'MemoryError'}\n  {place}"
    elif excinfo.errisinstance(RecursionError):
        text = f"{function} calls itself without end ({message})\n  {place}"
    elif excinfo.errisinstance(SystemExit):
        text = f"{function} ends the program ({excinfo.typename}): a function returns\n  {line or place}"
    elif inside:
        text = "\n".join([f"{line.function}:", *raised(error, line)])
    elif "unpack" in message:
        text = f"A result has other parts than the lesson expects ({message}).\n  expected: {source}"
    else:
        text = "\n".join([f"{excinfo.typename}: {message}", f"  in the lesson: {source}"])
        if words := in_words(error, source):
            text += f"\nIn plain words: {words}"
    return Failure(FAILING, text, kind, error=error, line=line)


def _is_table(line):
    return line.startswith(("  at [", "  expected", "  got", "  ...", "  along ")) or line.endswith(
        "entries differ:"
    )
