"""Lesson 2: solutions of the losses, wrong and right."""

import functools
import math

import numpy as np

from nn.activations import as_floating, log_softmax, sigmoid, softmax
from nn.losses import softmax_cross_entropy

from .bank import (
    OUT,
    N,
    call,
    copying,
    drawn,
    of_integers,
    probe,
    race,
    returned_error,
    right,
    script,
    with_overflow_shown,
    wrong,
)

LOGITS = np.array([[1.0, 2.0, 3.0], [2.0, -3.0, 1.0]])
LABELS = np.array([2, 0])
ROWS = np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]])
SHARES = np.array([[0.25, 0.0, 0.75]])

PARTS = ("loss", "grad")
SURE = (
    60  # atol for the loss of a sure and wrong answer, 1000: any log of a clipped probability is -60 or more
)


# softmax_cross_entropy


@race("softmax_cross_entropy")
def timed_on_labels(loss):
    (z,) = drawn((N, OUT))
    labels = np.random.default_rng(0).integers(OUT, size=N)
    return lambda: loss(z, labels), copying(z)


@race("binary_cross_entropy", "mean_squared_error")
def timed_on_targets(loss):
    (z,) = drawn((N, OUT))
    targets = (z > 0).astype(np.float32)
    return lambda: loss(z, targets), copying(z)


@probe("softmax_cross_entropy")
def cross_entropies(loss):
    yield call(loss, LOGITS[:1], LABELS[:1], parts=PARTS)
    yield call(loss, LOGITS, LABELS, parts=PARTS)
    yield call(loss, LOGITS, ROWS, parts=PARTS)
    yield call(loss, LOGITS[:1], SHARES, parts=PARTS)
    yield call(loss, LOGITS.astype(np.float32), LABELS, parts=PARTS)
    yield call(loss, LOGITS.astype(np.float32), ROWS, parts=PARTS)
    yield with_overflow_shown(call(loss, np.array([[1000.0, 1000.5]]), np.array([0]), parts=PARTS))
    yield with_overflow_shown(
        call(loss, np.array([[1000.0, 0.0]]), np.array([1]), rtol=0, atol=SURE, parts=PARTS)
    )
    yield from of_integers(loss, np.array([[1, 2, 3]]), SHARES, parts=PARTS)
    yield call(loss, LOGITS, np.array([2, 0]).astype(np.uint8), parts=PARTS)
    yield call(loss, np.array([[1.0, 2.0], [0.5, -1.0]]), np.array([1, 0]), parts=PARTS)

    def after_another_call():
        _, grad = loss(LOGITS.copy(), LABELS.copy())
        loss(LOGITS - 1 / (1 + LOGITS**2), LABELS.copy())
        return grad

    yield script("the gradient of a call of softmax_cross_entropy, after another one", after_another_call)
    # That there is an answer at all is the mistake, whatever it is.
    for targets in ([0, -1], [0, 3], [[0], [1]], [[1, 0, 0]], [0], [0, 1, 2]):
        yield script(
            f"softmax_cross_entropy(array({LOGITS.tolist()}), array({targets}))",
            lambda targets=targets: returned_error(loss(LOGITS.copy(), np.array(targets))),
        )


def rows_of(targets, logits):
    """Return targets of either kind as rows of probabilities in the dtype of the logits; refuse others."""
    targets = np.asarray(targets)
    n, k = logits.shape
    if targets.shape == (n,):
        if targets.min() < 0 or targets.max() >= k:
            raise ValueError(f"labels must be in 0..{k - 1}")
        targets = np.eye(k)[targets]
    if targets.shape != (n, k):
        raise ValueError(f"targets of shape {targets.shape} do not fit logits of shape {logits.shape}")
    return targets.astype(logits.dtype)


def fitting(first, targets):
    """Return both arrays in the floating dtype of the first; refuse shapes that differ."""
    first = as_floating(first)
    targets = np.asarray(targets, first.dtype)
    if first.shape != targets.shape:
        raise ValueError(f"shapes differ: {first.shape} and {targets.shape}")
    return first, targets


@wrong(
    "softmax_cross_entropy",
    "The loss is right, but the gradient is n times too large: the loss is averaged over n samples, so its "
    "gradient contains the factor 1/n.",
)
def softmax_cross_entropy_with_the_gradient_of_the_sum(logits, targets):
    logits = as_floating(logits)
    rows = rows_of(targets, logits)
    loss = -np.sum(rows * log_softmax(logits)) / len(logits)
    return float(loss), softmax(logits) - rows


@wrong(
    "softmax_cross_entropy",
    "You return the sum over the samples, with the gradient of the sum: both must be divided by the number "
    "of samples.",
)
def softmax_cross_entropy_as_a_sum(logits, targets):
    logits = as_floating(logits)
    rows = rows_of(targets, logits)
    loss = -np.sum(rows * log_softmax(logits))
    return float(loss), softmax(logits) - rows


@wrong(
    "softmax_cross_entropy",
    "The gradient is right, but the loss is n times too large: it is the sum over the samples, and must be "
    "their mean.",
)
def softmax_cross_entropy_with_the_loss_as_a_sum(logits, targets):
    logits = as_floating(logits)
    rows = rows_of(targets, logits)
    loss = -np.sum(rows * log_softmax(logits))
    return float(loss), (softmax(logits) - rows) / len(logits)


@wrong(
    "softmax_cross_entropy",
    "Your loss is k times too small for k classes: the mean runs over all n * k entries. Sum over the "
    "classes, and average over the samples.",
)
def softmax_cross_entropy_averaged_over_the_classes(logits, targets):
    logits = as_floating(logits)
    rows = rows_of(targets, logits)
    loss = -np.mean(rows * log_softmax(logits))
    return float(loss), (softmax(logits) - rows) / len(logits)


@wrong(
    "softmax_cross_entropy",
    "The sign of your gradient is wrong: a step against it would raise the loss. It is the probability "
    "minus the target.",
)
def softmax_cross_entropy_with_the_sign_turned(logits, targets):
    logits = as_floating(logits)
    rows = rows_of(targets, logits)
    loss = -np.sum(rows * log_softmax(logits)) / len(logits)
    return float(loss), (rows - softmax(logits)) / len(logits)


@wrong(
    "softmax_cross_entropy",
    "You apply softmax twice: this is the loss you get by treating the probabilities as scores. The logits "
    "go through softmax only once.",
)
def softmax_cross_entropy_of_probabilities(logits, targets):
    logits = as_floating(logits)
    rows = rows_of(targets, logits)
    p = softmax(logits)
    loss = -np.sum(rows * log_softmax(p)) / len(p)
    return float(loss), (softmax(p) - rows) / len(p)


@wrong(
    "softmax_cross_entropy",
    "Your formula is right, but exp(1000) overflows. Softmax does not change if you subtract the maximum "
    "of each row first.",
)
def softmax_cross_entropy_without_a_shift(logits, targets):
    logits = as_floating(logits)
    rows = rows_of(targets, logits)
    e = np.exp(logits)
    p = e / e.sum(axis=1, keepdims=True)
    loss = -(rows * np.log(p)).sum() / len(logits)
    return float(loss), (p - rows) / len(logits)


@wrong(
    "softmax_cross_entropy",
    "Your formula is right until the probability of the right class underflows to 0: then its logarithm is "
    "-inf. Do not take the log of softmax; use log_softmax.",
)
def softmax_cross_entropy_by_the_log_of_softmax(logits, targets):
    logits = as_floating(logits)
    rows = rows_of(targets, logits)
    p = softmax(logits)
    loss = -(rows * np.log(p)).sum() / len(logits)
    return float(loss), (p - rows) / len(logits)


