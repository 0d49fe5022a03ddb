"""Lesson 1: activations.

Without activations, a stack of layers can do no more than one layer. Each function here bends the sums
of a layer in its own way. Its `_backward` partner finds from the output `a` how much a change of the sum
would change the output, and multiplies the gradient from the layer above by that. Softmax closes the
lesson: it turns scores into probabilities, and to do so without overflow is a skill you will need often.

Expected values were computed with 30 digits, or number by number with Python's math.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pytest

from .checks import (
    OWN_NUMBERS,
    exercise,
    overflow_shown,
    require,
    require_array,
    require_close,
    require_new_arrays,
    typed,
    unchanged,
)

INTEGERS = [np.int64, np.uint8]
LARGEST = {dtype: float(np.finfo(dtype).max) for dtype in (np.float32, np.float64)}


class Curve(NamedTuple):
    """An activation of single sums, as the tests know it.

    of_sum: the curve itself, for a single number below 0 or above. slope: of the curve, from a single output.
    outputs: some sums with their outputs. slopes: some outputs with their slopes, worked out by hand. whole:
    three outputs that are integers, which some curves have only far from 0. formula: for messages.
    """

    of_sum: Callable
    slope: Callable
    outputs: tuple
    slopes: tuple
    whole: list
    formula: str


CURVES = {
    "sigmoid": Curve(
        of_sum=lambda z: 1 / (1 + math.exp(-z)),
        slope=lambda a: a * (1 - a),
        outputs=(
            [-6, -2.5, -0.5, 0, 0.25, 1.75, 8],
            [
                0.0024726231566347743,
                0.075858180021243551,
                0.37754066879814544,
                0.5,
                0.5621765008857981,
                0.85195280196831053,
                0.99966464986953352,
            ],
        ),
        slopes=([0.5, 0.8, 0.1, 0.999], [0.25, 0.16, 0.09, 0.000999]),
        whole=[0, 1, 1],
        formula="1 / (1 + exp(-z)); its slope is a * (1 - a)",
    ),
    "tanh": Curve(
        of_sum=math.tanh,
        slope=lambda a: 1 - a * a,
        outputs=(
            [-3, -0.7, 0, 0.2, 1.1, 2.5],
            [
                -0.99505475368673045,
                -0.60436777711716347,
                0,
                0.19737532022490401,
                0.80049902176062974,
                0.98661429815143029,
            ],
        ),
        slopes=([0, 0.5, -0.8, 0.99], [1, 0.75, 0.36, 0.0199]),
        whole=[-1, 0, 1],
        formula="np.tanh(z); its slope is 1 - a**2, with a the output",
    ),
    "relu": Curve(
        of_sum=lambda z: z if z > 0 else 0.0,
        slope=lambda a: 1.0 if a > 0 else 0.0,
        outputs=([-3, -0.25, 0.25, 4], [0, 0, 0.25, 4]),
        slopes=([0, 0.001, 3], [0, 1, 1]),
        whole=[0, 1, 3],
        formula="z where positive, else 0; its slope is 1 where a > 0, else 0",
    ),
    "leaky_relu": Curve(
        of_sum=lambda z: z if z > 0 else 0.01 * z,
        slope=lambda a: 1.0 if a > 0 else 0.01,
        outputs=([-300, -2, 0.25, 4], [-3, -0.02, 0.25, 4]),
        slopes=([-2, -0.001, 0.001, 3], [0.01, 0.01, 1, 1]),
        whole=[-2, 1, 3],
        formula="z where positive, else slope * z; its slope is 1 where a > 0, else `slope`",
    ),
    "elu": Curve(
        of_sum=lambda z: z if z > 0 else math.expm1(z),
        slope=lambda a: 1.0 if a > 0 else a + 1,
        outputs=(
            [-4, -1.5, -0.3, 0.3, 5],
            [-0.98168436111126582, -0.77686983985157017, -0.25918177931828213, 0.3, 5],
        ),
        slopes=([-0.75, -0.001, 0.001, 3], [0.25, 0.999, 1, 1]),
        whole=[-1, 1, 3],
        formula="z where positive, else alpha * (exp(z) - 1); its slope is 1 where a > 0, else a + alpha",
    ),
}


def one_by_one(function, *arrays):
    """Return an array of ``function`` of each entry, computed in float64."""
    numbers = zip(*(array.ravel().tolist() for array in arrays), strict=True)
    return np.array([function(*entries) for entries in numbers]).reshape(arrays[0].shape)


def softmax_of(scores):
    """Return the softmax of a list of moderate scores, and its logarithm, computed number by number."""
    exps = [math.exp(score) for score in scores]
    total = math.fsum(exps)
    return {
        "softmax": [e / total for e in exps],
        "log_softmax": [score - math.log(total) for score in scores],
    }


@exercise("{name}", about=OWN_NUMBERS)
@pytest.mark.parametrize("name", CURVES)
def test_output_has_known_values(activations, name):
    """Each activation is a curve, and these points on it were computed with 30 digits."""
    z, expected = (np.array(values, dtype=np.float64) for values in CURVES[name].outputs)
    actual = getattr(activations, name)(z)
    require_array(actual, shape=z.shape, dtype=np.float64, what=f"{name}(z)")
    require_close(actual, expected, what=f"{name}({typed(z)})", look=CURVES[name].formula, rtol=1e-9)


@exercise("{name}_backward")
@pytest.mark.parametrize("name", CURVES)
def test_backward_has_known_values(activations, name):
    """The slope is written in terms of the output `a`, which the forward pass leaves behind."""
    a, slope = (np.array(values, dtype=np.float64) for values in CURVES[name].slopes)
    require_close(
        getattr(activations, f"{name}_backward")(np.ones_like(a), a),
        slope,
        what=f"{name}_backward({typed(np.ones_like(a))}, {typed(a)})",
        look=f"{name}: {CURVES[name].formula}",
        rtol=1e-9,
    )


@exercise("{name}_backward")
@pytest.mark.parametrize("name", CURVES)
def test_backward_multiplies_the_upstream_gradient(activations, name):
    """The chain rule: what comes from above, times the slope here. Zero and negative ones pass as well."""
    a, slope = (np.array(values, dtype=np.float64) for values in CURVES[name].slopes)
    grad = np.array([-2.0, 0.5, 3.0, -1.5][: len(a)])
    require_close(
        getattr(activations, f"{name}_backward")(grad, a),
        [upstream * here for upstream, here in zip(grad, slope, strict=True)],
        what=f"{name}_backward({typed(grad)}, {typed(a)})",
        look="dL/dz = grad * slope, entry by entry",
    )


@exercise("{name}_backward")
@pytest.mark.parametrize("name", CURVES)
def test_backward_is_the_slope_of_the_curve(activations, rng, name):
    """Nudge z a little each way and see how far the output moves: that is the slope, for any z."""
    curve = CURVES[name].of_sum
    z = rng.choice([-1, 1], 40) * rng.uniform(0.01, 4, 40)  # never at the kink
    grad = rng.normal(size=40)
    step = 1e-6
    slopes = np.array([(curve(value + step) - curve(value - step)) / (2 * step) for value in z])
    require_close(
        getattr(activations, f"{name}_backward")(grad, np.array([curve(value) for value in z])),
        grad * slopes,
        what=f"{name}_backward on random points",
        look=f"{CURVES[name].formula}; the second argument is the output a, not the sum z",
        rtol=1e-6,
        atol=1e-8,
    )


@exercise("{name}", about="type")
@pytest.mark.parametrize("name", CURVES)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(5,), (3, 4), (2, 3, 4)])
def test_shape_and_dtype_are_kept(activations, rng, name, dtype, shape):
    """A network in float32 stays in float32: half the memory, twice the speed."""
    z = rng.normal(size=shape).astype(dtype)
    with unchanged(z=z):
        a = getattr(activations, name)(z)
    require_array(a, shape=shape, dtype=dtype, what=f"{name} of a {np.dtype(dtype)} array")
    require_close(
        a,
        one_by_one(CURVES[name].of_sum, z),
        what=f"{name} of a {np.dtype(dtype)} array",
        look="treat every entry alike, whatever the shape",
        rtol=1e-5,
        atol=1e-6,
    )


@exercise("{name}_backward", about="type")
@pytest.mark.parametrize("name", CURVES)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(5,), (3, 4), (2, 3, 4)])
def test_backward_keeps_shape_and_dtype(activations, rng, name, dtype, shape):
    """In float32, the way back saves as much memory and time as the way forward."""
    z = rng.choice([-1, 1], shape) * rng.uniform(0.01, 2, shape)  # never at a kink
    a = one_by_one(CURVES[name].of_sum, z).astype(dtype)
    grad = rng.normal(size=shape).astype(dtype)
    with unchanged(grad=grad, a=a):
        back = getattr(activations, f"{name}_backward")(grad, a)
    require_array(back, shape=shape, dtype=dtype, what=f"{name}_backward of {np.dtype(dtype)} arrays")
    require_close(
        back,
        one_by_one(lambda upstream, output: upstream * CURVES[name].slope(output), grad, a),
        what=f"{name}_backward of {np.dtype(dtype)} arrays",
        look="treat every entry alike, whatever the shape",
        rtol=1e-5,
        atol=1e-6,
    )


@exercise("sigmoid", about="values warning")
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_sigmoid_is_stable_far_from_zero(activations, dtype):
    """exp(10000) is more than any float holds. The sigmoid there is simply 0 or 1, without a warning."""
    largest = LARGEST[dtype]
    z = np.array([-largest, -1e4, -800, -100, 100, 800, 1e4, largest], dtype)
    with overflow_shown(), unchanged(z=z):
        a = activations.sigmoid(z)
    require_array(a, shape=z.shape, dtype=dtype, what=f"sigmoid of a {np.dtype(dtype)} array")
    require_close(
        a,
        [0, 0, 0, 0, 1, 1, 1, 1],
        what=f"sigmoid of {np.dtype(dtype)} sums of +-100, 800, 1e4 and +-the largest there is",
        look="do not give exp large numbers: use exp(-|z|), or limit z, but not before the limit is reached "
        "to the last digit",
        rtol=0,
        atol=1e-15 if dtype is np.float64 else 1e-12,
    )


@exercise("sigmoid")
def test_sigmoid_is_symmetric(activations, rng):
    """A score of -z speaks against an answer as much as z speaks for it: sigmoid(-z) = 1 - sigmoid(z)."""
    z = rng.normal(scale=5, size=50)
    require_close(
        activations.sigmoid(-z),
        1 - activations.sigmoid(z),
        what="sigmoid(-z) against 1 - sigmoid(z)",
        look="the branch for negative z must compute the same function",
    )


@exercise("{name}", about="values warning")
@pytest.mark.parametrize("name", ["relu", "leaky_relu", "elu", "tanh"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_large_sums_do_no_harm(activations, name, dtype):
    """np.where still computes the branch that it does not take, and exp(1e4) overflows there as well."""
    z = np.array([-1e4, -800, 800, 1e4], dtype)
    expected = {
        "relu": [0, 0, 800, 1e4],
        "leaky_relu": [-100, -8, 800, 1e4],
        "elu": [-1, -1, 800, 1e4],
        "tanh": [-1, -1, 1, 1],
    }[name]
    with overflow_shown(), unchanged(z=z):
        a = getattr(activations, name)(z)
    require_array(a, shape=z.shape, dtype=dtype, what=f"{name} of a {np.dtype(dtype)} array")
    require_close(
        a,
        np.array(expected, dtype),
        what=f"{name}({typed(z)})",
        look="give exp only the entries that need it: exp(minimum(z, 0))",
        rtol=1e-12 if dtype is np.float64 else 1e-6,
    )


@exercise("{name}")
@pytest.mark.parametrize(
    ("name", "option", "expected"),
    [
        ("leaky_relu", {"slope": 0.2}, [-0.6, -0.1, 2]),
        ("leaky_relu", {"slope": 2.0}, [-6, -1, 2]),
        ("leaky_relu", {"slope": 0.0}, [0, 0, 2]),
        ("elu", {"alpha": 0.5}, [0.5 * math.expm1(-3), 0.5 * math.expm1(-0.5), 2]),
        ("elu", {"alpha": 2.0}, [2 * math.expm1(-3), 2 * math.expm1(-0.5), 2]),
        ("elu", {"alpha": 0.0}, [0, 0, 2]),
    ],
)
def test_parameter_shapes_the_negative_side(activations, name, option, expected):
    """The caller chooses `slope` and `alpha`: any number that is not negative, even above 1."""
    z = np.array([-3.0, -0.5, 2.0])
    what = f"{name}({typed(z)}, {_written(option)})"
    actual = getattr(activations, name)(z, **option)
    require_close(actual, expected, what=what, look=CURVES[name].formula)


@exercise("{name}_backward")
@pytest.mark.parametrize(
    ("name", "option", "slopes"),
    [
        ("leaky_relu", {"slope": 0.2}, [0.2, 0.2, 1]),
        ("leaky_relu", {"slope": 2.0}, [2, 2, 1]),
        ("elu", {"alpha": 0.5}, [0.1, 0.45, 1]),
        ("elu", {"alpha": 2.0}, [1.6, 1.95, 1]),
    ],
)
def test_parameter_shapes_the_slope(activations, name, option, slopes):
    """The way back must use the same `slope` or `alpha` as the way forward."""
    a = np.array([-0.4, -0.05, 2.0])
    back = getattr(activations, f"{name}_backward")(np.ones(3), a, **option)
    what = f"{name}_backward({typed(np.ones(3))}, {typed(a)}, {_written(option)})"
    require_close(back, slopes, what=what, look=CURVES[name].formula)


@exercise("softmax", about=OWN_NUMBERS)
def test_softmax_has_known_values(activations):
    """The exponentials of ln 1, ln 2 and ln 3 are 1, 2 and 3, so the shares are 1/6, 2/6 and 3/6."""
    require_close(
        activations.softmax(np.log([[1.0, 2.0, 3.0]])),
        [[1 / 6, 2 / 6, 3 / 6]],
        what="softmax of one row, the logarithms of 1, 2 and 3,",
        look="exp of each score, divided by the sum of the exps",
    )
    require_close(
        activations.softmax(np.array([[-1.5, 0, 0.5, 4], [0, 0, 0, 0]])),
        [
            [0.0038825501037829205, 0.017400382365163834, 0.028688380523761018, 0.95002868700729223],
            [0.25, 0.25, 0.25, 0.25],
        ],
        what="softmax of two rows",
        look="exp of each score, divided by the sum of the exps of its own row",
        rtol=1e-9,
    )


@exercise("softmax")
@pytest.mark.parametrize("shape", [(5, 3), (3, 5), (1, 4), (4, 1), (6,)])
def test_softmax_rows_sum_to_one(activations, rng, shape):
    """Each sample gets its own probabilities. One sample may also come alone, as a 1-D array."""
    p = activations.softmax(rng.normal(scale=3, size=shape))
    require_array(p, shape=shape, dtype=np.float64, what=f"softmax of shape {shape}")
    require_close(
        p.sum(axis=-1),
        np.ones(shape[:-1]),
        what=f"the sum over each row of softmax, shape {shape}",
        look="take max and sum over the last axis (axis=-1, keepdims=True), not over the batch",
    )
    require((p >= 0).all(), f"probabilities cannot be negative; the smallest is {p.min()}")


@exercise("softmax", about="values warning")
def test_softmax_does_not_feel_a_shift(activations, rng):
    """Only differences between scores matter. That is why the largest may be subtracted first."""
    z = rng.normal(size=(4, 3))
    for shift in (1000.0, -1000.0):  # far beyond the 709 at which exp overflows in float64
        require_close(
            activations.softmax(z + shift),
            activations.softmax(z),
            what=f"softmax(z + {shift:g})",
            look="subtract each row's maximum before exp",
            rtol=1e-9,
        )


@exercise("log_softmax")
def test_log_softmax_has_known_values(activations):
    """The logarithm of a probability is what the cross-entropy needs; it is never positive."""
    require_close(
        activations.log_softmax(np.array([[1.0, 2.0, 3.0], [2.0, -3.0, 1.0]])),
        [
            [-2.4076059644443803, -1.4076059644443803, -0.4076059644443803],
            [-0.31817542924745408, -5.3181754292474541, -1.3181754292474541],
        ],
        what="log_softmax of two rows",
        look="z - log(sum(exp(z))), with each row's own sum",
        rtol=1e-9,
    )


@exercise("log_softmax")
def test_log_softmax_is_the_logarithm_of_softmax(activations, rng):
    """For moderate scores both ways agree; only log_softmax can also handle extreme ones."""
    z = rng.normal(size=(5, 4))
    require_close(
        np.exp(activations.log_softmax(z)),
        [softmax_of(row)["softmax"] for row in z.tolist()],
        what="exp(log_softmax(z)), which is the softmax of z,",
        look="both normalise over the last axis",
    )


@exercise("{name}", about="values warning")
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
def test_extreme_scores_are_stable(activations, name, dtype):
    """Even scores of 10,000 or at the limits of the dtype give probabilities: no inf, no nan, no warning."""
    largest = LARGEST[dtype]
    z = np.array([[1e4, 0], [-1e4, 0], [1e4, 1e4], [-1e4, -1e4], [largest, 0], [-largest, -largest]], dtype)
    p = [[1, 0], [0, 1], [0.5, 0.5], [0.5, 0.5], [1, 0], [0.5, 0.5]]
    with overflow_shown(), unchanged(z=z):
        actual = getattr(activations, name)(z)
    half = -math.log(2)
    logs = [[0, -1e4], [-1e4, 0], [half, half], [half, half], [0, -largest], [half, half]]
    expected = p if name == "softmax" else logs
    look = (
        "subtract each row's maximum first"
        if name == "softmax"
        else "z - max - log(sum(exp(z - max))); the log of softmax is -inf where softmax is 0"
    )
    what = f"{name} of {np.dtype(dtype)} scores of +-1e4 and +-the largest there is"
    require_close(actual, expected, what=what, look=look, rtol=1e-6)
    for row, alone in zip(z, expected, strict=True):
        with overflow_shown(), unchanged(z=row):
            actual = getattr(activations, name)(row)
        require_close(actual, alone, what=f"{name}({typed(row)})", look=look, rtol=1e-6)


@exercise("{name}", about="values warning")
@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
def test_rows_far_apart_do_not_disturb_each_other(activations, name):
    """Put small scores next to a row of large ones: subtracting the batch's maximum would erase them."""
    quiet = [0.0, math.log(2), math.log(5)]
    z = np.array([quiet, [9000, 0, -9000], [value - 5000 for value in quiet]])
    shares = [1 / 8, 2 / 8, 5 / 8]
    expected = shares if name == "softmax" else [math.log(share) for share in shares]
    actual = getattr(activations, name)(z)
    for row in (0, 2):
        require_close(
            actual[row],
            expected,
            what=f"row {row} of {name}, next to a row with a score of 9000",
            look="subtract each row's own maximum",
            rtol=1e-9,
        )


