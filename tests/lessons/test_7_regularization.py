"""Lesson 7: regularization.

A network can learn its training set by heart, which helps nobody. L2 keeps the weights small, dropout
keeps units from relying on one another, and clipping keeps one bad batch from ruining the weights.
The second half of the lesson puts L2 and dropout into the network of lesson 5.
"""

import math

import numpy as np
import pytest

from .checks import (
    OWN_NUMBERS,
    exercise,
    no_global_randomness,
    require,
    require_array,
    require_close,
    require_float,
    require_gradient,
    require_value_error,
    unchanged,
    within,
)
from .networks import HEADS, HIDDEN, KINKED, batch, build, require_network_gradients

L2 = "penalty = strength / 2 * sum of W**2 over all weights; its gradient is strength * W"


@exercise("l2_penalty", about=OWN_NUMBERS)
def test_l2_by_hand(regularization):
    """1 + 4 + 9 + 16 + 25 = 55; half of 0.1 times that is 2.75, and each weight pulls with 0.1 * W."""
    weights = [np.array([[1.0, -2.0], [3.0, 4.0]]), np.array([[5.0]])]
    with unchanged(W1=weights[0], W2=weights[1]):
        penalty, grads = regularization.l2_penalty(weights, 0.1)
    require_float(penalty, "the penalty")
    require_close(penalty, 2.75, what="the penalty", look=L2)
    require(len(grads) == 2, f"one gradient for each of the 2 arrays; got {len(grads)}")
    require_close(grads[0], [[0.1, -0.2], [0.3, 0.4]], what="the gradient of W1", look=L2)
    require_close(grads[1], [[0.5]], what="the gradient of W2", look=L2)


@exercise("l2_penalty")
def test_l2_gradient_is_the_derivative_of_the_penalty(regularization, rng):
    """Both carry the same factors: a half in only one of them is the classic slip."""
    weights = [rng.normal(size=(3, 2)), rng.normal(size=(2, 4))]
    _, grads = regularization.l2_penalty(weights, 0.7)
    for i, W in enumerate(weights):
        require_gradient(
            lambda: regularization.l2_penalty(weights, 0.7)[0],
            W,
            grads[i],
            rng=rng,
            what=f"the gradient of W{i + 1}",
            look=L2,
        )


@exercise("l2_penalty", about="type")
def test_l2_keeps_the_dtype(regularization, rng):
    """float32 weights have float32 gradients, integers float64 ones; the penalty is a Python float."""
    W = rng.normal(size=(3, 2)).astype(np.float32)
    penalty, (grad,) = regularization.l2_penalty([W], 0.5)
    require_float(penalty, "the penalty of float32 weights")
    require_array(grad, shape=(3, 2), dtype=np.float32, what="the gradient of float32 weights")
    penalty, (grad,) = regularization.l2_penalty([np.array([[3, -1]])], 0.5)
    require_array(grad, shape=(1, 2), dtype=np.float64, what="the gradient of integer weights")
    require_close(grad, [[1.5, -0.5]], what="the gradient of the weights 3, -1 at strength 0.5", look=L2)
    require_close(penalty, 2.5, what="the penalty of the weights 3, -1 at strength 0.5", look=L2)


@exercise("l2_penalty")
@pytest.mark.parametrize("strength", [0.0, 1e-4, 3.0])
def test_l2_is_over_all_arrays_of_any_shape(regularization, rng, strength):
    """With seven arrays, some of them vectors, the penalty leaves none out and pulls each alike."""
    weights = [rng.normal(size=shape) for shape in ((2, 3), (3,), (3, 1), (1,), (1, 4), (4, 2), (2, 2, 2))]
    penalty, grads = regularization.l2_penalty(weights, strength)
    expected = strength / 2 * math.fsum(w * w for W in weights for w in W.ravel().tolist())
    require_close(penalty, expected, what=f"the penalty of 7 arrays, strength {strength}", look=L2)
    require(len(grads) == 7, f"one gradient for each of the 7 arrays; got {len(grads)}")
    for i, (grad, W) in enumerate(zip(grads, weights, strict=True)):
        pulls = np.array([strength * w for w in W.ravel().tolist()]).reshape(W.shape)
        require_close(grad, pulls, what=f"gradient {i} of 7, strength {strength}", look=L2)
        require(
            not np.shares_memory(grad, W), "a gradient shares its memory with the weights: make a new array"
        )


