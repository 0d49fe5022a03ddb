"""The dense layer: every output is a weighted sum of every input, plus a bias.

Shapes, for a batch of n samples: x (n, fan_in), W (fan_in, fan_out), b (fan_out,), z and grad (n, fan_out).
"""

import numpy as np

from .activations import as_floating


def dense(x, W, b):
    """Return the sums z = x @ W + b.

    x: (n, fan_in), W: (fan_in, fan_out), b: (fan_out,). Returns (n, fan_out).
    """
    raise NotImplementedError


def dense_backward(grad, x, W):
    """Return the gradients ``(dx, dW, db)`` of a dense layer for the upstream gradient dL/dz.

    grad: (n, fan_out), x: (n, fan_in), W: (fan_in, fan_out). dx = grad @ W.T has the shape of x, dW = x.T @
    grad that of W, and db, the sum of grad over the samples, that of b.

    Source: Rumelhart, Hinton & Williams 1986, eq. 6 and 7, for a whole batch at once.
    """
    raise NotImplementedError
