"""The ladder: which of edits, trace, state and bank speaks, of which line, and how sure it is."""

import importlib
import inspect
from textwrap import dedent

import numpy as np
import pytest

from tests.grading.course.exercises import EXERCISES
from tests.grading.diagnosis import arithmetic_apart, lines_apart, values_apart
from tests.grading.diagnosis.diagnose import diagnose
from tests.grading.diagnosis.ladder import explain
from tests.grading.diagnosis.phrases import ERRORS, OF_TRACE, TABLE, said_of
from tests.grading.diagnosis.slips import slips
from tests.grading.finding import HINT, LIKELY, SURE, WAITING, Finding
from tests.grading.repair.program import Program
from tests.grading.trace.locating import RULES

TESTS = 15


def all_pass(source, alone=False):
    """Stand for tests that pass with any change; those of an exercise ask less than the hidden asks do."""
    return TESTS


def none_passes(source, alone=False):
    return 0


def explained(exercise, code, tests=all_pass, **options):
    """Return what the ladder says of a learner's function in a module of its own, as it is joined."""
    source = "import numpy as np\n\nfrom .arrays import as_floating\n\n" + dedent(code).strip() + "\n"
    found = diagnose(exercise, Program(source, exercise).subject)
    finding = found.finding if found else Finding()
    said = explain(exercise, source, finding, tests, **options)
    return finding.explained_by(tuple(said)), said


ONE_TOKEN = """
def mean_squared_error(predictions, targets):
    predictions = as_floating(predictions)
    difference = predictions - np.asarray(targets, dtype=predictions.dtype)
    loss = float(np.mean(difference ** 2))
    return loss, 3 * difference / difference.size
"""


def test_an_edit_names_the_expression_its_value_and_the_change():
    finding, _ = explained("mean_squared_error", ONE_TOKEN)
    text = "    return loss, 3 * difference / difference.size"
    assert (finding.place.file, finding.place.source) == ("losses.py", text)
    marked = text[finding.place.column - 1 : finding.place.end_column - 1]
    assert "3" in marked, marked
    assert marked in finding.place.source
    assert finding.change.before == text
    assert "2 * difference" in finding.change.after
    assert finding.change.tests == TESTS
    assert finding.question.endswith("?"), finding.question
    assert finding.think.endswith("?"), finding.think


def test_edit_and_trace_that_agree_are_sure():
    _, said = explained("mean_squared_error", ONE_TOKEN)
    assert {one.stage for one in said} <= {"edit", "edits"}, said
    assert said[0].certainty == SURE, said


def test_a_change_with_which_a_test_fails_is_never_spoken_of():
    """What passes the hidden asks and not the lesson's tests is no change; the trace may still speak."""
    finding, said = explained("mean_squared_error", ONE_TOKEN, none_passes)
    assert finding.change is None
    assert all(one.stage != "edit" for one in said)
    assert said[0].stage == "trace"
    assert "3 * difference" in said[0].place.source


def test_a_change_that_only_the_tests_accept_is_never_found():
    """The lesson's tests would pass with a constant; random calls do not."""
    finding, _ = explained(
        "step_decay",
        """
        def step_decay(rate, epoch, drop=0.5, every=10):
            return 0.1
        """,
    )
    assert finding.change is None or "epoch" in finding.change.after


TWO = """
def elu(z, alpha=1.0):
    z = as_floating(z)
    low = np.minimum(z, 0.0)
    bent = alpha * (np.exp(low) + 1)
    return np.where(z < 0, z, bent)
"""


def test_two_mistakes_are_told_in_the_order_of_execution():
    finding, said = explained("elu", TWO)
    assert "np.exp(low) + 1" in said[0].place.source, said
    assert "np.where(z < 0, z, bent)" in said[1].place.source, said
    assert len(finding.more) == 1
    assert finding.change.tests == finding.more[0].change.tests == TESTS
    assert {one.stage for one in said} == {"edits"}
    for one in said:
        assert one.change.before == one.place.source
        assert one.change.after.strip() != one.place.source
        assert "\n" not in one.change.after, "only the line of this mistake"


def test_a_right_program_is_never_given_a_finding():
    _, said = explained(
        "softmax",
        """
        def softmax(z):
            z = as_floating(z)
            powers = np.exp(z - z.max(axis=-1, keepdims=True))
            return powers / powers.sum(axis=-1, keepdims=True)
        """,
        none_passes,
    )
    assert said == []


