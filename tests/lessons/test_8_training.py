"""Lesson 8: training.

Everything around the gradient: labels as rows, features on one scale, batches in fresh order, a rate
that falls, a stop in time, and the epoch that puts it together. None of it is deep, and each piece
has ruined somebody's results.
"""

import itertools
import math

import numpy as np
import pytest

from .checks import (
    exercise,
    no_global_randomness,
    require_array,
    require_close,
    require_float,
    unchanged,
    within,
)


@exercise("one_hot")
def test_one_hot_by_hand(training):
    """Label 2 of four classes is [0, 0, 1, 0]."""
    labels = np.array([2, 0, 3])
    with unchanged(labels=labels):
        rows = training.one_hot(labels, 4)
    require_array(rows, shape=(3, 4), dtype=np.float32, what="one_hot(labels, 4)")
    require_close(
        rows,
        [[0, 0, 1, 0], [1, 0, 0, 0], [0, 0, 0, 1]],
        what="one_hot([2, 0, 3], 4)",
        look="1 in the column of the label, 0 elsewhere",
    )


@exercise("one_hot")
@pytest.mark.parametrize("labels", [[1, 3], [2, 2], [3]])
def test_one_hot_of_any_possible_labels(training, labels):
    """A batch need not hold every class: neither class 0 nor two different ones."""
    rows = training.one_hot(np.array(labels), 4)
    expected = [[float(column == label) for column in range(4)] for label in labels]
    require_close(
        rows, expected, what=f"one_hot({labels}, 4)", look="labels from 0 to n_classes - 1 are all right"
    )


@exercise("one_hot", about="shape values")
def test_one_hot_has_as_many_columns_as_classes(training):
    """The largest label of a batch says nothing about how many classes there are."""
    rows = training.one_hot(np.array([1, 0]), 10, np.float64)
    require_array(rows, shape=(2, 10), dtype=np.float64, what="one_hot([1, 0], 10, np.float64)")


@exercise("one_hot", about="refusal")
@pytest.mark.parametrize("labels", [[0, 4], [-1, 2], [10, 0], [0, 4, 1], [2, -1, 0]])
def test_one_hot_refuses_impossible_labels(training, labels):
    """-1 would count from the end and land in the last class, without a word."""
    try:
        rows = training.one_hot(np.array(labels), 4)
    except ValueError:
        return
    except Exception as error:
        pytest.fail(
            f"one_hot({labels}, 4) must raise ValueError; it raised {type(error).__name__}.\n"
            "Look at: compare the labels with 0 and n_classes before using them as indices",
            pytrace=False,
        )
    pytest.fail(
        f"one_hot({labels}, 4) must raise ValueError, for labels are 0..3; it returned\n{rows}\n"
        "Look at: compare the labels with 0 and n_classes before using them as indices",
        pytrace=False,
    )


SCALE = "(x - min) / (max - min), min and max of each column of `train`"


@exercise("min_max_scale")
def test_min_max_by_hand(training):
    """The column 2, 4, 6 becomes 0, 0.5, 1, and the column -1, 0, 3 becomes 0, 0.25, 1."""
    train = np.array([[2.0, -1.0], [4.0, 0.0], [6.0, 3.0]])
    with unchanged(train=train):
        result = training.min_max_scale(train)
    assert isinstance(result, tuple), (
        f"min_max_scale must return a tuple, also for one array; got {type(result).__name__}"
    )
    assert len(result) == 1, f"one array in, one array out; got {len(result)}"
    require_close(result[0], [[0, 0], [0.5, 0.25], [1, 1]], what="the scaled training data", look=SCALE)


@exercise("min_max_scale")
def test_min_max_learns_from_the_training_data_alone(training):
    """Test data are scaled by the training data's range, and may leave [0, 1]: looking is cheating."""
    train, test = np.array([[0.0], [10.0]]), np.array([[5.0], [20.0], [-10.0]])
    with unchanged(test=test):
        result = training.min_max_scale(train, test, train)
    assert len(result) == 3, f"three arrays in, three arrays out; got {len(result)}"
    require_close(result[1], [[0.5], [2.0], [-1.0]], what="the scaled test data", look=SCALE)
    require_close(result[2], [[0.0], [1.0]], what="the third array", look=SCALE)


@exercise("min_max_scale", about="values warning")
def test_min_max_of_a_constant_feature_is_zero(training):
    """A corner of the image that is always white: its range is 0, and 0 / 0 must not happen."""
    train = np.array([[7.0, 1.0], [7.0, 3.0]])
    (scaled,) = training.min_max_scale(train)
    require_close(
        scaled,
        [[0, 0], [0, 1]],
        what="the scaled data with a constant column",
        look="treat columns whose maximum equals their minimum apart",
    )