@exercise("dropout")
@pytest.mark.parametrize("rate", [0.05, 0.2, 0.25, 0.5, 0.8])
def test_dropout_silences_a_share_and_scales_the_rest(regularization, rng, rate):
    """`rate` is the share dropped; the others grow by 1 / (1 - rate), so that the mean stays the same."""
    x = rng.uniform(1, 2, size=(600, 500))
    with unchanged(x=x), no_global_randomness("dropout"):
        y, mask = regularization.dropout(x, rate, rng)
    for value, name in ((y, "y"), (mask, "mask")):
        require_array(value, shape=x.shape, dtype=np.float64, what=name)
    scale = 1 / (1 - rate)
    strange = np.unique(mask[(mask != 0) & ~np.isclose(mask, scale)])
    require(
        not strange.size,
        f"dropout(rate={rate}): the mask must hold only 0 and 1 / (1 - rate) = {scale:.4f}; got "
        f"{strange[:3]}.",
        look="scale while training (inverted dropout), so that nothing needs scaling later",
    )
    dropped, slack = float(np.mean(mask == 0)), 6 * math.sqrt(rate * (1 - rate) / x.size)
    require(
        within(slack, dropped, rate),
        f"dropout(rate={rate}) must drop {rate:.0%} of the entries within {slack:.1%}; it dropped "
        f"{dropped:.1%}.",
        look="`rate` is the share dropped, not the share kept",
    )
    require_close(y, x * mask, what="y", look="y = x * mask")


@exercise("dropout")
def test_dropout_decides_for_each_entry(regularization, rng):
    """Dropout does not choose whole rows or columns: each unit in each sample has its own coin."""
    _, mask = regularization.dropout(np.ones((60, 60)), 0.5, rng)
    for axis, name in ((0, "column"), (1, "row")):
        shares = np.mean(mask == 0, axis=axis)
        require(shares.min() > 0.05, f"a whole {name} was kept: draw a mask of x's full shape")
        require(shares.max() < 0.95, f"a whole {name} was dropped: draw a mask of x's full shape")
        different = len(np.unique(mask, axis=1 - axis))
        require(
            different == 60, f"of 60 {name}s of the mask only {different} differ: draw its full shape at once"
        )
    _, mask = regularization.dropout(np.ones((4, 5, 60)), 0.5, rng)
    different = len(np.unique(mask.reshape(20, 60), axis=0))
    require(different == 20, f"of 20 rows of a (4, 5, 60) mask only {different} differ: draw its full shape")


@exercise("dropout")
@pytest.mark.parametrize("shape", [(4, 5), (20,)])
def test_dropout_tosses_coins(regularization, rng, shape):
    """Twenty coins do not show ten heads each time: counting out the share makes units depend on others."""
    masks = [regularization.dropout(np.ones(shape), 0.5, rng)[1] for _ in range(200)]
    counts = {int((mask == 0).sum()) for mask in masks}
    look = "drop each entry independently, rng.random(x.shape) < rate, and not an exact number of them"
    require(len(counts) > 1, f"In 200 calls, exactly {min(counts)} of 20 entries were dropped.", look=look)
    parts = {int((part == 0).sum()) for mask in masks for part in mask.reshape(4, 5)}
    require(
        len(parts) > 1, f"In 200 calls, exactly {min(parts)} of 5 entries in a row were dropped.", look=look
    )