@exercise("{name}", about="changed")
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
@pytest.mark.parametrize("shape", [(4, 3), (3,)])
def test_softmax_keeps_dtype_and_argument(activations, rng, name, dtype, shape):
    """`z -= z.max()` would change the caller's scores, which somebody else may still need."""
    z = rng.normal(scale=3, size=shape).astype(dtype)
    what = f"{name} of a {np.dtype(dtype)} array"
    with unchanged(z=z):
        actual = getattr(activations, name)(z)
    require_array(actual, shape=shape, dtype=dtype, what=what)
    require_close(
        actual,
        np.reshape([softmax_of(row)[name] for row in z.reshape(-1, 3).tolist()], shape),
        what=what,
        look="treat every row alike, whatever the dtype",
        rtol=1e-5,
        atol=1e-6,
    )


@exercise("{name}", about="type values")
@pytest.mark.parametrize("name", [*CURVES, "softmax", "log_softmax"])
@pytest.mark.parametrize("kind", INTEGERS)
def test_whole_numbers_become_float64(activations, name, kind):
    """Integers cannot hold 0.73, uint8 cannot hold -1, and exp of a uint8 array is only float16."""
    z = np.array([130, 129, 1, 2] if kind is np.uint8 else [-2, -1, 1, 2], kind)
    what = f"{name} of the {np.dtype(kind)} array {z.tolist()}"
    with unchanged(z=z):
        actual = getattr(activations, name)(z)
    require_array(actual, shape=(4,), dtype=np.float64, what=what)
    expected = one_by_one(CURVES[name].of_sum, z) if name in CURVES else softmax_of(z.tolist())[name]
    require_close(actual, expected, what=what, look="convert to float64 first: as_floating(z)")


