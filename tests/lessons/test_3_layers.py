"""Lesson 3: the dense layer.

Every output is a weighted sum of every input, plus a bias. Rows are samples: x is (n, fan_in), W is
(fan_in, fan_out), b is (fan_out,). On the way back you need three gradients: for the layer below (dx),
and for what this layer learns (dW and db). Check the shapes first: they nearly force the formulas.

The expected values come from loops over single numbers.
"""

import operator

import numpy as np
import pytest

from .checks import (
    OWN_NUMBERS,
    exercise,
    require_array,
    require_close,
    require_gradient,
    require_new_arrays,
    unchanged,
)

SHAPES = [(4, 3, 2), (1, 3, 5), (5, 1, 2), (2, 6, 1), (3, 3, 3)]  # samples, fan_in, fan_out
NAMES = ("dx", "dW", "db")
LOOK = {
    "dx": "dx = grad @ W.T, the shape of x",
    "dW": "dW = x.T @ grad, the shape of W; the 1/n is already in grad",
    "db": "db = the sum of grad over the samples (axis 0), the shape of b; not the mean",
}


INTEGERS = [np.int64, np.uint8]


def sums(x, W, b):
    """Return x @ W + b, computed number by number in float64."""
    x, columns, b = x.tolist(), W.T.tolist(), b.tolist()
    return [
        [sum(map(operator.mul, row, column)) + bias for column, bias in zip(columns, b, strict=True)]
        for row in x
    ]


def gradients(grad, x, W):
    """Return (dx, dW, db), computed number by number in float64: each is a sum over all paths."""
    n, fan_in, fan_out = len(x), *W.shape
    grad, x, W = grad.tolist(), x.tolist(), W.tolist()
    dx, dW, db = np.zeros((n, fan_in)), np.zeros((fan_in, fan_out)), np.zeros(fan_out)
    for sample in range(n):
        for unit in range(fan_out):
            db[unit] += grad[sample][unit]
            for i in range(fan_in):
                dx[sample, i] += grad[sample][unit] * W[i][unit]
                dW[i, unit] += grad[sample][unit] * x[sample][i]
    return dx, dW, db


def example(rng, n, fan_in, fan_out, dtype=np.float64):
    shapes = ((n, fan_out), (n, fan_in), (fan_in, fan_out), (fan_out,))
    return [rng.normal(size=shape).astype(dtype) for shape in shapes]


@exercise("dense", about=OWN_NUMBERS)
def test_dense_by_hand(layers):
    """Two samples, three inputs, two outputs: 1*1 + 2*3 + 3*5 + 10 = 32, and so on."""
    x = np.array([[1.0, 2.0, 3.0], [0.0, -1.0, 1.0]])
    W = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    require_close(
        layers.dense(x, W, np.array([10.0, -200.0])),
        [[32.0, -172.0], [12.0, -198.0]],
        what="dense(x, W, b)",
        look="x @ W + b: one bias for each output, the same for all samples",
    )


@exercise("dense")
@pytest.mark.parametrize(("n", "fan_in", "fan_out"), SHAPES)
def test_dense_sums_over_the_inputs(layers, rng, n, fan_in, fan_out):
    """The matrix product is a triple loop; here it is, written out."""
    _, x, W, b = example(rng, n, fan_in, fan_out)
    with unchanged(x=x, W=W, b=b):
        z = layers.dense(x, W, b)
    require_array(z, shape=(n, fan_out), dtype=np.float64, what="dense(x, W, b)")
    require_close(z, sums(x, W, b), what="dense(x, W, b)", look="x @ W + b", rtol=1e-9)


@exercise("dense_backward", about=OWN_NUMBERS)
def test_dense_backward_by_hand(layers):
    """One sample, two inputs, one output: each weight's gradient is its input times the upstream 3."""
    dx, dW, db = layers.dense_backward(np.array([[3.0]]), np.array([[2.0, 5.0]]), np.array([[7.0], [-1.0]]))
    require_close(dx, [[21.0, -3.0]], what="dx", look=LOOK["dx"])
    require_close(dW, [[6.0], [15.0]], what="dW", look=LOOK["dW"])
    require_close(db, [3.0], what="db", look=LOOK["db"])


