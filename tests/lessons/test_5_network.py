"""Lesson 5: the network.

Dense layers and activations in a row, a loss at the end, and the chain rule walking back: that is
backpropagation. The first half of the lesson builds the way forward, then one example is followed
weight by weight, and at the end every gradient of every kind of network is checked against nudges.
"""

import itertools
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
    unchanged,
    within,
)
from .networks import (
    ACTIVATION,
    HEADS,
    HIDDEN,
    batch,
    build,
    loss_by_hand,
    require_network_gradients,
    sums_by_hand,
)

FRESH = "return a new array, not a buffer that the next call fills"


def require_classes(answers, n):
    """Check that ``predict`` returned an integer array (n,)."""
    __tracebackhide__ = True
    require_array(answers, shape=(n,), dtype=getattr(answers, "dtype", None), what="predict(X)")
    require(answers.dtype.kind in "iu", f"predict must return class indices, integers; got {answers.dtype}")


@exercise("Network.__init__", about="shape values")
def test_parameters_have_the_right_shapes(network, rng):
    """784-16-10 has W1 (784, 16), b1 (16,), W2 (16, 10), b2 (10,); biases start at 0."""
    net = network.Network((784, 16, 10), rng=rng)
    shapes = [(784, 16), (16,), (16, 10), (10,)]
    require(len(net.params) == 4, f"params must be [W1, b1, W2, b2]; got {len(net.params)} entries")
    for name, param, shape in zip(("W1", "b1", "W2", "b2"), net.params, shapes, strict=True):
        require_array(param, shape=shape, dtype=np.float32, what=name)
    for name, b in zip(("b1", "b2"), net.params[1::2], strict=True):
        require_close(b, np.zeros(b.shape), what=name, look="biases start at 0", atol=0)


@exercise("Network.__init__", about="type")
def test_parameters_have_the_chosen_dtype(network, rng):
    """Use float64 to check gradients and float32 to train, for weights and biases alike."""
    net = network.Network((3, 2), rng=rng, dtype=np.float64)
    for name, param, shape in zip(("W1", "b1"), net.params, [(3, 2), (2,)], strict=True):
        require_array(param, shape=shape, dtype=np.float64, what=f"{name} of a network with dtype=np.float64")


@exercise("Network.__init__")
def test_float64_weights_have_all_their_digits(network, rng):
    """Weights that were drawn in float32 stay that coarse, and gradients cannot be checked with them."""
    W = network.Network((40, 30), rng=rng, dtype=np.float64).params[0]
    coarse = int(np.sum(W.astype(np.float32) == W))
    require(
        coarse < 0.5 * W.size,
        f"of {W.size} float64 weights, {coarse} have no more digits than float32 holds.",
        look="pass dtype on: initializer(rng, fan_in, fan_out, dtype)",
    )


@exercise("Network.__init__")
@pytest.mark.parametrize(
    ("initializer", "expected"), [("he_normal", 2 / 300), ("xavier_uniform", 2 / 400), ("zeros", 0.0)]
)
def test_weights_come_from_the_initializer(network, rng, initializer, expected):
    """The name chooses the rule of lesson 4, with each layer's own widths."""
    net = network.Network((300, 100, 300), rng=rng, dtype=np.float64, initializer=initializer)
    W1, _, W2, _ = net.params
    second = expected * 3 if initializer == "he_normal" else expected  # fan_in is 100 there
    for name, W, variance in (("W1", W1, expected), ("W2", W2, second)):
        actual = float(np.mean(np.square(W)))
        require(
            within(0.05 * variance, actual, variance),
            f"{initializer}: the mean square of {name} {W.shape} must be {variance:.5f} within 5 %; "
            f"got {actual:.5f}.",
            look="initializer(rng, fan_in, fan_out), where fan_in is the number of W's rows",
        )


