"""The diagnosis says nothing false: values come before types, praise is proven, a screen has one failure."""

import ast
import builtins
import copy
import functools
import inspect
import random
import re
import warnings
from dataclasses import replace

import numpy as np
import pytest
from numpy import errstate

from nn.activations import as_floating
from nn.network import Network
from tests.grading.course.exercises import EXERCISES
from tests.grading.diagnosis import diagnose as diagnosing
from tests.grading.diagnosis.outcomes import agree, faults, observe
from tests.grading.diagnosis.reference import reference
from tests.grading.finding import PASSED, Finding
from tests.grading.judging.solutions import judge_solution
from tests.grading.show import render, what_is_wrong
from tests.lessons.checks import typed
from tests.solutions import PROBES, WRONG, Solution
from tests.solutions.bank import _emptied


def diagnose(name, code):
    """Return the finding of the diagnosis; None if there is none."""
    told = diagnosing.diagnose(name, code)
    return told and told.finding


def said(finding):
    """Return all that a finding says."""
    return render(finding, 10_000)


def evidence(finding):
    """Return what a finding shows, without the bank's sentence."""
    return "\n".join(what_is_wrong(replace(finding, sentence=""), 10_000))


FUNCTIONS = [name for name, e in EXERCISES.items() if e.function and e.function.islower() and e.lesson < 8]
RETURNING = [name for name in FUNCTIONS if not name.endswith("_step")]


def converted(code, number, dtype):
    """Return ``code`` with every float of its result made a ``number``, and floating arrays a ``dtype``."""

    def convert(value):
        if isinstance(value, tuple | list):
            return type(value)(map(convert, value))
        if isinstance(value, float):
            return number(value)
        floating = isinstance(value, np.ndarray) and value.dtype.kind == "f"
        return value.astype(dtype or value.dtype, copy=False) if floating else value

    @functools.wraps(code)
    def other(*args, **kwargs):
        return convert(code(*args, **kwargs))

    return other


def agree_in_values(exercise, code, other):
    """Tell whether two functions do the same in every case of an exercise, types apart."""
    cases = list(PROBES[exercise](reference(exercise)))
    outcomes = observe(PROBES[exercise], code), observe(PROBES[exercise], other)
    return not any(
        fault.kind != "type" for there in zip(*outcomes, cases, strict=True) for fault in faults(*there)
    )


MISTAKES = [solution for name in RETURNING for solution in WRONG[name]]


@pytest.mark.parametrize("solution", MISTAKES, ids=lambda s: f"{s.exercise}-{s.name}")
def test_a_mistake_is_named_whatever_its_types(solution):
    """np.float64 is a float; np.float32, and arrays of float64, are slips that must not hide the mistake."""
    told = diagnose(solution.exercise, converted(solution.code, np.float64, None))
    assert told.mistake == solution.name, f"with np.float64: {told}"
    if agree_in_values(solution.exercise, solution.code, reference(solution.exercise)):
        return
    for number, dtype in ((np.float32, None), (float, np.float64)):
        code = converted(solution.code, number, dtype)
        if agree_in_values(solution.exercise, code, reference(solution.exercise)):
            continue  # a conversion makes a new array, and so fixes what shares one
        told = diagnose(solution.exercise, code)
        assert told.kind != "type", told
        assert "the values are right, but it is" not in evidence(told), told
        named = next((s for s in WRONG[solution.exercise] if s.name == told.mistake), None)
        assert named, f"as {number.__name__}, {dtype}: {told}"
        assert named is solution or agree_in_values(solution.exercise, named.code, code), told


def spoilt(solution):
    """Return a function that makes a mistake and, wherever its result is right, another: each such part is
    changed. None if there is no such place.
    """
    right, there = reference(solution.exercise), []

    def code(*args, **kwargs):
        copies = copy.deepcopy(args)
        result = solution.code(*args, **kwargs)
        wanted = right(*copies, **kwargs)
        parts = [*zip(result, wanted, strict=True)] if isinstance(result, tuple) else [(result, wanted)]
        changed = [_spoil(part) if _same(part, other) else part for part, other in parts]
        there.extend(part is not new for (part, _), new in zip(parts, changed, strict=True))
        return tuple(changed) if isinstance(result, tuple) else changed[0]

    observe(PROBES[solution.exercise], code)
    return code if any(there) else None


