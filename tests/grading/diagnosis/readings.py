"""Readings: how a part of the result differs from the right one in all calls alike, in a few words."""

import itertools

import numpy as np

from .outcomes import close, is_numeric


def reading(place, expected, actual, cases):
    """Return how a part of the result differs in all calls alike; "" if no word fits.

    What is true of one call, or of a single entry, may be an accident. A reading must hold wherever the part
    can be compared, and in two calls or more in which several entries differ (in three if the part is a
    number).
    """
    pairs = []
    for wanted, got, case in zip(expected, actual, cases, strict=True):
        leaves = wanted.leaves.get(place), got.leaves.get(place)
        if all(map(is_numeric, leaves)) and np.any(leaves[0]) and np.all(np.isfinite(leaves[0])):
            pairs.append((*(np.asarray(leaf, np.float64) for leaf in leaves), case))
    differing = [pair for pair in pairs if pair[0].shape != pair[1].shape or not np.all(close(*pair))]
    telling = [pair for pair in differing if pair[0].size > 1 or pair[0].ndim == 0]
    enough = 3 if telling and telling[0][0].ndim == 0 else 2
    if len(telling) < enough:
        return ""
    for holds, text in _readings(*telling[0][:2]):
        if all(holds(wanted, got) for wanted, got, _ in pairs):
            return text
    return ""


def _readings(wanted, got):
    """Yield what may be said of a pair of arrays: a condition for this and any other pair, and the words."""
    yield (
        lambda wanted, got: got.ndim == 2 and _near(got.T, wanted),
        "it is transposed",
    )
    yield (
        lambda wanted, got: wanted.size == got.size and _near(got.reshape(wanted.shape), wanted),
        "the values are right, the shape is not",
    )
    yield lambda wanted, got: _near(-got, wanted), "the sign is reversed"
    yield lambda wanted, got: wanted.shape == got.shape and not got.any(), "it is 0 everywhere"
    if wanted.shape != got.shape or not np.all(np.isfinite(got)):
        return
    largest = np.unravel_index(np.argmax(np.abs(wanted)), wanted.shape)
    factor, offset = float(got[largest] / wanted[largest]), float(got[largest] - wanted[largest])
    yield (
        lambda wanted, got: _near(got, factor * wanted),
        f"it is {_fraction(factor)} times what it should be",
    )
    size = f"{abs(offset):.4g} too {'large' if offset > 0 else 'small'}"
    yield lambda wanted, got: _near(got, offset + wanted), f"it is {size}, everywhere"


def relation(wanted, got):
    """Return how two leaves are related, as a set of words; empty if they are no numbers, or not related.

    Two failures with other relations are two failures, even if the same part of the result is wrong.
    """
    if not (is_numeric(wanted) and is_numeric(got)):
        return frozenset()
    wanted, got = np.asarray(wanted, np.float64), np.asarray(got, np.float64)
    relations = {
        "not finite": not np.all(np.isfinite(got)),
        "zero": not got.any(),
        "negated": _near(-got, wanted),
        "transposed": got.ndim == 2 and got.shape != wanted.shape and got.T.shape == wanted.shape,
    }
    return frozenset(word for word, holds in relations.items() if holds)


def _near(one, other):
    with np.errstate(all="ignore"):
        return one.shape == other.shape and bool(np.allclose(one, other, rtol=1e-4, atol=1e-9))


def _fraction(value):
    """Write a factor as people say it: 1/3 rather than 0.333."""
    for whole in range(2, 21):
        if abs(value * whole - 1) < 1e-3:
            return f"1/{whole}"
    return f"{value:.4g}"


def exchanged(expected, actual, cases, first):
    """Return a sentence that says that the parts of the result stand in another order; "" if they do not.

    So it is if one order fits the shapes in all calls that return as many parts, and the values in the call
    that is shown, the ``first``.
    """
    count = expected[first].leaves.get("#", 0)
    names = cases[first].parts
    if not 2 <= count <= 3 or not isinstance(names, tuple) or count != len(names):
        return ""

    def ordered(outcome, order):
        return [outcome.leaves.get(f"[{i}]") for i in order]

    compared = [
        pair
        for pair in zip(expected, actual, strict=True)
        if all(outcome.leaves.get("#") == count for outcome in pair)
    ]
    for order in itertools.permutations(range(count)):
        if order == tuple(range(count)) or actual[first].leaves.get("#") != count:
            continue
        wanted, got = ordered(expected[first], range(count)), ordered(actual[first], order)
        fits = all(
            is_numeric(one) and is_numeric(other) and np.shape(one) == np.shape(other)
            for there, came in compared
            for one, other in zip(ordered(there, range(count)), ordered(came, order), strict=True)
        )
        if fits and all(np.all(close(*pair, cases[first])) for pair in zip(wanted, got, strict=True)):
            returned = ", ".join(names[order.index(i)] for i in range(count))
            due = ", ".join(names)
            return f"The parts of your result are swapped: you return ({returned}), not ({due})."
    return ""
