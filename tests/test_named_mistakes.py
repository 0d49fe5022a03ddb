"""A mistake is named whatever its types; praise is proven, and a reading holds in every call."""

import copy
import functools
import re

import numpy as np
import pytest

from nn.activations import as_floating
from tests.diagnoses import FUNCTIONS, MISTAKES, diagnose, evidence, said
from tests.grading.diagnosis.outcomes import faults, observe
from tests.grading.diagnosis.reference import reference
from tests.solutions import PROBES, WRONG


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
