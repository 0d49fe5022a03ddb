"""Lesson 2: losses.

A loss says how wrong the answers are, in one number; its gradient says which way each score should
move. Both come from one function, because they share most of their work. Every loss here is a mean
over the batch, so its gradient contains the factor 1/n.

Expected values were worked out by hand, computed with 30 digits, or number by number with Python's math.
"""

import math

import numpy as np
import pytest

from .checks import (
    OWN_NUMBERS,
    exercise,
    fail,
    overflow_shown,
    require_array,
    require_close,
    require_float,
    require_gradient,
    require_new_arrays,
    unchanged,
)

LOOK = {
    "softmax_cross_entropy": "loss = mean of -log_softmax(logits)[right class]; "
    "grad = (softmax(logits) - one-hot targets) / n",
    "binary_cross_entropy": "loss = mean of max(z, 0) - z * t + log1p(exp(-|z|)); "
    "grad = (sigmoid(logits) - targets) / number of elements",
    "mean_squared_error": "loss = mean of (p - t)**2 over all elements; "
    "grad = 2 * (p - t) / number of elements",
}


def example(name, rng, dtype=np.float64, n=5, k=3):
    """Return a random first argument and fitting targets for a loss."""
    first = rng.normal(scale=2, size=(n, k)).astype(dtype)
    if name == "softmax_cross_entropy":
        return first, rng.integers(k, size=n)
    if name == "binary_cross_entropy":
        targets = rng.integers(2, size=(n, k))
        targets[0, :2] = 0, 1  # both answers occur
        return first, targets
    return first, rng.normal(size=(n, k)).astype(dtype)


ALL = list(LOOK)
INTEGERS = [np.int64, np.uint8]


def worked_out(name, first, targets):
    """Return (loss, grad) for moderate numbers, from a loop over single numbers in float64."""
    if name == "softmax_cross_entropy":
        work_out, pairs = _cross_entropy, zip(first.tolist(), targets.tolist(), strict=True)
    else:
        work_out = {"binary_cross_entropy": _binary_cross_entropy, "mean_squared_error": _squared_error}[name]
        pairs = zip(first.ravel().tolist(), targets.ravel().tolist(), strict=True)
    losses, slopes = zip(*(work_out(*pair) for pair in pairs), strict=True)
    return math.fsum(losses) / len(losses), np.reshape(slopes, first.shape) / len(losses)


def _cross_entropy(scores, target):
    if not isinstance(target, list):  # a label
        target = [1 if column == target else 0 for column in range(len(scores))]
    exps = [math.exp(score) for score in scores]
    shares = [e / math.fsum(exps) for e in exps]
    loss = -math.fsum(t * math.log(share) for t, share in zip(target, shares, strict=True))
    return loss, [share - t for t, share in zip(target, shares, strict=True)]


def _binary_cross_entropy(score, target):
    p = 1 / (1 + math.exp(-score))
    return -math.log(p if target else 1 - p), p - target


def _squared_error(prediction, target):
    return (prediction - target) ** 2, 2 * (prediction - target)


def require_value_error(losses, name, first, targets, *, what, look):
    """Fail unless the loss raises ValueError for these arguments."""
    __tracebackhide__ = True
    try:
        came = f"it returned {getattr(losses, name)(first, targets)}"
    except ValueError:
        return
    except (AssertionError, IndexError, KeyError, TypeError) as error:
        came = f"it raised {type(error).__name__}" + (f": {error}" if str(error) else "")
    fail(f"{name} of {what} must raise ValueError; {came}.", kind="refusal", look=look)


@exercise("softmax_cross_entropy", about=OWN_NUMBERS)
def test_cross_entropy_of_a_shrug_is_log_k(losses):
    """If all four classes get the same score, the loss is ln 4, whichever class is right."""
    for targets in ([0, 1, 2], [3, 3, 3]):
        loss, _ = losses.softmax_cross_entropy(np.zeros((3, 4)), np.array(targets))
        require_close(
            loss,
            math.log(4),
            what=f"the loss of equal scores for labels {targets}",
            look="-log of the probability of the right class, averaged over the samples",
        )