@exercise("{name}_backward", about="type values")
@pytest.mark.parametrize("name", CURVES)
@pytest.mark.parametrize("given", ["grad", "grad and a"])
def test_whole_gradients_become_float64(activations, name, given):
    """The upstream gradient may hold integers: the result is still float64, with its fractions."""
    grad, a = np.array([3, -2, 5]), np.array(CURVES[name].whole)
    if given == "grad":
        a = one_by_one(CURVES[name].of_sum, np.array([-1.5, 0.5, 2.0]))
    what = f"{name}_backward(grad={grad.tolist()}, a={a.tolist()}) with {given} of integers"
    with unchanged(grad=grad, a=a):
        back = getattr(activations, f"{name}_backward")(grad, a)
    require_array(back, shape=(3,), dtype=np.float64, what=what)
    require_close(
        back,
        one_by_one(lambda upstream, output: upstream * CURVES[name].slope(output), grad, a),
        what=what,
        look="convert to float64 first: as_floating(grad), as_floating(a)",
    )


@exercise("{name}", about="type")
@pytest.mark.parametrize(("name", "option"), [("leaky_relu", {"slope": 2}), ("elu", {"alpha": 2})])
@pytest.mark.parametrize("kind", INTEGERS)
def test_whole_parameters_leave_no_integers(activations, name, option, kind):
    """A slope of 0.01 turns an array of integers into floats by itself; a slope of 2 does not."""
    z = np.array([3, 4, 1, 2] if kind is np.uint8 else [-2, -1, 1, 2], kind)
    curve = {
        "leaky_relu": lambda z: z if z > 0 else 2 * z,
        "elu": lambda z: z if z > 0 else 2 * math.expm1(z),
    }
    what = f"{name} of the {np.dtype(kind)} array {z.tolist()}, with {_written(option)},"
    with unchanged(z=z):
        actual = getattr(activations, name)(z, **option)
    require_array(actual, shape=(4,), dtype=np.float64, what=what)
    expected = one_by_one(curve[name], z)
    require_close(actual, expected, what=what, look="convert to float64 first: as_floating(z)")


