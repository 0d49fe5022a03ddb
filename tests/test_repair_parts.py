"""The parts of the search: patterns, simplification, differences of texts, and how near a part is."""

import ast
import textwrap

import numpy as np
import pytest

from tests.grading.repair.differences import as_text, hunks
from tests.grading.repair.donors import NONE
from tests.grading.repair.edits import applied
from tests.grading.repair.masks import mask_edits
from tests.grading.repair.patterns import fill, match
from tests.grading.repair.scope import Scope
from tests.grading.repair.simple import simplified
from tests.grading.trace.outcomes import Array, close, nearness
from tests.solutions.asks import Loose, Near


@pytest.mark.parametrize(
    ("pattern", "text", "new", "filled"),
    [
        ("A * B + C", "x * 2 + f(y)", "A * (B + C)", "x * (2 + f(y))"),
        ("A - A", "x[0] - x[0]", "A", "x[0]"),
        ("F(A, B)", "np.where(a, b)", "F(B, A)", "np.where(b, a)"),
    ],
)
def test_a_pattern_is_matched_and_filled_in(pattern, text, new, filled):
    tree = ast.parse(text, mode="eval").body
    bound = match(ast.parse(pattern, mode="eval").body, tree)
    assert ast.unparse(fill(new, **bound)) == filled


@pytest.mark.parametrize(("pattern", "text"), [("A - A", "x - y"), ("A + B", "x - y"), ("X.T", "x.S")])
def test_a_pattern_that_does_not_fit(pattern, text):
    assert match(ast.parse(pattern, mode="eval").body, ast.parse(text, mode="eval").body) is None


@pytest.mark.parametrize(
    ("text", "simple"),
    [
        ("x = a + -b", "x = a - b"),
        ("x = 1 - (1 - rho)", "x = rho"),
        ("x = 0 + epoch", "x = epoch"),
        ("x = a * b * (1 / b) / n", "x = a / n"),
        ("x = not a == b", "x = a != b"),
        ("x = -(a - b)", "x = b - a"),
        ("x = y ** (2 - 1)", "x = y"),
    ],
)
def test_what_is_done_in_vain_is_left_out(text, simple):
    assert ast.unparse(simplified(ast.parse(text).body[0])) == simple


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x = 1\ny = x * 2", "x = 1\ny = x * 3"),
        ("x = (a + b) * c", "x = (a - b) * c"),
        ("x = a * c", "x = (a + b) * c"),
        ("x = 1\ny = 2  # kept", "y = 2\nx = 1"),
        ("if a:  # kept\n    x = 1", "if not a:\n    x = 1\n    y = 2"),
        ("for i in a:\n    x = i\ny = 1", "for i in a:\n    x = i"),
        ("x = 'ä' + b", "x = 'ä' + c"),
    ],
)
def test_a_difference_is_said_as_edits_to_the_text(before, after):
    wrap = lambda text: "def f():\n" + textwrap.indent(text, "    ")  # noqa: E731
    old, new = ast.parse(wrap(before)), ast.parse(wrap(after))
    edits = as_text(wrap(before), hunks(old.body[0].body, new.body[0].body), new)
    assert edits, "it could not be said"
    assert all(len(edit.before) < len(before) or "\n" not in before for edit in edits)


def test_nearness_grows_as_an_array_comes_nearer():
    expected = Array.of(np.array([[1.0, -2, 3], [4, 5, 6.5]]))
    value = expected.value
    ladder = [
        np.zeros(4),
        value.T,
        np.full((2, 3), np.nan),
        value[::-1] + 1,
        -value,
        3 * value,
        np.where(value > 4, 0, value),
    ]
    found = [nearness(wrong, expected) for wrong in ladder]
    assert found[0] < found[1] < found[2] < found[3] < found[4] < found[5]
    assert all(near < 1 and not close(wrong, expected) for near, wrong in zip(found, ladder, strict=True))
    assert close(value.copy(), expected)


@pytest.mark.parametrize(
    ("value", "expected", "fits"),
    [
        (1.0, 1.0 + 1e-9, True),
        (1, 1.0, False),
        (np.float64(1), 1.0, True),
        (True, 1, False),
        (float("nan"), float("nan"), True),
        ([1, 2.0], [1, 2.0], True),
        ((1,), [1, 2], False),
        (Near(0.5, 0.1), Near(0.55, 0.1), True),
        (0.5, Near(0.5, 0.1), False),
        (Loose(1.0), Loose(1.000001), True),
        ("a", "b", False),
    ],
)
def test_parts_are_right_by_type_and_value(value, expected, fits):
    assert close(value, expected) is fits


def test_a_remembered_mask_is_used_on_the_way_back():
    text = textwrap.dedent("""
        def loss_and_grads(self, X, y, rng=None):
            masks, cache = [], {}
            for layer in range(3):
                if rng is not None:
                    X, mask = dropout(X, 0.5, rng)
                    masks.append(mask)
                    cache["D" + str(layer)] = mask
            for i in range(2, 0, -1):
                grad = X
                grad, _ = dropout(grad, 0.5, rng)
        """)
    (function,) = ast.parse(text).body
    scope = Scope({"grad": "array (2, 3)"}, {}, lambda node: "", [], [], [], [], NONE, frozenset(), False)
    made = []
    for edit in mask_edits(function, scope):
        with applied([edit]):
            made.append(ast.unparse(function))
    for line in (
        "grad = dropout_backward(grad, masks.pop())",
        "grad = dropout_backward(grad, masks[i - 1])",
        "grad = dropout_backward(grad, cache['D' + str(i - 1)])",
        "    if rng is not None:\n            grad = grad * masks[i - 1]",
    ):
        assert any(line in text for text in made), line
