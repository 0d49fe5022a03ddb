"""Each kernel by itself: activations, losses, dense layer, dropout, clipping, optimizer steps.

Every result is compared with a plain formula before anything is timed. The group names are the tables of
`pytest benchmarks`; `--impl kata` times what you have written.
"""

import numpy as np
import pytest

N, IN, OUT = 128, 784, 512
PARAMETERS = 101_770  # of 784-128-10
PLAIN = {
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "tanh": np.tanh,
    "relu": lambda z: np.where(z > 0, z, 0),
    "leaky_relu": lambda z: np.where(z > 0, z, 0.01 * z),
    "elu": lambda z: np.where(z > 0, z, np.exp(z) - 1),
}
SLOPES = {
    "sigmoid": lambda a: a * (1 - a),
    "tanh": lambda a: 1 - a**2,
    "relu": lambda a: a > 0,
    "leaky_relu": lambda a: np.where(a > 0, 1, 0.01),
    "elu": lambda a: np.where(a > 0, 1, a + 1),
}
STATES = {"sgd": 0, "momentum": 1, "nesterov": 1, "rmsprop": 1, "adam": 2}


def draw(dtype, *shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape).astype(dtype)


def close(actual, expected, dtype):
    np.testing.assert_allclose(actual, expected, rtol=1e-4 if dtype == np.float32 else 1e-9, atol=1e-5)


@pytest.mark.parametrize("name", PLAIN)
@pytest.mark.benchmark(group="activation, forward")
def test_activation(benchmark, timed, dtype, name):
    z = draw(dtype, N, OUT)
    function = getattr(timed.activations, name)
    close(function(z), PLAIN[name](z.astype(np.float64)), dtype)
    benchmark.extra_info["elements"] = z.size
    benchmark(function, z)


@pytest.mark.parametrize("name", PLAIN)
@pytest.mark.benchmark(group="activation, backward")
def test_activation_backward(benchmark, timed, dtype, name):
    a, grad = PLAIN[name](draw(np.float64, N, OUT)).astype(dtype), draw(dtype, N, OUT, seed=1)
    function = getattr(timed.activations, f"{name}_backward")
    close(function(grad, a), grad * SLOPES[name](a.astype(np.float64)), dtype)
    benchmark.extra_info["elements"] = a.size
    benchmark(function, grad, a)


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
@pytest.mark.benchmark(group="softmax of (1000, 10)")
def test_softmax(benchmark, timed, dtype, name):
    z = draw(dtype, 1000, 10)
    e = np.exp(z.astype(np.float64))
    shares = e / e.sum(axis=1, keepdims=True)
    function = getattr(timed.activations, name)
    close(function(z), shares if name == "softmax" else np.log(shares), dtype)
    benchmark(function, z)


@pytest.mark.parametrize("name", ["softmax_cross_entropy", "binary_cross_entropy", "mean_squared_error"])
@pytest.mark.benchmark(group="loss of (128, 10)")
def test_loss(benchmark, timed, dtype, name):
    z = draw(dtype, N, 10)
    wide = z.astype(np.float64)
    labels = np.random.default_rng(1).integers(10, size=N)
    rows = np.eye(10)[labels]
    if name == "softmax_cross_entropy":
        targets, e = labels, np.exp(wide)
        p = e / e.sum(axis=1, keepdims=True)
        expected = -np.mean(np.log(p[np.arange(N), labels])), (p - rows) / N
    elif name == "binary_cross_entropy":
        targets, p = rows.astype(dtype), 1 / (1 + np.exp(-wide))
        expected = -np.mean(rows * np.log(p) + (1 - rows) * np.log(1 - p)), (p - rows) / p.size
    else:
        targets = rows.astype(dtype)
        expected = np.mean((wide - rows) ** 2), 2 * (wide - rows) / wide.size
    function = getattr(timed.losses, name)
    loss, grad = function(z, targets)
    close(loss, expected[0], dtype)
    close(grad, expected[1], dtype)
    benchmark(function, z, targets)


@pytest.mark.benchmark(group="dense layer 784-512, 128 samples")
def test_dense(benchmark, timed, dtype):
    x, W, b = draw(dtype, N, IN), draw(dtype, IN, OUT) / dtype.type(28), draw(dtype, OUT)
    close(timed.layers.dense(x, W, b), x.astype(np.float64) @ W + b, dtype)
    benchmark(timed.layers.dense, x, W, b)


@pytest.mark.benchmark(group="dense layer 784-512, 128 samples")
def test_dense_backward(benchmark, timed, dtype):
    grad, x, W = draw(dtype, N, OUT), draw(dtype, N, IN), draw(dtype, IN, OUT) / dtype.type(28)
    dx, dW, db = timed.layers.dense_backward(grad, x, W)
    wide = grad.astype(np.float64)
    for actual, expected in ((dx, wide @ W.T), (dW, x.T @ wide), (db, wide.sum(axis=0))):
        np.testing.assert_allclose(actual, expected, rtol=1e-3, atol=1e-3)
    benchmark(timed.layers.dense_backward, grad, x, W)


@pytest.mark.benchmark(group="dense layer 784-512, 128 samples")
def test_bare_product(benchmark, dtype):
    """The floor of both."""
    x, W, out = draw(dtype, N, IN), draw(dtype, IN, OUT), np.empty((N, OUT), dtype)
    benchmark(np.matmul, x, W, out=out)


@pytest.mark.benchmark(group="dropout and clipping")
def test_dropout(benchmark, timed, dtype):
    x, rng = draw(dtype, N, OUT), np.random.default_rng(0)
    y, mask = timed.regularization.dropout(x, 0.2, rng)
    close(y, x * mask, dtype)
    assert abs(np.mean(mask == 0) - 0.2) < 0.02
    benchmark(timed.regularization.dropout, x, 0.2, rng)


@pytest.mark.parametrize("limit", [1e9, 1.0], ids=["within", "beyond"])
@pytest.mark.benchmark(group="dropout and clipping")
def test_clipping(benchmark, timed, dtype, limit):
    grads = [draw(dtype, 784, 128), draw(dtype, 128, 10)]
    expected = np.sqrt(sum(float(np.sum(grad.astype(np.float64) ** 2)) for grad in grads))
    close(timed.regularization.clip_by_global_norm([grad.copy() for grad in grads], limit), expected, dtype)

    def clip():
        timed.regularization.clip_by_global_norm(grads, limit * 0.99)

    benchmark(clip)


@pytest.mark.parametrize("rule", STATES)
@pytest.mark.benchmark(group=f"optimizer step, {PARAMETERS:,} parameters")
def test_optimizer_step(benchmark, timed, dtype, rule):
    param, grad = draw(dtype, PARAMETERS), draw(dtype, PARAMETERS, seed=1)
    step = getattr(timed.optimizers, f"{rule}_step")
    count = [1] if rule == "adam" else []
    before, states = param.copy(), [np.zeros_like(param) for _ in range(STATES[rule])]
    step(param, grad, *states, *count, lr=0.01)
    moved = {
        "sgd": 0.01 * grad,
        "momentum": 0.01 * grad,
        "nesterov": 0.019 * grad,
        "rmsprop": 0.01 * np.sign(grad) / np.sqrt(0.1),
        "adam": 0.01 * np.sign(grad),
    }[rule]
    np.testing.assert_allclose(before - param, moved, rtol=1e-2, atol=1e-4)
    benchmark.extra_info["parameters"] = PARAMETERS
    benchmark(step, param, grad, *states, *count, lr=1e-6)
