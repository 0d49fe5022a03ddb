"""Lesson 7: solutions of the regularization functions, wrong and right."""

import math

import numpy as np

from nn.activations import as_floating

from .bank import (
    IN,
    OUT,
    Case,
    N,
    call,
    copying,
    drawn,
    probe,
    race,
    returned_error,
    right,
    script,
    show,
    wrong,
)

GRAD = np.array([[3.0, -1.0, 2.0], [0.5, 4.0, -6.0]])
MASK = np.array([[0.0, 2.0, 2.0], [2.0, 0.0, 2.0]])


@race("l2_penalty")
def timed_penalty(l2_penalty):
    (W,) = drawn((IN, OUT))
    return lambda: l2_penalty([W], 1e-4), copying(W)


@race("dropout")
def timed_dropout(dropout):
    rng, (x,) = np.random.default_rng(0), drawn((N, IN))
    return lambda: dropout(x, 0.2, rng), lambda: rng.random((N, IN), dtype=np.float32)


@race("dropout_backward")
def timed_masking(dropout_backward):
    grad, mask = drawn((N, OUT), (N, OUT))
    return lambda: dropout_backward(grad, mask), copying(grad)


@race("clip_by_global_norm")
def timed_norm(clip_by_global_norm):
    W, b = drawn((IN, OUT), OUT)
    return lambda: clip_by_global_norm([W, b], 1e9), lambda: np.vdot(W, W)  # within the limit: only read


@probe("l2_penalty")
def penalties(l2_penalty):
    def penalty_of(weights, strength, **tolerance):
        watched = {f"weights[{i}]": W for i, W in enumerate(weights)}
        options = {"rtol": 1e-6, "atol": 1e-9} | tolerance
        return Case(
            f"l2_penalty({show(weights)}, {strength})",
            lambda: l2_penalty(weights, strength),
            watched,
            parts=("penalty", "grads"),
            **options,
        )

    yield penalty_of([np.array([[3.0, -1.0]])], 0.5)
    yield penalty_of([np.array([[1.0, -2.0], [3.0, 4.0]]), np.array([[5.0]])], 0.1)
    yield penalty_of([np.array([1.0, 2.0]), np.array([[3.0]])], 2.0)
    yield penalty_of([np.array([[3, -1]])], 0.5)
    yield penalty_of([GRAD.astype(np.float32), MASK.astype(np.float32)], 0.25, rtol=1e-4)


def _rng():
    return np.random.default_rng(7)


def _masks_are_equal(dropout, first, second):
    one, other = (dropout(np.ones((9, 9)), 0.5, rng)[1] for rng in (first, second))
    return int(np.array_equal(one, other))


def _length(result):
    return returned_error(result) or len(result)


