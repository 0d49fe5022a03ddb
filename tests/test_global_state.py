"""The check names the line that draws from a global generator or hides a warning."""

import inspect
import random
import re
import warnings

import numpy as np
import pytest
from numpy import errstate

from nn.activations import as_floating
from tests.diagnoses import diagnose, evidence
from tests.grading.diagnosis.reference import reference
from tests.grading.finding import PASSED
from tests.grading.judging.solutions import judge_solution
from tests.solutions import Solution


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
    assert remark.sentence.startswith(f"It uses {called}: draw from the `rng` that is passed in"), remark
    assert remark.place[:2] == ("test_global_state.py", line), remark
    assert re.search(rf"^  test_global_state\.py:{line}: .*random\.", evidence(told), re.M), evidence(told)
    assert np.array_equal(np.random.get_state()[1], before[0]), "the diagnosis itself draws"  # noqa: NPY002
    assert random.getstate() == before[1]


def test_nothing_is_said_of_generators_that_are_left_alone():
    told = diagnose(
        "he_normal", lambda rng, i, o, dtype=np.float32: rng.normal(0, 2 / i, (i, o)).astype(dtype)
    )
    assert evidence(told)
    assert "global generator" not in evidence(told)


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