@exercise("Network.__init__")
def test_the_generator_decides_the_weights(network, rng):
    """One seed, one network: an experiment can be repeated only from the same start."""
    seed = int(rng.integers(2**32))
    with no_global_randomness("Network"):
        nets = [network.Network((6, 5, 3), rng=np.random.default_rng(seed)) for _ in range(2)]
    for i, (first, second) in enumerate(zip(nets[0].params, nets[1].params, strict=True)):
        require(
            np.array_equal(first, second),
            f"two networks from the same seed differ in params[{i}].",
            look="draw all weights from the `rng` that was passed",
        )
    W1, _, W2, _ = network.Network((5, 5, 5), rng=rng).params
    require(
        not np.array_equal(W1, W2),
        "both layers have the same weights.",
        look="draw every layer from the one generator",
    )


@exercise("Network.__init__")
def test_without_a_generator_every_network_is_new(network):
    """A seed that nobody has chosen would make all experiments repeat the same draw."""
    with no_global_randomness("Network"):
        first, second = (network.Network((6, 5, 3)).params for _ in range(2))
    for i in (0, 2):
        require(
            not np.array_equal(first[i], second[i]),
            f"two networks made without rng have the same params[{i}].",
            look="np.random.default_rng() without a seed, if rng is None",
        )


@exercise("Network.__init__")
def test_params_are_the_arrays_themselves(network, rng):
    """Optimizers write into params: what they write must still be there when params is read again."""
    net = network.Network((3, 4, 2), rng=rng)
    for i in range(4):
        net.params[i][...] = i + 1
    for i, param in enumerate(net.params):
        require(
            np.all(param == i + 1),
            f"{i + 1} was written into params[{i}], and it is not there when params is read again.",
            look="keep the arrays in self.params; a property that copies them hands out copies",
        )


@exercise("Network.forward")
@pytest.mark.parametrize("activation", HIDDEN)
@pytest.mark.parametrize("output", ["identity", "sigmoid"])
@pytest.mark.parametrize("sizes", [(3, 2), (4, 5, 3), (3, 6, 4, 2)])
def test_forward_is_layer_after_layer(network, rng, activation, output, sizes):
    """Each layer computes x @ W + b and its activation; the last layer uses the one named by `output`."""
    net = build(network, rng, sizes, activation=activation, output=output, loss="mean_squared_error")
    X = rng.normal(size=(7, sizes[0]))
    _, expected = sums_by_hand(net, X, activation, output)
    with unchanged(X=X):
        actual = net.forward(X)
    require_close(
        actual,
        expected,
        what=f"forward of a {'-'.join(map(str, sizes))} network, {activation}, output {output}",
        look="hidden layers use `activation`, the last one uses `output`",
        rtol=1e-9,
    )


@exercise("Network.forward")
def test_writing_into_params_changes_the_network(network, rng):
    """Optimizers work in place: the arrays in `params` are the ones that forward computes with."""
    net = build(network, rng, (3, 4, 2), activation="tanh")
    X = rng.normal(size=(5, 3))
    net.forward(X)
    for param in net.params:
        param[...] = rng.normal(size=param.shape)
        _, expected = sums_by_hand(net, X, "tanh")
        require_close(
            net.forward(X),
            expected,
            what="forward after writing into params",
            look="keep one copy of the parameters, and read it in every pass",
            rtol=1e-9,
        )


@exercise("Network.forward")
def test_forward_returns_a_fresh_array(network, rng):
    """The next call must not change an earlier result behind the caller's back."""
    net = build(network, rng, (3, 4, 2))
    X = rng.normal(size=(5, 3))
    first = net.forward(X)
    kept = first.copy()
    net.forward(rng.normal(size=(5, 3)))
    require_close(first, kept, what="the result of forward, read again after another call", look=FRESH)


@exercise("Network.loss_and_grads")
def test_gradients_leave_earlier_outputs_alone(network, rng):
    """A training step must not change what forward returned before."""
    net = build(network, rng, (3, 4, 2))
    first = net.forward(rng.normal(size=(5, 3)))
    kept = first.copy()
    net.loss_and_grads(rng.normal(size=(5, 3)), rng.integers(2, size=5))
    require_close(first, kept, what="the result of forward, read again after loss_and_grads", look=FRESH)