@probe("dropout")
def masks(dropout):
    def of_ones():
        y, mask = dropout(np.ones((60, 50)), 0.2, _rng())
        return np.unique(y) + 0.0, np.unique(mask) + 0.0

    yield script(
        "np.unique(y), np.unique(mask) for y, mask = dropout(np.ones((60, 50)), 0.2, rng)",
        of_ones,
        parts=("np.unique(y)", "np.unique(mask)"),
        test="silences_a_share",
    )
    yield script(
        "the share of zeros in the mask of dropout(np.ones((4, 5000)), 0.2, rng)",
        lambda: float(np.mean(dropout(np.ones((4, 5000)), 0.2, _rng())[1] == 0)),
        atol=0.03,
        test="silences_a_share",
    )

    def beside_the_mask():
        y, mask = dropout(np.linspace(1, 2, 600).reshape(20, 30), 0.2, _rng())
        factors = np.unique(np.round(y / np.linspace(1, 2, 600).reshape(20, 30), 9))
        return int(np.array_equal(y == 0, mask == 0)), factors

    yield script(
        "for x between 1 and 2: 1 if y is 0 where the mask is and nowhere else, else 0; and np.unique(y / x)",
        beside_the_mask,
        parts=("the answer", "np.unique(y / x)"),
        test="silences_a_share",
    )
    yield script(
        "how many different rows and columns the mask of dropout(np.ones((60, 60)), 0.5, rng) has",
        lambda: [
            len(np.unique(dropout(np.ones((60, 60)), 0.5, _rng())[1], axis=axis).take(0, axis=1 - axis))
            for axis in (0, 1)
        ],
        test="decides_for_each_entry",
    )
    yield script(
        "the shapes and dtypes of y and mask for float32 data (4, 5)",
        lambda: [np.zeros_like(part) for part in dropout(np.ones((4, 5), np.float32), 0.5, _rng())],
        parts=("y", "mask"),
    )
    yield script(
        "1 if dropout(np.ones((9, 9)), 0.5, rng) gives the same mask again for the same seed, else 0",
        lambda: _masks_are_equal(dropout, _rng(), _rng()),
        test="draws_from_the_generator",
    )

    def from_one_generator():
        rng = _rng()
        return _masks_are_equal(dropout, rng, rng)

    yield script(
        "1 if dropout(np.ones((9, 9)), 0.5, rng) gives the same mask again for the same generator, else 0",
        from_one_generator,
        test="draws_from_the_generator",
    )

    def counts_differ():
        rng = _rng()
        masks = [dropout(np.ones((4, 5)), 0.5, rng)[1] == 0 for _ in range(50)]
        return [
            int(len({int(mask.sum()) for mask in masks}) > 1),
            int(len({int(row.sum()) for mask in masks for row in mask}) > 1),
        ]

    yield script(
        "1 if the number of zeros in the mask of dropout(np.ones((4, 5)), 0.5, rng) varies in 50 calls, else "
        "0; and the same for the number in a row",
        counts_differ,
    )
    for rate in (1.0, -0.1):
        yield script(
            f"dropout(ones((2, 3)), {rate}, rng)",
            lambda rate=rate: _length(dropout(np.ones((2, 3)), rate, _rng())),
        )
    yield script(
        "the dtypes of y and mask for whole numbers (4, 5)",
        lambda: [np.zeros_like(part) for part in dropout(np.ones((4, 5), int), 0.5, _rng())],
        parts=("y", "mask"),
    )
    x = np.linspace(1, 2, 12)
    yield Case(
        "dropout(linspace(1, 2, 12), 0.5, rng)",
        lambda: len(dropout(x, 0.5, _rng())),
        {"x": x},
        rtol=0,
        atol=0,
    )


@probe("dropout_backward")
def masked_gradients(dropout_backward):
    yield call(dropout_backward, np.array([[3.0, -1.0, 2.0]]), np.array([[0.0, 2.0, 2.0]]))
    yield call(dropout_backward, GRAD, MASK)
    yield call(dropout_backward, GRAD, MASK * 0.625)
    yield call(dropout_backward, GRAD, np.ones((2, 3)))
    yield call(dropout_backward, GRAD[0], MASK[0])
    yield call(dropout_backward, GRAD.reshape(1, 2, 3), MASK.reshape(1, 2, 3))
    yield call(dropout_backward, GRAD.astype(np.float32), MASK.astype(np.float32))


@probe("clip_by_global_norm")
def clipped(clip_by_global_norm):
    def clip(*grads, limit):
        def run():
            arrays = [np.array(grad) for grad in grads]
            return clip_by_global_norm(arrays, limit)

        def run_in_place():
            arrays = [np.array(grad) for grad in grads]
            clip_by_global_norm(list(arrays), limit)
            return arrays

        shown = f"clip_by_global_norm(grads, {limit})"
        yield script(f"clip_by_global_norm({show(list(grads))}, {limit})", run)
        yield script(f"grads after {shown}, from {show(list(grads))}", run_in_place, rtol=1e-5, parts="grads")

    yield from clip(np.array([3.0]), np.array([0.0, 4.0]), limit=1.0)
    yield from clip(np.array([3.0]), np.array([0.0, 4.0]), limit=3.5)
    yield from clip(np.array([0.3, -1.0]), np.array([[0.4], [-0.2]]), limit=2.0)
    yield from clip(np.array([30.0, -1.0], np.float32), np.array([[40.0], [0.5]], np.float32), limit=2.0)
    yield from clip(np.array([3.0]), np.array([2.0, math.inf]), limit=1.0)
    yield from clip(np.array([3.0]), np.array([2.0, math.nan]), limit=1.0)