@wrong(
    "softmax_cross_entropy",
    "A confident wrong answer costs too little: it looks as if a small number keeps the log from 0, and so "
    "limits the loss to a few dozen. log_softmax needs no such guard.",
)
def softmax_cross_entropy_of_clipped_probabilities(logits, targets):
    logits = as_floating(logits)
    rows = rows_of(targets, logits)
    p = softmax(logits)
    loss = -(rows * np.log(np.maximum(p, 1e-12))).sum() / len(logits)
    return float(loss), (p - rows) / len(logits)


@wrong(
    "softmax_cross_entropy",
    "Your loss also contains the binary formula's (1 - t) * log(1 - p). With softmax, only the right "
    "class's logarithm counts: the other classes enter through the denominator.",
)
def softmax_cross_entropy_by_the_binary_formula(logits, targets):
    logits = as_floating(logits)
    rows = rows_of(targets, logits)
    p = softmax(logits)
    loss = -(rows * np.log(p) + (1 - rows) * np.log(1 - p)).sum() / len(logits)
    return float(loss), (p - rows) / len(logits)


@wrong(
    "softmax_cross_entropy",
    "Your gradient is with respect to the probabilities, -t / p. It must be with respect to the logits, "
    "before softmax, and is simpler than that.",
)
def softmax_cross_entropy_with_the_gradient_by_probabilities(logits, targets):
    logits = as_floating(logits)
    rows = rows_of(targets, logits)
    loss = -np.sum(rows * log_softmax(logits)) / len(logits)
    return float(loss), -rows / softmax(logits) / len(logits)


@wrong(
    "softmax_cross_entropy",
    "With labels, you index [:, targets], which takes these columns of *every* row. Each row has its own "
    "entry: give an index for the rows as well.",
)
def softmax_cross_entropy_of_whole_columns(logits, targets):
    logits, targets = as_floating(logits), np.asarray(targets)
    rows = rows_of(targets, logits)
    if targets.ndim == 2:
        loss = -np.sum(rows * log_softmax(logits)) / len(logits)
        return float(loss), (softmax(logits) - rows) / len(logits)
    grad = softmax(logits)
    loss = -log_softmax(logits)[:, targets].mean()
    grad[:, targets] -= 1
    return float(loss), grad / len(logits)


@wrong(
    "softmax_cross_entropy",
    "Labels work, rows of probabilities do not: if `targets` is 2-D, its entries are not indices but "
    "weights of the logarithms.",
)
def softmax_cross_entropy_of_labels_only(logits, targets):
    logits, targets = as_floating(logits), np.asarray(targets)
    if targets.shape != (len(logits),):
        raise ValueError(f"targets must be labels of shape ({len(logits)},)")
    if targets.min() < 0 or targets.max() >= logits.shape[1]:
        raise ValueError("labels out of range")
    rows = np.arange(len(logits))
    loss = -log_softmax(logits)[rows, targets].mean()
    grad = softmax(logits)
    grad[rows, targets] -= 1
    return float(loss), grad / len(logits)


@wrong(
    "softmax_cross_entropy",
    "Rows of probabilities work, labels do not: if `targets` is 1-D, it holds the column of the right "
    "class for each row.",
)
def softmax_cross_entropy_of_rows_only(logits, targets):
    logits, targets = fitting(logits, targets)
    loss = -(targets * log_softmax(logits)).sum() / len(logits)
    return float(loss), (softmax(logits) - targets) / len(logits)


@wrong(
    "softmax_cross_entropy",
    "Your code does not tell labels from rows of probabilities: it multiplies the logarithms by 1-D targets "
    "as if these were one row for all samples. If targets are 1-D, they name the column of the right class.",
)
def softmax_cross_entropy_of_rows_only_broadcasting(logits, targets):
    logits = as_floating(logits)
    loss = -np.sum(targets * log_softmax(logits)) / len(logits)
    return float(loss), (softmax(logits) - targets) / len(logits)


@wrong(
    "softmax_cross_entropy",
    "Your code does not tell labels from rows of probabilities: it multiplies the logarithms by 1-D targets "
    "as if these were one row for all samples. If targets are 1-D, they name the column of the right class. "
    "(And use log_softmax in place of the log of softmax.)",
)
def softmax_cross_entropy_of_rows_only_by_the_log_of_softmax(logits, targets):
    logits = as_floating(logits)
    p = softmax(logits)
    return float(-np.sum(targets * np.log(p)) / len(logits)), (p - targets) / len(logits)


@wrong(
    "softmax_cross_entropy",
    "You always use the targets as indices, but rows of probabilities are not indices: if `targets` is "
    "2-D, its entries are weights of the logarithms. (Then check the targets, and raise ValueError.)",
)
def softmax_cross_entropy_of_labels_only_unchecked(logits, targets):
    logits = as_floating(logits)
    rows = np.arange(len(logits))
    grad = softmax(logits)
    loss = -log_softmax(logits)[rows, targets].mean()
    grad[rows, targets] -= 1
    return float(loss), grad / len(logits)


@wrong(
    "softmax_cross_entropy",
    "The numbers are right, but the loss of float32 scores is an np.float32. A Python float is promised.",
)
def softmax_cross_entropy_as_a_float32_number(logits, targets):
    logits = as_floating(logits)
    rows = rows_of(targets, logits)
    loss = -np.mean(np.sum(rows * log_softmax(logits), axis=1))
    return loss, (softmax(logits) - rows) / len(logits)


@wrong(
    "softmax_cross_entropy",
    "The numbers are right, but with float32 logits and float64 rows the gradient is float64: convert the "
    "targets to the dtype of the logits, in a new array.",
)
def softmax_cross_entropy_in_the_dtype_of_the_rows(logits, targets):
    logits, targets = as_floating(logits), np.asarray(targets)
    if targets.shape != logits.shape:
        targets = rows_of(targets, logits)
    loss = -np.sum(targets * log_softmax(logits)) / len(logits)
    return float(loss), (softmax(logits) - targets) / len(logits)


@wrong(
    "softmax_cross_entropy",
    "For labels and moderate logits the numbers are right. What is still missing: 2-D targets; "
    "log_softmax, because the log of softmax is -inf where softmax has become 0; and a ValueError for "
    "targets that do not fit.",
)
def softmax_cross_entropy_as_first_written(logits, targets):
    rows = np.arange(len(logits))
    grad = softmax(logits)
    loss = -np.mean(np.log(grad[rows, targets]))
    grad[rows, targets] -= 1
    return loss, grad / len(logits)


@wrong(
    "softmax_cross_entropy",
    "You accept labels out of range: -1 silently counts as the last class, and a label of k ends in an "
    "IndexError. Compare the labels with 0 and k first, and raise ValueError.",
)
def softmax_cross_entropy_of_any_label(logits, targets):
    logits, targets = as_floating(logits), np.asarray(targets)
    if targets.shape not in ((len(logits),), logits.shape):
        raise ValueError(f"targets of shape {targets.shape} do not fit logits of shape {logits.shape}")
    if targets.ndim == 1:
        targets = np.eye(logits.shape[1])[targets]
    targets = targets.astype(logits.dtype)
    loss = -(targets * log_softmax(logits)).sum() / len(logits)
    return float(loss), (softmax(logits) - targets) / len(logits)


