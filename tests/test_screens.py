"""A screen tells of one failure, once and in plain words, and claims nothing that was not checked."""

import re
import warnings

import numpy as np
import pytest

from nn.activations import as_floating
from nn.network import Network
from tests.diagnoses import diagnose, evidence, judged, said
from tests.grading.diagnosis.reference import reference
from tests.grading.judging.solutions import judge_solution
from tests.solutions import Solution


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
        ("relu", relu_with_an_if, ["raises ValueError", " if z >= 0: ", "np.where chooses for each entry"]),
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
    assert f"test_screens.py:{line}\n  if z >= 0:\n" in result.message


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


def test_the_bank_is_silent_while_it_is_compared():
    """No warning of a wrong solution reaches the learner's screen."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert evidence(diagnose("softmax", softmax_along_axis_1))