@wrong(
    "l2_penalty",
    "Your penalty is twice what it should be: the half is missing. Your gradients are right.",
)
def l2_penalty_without_the_half(weights, strength):
    penalty = strength * sum(float(np.sum(W**2)) for W in weights)
    return penalty, [strength * W for W in weights]


@wrong(
    "l2_penalty",
    "Your gradients are half of what they should be: the 2 that comes down from the square cancels the half "
    "of the penalty.",
)
def l2_penalty_with_half_the_gradient(weights, strength):
    penalty = strength / 2 * sum(float(np.sum(W**2)) for W in weights)
    return penalty, [strength / 2 * W for W in weights]


@wrong(
    "l2_penalty",
    "Penalty and gradients are both twice what they should be. They fit each other, but the rule has a half "
    "in front of the squares, so that the gradient needs no 2.",
)
def l2_penalty_without_the_half_anywhere(weights, strength):
    penalty = strength * sum(float(np.sum(W**2)) for W in weights)
    return penalty, [2 * strength * W for W in weights]


@wrong(
    "l2_penalty",
    "Your weights would grow: the gradients have the wrong sign. The optimizer subtracts them, so leave the "
    "sign to it.",
)
def l2_penalty_that_makes_weights_grow(weights, strength):
    penalty = strength / 2 * sum(float(np.sum(W**2)) for W in weights)
    return penalty, [-strength * W for W in weights]


@wrong(
    "l2_penalty",
    "The penalty of float32 weights is an np.float32, but everything else is right. A Python "
    "float is promised.",
)
def l2_penalty_as_a_float32_number(weights, strength):
    penalty = 0
    for W in weights:
        penalty += strength / 2 * np.sum(W**2)
    return penalty, [strength * W for W in weights]


@wrong(
    "l2_penalty",
    "Your numbers are right, but you write the gradients into the caller's weights. Multiply into new "
    "arrays.",
)
def l2_penalty_in_place(weights, strength):
    penalty = 0.0
    for W in weights:
        penalty += strength / 2 * float(np.sum(W**2))
        W *= strength
    return penalty, weights


@wrong("l2_penalty", "You penalise the absolute values, which is L1. L2 penalises the squares.")
def l2_penalty_of_absolute_values(weights, strength):
    penalty = strength * sum(float(np.sum(np.abs(W))) for W in weights)
    return penalty, [strength * np.sign(W) for W in weights]


@wrong(
    "l2_penalty",
    "Your penalty takes the mean of the squares in each array. The rule sums them, and your gradients "
    "follow that rule.",
)
def l2_penalty_by_the_mean(weights, strength):
    penalty = strength / 2 * sum(float(np.mean(W**2)) for W in weights)
    return penalty, [strength * W for W in weights]


def _checked(x, rate):
    if not 0 <= rate < 1:
        raise ValueError(f"rate must lie in [0, 1); got {rate}")
    return as_floating(x)


@wrong(
    "l2_penalty",
    "You return (grads, penalty): the two are swapped, and the penalty must come first.",
)
def l2_penalty_exchanged(weights, strength):
    return [strength * W for W in weights], strength / 2 * sum(float(np.sum(W**2)) for W in weights)


@wrong(
    "l2_penalty",
    "For integer weights you cut the gradients off to integers: strength * W is float64 there, and must "
    "stay float64.",
)
def l2_penalty_of_integers_in_integers(weights, strength):
    penalty = strength / 2 * sum(float(np.sum(W**2)) for W in weights)
    return penalty, [(strength * W).astype(W.dtype) for W in weights]


@wrong(
    "l2_penalty",
    "You leave out vectors. All the arrays that you are given are weights, whatever their shape: the "
    "caller does not pass biases in.",
)
def l2_penalty_of_matrices_alone(weights, strength):
    penalty = strength / 2 * sum(float(np.sum(W**2)) for W in weights if W.ndim == 2)
    return penalty, [strength * W * (W.ndim == 2) for W in weights]