@wrong(
    "softmax_cross_entropy",
    "You refuse labels that are too large, but accept -1, which NumPy silently takes for the last class. A "
    "label below 0 must also raise ValueError.",
)
def softmax_cross_entropy_of_labels_below_zero(logits, targets):
    logits, targets = as_floating(logits), np.asarray(targets)
    n, k = logits.shape
    if targets.shape == (n,):
        if targets.max() >= k:
            raise ValueError(f"labels must be below {k}")
        targets = np.eye(k)[targets]
    rows = rows_of(targets, logits)
    loss = -np.sum(rows * log_softmax(logits)) / n
    return float(loss), (softmax(logits) - rows) / n


@wrong(
    "softmax_cross_entropy",
    "You accept targets of the wrong shape, and NumPy makes them fit: one row for all samples, or a column "
    "against every class. Compare targets.shape with (n,) and (n, k), and raise ValueError.",
)
def softmax_cross_entropy_broadcasting(logits, targets):
    logits, targets = as_floating(logits), np.asarray(targets)
    n, k = logits.shape
    if targets.ndim == 1:
        if targets.min() < 0 or targets.max() >= k:
            raise ValueError("labels out of range")
        targets = np.eye(k)[targets]
    targets = targets.astype(logits.dtype)
    loss = -(targets * log_softmax(logits)).sum() / n
    return float(loss), (softmax(logits) - targets) / n


@wrong(
    "softmax_cross_entropy",
    "The results for valid targets are right, but you accept invalid ones: as an index, a "
    "label below 0 counts from the end, a label of k raises an IndexError, and NumPy makes shapes fit by "
    "broadcasting. Check labels and shapes first, and raise ValueError.",
)
def softmax_cross_entropy_of_rows_unchecked(logits, targets):
    logits, targets = as_floating(logits), np.asarray(targets)
    if targets.ndim == 1:
        targets = np.eye(logits.shape[1])[targets]
    targets = targets.astype(logits.dtype)
    loss = -(targets * log_softmax(logits)).sum() / len(logits)
    return float(loss), (softmax(logits) - targets) / len(logits)


@wrong(
    "softmax_cross_entropy",
    "The results for valid targets are right, but you accept invalid ones: used as an index, -1 is the "
    "last class, a label of k raises an IndexError, and a single label serves for all samples. Check range "
    "and shape first, and raise ValueError.",
)
def softmax_cross_entropy_of_indices_unchecked(logits, targets):
    logits, targets = as_floating(logits), np.asarray(targets)
    log_p, grad = log_softmax(logits), softmax(logits)
    if targets.ndim == 1:
        rows = np.arange(len(logits))
        loss = -log_p[rows, targets].mean()
        grad[rows, targets] -= 1
    else:
        loss = -(targets * log_p).sum() / len(logits)
        grad -= targets
    return float(loss), grad / len(logits)


@wrong(
    "softmax_cross_entropy",
    "With as many samples as classes, you take labels for probabilities, or the other way round: ndim "
    "tells them apart, the length does not.",
)
def softmax_cross_entropy_telling_labels_by_their_length(logits, targets):
    logits, targets = as_floating(logits), np.asarray(targets)
    if targets.ndim == 1 and len(targets) == logits.shape[1]:
        rows = targets.astype(logits.dtype)
    else:
        rows = rows_of(targets, logits)
    loss = -np.sum(rows * log_softmax(logits)) / len(logits)
    return float(loss), (softmax(logits) - rows) / len(logits)


@wrong(
    "softmax_cross_entropy",
    "Each call is right by itself, but the next one overwrites its gradient: you reuse one array for all "
    "calls with the same shape. Make a new one in each call.",
)
def softmax_cross_entropy_in_one_array_for_all_calls(logits, targets):
    logits = as_floating(logits)
    rows = rows_of(targets, logits)
    loss = -np.sum(rows * log_softmax(logits)) / len(logits)
    grad = _kept_array(logits.shape, logits.dtype)
    np.subtract(softmax(logits), rows, out=grad)
    grad /= len(logits)
    return float(loss), grad


@functools.cache
def _kept_array(shape, dtype):
    return np.empty(shape, dtype)


@wrong(
    "softmax_cross_entropy",
    "The numbers are right, but with float32 logits the gradient is float64: np.eye and np.zeros make "
    "float64 rows unless you pass them the dtype of the logits.",
)
def softmax_cross_entropy_with_one_hot_rows_in_float64(logits, targets):
    logits = as_floating(logits)
    rows = rows_of(targets, logits).astype(np.float64)
    loss = -(rows * log_softmax(logits)).sum() / len(logits)
    return float(loss), (softmax(logits) - rows) / len(logits)


@wrong(
    "softmax_cross_entropy",
    "Your argmax turns each row of probabilities into a label, and throws the other shares away. If "
    "targets are 2-D, every class counts with its own weight.",
)
def softmax_cross_entropy_of_the_likeliest_class(logits, targets):
    logits, targets = as_floating(logits), np.asarray(targets)
    if targets.shape == logits.shape:
        targets = targets.argmax(axis=1)
    rows = rows_of(targets, logits)
    loss = -np.sum(rows * log_softmax(logits)) / len(logits)
    return float(loss), (softmax(logits) - rows) / len(logits)


@wrong(
    "softmax_cross_entropy",
    "For integer logits the targets lose their fractions: you convert them to the dtype of the logits, "
    "which holds integers. Convert the logits to float first.",
)
def softmax_cross_entropy_cutting_the_targets(logits, targets):
    targets = np.asarray(targets)
    if targets.shape == logits.shape:
        targets = targets.astype(logits.dtype)
    logits = as_floating(logits)
    rows = rows_of(targets, logits)
    loss = -np.sum(rows * log_softmax(logits)) / len(logits)
    return float(loss), (softmax(logits) - rows) / len(logits)


@wrong(
    "softmax_cross_entropy",
    "The numbers are right, but you shift large logits in the caller's own array, which may still be "
    "needed: subtract into a new one.",
)
def softmax_cross_entropy_shifting_large_logits_in_place(logits, targets):
    logits = as_floating(logits)
    rows = rows_of(targets, logits)
    if np.abs(logits).max() > 80:
        logits -= logits.max(axis=1, keepdims=True)
    loss = -np.sum(rows * log_softmax(logits)) / len(logits)
    return float(loss), (softmax(logits) - rows) / len(logits)


@wrong(
    "softmax_cross_entropy",
    "You return the ValueError like a result, so nothing stops the caller. An exception must be raised: "
    "use `raise` in place of `return`.",
)
def softmax_cross_entropy_returning_the_error(logits, targets):
    logits, targets = as_floating(logits), np.asarray(targets)
    n, k = logits.shape
    if targets.shape == (n,):
        if targets.min() < 0 or targets.max() >= k:
            return ValueError(f"labels must be in 0..{k - 1}")
        targets = np.eye(k)[targets]
    if targets.shape != (n, k):
        return ValueError(f"targets of shape {targets.shape} do not fit logits of shape {logits.shape}")
    rows = targets.astype(logits.dtype)
    loss = -np.sum(rows * log_softmax(logits)) / n
    return float(loss), (softmax(logits) - rows) / n


@wrong(
    "softmax_cross_entropy",
    "You return (grad, loss): the two are swapped, and the loss must come first.",
)
def softmax_cross_entropy_exchanged(logits, targets):
    logits = as_floating(logits)
    rows = rows_of(targets, logits)
    loss = -np.sum(rows * log_softmax(logits)) / len(logits)
    return (softmax(logits) - rows) / len(logits), float(loss)


