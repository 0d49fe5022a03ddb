"""The checks that the lessons rely on are checked: each must accept what is right and reject a near miss."""

import math

import numpy as np
import pytest

from .lessons.checks import (
    numeric_gradient,
    require_array,
    require_close,
    require_float,
    require_gradient,
    unchanged,
)

TEXT = {"what": "the gradient", "look": "the formula"}


def cubic(x):
    """Return a number with a known gradient, and that gradient: sum of c * x**3 and 3 * c * x**2."""
    c = np.linspace(0.5, 2, x.size).reshape(x.shape)
    return float(np.sum(c * x**3)), 3 * c * x**2


@pytest.mark.parametrize("shape", [(3, 2), (40, 30)], ids=["entry-by-entry", "projection-alone"])
def test_a_right_gradient_is_accepted(rng, shape):
    x = rng.normal(size=shape)
    with unchanged(x=x):
        require_gradient(lambda: cubic(x)[0], x, cubic(x)[1], rng=rng, **TEXT)


@pytest.mark.parametrize("shape", [(3, 2), (40, 30)], ids=["entry-by-entry", "projection-alone"])
def test_a_derivative_wrong_by_a_thousandth_is_rejected(rng, shape):
    """Every entry 0.1 % too large: the factor of a forgotten average is larger than that."""
    x = rng.uniform(0.5, 1.5, shape)
    with pytest.raises(pytest.fail.Exception, match="the gradient is wrong"):
        require_gradient(lambda: cubic(x)[0], x, 1.001 * cubic(x)[1], rng=rng, **TEXT)


def test_one_wrong_entry_is_named(rng):
    x = rng.uniform(0.5, 1.5, (3, 4))
    gradient = cubic(x)[1]
    gradient[1, 2] *= 1.001
    with pytest.raises(pytest.fail.Exception, match=r"the gradient is wrong") as failure:
        require_gradient(lambda: cubic(x)[0], x, gradient, rng=rng, **TEXT)
    entries = failure.value.finding.comparison.entries
    assert [entry.index for entry in entries if entry.differs] == [(1, 2)]


def test_one_wrong_entry_of_many_is_noticed(rng):
    """Among 1,200 entries a sign turned in a single one still moves the projection."""
    x = rng.uniform(0.5, 1.5, (40, 30))
    gradient = cubic(x)[1]
    gradient[7, 11] *= -1
    with pytest.raises(pytest.fail.Exception, match="along a random direction"):
        require_gradient(lambda: cubic(x)[0], x, gradient, rng=rng, **TEXT)


def test_a_swapped_pair_of_entries_is_noticed(rng):
    """The projection weighs every entry differently, so entries cannot stand in for one another."""
    x = rng.uniform(0.5, 1.5, (40, 30))
    gradient = cubic(x)[1]
    gradient[[3, 30]] = gradient[[30, 3]]
    with pytest.raises(pytest.fail.Exception, match="along a random direction"):
        require_gradient(lambda: cubic(x)[0], x, gradient, rng=rng, **TEXT)


def test_numeric_gradient_by_hand():
    """f = x**2 + 3 y at (2, 5): slopes 4 and 3."""
    x = np.array([2.0, 5.0])
    require_close(numeric_gradient(lambda: x[0] ** 2 + 3 * x[1], x), [4, 3], what="it", look="", rtol=1e-8)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (None, "is the `return` missing"),
        ([[1.0, 2.0, 3.0]], "must be a plain NumPy array; got list"),
        (np.zeros((3, 1)), "looks transposed"),
        (np.zeros((1, 4)), r"must have shape \(1, 3\); got \(1, 4\)"),
        (np.zeros((1, 3), np.float32), "must be float64; got float32"),
    ],
)
def test_wrong_kinds_of_result_are_told_apart(value, message):
    with pytest.raises(pytest.fail.Exception, match=message):
        require_array(value, shape=(1, 3), dtype=np.float64, what="z")


def test_differing_entries_are_shown_side_by_side():
    with pytest.raises(pytest.fail.Exception) as failure:
        require_close(np.array([[1.0, 2.0], [np.nan, 4.0]]), [[1, 2], [3, 5]], what="z", look="this")
    assert str(failure.value).splitlines() == [
        "z is wrong.",
        "  expected    got  (* differs)",
        "  1 2           1    2",
        "  3 5         nan*   4*",
        "Look at: this",
    ]


@pytest.mark.parametrize("value", [np.float32(1.0), 1, np.array(1.0)])
def test_only_a_python_float_is_a_float(value):
    with pytest.raises(pytest.fail.Exception, match="must be a Python float"):
        require_float(value, "the loss")
    require_float(math.pi, "the loss")
    require_float(np.float64(1.0), "the loss")  # a float by inheritance


def test_a_changed_argument_is_named():
    z, targets = np.zeros(3), np.ones(3)
    with (
        pytest.raises(pytest.fail.Exception, match="changed its argument `z`"),
        unchanged(z=z, targets=targets),
    ):
        z -= 1