@exercise("softmax_cross_entropy", about=OWN_NUMBERS)
def test_cross_entropy_has_known_values(losses):
    """Two samples by hand: the right classes have the probabilities 0.6652... and 0.7275..."""
    logits = np.array([[1.0, 2.0, 3.0], [2.0, -3.0, 1.0]])
    loss, grad = losses.softmax_cross_entropy(logits, np.array([2, 0]))
    require_close(
        loss,
        (0.4076059644443803 + 0.31817542924745408) / 2,
        what="the loss for labels [2, 0]",
        look=LOOK["softmax_cross_entropy"],
    )
    probabilities = [
        [0.090030573170380458, 0.24472847105479765, 0.66524095577482189],
        [0.72747515680046473, 0.004901689049672921, 0.26762315414986234],
    ]
    expected = [
        [probabilities[0][0] / 2, probabilities[0][1] / 2, (probabilities[0][2] - 1) / 2],
        [(probabilities[1][0] - 1) / 2, probabilities[1][1] / 2, probabilities[1][2] / 2],
    ]
    require_close(grad, expected, what="the gradient for labels [2, 0]", look=LOOK["softmax_cross_entropy"])


@exercise("softmax_cross_entropy")
def test_cross_entropy_takes_labels_or_probabilities(losses, rng):
    """The label 2 of four classes and the row [0, 0, 1, 0] mean the same."""
    logits, labels = rng.normal(size=(6, 4)), rng.integers(4, size=6)
    rows = np.zeros((6, 4))
    for i, label in enumerate(labels):
        rows[i, label] = 1
    loss, grad = losses.softmax_cross_entropy(logits, labels)
    loss_of_rows, grad_of_rows = losses.softmax_cross_entropy(logits, rows)
    look = "2-D targets hold probabilities: -sum(targets * log_softmax) for each row, then the mean"
    require_close(loss_of_rows, loss, what="the loss of one-hot rows", look=look)
    require_close(grad_of_rows, grad, what="the gradient of one-hot rows", look=look)
    for kind in (np.uint8, np.int32):
        same, same_grad = losses.softmax_cross_entropy(logits, labels.astype(kind))
        require_close(same, loss, what=f"the loss of {np.dtype(kind)} labels", look=look)
        require_close(same_grad, grad, what=f"the gradient of {np.dtype(kind)} labels", look=look)


@exercise("softmax_cross_entropy", about=OWN_NUMBERS)
def test_cross_entropy_takes_uncertain_targets(losses):
    """With targets of 0.25 and 0.75, the loss is the mean of both classes' losses, weighted by them."""
    logits, targets = np.array([[1.0, 2.0, 3.0]]), np.array([[0.25, 0.0, 0.75]])
    with unchanged(logits=logits, targets=targets):
        loss, grad = losses.softmax_cross_entropy(logits, targets)
    require_close(
        loss,
        0.25 * 2.4076059644443803 + 0.75 * 0.4076059644443803,
        what="the loss for targets [0.25, 0, 0.75]",
        look="-sum(targets * log_softmax(logits)) over the row",
    )
    require_close(
        grad,
        [[0.090030573170380458 - 0.25, 0.24472847105479765, 0.66524095577482189 - 0.75]],
        what="the gradient for targets [0.25, 0, 0.75]",
        look="softmax(logits) - targets",
    )


@exercise("softmax_cross_entropy")
@pytest.mark.parametrize("shape", [(1, 4), (3, 3), (7, 2), (2, 1)])
def test_cross_entropy_of_any_size(losses, rng, shape):
    """Any size works: one sample, as many as classes, two classes, or only one, which cannot be wrong."""
    n, k = shape
    logits, labels = rng.normal(scale=2, size=shape), rng.integers(k, size=n)
    shares = rng.uniform(0.1, 1, shape)
    for kind, targets in (("labels", labels), ("probabilities", shares / shares.sum(axis=1, keepdims=True))):
        loss, grad = losses.softmax_cross_entropy(logits, targets)
        expected, expected_grad = worked_out("softmax_cross_entropy", logits, targets)
        what, look = f"logits of shape {shape} and {kind}", LOOK["softmax_cross_entropy"]
        require_close(loss, expected, what=f"the loss for {what}", look=look)
        require_close(grad, expected_grad, what=f"the gradient for {what}", look=look)