def test_a_name_of_the_bank_stays_and_the_place_is_added():
    finding, said = explained(
        "softmax",
        """
        def softmax(z):
            z = as_floating(z)
            powers = np.exp(z - np.max(z))
            return powers / powers.sum(axis=-1, keepdims=True)
        """,
    )
    assert finding.mistake == "softmax_shifted_by_the_maximum_of_the_batch"
    assert finding.stage == "bank"
    assert "maximum" in finding.sentence
    assert "np.max(z)" in finding.place.source
    assert said[0].sentence != finding.sentence


def test_state_speaks_before_any_edit():
    finding, _ = explained(
        "clip_by_global_norm",
        """
        def clip_by_global_norm(grads, max_norm, seen=[]):
            seen.extend(float((grad ** 2).sum()) for grad in grads)
            norm = float(np.sqrt(sum(seen)))
            if max_norm < norm < np.inf:
                for grad in grads:
                    grad *= max_norm / norm
            return norm
        """,
    )
    assert finding.stage == "state", finding
    assert "seen" in finding.place.source


CALLS_ANOTHER = """
from .activations import log_softmax
from .losses import softmax_cross_entropy as by_hand


def softmax_cross_entropy(logits, targets):
    assert log_softmax is not None
    return by_hand(logits, targets)
"""


def test_another_exercise_at_fault_is_named_and_nothing_is_said_of_this_one():
    """With nn's versions of all others, this one passes; of those it names, log_softmax is wrong."""
    asked = []

    def tests(source, alone=False):
        asked.append(alone)
        return TESTS if alone else 0

    def subject_of(other):
        exercise = EXERCISES[other]
        own = getattr(importlib.import_module(f"nn.{exercise.module}"), exercise.function)
        return (lambda z: z) if other == "log_softmax" else own

    (said,) = explain("softmax_cross_entropy", CALLS_ANOTHER, Finding(), tests, subject_of)
    assert (said.status, said.waits_for, said.stage) == (WAITING, "log_softmax", "callee")
    assert Finding(sentence="wrong").explained_by((said,)) == said
    assert asked == [True]


def test_nothing_is_said_of_a_file_that_cannot_be_loaded():
    assert explain("tanh", "1 / 0\n\ndef tanh(z):\n    return z\n", Finding(), all_pass) == []


def test_the_same_program_is_told_the_same():
    """What is said depends on counts, never on a clock."""
    first, second = (explained("elu", TWO)[0] for _ in range(2))
    assert first == second


def test_silent_on_a_whole_other_program():
    """Nothing small mends it: a line is named as a hint at most, and no change."""
    finding, said = explained(
        "dense",
        """
        def dense(x, W, b):
            return np.cos(np.asarray(x, dtype=float).sum() * np.ones((len(x), len(b))))
        """,
    )
    assert finding.change is None
    assert all(one.certainty != SURE for one in said), said
    assert all(one.certainty in (HINT, LIKELY) for one in said), said


@pytest.mark.parametrize("exercise", ["sigmoid", "relu"])
def test_a_program_that_draws_leaves_the_world_alone(exercise):
    state = np.random.get_state()[1].copy()  # noqa: NPY002 - only watched
    explained(
        exercise,
        f"""
        def {exercise}(z):
            print("noise")
            np.random.seed(3)
            return np.random.normal(size=np.shape(z))
        """,
    )
    assert np.array_equal(np.random.get_state()[1], state)  # noqa: NPY002