@wrong(
    "dropout",
    "You drop the right share, but the survivors are not scaled: they must grow by 1 / (1 - rate), or the "
    "next layer gets less in training than it does later.",
)
def dropout_without_scaling(x, rate, rng):
    x = _checked(x, rate)
    mask = (rng.random(x.shape) >= rate).astype(x.dtype)
    return x * mask, mask


@wrong(
    "dropout",
    "The survivors are not scaled, and the mask is an array of True and False: it must hold 0 and 1 / (1 - "
    "rate), in x's dtype, and multiply x.",
)
def dropout_by_truth_values(x, rate, rng):
    x = _checked(x, rate)
    mask = rng.random(x.shape) >= rate
    return x * mask, mask


@wrong(
    "dropout",
    "You treat `rate` as the share that is kept, but here it is the share that is dropped. Reverse the "
    "comparison and the scale.",
)
def dropout_with_rate_as_the_share_kept(x, rate, rng):
    x = _checked(x, rate)
    mask = ((rng.random(x.shape) < rate) / rate).astype(x.dtype)
    return x * mask, mask


@wrong(
    "dropout",
    "You drop the share 1 - rate, although the scale is right: your comparison of the random numbers with "
    "`rate` is the wrong way round.",
)
def dropout_with_the_comparison_turned(x, rate, rng):
    x = _checked(x, rate)
    mask = (rng.random(x.shape) < rate).astype(x.dtype) / (1 - rate)
    return x * mask, mask


@wrong("dropout", "You scale the survivors by 1 - rate, which makes them smaller: divide by it.")
def dropout_scaled_the_wrong_way(x, rate, rng):
    x = _checked(x, rate)
    mask = (rng.random(x.shape) >= rate).astype(x.dtype) * (1 - rate)
    return x * mask, mask


@wrong(
    "dropout",
    "Your y is right, but the mask holds 0 and 1: the factor 1 / (1 - rate) belongs in the mask, or "
    "dropout_backward will not know it.",
)
def dropout_with_the_scale_in_y_alone(x, rate, rng):
    x = _checked(x, rate)
    mask = (rng.random(x.shape) >= rate).astype(x.dtype)
    return x * mask / (1 - rate), mask


@wrong(
    "dropout",
    "Your y is right, but the mask is an array of True and False: it must hold 0 and 1 / (1 - rate), in "
    "x's dtype, since dropout_backward multiplies by it.",
)
def dropout_with_a_boolean_mask(x, rate, rng):
    x = _checked(x, rate)
    mask = rng.random(x.shape) >= rate
    return (x * mask / (1 - rate)).astype(x.dtype), mask


@wrong(
    "dropout",
    "Your masks are right, but for float32 x they are float64, and so is y: give the mask the dtype of x.",
)
def dropout_in_float64(x, rate, rng):
    x = _checked(x, rate)
    mask = (rng.random(x.shape) >= rate) / (1 - rate)
    return x * mask, mask


@wrong(
    "dropout",
    "Your y and your mask have their zeros in different places: it looks as if you draw twice. Draw one "
    "mask, use it for y and return it.",
)
def dropout_with_a_second_draw(x, rate, rng):
    x = _checked(x, rate)
    y = x * ((rng.random(x.shape) >= rate) / (1 - rate)).astype(x.dtype)
    mask = ((rng.random(x.shape) >= rate) / (1 - rate)).astype(x.dtype)
    return y, mask


@wrong(
    "dropout",
    "All samples of your batch lose the same units: the rows of the mask are alike. Draw it in the full "
    "shape of x.",
)
def dropout_with_one_mask_for_all_samples(x, rate, rng):
    x = _checked(x, rate)
    row = (rng.random(x.shape[-1]) >= rate) / (1 - rate)
    mask = np.broadcast_to(row, x.shape).astype(x.dtype)
    return x * mask, mask


@wrong(
    "dropout",
    "The same seed gives you different masks each time: they do not come from `rng`. It looks as if you "
    "draw from np.random, or from your own generator.",
)
def dropout_from_the_global_generator(x, rate, rng):
    x = _checked(x, rate)
    mask = (np.random.rand(*x.shape) >= rate).astype(x.dtype) / (1 - rate)  # noqa: NPY002
    return x * mask, mask


