"""Verdicts: what a failed test says to the learner, and whether it fails for the reason of the diagnosis."""

import dis
import linecache
import re
from contextlib import suppress
from dataclasses import replace
from inspect import getdoc
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.grading.course.exercises import EXERCISES
from tests.grading.diagnosis.again import first_wrong
from tests.grading.diagnosis.calls import HERE
from tests.grading.diagnosis.diagnose import diagnose
from tests.grading.diagnosis.evidence import error_fields
from tests.grading.finding import FAILING, TODO, WAITING, Finding, Place
from tests.grading.judging.package import Refused
from tests.grading.messages.errors import in_words, line_of
from tests.grading.show import render
from tests.grading.terminal import width
from tests.lessons.checks import CheckFailed

EXERCISE = pytest.StashKey[str]()
DIAGNOSED = pytest.StashKey[dict]()
CALLS = pytest.StashKey[list]()


class Verdict(NamedTuple):
    """What is known of a failed test.

    finding: of the test itself. diagnosis: of the exercise, at its first failure only. same_cause: whether
    the test fails for the reason that the diagnosis shows.
    """

    finding: Finding
    diagnosis: Finding | None = None
    same_cause: bool = False


def judge(item, excinfo, package):
    """Return the verdict on a failed test of an exercise."""
    exercise = EXERCISES[item.stash[EXERCISE]]
    finding = _explain(excinfo, package, exercise)
    if finding.status != FAILING or excinfo.errisinstance(Refused):
        return Verdict(finding)
    test = item.name if len(item.name) < 72 else item.originalname
    finding = replace(finding, test=test, why=_why(item, finding))
    if exercise.function is None:
        return Verdict(replace(finding, test=""))
    diagnosed = item.config.stash.setdefault(DIAGNOSED, {})
    first = exercise.name not in diagnosed
    if first:  # once for each exercise, at its first failure
        diagnosed[exercise.name] = _diagnose(exercise, package)
    if diagnosed[exercise.name] is None:
        return Verdict(replace(finding, test=""))
    diagnosis = diagnosed[exercise.name].finding
    same = _has_this_cause(diagnosed[exercise.name], finding, item, exercise, package)
    return Verdict(replace(finding, status=diagnosis.status), diagnosis if first else None, same)


def told(finding, diagnosis, same_cause, said=()):
    """Return what a failed test says, as text; said: what was found of the learner's own code."""
    if diagnosis and same_cause:
        joined = replace(diagnosis.asked_by(finding), trace=finding.trace).explained_by(said)
        return render(joined, width())
    shown = [diagnosis.explained_by(said), finding] if diagnosis else [finding]
    return "\n\n".join(render(each, width()) for each in shown)


def _why(item, finding):
    """Return the first line of a test's docstring if it is about this kind of failure, else ""."""
    marker = item.get_closest_marker("exercise")
    about = marker.kwargs.get("about", "values").split()
    why = getdoc(item.function)
    return why.splitlines()[0] if why and finding.kind in about else ""


def _has_this_cause(diagnosed, finding, item, exercise, package):
    """Return True if a test fails for the reason that the diagnosis shows: one screen tells of one failure.

    If a mistake is named, the test's own call must show that very mistake; if none is, it must be a call like
    the one on the screen.
    """
    diagnosis, calls = diagnosed.finding, item.stash.get(CALLS, [])
    if diagnosis.kind in ("exception", "warning"):
        return (diagnosis.raised, diagnosis.place) == (finding.raised, finding.place)
    if diagnosed.test:  # such a test may look at more than one kind
        return diagnosed.test in item.name and finding.kind not in ("exception", "warning", "world")
    first = shows = None
    with suppress(Exception):  # without a comparison the kinds must do
        first, shows = first_wrong(exercise.name, _subject(exercise, package), calls, diagnosis.mistake)
    if diagnosis.mistake and shows is not None:
        return shows
    if diagnosis.kind != finding.kind:
        return False
    last = first or (calls[-1] if calls else None)
    if diagnosed.call and last and not last.is_like(diagnosed.call):
        return False
    words = _words(diagnosis.part.split("[")[0])
    return words is None or re.search(rf"\b({words})\b", finding.part or finding.sentence) is not None


def _words(part):
    """Return what the tests call a part of a result, as a pattern; None for the whole of it."""
    if part in ("loss", "penalty", "norm", "mask", "y", "dx", "dW", "db"):
        return part
    if part in ("grad", "grads"):
        return "grads?|gradients?"
    if re.fullmatch(r"d[Wb]\d", part):
        return f"{part}|gradient of {part[1:]}|gradients"
    return None


def _subject(exercise, package):
    return getattr(getattr(package, exercise.module), exercise.function.split(".")[0])


def _diagnose(exercise, package):
    try:
        return diagnose(exercise.name, _subject(exercise, package))
    except (Exception, pytest.fail.Exception):  # a diagnosis is a help; without it the message must do
        return None


def _explain(excinfo, package, exercise):
    """Return what went wrong: a check's own finding, or where an exception arose and what came before it."""
    error, message = excinfo.value, str(excinfo.value)
    if excinfo.errisinstance(CheckFailed):
        return error.finding
    entries = [entry for entry in excinfo.traceback if Path(entry.path) != HERE]
    inside = [entry for entry in entries if package.path in Path(entry.path).parents]
    if excinfo.errisinstance((AssertionError, pytest.fail.Exception)) and not (
        inside and inside[-1] is entries[-1]  # an `assert` of the learner's is no check
    ):
        return Finding(kind="values", sentence=message)
    entry = inside[-1] if inside else entries[-1]
    function = entry.frame.code.raw.co_qualname
    source = linecache.getline(str(entry.path), entry.lineno + 1).strip()
    place = Place(Path(entry.path).name, entry.lineno + 1, source, function)
    if excinfo.errisinstance(NotImplementedError):
        status = TODO if exercise.function in (function, entry.name) else WAITING
        return Finding(
            status=status, sentence=f"{function} is not written yet:", place=place, waits_for=function
        )
    own = line_of(error, package.path / f"{exercise.module}.py", package.path)
    kind = "warning" if isinstance(error, Warning) else "exception"
    found = Finding(kind=kind, place=own or place)
    if excinfo.errisinstance(MemoryError):
        text = f"{function} asked for more memory than there is: {message or 'MemoryError'}"
    elif excinfo.errisinstance(RecursionError):
        text = f"{function} calls itself without end ({message})"
    elif excinfo.errisinstance(SystemExit):
        text = f"{function} ends the program ({excinfo.typename}): a function returns"
    elif inside:
        return replace(found, sentence=f"{own.function}:", **error_fields(error, own))
    elif _unpacks(error):
        text = f"A result has other parts than the lesson expects ({message})."
        return Finding(kind="parts", sentence=text, quote=(f"expected: {source}",))
    else:
        text = f"{excinfo.typename}: {message}"
        quote = (f"in the lesson: {source}",)
        return Finding(kind=kind, sentence=text, quote=quote, words=in_words(error, source) or "")
    return replace(found, sentence=text)


def _unpacks(error):
    """Return True if the step that raised an error takes a result apart, as `loss, grad = ...` does."""
    step = error.__traceback__
    while step.tb_next is not None:
        step = step.tb_next
    steps = dis.get_instructions(step.tb_frame.f_code)
    return any(one.offset == step.tb_lasti and one.opname.startswith("UNPACK") for one in steps)