@exercise("Network.loss_and_grads")
@pytest.mark.parametrize("sizes", [(3, 4, 2), (5, 3)])
@pytest.mark.parametrize("loss", list(HEADS))
def test_loss_is_that_of_the_output(network, rng, loss, sizes):
    """The network's loss is a loss of lesson 2, applied to what forward returns."""
    net = build(network, rng, sizes, loss=loss, output=HEADS[loss])
    X, y = batch(net, rng, "relu", loss)
    with unchanged(X=X, y=y, **{f"params{i}": param for i, param in enumerate(net.params)}):
        actual, grads = net.loss_and_grads(X, y)
    require_float(actual, "the loss of loss_and_grads")
    _, output = sums_by_hand(net, X, "relu", HEADS[loss])
    expected = loss_by_hand(loss, output, y)
    require_close(actual, expected, what=f"the loss of a network under {loss}", look="loss(forward(X), y)")
    require(
        len(grads) == len(net.params),
        f"grads must hold an array for each of the {len(net.params)} params; got {len(grads)}",
    )
    for i, (param, grad) in enumerate(zip(net.params, grads, strict=True)):
        require_array(grad, shape=param.shape, dtype=np.float64, what=f"grads[{i}]")


@exercise("Network.loss_and_grads", about="exception values")
@pytest.mark.parametrize("loss", ["binary_cross_entropy", "mean_squared_error"])
def test_a_single_output_takes_one_target_a_sample(network, rng, loss):
    """Targets come as n numbers, a single output as a column (n, 1): turn the targets into a column, too."""
    net = build(network, rng, (3, 4, 1), activation="tanh", loss=loss, output=HEADS[loss])
    X, y = rng.normal(size=(5, 3)), rng.integers(2, size=5)
    _, output = sums_by_hand(net, X, "tanh", HEADS[loss])
    with unchanged(X=X, y=y):
        actual, grads = net.loss_and_grads(X, y)
    grads = [grad.copy() for grad in grads]  # the network may reuse its own
    look = "self._as_targets(y) turns them into a column"
    what = f"targets of shape (5,) under {loss}"
    require_close(actual, loss_by_hand(loss, output, y), what=f"the loss for {what}", look=look)
    _, expected = net.loss_and_grads(X, y[:, None])
    for i, (grad, same) in enumerate(zip(grads, expected, strict=True)):
        require_close(grad, same, what=f"grads[{i}] for {what}", look=look)


def worked_example(network):
    """A network of 2 inputs, 3 ReLU units and 1 sigmoid output, with weights made for pencil and paper.

    x = (1, 2), the target is 1, the loss is the squared error.

      z1 = 1 * 0.5  + 2 * 0.25  + 0    =  1      a1 = relu(z1) = 1
      z2 = 1 * 1    - 2 * 0.25  + 0    =  0.5    a2 = 0.5
      z3 = 1 * 0.25 - 2 * 1     + 0.75 = -1      a3 = 0: this unit is off
      z  = 1 * 1 + 0.5 * (-2) + 0 * 3 + 0 = 0,   p = sigmoid(0) = 0.5
      L  = (0.5 - 1)**2 = 0.25
    """
    net = network.Network(
        (2, 3, 1),
        activation="relu",
        output="sigmoid",
        loss="mean_squared_error",
        rng=np.random.default_rng(0),
        dtype=np.float64,
    )
    for param, values in zip(
        net.params, ([[0.5, 1, 0.25], [0.25, -0.25, -1]], [0, 0, 0.75], [[1], [-2], [3]], [0]), strict=True
    ):
        param[...] = values
    return net, np.array([[1.0, 2.0]]), np.array([[1.0]])


@exercise("Network.forward", about=OWN_NUMBERS)
def test_worked_example_forward(network):
    """The way forward, by hand: see the numbers in `worked_example`."""
    net, X, _ = worked_example(network)
    require_close(net.forward(X), [[0.5]], what="the output p", look="z = a1*1 - a2*2 + a3*3 = 0")


