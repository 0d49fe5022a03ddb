"""Regularization: limits on what a network learns by heart, and on how far one step may go.

They act only while a network is trained; its answers are computed without them.

In nn: some functions take ``out``, the array or arrays to fill and return instead of new ones. In
``dropout``, y may be ``x`` itself, and in ``dropout_backward`` the result may be ``grad`` itself; otherwise
``out`` must share no memory with an argument.
"""

import math

import numpy as np

from .arrays import as_floating
from .parameters import joined


def l2_penalty(weights, strength, *, out=None):
    """Return the penalty strength/2 * sum of squared weights, and its gradient strength * W for each array.

    weights: list of arrays of any shape (without the biases, which are not penalized). Returns ``(penalty,
    grads)``: a Python float, and a list of new arrays of the same shapes and dtypes (integers: float64; uint8
    is not tested, since weights are never bytes).

    Source: Goodfellow et al. 2016, Deep Learning, eq. 7.2.
    """
    weights = [as_floating(W) for W in weights]
    penalty = strength / 2 * sum(float(np.vdot(W, W)) for W in weights)
    if out is None:
        out = [None] * len(weights)
    return penalty, [np.multiply(W, strength, out=grad) for W, grad in zip(weights, out, strict=True)]


def dropout(x, rate, rng, *, out=(None, None)):
    """Drop each entry with probability ``rate`` and scale the others, so that the mean stays the same.

    x: array of any shape. rate: the probability that an entry is dropped, 0 <= rate < 1. rng: a Generator.
    Each entry is decided separately, so the share of dropped entries varies from call to call. Any number of
    values may be drawn from rng, even if the rate is 0. Returns ``(y, mask)`` with y = x * mask, where the
    mask holds 0 or 1 / (1 - rate); both are new arrays of x's shape and dtype (integers: float64).

    Raises ValueError for a rate out of range.
    Source: Srivastava et al. 2014, Dropout, section 10 (the inverted form).
    """
    if not 0 <= rate < 1:
        raise ValueError(f"rate is the share dropped and must lie in [0, 1); got {rate}")
    y, mask = out
    x = as_floating(x)
    if mask is None:
        mask = np.empty_like(x)
    np.greater_equal(rng.random(x.shape, dtype=np.float32), rate, out=mask)
    mask *= 1 / (1 - rate)
    return np.multiply(x, mask, out=y), mask


def dropout_backward(grad, mask, *, out=None):
    """Return dL/dx = grad * mask: a dropped entry had no effect, and the others were scaled.

    grad, mask: arrays of the same shape and floating dtype, the mask as ``dropout`` returned it. The result
    has that shape and dtype.
    """
    return np.multiply(grad, mask, out=out)


def clip_by_global_norm(grads, max_norm):
    """Shrink all gradients by one factor, in place, so that their joint norm is at most ``max_norm``.

    grads: list of float32 or float64 arrays; integers are not tested, since they cannot hold the result.
    max_norm: a positive number. Returns the joint Euclidean norm before clipping, a Python float. If the norm
    is below the limit, NaN or infinite, the gradients stay exactly as they are.
    Source: Pascanu, Mikolov & Bengio 2013, On the Difficulty of Training Recurrent Neural Networks, algorithm
    1.
    """
    if not max_norm > 0:
        raise ValueError(f"max_norm must be positive; got {max_norm}")
    (grads,) = joined(grads)
    norm = math.sqrt(sum(_squared_norm(grad) for grad in grads))
    if max_norm < norm < math.inf:
        for grad in grads:
            grad *= max_norm / norm
    return norm


def _squared_norm(array):
    # The fast product is computed in the array's own dtype. Exploding gradients overflow it, and they are
    # what clipping is for.
    with np.errstate(over="ignore"):
        square = float(np.vdot(array, array))
    return square if math.isfinite(square) else float(np.sum(np.square(array, dtype=np.float64)))