def _same(one, other):
    if isinstance(one, list):
        return all(map(_same, one, other))
    return np.shape(one) == np.shape(other) and np.allclose(one, other, rtol=1e-4, atol=1e-6, equal_nan=True)


def _spoil(value):
    if isinstance(value, list):
        return [*map(_spoil, value)]
    return value * 7 + value.dtype.type(3) if isinstance(value, np.ndarray) else value * 7 + 3


PRAISING = {s.name: (s, spoilt(s)) for s in MISTAKES if s.vouches}


@pytest.mark.parametrize("name", [name for name, (_, code) in PRAISING.items() if code])
def test_praise_is_not_given_unproven(name):
    """Who makes this mistake and is wrong elsewhere, too, must not be told that the rest is right."""
    solution, code = PRAISING[name]
    told = diagnose(solution.exercise, code)
    assert evidence(told)
    named = next((s for s in WRONG[solution.exercise] if s.name == told.mistake), None)
    assert named is None or not named.vouches, told


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("xavier_normal", lambda rng, i, o, dtype=np.float32: rng.normal(0, 2 / (i + o), (i, o))),
        ("xavier_normal", lambda rng, i, o, dtype=np.float32: rng.normal(0, 0.3, (o, i))),
        ("he_normal", lambda rng, i, o, dtype=np.float32: np.random.randn(i, o)),  # noqa: NPY002
    ],
)
def test_weights_are_not_called_well_drawn_for_their_shape_alone(name, code):
    told = diagnose(name, code)
    assert evidence(told)
    assert "well drawn" not in said(told)


def test_values_come_before_types():
    """The loss is a float32, and the gradient lacks its 1 / n: the gradient is told first."""

    def loss(predictions, targets):
        if predictions.shape != targets.shape:
            raise ValueError("shapes differ")
        difference = (predictions - targets).astype(predictions.dtype)
        return np.mean(difference**2, dtype=np.float32), 5 * difference

    told = diagnose("mean_squared_error", loss)
    assert (told.kind, told.part) == ("values", "grad")
    assert "the values are right" not in said(told)
    assert "Besides, loss is a float32 where a Python float is expected" in " ".join(evidence(told).split())


def test_a_slip_in_the_conversion_of_integers_is_shown_by_the_call_itself():
    """The bank compares it with floats, so that formulas do not matter; the learner sees what came back."""

    def leaky_relu(z, slope=0.01):
        a = z.copy()
        a[a < 0] = slope * a[a < 0]
        return a

    told = diagnose("leaky_relu", leaky_relu)
    assert evidence(told).startswith("Smallest failing call: leaky_relu(array([-2, 3]))\nthe result:")
    assert re.search(r"-0\.02 +3 +0\* 3", evidence(told))
    assert evidence(told).endswith("Besides, the result is int64 where float64 is expected")


@pytest.mark.parametrize("right", [True, False])
def test_parts_in_another_order_are_told_whatever_else_is_wrong(right):
    """Bytes wrap round here, which no entry of the bank has together with the exchange."""

    def loss(predictions, targets):
        if predictions.shape != targets.shape:
            raise ValueError("shapes differ")
        difference = predictions - targets
        parts = np.mean(difference**2), 2 * difference / difference.size
        return parts if right else parts[::-1]

    told = diagnose("mean_squared_error", loss)
    sentence = "The parts of your result are swapped: you return (grad, loss), not (loss, grad)."
    assert (told.sentence == sentence) is not right, told


def test_an_error_that_is_returned_is_told_as_one():
    """Whatever the check says, "something instead" is not all that is known."""

    def loss(predictions, targets):
        if predictions.shape != targets.shape:
            return TypeError("shapes differ")
        return reference("mean_squared_error")(predictions, targets)

    told = diagnose("mean_squared_error", loss)
    assert "and returns a TypeError instead: `raise` it" in told.shown
    assert told.sentence == "", "it is another error than that of the bank"


