"""Activations: what a layer makes of its sums, and how a gradient passes back through it.

Each ``*_backward`` stands next to its forward function and needs only the forward's output ``a``: every
derivative here can be written in terms of it, so the sums ``z`` need not be kept.

Arguments are arrays, of one axis or more, and stay as they are; results are new arrays. float32 and float64
are kept; integers of any kind, bytes included, are computed in float64. The lessons do not ask for lists,
float16, empty arrays, NaN or infinity, nor for the value at a kink: at exactly 0, either slope is right.
"""

import numpy as np


def as_floating(x):
    """Return ``x`` as an array: floating dtypes are kept, anything else becomes float64."""
    x = np.asarray(x)
    return x if x.dtype.kind == "f" else x.astype(np.float64)


def sigmoid(z):
    """Squash every sum into (0, 1): a = 1 / (1 + exp(-z)).

    z: array of any shape. Returns ``a`` of the same shape and dtype (integers: float64); no overflow and no
    warning for any finite z.
    Source: Goodfellow, Bengio & Courville 2016, Deep Learning, eq. 3.30.
    """
    # The sigmoid squashes any sum into the range from 0 to 1, so that it can be read as a
    # probability. Think of a sum of -1000: the exponential in the textbook formula overflows there,
    # although the answer is simply 0.
    raise NotImplementedError


def sigmoid_backward(grad, a):
    """Return dL/dz = grad * a * (1 - a) for the sigmoid's output ``a``.

    grad, a: arrays of one shape, ``grad`` being dL/da. Returns that shape and dtype (integers: float64).
    Source: the derivative of eq. 3.30, ibid., eq. 3.34.
    """
    # On the way back you have the upstream gradient and the output a; the sum is not needed any
    # more. Express the slope by a alone, and do not apply the sigmoid once more to what is already
    # its output.
    raise NotImplementedError


def tanh(z):
    """Squash every sum into (-1, 1), the hyperbolic tangent.

    z: array of any shape. Returns ``a`` of the same shape and dtype (integers: float64); no overflow and no
    warning for sums of up to 1e4 in size.
    Source: LeCun et al. 1998, Efficient BackProp, section 4.4.
    """
    # The hyperbolic tangent is a sigmoid that runs from -1 to 1 and is centred on 0, which suits
    # hidden layers. NumPy has it, safe for any sum; built from exponentials, it would overflow
    # again.
    raise NotImplementedError


def tanh_backward(grad, a):
    """Return dL/dz = grad * (1 - a**2) for the tanh's output ``a``.

    grad, a: arrays of one shape, ``grad`` being dL/da. Returns that shape and dtype (integers: float64).
    Source: d tanh(z)/dz = 1 - tanh(z)**2.
    """
    # Again the slope follows from the output: it is 1 in the middle and fades where the output
    # comes close to -1 or 1. The second argument is the output already; taking its tanh again is
    # the usual slip.
    raise NotImplementedError


def relu(z):
    """Let positive sums pass and stop the others: a = max(z, 0).

    z: array of any shape. Returns ``a`` of the same shape and dtype (integers: float64).
    Source: Nair & Hinton 2010, Rectified Linear Units Improve Restricted Boltzmann Machines.
    """
    # ReLU lets positive sums pass unchanged and stops the others. It is cheap, and it does not
    # flatten out for large sums. Compare entry by entry, and leave the caller's array as it is.
    raise NotImplementedError


def relu_backward(grad, a):
    """Return dL/dz: ``grad`` where the output ``a`` is positive, 0 elsewhere.

    grad, a: arrays of one shape, ``grad`` being dL/da. Returns that shape and dtype (integers: float64).
    Every sum below 0 has the output 0, so the slope there is 0.
    """
    # Where a unit was on, the gradient passes unchanged; where it was off, nudging the sum changes
    # nothing. The output tells which is which. Remember the upstream gradient: the slope alone is
    # only half of the answer.
    raise NotImplementedError


