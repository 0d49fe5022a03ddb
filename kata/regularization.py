"""Regularization: what keeps a network from learning its training set by heart, or from leaping too far in
one step.
"""

import math

import numpy as np

from .activations import as_floating


def l2_penalty(weights, strength):
    """Return the penalty strength/2 * sum of squared weights, and its gradient strength * W for each array.

    weights: list of arrays (weights only: biases are not penalised). Returns ``(penalty, grads)``: a Python
    float, and a list of arrays of the same shapes.

    Source: Goodfellow et al. 2016, Deep Learning, eq. 7.2.
    """
    raise NotImplementedError


def dropout(x, rate, rng):
    """Silence each entry with probability ``rate`` and scale the others, so that the mean stays.

    x: array of any shape; rate: the share dropped, 0 <= rate < 1; rng: a Generator. Returns ``(y, mask)``
    with y = x * mask, the mask holding 0 and 1 / (1 - rate); both have x's shape and dtype.

    Raises ValueError for a rate out of range.
    Source: Srivastava et al. 2014, Dropout, section 10 (the inverted form).
    """
    raise NotImplementedError


def dropout_backward(grad, mask):
    """Return dL/dx = grad * mask: a silenced entry had no effect, the others were scaled."""
    raise NotImplementedError


def clip_by_global_norm(grads, max_norm):
    """Shrink all gradients by one factor, in place, so that their joint norm is at most ``max_norm``.

    grads: list of arrays; max_norm: a positive number. Returns the joint Euclidean norm before clipping, a
    Python float. Gradients within the limit stay exactly as they are, and so do those whose norm is NaN or
    infinite.
    Source: Pascanu, Mikolov & Bengio 2013, On the Difficulty of Training Recurrent Neural Networks, algorithm
    1.
    """
    raise NotImplementedError
