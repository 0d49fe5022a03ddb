"""Changes that are right and that nobody means are held back, and the others are said in a teacher's hand."""

import ast
import textwrap
from types import SimpleNamespace

import pytest

from tests.grading.repair import search
from tests.grading.repair.differences import hunks
from tests.grading.repair.natural import Hearing
from tests.grading.repair.simple import simplified
from tests.grading.repair.tidy import tidied, unconverted
from tests.grading.repair.unmeant import FROM_ELSEWHERE, UNMEANT, never_run

KNOWN = {"self.loss == 'binary'", "np.tanh(z)", "value in seen"}


def function(text):
    return ast.parse("def f(self, z, x, key, seen):\n" + textwrap.indent(text, "    ")).body[0]


def reasons(before, after, kinds=()):
    """Return why a change must not be shown, for a course in which right programs write what is KNOWN."""
    donors = SimpleNamespace(expressions=(), statements=(), constants=())
    scope = SimpleNamespace(donors=donors, parameters=["z", "x"])
    old, new = function(before), function(after)
    found = []
    for hunk in hunks(old.body, new.body):
        it = Hearing(hunk, set(kinds), scope, old)
        it.texts = KNOWN
        found += [reason.__name__ for reason in UNMEANT if reason(it)]
    return found


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("if self.loss == 'binary':\n    x = 1", "if self.loss <= 'binary':\n    x = 1", "order_of_texts"),
        ("if self.loss == 'binary':\n    x = 1", "if self.output == 'binary':\n    x = 1", "foreign_text"),
        ("if self.loss == 'binary':\n    x = 1", "if self.loss == self.output:\n    x = 1", "foreign_text"),
        ("if key not in seen:\n    x = 1", "if key[1:] not in seen:\n    x = 1", "useless_membership"),
        ("if key not in seen:\n    x = 1", "if -key not in seen:\n    x = 1", "useless_membership"),
        ("if key not in seen:\n    x = 1", "if key not in key:\n    x = 1", "useless_membership"),
        ("key = (1, 2)", "key = iter((1, 2))", "iterator"),
        ("x = np.exp(z)", "x = np.exp(np.clip(z, -80, 80))", "limit_from_nowhere"),
        ("x = -3 * z", "x -= -3 * z", "opposite_taken_away"),
    ],
)
def test_what_nobody_means_is_held_back(before, after, reason):
    assert reason in reasons(before, after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("if self.output == 'binary':\n    x = 1", "if self.loss == 'binary':\n    x = 1"),
        ("if self.loss == 'binary':\n    x = 1", "if self.loss != 'binary':\n    x = 1"),
        ("if key not in seen:\n    x = 1", "if x not in seen:\n    x = 1"),
        ("x = np.maximum(z, 1)", "x = np.maximum(z, 0)"),
        ("x -= -3 * z", "x -= -2 * z"),
        ("x = z < 0", "x = z <= 0"),
    ],
)
def test_what_a_teacher_would_write_is_not(before, after):
    assert reasons(before, after) == []


@pytest.mark.parametrize(
    ("before", "after", "held"),
    [
        ("x = np.sin(z) / np.cos(z)", "x = np.tanh(z)", True),
        ("return 1 / (1 + np.exp(z))", "return 0.5 * (1 + np.tanh(z / 2))", True),
        ("for v in z:\n    x += v", "return z @ x", True),
        ("return np.min(z)", "return np.max(z)", False),
        ("x = z * np.log(z)", "x = z * np.log(x)", False),
    ],
)
def test_most_of_a_right_program_is_no_small_change(before, after, held):
    assert ("nothing_left" in reasons(before, after, FROM_ELSEWHERE)) is held


def test_what_is_written_below_a_return_never_runs():
    assert never_run(function("x = 1\nreturn x")) == 0
    assert never_run(function("if z:\n    return 1\nreturn x")) == 0
    assert never_run(function("return x\nx = 1")) == 1
    assert never_run(function("for v in z:\n    return v")) == 1


@pytest.mark.parametrize(
    ("text", "simple"),
    [
        ("x = a ** 3 / a", "x = a ** 2"),
        ("x = 1 / (1 + e) * e", "x = e / (1 + e)"),
        ("x = g.T.dot(a).T", "x = a.T.dot(g)"),
        ("x = (g.T @ a).T", "x = a.T @ g"),
        ("x = z.sum(axis=0, keepdims=False)", "x = z.sum(axis=0)"),
    ],
)
def test_two_steps_that_are_one(text, simple):
    assert ast.unparse(simplified(ast.parse(text).body[0])) == simple


def neat(before, after):
    old, new = function(before), function(after)
    tidied(old, new, hunks(old.body, new.body))
    return ast.unparse(new).split("\n", 1)[1]


def test_a_value_is_corrected_where_it_is_made():
    assert "loss = z.sum() / 2" in neat(
        "loss = z.sum()\nreturn x, loss", "loss = z.sum()\nreturn x, loss / 2"
    )


@pytest.mark.parametrize(
    "between",
    ["x = 3", "z += 1", "other = loss"],
    ids=["of a later value", "of what changes later", "of what others read"],
)
def test_it_is_not_if_the_value_means_something_else_there(between):
    text = f"loss = z.sum()\n{between}\nreturn loss"
    changed = "loss * x" if "x" in between else "loss * z" if "z" in between else "loss * 2"
    assert changed in neat(text, text.replace("return loss", f"return {changed}"))


def test_what_has_a_name_is_called_by_it():
    before = "n, k = z.shape\nm = np.amax(z, axis=-1)\nreturn z"
    assert "return z - m" in neat(before, before.replace("return z", "return z - z.max(axis=-1)"))
    assert "return z / n" in neat(before, before.replace("return z", "return z / len(z)"))


def test_a_name_that_has_another_value_by_then_is_not_used():
    before = "m = z.max()\nz = z - 1\nreturn z"
    assert "return z - z.max()" in neat(before, before.replace("return z", "return z - z.max()"))


def test_a_conversion_that_comes_along_can_be_left_out():
    old, new = function("x = np.abs(z)"), function("x = float(np.abs(z)) ** 2")
    assert unconverted(hunks(old.body, new.body))
    assert ast.unparse(new.body[0]) == "x = np.abs(z) ** 2"
    old, new = function("x = z"), function("x = z ** 2")
    assert not unconverted(hunks(old.body, new.body))


def first(exercise, code):
    source = (
        "import numpy as np\n\nfrom .arrays import as_floating\n\n" + textwrap.dedent(code).strip() + "\n"
    )
    return search(source, exercise, 1500)[0]


def test_what_makes_a_new_array_is_a_copy_and_no_arithmetic():
    change = first(
        "zeros",
        """
        BLANK = {}

        def zeros(rng, fan_in, fan_out, dtype=np.float32):
            size = (fan_in, fan_out, str(np.dtype(dtype)))
            if size not in BLANK:
                BLANK[size] = np.zeros(size[:2], dtype)
            return BLANK[size]
        """,
    )
    assert change.shown
    assert "copy()" in change.source, change


def test_a_line_too_many_is_taken_out_rather_than_put_where_it_never_runs():
    change = first(
        "random_uniform",
        """
        def random_uniform(rng, fan_in, fan_out, dtype=np.float32, low=-0.5, high=0.5):
            drawn = rng.uniform(low, high, (fan_in, fan_out))
            drawn = np.round(drawn, 1)
            return drawn.astype(dtype)
        """,
    )
    assert change.shown
    assert "round" not in change.source, change
