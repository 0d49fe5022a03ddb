"""Activations: what a layer makes of its sums, and how a gradient passes back through it.

Each ``*_backward`` stands next to its forward function and needs only its output ``a``: every derivative here
can be written in terms of ``a``, so the sums ``z`` need not be kept.

Arguments are arrays with at least one axis and stay unchanged; results are new arrays. float32 and float64
are kept; integers of any type, uint8 included, are computed in float64. The lessons do not test lists,
float16, empty arrays, NaN or infinity, nor the value at a kink: at exactly 0, either slope is right.

In nn: all but softmax and log_softmax take an ``out`` array, which they fill and return instead of a new
one. It may be ``z`` itself in the forward functions and ``a`` itself in the backward functions, but it must
share no memory with ``grad``. A result never shares memory with an argument unless that argument is ``out``.
"""

import numpy as np

from .arrays import as_floating


def sigmoid(z, *, out=None):
    """Squash every sum into (0, 1): a = 1 / (1 + exp(-z)).

    z: array of any shape. Returns ``a`` of the same shape and dtype (integers: float64); no overflow and no
    warning for any finite z. Far below 0, where ``a`` is nearly 0, an error of 1e-15 (float32: 1e-12) is
    allowed.
    Source: Goodfellow, Bengio & Courville 2016, Deep Learning, eq. 3.30.
    """
    z = as_floating(z)
    # Below log(tiny), exp(-z) could overflow and the result is smaller than any normal number: stop there.
    a = np.maximum(z, np.log(np.finfo(z.dtype).tiny), out=out)
    a = np.negative(a, out=out)
    a = np.exp(a, out=out)
    a = np.add(a, 1, out=out)
    return np.reciprocal(a, out=out)


def sigmoid_backward(grad, a, *, out=None):
    """Return dL/dz = grad * a * (1 - a) for the sigmoid's output ``a``.

    grad, a: arrays of one shape, ``grad`` being dL/da. Returns that shape and dtype (integers: float64).
    Source: the derivative of eq. 3.30; ibid., eq. 3.34.
    """
    grad, a = as_floating(grad), as_floating(a)
    slope = np.multiply(a, 1 - a, out=out)
    return np.multiply(slope, grad, out=out)


def tanh(z, *, out=None):
    """Squash every sum into (-1, 1) with the hyperbolic tangent.

    z: array of any shape. Returns ``a`` of the same shape and dtype (integers: float64); no overflow and no
    warning for any z from -1e4 to 1e4.
    Source: LeCun et al. 1998, Efficient BackProp, section 4.4.
    """
    return np.tanh(as_floating(z), out=out)


def tanh_backward(grad, a, *, out=None):
    """Return dL/dz = grad * (1 - a**2) for the tanh's output ``a``.

    grad, a: arrays of one shape, ``grad`` being dL/da. Returns that shape and dtype (integers: float64).
    Source: d tanh(z)/dz = 1 - tanh(z)**2.
    """
    grad, a = as_floating(grad), as_floating(a)
    slope = np.multiply(a, a, out=out)
    slope = np.subtract(1, slope, out=out)
    return np.multiply(slope, grad, out=out)


def relu(z, *, out=None):
    """Let positive sums pass and stop the others: a = max(z, 0).

    z: array of any shape. Returns ``a`` of the same shape and dtype (integers: float64).
    Source: Nair & Hinton 2010, Rectified Linear Units Improve Restricted Boltzmann Machines.
    """
    return np.maximum(as_floating(z), 0, out=out)


def relu_backward(grad, a, *, out=None):
    """Return dL/dz: ``grad`` where the output ``a`` is positive, 0 elsewhere.

    grad, a: arrays of one shape, ``grad`` being dL/da. Returns that shape and dtype (integers: float64).
    Every sum below 0 has the output 0, so the slope there is 0.
    """
    grad, a = as_floating(grad), as_floating(a)
    return np.multiply(grad, a > 0, out=out)


def leaky_relu(z, slope=0.01, *, out=None):
    """Let positive sums pass and shrink the others: a = z for z > 0, slope * z elsewhere.

    z: array of any shape. slope: 0 or more, possibly above 1. Returns ``a`` of the same shape and dtype
    (integers: float64, even if the slope is whole).
    Source: Maas, Hannun & Ng 2013, Rectifier Nonlinearities Improve Neural Network Acoustic Models.
    """
    z = as_floating(z)
    negative = slope * np.minimum(z, 0)
    a = np.maximum(z, 0, out=out)
    return np.add(a, negative, out=out)


