"""The kernels that are timed: each with arguments of usual size and the plain formula it must agree with.

`pytest benchmarks` times them with pytest-benchmark; `python -m benchmarks regressions` compares them with
those of an earlier revision.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

N, IN, OUT = 128, 784, 512
PARAMETERS = 101_770  # of 784-128-10
CURVES = {
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


class Case(NamedTuple):
    """A call to time, a check to run first, and the sizes that are recorded with the figure."""

    call: Callable
    check: Callable
    info: dict


class Kernel(NamedTuple):
    """The table that shows a kernel, and ``build(package, dtype)``, which returns its Case."""

    group: str
    build: Callable


def _activation(name):
    def build(package, dtype):
        z = _draw(dtype, N, OUT)
        function = getattr(package.activations, name)
        return Case(
            lambda: function(z),
            lambda: _close(function(z), CURVES[name](z.astype(np.float64)), dtype),
            {"shape": [N, OUT]},
        )

    return Kernel("activation, forward", build)


def _activation_backward(name):
    def build(package, dtype):
        a, grad = (
            _aligned(CURVES[name](_draw(np.float64, N, OUT)).astype(dtype)),
            _draw(dtype, N, OUT, seed=1),
        )
        function = getattr(package.activations, f"{name}_backward")
        return Case(
            lambda: function(grad, a),
            lambda: _close(function(grad, a), grad * SLOPES[name](a.astype(np.float64)), dtype),
            {"shape": [N, OUT]},
        )

    return Kernel("activation, backward", build)


def _softmax(name):
    def build(package, dtype):
        z = _draw(dtype, 1000, 10)
        e = np.exp(z.astype(np.float64))
        shares = e / e.sum(axis=1, keepdims=True)
        function = getattr(package.activations, name)
        return Case(
            lambda: function(z),
            lambda: _close(function(z), shares if name == "softmax" else np.log(shares), dtype),
            {"shape": [1000, 10]},
        )

    return Kernel("softmax of (1000, 10)", build)


def _loss(name, targets_and_answer):
    def build(package, dtype):
        z = _draw(dtype, N, 10)
        labels = np.random.default_rng(1).integers(10, size=N)
        targets, expected, expected_grad = targets_and_answer(
            z.astype(np.float64), labels, np.eye(10)[labels]
        )
        targets = targets if targets is labels else targets.astype(dtype)
        function = getattr(package.losses, name)

        def check():
            loss, grad = function(z, targets)
            _close(loss, expected, dtype)
            _close(grad, expected_grad, dtype)

        return Case(lambda: function(z, targets), check, {"shape": [N, 10]})

    return Kernel("loss of (128, 10)", build)


def _softmax_answer(z, labels, rows):
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    return labels, -np.mean(np.log(p[rows == 1])), (p - rows) / N


def _binary_answer(z, labels, rows):
    p = 1 / (1 + np.exp(-z))
    return rows, -np.mean(rows * np.log(p) + (1 - rows) * np.log(1 - p)), (p - rows) / p.size


def _squared_answer(z, labels, rows):
    return rows, np.mean((z - rows) ** 2), 2 * (z - rows) / z.size


def _dense(package, dtype):
    x, W, b = _draw(dtype, N, IN), _aligned(_draw(dtype, IN, OUT) / dtype.type(28)), _draw(dtype, OUT)
    dense = package.layers.dense
    return Case(
        lambda: dense(x, W, b),
        lambda: _close(dense(x, W, b), x.astype(np.float64) @ W + b, dtype),
        {"sizes": [IN, OUT], "batch": N},
    )


def _dense_backward(package, dtype):
    grad, x, W = _draw(dtype, N, OUT), _draw(dtype, N, IN), _aligned(_draw(dtype, IN, OUT) / dtype.type(28))
    dense_backward = package.layers.dense_backward

    def check():
        wide = grad.astype(np.float64)
        expected = wide @ W.T, x.T @ wide, wide.sum(axis=0)
        for actual, wanted in zip(dense_backward(grad, x, W), expected, strict=True):
            np.testing.assert_allclose(actual, wanted, rtol=1e-3, atol=1e-3)

    return Case(lambda: dense_backward(grad, x, W), check, {"sizes": [IN, OUT], "batch": N})


def _dropout(package, dtype):
    x, rng = _draw(dtype, N, OUT), np.random.default_rng(0)
    dropout = package.regularization.dropout

    def check():
        y, mask = dropout(x, 0.2, rng)
        _close(y, x * mask, dtype)
        assert abs(np.mean(mask == 0) - 0.2) < 0.02, "a fifth is dropped"

    return Case(lambda: dropout(x, 0.2, rng), check, {"shape": [N, OUT]})


def _clipping(limit):
    def build(package, dtype):
        grads = [_draw(dtype, 784, 128), _draw(dtype, 128, 10)]
        clip = package.regularization.clip_by_global_norm
        norm = np.sqrt(sum(float(np.sum(grad.astype(np.float64) ** 2)) for grad in grads))
        limits = [limit]

        def call():
            limits[0] *= 1 - 1e-6  # what the last call has clipped is above the limit again
            clip(grads, limits[0])

        def check():
            copies = [grad.copy() for grad in grads]
            _close(clip(copies, limit), norm, dtype)
            _close(copies[0], grads[0] * min(1, limit / norm), dtype)

        return Case(call, check, {"parameters": sum(grad.size for grad in grads)})

    return Kernel("dropout and clipping", build)


def _optimizer(rule):
    def build(package, dtype):
        param, grad = _draw(dtype, PARAMETERS), _draw(dtype, PARAMETERS, seed=1)
        step = getattr(package.optimizers, f"{rule}_step")
        count = [1] if rule == "adam" else []
        states = [_aligned(np.zeros_like(param)) for _ in range(STATES[rule])]

        def check():
            moved, fresh = param.copy(), [np.zeros_like(param) for _ in states]
            step(moved, grad, *fresh, *count, lr=0.01)
            expected = {
                "sgd": 0.01 * grad,
                "momentum": 0.01 * grad,
                "nesterov": 0.019 * grad,
                "rmsprop": 0.01 * np.sign(grad) / np.sqrt(0.1),
                "adam": 0.01 * np.sign(grad),
            }[rule]
            np.testing.assert_allclose(param - moved, expected, rtol=1e-2, atol=1e-4)

        return Case(lambda: step(param, grad, *states, *count, lr=1e-6), check, {"parameters": PARAMETERS})

    return Kernel(f"optimizer step, {PARAMETERS:,} parameters", build)


def _draw(dtype, *shape, seed=0):
    return _aligned(np.random.default_rng(seed).standard_normal(shape).astype(dtype))


def _aligned(array, line=64):
    """Return a copy aligned to a cache line: without that, some kernels take a fifth longer."""
    room = np.empty(array.nbytes + line, np.uint8)
    start = -room.ctypes.data % line
    copy = room[start : start + array.nbytes].view(array.dtype).reshape(array.shape)
    copy[...] = array
    return copy


def _close(actual, expected, dtype):
    np.testing.assert_allclose(actual, expected, rtol=1e-4 if dtype == np.float32 else 1e-9, atol=1e-5)


KERNELS = {
    **{name: _activation(name) for name in CURVES},
    **{f"{name}_backward": _activation_backward(name) for name in CURVES},
    **{name: _softmax(name) for name in ("softmax", "log_softmax")},
    "softmax_cross_entropy": _loss("softmax_cross_entropy", _softmax_answer),
    "binary_cross_entropy": _loss("binary_cross_entropy", _binary_answer),
    "mean_squared_error": _loss("mean_squared_error", _squared_answer),
    "dense": Kernel("dense layer 784-512, 128 samples", _dense),
    "dense_backward": Kernel("dense layer 784-512, 128 samples", _dense_backward),
    "dropout": Kernel("dropout and clipping", _dropout),
    "clip_within": _clipping(1e9),
    "clip_beyond": _clipping(1.0),
    **{f"{rule}_step": _optimizer(rule) for rule in STATES},
}