@exercise("softmax_cross_entropy", about="values warning")
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_cross_entropy_is_stable(losses, dtype):
    """A confident wrong answer costs its full 20,000; a confident right one costs nothing."""
    logits = np.array([[1e4, -1e4], [1e4, -1e4], [-1e4, 1e4], [3.0, 3.0]], dtype)
    targets = np.array([0, 1, 1, 0])
    with overflow_shown(), unchanged(logits=logits, targets=targets):
        loss, grad = losses.softmax_cross_entropy(logits, targets)
    require_close(
        loss,
        (0 + 20_000 + 0 + math.log(2)) / 4,
        what="the loss of scores of +-10,000",
        look="use log_softmax, not the log of softmax, which is -inf where softmax has become 0",
        rtol=1e-6,
    )
    require_close(
        grad,
        [[0, 0], [0.25, -0.25], [0, 0], [-0.125, 0.125]],
        what="the gradient at scores of +-10,000",
        look=LOOK["softmax_cross_entropy"],
    )
    loss, _ = losses.softmax_cross_entropy(logits, np.array([[1.0, 0], [1, 0], [0, 1], [1, 0]]))
    require_close(
        loss,
        math.log(2) / 4,
        what="the loss of scores of +-10,000 with one-hot targets",
        look="0 * log(0) is nan; log_softmax stays finite",
        rtol=1e-6,
    )


@exercise("binary_cross_entropy", about=OWN_NUMBERS)
def test_binary_cross_entropy_has_known_values(losses):
    """Yes and no, each with good and bad answers; the logit 0.5 for yes has probability 0.622."""
    logits = np.array([[0.5], [-2.0], [3.0], [-1.25], [2.0]])
    targets = np.array([[1], [1], [0], [0], [1]])
    loss, grad = losses.binary_cross_entropy(logits, targets)
    each = [
        0.47407698418010668,
        2.1269280110429725,
        3.0485873515737421,
        0.25192908134537289,
        0.1269280110429725,
    ]
    require_close(loss, sum(each) / 5, what="the loss of five answers", look=LOOK["binary_cross_entropy"])
    slopes = [
        -0.37754066879814544,
        -0.88079707797788244,
        0.95257412682243322,
        0.22270013882530885,
        -0.11920292202211756,
    ]
    require_close(
        grad,
        [[slope / 5] for slope in slopes],
        what="the gradient of five answers",
        look=LOOK["binary_cross_entropy"],
    )


@exercise("binary_cross_entropy", about="values warning")
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_binary_cross_entropy_is_stable(losses, dtype):
    """log(1 + exp(10000)) is 10,000, but exp(10000) is inf: the formula must be rearranged."""
    logits = np.array([[1e4], [1e4], [-1e4], [-1e4]], dtype)
    targets = np.array([[1.0], [0.0], [1.0], [0.0]])
    with overflow_shown(), unchanged(logits=logits, targets=targets):
        loss, grad = losses.binary_cross_entropy(logits, targets)
    require_close(
        loss,
        (0 + 1e4 + 1e4 + 0) / 4,
        what="the loss of scores of +-10,000",
        look="max(z, 0) - z * t + log1p(exp(-|z|)): the exponent is never positive",
    )
    require_close(
        grad,
        [[0], [0.25], [-0.25], [0]],
        what="the gradient at scores of +-10,000",
        look=LOOK["binary_cross_entropy"],
    )


@exercise("mean_squared_error", about=OWN_NUMBERS)
def test_mean_squared_error_has_known_values(losses):
    """The errors 1, -2, 3 and 0 have the squares 1 + 4 + 9 + 0, which over 4 elements makes 3.5."""
    predictions = np.array([[2.0, 1.0], [5.0, 7.0]])
    loss, grad = losses.mean_squared_error(predictions, np.array([[1.0, 3.0], [2.0, 7.0]]))
    look = LOOK["mean_squared_error"]
    require_close(loss, 3.5, what="the loss of errors 1, -2, 3, 0", look=look)
    require_close(grad, [[0.5, -1.0], [1.5, 0.0]], what="the gradient of errors 1, -2, 3, 0", look=look)