@pytest.mark.parametrize(
    ("name", "code", "text"),
    [
        # one entry is always some multiple of another: the smallest call alone says 1/3
        ("tanh_backward", lambda grad, a: grad * (1 - a) ** 2, None),
        ("tanh_backward", lambda grad, a: grad * (1 - a**2) / 3, "it is 1/3 times what it should be"),
        ("tanh_backward", lambda grad, a: grad * (a**2 - 1), "the sign is reversed"),
        (
            "tanh_backward",
            lambda grad, a: grad * (1 - a**2) + grad.dtype.type(0.5),
            "it is 0.5 too large, everywhere",
        ),
        # the integers' result alone is 0 everywhere
        ("sigmoid", lambda z: reference("sigmoid")(z).astype(z.dtype), None),
        ("tanh", lambda z: np.zeros_like(as_floating(z)), "it is 0 everywhere"),
        # half of two samples, a quarter of four
        ("dense_backward", lambda grad, x, W: (grad @ W.T / len(x), x.T @ grad, grad.sum(axis=0)), None),
        ("dense", lambda x, W, b: (x @ W + b).T.copy(), "it is transposed"),
        (
            "dense_backward",
            lambda grad, x, W: (grad @ W.T, x.T @ grad, grad.sum(0)[None]),
            "the shape is not",
        ),
    ],
)
def test_a_reading_holds_in_every_call(name, code, text):
    shown = evidence(diagnose(name, code))
    assert ("Reading: " in shown) == (text is not None), shown
    assert text is None or text in shown


def judged(name, code):
    return judge_solution(Solution("of_a_learner", name, code)).message


def softmax_along_axis_1(z):
    e = np.exp(z - z.max())
    return e / e.sum(axis=1)


def test_one_screen_tells_of_one_failure():
    """The call shows wrong numbers: no word of the AxisError and the overflow that come later."""
    message = judged("softmax", softmax_along_axis_1)
    assert "got  (* differs)" in message
    assert "AxisError" not in message
    assert "warns" not in message


def softmax_of_sums_as_a_row(z):
    z = as_floating(z)
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(-1).reshape(1, -1)


def test_the_test_that_is_quoted_shows_the_mistake_that_is_named():
    """Two rows of four raise an error where a square batch is silently wrong: it is one mistake, and the
    first test that meets it is quoted, whatever it has met with.
    """
    message = judged("softmax", softmax_of_sums_as_a_row)
    assert message.startswith("You divide by the sums of the rows as one row")
    assert re.search(r"^Test: test_softmax_has_known_values$", message, re.M), message


class LossDoubledUnderSquaredError(Network):
    def loss_and_grads(self, X, y, rng=None):
        loss, grads = super().loss_and_grads(X, y, rng)
        return loss * (1 + 0.5 * (self.loss == "mean_squared_error")), grads


class LossOfColumnsDoubled(Network):
    def loss_and_grads(self, X, y, rng=None):
        loss, grads = super().loss_and_grads(X, y, rng)
        return loss * (1 + 0.5 * (self.loss == "mean_squared_error" and np.ndim(y) == 1)), grads


def test_a_test_is_quoted_only_if_it_makes_a_call_like_the_one_on_the_screen():
    """Targets (n,) are another call than targets (n, 1), and one loss is not the other."""
    message = judged("Network.loss_and_grads", LossDoubledUnderSquaredError)
    assert "loss='mean_squared_error'" in message, message
    assert "Test: test_loss_is_that_of_the_output[mean_squared_error" in message, message
    assert "Look at: loss(forward(X), y)" in message
    assert "_as_targets" not in message
    message = judged("Network.loss_and_grads", LossOfColumnsDoubled)
    assert "array([2.0, 0.5, -1.0])" in message, message
    assert "Test: test_a_single_output_takes_one_target_a_sample[mean_squared_error]" in message, message


def relu_with_an_if(z):
    if z >= 0:
        return z
    return 0


