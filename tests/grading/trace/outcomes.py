"""Outcomes: the named parts of what a program does on an ask, whether they are right, and how near if not."""

import functools
import math
import sys
from typing import Any, NamedTuple

import numpy as np

from tests.solutions.asks import Ask, Loose, Near, drawn_asks, fixed_asks, references

RTOL, ATOL = {"f8": 1e-7, "f4": 1e-4}, {"f8": 1e-12, "f4": 2e-6}
ERROR = "error"  # the part that names the exception which ended a script
SIZE = 50  # entries of an array that take as long as a line
GRADED = 4  # wrong parts of an outcome whose nearness is looked at


class Expected(NamedTuple):
    """An ask, the outcomes that are right, one of every reference, and its effort: the lines that ran."""

    ask: Ask
    outcomes: tuple[dict[str, Any], ...]
    effort: int


class Array(NamedTuple):
    """An array that is expected, with what every comparison with it needs."""

    value: np.ndarray
    flat: np.ndarray
    slack: np.ndarray
    length: float

    @classmethod
    def of(cls, value):
        if value.dtype.kind != "f":
            return cls(value, value.ravel(), np.zeros(0), 0.0)
        kind = value.dtype.str[1:]
        rtol, atol = RTOL.get(kind, 1e-2), ATOL.get(kind, 1e-3)
        size = np.abs(value)
        largest = float(size[np.isfinite(size)].max(initial=1.0))
        with np.errstate(all="ignore"):
            flat = value.astype(np.float64).ravel()
            length = float(np.linalg.norm(flat))
            return cls(value, flat, rtol * size + atol * largest, length if math.isfinite(length) else 0.0)


def outcome(ask, subject):
    """Run an ask's script; return its parts, up to the exception that ended it, if any."""
    parts = {}
    try:
        for name, value in ask.script(subject):
            parts[name] = value.copy() if isinstance(value, np.ndarray) else value
    except (Exception, SystemExit) as error:
        parts[ERROR] = type(error).__name__
    return parts


@functools.cache
def fixed(exercise):
    """Return the fixed asks of an exercise with what is expected."""
    return _expected(exercise, fixed_asks(exercise))


@functools.cache
def drawn(exercise):
    """Return the random asks of an exercise with what is expected."""
    return _expected(exercise, drawn_asks(exercise))


def _expected(exercise, asks):
    found = []
    for ask in asks:
        subjects = references(exercise)
        effort, first = _lines_of(lambda ask=ask, subject=subjects[0]: outcome(ask, subject))
        outcomes = [first, *(outcome(ask, subject) for subject in subjects[1:])]
        if any(ERROR in parts for parts in outcomes):
            raise AssertionError(f"the reference of {exercise} fails on {ask.label}: {outcomes[0]}")
        found.append(Expected(ask, tuple(map(_prepared, outcomes)), effort))
    return tuple(found)