@exercise("mean_squared_error", about="values changed")
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_mean_squared_error_takes_large_errors(losses, dtype):
    """An error of 10,000 costs its full square: nothing is limited, least of all in the caller's arrays."""
    predictions, targets = np.array([[1e4], [-1e4]], dtype), np.array([[0.0], [1e4]], dtype)
    with unchanged(predictions=predictions, targets=targets):
        loss, grad = losses.mean_squared_error(predictions, targets)
    look = LOOK["mean_squared_error"]
    require_close(
        loss, (1e8 + 4e8) / 2, what="the loss of errors of 10,000 and -20,000", look=look, rtol=1e-6
    )
    require_close(grad, [[1e4], [-2e4]], what="the gradient of errors of 10,000 and -20,000", look=look)


@exercise("{name}")
@pytest.mark.parametrize("name", ["binary_cross_entropy", "mean_squared_error"])
@pytest.mark.parametrize("shape", [(5,), (6, 1), (1, 4), (3, 2), (2, 5), (2, 3, 2)])
def test_mean_is_over_all_elements(losses, rng, name, shape):
    """With one column, five, or none at all, every element counts once, and the mean divides by all."""
    first, targets = rng.normal(size=shape), rng.integers(2, size=shape)
    loss, grad = getattr(losses, name)(first, targets)
    expected, expected_grad = worked_out(name, first, targets)
    require_close(loss, expected, what=f"{name} of shape {shape}", look=LOOK[name])
    require_close(grad, expected_grad, what=f"the gradient of {name} for shape {shape}", look=LOOK[name])


@exercise("softmax_cross_entropy", about="refusal")
@pytest.mark.parametrize("labels", [[0, 3, 1, 2], [0, -1, 1, 2], [0, 1, 2, 250], [-3, 0, 1, 2]])
def test_cross_entropy_refuses_labels_out_of_range(losses, labels):
    """With three classes, 3 is not a label. Nor is -1, though NumPy silently takes it for the last one."""
    kind = np.uint8 if 250 in labels else np.int64
    require_value_error(
        losses,
        "softmax_cross_entropy",
        np.zeros((4, 3)),
        np.array(labels, kind),
        what=f"three classes and the labels {labels}",
        look="compare the smallest label with 0 and the largest with the number of classes, before they are "
        "used as indices",
    )


@exercise("softmax_cross_entropy", about="refusal")
@pytest.mark.parametrize("shape", [(3,), (1,), (4, 1), (1, 3), (4, 2), (3, 4), (1, 1)])
def test_cross_entropy_refuses_other_shapes(losses, shape):
    """For four samples and three classes, targets are (4,) or (4, 3); broadcasting would accept others."""
    require_value_error(
        losses,
        "softmax_cross_entropy",
        np.zeros((4, 3)),
        np.zeros(shape, np.int64),
        what=f"logits of shape (4, 3) and targets of shape {shape}",
        look="targets.shape must be (n,) for labels or logits.shape for probabilities",
    )


@exercise("{name}", about="refusal")
@pytest.mark.parametrize("name", ["binary_cross_entropy", "mean_squared_error"])
@pytest.mark.parametrize(
    ("shape", "other"),
    [((4, 1), (4,)), ((4, 1), (1, 4)), ((4, 1), (1, 1)), ((4, 1), (4, 2)), ((4,), (4, 1)), ((4, 3), (3, 4))],
)
def test_other_shapes_are_refused(losses, name, shape, other):
    """Targets of another shape are a slip of the caller's. Broadcasting or a reshape would only hide it."""
    require_value_error(
        losses,
        name,
        np.zeros(shape),
        np.zeros(other),
        what=f"shapes {shape} and {other}",
        look="compare the two shapes before subtracting; broadcasting won't complain",
    )


@exercise("{name}")
@pytest.mark.parametrize("name", ALL)
def test_gradient_is_the_derivative_of_the_loss(losses, rng, name):
    """Nudge each score a little and see how the loss moves: the gradient must predict it."""
    first, targets = example(name, rng)
    _, grad = getattr(losses, name)(first, targets)
    require_gradient(
        lambda: getattr(losses, name)(first, targets)[0],
        first,
        grad,
        rng=rng,
        what=f"the gradient of {name}",
        look=LOOK[name],
    )


@exercise("{name}")
@pytest.mark.parametrize("name", ALL)
def test_loss_is_a_mean(losses, rng, name):
    """The same batch twice over is as wrong as once, and each sample then matters half as much."""
    first, targets = example(name, rng)
    loss, grad = getattr(losses, name)(first, targets)
    twice, grad_twice = getattr(losses, name)(
        np.concatenate([first, first]), np.concatenate([targets, targets])
    )
    look = "the loss is a mean, so both it and its gradient are divided by the batch size"
    require_close(twice, loss, what=f"{name} of a batch repeated twice", look=look)
    require_close(
        grad_twice[: len(first)],
        grad / 2,
        what=f"the gradient of {name} for a batch repeated twice",
        look=look,
    )