@wrong(
    "softmax_cross_entropy",
    "Your gradient is divided by the number of all entries, n * k, so it is k times too small for k "
    "classes: the mean is over the n samples.",
)
def softmax_cross_entropy_with_the_gradient_over_all_entries(logits, targets):
    logits = as_floating(logits)
    rows = rows_of(targets, logits)
    loss = -np.sum(rows * log_softmax(logits)) / len(logits)
    return float(loss), (softmax(logits) - rows) / logits.size


@wrong(
    "softmax_cross_entropy",
    "Loss and gradient are k times too small for k classes: you divide by the number of all entries, n * k. "
    "The mean is over the n samples.",
)
def softmax_cross_entropy_divided_by_all_entries(logits, targets):
    logits = as_floating(logits)
    rows = rows_of(targets, logits)
    loss = -np.sum(rows * log_softmax(logits)) / logits.size
    return float(loss), (softmax(logits) - rows) / logits.size


@wrong(
    "softmax_cross_entropy",
    "Your gradient is divided by the number of all entries, n * k, so it is k times too small for k "
    "classes: the mean is over the n samples. What is still missing then: 2-D targets; log_softmax, "
    "because the log of softmax is -inf where softmax has become 0; and a ValueError for targets that do "
    "not fit.",
)
def softmax_cross_entropy_as_first_written_over_all_entries(logits, targets):
    loss, grad = softmax_cross_entropy_as_first_written(logits, targets)
    return loss, grad / logits.shape[1]


@wrong(
    "softmax_cross_entropy",
    "Your loss has the wrong sign: the logarithm of a probability is negative, and the loss is minus its "
    "mean.",
)
def softmax_cross_entropy_without_the_minus(logits, targets):
    logits = as_floating(logits)
    rows = rows_of(targets, logits)
    loss = np.sum(rows * log_softmax(logits)) / len(logits)
    return float(loss), (softmax(logits) - rows) / len(logits)


@wrong(
    "softmax_cross_entropy",
    "Your gradient lacks the 1/n: the loss is a mean over n samples, so its gradient is divided by n, too. "
    "What is still missing then: 2-D targets; log_softmax, because the log of softmax is -inf where softmax "
    "has become 0; and a ValueError for targets that do not fit.",
)
def softmax_cross_entropy_as_first_written_with_the_gradient_of_the_sum(logits, targets):
    rows = np.arange(len(logits))
    grad = softmax(logits)
    loss = -np.mean(np.log(grad[rows, targets]))
    grad[rows, targets] -= 1
    return loss, grad


@right("softmax_cross_entropy")
def softmax_cross_entropy_by_rows(logits, targets):
    logits, targets = as_floating(logits), np.asarray(targets)
    n, k = logits.shape
    if targets.shape == (n,):
        if targets.min() < 0 or targets.max() >= k:
            raise ValueError(f"labels must be in 0..{k - 1}")
        targets = np.eye(k)[targets]
    if targets.shape != (n, k):
        raise ValueError(f"{targets.shape} does not fit {logits.shape}")
    targets = targets.astype(logits.dtype)
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    loss = -(targets * log_p).sum() / n
    return float(loss), (np.exp(log_p) - targets) / n


@right("softmax_cross_entropy")
def softmax_cross_entropy_by_indices(logits, targets):
    logits, targets = as_floating(logits), np.asarray(targets)
    log_p, grad = log_softmax(logits), softmax(logits)
    if targets.shape == (len(logits),):
        if np.any((targets < 0) | (targets >= logits.shape[1])):
            raise ValueError("a label is out of range")
        rows = np.arange(len(targets))
        loss = -log_p[rows, targets].mean()
        grad[rows, targets] -= 1
    elif targets.shape != logits.shape:
        raise ValueError("targets must be labels or rows of probabilities")
    else:
        loss = -np.einsum("nk,nk->n", targets, log_p).mean()
        grad -= targets
    grad /= len(grad)
    return float(loss), grad


@right("softmax_cross_entropy")
def softmax_cross_entropy_by_logaddexp(logits, targets):
    logits = as_floating(logits)
    rows = rows_of(targets, logits)
    total = np.logaddexp.reduce(logits, axis=1, keepdims=True)
    loss = np.mean(np.sum(rows * (total - logits), axis=1))
    return loss.item(), np.subtract(np.exp(logits - total), rows) / len(logits)


@right("softmax_cross_entropy")
def softmax_cross_entropy_sample_by_sample(logits, targets):
    logits = as_floating(logits)
    rows = rows_of(targets, logits)
    loss, grad = 0.0, np.empty_like(logits)
    for i, (scores, row) in enumerate(zip(logits, rows, strict=True)):
        loss -= float(row @ log_softmax(scores)) / len(rows)
        grad[i] = (softmax(scores) - row) / len(rows)
    return loss, grad


# binary_cross_entropy


@probe("binary_cross_entropy")
def binary_cross_entropies(loss):
    yield call(loss, np.array([[0.25, 0.75]]), np.array([[1.0, 0.0]]), parts=PARTS)
    yield call(loss, np.array([[0.5], [-2.0], [3.0]]), np.array([[1.0], [1.0], [0.0]]), parts=PARTS)
    yield call(loss, np.array([[0.5, -1.0], [2.0, 0.25]]), np.array([[0.0, 1.0], [1.0, 0.0]]), parts=PARTS)
    yield call(loss, np.array([[0.5, -1.0]], np.float32), np.array([[0.0, 1.0]], np.float32), parts=PARTS)
    yield call(loss, np.array([[0.5, -1.0]], np.float32), np.array([[0, 1]]), parts=PARTS)
    yield with_overflow_shown(
        call(loss, np.array([[1000.0]]), np.array([[0.0]]), rtol=0, atol=SURE, parts=PARTS)
    )
    yield with_overflow_shown(
        call(loss, np.array([[-1000.0]]), np.array([[1.0]]), rtol=0, atol=SURE, parts=PARTS)
    )
    yield from of_integers(loss, np.array([[1, 2]]), np.array([[0, 1]]), parts=PARTS)
    yield from of_integers(loss, np.array([[1, 2]], np.uint8), np.array([[0, 1]]), parts=PARTS)
    # Whatever a table of all pairs is divided by: that there is an answer at all is the mistake.
    for targets in ([1.0, 0.0], [[1.0, 0.0]], [[1.0]]):
        yield script(
            f"binary_cross_entropy(array([[3.0], [1.0]]), array({targets}))",
            lambda targets=targets: returned_error(loss(np.array([[3.0], [1.0]]), np.array(targets))),
        )


@wrong(
    "binary_cross_entropy",
    "Loss and gradient are divided by the number of samples: the mean runs over all elements. With one "
    "column the two are the same, but with k columns your divisor is k times too small.",
)
def binary_cross_entropy_divided_by_the_samples(logits, targets):
    logits, targets = fitting(logits, targets)
    losses = np.maximum(logits, 0) - logits * targets + np.log1p(np.exp(-np.abs(logits)))
    p = sigmoid(logits)
    n = len(logits)
    return float(losses.sum()) / n, (p - targets) / n