@exercise("Network.loss_and_grads", about=OWN_NUMBERS)
def test_worked_example_backward(network):
    """The way back, by hand.

      dL/dp = 2 * (0.5 - 1) = -1          dL/dz = -1 * 0.5 * (1 - 0.5) = -0.25
      dL/dW2 = a * dL/dz = (-0.25, -0.125, 0)     dL/db2 = -0.25
      dL/da = W2 * dL/dz = (-0.25, 0.5, -0.75)    dL/dz1..3 = (-0.25, 0.5, 0): unit 3 is off
      dL/dW1 = x * dL/dz1..3: the row of x1 = 1 and the row of x2 = 2

    Now follow a single weight, w from x2 to unit 2: L changes with p by -1, p with z by 0.25, z with a2
    by -2, a2 with z2 by 1, and z2 with w by x2 = 2. The product is -1 * 0.25 * -2 * 1 * 2 = 1.
    """
    net, X, y = worked_example(network)
    loss, (dW1, db1, dW2, db2) = net.loss_and_grads(X, y)
    require_close(loss, 0.25, what="the loss", look="(0.5 - 1)**2")
    require_close(dW2, [[-0.25], [-0.125], [0]], what="dL/dW2", look="a = (1, 0.5, 0) times dL/dz = -0.25")
    require_close(db2, [-0.25], what="dL/db2", look="dL/dp * p * (1 - p) = -1 * 0.25")
    require_close(
        dW1,
        [[-0.25, 0.5, 0], [-0.5, 1, 0]],
        what="dL/dW1",
        look="x = (1, 2) times dL/dz1..3 = (-0.25, 0.5, 0)",
    )
    require_close(db1, [-0.25, 0.5, 0], what="dL/db1", look="unit 3 is off, so nothing flows through it")
    require_close(
        dW1[1, 1], 1.0, what="the gradient of the weight from x2 to unit 2", look="-1 * 0.25 * -2 * 1 * 2"
    )


@exercise("Network.loss_and_grads", about=OWN_NUMBERS)
def test_worked_example_step_on_chosen_weights(network):
    """Only W2's first two weights take a step of size 1: z becomes 1.25 - 1.875 / 2 = 0.3125."""
    net, X, y = worked_example(network)
    _, (_, _, dW2, _) = net.loss_and_grads(X, y)
    net.params[2][:2] -= 1.0 * dW2[:2]
    p = 1 / (1 + math.exp(-0.3125))
    loss, _ = net.loss_and_grads(X, y)
    look = "W2 = (1.25, -1.875, 3) and p = sigmoid(0.3125): the loss fell from 0.25"
    require_close(loss, (p - 1) ** 2, what="the loss after the step", look=look)


@exercise("Network.loss_and_grads")
@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_equal_weights_stay_equal(network, rng, activation):
    """Units that start as twins get the same gradient for ever: that is why weights start at random."""
    net = network.Network((4, 5, 3), activation=activation, rng=rng, dtype=np.float64)
    for param in net.params:
        param[...] = 0.3
    X, y = rng.uniform(0.1, 1, size=(8, 4)), rng.integers(3, size=8)
    for _ in range(5):
        _, grads = net.loss_and_grads(X, y)
        for param, grad in zip(net.params, grads, strict=True):
            param -= 0.5 * grad
    W1, _, W2, _ = net.params
    require(not np.allclose(W1, 0.3), "the weights did not move: are the gradients 0?")
    for unit in range(1, 5):
        look = "hidden units with equal weights must get equal gradients"
        require_close(W1[:, unit], W1[:, 0], what=f"the weights into unit {unit}", look=look)
        require_close(W2[unit], W2[0], what=f"the weights out of unit {unit}", look=look)


@exercise("Network.loss_and_grads")
@pytest.mark.parametrize("sizes", [(3, 2), (4, 3, 2)], ids=["depth1", "depth2"])
@pytest.mark.parametrize("loss", list(HEADS))
@pytest.mark.parametrize("activation", HIDDEN)
def test_gradients_are_derivatives(network, rng, activation, loss, sizes):
    """Nudge every single parameter: the loss must move as its gradient says."""
    net = build(network, rng, sizes, activation=activation, loss=loss, output=HEADS[loss])
    X, y = batch(net, rng, activation, loss)
    require_network_gradients(net, X, y, rng, f"{activation}, {loss}, sizes {sizes}")


@exercise("Network.loss_and_grads")
def test_gradients_of_scores_under_squared_error(network, rng):
    """A network that predicts numbers: identity output, squared error."""
    net = build(network, rng, (3, 4, 2), activation="tanh", loss="mean_squared_error")
    X, y = batch(net, rng, "tanh", "mean_squared_error")
    require_network_gradients(net, X, y, rng, "identity output, mean_squared_error")