@exercise("dropout")
@pytest.mark.parametrize("rate", [1.0, 1.5, -0.1])
def test_dropout_refuses_impossible_rates(regularization, rng, rate):
    """If everything is dropped, nothing is left to scale: 1 / (1 - 1) does not exist."""
    require_value_error(
        lambda: regularization.dropout(np.ones((2, 3)), rate, rng),
        f"dropout(x, {rate}, rng)",
        "raise ValueError unless 0 <= rate < 1",
    )


@exercise("dropout")
def test_dropout_of_whole_numbers_is_float64(regularization, rng):
    """1 / (1 - 0.2) is 1.25, which no integer can hold: convert x first, and give the mask its dtype."""
    x = np.arange(1, 201).reshape(10, 20)
    y, mask = regularization.dropout(x, 0.2, rng)
    require_array(mask, shape=(10, 20), dtype=np.float64, what="the mask of integers")
    require_array(y, shape=(10, 20), dtype=np.float64, what="y of integers")
    look = "x = as_floating(x) before anything else"
    require_close(mask[mask != 0], np.full(np.count_nonzero(mask), 1.25), what="the mask's scale", look=look)
    require_close(y, x * mask, what="y of integers", look=look)


@exercise("dropout")
def test_dropout_draws_from_the_generator(regularization, rng):
    """A new mask at every call, and the same masks from the same seed."""
    seed = int(rng.integers(2**32))
    x = np.ones((10, 10))
    generator = np.random.default_rng(seed)
    _, first = regularization.dropout(x, 0.5, generator)
    _, second = regularization.dropout(x, 0.5, generator)
    _, again = regularization.dropout(x, 0.5, np.random.default_rng(seed))
    require(not np.array_equal(first, second), "two calls gave the same mask: do not reseed `rng`")
    require(np.array_equal(first, again), "the same seed gave two different masks: draw only from `rng`")


@exercise("dropout", about="shape type")
@pytest.mark.parametrize("shape", [(7,), (4, 5), (2, 3, 4)])
def test_dropout_keeps_shape_and_dtype(regularization, rng, shape):
    """float32 in, float32 out, for the mask as well: 1 / (1 - rate) must not promote them."""
    y, mask = regularization.dropout(np.ones(shape, np.float32), 0.5, rng)
    require_array(y, shape=shape, dtype=np.float32, what="y of float32 data")
    require_array(mask, shape=shape, dtype=np.float32, what="the mask of float32 data")


@exercise("dropout")
def test_dropout_of_nothing_changes_nothing(regularization, rng):
    """A rate of 0 keeps every entry as it is."""
    x = rng.normal(size=(5, 4)).astype(np.float32)
    y, mask = regularization.dropout(x, 0.0, rng)
    require_array(mask, shape=(5, 4), dtype=np.float32, what="the mask of float32 data")
    require_array(y, shape=(5, 4), dtype=np.float32, what="y of float32 data")
    require_close(y, x, what="dropout(x, 0)", look="nothing is dropped, so nothing is scaled")
    require_close(mask, np.ones((5, 4)), what="the mask at rate 0", look="1 / (1 - 0) = 1")


@exercise("dropout_backward")
def test_dropout_backward_takes_the_same_mask(regularization):
    """What was silenced had no effect on the loss; what was scaled up had that much more."""
    grad, mask = np.array([[3.0, -1.0, 2.0]]), np.array([[0.0, 2.0, 2.0]])
    with unchanged(grad=grad, mask=mask):
        back = regularization.dropout_backward(grad, mask)
    require_close(back, [[0.0, -2.0, 4.0]], what="dropout_backward", look="grad * mask")
    back = regularization.dropout_backward(grad.astype(np.float32), mask.astype(np.float32))
    require_array(back, shape=(1, 3), dtype=np.float32, what="dropout_backward of float32 arrays")