SLIPS = {  # the kind: before, after
    "other_axis": ("x = z - np.max(z)", "x = z - np.max(z, axis=-1, keepdims=True)"),
    "lost_axis": ("x = np.sum(z, axis=1)", "x = np.sum(z, axis=1, keepdims=True)"),
    "python_s_own": ("x = max(z, 0)", "x = np.maximum(z, 0)"),
    "matrix_product": ("x = grad @ a", "x = grad * a"),
    "entry_by_entry": ("x = grad * W", "x = grad @ W"),
    "transposed": ("x = grad @ W", "x = grad @ W.T"),
    "no_copy": ("self.best = params", "self.best = [p.copy() for p in params]"),
    "once_too_often": ("x = sigmoid(a)", "x = a"),
    "other_side": ("x = z < 0", "x = z > 0"),
    "border": ("x = z >= 0", "x = z > 0"),
    "asks_too_little": ("if z < 0:\n    pass", "if z < 0 or z > 9:\n    pass"),
    "number": ("x = 3 * z", "x = 2 * z"),
    "other_name": ("x = grad * z", "x = grad * a"),
    "no_power": ("x = d ^ 2", "x = d ** 2"),
    "sign": ("x = -z", "x = z"),
    "sides_exchanged": ("x = b - a", "x = a - b"),
    "grouped": ("x = a * b + c", "x = a * (b + c)"),
    "other_operator": ("x = a + b", "x = a / b"),
    "factor_too_many": ("x = d * a * b", "x = d * a"),
    "factor_missing": ("x = d", "x = d / n"),
    "term_too_many": ("x = a + b - c", "x = a + b"),
    "term_missing": ("x = a", "x = a + b"),
    "picks": ("x = a[0]", "x = a[1]"),
    "goes_over": ("x = range(1, n)", "x = range(n)"),
    "other_reduction": ("x = np.sum(z, axis=0)", "x = np.mean(z, axis=0)"),
    "other_function": ("x = np.log(z)", "x = np.log1p(z)"),
    "arguments_exchanged": ("x = np.where(m, a, b)", "x = np.where(m, b, a)"),
    "other_order": ("return grad, loss", "return loss, grad"),
    "other_dtype": ("x = z", "x = as_floating(z)"),
    "written_into": ("m /= 1 - t", "m = m / (1 - t)"),
    "not_added_up": ("total = a", "total += a"),
    "given_a_name": ("param = param - step", "param -= step"),
    "superfluous": ("x = a\nx = 2\ny = 3", "x = a\ny = 3"),
    "missing_step": ("x = a\ny = 3", "x = a\nx = x.T\ny = 3"),
    "missing_check": ("x = a", "if a < 0:\n    raise ValueError\nx = a"),
    "global_generator": ("x = np.random.normal()", "x = rng.normal()"),
}


def indented(code):
    return "def f(z):\n" + "".join(f"    {line}\n" for line in code.split("\n"))


@pytest.mark.parametrize("kind", SLIPS)
def test_a_slip_is_told_by_its_kind(kind):
    """The sentence is about the learner's own code; what is right in its place is not given away."""
    before, after = SLIPS[kind]
    (slip,) = slips(indented(before), indented(after), ())
    said = said_of(slip)
    assert said.kind == kind
    assert said.question.endswith(("?", ".")), said
    assert said.think.endswith("?"), said
    new = set(after.split("\n")) - set(before.split("\n"))
    for level in (said.sentence, said.question):
        assert not any(line.strip() in level for line in new)
        assert "{" not in level


def test_every_kind_of_the_table_has_its_test_and_no_other():
    """A kind in the table without a function could not be told; a function without a place is never asked."""
    homes = (lines_apart, arithmetic_apart, values_apart)
    written = {
        name
        for home in homes
        for name, value in vars(home).items()
        if inspect.isfunction(value) and value.__module__ == home.__name__ and not name.startswith("_")
    }
    assert set(TABLE) == written
    assert list(TABLE)[-1] == "anything"


def test_every_rule_of_the_trace_that_has_a_question_is_a_rule():
    assert OF_TRACE.keys() - {"any"} <= {*RULES, *ERRORS}


HELPED = """
def as_array(z):
    z = np.asarray(z)
    return z if z.dtype.kind == "f" else z.astype(np.float64)


def softmax(z):
    z = as_array(z)
    e = np.exp(z - z.max(axis=0, keepdims=True))
    return e / e.sum(axis=0, keepdims=True)
"""


def test_the_same_slip_on_two_lines_is_found_beside_a_helper():
    """What was tried in the helper must be taken back before both lines of the function are."""
    finding, _ = explained("softmax", HELPED)
    assert finding.change, finding
    assert finding.change.before.count("axis=0") == 2
    assert finding.change.after.count("axis=-1") == 2
    assert finding.mistake == "softmax_over_the_columns"
    (beside,) = finding.besides
    assert "e.sum(axis=0" in beside.place.source
