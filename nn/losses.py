"""Losses: how wrong the network is on a batch, as one number, and the gradient of that number.

Every loss is a mean, so that its size does not depend on the size of the batch. Every gradient therefore
contains the factor 1/n.

Arguments are arrays with at least one sample and stay unchanged; the gradient is a new array. It has the
dtype of the first argument: float32 and float64 are kept; integers of any type, uint8 included, are computed
in float64. The targets may have another dtype; it does not affect the gradient's. A loss must be a Python
float. A NumPy float64 will do, since it inherits from float; a NumPy float32 will not. The lessons do not
test lists, labels given as floats, float16, empty batches, NaN or infinity.
"""

import numpy as np

from .activations import shift_by_maximum, sigmoid
from .arrays import as_floating


def softmax_cross_entropy(logits, targets):
    """Return the mean of -log softmax(logits)[right class], and its gradient (softmax(logits) - targets) / n.

    logits: (n, k), the network's scores before softmax. targets: either labels (n,) in 0..k-1, integers of
    any type, uint8 included; or probabilities (n, k) whose rows sum to 1, floats or integers. Returns
    ``(loss, grad)``: a Python float in nats, and (n, k) in the dtype of the logits (integers: float64). No
    overflow and no warning for logits from -1e4 to 1e4.
    Raises ValueError for a label below 0 or above k-1, and for targets of any other shape.
    Source: Goodfellow et al. 2016, Deep Learning, section 6.2.2.3; Bishop 2006, eq. 4.109.
    """
    logits, targets = as_floating(logits), np.asarray(targets)
    if logits.ndim != 2:
        raise ValueError(f"logits must be 2-D, (samples, classes); got shape {logits.shape}")
    n, k = logits.shape
    shifted = shift_by_maximum(logits)
    grad = np.exp(shifted)
    total = grad.sum(axis=1, keepdims=True)
    grad /= total  # the softmax; its logarithm below comes from `shifted`, where nothing has underflowed
    if targets.shape == (n,) and targets.dtype.kind in "iu":
        if targets.min(initial=0) < 0 or targets.max(initial=0) >= k:
            raise ValueError(f"targets must be labels in 0..{k - 1}; got {targets.min()}..{targets.max()}")
        rows = np.arange(n)
        losses = np.log(total[:, 0]) - shifted[rows, targets]
        grad[rows, targets] -= 1
    elif targets.shape == (n, k):
        targets = targets.astype(logits.dtype, copy=False)
        losses = (targets * (np.log(total) - shifted)).sum(axis=1)
        grad -= targets
    else:
        raise ValueError(
            f"targets must be integer labels of shape ({n},) or probabilities of shape ({n}, {k}); "
            f"got {targets.dtype} of shape {targets.shape}"
        )
    grad /= n
    return float(losses.sum(dtype=np.float64)) / losses.size, grad


def binary_cross_entropy(logits, targets):
    """Return the mean of -log of the right answer's probability, and its gradient (sigmoid - targets) / size.

    logits: any shape, the scores before the sigmoid. targets: exactly the same shape, each 0 or 1, floats or
    integers of any type, uint8 included; nothing is broadcast. The mean is over all elements. Returns
    ``(loss, grad)``: a Python float in nats, and an array like the logits (integers: float64). No overflow
    and no warning for logits from -1e4 to 1e4.
    Raises ValueError if the shapes differ.
    Source: Bishop 2006, eq. 4.90, with -log sigmoid(z) written as max(-z, 0) + log1p(exp(-|z|)), which cannot
    overflow.
    """
    logits = as_floating(logits)
    targets = np.asarray(targets, dtype=logits.dtype)
    _require_same_shape("logits", logits, targets)
    losses = np.maximum(logits, 0) - logits * targets + np.log1p(np.exp(-np.abs(logits)))
    grad = sigmoid(logits)
    grad -= targets
    grad /= logits.size
    return float(losses.sum(dtype=np.float64)) / losses.size, grad


def mean_squared_error(predictions, targets):
    """Return the mean squared difference, and its gradient 2 * (predictions - targets) / size.

    predictions: any shape. targets: exactly the same shape; nothing is broadcast. The mean is over all
    elements. Returns ``(loss, grad)``: a Python float, and an array like the predictions (integers: float64).
    Raises ValueError if the shapes differ.
    Source: Goodfellow et al. 2016, eq. 5.4.
    """
    predictions = as_floating(predictions)
    targets = np.asarray(targets, dtype=predictions.dtype)
    _require_same_shape("predictions", predictions, targets)
    grad = predictions - targets
    loss = float(np.square(grad).sum(dtype=np.float64)) / grad.size
    grad *= 2 / grad.size
    return loss, grad


def _require_same_shape(name, array, targets):
    # Broadcasting (n, 1) against (n,) would silently average over n * n pairs.
    if array.shape != targets.shape:
        raise ValueError(f"targets must have the shape of the {name}, {array.shape}; got {targets.shape}")


LOSSES = {
    "softmax_cross_entropy": softmax_cross_entropy,
    "binary_cross_entropy": binary_cross_entropy,
    "mean_squared_error": mean_squared_error,
}