def leaky_relu(z, slope=0.01):
    """Let positive sums pass and shrink the others: a = z for z > 0, slope * z elsewhere.

    z: array of any shape. slope: a number, not negative; it may be above 1. Returns ``a`` of the same shape
    and dtype (integers: float64).
    Source: Maas, Hannun & Ng 2013, Rectifier Nonlinearities Improve Neural Network Acoustic Models.
    """
    # A ReLU unit that is off for every sample has a gradient of 0 and never learns again. The leaky
    # ReLU lets a small share of a negative sum through to prevent that. The share is an argument:
    # use it, whatever its default.
    raise NotImplementedError


def leaky_relu_backward(grad, a, slope=0.01):
    """Return dL/dz: ``grad`` where the output ``a`` is positive, slope * grad elsewhere.

    grad, a: arrays of one shape, ``grad`` being dL/da. slope: as in the forward pass. Returns the shape and
    dtype of ``grad`` (integers: float64). The slope at exactly 0 is not asked for.
    """
    # Each unit passes back the gradient times its own slope: 1 on the positive side, the small
    # share on the other. The output has the sign of the sum, so it tells the sides apart. Watch the
    # dtype: float32 must stay float32.
    raise NotImplementedError


def elu(z, alpha=1.0):
    """Let positive sums pass and bend the others towards -alpha: there a = alpha * (exp(z) - 1).

    z: array of any shape. alpha: a number, not negative; it may be above 1. Returns ``a`` of the same shape
    and dtype (integers: float64); no overflow and no warning for sums of up to 1e4 in size.
    Source: Clevert, Unterthiner & Hochreiter 2016, Fast and Accurate Deep Network Learning by ELUs, eq. 15.
    """
    # ELU bends negative sums smoothly towards a floor instead of cutting them off. np.where
    # computes both branches for every entry, so the exponential must never see a large positive
    # sum, not even where its result is thrown away.
    raise NotImplementedError


def elu_backward(grad, a, alpha=1.0):
    """Return dL/dz: ``grad`` where the output ``a`` is positive, grad * (a + alpha) elsewhere.

    grad, a: arrays of one shape, ``grad`` being dL/da. alpha: as in the forward pass. Returns the shape and
    dtype of ``grad`` (integers: float64). The slope at exactly 0 is not asked for.
    Source: Clevert et al. 2016, eq. 15.
    """
    # On the negative side the slope is an exponential of the sum, which you no longer have. But the
    # output contains that exponential: solve for it, and only a and alpha remain. Alpha counts
    # here, too, not just on the way forward.
    raise NotImplementedError


def softmax(z):
    """Turn scores into probabilities over the last axis: exp(z_i) / sum_j exp(z_j).

    z: (k,) or (n, k). Returns the same shape and dtype (integers: float64), rows summing to 1. No overflow
    and no warning as long as the scores and their differences within a row are finite.
    Source: Goodfellow et al. 2016, eq. 6.29; the shift by the maximum: ibid., section 4.1.
    """
    # Softmax turns the scores of a sample into probabilities that sum to 1, the largest score
    # getting the most. Only differences between scores matter, so take each row's own largest score
    # away first; exp would overflow otherwise.
    raise NotImplementedError


def log_softmax(z):
    """Return the logarithm of softmax over the last axis: z_i - log(sum_j exp(z_j)).

    z: (k,) or (n, k). Returns the same shape and dtype (integers: float64): finite numbers, where
    log(softmax(z)) would be -inf. No overflow and no warning, as in softmax.
    Source: Goodfellow et al. 2016, eq. 6.30.
    """
    # The loss needs the logarithm of a probability. Taking the log of softmax fails where a
    # probability has become 0. Work on the scores instead: the logarithm undoes the exponential,
    # and only the log of the sum remains.
    raise NotImplementedError


def identity(z):
    """Leave the sums as they are: scores for a loss that squashes them itself."""
    return as_floating(z)


def identity_backward(grad, a):
    """Return ``grad`` itself, the slope being 1."""
    return as_floating(grad)


ACTIVATIONS = {
    "identity": (identity, identity_backward),
    "sigmoid": (sigmoid, sigmoid_backward),
    "tanh": (tanh, tanh_backward),
    "relu": (relu, relu_backward),
    "leaky_relu": (leaky_relu, leaky_relu_backward),
    "elu": (elu, elu_backward),
}
