"""A kind of slip is told only where it fits: no right function, and no right grouping, is called wrong."""

import pytest

from tests.grading.diagnosis import arithmetic_apart, values_apart
from tests.grading.diagnosis.slips import slips


def slip(before, after):
    """Return the slip between two expressions that are returned."""
    (found,) = slips(f"def f():\n    return {before}\n", f"def f():\n    return {after}\n", {"names"})
    return found


@pytest.mark.parametrize(
    ("before", "after", "fits"),
    [
        ("np.abs(z)", "np.exp(z)", True),
        ("z.ravel()", "z.copy()", True),
        ("(y > k).any()", "(y >= k).any()", False),
        ("rng.random((m, n)).astype(dtype)", "rng.normal(0, 1, (m, n)).astype(dtype)", False),
        ("rng.random((m, n)).astype(dtype)", "np.where(p > 0, 1, 0)", False),
    ],
)
def test_another_function_is_needed_only_if_it_is_handed_the_same(before, after, fits):
    assert (values_apart.other_function(slip(before, after)) is not None) == fits


@pytest.mark.parametrize(
    ("before", "after", "fits"),
    [
        ("1 / 1 + np.exp(-z)", "1 / (1 + np.exp(-z))", True),
        ("a * b + c", "a * (b + c)", True),
        ("grad.T @ x", "x.T @ grad", False),
        ("a * b + c", "a * c + d", False),
    ],
)
def test_only_the_same_parts_can_be_grouped_in_another_way(before, after, fits):
    assert (arithmetic_apart.grouped(slip(before, after)) is not None) == fits


@pytest.mark.parametrize(
    ("before", "after", "fits"),
    [
        ("grad * a", "grad * a * scale", True),
        ("grad * a", "as_floating(grad) * a", False),
        ("grad * a", "np.abs(grad) * a", False),
        ("grad * a", "grad * b", False),
    ],
)
def test_a_conversion_is_no_part_of_the_formula(before, after, fits):
    assert (values_apart.left_out(slip(before, after)) is not None) == fits
