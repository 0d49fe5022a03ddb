"""Asks of lesson 3: dense layers whose three sizes all differ, both ways."""

import numpy as np

from .form import Ask, asks, calling, draws, dtype, sizes


def arguments(name, n, m, k, rng, kind):
    x, W, b, grad = (rng.normal(size=s).astype(kind) for s in ((n, m), (m, k), (k,), (n, k)))
    return (x, W, b) if name == "dense" else (grad, x, W)


@draws("dense", "dense_backward")
def layer(name, rng):
    n, m, k = sizes(rng, 3)
    n, kind = 1 if rng.random() < 0.15 else n, dtype(rng)
    return Ask(f"{name} of {kind.__name__} {n, m, k}", calling(*arguments(name, n, m, k, rng, kind)))


@asks("dense", "dense_backward")
def layer_at_the_edges(name):
    rng = np.random.default_rng(5)
    given = arguments(name, 5, 3, 2, rng, np.float64)
    yield Ask(f"{name} twice", calling(*given, twice=True))
    yield Ask(f"{name} of integers", calling(*((array * 3).astype(int) for array in given)))
    yield Ask(f"{name} of bytes", calling(*(np.abs(array * 90).astype(np.uint8) for array in given)))
    first, *others = given
    yield Ask(f"{name}, the first of integers", calling((first * 3).astype(int), *others))