@exercise("dropout_backward")
@pytest.mark.parametrize("shape", [(6,), (3, 4), (2, 3, 4)])
def test_dropout_backward_is_the_derivative_of_dropout(regularization, rng, shape):
    """Under one mask, dropout's output is x * mask: nudge x, and the loss moves as the gradient says."""
    x, upstream = rng.normal(size=shape), rng.normal(size=shape)
    mask = np.where(rng.random(shape) < 0.3, 0.0, 1 / 0.7)
    back = regularization.dropout_backward(upstream, mask)
    require_gradient(
        lambda: float(np.sum(upstream * x * mask)),
        x,
        back,
        rng=rng,
        what=f"dropout_backward of {shape}",
        look="grad * mask",
    )
    exact = [g / 0.7 if m else 0.0 for g, m in zip(upstream.ravel().tolist(), mask.ravel(), strict=True)]
    what = f"dropout_backward of {shape}, rate 0.3"
    require_close(np.ravel(back), exact, what=what, look="grad * mask", rtol=1e-12)
    require(not np.shares_memory(back, mask), "the result shares its memory with the mask: make a new array")


@exercise("clip_by_global_norm", about=OWN_NUMBERS)
def test_clipping_by_hand(regularization):
    """The gradients 3 and 4 have the joint norm 5. A limit of 1 leaves a fifth of each: 0.6 and 0.8."""
    grads = [np.array([[3.0]]), np.array([0.0, 4.0])]
    norm = regularization.clip_by_global_norm(grads, 1.0)
    require_float(norm, "the norm")
    require_close(norm, 5.0, what="the norm returned", look="the norm before clipping")
    look = "one norm over all arrays together, and one factor max_norm / norm for all"
    require_close(grads[0], [[0.6]], what="grads[0] after clipping", look=look, rtol=1e-5)
    require_close(grads[1], [0.0, 0.8], what="grads[1] after clipping", look=look, rtol=1e-5)


@exercise("clip_by_global_norm", about="values changed")
def test_clipping_leaves_small_gradients_alone(regularization, rng):
    """Within the limit, not a bit may change: clipping does not scale to a fixed length."""
    grads = [rng.normal(size=(3, 2)), rng.normal(size=4)]
    norm = math.sqrt(sum(float(g) ** 2 for grad in grads for g in grad.ravel()))
    for limit in (norm * 1.0001, norm * 1.001, norm * 100):
        with unchanged(grad0=grads[0], grad1=grads[1]):
            returned = regularization.clip_by_global_norm(grads, limit)
        look = "sqrt of the sum of all squares"
        require_close(returned, norm, what="the norm", look=look, rtol=1e-12)
    zeros = [np.zeros(3)]
    require_close(
        regularization.clip_by_global_norm(zeros, 1.0),
        0.0,
        what="the norm of zeros",
        look="0 is within every limit; do not divide by it",
    )


@exercise("clip_by_global_norm")
@pytest.mark.parametrize("bad", [math.inf, -math.inf, math.nan])
def test_clipping_leaves_broken_gradients_alone(regularization, bad):
    """A limit divided by infinity is 0, and 0 * inf is nan: leave such gradients as they are."""
    grads = [np.array([[3.0, bad]]), np.array([-4.0])]
    with unchanged(grad0=grads[0], grad1=grads[1]):
        norm = regularization.clip_by_global_norm(grads, 1.0)
    require_float(norm, "the norm")
    require(
        norm == abs(bad) or (math.isnan(norm) and math.isnan(bad)),
        f"the norm of gradients with an entry of {bad} is {abs(bad)}; got {norm}",
    )


