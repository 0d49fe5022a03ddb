"""The dense layer: every output is a weighted sum of every input, plus a bias.

Shapes, for a batch of n samples: x (n, fan_in), W (fan_in, fan_out), b (fan_out,), z and grad (n, fan_out).

Arguments are arrays and stay unchanged; results are new arrays. If all arguments are float32, or all float64,
so are the results; integers are computed in float64. The lessons do not test float32 and float64 in one call,
lists, float16, empty batches, or errors for shapes that do not fit.

In nn: each function takes ``out``, the array or arrays to fill and return instead of new ones. They must
share no memory with each other or with an argument: a product reads its factors until its last entry is done.
"""

import numpy as np

from .arrays import as_floating


def dense(x, W, b, *, out=None):
    """Return the sums z = x @ W + b.

    x: (n, fan_in), W: (fan_in, fan_out), b: (fan_out,). Returns (n, fan_out) in their dtype (integers:
    float64).
    """
    z = np.matmul(as_floating(x), as_floating(W), out=out)
    z += b
    return z


def dense_backward(grad, x, W, *, out=(None, None, None)):
    """Return the gradients ``(dx, dW, db)`` of a dense layer for the upstream gradient dL/dz.

    grad: (n, fan_out), x: (n, fan_in), W: (fan_in, fan_out). dx = grad @ W.T has the shape of x, dW = x.T @
    grad the shape of W, and db, the sum of grad over the samples, the shape of b. All have the dtype of the
    arguments; if any argument holds integers, the results are float64.

    Source: Rumelhart, Hinton & Williams 1986, eq. 6 and 7, for a whole batch at once.
    """
    dx, dW, db = out
    grad = as_floating(grad)
    dx = np.matmul(grad, as_floating(W).T, out=dx)
    return dx, *parameter_gradients(grad, x, out=(dW, db))


def parameter_gradients(grad, x, *, out=(None, None)):
    """Return ``(dW, db)``, what a dense layer learns from: x.T @ grad, and the sum of grad over the batch.

    The first layer needs no more: its input is data, which has nothing to learn, and leaving out dx there
    saves a third of the work.

    grad: (n, fan_out), x: (n, fan_in). Returns (fan_in, fan_out) and (fan_out,).
    """
    dW, db = out
    grad = as_floating(grad)
    dW = np.matmul(as_floating(x).T, grad, out=dW)
    db = grad.sum(axis=0, out=db)
    return dW, db