@exercise("{name}_backward", about="type")
@pytest.mark.parametrize(("name", "option"), [("leaky_relu", {"slope": 2}), ("elu", {"alpha": 2})])
def test_whole_parameters_leave_no_whole_gradients(activations, name, option):
    """Integers times a parameter of 2 are integers again: only a conversion makes them float64."""
    grad, a = np.array([3, -2, 5]), np.array([-1, 1, 3])
    slopes = {"leaky_relu": [2, 1, 1], "elu": [1, 1, 1]}[name]  # of ELU where a = -1: a + alpha
    what = f"{name}_backward(grad={grad.tolist()}, a={a.tolist()}, {_written(option)}) of integers"
    with unchanged(grad=grad, a=a):
        back = getattr(activations, f"{name}_backward")(grad, a, **option)
    require_array(back, shape=(3,), dtype=np.float64, what=what)
    expected = [upstream * here for upstream, here in zip(grad.tolist(), slopes, strict=True)]
    look = "convert to float64 first: as_floating(grad), as_floating(a)"
    require_close(back, expected, what=what, look=look)


def _written(option):
    return ", ".join(f"{name}={value}" for name, value in option.items())


@exercise("{name}")
@pytest.mark.parametrize("name", CURVES)
def test_views_are_arrays_too(activations, rng, name):
    """A transposed array is stored by columns: `ravel` makes a copy, and what you write to it is lost."""
    z = rng.normal(size=(4, 3)).T
    with unchanged(z=z):
        a = getattr(activations, name)(z)
    what = f"{name} of a transposed array"
    require_array(a, shape=(3, 4), dtype=np.float64, what=what)
    look = "treat every entry alike, wherever it lies in memory"
    require_close(a, one_by_one(CURVES[name].of_sum, z), what=what, look=look)