@exercise("clip_by_global_norm")
@pytest.mark.parametrize("limit", [0.01, 50.0])
def test_clipping_is_over_all_arrays_however_large(regularization, rng, limit):
    """With nine arrays and a joint norm in the thousands, every array counts and every array shrinks."""
    grads = [rng.normal(scale=1000, size=n) for n in range(1, 10)]
    before = [grad.tolist() for grad in grads]
    norm = math.sqrt(math.fsum(g * g for grad in before for g in grad))
    returned = regularization.clip_by_global_norm(grads, limit)
    look = "one norm over all arrays together, and one factor for all"
    require_close(returned, norm, what="the norm of 9 arrays", look=look, rtol=1e-9)
    for i, (grad, old) in enumerate(zip(grads, before, strict=True)):
        what = f"grads[{i}] of 9 after clipping to {limit}"
        require_close(grad, [g / norm * limit for g in old], what=what, look=look, rtol=1e-5)


@exercise("clip_by_global_norm")
@pytest.mark.parametrize("factor", [0.5, 0.9, 0.999])
def test_clipping_starts_at_the_limit(regularization, factor):
    """A norm of 5 is brought down to the limit, even if the limit is only a little lower."""
    grads = [np.array([3.0, 0.0]), np.array([4.0])]
    regularization.clip_by_global_norm(grads, 5 * factor)
    norm = math.sqrt(sum(float(g) ** 2 for grad in grads for g in grad))
    require_close(
        norm, 5 * factor, what="the norm afterwards", look="clip whenever norm > max_norm", rtol=1e-5
    )


@exercise("clip_by_global_norm")
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_clipping_keeps_the_direction(regularization, rng, dtype):
    """Afterwards the joint norm is the limit, and all entries keep their proportions."""
    grads = [rng.normal(size=shape).astype(dtype) for shape in ((30, 20), (20,), (20, 5))]
    before = [grad.astype(np.float64) for grad in grads]
    arrays = list(grads)
    norm = math.sqrt(sum(float(np.sum(grad**2)) for grad in before))
    returned = regularization.clip_by_global_norm(grads, norm / 3)
    require_float(returned, f"the norm of {np.dtype(dtype)} gradients")
    require_close(returned, norm, what="the norm returned", look="before clipping", rtol=1e-5)
    for i, (array, old) in enumerate(zip(arrays, before, strict=True)):
        require_array(array, shape=old.shape, dtype=dtype, what=f"grads[{i}]")
        require_close(
            array,
            old / 3,
            what=f"grads[{i}] after clipping to a third of the norm",
            look="work in place on the arrays of the list: grad *= factor",
            rtol=1e-5,
            atol=1e-6,
        )


@exercise("Network.l2")
def test_network_adds_l2_to_loss_and_weights(network, rng):
    """The penalty joins the loss, strength * W joins dL/dW, and the biases stay out of it."""
    seed = int(rng.integers(2**32))
    plain, decayed = (
        build(network, np.random.default_rng(seed), (3, 4, 2), activation="tanh", l2=l2) for l2 in (0.0, 0.1)
    )
    X, y = rng.normal(size=(5, 3)), rng.integers(2, size=5)
    require_close(
        decayed.forward(X), plain.forward(X), what="forward with l2", look="l2 is for training only"
    )
    loss, grads = plain.loss_and_grads(X, y)
    with unchanged(X=X, y=y, **{f"params{i}": param for i, param in enumerate(decayed.params)}):
        penalized, more = decayed.loss_and_grads(X, y)
    require_float(penalized, "the loss with l2=0.1")
    penalty = 0.05 * sum(w**2 for W in plain.params[::2] for w in W.ravel().tolist())
    require_close(penalized, loss + penalty, what="the loss with l2=0.1", look=f"loss + penalty; {L2}")
    for i, (grad, grad_l2) in enumerate(zip(grads, more, strict=True)):
        extra = 0.1 * plain.params[i] if i % 2 == 0 else 0
        look = "dW += strength * W" if i % 2 == 0 else "biases are not penalised"
        require_close(grad_l2, grad + extra, what=f"grads[{i}] with l2=0.1", look=look)