@exercise("Network.loss_and_grads")
def test_gradients_do_not_pile_up(network, rng):
    """Two calls on the same batch give the same gradients: each call starts afresh."""
    net = build(network, rng, (3, 4, 2))
    X, y = batch(net, rng, "relu", "softmax_cross_entropy")
    loss, grads = net.loss_and_grads(X, y)
    first = [grad.copy() for grad in grads]
    net.loss_and_grads(X[:2], y[:2])  # a smaller batch in between must leave no trace
    again, grads = net.loss_and_grads(X, y)
    require_close(
        again, loss, what="the loss of the same batch", look="nothing may be left over from another call"
    )
    for i, (grad, expected) in enumerate(zip(grads, first, strict=True)):
        require_close(
            grad, expected, what=f"grads[{i}] of the same batch", look="assign gradients, don't add"
        )


@exercise("Network.loss_and_grads")
@pytest.mark.parametrize(
    ("activation", "loss"),
    [("tanh", "softmax_cross_entropy"), ("elu", "binary_cross_entropy"), ("sigmoid", "mean_squared_error")],
)
def test_gradients_through_many_layers(network, rng, activation, loss):
    """Six layers mean a loop that runs six times: no line may assume two layers."""
    sizes = (3, 4, 4, 3, 3, 3, 2)
    net = build(network, rng, sizes, activation=activation, loss=loss, output=HEADS[loss])
    X, y = batch(net, rng, activation, loss)
    require_network_gradients(net, X, y, rng, f"{activation}, {loss}, sizes {sizes}")


@exercise("Network.loss_and_grads")
def test_gradients_of_parts_make_those_of_the_whole(network, rng):
    """Take a batch of two and one of four: weighted by size, their gradients add up to those of all six."""
    net = build(network, rng, (3, 4, 2))
    X, y = rng.normal(size=(6, 3)), rng.integers(2, size=6)
    whole, two, four = (
        [grad.copy() for grad in net.loss_and_grads(X[part], y[part])[1]]
        for part in (slice(None), slice(2), slice(2, None))
    )
    for i, (all_six, first, rest) in enumerate(zip(whole, two, four, strict=True)):
        look = "each call divides by the size of its own batch"
        require_close(all_six, (2 * first + 4 * rest) / 6, what=f"grads[{i}] of six samples", look=look)


@exercise("Network.predict_proba")
@pytest.mark.parametrize("k", [2, 5])
def test_probabilities_are_shares(network, rng, k):
    """predict_proba is the softmax of the scores."""
    net = build(network, rng, (3, 4, k))
    X = rng.normal(size=(6, 3))
    _, scores = sums_by_hand(net, X, "relu")
    shares = np.array([[math.exp(z) / sum(map(math.exp, row)) for z in row] for row in scores])
    with unchanged(X=X):
        actual = net.predict_proba(X)
    require_close(actual, shares, what="predict_proba", look="softmax(forward(X))", rtol=1e-9)


@exercise("Network.predict_proba", about="values type")
def test_probabilities_are_fresh_and_float32(network, rng):
    """Like forward, it returns a new array each time, in the dtype of the network."""
    net = network.Network((3, 4, 2), rng=rng)
    first = net.predict_proba(rng.normal(size=(5, 3)))
    require_array(first, shape=(5, 2), dtype=np.float32, what="predict_proba in float32")
    kept = first.copy()
    net.predict_proba(rng.normal(size=(5, 3)))
    require_close(first, kept, what="the result of predict_proba, read again after another call", look=FRESH)


@exercise("Network.predict")
@pytest.mark.parametrize("k", [2, 5])
def test_the_likeliest_class_is_named(network, rng, k):
    """The largest score has the largest share, so predict needs no softmax."""
    net = build(network, rng, (3, 4, k))
    X = rng.normal(size=(6, 3))
    _, scores = sums_by_hand(net, X, "relu")
    with unchanged(X=X):
        answers = net.predict(X)
    require_classes(answers, 6)
    require(
        list(answers) == [list(row).index(max(row)) for row in scores],
        f"predict must name the class with the largest score of each row; got {list(answers)} for\n{scores}",
    )