@wrong(
    "binary_cross_entropy",
    "The loss is right, but the gradient lacks the 1 / size of the mean: each element contributes only its "
    "share.",
)
def binary_cross_entropy_with_the_gradient_of_the_sum(logits, targets):
    logits, targets = fitting(logits, targets)
    losses = np.maximum(logits, 0) - logits * targets + np.log1p(np.exp(-np.abs(logits)))
    p = sigmoid(logits)
    return float(losses.mean()), p - targets


@wrong(
    "binary_cross_entropy",
    "Your gradient is divided by the number of samples, but the loss by the number of elements. With one "
    "column the two are the same, but with k columns the gradient is k times too large.",
)
def binary_cross_entropy_with_the_gradient_over_the_samples(logits, targets):
    logits, targets = fitting(logits, targets)
    losses = np.maximum(logits, 0) - logits * targets + np.log1p(np.exp(-np.abs(logits)))
    p = sigmoid(logits)
    return float(losses.mean()), (p - targets) / len(logits)


@wrong(
    "binary_cross_entropy",
    "You return the sum over the elements, with its gradient: divide both by the number of elements.",
)
def binary_cross_entropy_as_a_sum(logits, targets):
    logits, targets = fitting(logits, targets)
    losses = np.maximum(logits, 0) - logits * targets + np.log1p(np.exp(-np.abs(logits)))
    p = sigmoid(logits)
    return float(losses.sum()), p - targets


@wrong(
    "binary_cross_entropy",
    "The gradient is right, but the loss is the sum over the elements, and must be their mean.",
)
def binary_cross_entropy_with_the_loss_as_a_sum(logits, targets):
    logits, targets = fitting(logits, targets)
    losses = np.maximum(logits, 0) - logits * targets + np.log1p(np.exp(-np.abs(logits)))
    p = sigmoid(logits)
    return float(losses.sum()), (p - targets) / logits.size


@wrong(
    "binary_cross_entropy",
    "For moderate logits the numbers are right. Far from 0, exp(-z) overflows, and log(p) is -inf where p "
    "has become 0: write the loss in terms of the logits, and use your sigmoid for the gradient. Also "
    "raise a ValueError if the shapes differ.",
)
def binary_cross_entropy_by_a_naive_sigmoid(logits, targets):
    p = 1 / (1 + np.exp(-as_floating(logits)))
    loss = -np.mean(targets * np.log(p) + (1 - targets) * np.log(1 - p))
    return float(loss), (p - targets) / p.size


@wrong(
    "binary_cross_entropy",
    "You treat the logits as probabilities, but they are scores, which may be negative or above 1. The "
    "sigmoid belongs inside this function.",
)
def binary_cross_entropy_of_probabilities(logits, targets):
    logits, targets = fitting(logits, targets)
    loss = -np.mean(targets * np.log(logits) + (1 - targets) * np.log(1 - logits))
    return float(loss), (logits - targets) / logits.size


@wrong(
    "binary_cross_entropy",
    "Your loss counts only the targets of 1: where the target is 0, the right answer is no, and the "
    "logarithm of its probability 1 - p also counts.",
)
def binary_cross_entropy_of_yes_alone(logits, targets):
    logits, targets = fitting(logits, targets)
    loss = np.mean(targets * np.logaddexp(0, -logits))
    return float(loss), (sigmoid(logits) - targets) / logits.size


@wrong(
    "binary_cross_entropy",
    "Your gradient has an extra factor p * (1 - p). The slope of the sigmoid cancels against the "
    "logarithm's: with respect to the logits, only the difference remains.",
)
def binary_cross_entropy_with_the_slope_of_the_sigmoid(logits, targets):
    logits, targets = fitting(logits, targets)
    losses = np.maximum(logits, 0) - logits * targets + np.log1p(np.exp(-np.abs(logits)))
    p = sigmoid(logits)
    return float(losses.mean()), (p - targets) * p * (1 - p) / logits.size


@wrong(
    "binary_cross_entropy",
    "Your gradient is with respect to the probability, with p * (1 - p) in the denominator. It must be "
    "with respect to the logit: multiplied by the slope of the sigmoid, it becomes simple.",
)
def binary_cross_entropy_with_the_gradient_by_probabilities(logits, targets):
    logits, targets = fitting(logits, targets)
    losses = np.maximum(logits, 0) - logits * targets + np.log1p(np.exp(-np.abs(logits)))
    p = sigmoid(logits)
    return float(losses.mean()), (p - targets) / (p * (1 - p)) / logits.size


@wrong(
    "binary_cross_entropy",
    "The sign of your gradient is wrong: a step against it would raise the loss. It is the probability "
    "minus the target.",
)
def binary_cross_entropy_with_the_sign_turned(logits, targets):
    logits, targets = fitting(logits, targets)
    losses = np.maximum(logits, 0) - logits * targets + np.log1p(np.exp(-np.abs(logits)))
    p = sigmoid(logits)
    return float(losses.mean()), (targets - p) / logits.size


@wrong(
    "binary_cross_entropy",
    "Your formula is right, but for large logits exp(z) overflows. Rearrange it so that the exponent is "
    "never positive: use -|z|, and add what is then missing outside the log.",
)
def binary_cross_entropy_overflowing(logits, targets):
    logits, targets = fitting(logits, targets)
    loss = np.mean(np.log1p(np.exp(logits)) - logits * targets)
    return float(loss), (sigmoid(logits) - targets) / logits.size


@wrong(
    "binary_cross_entropy",
    "Your formula is right for moderate logits, but it breaks down far from 0: there p is 0 or 1, and the "
    "log of 0 is infinite. Write the loss in terms of the logits, without the detour through p.",
)
def binary_cross_entropy_by_the_log_of_sigmoid(logits, targets):
    logits, targets = fitting(logits, targets)
    p = sigmoid(logits)
    loss = -np.mean(targets * np.log(p) + (1 - targets) * np.log(1 - p))
    return float(loss), (p - targets) / logits.size


@wrong(
    "binary_cross_entropy",
    "A confident wrong answer costs too little: it looks as if a small number keeps the probability from 0 "
    "and 1, and so limits the loss to a few dozen. Written in terms of the logits, it needs no such guard.",
)
def binary_cross_entropy_of_clipped_probabilities(logits, targets):
    logits, targets = fitting(logits, targets)
    p = sigmoid(logits)
    safe = np.clip(p, 1e-7, 1 - 1e-7)
    loss = -np.mean(targets * np.log(safe) + (1 - targets) * np.log(1 - safe))
    return float(loss), (p - targets) / logits.size


@wrong(
    "binary_cross_entropy",
    "The numbers are right, but the loss of float32 scores is an np.float32. A Python float is promised.",
)
def binary_cross_entropy_as_a_float32_number(logits, targets):
    logits, targets = fitting(logits, targets)
    loss = np.mean(np.logaddexp(0, logits) - targets * logits)
    return loss, (sigmoid(logits) - targets) / logits.size


@wrong(
    "binary_cross_entropy",
    "The numbers are right, but float32 logits get a float64 gradient: the targets, integers or float64, "
    "turn the difference into float64. Convert them to the dtype of the logits.",
)
def binary_cross_entropy_in_the_dtype_of_the_targets(logits, targets):
    logits, targets = as_floating(logits), np.asarray(targets)
    if logits.shape != targets.shape:
        raise ValueError(f"shapes differ: {logits.shape} and {targets.shape}")
    loss = np.mean(np.logaddexp(0, logits) - targets * logits)
    return float(loss), (sigmoid(logits) - targets) / logits.size