@exercise("Network.dropout")
def test_network_drops_out_only_when_given_a_generator(network, rng):
    """Training passes `rng`; forward, predict and a call without it are deterministic."""
    net = build(network, rng, (6, 50, 3), dropout=0.5)
    X, y = rng.normal(size=(5, 6)), rng.integers(3, size=5)
    look = "drop units only if `rng` is not None; forward never does"
    require_close(net.forward(X), net.forward(X), what="forward, called twice", look=look)
    plain, _ = net.loss_and_grads(X, y)
    again, _ = net.loss_and_grads(X, y)
    require_close(again, plain, what="the loss without rng, called twice", look=look)
    dropped = [net.loss_and_grads(X, y, rng)[0] for _ in range(4)]
    require(
        len({plain, *dropped}) == 5,
        f"with a generator, each call must draw new masks; the losses were {dropped}, {plain} without.",
        look="pass `rng` on to dropout in every hidden layer",
    )


@exercise("Network.dropout")
def test_network_drops_hidden_units_alone(network, rng):
    """Outputs are answers and inputs are data; without a hidden layer there is nothing to drop."""
    net = build(network, rng, (4, 3), dropout=0.5)
    X, y = rng.normal(size=(5, 4)), rng.integers(3, size=5)
    with_rng, _ = net.loss_and_grads(X, y, rng)
    without, _ = net.loss_and_grads(X, y)
    require_close(
        with_rng,
        without,
        what="the loss of a network without hidden layers, dropout=0.5",
        look="dropout follows the hidden activations; not the inputs, not the outputs",
    )


@exercise("Network.dropout")
@pytest.mark.parametrize("sizes", [(3, 4, 2), (4, 5, 4, 3)], ids=["depth2", "depth3"])
@pytest.mark.parametrize("loss", list(HEADS))
@pytest.mark.parametrize("activation", HIDDEN)
def test_regularized_gradients_are_derivatives(network, rng, activation, loss, sizes):
    """L2 and dropout together; the same seed at each call keeps the mask fixed while we nudge."""
    net = build(
        network, rng, sizes, activation=activation, loss=loss, output=HEADS[loss], l2=0.1, dropout=0.4
    )
    seed = int(rng.integers(2**32))
    while True:  # a kink would spoil the nudges, and dropout moves the later layers' sums
        X, y = batch(net, rng, activation, loss)
        if activation not in KINKED or _smooth(net, X, y, seed):
            break
    what = f"{activation}, {loss}, sizes {sizes}, l2 and dropout"
    look = (
        "on the way back, dx first goes through the mask of its layer (dropout_backward) and then through "
        "the slope of the activation, taken at the output before dropout; strength * W is added to dW, and "
        "nothing to db"
    )
    require_network_gradients(net, X, y, rng, what, look, dropout_seed=seed)


def _smooth(net, X, y, seed):
    """Return True if no kink is near: the loss then bends by the same small amount on both sides."""

    def loss_at(scale):
        for b, start in zip(net.params[1::2], starts, strict=True):
            b[...] = start + scale
        return net.loss_and_grads(X, y, np.random.default_rng(seed))[0]

    starts = [b.copy() for b in net.params[1::2]]
    values = [loss_at(scale) for scale in (-2e-4, -1e-4, 0.0, 1e-4, 2e-4)]
    loss_at(0.0)
    third_differences = np.diff(values, n=3)
    return bool(np.abs(third_differences).max() < 1e-9)