@exercise("Network.predict_proba")
def test_one_output_has_the_probability_of_yes(network, rng):
    """Under binary_cross_entropy the probability is the sigmoid of the score."""
    net = build(network, rng, (3, 4, 1), loss="binary_cross_entropy")
    X = rng.normal(size=(9, 3))
    _, scores = sums_by_hand(net, X, "relu")
    expected = [[1 / (1 + math.exp(-z))] for (z,) in scores]
    require_close(net.predict_proba(X), expected, what="predict_proba", look="sigmoid(forward(X))", rtol=1e-9)


@exercise("Network.predict")
def test_one_output_answers_yes_or_no(network, rng):
    """With a single output, the answer is 1 if yes is likelier than no."""
    net = build(network, rng, (3, 4, 1), loss="binary_cross_entropy")
    X = rng.normal(size=(9, 3))
    _, scores = sums_by_hand(net, X, "relu")
    expected = [[1 / (1 + math.exp(-z))] for (z,) in scores]
    answers = net.predict(X)
    require_classes(answers, 9)
    require(
        answers.tolist() == [int(p > 0.5) for (p,) in expected],
        f"predict must return 1 if the probability is above 1/2, else 0; got {answers} for {expected}",
    )


@exercise("Network.predict")
def test_one_half_divides_yes_from_no(network, rng):
    """Scores just below and above 0 mean probabilities just below and above 1/2."""
    net = network.Network((1, 1), loss="binary_cross_entropy", rng=rng, dtype=np.float64)
    net.params[0][...] = 1  # the score is the input itself
    scores = [-1.0, -0.01, 0.01, 0.4, 1.0]
    answers = np.ravel(net.predict(np.array(scores)[:, None])).tolist()
    require(
        answers == [0, 0, 1, 1, 1],
        f"for the scores {scores}, predict must return [0, 0, 1, 1, 1]; got {answers}.",
        look="the threshold is 1/2 for probabilities, and 0 for scores",
    )


@exercise("Network.predict")
def test_one_half_divides_outputs_under_squared_error(network, rng):
    """Under squared error the output itself is trained towards 0 or 1: the threshold is 1/2, not 0."""
    net = network.Network((1, 1), loss="mean_squared_error", rng=rng, dtype=np.float64)
    net.params[0][...] = 1  # the output is the input itself
    outputs = [-0.2, 0.1, 0.49, 0.51, 0.9]
    answers = np.ravel(net.predict(np.array(outputs)[:, None])).tolist()
    require(
        answers == [0, 0, 0, 1, 1],
        f"for the outputs {outputs} of a network under mean_squared_error, predict must return [0, 0, 0, 1,  "
        f"1]; got {answers}.",
        look="only the scores of binary_cross_entropy have their threshold at 0",
    )


@exercise("Network.predict")
@pytest.mark.parametrize(("loss", "output"), [("binary_cross_entropy", 0.0), ("mean_squared_error", 0.5)])
def test_exactly_one_half_is_no(network, rng, loss, output):
    """A tie means class 0, as it does with np.argmax: the answer is 1 only above one half."""
    net = network.Network((1, 1), loss=loss, rng=rng, dtype=np.float64)
    net.params[0][...] = 1  # the output is the input itself
    answers = np.ravel(net.predict(np.array([[output]]))).tolist()
    require(
        answers == [0],
        f"under {loss} the output {output} means a probability of exactly 1/2, and so the class 0; "
        f"got {answers}.",
        look="the answer is 1 only above 1/2: compare with >, not with >=",
    )


@exercise("Network.predict")
def test_a_single_answer_is_0_or_1_however_large_the_output(network, rng):
    """Under squared error an output may be below 0 or above 1, but its class may not."""
    net = network.Network((1, 1), loss="mean_squared_error", rng=rng, dtype=np.float64)
    net.params[0][...] = 1  # the output is the input itself
    outputs = [-1.7, -0.8, 1.6, 30.0]
    answers = np.ravel(net.predict(np.array(outputs)[:, None])).tolist()
    require(
        answers == [0, 0, 1, 1],
        f"for the outputs {outputs}, predict must return [0, 0, 1, 1]; got {answers}.",
        look="compare with 1/2; rounding gives 2 for 1.6, and -1 for -0.8",
    )


