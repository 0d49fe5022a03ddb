"""The bank's form: wrong solutions with a teacher's sentence, right variants, probes, and races.

A wrong solution or a right variant is an ordinary function (or class) that stands for one exercise. A probe
lists cases for an exercise: small calls, the smallest first. What a learner's function does on the cases is
compared with what the wrong solutions do on them: where all agree, the mistake is known. A race is a call of
usual size whose time is compared.
"""

import ast
import dis
import inspect
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from tests.lessons.checks import overflow_shown, typed

from .tables import Table

N, IN, OUT = 128, 784, 64  # samples, inputs and units of the arrays in a race
VOUCHING = re.compile(r"\bright(ly)?\b(?! (class|answer|-))|\bwell drawn\b|\bwork,|\bworks for\b")


class Solution(NamedTuple):
    """A function or class that stands for an exercise; ``sentence`` says what is wrong (None: nothing is).

    unwritten: the exercise has not been begun, rather than done wrong.
    """

    name: str
    exercise: str
    code: Callable
    sentence: str | None = None
    unwritten: bool = False

    @property
    def vouches(self):
        """Whether the sentence calls something right, which must then be proven by every case."""
        return bool(VOUCHING.search(self.sentence))

    @property
    def borrows(self):
        """Whether it calls or extends the reference's own code for the exercise, as no learner would."""
        own = [self.code] if inspect.isfunction(self.code) else vars(self.code).values()
        used = {
            step.argval
            for function in filter(inspect.isfunction, own)
            for step in dis.get_instructions(function)
            if step.opname == "LOAD_GLOBAL"  # np.tanh is no borrowed tanh
        }
        return bool(used & {"super", self.exercise.partition(".")[0]})


class Case(NamedTuple):
    """One observation: what is done, in words or as a call, and a function that does it.

    arguments: the arrays given to the learner's function, by name; they are compared afterwards. rtol, atol:
    how far two outcomes may be apart and still be the same mistake; wide for statistics of random numbers.
    parts: what the parts of the outcome are called, tuples within tuples as the outcome has them; a string
    names a list, so that its entries are ``params[0]`` and so on. test: parts of the names of the tests that
    ask the same, with blanks between them, "" if any of the exercise's may. shown: what the learner sees in
    place of this case.
    """

    text: str
    run: Callable[[], Any]
    arguments: dict[str, np.ndarray]
    rtol: float
    atol: float
    parts: tuple | str = ()
    test: str = ""
    shown: "Case | None" = None

    @property
    def typable(self):
        """Whether the text is a Python expression, to be typed in, rather than words."""
        try:
            ast.parse(self.text, mode="eval")
        except SyntaxError:
            return False
        return True


class Race(NamedTuple):
    """What ``prepare``, given the subject, returns is raced: the call to be timed, and its floor.

    beside: what else of the same package it is given, as ``module.name``.
    """

    prepare: Callable
    beside: tuple[str, ...]


WRONG: Mapping[str, list[Solution]] = Table(__package__)
RIGHT: Mapping[str, list[Solution]] = Table(__package__)
PROBES: Mapping[str, Callable] = Table(__package__)
RACES: Mapping[str, Race] = Table(__package__)


def wrong(exercise, sentence, *, unwritten=False):
    """Enter the decorated function into the bank as a mistake; ``sentence`` is what the learner is told."""

    def enter(code):
        solution = Solution(code.__name__, exercise, code, sentence, unwritten)
        WRONG.entries.setdefault(exercise, []).append(solution)
        return code

    return enter


def right(exercise):
    """Enter the decorated function into the bank as another way to be right."""

    def enter(code):
        RIGHT.entries.setdefault(exercise, []).append(Solution(code.__name__, exercise, code))
        return code

    return enter


def probe(*exercises):
    """Enter the decorated generator: given the subject, a function or class, it yields cases."""

    def enter(cases):
        for exercise in exercises:
            PROBES.entries[exercise] = cases
        return cases

    return enter


def race(*exercises, beside=()):
    """Enter the decorated function: given the subject, it returns the call to be timed, and its floor.

    The floor is a call, too: of what no implementation in NumPy can do without on the same arrays.
    """

    def enter(prepare):
        for exercise in exercises:
            RACES.entries[exercise] = Race(prepare, tuple(beside))
        return prepare

    return enter


