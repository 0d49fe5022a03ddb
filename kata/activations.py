"""Activations: what a layer makes of its sums, and how a gradient passes back through it.

Each ``*_backward`` stands next to its forward function and needs only its output ``a``: every derivative here
can be written in terms of ``a``, so the sums ``z`` need not be kept.

Arguments are arrays with at least one axis and stay unchanged; results are new arrays. float32 and float64
are kept; integers of any type, uint8 included, are computed in float64. The lessons do not test lists,
float16, empty arrays, NaN or infinity, nor the value at a kink: at exactly 0, either slope is right.
"""

import numpy as np


def as_floating(x):
    """Return ``x`` as an array: floating dtypes are kept, anything else becomes float64."""
    x = np.asarray(x)
    return x if x.dtype.kind == "f" else x.astype(np.float64)


def sigmoid(z):
    """Squash every sum into (0, 1): a = 1 / (1 + exp(-z)).

    z: array of any shape. Returns ``a`` of the same shape and dtype (integers: float64); no overflow and no
    warning for any finite z. Far below 0, where ``a`` is nearly 0, an error of 1e-15 (float32: 1e-12) is
    allowed.
    Source: Goodfellow, Bengio & Courville 2016, Deep Learning, eq. 3.30.
    """
    raise NotImplementedError


def sigmoid_backward(grad, a):
    """Return dL/dz = grad * a * (1 - a) for the sigmoid's output ``a``.

    grad, a: arrays of one shape, ``grad`` being dL/da. Returns that shape and dtype (integers: float64).
    Source: the derivative of eq. 3.30; ibid., eq. 3.34.
    """
    raise NotImplementedError


def tanh(z):
    """Squash every sum into (-1, 1) with the hyperbolic tangent.

    z: array of any shape. Returns ``a`` of the same shape and dtype (integers: float64); no overflow and no
    warning for any z from -1e4 to 1e4.
    Source: LeCun et al. 1998, Efficient BackProp, section 4.4.
    """
    raise NotImplementedError


def tanh_backward(grad, a):
    """Return dL/dz = grad * (1 - a**2) for the tanh's output ``a``.

    grad, a: arrays of one shape, ``grad`` being dL/da. Returns that shape and dtype (integers: float64).
    Source: d tanh(z)/dz = 1 - tanh(z)**2.
    """
    raise NotImplementedError


def relu(z):
    """Let positive sums pass and stop the others: a = max(z, 0).

    z: array of any shape. Returns ``a`` of the same shape and dtype (integers: float64).
    Source: Nair & Hinton 2010, Rectified Linear Units Improve Restricted Boltzmann Machines.
    """
    raise NotImplementedError


def relu_backward(grad, a):
    """Return dL/dz: ``grad`` where the output ``a`` is positive, 0 elsewhere.

    grad, a: arrays of one shape, ``grad`` being dL/da. Returns that shape and dtype (integers: float64).
    Every sum below 0 has the output 0, so the slope there is 0.
    """
    raise NotImplementedError


def leaky_relu(z, slope=0.01):
    """Let positive sums pass and shrink the others: a = z for z > 0, slope * z elsewhere.

    z: array of any shape. slope: 0 or more, possibly above 1. Returns ``a`` of the same shape and dtype
    (integers: float64, even if the slope is whole).
    Source: Maas, Hannun & Ng 2013, Rectifier Nonlinearities Improve Neural Network Acoustic Models.
    """
    raise NotImplementedError


def leaky_relu_backward(grad, a, slope=0.01):
    """Return dL/dz: ``grad`` where the output ``a`` is positive, slope * grad elsewhere.

    grad, a: arrays of one shape, ``grad`` being dL/da. slope: as in the forward pass. Returns the shape and
    dtype of ``grad`` (integers: float64, even if the slope is whole). The value at a = 0 is not tested.
    """
    raise NotImplementedError


def elu(z, alpha=1.0):
    """Let positive sums pass and bend the others towards -alpha: there a = alpha * (exp(z) - 1).

    z: array of any shape. alpha: 0 or more, possibly above 1. Returns ``a`` of the same shape and dtype
    (integers: float64, even if alpha is whole); no overflow and no warning for any z from -1e4 to 1e4.
    Source: Clevert, Unterthiner & Hochreiter 2016, Fast and Accurate Deep Network Learning by ELUs, eq. 15.
    """
    raise NotImplementedError


def elu_backward(grad, a, alpha=1.0):
    """Return dL/dz: ``grad`` where the output ``a`` is positive, grad * (a + alpha) elsewhere.

    grad, a: arrays of one shape, ``grad`` being dL/da. alpha: as in the forward pass. Returns the shape and
    dtype of ``grad`` (integers: float64, even if alpha is whole). The value at a = 0 is not tested.
    Source: Clevert et al. 2016, eq. 15.
    """
    raise NotImplementedError


def softmax(z):
    """Turn scores into probabilities over the last axis: exp(z_i) / sum_j exp(z_j).

    z: (k,) or (n, k). Returns the same shape and dtype (integers: float64), rows summing to 1. No overflow
    and no warning as long as the scores and their differences within a row are finite.
    Source: Goodfellow et al. 2016, eq. 6.29; the shift by the maximum: ibid., section 4.1.
    """
    raise NotImplementedError


def log_softmax(z):
    """Return the logarithm of softmax over the last axis: z_i - log(sum_j exp(z_j)).

    z: (k,) or (n, k). Returns the same shape and dtype (integers: float64): finite numbers, where
    log(softmax(z)) would be -inf. No overflow and no warning, as in softmax.
    Source: Goodfellow et al. 2016, eq. 6.30.
    """
    raise NotImplementedError


def identity(z):
    """Return a copy of the sums: they are scores for a loss that squashes them itself."""
    return np.positive(as_floating(z))


def identity_backward(grad, a):
    """Return a copy of ``grad``, since the slope is 1."""
    return np.positive(as_floating(grad))


ACTIVATIONS = {
    "identity": (identity, identity_backward),
    "sigmoid": (sigmoid, sigmoid_backward),
    "tanh": (tanh, tanh_backward),
    "relu": (relu, relu_backward),
    "leaky_relu": (leaky_relu, leaky_relu_backward),
    "elu": (elu, elu_backward),
}