@exercise("Network.predict")
@pytest.mark.parametrize("loss", ["binary_cross_entropy", "mean_squared_error"])
def test_the_largest_output_names_the_class_under_every_loss(network, rng, loss):
    """Three outputs name one class for each sample, even if they are three sigmoids or three numbers."""
    net = build(network, rng, (3, 4, 3), loss=loss)
    X = rng.normal(size=(20, 3))
    _, outputs = sums_by_hand(net, X, "relu")
    answers = net.predict(X)
    require_classes(answers, 20)
    expected = [row.index(max(row)) for row in outputs.tolist()]
    require(
        answers.tolist() == expected,
        f"under {loss}, predict must name the column of the largest of the three outputs, {expected}; "
        f"got {answers.tolist()}",
    )


@exercise("Network.predict_proba")
@pytest.mark.parametrize("outputs", [1, 3])
@pytest.mark.parametrize("output", ["identity", "sigmoid"])
def test_the_output_itself_is_told_under_squared_error(network, rng, output, outputs):
    """Under squared error the loss squashes nothing, and the output has its own activation."""
    net = build(network, rng, (3, 4, outputs), loss="mean_squared_error", output=output)
    net.params[-1][...] += 2  # beyond 1 without a sigmoid
    X = rng.normal(size=(5, 3))
    _, expected = sums_by_hand(net, X, "relu", output)
    require_close(
        net.predict_proba(X),
        expected,
        what=f"predict_proba under mean_squared_error, output {output}",
        look="the output itself: no softmax, no sigmoid, no limits",
        rtol=1e-9,
    )


@exercise("Network.predict_proba")
@pytest.mark.parametrize("k", [2, 5])
def test_several_yes_or_no_questions_at_once(network, rng, k):
    """Several outputs under binary_cross_entropy are separate answers: sigmoids, not shares."""
    net = build(network, rng, (3, 4, k), loss="binary_cross_entropy")
    X = rng.normal(size=(5, 3))
    _, scores = sums_by_hand(net, X, "relu")
    require_close(
        net.predict_proba(X),
        1 / (1 + np.exp(-scores)),
        what=f"predict_proba under binary_cross_entropy, {k} outputs",
        look="the loss decides: sigmoid for binary_cross_entropy, softmax for softmax_cross_entropy",
        rtol=1e-9,
    )


@exercise("Network.forward", about="type")
@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_forward_computes_in_float32(network, rng, activation):
    """In the default dtype, nothing on the way may turn into float64, and the values stay right."""
    net = network.Network((5, 6, 3), activation=activation, rng=rng)
    X = rng.normal(size=(4, 5)).astype(np.float32)
    require_array(net.forward(X), shape=(4, 3), dtype=np.float32, what="forward in float32")
    _, expected = sums_by_hand(net, X.astype(np.float64), activation)
    look = "float32 may cost only the last digits"
    require_close(net.forward(X), expected, what="forward", look=look, rtol=1e-4, atol=1e-5)


@exercise("Network.forward", about="type values")
@pytest.mark.parametrize("given", [np.float64, np.int64])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_forward_computes_in_the_dtype_of_the_network(network, rng, dtype, given):
    """Data often come as float64 or as integers; the result still has the network's dtype."""
    net = network.Network((5, 6, 3), rng=rng, dtype=dtype)
    X = rng.integers(-3, 4, size=(4, 5)).astype(given)
    what = f"forward of {np.dtype(given)} data in a network with dtype={np.dtype(dtype)}"
    require_array(net.forward(X), shape=(4, 3), dtype=dtype, what=what)
    _, expected = sums_by_hand(net, X.astype(np.float64), "relu")
    look = "convert the data to the network's dtype first: self._checked(X)"
    require_close(net.forward(X), expected, what=what, look=look, rtol=1e-4, atol=1e-5)