@exercise("Network.dropout")
def test_training_with_dropout_keeps_the_mean_of_the_output(network, rng):
    """Averaged over masks, a linear output layer sees what it sees without dropout: that is why we scale."""
    net = build(network, rng, (5, 400, 1), activation="tanh", loss="mean_squared_error", dropout=0.3)
    X, y = rng.normal(size=(1, 5)), np.zeros((1, 1))
    W1, b1, W2, b2 = net.params
    a = np.tanh(X @ W1 + b1)[0]
    output = float(a @ W2[:, 0] + b2[0])
    # The loss is the squared output, so its mean is output**2 + variance of the output over masks.
    variance = float(np.sum((a * W2[:, 0]) ** 2)) * 0.3 / 0.7
    draws = [net.loss_and_grads(X, y, rng)[0] for _ in range(4000)]
    expected = output**2 + variance
    slack = 6 * float(np.std(draws)) / math.sqrt(len(draws))
    require(
        within(slack, np.mean(draws), expected),
        f"the mean loss over 4000 masks must be {expected:.4f} within {slack:.4f}; got {np.mean(draws):.4f}.",
        look="scale survivors by 1 / (1 - rate) while training, and scale nothing in forward",
    )


@pytest.mark.parametrize(
    "rate",
    [pytest.param(0.0, marks=exercise("Network.l2")), pytest.param(0.5, marks=exercise("Network.dropout"))],
)
def test_l2_reaches_every_layer_and_every_call(network, rng, rate):
    """With four weight arrays, every loss contains the penalty over all of them, with or without dropout."""
    seed = int(rng.integers(2**32))
    X, y = rng.normal(size=(5, 3)), rng.integers(2, size=5)
    nets = [
        build(network, np.random.default_rng(seed), (3, 5, 4, 3, 2), activation="tanh", l2=l2, dropout=rate)
        for l2 in (0.0, 0.1)
    ]
    plain, penalized = (net.loss_and_grads(X, y, np.random.default_rng(seed))[0] for net in nets)
    penalty = 0.05 * sum(float(np.sum(W**2)) for W in nets[0].params[::2])
    look = f"{L2}, whether or not a generator is given"
    require_close(penalized - plain, penalty, what=f"the penalty, dropout={rate}", look=look)


@exercise("Network.dropout")
def test_dropout_ends_with_the_call(network, rng):
    """After a training step, everything without a generator is as it was before: no mode may stick."""
    net = build(network, rng, (6, 50, 3), dropout=0.5)
    X, y = rng.normal(size=(5, 6)), rng.integers(3, size=5)
    output = net.forward(X)
    loss, grads = net.loss_and_grads(X, y)
    grads = [grad.copy() for grad in grads]
    net.loss_and_grads(X, y, rng)
    look = "each call decides by its own `rng` whether to drop units; do not reuse old masks"
    require_close(net.forward(X), output, what="forward after a step with dropout", look=look)
    again, grads_again = net.loss_and_grads(X, y)
    require_close(again, loss, what="the loss after a step with dropout", look=look)
    for i, (grad, expected) in enumerate(zip(grads_again, grads, strict=True)):
        require_close(grad, expected, what=f"grads[{i}] after a step with dropout", look=look)


@pytest.mark.parametrize(
    "rate",
    [pytest.param(0.0, marks=exercise("Network.l2")), pytest.param(0.5, marks=exercise("Network.dropout"))],
)
def test_a_call_leaves_nothing_to_the_next(network, rng, rate):
    """Other seeds, other batches, other weights: each call gives what a new network gives."""

    def new():
        return build(network, rng, (3, 5, 4, 2), activation="tanh", l2=0.1, dropout=rate)

    used, look = new(), "start every list of loss_and_grads anew in each call: masks, outputs, the penalty"
    for call, n in enumerate((4, 4, 2, 6), 1):
        fresh = new()
        for mine, other in zip(used.params, fresh.params, strict=True):
            mine[...] = other
        X, y, seed = rng.normal(size=(n, 3)), rng.integers(2, size=n), int(rng.integers(2**32))
        expected, grads_expected = fresh.loss_and_grads(X, y, np.random.default_rng(seed))
        loss, grads = used.loss_and_grads(X, y, np.random.default_rng(seed))
        what = f"of call {call}, dropout={rate}, against those of a new network"
        require_close(loss, expected, what=f"the loss {what}", look=look)
        for i, (grad, due) in enumerate(zip(grads, grads_expected, strict=True)):
            require_close(grad, due, what=f"grads[{i}] {what}", look=look)


