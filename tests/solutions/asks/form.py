"""The form of an ask: a small program that is given a function or class and yields named parts of what it
does.

Two subjects agree on an ask if all its parts agree. The parts that are expected are those of a reference:
of nn, or of a plain function that is entered as one where nn, for speed, keeps its state in another form.
Sizes are distinct primes and scalars are nobody's default, so that no wrong formula is right by chance.
What is random is asked by properties and statistics, since another right program may draw in another order.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from tests.solutions.tables import Table, subject_of

PRIMES = (2, 3, 5, 7, 11)
FEW, MANY = 4, 200  # drawn asks of each kind to search with, and all together to validate with


class Ask(NamedTuple):
    """A label and a script: a generator that yields (name of the part, value) for the subject it is given.

    A part whose name begins with ~ tells only how near a program is; it need not be right. asked: whether
    the lessons' tests ask it; otherwise a docstring alone promises it, and a failure is worth no more than
    a note. general: whether its arguments are drawn, so that no value in it is special.
    """

    label: str
    script: Callable[[Any], Iterator[tuple[str, Any]]]
    asked: bool = True
    general: bool = False


class Near(NamedTuple):
    """A statistic, and how far two right programs may be apart in it."""

    value: float
    slack: float


class Loose(NamedTuple):
    """A Python float that was computed in float32."""

    value: float
    rtol: float = 1e-5


ASKED: Mapping[str, list[Callable]] = Table(__package__)
DRAWN: Mapping[str, list[Callable]] = Table(__package__)
PLAIN: Mapping[str, list[Callable]] = Table(__package__)


def asks(*exercises):
    """Enter the decorated generator: given the exercise's name, it yields fixed asks."""
    return _entering(ASKED, exercises)


def draws(*exercises, few=False, many=MANY):
    """Enter the decorated function: given the exercise's name and a generator, it returns an ask.

    few: it takes long, so that a handful must do. many: how many a repaired program is validated with.
    """
    mark = _entering(DRAWN, exercises)

    def enter(make):
        make.few, make.many = few, many
        return mark(make)

    return enter


def reference(exercise):
    """Enter the decorated function as a reference: the first in nn's place, others as equally right."""
    return _entering(PLAIN, [exercise])


def _entering(table, exercises):
    def enter(make):
        for exercise in exercises:
            table.entries.setdefault(exercise, []).append(make)
        return make

    return enter


def references(exercise):
    """Return the subjects whose outcomes are right: one at least."""
    if exercise in PLAIN:
        return list(PLAIN[exercise])
    return [subject_of(exercise)]


def fixed_asks(exercise):
    """Return the asks that are always the same: a few of each kind that is drawn, and the edges."""
    found = [
        make(exercise, np.random.default_rng((7, seed)))._replace(general=True)
        for make in DRAWN.get(exercise, ())
        for seed in range(1 if make.few else FEW)
    ]
    return found + [ask for make in ASKED.get(exercise, ()) for ask in make(exercise)]


def drawn_asks(exercise, count=None, seed=20_261):
    """Return fresh random asks: what a repaired program is validated with."""
    rng = np.random.default_rng(seed)
    makers = [make for make in DRAWN.get(exercise, ()) if not make.few]
    count = count or max((make.many for make in makers), default=0)
    found = [makers[i % len(makers)](exercise, rng) for i in range(count if makers else 0)]
    return found + [make(exercise, rng) for make in DRAWN.get(exercise, ()) if make.few for _ in range(2)]


# ---- scripts that several lessons use ------------------------------------------------------------


def fresh(value):
    """Return a copy of arguments, arrays and lists of arrays included."""
    if isinstance(value, np.ndarray):
        return value.copy(order="K")  # transposed arrays stay so
    return type(value)(map(fresh, value)) if isinstance(value, list | tuple) else value


def same(one, other):
    """Return True if arguments are as they were, dtypes and NaNs included."""
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and np.array_equal(one, other, equal_nan=one.dtype.kind == "f")
    return one is other or one == other


def spread(name, value):
    """Yield a result, the entries of a tuple or list one by one."""
    if isinstance(value, list | tuple):
        yield f"{name} length", len(value)
        for i, entry in enumerate(value):
            yield from spread(f"{name}[{i}]", entry)
    else:
        yield name, value


def loosely(value, single):
    """Return a float that was computed in float32 as one that may differ in its last digits."""
    return Loose(float(value)) if single and isinstance(value, float) else value


def calling(*args, twice=False, **options):
    """Return the script of a call: its result, and its arguments afterwards.

    twice: and again, with the arguments in between reversed, which must change neither result.
    """

    def script(subject):
        given = fresh(args)
        single = any(isinstance(arg, np.ndarray) and arg.dtype == np.float32 for arg in args)
        result = subject(*given, **options)
        for name, value in spread("result", result):
            yield name, loosely(value, single)
        yield "arguments unchanged", same(given, args)
        if twice:
            kept = fresh(result)
            subject(*(arg[::-1].copy() if isinstance(arg, np.ndarray) else arg for arg in args), **options)
            yield "first result kept", same(result, kept)
            for name, value in spread("second result", subject(*given, **options)):
                yield name, loosely(value, single)

    return script


def refused(*args, **options):
    """Return the script of a call that must raise ValueError, with the first entry of an iterator at
    latest.
    """

    def script(subject):
        try:
            result = subject(*fresh(args), **options)
            if hasattr(result, "__next__"):
                next(result, None)
        except ValueError:
            yield "raises ValueError", True
        else:
            yield "raises ValueError", False

    return script


def sizes(rng, count):
    """Draw distinct primes."""
    return [int(size) for size in rng.choice(PRIMES, count, replace=False)]


def dtype(rng):
    return (np.float64, np.float32)[int(rng.integers(2))]