def tanh_printed(z):
    np.tanh(z)


def relu_of_one_number(z):
    return np.array([max(z, 0)])


@pytest.mark.parametrize(
    ("name", "code", "told"),
    [
        ("relu", relu_with_an_if, ["raises ValueError", ": if z >= 0:", "np.where chooses for each entry"]),
        ("relu", relu_of_one_number, ["raises ValueError", "np.maximum and np.minimum"]),
        ("tanh", tanh_printed, ["the result is None. Is a `return` missing?"]),
    ],
)
def test_an_exception_is_told_once_and_in_plain_words(name, code, told):
    message = judged(name, code)
    for part in told:
        assert part in " ".join(message.split()), message
    assert message.count("raises") <= 1
    assert "Why: " not in message
    assert "Look at: " not in message


def test_the_line_is_the_one_that_raised():
    result = judge_solution(Solution("of_a_learner", "relu", relu_with_an_if))
    line = relu_with_an_if.__code__.co_firstlineno + 1
    assert f"test_diagnosis.py:{line}: if z >= 0:" in result.message


def test_a_named_mistake_needs_no_formula():
    message = judged("relu_backward", lambda grad, a: np.maximum(grad, 0))
    assert message.startswith("You look at the sign of `grad`")
    assert "Look at: " not in message
    assert "Why: " not in message
    assert re.search(r"^Test: test_backward", message, re.M)


def test_why_is_left_out_where_it_explains_another_failure():
    message = judged("tanh", lambda z: np.tanh(as_floating(z)).reshape(1, *z.shape))
    assert "Reading: the values are right, the shape is not" in message
    assert "Why: " not in message


def refusing_by_assert(logits, targets):
    if np.ndim(targets) == 1:
        assert min(targets) >= 0
        assert max(targets) < logits.shape[1]
    return reference("softmax_cross_entropy")(logits, targets)


def refusing_one_label_too_few(logits, targets):
    if np.ndim(targets) == 1 and np.max(targets) == logits.shape[1]:
        return np.zeros(logits.shape[1])[targets]
    return reference("softmax_cross_entropy")(logits, targets)


@pytest.mark.parametrize(
    ("code", "error"), [(refusing_by_assert, "AssertionError"), (refusing_one_label_too_few, "IndexError")]
)
def test_another_exception_than_the_one_due_is_told_with_what_is_due(code, error):
    message = judged("softmax_cross_entropy", code)
    assert "It must raise ValueError (targets must be labels in 0..2; got" in " ".join(message.split())
    assert f"It raises {error}" in message
    assert message.count("Test: test_cross_entropy_refuses_labels") == 1


@pytest.mark.parametrize("code", [tanh_printed, lambda z: np.clip(z, -1, 1, out=z)])
def test_nothing_is_said_twice(code):
    message = judged("tanh", code).lower()
    assert message.count("`return` missing") <= 1
    assert message.count("changes its argument") <= 1


def dense_in_loops(x, W, b):
    z = np.zeros((len(x), W.shape[1]))
    for i in range(len(x)):
        z[i] = x[i] @ W + b
    return z


def softmax_in_a_loop(z):
    p = np.zeros(z.shape)
    for i in np.ndindex(z.shape[:-1]):
        e = np.exp(z[i] - z[i].max())
        p[i] = e / e.sum()
    return p


def sigmoid_for_one_sign(z):
    if np.all(z >= 0):
        return 1 / (1 + np.exp(-z))
    e = np.exp(z)
    return e / (1 + e)


def leaky_relu_into_zeros(z, slope=0.01):
    z = as_floating(z)
    a = np.zeros(z.shape)
    a[z > 0] = z[z > 0]
    a[z <= 0] = slope * z[z <= 0]
    return a


def xavier_normal_with_a_bracket_too_few(rng, fan_in, fan_out, dtype=np.float32):
    return rng.normal(0, np.sqrt(2) / (fan_in + fan_out), (fan_in, fan_out)).astype(dtype)