@exercise("Network.dropout")
def test_forward_does_not_feel_dropout(network, rng):
    """Inverted dropout scales while training, so that forward has nothing to make up for."""
    seed = int(rng.integers(2**32))
    plain, dropping = (
        build(network, np.random.default_rng(seed), (4, 6, 3), dropout=rate) for rate in (0.0, 0.5)
    )
    X = rng.normal(size=(5, 4))
    what = "forward of a network with dropout=0.5"
    require_close(dropping.forward(X), plain.forward(X), what=what, look="no masks, no factor in forward")


@exercise("Network.dropout")
@pytest.mark.parametrize(
    ("activation", "rate"),
    [("relu", 0.5), ("tanh", 0.8), ("sigmoid", 0.2), ("leaky_relu", 0.65), ("elu", 0.35)],
)
def test_every_hidden_layer_drops_units_of_its_own(network, rng, activation, rate):
    """Three hidden layers, one sample: a dropped unit passes nothing on, so its row of dW is 0."""
    net = network.Network(
        (4, 200, 200, 200, 2),
        activation=activation,
        dropout=rate,
        rng=rng,
        dtype=np.float64,
        loss="mean_squared_error",
    )
    for W in net.params[::2]:
        W[...] = rng.uniform(0.5, 1, W.shape) / len(W)  # all positive: no ReLU is off by itself
    X = rng.uniform(0.5, 1, (1, 4))
    _, grads = net.loss_and_grads(X, np.full((1, 2), -1.0), rng)
    dropped = [(grads[i] == 0).all(axis=1) for i in (2, 4, 6)]
    for layer, units in enumerate(dropped, 1):
        require(
            within(6 * math.sqrt(rate * (1 - rate) / 200), units.mean(), rate),
            f"hidden layer {layer}: about {rate:.0%} of 200 units must be dropped; {units.mean():.0%} were.",
            look="apply dropout after every hidden activation, at the full rate",
        )
    require(
        not np.array_equal(dropped[0], dropped[1]), "two layers had the same mask: draw a new one for each"
    )
    require(
        not np.array_equal(dropped[1], dropped[2]), "two layers had the same mask: draw a new one for each"
    )


@exercise("Network.dropout")
def test_every_sample_drops_units_of_its_own(network, rng):
    """With twenty samples and ten units, a unit dropped for all samples would mean a mask of one row."""
    net = network.Network((4, 10, 2), dropout=0.5, rng=rng, dtype=np.float64, loss="mean_squared_error")
    for W in net.params[::2]:
        W[...] = rng.uniform(0.5, 1, W.shape)  # all positive: no ReLU is off by itself
    X = rng.uniform(0.5, 1, (20, 4))
    _, grads = net.loss_and_grads(X, np.full((20, 2), -1.0), rng)
    silent = int((grads[2] == 0).all(axis=1).sum())
    require(
        silent == 0,
        f"{silent} of 10 units were dropped for all 20 samples together.",
        look=("give dropout the activations of the whole batch, so that its mask has a row for each sample"),
    )


@exercise("Network.dropout", about="type")
def test_regularized_float32_network_stays_in_float32(network, rng):
    """Neither the mask nor the penalty may turn the gradients into float64."""
    net = network.Network((4, 6, 3), dropout=0.5, l2=0.1, rng=rng)
    X = rng.normal(size=(5, 4)).astype(np.float32)
    _, grads = net.loss_and_grads(X, rng.integers(3, size=5), rng)
    for i, (param, grad) in enumerate(zip(net.params, grads, strict=True)):
        require_array(grad, shape=param.shape, dtype=np.float32, what=f"grads[{i}] with l2 and dropout")
