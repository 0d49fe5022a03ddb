"""Regularization: limits on what a network learns by heart, and on how far one step may go.

They act while a network is trained; its answers afterwards are computed without them.
"""

import math

import numpy as np

from .activations import as_floating


def l2_penalty(weights, strength):
    """Return the penalty strength/2 * sum of squared weights, and its gradient strength * W for each array.

    weights: list of arrays of any shape (weights only: biases are not penalised). Returns ``(penalty,
    grads)``: a Python float, and a list of new arrays of the same shapes and dtypes, float64 for integers.

    Source: Goodfellow et al. 2016, Deep Learning, eq. 7.2.
    """
    raise NotImplementedError


def dropout(x, rate, rng):
    """Silence each entry with probability ``rate`` and scale the others, so that the mean stays.

    x: array of any shape; rate: the probability of being dropped, 0 <= rate < 1; rng: a Generator. Each entry
    is decided by itself, so the share dropped varies from call to call. How many numbers are drawn from rng
    is left open. Returns ``(y, mask)`` with y = x * mask, the mask holding 0 and 1 / (1 - rate); both are new
    arrays of x's shape and dtype, float64 for integers.

    Raises ValueError for a rate out of range.
    Source: Srivastava et al. 2014, Dropout, section 10 (the inverted form).
    """
    raise NotImplementedError


def dropout_backward(grad, mask):
    """Return dL/dx = grad * mask: a silenced entry had no effect, the others were scaled.

    grad, mask: arrays of one shape and floating dtype, which the result has, too; mask: as ``dropout``
    returned it.
    """
    raise NotImplementedError


def clip_by_global_norm(grads, max_norm):
    """Shrink all gradients by one factor, in place, so that their joint norm is at most ``max_norm``.

    grads: list of floating arrays; max_norm: a positive number. Returns the joint Euclidean norm before
    clipping, a Python float. Gradients whose norm is below the limit stay exactly as they are, and so do
    those whose norm is NaN or infinite.
    Source: Pascanu, Mikolov & Bengio 2013, On the Difficulty of Training Recurrent Neural Networks, algorithm
    1.
    """
    raise NotImplementedError