def xavier_uniform_promoted(rng, fan_in, fan_out, dtype=np.float32):
    return rng.uniform(-1, 1, (fan_in, fan_out)).astype(dtype) * np.sqrt(6 / (fan_in + fan_out))


def binary_cross_entropy_naively(logits, targets):
    p = reference("sigmoid")(logits)
    return float(-np.mean(targets * np.log(p) + (1 - targets) * np.log(1 - p))), (p - targets) / p.size


@pytest.mark.parametrize(
    ("name", "code", "false"),
    [
        ("dense", dense_in_loops, "integers stay integers"),
        ("dense", dense_in_loops, "right for floats"),
        ("softmax", softmax_in_a_loop, "right for floats"),
        ("sigmoid", sigmoid_for_one_sign, "bytes"),
        ("leaky_relu", leaky_relu_into_zeros, "wins the product"),
        ("xavier_normal", xavier_normal_with_a_bracket_too_few, "deviation is 2 /"),
        ("xavier_uniform", xavier_uniform_promoted, "has not been applied"),
        ("binary_cross_entropy", binary_cross_entropy_naively, "a Python float"),
        ("softmax_cross_entropy", refusing_by_assert, "and returns something"),
    ],
)
def test_no_sentence_claims_what_was_not_checked(name, code, false):
    told = said(diagnose(name, code)).lower()
    assert told
    assert false.lower() not in told


def he_normal_from_np_random(rng, fan_in, fan_out, dtype=np.float32):
    return (np.random.randn(fan_in, fan_out) * np.sqrt(2 / fan_in)).astype(dtype)  # noqa: NPY002


def he_normal_seeding_np_random(rng, fan_in, fan_out, dtype=np.float32):
    np.random.seed(0)  # noqa: NPY002
    return (np.random.randn(fan_in, fan_out) * np.sqrt(2 / fan_in)).astype(dtype)  # noqa: NPY002


def dropout_from_np_random(x, rate, rng):
    mask = (np.random.rand(*x.shape) >= rate).astype(x.dtype) / (1 - rate)  # noqa: NPY002
    return x * mask, mask


def minibatches_from_random(n, batch_size, rng):
    order = np.array(random.sample(range(n), n))
    for start in range(0, n, batch_size):
        yield order[start : start + batch_size]


@pytest.mark.parametrize(
    ("name", "code", "called"),
    [
        ("he_normal", he_normal_from_np_random, "NumPy's global generator, np.random"),
        ("he_normal", he_normal_seeding_np_random, "NumPy's global generator, np.random"),
        ("dropout", dropout_from_np_random, "NumPy's global generator, np.random"),
        ("minibatches", minibatches_from_random, "Python's global generator, random"),
    ],
)
def test_a_global_generator_is_named_with_its_line(name, code, called):
    """That the numbers do not come from `rng` is only half of it: where they come from is known."""
    before = np.random.get_state()[1].copy(), random.getstate()  # noqa: NPY002 - only watched
    told = diagnose(name, code)
    remark, line = told.besides[0], code.__code__.co_firstlineno + 1
    assert remark.sentence.startswith(f"It uses {called} draw from the `rng` that is passed in"), remark
    assert remark.place[:2] == ("test_diagnosis.py", line), remark
    assert re.search(rf"^  test_diagnosis\.py:{line}: .*random\.", evidence(told), re.M), evidence(told)
    assert np.array_equal(np.random.get_state()[1], before[0]), "the diagnosis itself draws"  # noqa: NPY002
    assert random.getstate() == before[1]


def test_nothing_is_said_of_generators_that_are_left_alone():
    told = diagnose(
        "he_normal", lambda rng, i, o, dtype=np.float32: rng.normal(0, 2 / i, (i, o)).astype(dtype)
    )
    assert evidence(told)
    assert "global generator" not in evidence(told)


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if "normal" in name or "uniform" in name])
def test_equal_weights_are_called_equal(name):
    def repeated(rng, fan_in, fan_out, dtype=np.float32, **options):
        return np.full((fan_in, fan_out), rng.normal(0, 0.1), dtype)

    told = said(diagnose(name, repeated))
    assert "All your weights are equal" in told
    assert "nan" not in told


