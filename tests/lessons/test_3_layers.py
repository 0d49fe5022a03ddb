"""Lesson 3: the dense layer.

Every output is a weighted sum of every input, plus a bias. Rows are samples: x is (n, fan_in), W is
(fan_in, fan_out), b is (fan_out,). Going back, three gradients are needed: for the layer below (dx),
and for what this layer learns (dW and db). Check the shapes first: they nearly force the formulas.

The expected values come from loops over single numbers.
"""

import numpy as np
import pytest

from .checks import exercise, require_array, require_close, require_gradient, unchanged

SHAPES = [(4, 3, 2), (1, 3, 5), (5, 1, 2), (2, 6, 1), (3, 3, 3)]  # samples, fan_in, fan_out
NAMES = ("dx", "dW", "db")
LOOK = {
    "dx": "dx = grad @ W.T, the shape of x",
    "dW": "dW = x.T @ grad, the shape of W; the 1/n is already in grad",
    "db": "db = the sum of grad over the samples (axis 0), the shape of b; not the mean",
}


def example(rng, n, fan_in, fan_out, dtype=np.float64):
    shapes = ((n, fan_out), (n, fan_in), (fan_in, fan_out), (fan_out,))
    return [rng.normal(size=shape).astype(dtype) for shape in shapes]


@exercise("dense")
def test_dense_by_hand(layers):
    """Two samples, three inputs, two outputs: 1*1 + 2*3 + 3*5 + 10 = 32, and so on."""
    x = np.array([[1.0, 2.0, 3.0], [0.0, -1.0, 1.0]])
    W = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    require_close(
        layers.dense(x, W, np.array([10.0, -20.0])),
        [[32.0, 8.0], [12.0, -18.0]],
        what="dense(x, W, b)",
        look="x @ W + b: one bias for each output, the same for all samples",
    )


@exercise("dense")
@pytest.mark.parametrize(("n", "fan_in", "fan_out"), SHAPES)
def test_dense_sums_over_the_inputs(layers, rng, n, fan_in, fan_out):
    """The matrix product is a triple loop; here it is, written out."""
    _, x, W, b = example(rng, n, fan_in, fan_out)
    expected = np.empty((n, fan_out))
    for sample in range(n):
        for unit in range(fan_out):
            expected[sample, unit] = b[unit] + sum(x[sample, i] * W[i, unit] for i in range(fan_in))
    with unchanged(x=x, W=W, b=b):
        z = layers.dense(x, W, b)
    require_close(z, expected, what="dense(x, W, b)", look="x @ W + b", rtol=1e-9)


@exercise("dense_backward")
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
    expected = np.zeros((n, fan_in)), np.zeros((fan_in, fan_out)), np.zeros(fan_out)
    for sample in range(n):
        for unit in range(fan_out):
            expected[2][unit] += grad[sample, unit]
            for i in range(fan_in):
                expected[0][sample, i] += grad[sample, unit] * W[i, unit]
                expected[1][i, unit] += grad[sample, unit] * x[sample, i]
    with unchanged(grad=grad, x=x, W=W):
        actual = layers.dense_backward(grad, x, W)
    for name, value, wanted in zip(NAMES, actual, expected, strict=True):
        require_array(value, shape=wanted.shape, dtype=np.float64, what=name)
        require_close(value, wanted, what=name, look=LOOK[name], rtol=1e-9)


@exercise("dense_backward")
def test_dense_backward_is_the_derivative_of_dense(layers, rng):
    """Weigh the outputs by any numbers: the sum's slope by x, W and b is what backward returns."""
    grad, x, W, b = example(rng, 4, 3, 2)
    gradients = layers.dense_backward(grad, x, W)
    for name, array, gradient in zip(NAMES, (x, W, b), gradients, strict=True):
        require_gradient(
            lambda: float(np.sum(grad * layers.dense(x, W, b))),
            array,
            gradient,
            rng=rng,
            what=name,
            look=LOOK[name],
        )


@exercise("dense", about="type")
def test_dense_keeps_the_dtype(layers, rng):
    """float32 in, float32 out."""
    _, x, W, b = example(rng, 4, 3, 2, np.float32)
    z = layers.dense(x, W, b)
    require_array(z, shape=(4, 2), dtype=np.float32, what="dense of float32 arrays")


@exercise("dense_backward", about="type")
def test_dense_backward_keeps_the_dtype(layers, rng):
    """float32 in, float32 out, on the way back, too."""
    grad, x, W, _ = example(rng, 4, 3, 2, np.float32)
    gradients = layers.dense_backward(grad, x, W)
    for name, value, shape in zip(NAMES, gradients, ((4, 3), (3, 2), (2,)), strict=True):
        require_array(value, shape=shape, dtype=np.float32, what=f"{name} of float32 arrays")