@exercise("min_max_scale")
def test_min_max_takes_small_ranges_seriously(training):
    """A feature that moves by a billionth still runs from 0 to 1: it is not constant."""
    (scaled,) = training.min_max_scale(np.array([[0.0], [1e-9], [5e-10]]))
    look = f"{SCALE}; only a range of exactly 0 is a special case"
    require_close(scaled, [[0], [1], [0.5]], what="a feature with a tiny range", look=look)


@exercise("min_max_scale", about="type values")
def test_min_max_dtype(training):
    """float32 stays float32; bytes become float64 before anything is subtracted, for 2 - 3 is 255 there."""
    train = np.array([[3, 200], [13, 100]])
    (scaled,) = training.min_max_scale(train.astype(np.float32))
    require_array(scaled, shape=(2, 2), dtype=np.float32, what="scaled float32 data")
    scaled, other = training.min_max_scale(train.astype(np.uint8), np.array([[2, 150]], np.uint8))
    require_array(scaled, shape=(2, 2), dtype=np.float64, what="scaled bytes")
    look = "convert to float64 before subtracting"
    require_close(scaled, [[0, 1], [1, 0]], what="scaled bytes", look=look)
    require_close(other, [[-0.1, 0.5]], what="other scaled bytes", look=look)


@exercise("minibatches")
@pytest.mark.parametrize(("n", "size"), [(10, 5), (10, 4), (3, 7), (6, 1), (1, 1), (64, 64)])
def test_minibatches_hold_every_sample_once(training, rng, n, size):
    """Ten samples in fours: 4 + 4 + 2. The short batch at the end counts, too."""
    with no_global_randomness("minibatches"):
        batches = list(training.minibatches(n, size, rng))
    for batch in batches:
        require_array(batch, shape=np.shape(batch), dtype=getattr(batch, "dtype", None), what="a batch")
        assert batch.dtype.kind in "iu", f"a batch holds indices, integers; got {batch.dtype}"
    sizes = [len(batch) for batch in batches]
    expected = [size] * (n // size) + ([n % size] if n % size else [])
    assert sizes == expected, (
        f"minibatches({n}, {size}) must have the sizes {expected}; got {sizes}.\n"
        "Look at: the last batch holds what is left, and is not dropped"
    )
    everything = sorted(int(i) for batch in batches for i in batch)
    assert everything == list(range(n)), (
        f"minibatches({n}, {size}) must hold each of 0..{n - 1} once; got {everything}.\n"
        "Look at: cut one permutation into pieces; do not draw samples anew for each batch"
    )


@exercise("minibatches")
def test_minibatches_are_shuffled_afresh(training, rng):
    """Each epoch has an order of its own, drawn from the generator."""
    seed = int(rng.integers(2**32))

    def order(generator):
        return np.concatenate(list(training.minibatches(100, 7, generator))).tolist()

    generator = np.random.default_rng(seed)
    first, second, again = order(generator), order(generator), order(np.random.default_rng(seed))
    assert first != sorted(first), "the batches come in the order of the data: shuffle them"
    assert first != second, "two epochs had the same order: draw a permutation at each call"
    assert first == again, "one seed gave two orders: draw from `rng` alone"


@exercise("minibatches")
def test_minibatches_mix_everything(training, rng):
    """Each sample is as likely in the first batch as any other, and neighbours do not stay together."""
    first, neighbours = np.zeros(20), 0
    for _ in range(400):
        batches = list(training.minibatches(20, 5, rng))
        first[batches[0]] += 1
        neighbours += int(np.sum(np.abs(np.diff(np.concatenate(batches))) == 1))
    slack = 6 * math.sqrt(0.25 * 0.75 / 400)
    assert within(slack, first / 400, 0.25), (
        "each of 20 samples must be in the first batch of 5 in a quarter of the epochs; the shares were "
        f"{(first / 400).round(2).tolist()}.\nLook at: one permutation of all n samples"
    )
    assert neighbours / 400 < 4, (
        f"in a random order of 20, about 1.9 pairs of neighbours stay together; {neighbours / 400:.1f} did.\n"
        "Look at: shuffle the samples, not blocks of them"
    )


@exercise("step_decay")
def test_step_decay_by_hand(training):
    """From 0.8, halved every 10 epochs: 0.8 up to epoch 9, 0.4 from 10, 0.2 from 20."""
    for epoch, expected in ((0, 0.8), (9, 0.8), (10, 0.4), (19, 0.4), (20, 0.2), (35, 0.1)):
        require_close(
            training.step_decay(epoch, 0.8, every=10),
            expected,
            what=f"step_decay({epoch}, 0.8, every=10)",
            look="lr * factor ** (epoch // every), from the first rate and not from the last",
        )
    for epoch, expected in ((29, 1.0), (30, 0.5), (59, 0.5), (60, 0.25)):
        require_close(
            training.step_decay(epoch, 1.0),
            expected,
            what=f"step_decay({epoch}, 1.0)",
            look="unless told otherwise, the rate is halved every 30 epochs, counted from 0",
        )
    require_close(
        training.step_decay(2, 0.9, factor=0.1, every=1),
        0.009,
        what="step_decay(2, 0.9, factor=0.1, every=1)",
        look="two cuts by a factor of 0.1",
    )


def stop_after(training, losses, **options):
    """Return how many losses EarlyStopping takes before it says stop (None: never), and itself."""
    stopping = training.EarlyStopping(**options)
    for i, loss in enumerate(losses):
        if stopping.update(loss, [np.array([float(i)])]):
            return i + 1, stopping
    return None, stopping


@exercise("EarlyStopping.update")
@pytest.mark.parametrize(
    ("losses", "patience", "expected"),
    [
        ([5, 4, 3, 2, 1], 1, None),
        ([3, 2, 2.5, 2.4, 2.3], 3, 5),
        ([3, 2, 2.5, 1.9, 2.5, 2.4, 2.3], 3, 7),  # a new best starts the count anew
        ([3, 2, 2, 2], 2, 4),  # as good as the best is not better
        ([1, 2], 1, 2),
        ([3, 2.5, 2.7, 2.6, 2.4], 3, None),  # lower than the epoch before is not lower than the best
        ([3, 4, 3.5, 2, 4, 4, 4], 3, 7),
        ([9, 10, 8, 9, 10], 2, 5),
        ([1, 1 - 1e-6, 1 - 2e-6], 1, None),  # unless told otherwise, any improvement counts
        ([1e6, 1e5, 1e4], 1, None),
        ([-1, -2, -3], 1, None),
    ],
)
def test_early_stopping_has_patience(training, losses, patience, expected):
    """It waits `patience` epochs for a better loss than the best so far."""
    stopped, _ = stop_after(training, losses, patience=patience)
    assert stopped == expected, (
        f"patience {patience}, losses {losses}: update must be True first at loss {expected}; it was "
        f"at {stopped}.\nLook at: count the epochs since the best loss; a new best sets the count to 0"
    )


@exercise("EarlyStopping.update")
def test_early_stopping_asks_for_a_real_improvement(training):
    """With min_delta 0.1, a loss must beat the best by more than 0.1 to count as better."""
    losses = [1.0, 0.95, 0.92, 0.91]
    stopped, stopping = stop_after(training, losses, patience=3, min_delta=0.1)
    assert stopped == 4, (
        f"min_delta 0.1, patience 3, losses {losses}: none beats 1.0 by more than 0.1, so update must "
        f"be True at loss 4; it was at {stopped}.\nLook at: loss < best_loss - min_delta"
    )
    stopped, stopping = stop_after(training, [1.0, 0.8, 0.65], patience=2, min_delta=0.1)
    assert stopped is None, "each loss beats the one before by more than 0.1: go on"
    assert stopping.best_epoch == 2, f"best_epoch must be 2; got {stopping.best_epoch}"


@exercise("EarlyStopping.update")
def test_early_stopping_takes_nan_for_no_improvement(training):
    """A training that has run away ends, too: nan is not above the best loss, and not below it either."""
    losses, expected = [2.0, math.nan, 1.5, math.nan, math.nan], [False, False, False, False, True]
    stopping = training.EarlyStopping(2)
    answers = [bool(stopping.update(loss, [np.zeros(1)])) for loss in losses]
    assert answers == expected, (
        f"losses {losses}, patience 2: update must say {expected}, not {answers}.\n"
        "Look at: ask whether the loss is better, not whether it is worse; for nan both answers are no"
    )
    require_close(stopping.best_loss, 1.5, what="best_loss", look="nan must never become the best loss")


@exercise("EarlyStopping.update")
@pytest.mark.parametrize(
    ("losses", "min_delta", "expected"),
    [
        ([10, 9.5, 9], 0.25, [False, False, False]),
        ([1, 0.75], 0.25, [False, True]),  # better by exactly min_delta is not better by more
        ([0.01, 0.005], 0.1, [False, True]),
    ],
)
def test_min_delta_is_an_absolute_difference(training, losses, min_delta, expected):
    """Better means lower by more than min_delta, in the units of the loss."""
    stopping = training.EarlyStopping(1, min_delta)
    answers = [bool(stopping.update(loss, [np.zeros(1)])) for loss in losses]
    assert answers == expected, (
        f"losses {losses}, patience 1, min_delta {min_delta}: update must say {expected}, not {answers}.\n"
        "Look at: loss < best_loss - min_delta"
    )


@exercise("EarlyStopping.update")
def test_early_stopping_stays_with_its_word(training):
    """Who goes on all the same, without a better loss, is told again to stop."""
    stopping = training.EarlyStopping(2)
    answers = [bool(stopping.update(loss, [np.zeros(1)])) for loss in (1, 2, 3, 4)]
    assert answers == [False, False, True, True], (
        f"losses 1, 2, 3, 4, patience 2: update must say False, False, True, True; it said {answers}"
    )


@exercise("EarlyStopping.update")
def test_early_stopping_remembers_the_best(training):
    """The best loss and its epoch, counted from 0; the parameters are looked at, not touched."""
    stopping = training.EarlyStopping(patience=5)
    params = [np.zeros((2, 2)), np.zeros(3)]
    for epoch, loss in enumerate([0.9, 0.5, 0.7, 0.6]):
        params[0][...] = epoch
        params[1][...] = 10 * epoch
        with unchanged(W=params[0], b=params[1]):
            stopping.update(loss, params)
    require_close(stopping.best_loss, 0.5, what="best_loss", look="the lowest loss so far")
    assert stopping.best_epoch == 1, f"best_epoch counts from 0, so it must be 1; got {stopping.best_epoch}"


@exercise("EarlyStopping.restore")
def test_best_parameters_are_restored(training):
    """Back come the numbers of the best epoch, into the arrays that the network computes with."""
    stopping = training.EarlyStopping(patience=5)
    params = [np.zeros((2, 2)), np.zeros(3)]
    for epoch, loss in enumerate([0.9, 0.5, 0.7, 0.6]):
        params[0][...] = epoch
        params[1][...] = 10 * epoch
        stopping.update(loss, params)
    arrays = list(params)
    stopping.restore(params)
    look = "copy the parameters when they are best, and write them back in place: p[...] = best"
    require_close(arrays[0], np.full((2, 2), 1.0), what="params[0] after restore", look=look)
    require_close(arrays[1], np.full(3, 10.0), what="params[1] after restore", look=look)
    arrays[0][...] = 7  # training goes on: the memory must not follow
    stopping.restore(params)
    require_close(arrays[0], np.full((2, 2), 1.0), what="params[0] restored again", look=look)


class Recorder:
    """Stands in for a network and an optimizer, and writes down what train_epoch does with them.

    Sample i has the input [i, 2 i] and the target 10 i; the loss of a batch is the mean of its i.
    """

    def __init__(self):
        self.params = [np.zeros((2, 1)), np.zeros(1)]
        self.batches, self.generators, self.rates, self.norms, self.events = [], [], [], [], []

    def loss_and_grads(self, X, y, rng=None):
        assert np.array_equal(X[:, 0] * 10, np.ravel(y)), (
            f"inputs {X[:, 0].tolist()} came with the targets {np.ravel(y).tolist()}.\n"
            "Look at: the same indices must pick rows of X and of y"
        )
        self.batches.append(X[:, 0].astype(int).tolist())
        self.generators.append(rng)
        self.events.append("gradient")
        return float(X[:, 0].mean()), [np.full((2, 1), 3.0), np.full(1, 4.0)]

    def step(self, params, grads, lr=None):
        assert all(mine is given for mine, given in zip(self.params, params, strict=True)), (
            "the optimizer must get the network's own params"
        )
        self.rates.append(lr)
        self.norms.append(math.sqrt(sum(float(np.sum(grad**2)) for grad in grads)))
        self.events.append("step")


def run_epoch(training, rng, n=10, **options):
    recorder = Recorder()
    X = np.arange(n)[:, None] * np.array([1.0, 2.0])
    y = 10.0 * np.arange(n)
    with unchanged(X=X, y=y):
        loss = training.train_epoch(recorder, recorder, X, y, rng=rng, **options)
    return loss, recorder


@exercise("train_epoch")
def test_epoch_visits_every_sample_once(training, rng):
    """Ten samples in batches of four: a gradient and a step for 4, 4 and 2 of them."""
    _, recorder = run_epoch(training, rng, batch_size=4)
    sizes = [len(batch) for batch in recorder.batches]
    assert sizes == [4, 4, 2], f"the batches must have 4, 4 and 2 samples; got {sizes}"
    visited = sorted(itertools.chain(*recorder.batches))
    assert visited == list(range(10)), f"each sample must be visited once; got {visited}"
    assert recorder.events == ["gradient", "step"] * 3, (
        f"each batch must give a gradient and then a step; got {recorder.events}"
    )


@exercise("train_epoch")
@pytest.mark.parametrize(("n", "size"), [(101, 25), (11, 4), (3, 8), (8, 8)])
def test_epoch_makes_a_step_for_every_batch(training, rng, n, size):
    """However the sizes divide: as many steps as batches, and nobody left out."""
    _, recorder = run_epoch(training, rng, n=n, batch_size=size)
    steps = recorder.events.count("step")
    assert steps == math.ceil(n / size), f"{n} samples in batches of {size}: {steps} steps were made"
    visited = sorted(itertools.chain(*recorder.batches))
    assert visited == list(range(n)), f"each of {n} samples must be visited once; got {visited}"


@exercise("train_epoch")
def test_epoch_shuffles(training, rng):
    """The order is drawn from the generator, a new one for every epoch."""
    orders = [
        list(itertools.chain(*run_epoch(training, rng, n=50, batch_size=5)[1].batches)) for _ in range(2)
    ]
    assert orders[0] != sorted(orders[0]), "the samples came in the order of the data: shuffle them"
    assert orders[0] != orders[1], "two epochs had the same order: draw it from `rng` each time"


@exercise("train_epoch")
def test_epoch_returns_the_mean_over_samples(training, rng):
    """Batches of 4, 4 and 2: the mean of the batch means would count the last two samples double."""
    loss, _ = run_epoch(training, rng, batch_size=4)
    require_float(loss, "the loss that train_epoch returns")
    require_close(
        loss,
        4.5,
        what="the mean loss of samples with losses 0..9",
        look="weigh each batch's loss by its number of samples",
    )


@exercise("train_epoch")
def test_epoch_passes_generator_and_rate_on(training, rng):
    """The network needs the generator for dropout, the optimizer the rate of this epoch."""
    _, recorder = run_epoch(training, rng, batch_size=5, lr=0.25)
    assert all(generator is rng for generator in recorder.generators), (
        "train_epoch must pass its own `rng` to loss_and_grads: without it there is no dropout, and with "
        "another one for each batch every batch has the same mask"
    )
    assert recorder.rates == [0.25, 0.25], f"step must get lr=0.25; got {recorder.rates}"
    _, recorder = run_epoch(training, rng, batch_size=10)
    assert recorder.rates == [None], "without lr the optimizer's own rate holds: pass None on"


@exercise("train_epoch")
def test_epoch_clips_before_the_step(training, rng):
    """The gradients 3, 3 and 4 have the norm 5.83; with max_grad_norm=1 the optimizer sees 1."""
    _, recorder = run_epoch(training, rng, batch_size=5)
    look = "clip_by_global_norm(grads, max_grad_norm) between loss_and_grads and step"
    require_close(recorder.norms, [math.sqrt(34)] * 2, what="the norms without limit", look=look)
    for limit in (1.0, 2.5, 5.0):
        _, recorder = run_epoch(training, rng, batch_size=5, max_grad_norm=limit)
        what = f"the norms with limit {limit}"
        require_close(recorder.norms, [limit] * 2, what=what, look=look, rtol=1e-5)


@exercise("train_epoch")
def test_epochs_train_a_network(training, network, optimizers, rng):
    """Two clouds of points, told apart: the loss falls, and in the end every point is right."""
    y = rng.permutation(np.repeat([0, 1], 30))
    X = rng.normal(scale=0.3, size=(60, 2)) + np.where(y[:, None] == 0, -1.0, 1.0)
    net = network.Network((2, 8, 2), activation="tanh", rng=rng, dtype=np.float64)
    optimizer = optimizers.Adam(lr=0.02)
    losses = [training.train_epoch(net, optimizer, X, y, batch_size=16, rng=rng) for _ in range(30)]
    assert losses[-1] < losses[0] / 4, (
        f"the loss must fall to less than a quarter in 30 epochs; it went from {losses[0]:.3f} to "
        f"{losses[-1]:.3f}"
    )
    right = int(np.sum(net.predict(X) == y))
    assert right == 60, f"all 60 points lie clearly on their side; {right} were told right"
