"""The dense layer: every output is a weighted sum of every input, plus a bias.

Shapes, for a batch of n samples: x (n, fan_in), W (fan_in, fan_out), b (fan_out,), z and grad (n, fan_out).

Arguments are arrays and stay unchanged; results are new arrays. If all arguments are float32, or all float64,
so are the results; integers are computed in float64. The lessons do not test float32 and float64 in one call,
lists, float16, empty batches, or errors for shapes that do not fit.
"""

import numpy as np

from .activations import as_floating


def dense(x, W, b):
    """Return the sums z = x @ W + b.

    x: (n, fan_in), W: (fan_in, fan_out), b: (fan_out,). Returns (n, fan_out) in their dtype (integers:
    float64).
    """
    raise NotImplementedError


def dense_backward(grad, x, W):
    """Return the gradients ``(dx, dW, db)`` of a dense layer for the upstream gradient dL/dz.

    grad: (n, fan_out), x: (n, fan_in), W: (fan_in, fan_out). dx = grad @ W.T has the shape of x, dW = x.T @
    grad the shape of W, and db, the sum of grad over the samples, the shape of b. All have the dtype of the
    arguments; if any argument holds integers, the results are float64.

    Source: Rumelhart, Hinton & Williams 1986, eq. 6 and 7, for a whole batch at once.
    """
    raise NotImplementedError
