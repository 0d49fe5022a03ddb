"""Asks of lesson 1: activations at any shape and dtype, far from 0, and their slopes."""

import numpy as np

from nn import activations as nn

from .form import Ask, asks, calling, draws, dtype, sizes

ELEMENTWISE = ("sigmoid", "tanh", "relu", "leaky_relu", "elu")
BACKWARD = tuple(f"{name}_backward" for name in ELEMENTWISE)
OPTION = {"leaky_relu": "slope", "elu": "alpha"}


def option(name, rng):
    """Draw slope or alpha, some above 1, or leave the default."""
    parameter = OPTION.get(name.removesuffix("_backward"))
    return {parameter: float(rng.choice([0.37, 1.3, 2.9, 0.05]))} if parameter and rng.random() < 0.7 else {}


@draws(*ELEMENTWISE)
def forward(name, rng):
    shape = sizes(rng, int(rng.integers(1, 4)))
    z = (rng.normal(size=shape) * rng.choice([0.5, 2, 5])).astype(dtype(rng))
    return Ask(f"{name} of {z.dtype} {z.shape}", calling(z, **option(name, rng)))


@asks(*ELEMENTWISE)
def forward_at_the_edges(name):
    yield Ask(f"{name} of integers", calling(np.array([-3, -1, 0, 1, 2])))
    yield Ask(f"{name} of bytes", calling(np.array([0, 1, 200], np.uint8)))
    z = np.array([[-3, -0.5, 1], [0, 0.1, 2]])
    yield Ask(f"{name} twice", calling(z, twice=True))
    yield Ask(f"{name} of a transposed array", calling(z.T))
    if name in OPTION:
        yield Ask(f"{name} of integers by 2", calling(np.array([-3, 0, 2]), **{OPTION[name]: 2}))
    for kind in (np.float64, np.float32):
        yield Ask(
            f"{name} of large {kind.__name__}", calling(np.array([-1e4, -800, -100, 0, 100, 800, 1e4], kind))
        )
    if name == "sigmoid":
        yield Ask("sigmoid far down in float64", far_down)
        for kind in (np.float64, np.float32):
            largest = np.finfo(kind).max
            yield Ask(f"sigmoid of the largest {kind.__name__}", calling(np.array([-largest, largest], kind)))
    if name == "tanh":
        yield Ask("tanh of 12 in float64", nearly_one)


def far_down(sigmoid):
    yield "below the digits of 1", bool(np.all(sigmoid(np.array([-60.0, -40.0])) < 1e-15))


def nearly_one(tanh):
    yield "what is missing to 1", bool(abs(1 - tanh(np.array([12.0]))[0] - 7.5502691e-11) < 1e-13)


@draws(*BACKWARD)
def backward(name, rng):
    shape, kind, options = sizes(rng, int(rng.integers(1, 4))), dtype(rng), option(name, rng)
    activation = getattr(nn, name.removesuffix("_backward"))
    a = activation(rng.normal(size=shape) * 1.5, **options).astype(kind)
    if name == "relu_backward":
        a.flat[0] = 0
    return Ask(f"{name} of {a.dtype} {a.shape}", calling(rng.normal(size=shape).astype(kind), a, **options))


@asks(*BACKWARD)
def backward_at_the_edges(name):
    grad, a = np.array([[1.3, -2, 0.7], [0.4, -0.9, 3]]), np.array([[0.5, 0.7, 0.3], [0.2, 0.4, 0.9]])
    yield Ask(f"{name} twice", calling(grad, a, twice=True))
    yield Ask(f"{name} of an integer grad", calling(np.array([3, -2, 1]), a[0]))
    parameter = OPTION.get(name.removesuffix("_backward"))
    options = {parameter: 2} if parameter else {}
    yield Ask(f"{name} of integers", calling(np.array([3, -2, 100]), np.array([1, 2, 3]), **options))
    yield Ask(
        f"{name} of bytes", calling(np.array([3, 2, 100], np.uint8), np.array([1, 1, 3], np.uint8), **options)
    )
    if name == "relu_backward":
        for kind in (np.float64, np.float32):
            zeros = np.array([[0, 0.7, 0], [0.2, 0, 0]], kind)
            yield Ask(f"relu_backward where a is 0, {kind.__name__}", calling(grad.astype(kind), zeros))


@draws("softmax", "log_softmax")
def rows(name, rng):
    shape = sizes(rng, int(rng.integers(1, 3)))
    z = (rng.normal(size=shape) * rng.choice([1, 3])).astype(dtype(rng))
    return Ask(f"{name} of {z.dtype} {z.shape}", calling(z))


@asks("softmax", "log_softmax")
def rows_at_the_edges(name):
    quiet = np.log([1.0, 2, 5])
    yield Ask(f"{name} of rows far apart", calling(np.array([quiet, [9000, 0, -9000], quiet - 5000])))
    yield Ask(f"{name} of one row", calling(quiet + 5000))
    yield Ask(f"{name} of float32 far from 0", calling((quiet + 20_000).astype(np.float32)))
    yield Ask(f"{name} of integers", calling(np.array([[-2, -1, 3], [0, 1, 2]])))
    yield Ask(f"{name} of bytes", calling(np.array([[200, 3, 199], [0, 1, 2]], np.uint8)))
    yield Ask(f"{name} twice", calling(np.array([[-2, -1, 3], [0, 1.5, 2]]), twice=True))
    for kind in (np.float64, np.float32):
        most = np.finfo(kind).max
        z = [[1e4, 0], [-1e4, 0], [-1e4, -1e4], [most, 0], [-most, -most]]
        yield Ask(f"{name} of extremes, {kind.__name__}", calling(np.array(z, kind)))