@wrong(
    "dropout",
    "You write y into the caller's x. x is the layer's output and is needed again on the way back: "
    "multiply into a new array.",
)
def dropout_in_place(x, rate, rng):
    _checked(x, rate)
    mask = (rng.random(x.shape) >= rate).astype(x.dtype) / (1 - rate)
    x *= mask
    return x, mask


@wrong(
    "dropout",
    "You drop exactly the same number of entries at every call: you count out a share, but each entry must "
    "have its own coin.",
)
def dropout_of_an_exact_count(x, rate, rng):
    x = _checked(x, rate)
    mask = np.full(x.size, 1 / (1 - rate), x.dtype)
    mask[rng.permutation(x.size)[: round(rate * x.size)]] = 0
    mask = mask.reshape(x.shape)
    return x * mask, mask


@wrong(
    "dropout",
    "You drop exactly the same number of units in every row: you count out a share of each row, but each "
    "entry must have its own coin.",
)
def dropout_of_an_exact_count_in_each_row(x, rate, rng):
    x = _checked(x, rate)
    places = np.argsort(np.argsort(rng.random(x.shape), axis=-1), axis=-1)
    mask = ((places >= round(rate * x.shape[-1])) / (1 - rate)).astype(x.dtype)
    return x * mask, mask


@wrong(
    "dropout",
    "You accept rates outside [0, 1), but they must raise ValueError: below 0 there is nothing to drop, "
    "and at 1 nothing is left to scale.",
)
def dropout_without_a_check(x, rate, rng):
    x = as_floating(x)
    mask = (rng.random(x.shape) >= rate) * np.divide(1, 1 - rate, dtype=x.dtype)
    return x * mask, mask


@wrong(
    "dropout",
    "You return the ValueError like a result, so nothing stops the caller. An exception must be raised: "
    "use `raise` in place of `return`.",
)
def dropout_returning_the_error(x, rate, rng):
    if not 0 <= rate < 1:
        return ValueError(f"rate must lie in [0, 1); got {rate}")
    x = as_floating(x)
    mask = (rng.random(x.shape) >= rate).astype(x.dtype) / (1 - rate)
    return x * mask, mask


@wrong("dropout", "You return (mask, y): the two are swapped, and the data must come before the mask.")
def dropout_exchanged(x, rate, rng):
    x = _checked(x, rate)
    mask = (rng.random(x.shape) >= rate).astype(x.dtype) / (1 - rate)
    return mask, x * mask


@wrong(
    "dropout",
    "You accept a rate of 1, which leaves nothing to scale: only rates with 0 <= rate < 1 are valid, and "
    "any other must raise ValueError.",
)
def dropout_of_everything(x, rate, rng):
    x = np.zeros_like(x) if rate == 1 else _checked(x, rate)
    mask = ((rng.random(x.shape) >= rate) / (1 - rate if rate < 1 else 1)).astype(x.dtype)
    return x * mask, mask


@wrong(
    "dropout",
    "For integers your results are integers, so the scale 1 / (1 - rate) is cut off: x = as_floating(x) "
    "makes them float64 first.",
)
def dropout_of_integers_in_integers(x, rate, rng):
    _checked(x, rate)
    mask = ((rng.random(x.shape) >= rate) / (1 - rate)).astype(x.dtype)
    return x * mask, mask


@wrong(
    "dropout_backward",
    "You pass `grad` on as it came, but what was silenced in the forward pass had no effect on the loss, "
    "so its gradient must be 0. The mask knows.",
)
def dropout_backward_without_the_mask(grad, mask):
    return grad.copy()


@wrong(
    "dropout_backward",
    "You silence the right entries, but the survivors were scaled in the forward pass, and so are their "
    "gradients: take the mask's numbers, not only whether they are 0.",
)
def dropout_backward_without_the_scale(grad, mask):
    return grad * (mask > 0)


@wrong(
    "dropout_backward",
    "Your survivors are scaled twice: the factor 1 / (1 - rate) is already in the mask, so multiply by the "
    "mask once.",
)
def dropout_backward_with_the_mask_twice(grad, mask):
    return grad * mask * mask