def test_minus_zero_is_no_difference():
    told = diagnose("tanh", lambda z: -0.0 * z)
    assert "-0*" not in evidence(told)


ALL_CASES = [
    case
    for name in PROBES
    for first in PROBES[name](reference(name))
    for case in (first, first.shown)
    if case is not None
]


def test_what_is_announced_as_a_call_needs_no_other_names_than_the_readme_imports():
    names = {"rng": None, "Network": None} | dict.fromkeys([*PROBES, *dir(builtins)])
    exec("from numpy import *", names)
    assert sum(case.typable for case in ALL_CASES) > 200
    for case in ALL_CASES:
        if not case.typable:
            continue
        free = {node.id for node in ast.walk(ast.parse(case.text)) if isinstance(node, ast.Name)}
        assert free - {"p", "batch"} <= names.keys(), case.text


def test_a_sentence_is_continued_where_it_began():
    """Only what has a label is continued with an indent: a colon within a sentence makes none."""
    for solution in MISTAKES:
        assert not re.search("^ ", render(Finding(sentence=solution.sentence), 60), re.M), solution.sentence
    assert re.search("^  ", render(Finding(why="word " * 30), 60), re.M)


def test_words_are_not_announced_as_a_call():
    shown = evidence(diagnose("he_normal", WRONG["he_normal"][0].code))
    assert shown.startswith("What fails: W.std() for W = he_normal(rng, 300, 100, np.float32)")
    assert evidence(diagnose("relu", WRONG["relu"][0].code)).startswith("Smallest failing call: relu(array(")


NAMES = {"np": np, "inf": np.inf, "nan": np.nan} | {
    name: getattr(np, name) for name in ("array", "linspace", "ones", "dtype", "float32", "float64", "uint8")
}
CALLS = [
    (name, i)
    for name in [*FUNCTIONS, "one_hot", "min_max_scale", "step_decay"]
    for i, case in enumerate(PROBES[name](reference(name)))
    if case.text.startswith(f"{name}(") and case.text.endswith(")")
]


@pytest.mark.parametrize(("name", "i"), CALLS)
def test_a_call_that_is_shown_can_be_typed(name, i):
    """What is printed as the failing call does what the case did, for the reference and for each mistake."""
    case = list(PROBES[name](reference(name)))[i]
    expression = compile(ast.parse(case.text, mode="eval"), "<typed>", "eval")

    def type_in(subject):
        names = NAMES | {name: subject, "rng": np.random.default_rng(7)}

        def run():
            result = eval(expression, names)
            several = name == "dropout" and isinstance(result, tuple)
            return len(result) if several else result  # the case looks at its argument alone

        yield case._replace(run=run, arguments={})

    for code in (reference(name), *(solution.code for solution in WRONG[name])):
        seen = observe(PROBES[name], code)[i]
        (again,) = observe(type_in, code)
        if seen.leaves.get("", 0) is None:  # the case looks whether an error is raised
            again = again._replace(leaves=seen.leaves if again.leaves else {})
        if not case.arguments:  # the case looks at shapes and types
            again = again._replace(leaves={place: _emptied(leaf) for place, leaf in again.leaves.items()})
            seen = seen._replace(leaves={place: _emptied(leaf) for place, leaf in seen.leaves.items()})
        assert agree(seen._replace(changed=()), again, case), f"{code.__name__}: {case.text}"


@pytest.mark.parametrize(
    ("array", "text"),
    [
        (np.array([[1.0, -0.5]]), "array([[1.0, -0.5]])"),
        (np.array([0.1], np.float32), "float32([0.1])"),
        (np.array([2, 0]), "array([2, 0])"),
        (np.array([[200]], np.uint8), "uint8([[200]])"),
        (np.array([1 / 3]), "array([0.3333333333333333])"),
    ],
)
def test_arrays_are_written_as_they_are_typed(array, text):
    assert typed(array) == text
    again = eval(text, dict(NAMES))
    assert again.dtype == array.dtype
    assert np.array_equal(again, array)


