"""Verdicts: what a failed test says to the learner, message first, and whether there is anything yet."""

import linecache
from inspect import getdoc
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.grading.diagnosis import diagnose
from tests.grading.exercises import EXERCISES
from tests.grading.package import Blocked, Refused
from tests.grading.results import FAILING, TODO, WAITING

EXERCISE = pytest.StashKey[str]()
DIAGNOSED = pytest.StashKey[dict]()


class Verdict(NamedTuple):
    """status: to do, waiting (then ``other`` is the function that it waits for) or failing."""

    status: str
    message: str
    other: str = ""


def judge(item, excinfo, package):
    """Return the verdict on a failed test of an exercise."""
    exercise = EXERCISES[item.stash[EXERCISE]]
    if excinfo.errisinstance(Blocked):
        return Verdict(WAITING, str(excinfo.value), str(excinfo.value).split("cannot be imported: ")[-1])
    status, message, other = _explain(excinfo, package, exercise)
    if status == FAILING and exercise.function and not excinfo.errisinstance(Refused):
        diagnosed = item.config.stash.setdefault(DIAGNOSED, {})
        if exercise.name not in diagnosed:  # once for each exercise, at its first failure
            diagnosis = diagnosed[exercise.name] = _diagnose(exercise, package)
            if diagnosis and diagnosis.evidence:  # it has shown the numbers, so the test's own are left out
                brief = [line for line in message.splitlines() if not _is_table(line)]
                message = "\n".join([str(diagnosis), "", f"Test: {item.name}", *brief])
        diagnosis = diagnosed[exercise.name]
        if diagnosis and diagnosis.unwritten:
            status = TODO
    diagnosis = item.config.stash.get(DIAGNOSED, {}).get(exercise.name)
    told = excinfo.errisinstance(Refused) or (diagnosis and diagnosis.sentence)
    if status == FAILING and not told and (why := getdoc(item.function)):
        message += f"\nWhy: {why.splitlines()[0]}"
    return Verdict(status, message, other)


def _diagnose(exercise, package):
    try:
        subject = getattr(getattr(package, exercise.module), exercise.function.split(".")[0])
        return diagnose(exercise.name, subject)
    except (Exception, pytest.fail.Exception):  # a diagnosis is a help; without it the message must do
        return None


def _explain(excinfo, package, exercise):
    """Say what went wrong: a check's own message, or where an exception arose and what came before it."""
    message = str(excinfo.value)
    if excinfo.errisinstance((AssertionError, pytest.fail.Exception)):
        # pytest appends the expression; the message has said it better
        return FAILING, message.split("\nassert ")[0], ""
    inside = [entry for entry in excinfo.traceback if package.path in Path(entry.path).parents]
    entry = inside[-1] if inside else excinfo.traceback[-1]
    function = entry.frame.code.raw.co_qualname
    place = f"{entry.path}:{entry.lineno + 1}"
    if excinfo.errisinstance(NotImplementedError):
        status = TODO if exercise.function in (function, entry.name) else WAITING
        return status, f"{function} is not written yet: {place}", function
    if excinfo.errisinstance(MemoryError):
        return (
            FAILING,
            f"{function} asked for more memory than there is: {message or 'MemoryError'}\n  {place}",
            "",
        )
    if excinfo.errisinstance(RecursionError):
        return FAILING, f"{function} calls itself without end ({message})\n  {place}", ""
    source = linecache.getline(str(entry.path), entry.lineno + 1).strip()
    if excinfo.errisinstance(SystemExit):
        return (
            FAILING,
            f"{function} ends the program ({excinfo.typename}): a function returns\n  {place}: {source}",
            "",
        )
    if inside:
        return FAILING, f"{function} raised {excinfo.typename}: {message}\n  {place}: {source}", ""
    if "unpack" in message:
        return (
            FAILING,
            f"A result has other parts than the lesson expects ({message}).\n  expected: {source}",
            "",
        )
    return FAILING, f"{excinfo.typename}: {message}\n  in the lesson: {source}", ""


def _is_table(line):
    return line.startswith(("  at [", "  expected", "  got", "  ...")) or line.endswith("entries differ:")