@exercise("{name}", about="type")
@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_types_and_arguments_are_kept(losses, rng, name, dtype):
    """The loss is a Python float to print and compare; the gradient has the dtype of the network."""
    first, targets = example(name, rng, dtype)
    with unchanged(first=first, targets=targets):
        loss, grad = getattr(losses, name)(first, targets)
    require_float(loss, f"the loss of {name}")
    require_array(grad, shape=first.shape, dtype=dtype, what=f"the gradient of {name}")
    exact, exact_grad = worked_out(name, first, targets)
    look = "float32 may cost only the last digits"
    require_close(loss, exact, what=f"{name} in {np.dtype(dtype)}", look=look, rtol=1e-5)
    require_close(
        grad, exact_grad, what=f"the gradient of {name} in {np.dtype(dtype)}", look=look, rtol=1e-4, atol=1e-6
    )


@exercise("{name}", about="type values")
@pytest.mark.parametrize("name", ALL)
def test_gradients_are_new_arrays(losses, rng, name):
    """If you compare the gradients of two batches, the second must not have overwritten the first."""
    first, second = example(name, rng), example(name, rng)
    require_new_arrays(getattr(losses, name), first, second, what=name)


@exercise("{name}")
@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("kind", INTEGERS)
@pytest.mark.parametrize("targets", ["whole", "floats"])
def test_whole_numbers_become_float64(losses, name, kind, targets):
    """The gradient of integer scores has fractions, and the targets must keep theirs."""
    values = {
        ("softmax_cross_entropy", "whole"): [1, 0, 1],
        ("softmax_cross_entropy", "floats"): [[0.25, 0.75], [1, 0], [0.5, 0.5]],
        ("binary_cross_entropy", "whole"): [[0, 1], [1, 0], [1, 1]],
        ("binary_cross_entropy", "floats"): [[0.0, 1.0], [1.0, 0.0], [1.0, 1.0]],
        ("mean_squared_error", "whole"): [[0, 3], [2, 1], [4, 0]],
        ("mean_squared_error", "floats"): [[0.5, 1.25], [2, -0.75], [1.5, 0]],
    }[name, targets]
    scores = np.array([[1, 2], [3, 0], [1, 4]], kind)
    targets = np.array(values, kind if targets == "whole" else np.float64)
    what = f"{name} of {scores.dtype} scores and {targets.dtype} targets"
    with unchanged(scores=scores, targets=targets):
        loss, grad = getattr(losses, name)(scores, targets)
    expected, expected_grad = worked_out(name, scores, targets)
    require_array(grad, shape=(3, 2), dtype=np.float64, what=f"the gradient of {what}")
    look = "convert the scores to float64 first, and then the targets to the dtype of the scores"
    require_close(loss, expected, what=what, look=look)
    require_close(grad, expected_grad, what=f"the gradient of {what}", look=look)


@exercise("{name}", about="type")
@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("kind", [np.float64, np.int64, np.uint8])
def test_targets_may_be_of_another_type(losses, rng, name, kind):
    """Targets come in any type, such as float64 or uint8; the gradient keeps the network's float32."""
    first = rng.normal(size=(4, 3)).astype(np.float32)
    targets = np.eye(3)[[0, 1, 2, 1]].astype(kind)
    what = f"{name} of float32 scores and {np.dtype(kind)} targets of shape (4, 3)"
    with unchanged(first=first, targets=targets):
        loss, grad = getattr(losses, name)(first, targets)
    require_float(loss, f"the loss, {what}")
    require_array(grad, shape=(4, 3), dtype=np.float32, what=f"the gradient, {what}")
    exact, exact_grad = worked_out(name, first, targets)
    look = "convert the targets to the scores' dtype, in a new array; rows of integers are also probabilities"
    require_close(loss, exact, what=f"the loss, {what}", look=look, rtol=1e-5)
    require_close(grad, exact_grad, what=f"the gradient, {what}", look=look, rtol=1e-4, atol=1e-6)