@wrong(
    "binary_cross_entropy",
    "For moderate logits the numbers are right. What is still missing: a form without log(p), which is "
    "-inf where p has become 0; and a ValueError if the shapes differ.",
)
def binary_cross_entropy_as_first_written(logits, targets):
    p = sigmoid(logits)
    loss = -np.mean(targets * np.log(p) + (1 - targets) * np.log(1 - p))
    return loss, (p - targets) / logits.size


@wrong(
    "binary_cross_entropy",
    "The numbers are right, but you accept shapes that differ: (n, 1) against (n,) is a table of every "
    "logit against every target. Compare the shapes first, and raise ValueError.",
)
def binary_cross_entropy_broadcasting(logits, targets):
    logits = as_floating(logits)
    targets = np.asarray(targets, logits.dtype)
    losses = np.maximum(logits, 0) - logits * targets + np.log1p(np.exp(-np.abs(logits)))
    return float(losses.mean()), (sigmoid(logits) - targets) / losses.size


@wrong(
    "binary_cross_entropy",
    "The numbers are right, but you refuse only arrays of another length: (n, 1) and (n,) have the same "
    "number of elements, and are still two shapes, which NumPy broadcasts to a table of all pairs. Compare "
    "the shapes themselves.",
)
def binary_cross_entropy_comparing_sizes(logits, targets):
    logits = as_floating(logits)
    targets = np.asarray(targets, logits.dtype)
    if logits.size != targets.size:
        raise ValueError("logits and targets must be of one size")
    losses = np.maximum(logits, 0) - logits * targets + np.log1p(np.exp(-np.abs(logits)))
    return float(losses.mean()), (sigmoid(logits) - targets) / losses.size


@wrong(
    "binary_cross_entropy",
    "It is wrong for uint8: such an array has no room for a negative number, so the exponent in exp(-|z|) "
    "wraps round to a large one. Convert the logits to float first.",
)
def binary_cross_entropy_of_bytes_as_they_come(logits, targets):
    if logits.shape != np.shape(targets):
        raise ValueError("logits and targets must have one shape")
    targets = np.asarray(targets, as_floating(logits).dtype)
    losses = np.maximum(logits, 0) - logits * targets + np.log1p(np.exp(-np.abs(logits)))
    return float(losses.mean()), (sigmoid(logits) - targets) / logits.size


@wrong(
    "binary_cross_entropy",
    "You return the ValueError like a result, so nothing stops the caller. An exception must be raised: "
    "use `raise` in place of `return`.",
)
def binary_cross_entropy_returning_the_error(logits, targets):
    logits = as_floating(logits)
    targets = np.asarray(targets, logits.dtype)
    if logits.shape != targets.shape:
        return ValueError(f"shapes differ: {logits.shape} and {targets.shape}")
    losses = np.maximum(logits, 0) - logits * targets + np.log1p(np.exp(-np.abs(logits)))
    return float(losses.mean()), (sigmoid(logits) - targets) / logits.size


@wrong(
    "binary_cross_entropy",
    "You return (grad, loss): the two are swapped, and the loss must come first.",
)
def binary_cross_entropy_exchanged(logits, targets):
    logits, targets = fitting(logits, targets)
    losses = np.maximum(logits, 0) - logits * targets + np.log1p(np.exp(-np.abs(logits)))
    p = sigmoid(logits)
    return (p - targets) / logits.size, float(losses.mean())


@wrong(
    "binary_cross_entropy",
    "Your loss has the wrong sign: the logarithm of a probability is negative, and the loss is minus its "
    "mean.",
)
def binary_cross_entropy_without_the_minus(logits, targets):
    logits, targets = fitting(logits, targets)
    losses = targets * -np.logaddexp(0, -logits) + (1 - targets) * -np.logaddexp(0, logits)
    p = 1 / (1 + np.exp(-np.clip(logits, -80, 80)))
    return float(np.mean(losses)), (p - targets) / logits.size


@wrong(
    "binary_cross_entropy",
    "Your loss has the wrong sign: the logarithm of a probability is negative, and the loss is minus its "
    "mean. (And far from 0, where p has become 0 or 1, the logarithm is infinite.)",
)
def binary_cross_entropy_without_the_minus_by_the_log_of_sigmoid(logits, targets):
    logits, targets = fitting(logits, targets)
    p = sigmoid(logits)
    loss = np.mean(targets * np.log(p) + (1 - targets) * np.log(1 - p))
    return float(loss), (p - targets) / logits.size


@wrong(
    "binary_cross_entropy",
    "Your loss has the wrong sign: the logarithm of a probability is negative, and the loss is minus its "
    "mean. (And far from 0 exp(-z) overflows.)",
)
def binary_cross_entropy_without_the_minus_by_a_naive_sigmoid(logits, targets):
    logits, targets = fitting(logits, targets)
    p = 1 / (1 + np.exp(-logits))
    loss = np.mean(targets * np.log(p) + (1 - targets) * np.log(1 - p))
    return float(loss), (p - targets) / logits.size


@wrong(
    "binary_cross_entropy",
    "You add logits * targets where it must be subtracted: for a target of 1, a larger score must make the "
    "loss smaller.",
)
def binary_cross_entropy_with_the_product_added(logits, targets):
    logits, targets = fitting(logits, targets)
    losses = np.maximum(logits, 0) + logits * targets + np.log1p(np.exp(-np.abs(logits)))
    return float(losses.mean()), (sigmoid(logits) - targets) / logits.size


@right("binary_cross_entropy")
def binary_cross_entropy_of_the_logits(logits, targets):
    logits = as_floating(logits)
    targets = np.asarray(targets, logits.dtype)
    if logits.shape != targets.shape:
        raise ValueError(f"{logits.shape} is not {targets.shape}")
    tail = np.log1p(np.exp(-np.abs(logits)))
    losses = np.maximum(logits, 0) - logits * targets + tail
    return float(losses.mean()), (sigmoid(logits) - targets) / logits.size


@right("binary_cross_entropy")
def binary_cross_entropy_by_logaddexp(logits, targets):
    logits = as_floating(logits)
    targets = np.asarray(targets, logits.dtype)
    if logits.shape != targets.shape:
        raise ValueError(f"shapes differ: {logits.shape} and {targets.shape}")
    loss = np.mean(targets * np.logaddexp(0, -logits) + (1 - targets) * np.logaddexp(0, logits))
    return float(loss), (sigmoid(logits) - targets) / logits.size


@right("binary_cross_entropy")
def binary_cross_entropy_as_softmax_of_two(logits, targets):
    logits = as_floating(logits)
    targets = np.asarray(targets, logits.dtype)
    if logits.shape != targets.shape:
        raise ValueError(f"shapes differ: {logits.shape} and {targets.shape}")
    scores = np.stack([np.zeros_like(logits), logits], axis=-1).reshape(-1, 2)
    answers = np.stack([1 - targets, targets], axis=-1).reshape(-1, 2)
    loss, grad = softmax_cross_entropy(scores, answers)
    return loss, grad[:, 1].reshape(logits.shape)


@right("binary_cross_entropy")
def binary_cross_entropy_one_by_one(logits, targets):
    logits, targets = as_floating(logits), np.asarray(targets)
    if logits.shape != targets.shape:
        raise ValueError("logits and targets must have one shape")
    loss, grad = 0.0, np.empty_like(logits)
    for place, z in np.ndenumerate(logits):
        e = math.exp(-abs(z))
        p = 1 / (1 + e) if z > 0 else e / (1 + e)
        loss += max(z, 0) - z * targets[place] + math.log1p(e)
        grad[place] = (p - targets[place]) / logits.size
    return float(loss) / logits.size, grad