@exercise("{name}_backward")
@pytest.mark.parametrize("name", CURVES)
def test_views_are_arrays_on_the_way_back(activations, rng, name):
    """The gradient of `x.T` is transposed as well; entry [i, j] still belongs to entry [i, j]."""
    a = one_by_one(CURVES[name].of_sum, rng.choice([-1, 1], (4, 3)) * rng.uniform(0.01, 2, (4, 3))).T
    grad = rng.normal(size=(3, 4))  # this one lies by rows
    with unchanged(grad=grad, a=a):
        back = getattr(activations, f"{name}_backward")(grad, a)
    what = f"{name}_backward of a transposed `a`"
    require_array(back, shape=(3, 4), dtype=np.float64, what=what)
    require_close(
        back,
        one_by_one(lambda upstream, output: upstream * CURVES[name].slope(output), grad, a),
        what=what,
        look="treat every entry alike, wherever it lies in memory",
    )


@exercise("{name}", about="type")
@pytest.mark.parametrize("name", [*CURVES, "softmax", "log_softmax"])
def test_results_are_new_arrays(activations, rng, name):
    """The way back needs the outputs of all layers: a second layer must not overwrite those of the first."""
    first, second = rng.normal(size=(2, 4, 3))
    require_new_arrays(getattr(activations, name), [first], [second], what=name)


@exercise("{name}_backward")
@pytest.mark.parametrize("name", CURVES)
def test_gradients_are_new_arrays(activations, rng, name):
    """Layers with the same width have gradients of the same shape, but each has its own numbers."""
    a = one_by_one(CURVES[name].of_sum, rng.choice([-1, 1], (4, 3)) * rng.uniform(0.01, 2, (4, 3)))
    first, second = rng.normal(size=(2, 4, 3))
    backward = getattr(activations, f"{name}_backward")
    require_new_arrays(backward, [first, a], [second, a], what=f"{name}_backward")