@exercise("dense_backward")
@pytest.mark.parametrize(("n", "fan_in", "fan_out"), SHAPES)
def test_dense_backward_follows_every_path(layers, rng, n, fan_in, fan_out):
    """A gradient is a sum over all paths: dx over the outputs, dW and db over the samples."""
    grad, x, W, _ = example(rng, n, fan_in, fan_out)
    with unchanged(grad=grad, x=x, W=W):
        actual = layers.dense_backward(grad, x, W)
    for name, value, wanted in zip(NAMES, actual, gradients(grad, x, W), strict=True):
        require_array(value, shape=wanted.shape, dtype=np.float64, what=name)
        require_close(value, wanted, what=name, look=LOOK[name], rtol=1e-9)


@exercise("dense_backward")
def test_dense_backward_is_the_derivative_of_dense(layers, rng):
    """Weight the outputs by any numbers and add them up: backward returns that sum's slopes by x, W and b."""
    grad, x, W, b = example(rng, 4, 3, 2)
    actual = layers.dense_backward(grad, x, W)
    for name, array, gradient in zip(NAMES, (x, W, b), actual, strict=True):
        require_gradient(
            lambda: float(np.sum(grad * sums(x, W, b))),
            array,
            gradient,
            rng=rng,
            what=name,
            look=LOOK[name],
        )


@exercise("{name}")
@pytest.mark.parametrize("name", ["dense", "dense_backward"])
def test_results_are_new_arrays(layers, rng, name):
    """Two layers with the same shape need two results: the second call must leave the first result alone."""
    (grad, x, W, b), (other_grad, other_x, *_) = example(rng, 4, 3, 2), example(rng, 4, 3, 2)
    calls = {
        "dense": ([x, W, b], [other_x, W, b]),
        "dense_backward": ([grad, x, W], [other_grad, other_x, W]),
    }
    require_new_arrays(getattr(layers, name), *calls[name], what=name)


@exercise("dense", about="type")
def test_dense_keeps_the_dtype(layers, rng):
    """float32 in, float32 out."""
    _, x, W, b = example(rng, 4, 3, 2, np.float32)
    with unchanged(x=x, W=W, b=b):
        z = layers.dense(x, W, b)
    what = "dense of float32 arrays"
    require_array(z, shape=(4, 2), dtype=np.float32, what=what)
    require_close(z, sums(x, W, b), what=what, look="x @ W + b, in float32", rtol=1e-4, atol=1e-5)


@exercise("dense")
@pytest.mark.parametrize("kind", INTEGERS)
def test_dense_of_whole_numbers_is_float64(layers, kind):
    """Pictures come as uint8, which ends at 255, and 200 * 2 + 100 * 3 + 9 is 709: compute in float64."""
    x, W, b = (np.array(a, kind) for a in ([[200, 100], [1, 0]], [[2, 7], [3, 0]], [9, 1]))
    what = f"dense of {np.dtype(kind)} arrays"
    with unchanged(x=x, W=W, b=b):
        z = layers.dense(x, W, b)
    require_array(z, shape=(2, 2), dtype=np.float64, what=what)
    require_close(z, [[709, 1401], [11, 8]], what=what, look="convert to float64 first: as_floating(x)")


@exercise("dense_backward", about="type")
def test_dense_backward_keeps_the_dtype(layers, rng):
    """float32 in, float32 out, on the way back as well."""
    grad, x, W, _ = example(rng, 4, 3, 2, np.float32)
    with unchanged(grad=grad, x=x, W=W):
        actual = layers.dense_backward(grad, x, W)
    for name, value, wanted in zip(NAMES, actual, gradients(grad, x, W), strict=True):
        what = f"{name} of float32 arrays"
        require_array(value, shape=wanted.shape, dtype=np.float32, what=what)
        require_close(value, wanted, what=what, look=LOOK[name], rtol=1e-4, atol=1e-5)


@exercise("dense_backward")
@pytest.mark.parametrize("whole", [("grad",), ("x",), ("W",), ("grad", "x", "W")], ids=" ".join)
def test_dense_backward_of_whole_numbers_is_float64(layers, whole):
    """Whether one argument holds integers or all of them do, all three gradients are float64."""
    arrays = {
        "grad": np.array([[3, -1], [2, 5]]),
        "x": np.array([[2, 5, 0], [1, -4, 3]]),
        "W": np.array([[7, 1], [-1, 2], [0, 6]]),
    }
    given = {name: array if name in whole else array / 4 for name, array in arrays.items()}
    with unchanged(**given):
        actual = layers.dense_backward(*given.values())
    for name, value, wanted in zip(NAMES, actual, gradients(**given), strict=True):
        what = f"{name}, with integers in {' and '.join(whole)},"
        require_array(value, shape=wanted.shape, dtype=np.float64, what=what)
        require_close(value, wanted, what=what, look="convert to float64 first: as_floating(grad) and so on")