def leaky_relu_backward(grad, a, slope=0.01, *, out=None):
    """Return dL/dz: ``grad`` where the output ``a`` is positive, slope * grad elsewhere.

    grad, a: arrays of one shape, ``grad`` being dL/da. slope: as in the forward pass. Returns the shape and
    dtype of ``grad`` (integers: float64, even if the slope is whole). The value at a = 0 is not tested.
    """
    grad, a = as_floating(grad), as_floating(a)
    return np.multiply(grad, np.where(a > 0, a.dtype.type(1), a.dtype.type(slope)), out=out)


def elu(z, alpha=1.0, *, out=None):
    """Let positive sums pass and bend the others towards -alpha: there a = alpha * (exp(z) - 1).

    z: array of any shape. alpha: 0 or more, possibly above 1. Returns ``a`` of the same shape and dtype
    (integers: float64, even if alpha is whole); no overflow and no warning for any z from -1e4 to 1e4.
    Source: Clevert, Unterthiner & Hochreiter 2016, Fast and Accurate Deep Network Learning by ELUs, eq. 15.
    """
    z = as_floating(z)
    # The exponential never sees a positive sum, so it cannot overflow.
    negative = alpha * np.expm1(np.minimum(z, 0))
    a = np.maximum(z, 0, out=out)
    return np.add(a, negative, out=out)


def elu_backward(grad, a, alpha=1.0, *, out=None):
    """Return dL/dz: ``grad`` where the output ``a`` is positive, grad * (a + alpha) elsewhere.

    grad, a: arrays of one shape, ``grad`` being dL/da. alpha: as in the forward pass. Returns the shape and
    dtype of ``grad`` (integers: float64, even if alpha is whole). The value at a = 0 is not tested.
    Source: Clevert et al. 2016, eq. 15.
    """
    grad, a = as_floating(grad), as_floating(a)
    return np.multiply(grad, np.where(a > 0, a.dtype.type(1), a + alpha), out=out)


def shift_by_maximum(z):
    """Return z minus the largest entry of its row: softmax stays the same, and exp cannot overflow.

    z: floating array, 1-D or 2-D. The result is never above 0, and it is finite if z is.
    """
    largest = z.max(axis=-1, keepdims=True)
    # z - largest may leave the dtype's range (-3e38 - 3e38 in float32). Raising z to this floor first
    # prevents that.
    floor = np.maximum(largest, 0) - np.finfo(z.dtype).max
    return np.maximum(z, floor) - largest


def softmax(z):
    """Turn scores into probabilities over the last axis: exp(z_i) / sum_j exp(z_j).

    z: (k,) or (n, k). Returns the same shape and dtype (integers: float64), rows summing to 1. No overflow
    and no warning as long as the scores and their differences within a row are finite.
    Source: Goodfellow et al. 2016, eq. 6.29; the shift by the maximum: ibid., section 4.1.
    """
    p = shift_by_maximum(as_floating(z))
    np.exp(p, out=p)
    p /= p.sum(axis=-1, keepdims=True)
    return p


def log_softmax(z):
    """Return the logarithm of softmax over the last axis: z_i - log(sum_j exp(z_j)).

    z: (k,) or (n, k). Returns the same shape and dtype (integers: float64): finite numbers, where
    log(softmax(z)) would be -inf. No overflow and no warning, as in softmax.
    Source: Goodfellow et al. 2016, eq. 6.30.
    """
    shifted = shift_by_maximum(as_floating(z))
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def identity(z, *, out=None):
    """Return a copy of the sums: they are scores for a loss that squashes them itself."""
    return np.positive(as_floating(z), out=out)


def identity_backward(grad, a, *, out=None):
    """Return a copy of ``grad``, since the slope is 1."""
    return np.positive(as_floating(grad), out=out)


ACTIVATIONS = {
    "identity": (identity, identity_backward),
    "sigmoid": (sigmoid, sigmoid_backward),
    "tanh": (tanh, tanh_backward),
    "relu": (relu, relu_backward),
    "leaky_relu": (leaky_relu, leaky_relu_backward),
    "elu": (elu, elu_backward),
}