def drawn(*shapes):
    """Return float32 arrays of these shapes, for a race."""
    rng = np.random.default_rng(0)
    return [rng.standard_normal(shape, dtype=np.float32) for shape in shapes]


def copying(array):
    """Return the floor of those that have this array to read and as much to write."""
    target = np.ones_like(array)
    return lambda: np.copyto(target, array)


def call(function, *args, rtol=1e-6, atol=1e-9, after=None, parts=(), **kwargs):
    """Return the case that calls ``function`` with copies of these arguments.

    after: where the function works in place, picks the outcome from (result, *args); otherwise it is the
    result, and the arguments must stay as they are. parts: what the parts of the outcome are called.
    """
    args = [np.array(arg) if isinstance(arg, np.ndarray) else arg for arg in args]
    names = _parameters(function)
    watched = {
        (names[i] if i < len(names) else f"argument {i + 1}"): arg
        for i, arg in enumerate(args)
        if isinstance(arg, np.ndarray) and after is None
    }

    def run():
        result = function(*args, **kwargs)
        return result if after is None else after(result, *args)

    shown = ", ".join([*map(show, args), *(f"{name}={show(value)}" for name, value in kwargs.items())])
    name = getattr(function, "__name__", "the function")
    return Case(f"{name}({shown})", run, watched, rtol, atol, parts=parts)


def with_overflow_shown(case):
    """Return the case in which an overflow is seen, also one that ``np.errstate`` hides."""

    def run():
        with overflow_shown():
            return case.run()

    return case._replace(run=run)


def of_integers(function, *args, parts=(), **kwargs):
    """Yield two cases that compare a call with integers to the same call with floats, options being the same.

    One observes the shapes and types, the other by how much the numbers differ: a mistake in the formula
    shows in neither, only one in the conversion.
    """
    name = getattr(function, "__name__", "the function")
    floats = [arg.astype(np.float64) for arg in args]

    def types():
        result = function(*(arg.copy() for arg in args), **kwargs)
        return tuple(map(_emptied, result)) if isinstance(result, tuple) else _emptied(result)

    def apart():
        got, wanted = (function(*(arg.copy() for arg in given), **kwargs) for given in (args, floats))
        return tuple(map(_apart, got, wanted)) if isinstance(got, tuple) else _apart(got, wanted)

    options = "".join(f", {option}={show(value)}" for option, value in kwargs.items())
    calls = [f"{name}({', '.join(map(show, given))}{options})" for given in (args, floats)]
    yield Case(calls[0], types, {}, 1e-6, 1e-9, parts=parts)
    text = f"how much is missing from {calls[0]} to {calls[1]}"
    yield Case(text, apart, {}, 1e-6, 1e-9, parts=parts, shown=call(function, *args, parts=parts, **kwargs))


def _emptied(value):
    """Return 0 or zeros of the type, dtype and shape of a result."""
    if isinstance(value, np.ndarray):
        return np.zeros_like(value)
    return type(value)(0) if isinstance(value, np.generic | float | int) else value


def _apart(got, wanted):
    """Return the difference of two results, 0 where it is no more than rounding."""
    if np.shape(got) != np.shape(wanted):
        return got
    difference = np.asarray(wanted, np.float64) - got
    return np.where(np.isclose(got, wanted, rtol=1e-4, equal_nan=True), 0.0, difference)


def _parameters(function):
    try:
        return list(inspect.signature(function).parameters)
    except (TypeError, ValueError):  # NumPy's own functions do not always tell
        return []


def script(text, run, rtol=1e-6, atol=1e-9, parts=(), test=""):
    """Return the case that runs a small program of its own and observes what it returns.

    parts: what the parts of the outcome are called. test: parts of the names of the tests that ask the same,
    with blanks between them; by default, any test of the exercise may.
    """
    return Case(text, run, {}, rtol, atol, parts, test)


def returned_error(result):
    """Return the exception that a call has returned instead of raising it, None for any other result."""
    return result if isinstance(result, Exception) else None


def show(value):
    """Write an argument as it would be typed after ``from numpy import *``, with a generator called rng."""
    if isinstance(value, np.ndarray):
        return typed(value)
    if isinstance(value, list):
        return "[" + ", ".join(map(show, value)) + "]"
    if isinstance(value, np.random.Generator):
        return "rng"
    if isinstance(value, type):
        return value.__name__
    return repr(value)