@wrong(
    "dropout_backward",
    "You scale all entries alike and silence none, but a mask of 0 means that the entry had no effect.",
)
def dropout_backward_with_the_scale_alone(grad, mask):
    return grad * mask.max()


@wrong(
    "dropout_backward",
    "Your result is right, but you write it into the caller's `grad`. Multiply into a new array.",
)
def dropout_backward_in_place(grad, mask):
    grad *= mask
    return grad


@wrong(
    "clip_by_global_norm",
    "You clip each array by its own norm, which changes the direction of the step. Take one norm over all "
    "arrays together, and one factor for all.",
)
def clip_each_array_by_itself(grads, max_norm):
    norm = math.sqrt(sum(float(np.sum(grad**2)) for grad in grads))
    for grad in grads:
        own = float(np.linalg.norm(grad))
        if max_norm < own < math.inf:
            grad *= max_norm / own
    return norm


@wrong(
    "clip_by_global_norm",
    "You scale all gradients to the length `max_norm`, even the small ones. Those within the limit must "
    "stay as they are.",
)
def clip_always(grads, max_norm):
    norm = math.sqrt(sum(float(np.sum(grad**2)) for grad in grads))
    if norm < math.inf:
        for grad in grads:
            grad *= max_norm / norm
    return norm


@wrong(
    "clip_by_global_norm",
    "You cut off each entry at +-max_norm, which changes the direction of the step. The limit is on the "
    "joint norm: shrink all entries by one factor.",
)
def clip_by_value(grads, max_norm):
    norm = math.sqrt(sum(float(np.sum(grad**2)) for grad in grads))
    if norm < math.inf:
        for grad in grads:
            np.clip(grad, -max_norm, max_norm, out=grad)
    return norm


@wrong(
    "clip_by_global_norm",
    "The norm is right, but the arrays stay as they were: a new array does not reach the caller, whether "
    "you call it `grad` or put it into the list. Change the given arrays in place.",
)
def clip_new_arrays(grads, max_norm):
    norm = math.sqrt(sum(float(np.sum(grad**2)) for grad in grads))
    if max_norm < norm < math.inf:
        for grad in grads:
            grad = grad * (max_norm / norm)
    return norm


@wrong(
    "clip_by_global_norm",
    "You clip correctly, but you return the norm after clipping. The caller wants to know how large it was "
    "before.",
)
def clip_and_return_the_norm_afterwards(grads, max_norm):
    norm = math.sqrt(sum(float(np.sum(grad**2)) for grad in grads))
    if max_norm < norm < math.inf:
        for grad in grads:
            grad *= max_norm / norm
    return max_norm if max_norm < norm < math.inf else norm


@wrong("clip_by_global_norm", "Your norm is the sum of all squares: the root is missing.")
def clip_by_the_squared_norm(grads, max_norm):
    norm = sum(float(np.sum(grad**2)) for grad in grads)
    if max_norm < norm < math.inf:
        for grad in grads:
            grad *= max_norm / norm
    return norm


@wrong(
    "clip_by_global_norm",
    "Your norm is the sum of the arrays' norms: for 3 and 4 it is 7 instead of 5. Add up the squares of "
    "all entries and take the root once, at the end.",
)
def clip_by_the_sum_of_norms(grads, max_norm):
    norm = sum(float(np.linalg.norm(grad)) for grad in grads)
    if max_norm < norm < math.inf:
        for grad in grads:
            grad *= max_norm / norm
    return norm


@wrong(
    "clip_by_global_norm",
    "You clip correctly, but the norm of float32 gradients is an np.float32. A Python float is promised.",
)
def clip_and_return_a_float32_number(grads, max_norm):
    norm = np.sqrt(sum(np.sum(grad.astype(np.float64) ** 2) for grad in grads))
    if max_norm < norm < math.inf:
        for grad in grads:
            grad *= max_norm / norm
    return grads[0].dtype.type(norm)