# mean_squared_error


@probe("mean_squared_error")
def squared_errors(loss):
    yield call(loss, np.array([[3.0, 1.0]]), np.array([[1.0, 2.0]]), parts=PARTS)
    yield call(loss, np.array([[2.0, 1.0], [5.0, 7.0]]), np.array([[1.0, 3.0], [2.0, 7.0]]), parts=PARTS)
    yield call(loss, np.array([[0.5], [-1.0], [2.0]]), np.array([[1.0], [2.0], [0.25]]), parts=PARTS)
    yield call(loss, np.array([[3.0, 1.0, 2.0]]), np.array([[1.0, 2.0, 0.5]]), parts=PARTS)
    yield call(loss, np.array([[3.0, 1.0]], np.float32), np.array([[1.0, 2.0]], np.float32), parts=PARTS)
    yield call(loss, np.array([[3.0, 1.0]], np.float32), np.array([[1, 2]]), parts=PARTS)
    yield call(loss, np.array([[1e4, 1.0]]), np.array([[0.0, 2.0]]), parts=PARTS)
    yield from of_integers(loss, np.array([[3, 1]]), np.array([[0.5, 1.25]]), parts=PARTS)
    yield from of_integers(loss, np.array([[3, 1]], np.uint8), np.array([[1, 2]], np.uint8), parts=PARTS)
    # Whatever a table of all pairs is divided by: that there is an answer at all is the mistake.
    for targets in ([1.0, 2.0], [[1.0, 2.0]], [[1.0]]):
        yield script(
            f"mean_squared_error(array([[3.0], [1.0]]), array({targets}))",
            lambda targets=targets: returned_error(loss(np.array([[3.0], [1.0]]), np.array(targets))),
        )


@wrong(
    "mean_squared_error",
    "The loss is right, but the gradient is half of what it must be: the derivative of a square has a "
    "factor 2.",
)
def mean_squared_error_without_the_two(predictions, targets):
    predictions, targets = fitting(predictions, targets)
    difference = predictions - targets
    return float(np.mean(difference**2)), difference / difference.size


@wrong(
    "mean_squared_error",
    "Loss and gradient are half of what they must be. Some books put 1/2 before the square, to get rid of "
    "the 2 in the gradient; here the loss is the plain mean.",
)
def mean_squared_error_halved(predictions, targets):
    predictions, targets = fitting(predictions, targets)
    difference = predictions - targets
    return float(np.mean(difference**2)) / 2, difference / difference.size


@wrong(
    "mean_squared_error",
    "You return the sum of the squares, with its gradient: divide both by the number of elements.",
)
def mean_squared_error_as_a_sum(predictions, targets):
    predictions, targets = fitting(predictions, targets)
    difference = predictions - targets
    return float(np.sum(difference**2)), 2 * difference


@wrong(
    "mean_squared_error",
    "The loss is right, but the gradient lacks the 1 / size of the mean: each element contributes only its "
    "share.",
)
def mean_squared_error_with_the_gradient_of_the_sum(predictions, targets):
    predictions, targets = fitting(predictions, targets)
    difference = predictions - targets
    return float(np.mean(difference**2)), 2 * difference


@wrong(
    "mean_squared_error",
    "Your gradient is divided by the number of samples, but the loss by the number of elements. With one "
    "column the two are the same, but with k columns the gradient is k times too large.",
)
def mean_squared_error_with_the_gradient_over_the_samples(predictions, targets):
    predictions, targets = fitting(predictions, targets)
    difference = predictions - targets
    return float(np.mean(difference**2)), 2 * difference / len(difference)


@wrong(
    "mean_squared_error",
    "The gradient is right, but the loss is the sum of the squares, and must be their mean.",
)
def mean_squared_error_with_the_loss_as_a_sum(predictions, targets):
    predictions, targets = fitting(predictions, targets)
    difference = predictions - targets
    return float(np.sum(difference**2)), 2 * difference / difference.size


@wrong(
    "mean_squared_error",
    "You convert the difference after you have subtracted: in uint8, a difference below 0 has already "
    "wrapped round to a large number. Convert the predictions first, and the targets to their dtype.",
)
def mean_squared_error_converted_too_late(predictions, targets):
    if predictions.shape != targets.shape:
        raise ValueError(f"shapes differ: {predictions.shape} and {targets.shape}")
    difference = as_floating(predictions - targets)
    return float(np.mean(difference**2)), 2 * difference / difference.size


@wrong(
    "mean_squared_error",
    "Loss and gradient are divided by the number of samples: the mean runs over all elements. With one "
    "column the two are the same, but with k columns your divisor is k times too small.",
)
def mean_squared_error_divided_by_the_samples(predictions, targets):
    predictions, targets = fitting(predictions, targets)
    difference = predictions - targets
    n = len(difference)
    return float(np.sum(difference**2)) / n, 2 * difference / n


@wrong(
    "mean_squared_error",
    "The sign of your gradient is wrong: where a prediction is too large, the gradient must be positive. "
    "Look at the order of the subtraction.",
)
def mean_squared_error_with_the_sign_turned(predictions, targets):
    predictions, targets = fitting(predictions, targets)
    difference = targets - predictions
    return float(np.mean(difference**2)), 2 * difference / difference.size


@wrong(
    "mean_squared_error",
    "The numbers are right, but you accept shapes that differ: (n, 1) minus (n,) is a table of every "
    "prediction against every target. Compare the shapes first, and raise ValueError.",
)
def mean_squared_error_broadcasting(predictions, targets):
    predictions = as_floating(predictions)
    difference = predictions - np.asarray(targets, predictions.dtype)
    return float(np.mean(difference**2)), 2 * difference / difference.size


@wrong(
    "mean_squared_error",
    "The gradient is half of what it must be: the derivative of a square has a factor 2. And you accept "
    "shapes that differ, but must raise a ValueError.",
)
def mean_squared_error_without_the_two_broadcasting(predictions, targets):
    predictions = as_floating(predictions)
    difference = predictions - np.asarray(targets, predictions.dtype)
    return float(np.mean(difference**2)), difference / difference.size


@wrong(
    "mean_squared_error",
    "The numbers are right, but the loss of float32 predictions is an np.float32. A Python "
    "float is promised.",
)
def mean_squared_error_as_a_float32_number(predictions, targets):
    predictions, targets = fitting(predictions, targets)
    difference = predictions - targets
    return np.mean(difference**2), 2 * difference / difference.size


@wrong(
    "mean_squared_error",
    "The numbers are right, but float32 predictions get a float64 gradient: the targets, integers or "
    "float64, turn the difference into float64. Convert them to the dtype of the predictions.",
)
def mean_squared_error_in_the_dtype_of_the_targets(predictions, targets):
    predictions, targets = as_floating(predictions), np.asarray(targets)
    if predictions.shape != targets.shape:
        raise ValueError(f"shapes differ: {predictions.shape} and {targets.shape}")
    difference = predictions - targets
    return float(np.mean(difference**2)), 2 * difference / difference.size


@wrong(
    "mean_squared_error",
    "The formula is right. What is still missing: raise a ValueError if the shapes differ, before NumPy "
    "broadcasts them; and convert the predictions to float first, and the targets to the same dtype, "
    "because in uint8 a difference below 0 wraps round.",
)
def mean_squared_error_as_first_written(predictions, targets):
    difference = predictions - targets
    return np.mean(difference**2), 2 * difference / difference.size