def test_the_bank_is_silent_while_it_is_compared():
    """No warning of a wrong solution reaches the learner's screen."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert evidence(diagnose("softmax", softmax_along_axis_1))


def sigmoid_hiding_everything(z):
    with np.errstate(all="ignore"):
        return 1 / (1 + np.exp(-as_floating(z)))


def elu_hiding_the_overflow(z, alpha=1.0):
    z = as_floating(z)
    with np.errstate(over="ignore"):
        return np.where(z > 0, z, z.dtype.type(alpha) * np.expm1(z))


def loss_hiding_the_overflow(logits, targets):
    loss, _ = reference("binary_cross_entropy")(logits, targets)
    z = as_floating(logits)
    return loss, (sigmoid_hiding_everything(z) - np.asarray(targets, z.dtype)) / z.size


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("sigmoid", sigmoid_hiding_everything),
        ("elu", elu_hiding_the_overflow),
        ("binary_cross_entropy", loss_hiding_the_overflow),
    ],
)
def test_an_overflow_is_told_though_it_is_hidden(name, code):
    """np.errstate keeps the warning back; the overflow, which the docstring forbids, is still there."""
    before = np.geterr()
    result = judge_solution(Solution(code.__name__, name, code))
    assert "Smallest failing call:" in result.message, result.message
    assert "It hides a warning: overflow encountered in exp" in result.message, result.message
    assert np.geterr() == before
    with np.errstate(over="ignore"):
        np.exp(np.array([1000.0]))  # nobody looks any longer


def sigmoid_within_the_imported_name(z):
    with errstate(all="ignore"), np.errstate(divide="warn"):
        return 1 / (1 + np.exp(-as_floating(z)))


def sigmoid_within_seterr(z):
    before = np.seterr(over="ignore")
    a = 1 / (1 + np.exp(-as_floating(z)))
    np.seterr(**before)
    return a


def sigmoid_within_a_filter(z):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return 1 / (1 + np.exp(-as_floating(z)))


@np.errstate(over="ignore")
def sigmoid_decorated(z):
    return 1 / (1 + np.exp(-as_floating(z)))


@pytest.mark.parametrize(
    ("code", "what", "below"),
    [
        (sigmoid_hiding_everything, "`np.errstate`", 1),
        (sigmoid_within_the_imported_name, "`np.errstate`", 1),
        (sigmoid_within_seterr, "`np.seterr`", 1),
        (sigmoid_within_a_filter, "A filter of `warnings`", None),
        (sigmoid_decorated, "`np.errstate`", None),
    ],
)
def test_what_hides_an_overflow_is_named_with_its_line(code, what, below):
    """A call that is typed in shows no warning: the screen says what keeps it back, and where."""
    before = np.geterr()
    message = " ".join(judge_solution(Solution(code.__name__, "sigmoid", code)).message.split())
    assert "It warns" not in message
    line = f" in line {inspect.unwrap(code).__code__.co_firstlineno + below}" if below else ""
    assert f"In plain words: {what}{line} only hides the warning" in message, message
    assert "The overflow still happens." in message
    assert np.geterr() == before


def test_a_block_that_has_ended_hides_nothing():
    def elu(z, alpha=1.0):
        z = as_floating(z)
        with np.errstate(over="ignore"):
            a = np.where(z > 0, z, 1)
        with np.errstate(over="ignore"), np.errstate(over="warn"):
            return np.where(z > 0, a, alpha * (np.exp(z) - 1))

    told = diagnose("elu", elu)
    assert "It warns: overflow encountered in exp" in evidence(told)
    assert "hides the warning" not in evidence(told)


def test_a_division_by_zero_may_be_hidden():
    """In a branch that is not taken it does no harm, and no docstring forbids it."""

    def sigmoid(z):
        z = as_floating(z)
        with np.errstate(divide="ignore"):
            np.log(np.zeros_like(z))
        return reference("sigmoid")(z)

    result = judge_solution(Solution("sigmoid_hiding_a_division", "sigmoid", sigmoid))
    assert result.status == PASSED, result.message