@wrong(
    "clip_by_global_norm",
    "You scale gradients with an infinite norm by 0, and inf * 0 is nan. Leave them as they are: the norm "
    "that you return tells the caller.",
)
def clip_infinite_norms(grads, max_norm):
    norm = math.sqrt(sum(float(np.sum(grad**2)) for grad in grads))
    if norm > max_norm:
        for grad in grads:
            with np.errstate(invalid="ignore"):
                grad *= max_norm / norm
    return norm


@wrong(
    "clip_by_global_norm",
    "A norm of nan makes every gradient nan. Every comparison with nan is False, so ask whether the norm is "
    "above the limit, not whether it is within it.",
)
def clip_unless_within(grads, max_norm):
    norm = math.sqrt(sum(float(np.sum(grad**2)) for grad in grads))
    if norm <= max_norm or norm == math.inf:
        return norm
    for grad in grads:
        grad *= max_norm / norm
    return norm


@wrong(
    "clip_by_global_norm",
    "You set gradients whose norm is infinite or nan to 0. Leave them as they are, so that the caller sees "
    "that the training has diverged.",
)
def clip_broken_gradients_to_zero(grads, max_norm):
    norm = math.sqrt(sum(float(np.sum(grad**2)) for grad in grads))
    for grad in grads:
        if not math.isfinite(norm):
            grad[...] = 0
        elif norm > max_norm:
            grad *= max_norm / norm
    return norm


@right("l2_penalty")
def l2_penalty_plainly(weights, strength):
    penalty = strength / 2 * sum(float(np.sum(W**2)) for W in weights)
    return penalty, [strength * W for W in weights]


@right("l2_penalty")
def l2_penalty_array_by_array(weights, strength):
    penalty, grads = 0.0, []
    for W in weights:
        penalty += 0.5 * strength * float(np.linalg.norm(W)) ** 2
        grads.append(W * strength)
    return penalty, grads


@right("l2_penalty")
def l2_penalty_from_the_gradients(weights, strength):
    grads = [np.multiply(strength, W) for W in weights]
    return sum(float(np.vdot(W, grad)) for W, grad in zip(weights, grads, strict=True)) / 2, grads


@right("dropout")
def dropout_plainly(x, rate, rng):
    if not 0 <= rate < 1:
        raise ValueError(f"rate must lie in [0, 1); got {rate}")
    x = as_floating(x)
    mask = (rng.random(x.shape) >= rate).astype(x.dtype) / (1 - rate)
    return x * mask, mask


@right("dropout")
def dropout_by_coins(x, rate, rng):
    x = _checked(x, rate)
    mask = (rng.binomial(1, 1 - rate, size=x.shape) / (1 - rate)).astype(x.dtype)
    return mask * x, mask


@right("dropout")
def dropout_by_choice(x, rate, rng):
    x = _checked(x, rate)
    kept = rng.random(x.shape) < 1 - rate
    mask = np.where(kept, x.dtype.type(1 / (1 - rate)), x.dtype.type(0))
    return np.where(kept, x * mask, x.dtype.type(0)), mask


@right("dropout_backward")
def dropout_backward_plainly(grad, mask):
    return grad * mask


@right("dropout_backward")
def dropout_backward_by_choice(grad, mask):
    return np.where(mask > 0, grad * mask, np.zeros_like(grad))


@right("clip_by_global_norm")
def clip_plainly(grads, max_norm):
    norm = math.sqrt(sum(float(np.sum(grad**2)) for grad in grads))
    if max_norm < norm < math.inf:
        for grad in grads:
            grad *= max_norm / norm
    return norm


@right("clip_by_global_norm")
def clip_by_the_smaller_factor(grads, max_norm):
    norm = float(np.linalg.norm(np.concatenate([grad.ravel() for grad in grads])))
    factor = min(1.0, max_norm / (norm + 1e-12))
    if 0 < factor < 1:
        for grad in grads:
            np.multiply(grad, factor, out=grad)
    return norm


@right("clip_by_global_norm")
def clip_by_the_norm_of_norms(grads, max_norm):
    norm = math.hypot(*(np.linalg.norm(grad) for grad in grads))
    if math.isfinite(norm) and norm > max_norm:
        for i in range(len(grads)):
            grads[i][...] = grads[i] / norm * max_norm
    return norm