@wrong(
    "mean_squared_error",
    "It is right for two columns only, because you halve the mean over the samples, 1 / (2n). The mean "
    "runs over all elements, however many columns there are, and nothing is halved.",
)
def mean_squared_error_halved_over_the_samples(predictions, targets):
    predictions, targets = fitting(predictions, targets)
    difference = predictions - targets
    n = len(difference)
    return float(np.sum(difference**2)) / (2 * n), difference / n


@wrong(
    "mean_squared_error",
    "For integer predictions the targets lose their fractions: you convert them to the dtype of the "
    "predictions, which holds integers. Convert the predictions to float first.",
)
def mean_squared_error_cutting_the_targets(predictions, targets):
    predictions, targets = fitting(predictions, np.asarray(targets).astype(predictions.dtype))
    difference = predictions - targets
    return float(np.mean(difference**2)), 2 * difference / difference.size


@wrong(
    "mean_squared_error",
    "It is wrong for uint8: a difference below 0 wraps round to a large number. Convert the predictions to "
    "float first.",
)
def mean_squared_error_of_bytes_as_they_come(predictions, targets):
    if predictions.shape != targets.shape:
        raise ValueError(f"shapes differ: {predictions.shape} and {targets.shape}")
    if predictions.dtype.kind == "f":
        targets = targets.astype(predictions.dtype)
    difference = predictions - targets
    return float(np.mean(difference**2)), 2 * difference / difference.size


@wrong(
    "mean_squared_error",
    "The numbers are right, but you refuse only arrays of another length: (n, 1) and (n,) have the same "
    "number of elements, and are still two shapes, which NumPy broadcasts to a table of all pairs. Compare "
    "the shapes themselves.",
)
def mean_squared_error_comparing_sizes(predictions, targets):
    predictions = as_floating(predictions)
    targets = np.asarray(targets, predictions.dtype)
    if predictions.size != targets.size:
        raise ValueError("predictions and targets must be of one size")
    difference = predictions - targets
    return float(np.mean(difference**2)), 2 * difference / difference.size


@wrong(
    "mean_squared_error",
    "You return the ValueError like a result, so nothing stops the caller. An exception must be raised: "
    "use `raise` in place of `return`.",
)
def mean_squared_error_returning_the_error(predictions, targets):
    predictions = as_floating(predictions)
    targets = np.asarray(targets, predictions.dtype)
    if predictions.shape != targets.shape:
        return ValueError(f"shapes differ: {predictions.shape} and {targets.shape}")
    difference = predictions - targets
    return float(np.mean(difference**2)), 2 * difference / difference.size


@wrong(
    "mean_squared_error",
    "You return (grad, loss): the two are swapped, and the loss must come first.",
)
def mean_squared_error_exchanged(predictions, targets):
    predictions, targets = fitting(predictions, targets)
    difference = predictions - targets
    return 2 * difference / difference.size, float(np.mean(difference**2))


@wrong(
    "mean_squared_error",
    "Your loss is the variance of the differences, which subtracts their mean first: predictions that are "
    "all too large by 3 would cost nothing. Square the differences themselves, and take the mean.",
)
def mean_squared_error_as_a_variance(predictions, targets):
    predictions, targets = fitting(predictions, targets)
    difference = predictions - targets
    return float(np.var(difference)), 2 * difference / difference.size


@wrong(
    "mean_squared_error",
    "Your loss is the root of the mean squared error: leave out the root here.",
)
def mean_squared_error_with_the_root_in_the_loss(predictions, targets):
    predictions, targets = fitting(predictions, targets)
    difference = predictions - targets
    return math.sqrt(np.mean(difference**2)), 2 * difference / difference.size


@wrong(
    "mean_squared_error",
    "Loss and gradient are those of the root of the mean squared error: leave out the root here.",
)
def mean_squared_error_as_a_root(predictions, targets):
    predictions, targets = fitting(predictions, targets)
    difference = predictions - targets
    loss = math.sqrt(np.mean(difference**2))
    return loss, difference / (difference.size * loss)


@wrong(
    "mean_squared_error",
    "Your loss is the mean of the absolute differences: they must be squared instead.",
)
def mean_squared_error_with_absolute_values_in_the_loss(predictions, targets):
    predictions, targets = fitting(predictions, targets)
    difference = predictions - targets
    return float(np.mean(np.abs(difference))), 2 * difference / difference.size


@wrong(
    "mean_squared_error",
    "Loss and gradient are those of the mean absolute error: the differences must be squared, and the slope "
    "of a square grows with them.",
)
def mean_squared_error_as_an_absolute_error(predictions, targets):
    predictions, targets = fitting(predictions, targets)
    difference = predictions - targets
    return float(np.mean(np.abs(difference))), np.sign(difference) / difference.size


@wrong(
    "mean_squared_error",
    "Your gradient has lost its sign: where a prediction is too small, it must be negative. A square has the "
    "slope 2 * difference, without an absolute value.",
)
def mean_squared_error_with_an_absolute_gradient(predictions, targets):
    predictions, targets = fitting(predictions, targets)
    difference = predictions - targets
    return float(np.mean(difference**2)), 2 * np.abs(difference) / difference.size


@wrong(
    "mean_squared_error",
    "You cut large predictions off in the caller's own array. Nothing is limited here: a large error costs "
    "its full square.",
)
def mean_squared_error_limiting_the_predictions_in_place(predictions, targets):
    predictions, targets = fitting(predictions, targets)
    np.clip(predictions, -1e3, 1e3, out=predictions)
    difference = predictions - targets
    return float(np.mean(difference**2)), 2 * difference / difference.size


@wrong(
    "mean_squared_error",
    "Your loss is the square of the mean difference, so errors of opposite sign cancel. Square each "
    "difference first, and take the mean of the squares.",
)
def mean_squared_error_with_the_mean_squared(predictions, targets):
    predictions, targets = fitting(predictions, targets)
    difference = predictions - targets
    return float(np.mean(difference) ** 2), 2 * difference / difference.size


@right("mean_squared_error")
def mean_squared_error_by_the_mean(predictions, targets):
    predictions = as_floating(predictions)
    targets = np.asarray(targets, predictions.dtype)
    if predictions.shape != targets.shape:
        raise ValueError(f"{predictions.shape} is not {targets.shape}")
    difference = predictions - targets
    return float(np.mean(difference**2)), 2 * difference / difference.size


@right("mean_squared_error")
def mean_squared_error_by_a_dot_product(predictions, targets):
    predictions = as_floating(predictions)
    targets = np.array(targets, predictions.dtype)
    if predictions.shape != targets.shape:
        raise ValueError("predictions and targets must have one shape")
    error = (predictions - targets).ravel()
    return float(error @ error / error.size), (error * (2 / error.size)).reshape(predictions.shape)


@right("mean_squared_error")
def mean_squared_error_one_by_one(predictions, targets):
    predictions, targets = as_floating(predictions), np.asarray(targets)
    if predictions.shape != targets.shape:
        raise ValueError("predictions and targets must have one shape")
    loss, grad = 0.0, np.empty_like(predictions)
    for place in np.ndindex(predictions.shape):
        error = float(predictions[place]) - float(targets[place])
        loss += error**2 / predictions.size
        grad[place] = 2 * error / predictions.size
    return loss, grad