def _lines_of(action):
    """Return how many lines ran, large arrays counting as many, and what came of it.

    Unlike seconds, that is the same on every machine.
    """
    count, outside = 0, sys.gettrace()

    def line(frame, event, argument):
        nonlocal count
        count += 1 + (argument.size // SIZE if event == "return" and isinstance(argument, np.ndarray) else 0)
        return line

    sys.settrace(line)
    try:
        found = action()
    finally:
        sys.settrace(outside)
    return count, found


def _prepared(parts):
    return {name: Array.of(v) if isinstance(v, np.ndarray) else v for name, v in parts.items()}


def entry_of(part):
    """Return the number of the result's entry that a part of an outcome belongs to, None for no entry."""
    for i, names in enumerate((("result[0]", "loss", "penalty"), ("result[1]", "grads"), ("result[2]",))):
        if part.startswith(names) or part == ("y", "mask", "")[i]:
            return i
    return None


def close(value, expected):
    """Return True if a part is right: its type, shape and dtype, and its values within the tolerance."""
    if isinstance(expected, Array):
        return _array_close(value, expected)
    if isinstance(expected, Near):
        return isinstance(value, Near) and abs(value.value - expected.value) <= expected.slack
    if isinstance(expected, Loose):
        return isinstance(value, Loose) and _float_close(value.value, expected.value, expected.rtol)
    if isinstance(expected, float):
        return isinstance(value, float) and _float_close(value, expected, 1e-7)
    if isinstance(expected, list | tuple):
        return (
            isinstance(value, list | tuple)
            and len(value) == len(expected)
            and all(map(close, value, expected))
        )
    return type(value) is type(expected) and value == expected


def _float_close(value, expected, rtol):
    if value == expected or (value != value and expected != expected):
        return True
    return abs(value - expected) <= rtol * abs(expected) + 1e-12


def _array_close(value, expected):
    wanted = expected.value
    if type(value) is not np.ndarray or value.shape != wanted.shape or value.dtype != wanted.dtype:
        return False
    if wanted.dtype.kind != "f":
        return bool(np.array_equal(value, wanted))
    with np.errstate(all="ignore"):
        fits = np.abs(value - wanted) <= expected.slack
        if fits.all():
            return True
        return bool((fits | (value == wanted) | (np.isnan(value) & np.isnan(wanted))).all())


def wrong_parts(parts, outcomes):
    """Return the names of the parts that are wrong or missing, beside the outcome that is nearest."""
    return min((_wrong(parts, expected) for expected in outcomes), key=len)


def _wrong(parts, expected):
    found = {
        n for n, wanted in expected.items() if n[0] != "~" and not (n in parts and close(parts[n], wanted))
    }
    return found | parts.keys() - expected.keys()


def right(parts, outcomes):
    """Return True if all parts are right."""
    return any(not _wrong(parts, expected) for expected in outcomes)


def score(parts, outcomes):
    """Return 1 for a right outcome, otherwise the share of right parts and how near the first wrong ones
    are.
    """
    return max(_score(parts, expected) for expected in outcomes)


def _score(parts, expected):
    total, wrong, looked = 0.0, 0, 0
    for name, wanted in expected.items():
        if name not in parts:
            wrong += name[0] != "~"
        elif close(parts[name], wanted):
            total += 1
        else:
            wrong += name[0] != "~"
            looked += 1
            total += nearness(parts[name], wanted) if looked <= GRADED else 0.3
    if not wrong and parts.keys() <= expected.keys():
        return 1.0
    return min(total / len(expected), 0.999) - 0.001 * (ERROR in parts)


def nearness(value, expected):
    """Return how near a wrong part is, from 0 to below 1: by its type, shape and dtype, then its values."""
    if isinstance(expected, Near):
        if not isinstance(value, Near) or math.isnan(value.value):
            return 0.0
        return 0.4 / (1 + abs(value.value - expected.value))
    if isinstance(expected, Array) and expected.value.dtype.kind == "f":
        return _array_nearness(np.asarray(value), expected)
    if isinstance(expected, Loose):
        value, expected = getattr(value, "value", value), expected.value
    if isinstance(expected, float) and isinstance(value, float | np.floating):
        if abs(value - expected) <= 1e-6 * abs(expected):
            return 0.5
        return 0.3 if value * expected > 0 else 0.2
    if isinstance(expected, list | tuple) and isinstance(value, list | tuple) and len(value) == len(expected):
        return 0.3 + 0.6 * sum(map(close, value, expected)) / max(1, len(value))
    return 0.2 if type(value) is type(expected) else 0.1


def _array_nearness(value, expected):
    wanted = expected.value
    if value.dtype.kind not in "fiub":
        return 0.0
    if value.shape != wanted.shape:
        return 0.2 if value.shape == wanted.shape[::-1] else 0.1 if value.ndim == wanted.ndim else 0.05
    near = 0.3 + 0.1 * (value.dtype == wanted.dtype)
    with np.errstate(all="ignore"):
        got = value.astype(np.float64).ravel()
        apart = got - expected.flat
        far = float(apart @ apart)
        if not far < 1e300:
            return near - 0.1
        near += 0.08 / (1 + math.sqrt(far) / (1e-9 + expected.length))
        near += (
            0.25 * np.count_nonzero(np.abs(apart) <= 1e-6 + 1e-4 * np.abs(expected.flat)) / max(1, got.size)
        )
        if got.size > 1 and expected.length > 1e-100:
            factor = float(got @ expected.flat) / expected.length**2
            left = got - factor * expected.flat
            if factor and float(left @ left) <= 1e-8 * far:  # right but for a factor, which may be negative
                near += 0.15 + 0.05 * (factor > 0)
    return near