@exercise("Network.loss_and_grads", about="type")
@pytest.mark.parametrize("given", [np.float32, np.float64, np.int64])
@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_gradients_are_computed_in_float32(network, rng, activation, given):
    """float32 means half the memory and twice the speed on the way back as well, whatever the data are."""
    net = network.Network((5, 6, 3), activation=activation, rng=rng)
    X = rng.integers(-3, 4, size=(4, 5)).astype(given)
    _, grads = net.loss_and_grads(X, rng.integers(3, size=4))
    for i, (param, grad) in enumerate(zip(net.params, grads, strict=True)):
        what = f"grads[{i}] of a float32 network, with {np.dtype(given)} data"
        require_array(grad, shape=param.shape, dtype=np.float32, what=what)


@exercise("Network.forward")
def test_forward_takes_any_batch_size(network, rng):
    """Sample by sample or all at once, the outputs are the same, even for a large batch after a small one."""
    net = build(network, rng, (3, 4, 2))
    X = rng.normal(size=(5000, 3))
    alone = np.concatenate([net.forward(X[[i]]) for i in (0, 1, 2, -2, -1)])
    together = net.forward(X)[[0, 1, 2, -2, -1]]
    require_close(
        together, alone, what="forward of 5000 samples, against one by one", look="each row is a sample"
    )


@exercise("Network.loss_and_grads")
def test_loss_takes_any_batch_size(network, rng):
    """The loss of all samples is the mean of the parts' losses, weighted by their sizes."""
    net = build(network, rng, (3, 4, 2))
    X, y = rng.normal(size=(3000, 3)), rng.integers(2, size=3000)
    losses = [net.loss_and_grads(X[part], y[part])[0] for part in (slice(2000), slice(2000, 3000))]
    whole, _ = net.loss_and_grads(X, y)
    require_close(
        whole, (2 * losses[0] + losses[1]) / 3, what="the loss of 3000 samples", look="the loss is a mean"
    )


@exercise("Network.__init__")
def test_every_combination_can_be_built(network):
    """All names of lessons 1, 2 and 4 are accepted."""
    for activation, loss in itertools.product(ACTIVATION, HEADS):
        if activation != "identity":
            network.Network((2, 2, 2), activation=activation, loss=loss, output=HEADS[loss])
    for initializer in ("xavier_normal", "he_uniform", "random_normal", "random_uniform"):
        net = network.Network((2, 3), initializer=initializer)
        require_array(net.params[0], shape=(2, 3), dtype=np.float32, what=f"W1 by {initializer}")


@exercise("Network.__init__")
def test_he_normal_is_the_default(network, rng):
    """By default, weights are normal with the variance 2 / fan_in; sizes may be a list."""
    sizes = [300, 100, 300]
    net = network.Network(sizes, rng=rng, dtype=np.float64)
    require(sizes == [300, 100, 300], f"the list of sizes was changed to {sizes}")
    for name, W, variance in (("W1", net.params[0], 2 / 300), ("W2", net.params[2], 2 / 100)):
        actual = float(np.mean(np.square(W)))
        require(
            within(0.05 * variance, actual, variance),
            f"by default the mean square of {name} {W.shape} must be 2 / fan_in = {variance:.5f} "
            f"within 5 %; got {actual:.5f}.",
            look="the default initializer is he_normal",
        )
        largest = float(np.abs(W).max()) / math.sqrt(variance)
        require(
            largest > 3,
            f"of 30,000 normal weights some must lie beyond 3 standard deviations; the largest of {name} "
            f"is at {largest:.2f}.",
            look="the default initializer is he_normal, not he_uniform",
        )


@exercise("Network.loss_and_grads")
def test_nothing_is_dropped_by_default(network, rng):
    """A generator alone does not switch dropout on: its rate is 0 by default."""
    net = network.Network((30, 10, 3), rng=rng, dtype=np.float64)
    X, y = rng.normal(size=(5, 30)), rng.integers(3, size=5)
    require_close(
        net.loss_and_grads(X, y, rng)[0],
        net.loss_and_grads(X, y)[0],
        what="the loss with a generator, but with no dropout rate",
        look="the default dropout is 0",
    )


@exercise("Network.__init__")
def test_parameters_do_not_share_memory(network, rng):
    """Even with equal widths and equal zeros, each parameter has its own array."""
    params = network.Network((3, 3, 3, 3), initializer="zeros", rng=rng).params
    for (i, first), (j, second) in itertools.combinations(enumerate(params), 2):
        require(not np.shares_memory(first, second), f"params[{i}] and params[{j}] share their memory")
