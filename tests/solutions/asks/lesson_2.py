"""Asks of lesson 2: losses of every kind of target, far from 0, and what they refuse."""

import numpy as np

from .form import Ask, asks, calling, draws, dtype, refused, sizes

LOSSES = ("softmax_cross_entropy", "binary_cross_entropy", "mean_squared_error")


def targets_for(name, rng, shape, kind):
    """Draw targets of a loss for this shape of its first argument."""
    if name == "softmax_cross_entropy":
        if rng.random() < 0.5:
            return rng.integers(shape[1], size=shape[0])
        p = rng.uniform(0.1, 1, shape)
        return (p / p.sum(axis=1, keepdims=True)).astype(kind)
    if name == "binary_cross_entropy":
        return rng.integers(2, size=shape) if rng.random() < 0.5 else rng.uniform(size=shape).astype(kind)
    return rng.normal(size=shape).astype(kind)


@draws(*LOSSES)
def losses(name, rng):
    shape = sizes(rng, 2 if name == "softmax_cross_entropy" else int(rng.integers(1, 4)))
    first = (rng.normal(size=shape) * 2).astype(dtype(rng))
    targets = targets_for(name, rng, shape, (first.dtype, np.float64)[int(rng.integers(2))])
    what = f"{first.dtype} {first.shape}, {targets.dtype} {targets.shape}"
    return Ask(f"{name} of {what}", calling(first, targets))


@asks(*LOSSES)
def losses_at_the_edges(name):
    z = np.array([[1, 2], [3, -1], [0, 2]])
    rows = np.array([[0, 1], [1, 0], [0, 1]])
    many = 5 if name == "mean_squared_error" else 1  # more than the predictions: bytes have no signs
    yield Ask(f"{name} of integers", calling(z, rows))
    yield Ask(f"{name} of integers and floats", calling(z, np.abs(rows - 0.3)))
    yield Ask(f"{name} of bytes", calling(np.abs(z).astype(np.uint8), (rows * many).astype(np.uint8)))
    yield Ask(f"{name} of float32 and integers", calling(z.astype(np.float32), rows))
    yield Ask(f"{name} twice", calling(z * 0.7, rows * 1.0, twice=True))
    if name == "mean_squared_error":
        far = np.array([[2e4, 3], [-5e3, 1e4]])
        yield Ask(f"{name} of large errors", calling(far, far / 7))
    else:
        for kind in (np.float64, np.float32):
            far = np.array([[1e4, -1e4], [1e4, -1e4], [-1e4, 1e4]], kind)
            yield Ask(f"{name} of extremes, {kind.__name__}", calling(far, rows * 1.0))


@asks("softmax_cross_entropy")
def labels(name):
    z = np.array([[1.0, 2], [3, -1], [0, 2]])
    yield Ask("labels of integers", calling(z.astype(int), np.array([1, 0, 1])))
    yield Ask("labels that are bytes", calling(z, np.array([1, 0, 1], np.uint8)))
    for kind in (np.float64, np.float32):
        yield Ask(
            f"labels of extremes, {kind.__name__}", calling((z * 1e4 / 3).astype(kind), np.array([0, 1, 1]))
        )
    for wrong in ([0, 2, 1], [0, -1, 1], [0, 1], [0, 1, 0, 1]):
        yield Ask(f"labels {wrong} refused", refused(z, np.array(wrong)))
    for shape in ((3, 3), (3, 1), (1, 2), (2, 2)):
        yield Ask(f"targets {shape} refused", refused(z, np.ones(shape) / shape[1]))


@asks("binary_cross_entropy", "mean_squared_error")
def shapes(name):
    for one, other in [
        ((5, 1), (5,)),
        ((5, 1), (1, 5)),
        ((5, 1), (1, 1)),
        ((5, 1), (5, 2)),
        ((5,), (5, 1)),
        ((3, 2), (2, 3)),
    ]:
        yield Ask(f"shapes {one} and {other} refused", refused(np.ones(one), np.ones(other)))
