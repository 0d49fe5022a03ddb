"""Relations: how a wrong value relates to a right one, if it does so in two calls.

What holds in one call, or of a single entry, may be an accident.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from .right import generic, of_floats

NEAR = 1e-6


class Pair(NamedTuple):
    """A wrong value and a right one of one call, and the arrays and numbers that were given, by name."""

    mine: np.ndarray
    right: np.ndarray
    given: dict[str, np.ndarray]


class Relation(NamedTuple):
    """A relation in words, {} being the right value, and whether it holds of a pair."""

    words: str
    holds: Callable[[Pair], bool]


def _near(one, other):
    if one.shape != other.shape or not np.all(np.isfinite(one)):
        return False
    return bool(np.allclose(one, other, rtol=NEAR, atol=1e-12))


def _of(words, function):
    """Return the relation of which a function makes the right value from the wrong one."""

    def holds(pair):
        with np.errstate(all="ignore"):
            got = function(pair.mine)
        return got is not None and _near(np.asarray(got), pair.right)

    return Relation(words, holds)


PLAIN = (
    _of("it is the transpose of {}", lambda x: x.T if x.ndim == 2 else None),
    _of("it is {} with the opposite sign", lambda x: -x),
    _of("it has the entries of {} in reverse order", lambda x: x[::-1] if x.ndim else None),
)
FUNCTIONS = (
    _of("it is the square of {}", lambda x: np.sqrt(x)),
    _of("its square is {}", np.square),
    _of("it is 1 divided by {}", lambda x: 1 / x),
    _of("it is 1 minus {}", lambda x: 1 - x),
    _of("it is 1 less than {}", lambda x: x + 1),
    _of("it is 1 more than {}", lambda x: x - 1),
    _of("it is the exponential of {}", np.log),
    _of("it is the logarithm of {}", np.exp),
)


def _part_of(pair):
    """Return True if the wrong value is one row of the right one."""
    fits = pair.mine.ndim == 1 < pair.right.ndim and pair.right.shape[-1:] == pair.mine.shape
    return fits and any(_near(pair.mine, row) for row in pair.right)


def _reduced(axis, other):
    """Return whether a reduction went along one axis of a given array instead of the other."""

    def holds(pair):
        for array in pair.given.values():
            if array.ndim != 2 or array.shape[0] == array.shape[1]:
                continue
            for reduce in (np.sum, np.mean, np.max, np.min):
                both = (reduce(array, axis=one) for one in (axis, other))
                if all(
                    _near(a, b.ravel()) for a, b in zip(both, (pair.mine.ravel(), pair.right), strict=True)
                ):
                    return True
        return False

    return holds


SHAPES = (
    Relation("it is a single row of {}", _part_of),
    Relation("it has one number for each column of an array, and {} has one for each row", _reduced(0, 1)),
    Relation("it has one number for each row of an array, and {} has one for each column", _reduced(1, 0)),
    Relation(
        "it is a single number, and {} has one for each row", lambda p: p.mine.ndim == 0 and _rows(p.right)
    ),
)


def _rows(right):
    return right.size > 1 and right.ndim and right.size == len(right)


def _factor(pair):
    """Return by what the right value is multiplied to give the wrong one, None if by nothing."""
    if pair.mine.shape != pair.right.shape or not np.any(pair.right):
        return None
    top = np.unravel_index(np.argmax(np.abs(pair.right)), pair.right.shape)
    factor = float(pair.mine[top] / pair.right[top])
    if not np.isfinite(factor) or factor == 0 or abs(factor - 1) < 1e-4:
        return None
    return factor if _near(pair.mine, factor * pair.right) else None


def _offset(pair):
    if pair.mine.shape != pair.right.shape or pair.right.size < 2:
        return None
    offset = float((pair.mine - pair.right).flat[0])
    return offset if abs(offset) > 1e-6 and _near(pair.mine, offset + pair.right) else None


def numbers_of(given):
    """Return {words: number} of what a call was given: sizes, and numbers."""
    found = {}
    for name, value in given.items():
        if value.ndim == 0:
            found[f"`{name}`"] = float(value)
        else:
            found[f"the number of rows of `{name}`" if value.ndim > 1 else f"the length of `{name}`"] = len(
                value
            )
        if value.ndim > 1:
            found[f"the number of columns of `{name}`"] = value.shape[-1]
            found[f"the number of entries of `{name}`"] = value.size
    return found


def _by_a_number(pairs):
    """Return in words the factor or offset that all pairs share, if only in its name."""
    factors = [_factor(pair) for pair in pairs]
    if None not in factors:
        known = [numbers_of(pair.given) for pair in pairs]
        for words in known[0]:
            there = [numbers.get(words, 0) for numbers in known]
            if all(there) and len({round(n, 9) for n in there}) > 1:
                if np.allclose(factors, there, rtol=1e-5):
                    return "it is {} times " + words
                if np.allclose(np.multiply(factors, there), 1, rtol=1e-5):
                    return "it is {} divided by " + words
        if np.allclose(factors, factors[0], rtol=1e-5):
            return "it is " + _times(factors[0]) + " {}"
    offsets = [_offset(pair) for pair in pairs]
    if None not in offsets and np.allclose(offsets, offsets[0], rtol=1e-5):
        side = "more" if offsets[0] > 0 else "less"
        return f"it is {abs(offsets[0]):.4g} {side} than {{}}, in all its entries"
    return ""


def _times(factor):
    for whole in range(2, 21):
        if abs(factor * whole - 1) < 1e-4:
            return "half of" if whole == 2 else f"1/{whole} of"
    return "twice" if abs(factor - 2) < 1e-4 else f"{factor:.4g} times"


def _where(pairs):
    """Return in words which entries are wrong, if they are those where an argument has one sign."""
    for name in pairs[0].given:
        for words, sign in (("negative", -1), ("positive", 1), ("0", 0)):
            if all(_wrong_where(pair, name, sign) for pair in pairs):
                return f"it differs from {{}} only where `{name}` is {words}"
    return ""


def _wrong_where(pair, name, sign):
    given = pair.given.get(name)
    if (
        given is None
        or given.shape != pair.mine.shape
        or pair.mine.shape != pair.right.shape
        or not given.ndim
    ):
        return False
    wrong, there = ~np.isclose(pair.mine, pair.right, rtol=NEAR), np.sign(given) == sign
    return bool(wrong.any() and not (wrong & ~there).any() and not there.all())


@np.errstate(all="ignore")
def related(pairs, proven):
    """Return in words what all pairs of two calls or more have in common; "" for nothing.

    proven: whether the right values make the result right, or just occur in right variants; then only what
    does not happen by chance is said.
    """
    if len(pairs) < 2 or sum(pair.mine.size for pair in pairs[:2]) < 2:
        return ""
    if not all(generic(pair.right) or pair.right.size > 3 for pair in pairs):
        return ""
    if any(_near(pair.mine, pair.right) for pair in pairs):
        return ""
    for relation in (*PLAIN, *SHAPES[: 4 if proven else 3], *(FUNCTIONS if proven else ())):
        if all(relation.holds(pair) for pair in pairs):
            return relation.words
    if proven:
        return _by_a_number(pairs) or _where(pairs)
    return _by_a_number(pairs) if all(pair.mine.size > 3 for pair in pairs) else ""


def pair_of(mine, right, given):
    """Return the Pair of two values, None if they are no numbers."""
    one, other = of_floats(mine), of_floats(right)
    if one is None or other is None or not one.size or not np.all(np.isfinite(other)):
        return None
    arrays = {name: array for name, value in given.items() if (array := of_floats(value)) is not None}
    return Pair(one, other, arrays)
