"""Lesson 8: training.

This lesson is about everything around the gradient: labels as rows, features on one scale, batches in a
new order, a rate that falls, a stop at the right time, and the epoch that puts all this together. None of
it is deep, but mistakes in each piece have ruined somebody's results.
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
    require_value_error,
    unchanged,
    within,
)


@exercise("one_hot", about=OWN_NUMBERS)
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
        rows, expected, what=f"one_hot({labels}, 4)", look="all labels from 0 to n_classes - 1 are valid"
    )


@exercise("one_hot", about="shape values")
def test_one_hot_has_as_many_columns_as_classes(training):
    """The largest label of a batch says nothing about how many classes there are."""
    rows = training.one_hot(np.array([1, 0]), 10, np.float64)
    require_array(rows, shape=(2, 10), dtype=np.float64, what="one_hot([1, 0], 10, np.float64)")


@exercise("one_hot", about="type values")
@pytest.mark.parametrize("given", [np.uint8, np.int32])
def test_one_hot_takes_and_makes_any_type(training, given):
    """Labels read from a file are often uint8, and the caller may want rows of integers."""
    rows = training.one_hot(np.array([29, 0], given), 30, np.int64)
    what = f"one_hot of {np.dtype(given)} labels, as int64"
    require_array(rows, shape=(2, 30), dtype=np.int64, what=what)
    expected = [[int(column == label) for column in range(30)] for label in (29, 0)]
    require_close(
        rows, expected, what=what, look="labels may be any integers; `dtype` is the type of the rows"
    )


@exercise("one_hot", about="refusal")
@pytest.mark.parametrize("labels", [[0, 4], [-1, 2], [10, 0], [0, 4, 1], [2, -1, 0]])
def test_one_hot_refuses_impossible_labels(training, labels):
    """-1 would count from the end and silently mean the last class."""
    require_value_error(
        lambda: training.one_hot(np.array(labels), 4),
        f"one_hot({labels}, 4)",
        "compare the labels with 0 and n_classes before using them as indices",
    )


SCALE = "(x - min) / (max - min), min and max of each column of `train`"


@exercise("min_max_scale", about=OWN_NUMBERS)
def test_min_max_by_hand(training):
    """The column 2, 4, 6 becomes 0, 0.5, 1, and the column -1, 0, 3 becomes 0, 0.25, 1."""
    train = np.array([[2.0, -1.0], [4.0, 0.0], [6.0, 3.0]])
    with unchanged(train=train):
        result = training.min_max_scale(train)
    require(
        isinstance(result, tuple),
        f"min_max_scale must return a tuple, even for one array; got {type(result).__name__}",
    )
    require(len(result) == 1, f"one array in, one array out; got {len(result)}")
    require_close(result[0], [[0, 0], [0.5, 0.25], [1, 1]], what="the scaled training data", look=SCALE)


@exercise("min_max_scale")
def test_min_max_learns_from_the_training_data_alone(training):
    """Scale test data by the range of train, even if they leave [0, 1]: using their own range is cheating."""
    train, test = np.array([[0.0], [10.0]]), np.array([[5.0], [20.0], [-10.0]])
    with unchanged(test=test):
        result = training.min_max_scale(train, test, train)
    require(len(result) == 3, f"three arrays in, three arrays out; got {len(result)}")
    require_close(result[1], [[0.5], [2.0], [-1.0]], what="the scaled test data", look=SCALE)
    require_close(result[2], [[0.0], [1.0]], what="the third array", look=SCALE)


@exercise("min_max_scale", about="values warning")
def test_min_max_of_a_constant_feature_is_zero(training):
    """A corner of the image may always be white: its range is 0, and 0 / 0 must not happen."""
    train = np.array([[7.0, 1.0], [7.0, 3.0]])
    (scaled,) = training.min_max_scale(train)
    require_close(
        scaled,
        [[0, 0], [0, 1]],
        what="the scaled data with a constant column",
        look="treat columns whose maximum equals their minimum separately",
    )


@exercise("min_max_scale")
def test_min_max_of_a_feature_constant_on_train_alone_is_zero(training):
    """Training cannot learn what a change in a constant feature means, so it becomes 0 in every array."""
    train = np.array([[7.0, 1.0, 0.0], [7.0, 3.0, 0.0]])
    test = np.array([[7.5, 2.0, 1.0], [-90.0, 11.0, 2.0]])
    _, scaled = training.min_max_scale(train, test)
    look = "such a column is 0 in all arrays; dividing by 1 would leave x - min in the others"
    what = "other data, with the first and third columns constant in train"
    require_close(scaled, [[0, 0.5, 0], [0, 5, 0]], what=what, look=look)
    _, scaled = training.min_max_scale(train[:1], test)
    require_close(scaled, np.zeros((2, 3)), what="other data, with a single row in train", look=look)


@exercise("min_max_scale")
def test_min_max_takes_small_ranges_seriously(training):
    """A feature that varies by only a billionth still becomes 0 to 1: it is not constant."""
    (scaled,) = training.min_max_scale(np.array([[0.0, 0.0], [1e-9, 4e-200], [5e-10, 1e-200]]))
    look = f"{SCALE}; only a range of exactly 0 is a special case"
    require_close(scaled, [[0, 0], [1, 1], [0.5, 0.25]], what="two features with tiny ranges", look=look)


@exercise("min_max_scale", about="type values")
def test_min_max_dtype(training):
    """float32 stays float32; uint8 becomes float64 before any subtraction, because in it 2 - 3 is 255."""
    train = np.array([[3, 200], [13, 100]])
    (scaled,) = training.min_max_scale(train.astype(np.float32))
    require_array(scaled, shape=(2, 2), dtype=np.float32, what="scaled float32 data")
    scaled, other = training.min_max_scale(train.astype(np.uint8), np.array([[2, 150]], np.uint8))
    require_array(scaled, shape=(2, 2), dtype=np.float64, what="the scaled uint8 data")
    look = "convert to float64 before subtracting"
    require_close(scaled, [[0, 1], [1, 0]], what="the scaled uint8 data", look=look)
    require_close(other, [[-0.1, 0.5]], what="the other scaled uint8 data", look=look)


@exercise("minibatches")
@pytest.mark.parametrize(("n", "size"), [(10, 5), (10, 4), (3, 7), (6, 1), (1, 1), (64, 64)])
def test_minibatches_hold_every_sample_once(training, rng, n, size):
    """Ten samples in batches of four make 4 + 4 + 2: the short batch at the end counts as well."""
    with no_global_randomness("minibatches"):
        batches = list(training.minibatches(n, size, rng))
    for batch in batches:
        require(type(batch) is np.ndarray, f"a batch is an array of indices; got {type(batch).__name__}")
        require(batch.ndim == 1, f"a batch has the shape (size,); got {batch.shape}")
        require(batch.dtype.kind in "iu", f"a batch holds indices, integers; got {batch.dtype}")
    sizes = [len(batch) for batch in batches]
    expected = [size] * (n // size) + ([n % size] if n % size else [])
    require(
        sizes == expected,
        f"minibatches({n}, {size}) must have the sizes {expected}; got {sizes}.",
        look="the last batch holds what is left, and is not dropped",
    )
    everything = sorted(int(i) for batch in batches for i in batch)
    require(
        everything == list(range(n)),
        f"minibatches({n}, {size}) must hold each of 0..{n - 1} once; got {everything}.",
        look="cut one permutation into pieces; do not draw new samples for each batch",
    )


@exercise("minibatches")
def test_minibatches_are_shuffled_afresh(training, rng):
    """Each epoch has its own order, drawn from the generator."""
    seed = int(rng.integers(2**32))

    def order(generator):
        return np.concatenate(list(training.minibatches(100, 7, generator))).tolist()

    generator = np.random.default_rng(seed)
    first, second, again = order(generator), order(generator), order(np.random.default_rng(seed))
    require(first != sorted(first), "the batches come in the order of the data: shuffle them")
    require(first != second, "two epochs had the same order: draw a permutation at each call")
    require(first == again, "the same seed gave two different orders: draw only from `rng`")


@exercise("minibatches")
def test_minibatches_mix_everything(training, rng):
    """Each sample is as likely in the first batch as any other, and neighbours do not stay together."""
    first, neighbours = np.zeros(20), 0
    for _ in range(400):
        batches = list(training.minibatches(20, 5, rng))
        first[batches[0]] += 1
        neighbours += int(np.sum(np.abs(np.diff(np.concatenate(batches))) == 1))
    slack = 6 * math.sqrt(0.25 * 0.75 / 400)
    require(
        within(slack, first / 400, 0.25),
        "each of 20 samples must be in the first batch of 5 in a quarter of the epochs; the shares "
        f"were {(first / 400).round(2).tolist()}.",
        look="one permutation of all n samples",
    )
    require(
        neighbours / 400 < 4,
        f"in a random order of 20, about 1.9 pairs of neighbours stay together; {neighbours / 400:.1f} did.",
        look="shuffle the samples, not blocks of them",
    )


@exercise("minibatches")
def test_minibatches_come_in_every_order(training, rng):
    """Four samples have 24 orders, and each of them must be possible."""
    orders = {tuple(np.concatenate(list(training.minibatches(4, 2, rng))).tolist()) for _ in range(1000)}
    require(
        len(orders) == 24,
        f"1000 epochs of 4 samples must show all 24 orders; they showed {len(orders)}.",
        look="one permutation of all n samples, not only of some, and not only a rotation",
    )


@exercise("minibatches")
@pytest.mark.parametrize("size", [0, -1])
def test_minibatches_refuse_impossible_sizes(training, rng, size):
    """A batch size of -1 would give no batches at all, and the epoch would silently do nothing."""
    require_value_error(
        lambda: list(training.minibatches(5, size, rng)),
        f"minibatches(5, {size}, rng)",
        "raise ValueError if batch_size is below 1, at the call or at the first batch",
    )


@exercise("step_decay", about=OWN_NUMBERS)
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
            look="by default, the rate is halved every 30 epochs, counted from 0",
        )
    require_close(
        training.step_decay(2, 0.9, factor=0.1, every=1),
        0.009,
        what="step_decay(2, 0.9, factor=0.1, every=1)",
        look="two cuts by a factor of 0.1",
    )


@exercise("step_decay")
@pytest.mark.parametrize("every", [1, 3, 10])
@pytest.mark.parametrize("factor", [0.25, 0.9])
def test_step_decay_cuts_again_and_again(training, factor, every):
    """Over forty epochs, each cut multiplies the rate of the epoch before by the factor."""
    rate = 0.3
    for epoch in range(40):
        if epoch > 0 and epoch % every == 0:
            rate *= factor
        what = f"step_decay({epoch}, 0.3, factor={factor}, every={every})"
        look = "lr * factor ** (epoch // every)"
        require_close(training.step_decay(epoch, 0.3, factor, every), rate, what=what, look=look, rtol=1e-9)


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
        ([1, *[2] * 30], 25, 26),
        ([math.nan, 2, 3, 3], 2, 4),  # patience counts from the first epoch on
        ([math.nan, math.nan, 1], 2, 2),
        ([math.inf, math.inf, 1], 2, 2),
    ],
)
def test_early_stopping_has_patience(training, losses, patience, expected):
    """EarlyStopping waits `patience` epochs for a better loss than the best so far."""
    stopped, _ = stop_after(training, losses, patience=patience)
    require(
        stopped == expected,
        f"patience {patience}, losses {losses}: update must first return True at loss {expected}; it did "
        f"at {stopped}.",
        look="count the epochs since the best loss; a new best sets the count to 0",
    )


@exercise("EarlyStopping.update")
def test_early_stopping_asks_for_a_real_improvement(training):
    """With min_delta 0.1, a loss must beat the best by more than 0.1 to count as better."""
    losses = [1.0, 0.95, 0.92, 0.91]
    stopped, stopping = stop_after(training, losses, patience=3, min_delta=0.1)
    require(
        stopped == 4,
        f"min_delta 0.1, patience 3, losses {losses}: none beats 1.0 by more than 0.1, so update must "
        f"return True at loss 4; it did at {stopped}.",
        look="loss < best_loss - min_delta",
    )
    stopped, stopping = stop_after(training, [1.0, 0.8, 0.65], patience=2, min_delta=0.1)
    require(stopped is None, "each loss beats the one before by more than 0.1: go on")
    require(stopping.best_epoch == 2, f"best_epoch must be 2; got {stopping.best_epoch}")


@exercise("EarlyStopping.update")
def test_early_stopping_takes_nan_for_no_improvement(training):
    """A training run that has diverged must stop as well: nan is neither above nor below the best loss."""
    losses, expected = [2.0, math.nan, 1.5, math.nan, math.nan], [False, False, False, False, True]
    stopping = training.EarlyStopping(2)
    answers = [bool(stopping.update(loss, [np.zeros(1)])) for loss in losses]
    require(
        answers == expected,
        f"losses {losses}, patience 2: update must return {expected}, not {answers}.",
        look="ask whether the loss is better, not whether it is worse; for nan both answers are no",
    )
    require_close(stopping.best_loss, 1.5, what="best_loss", look="nan must never become the best loss")


@exercise("EarlyStopping.update")
@pytest.mark.parametrize("first", [math.nan, math.inf])
def test_early_stopping_takes_no_first_loss_on_trust(training, first):
    """A training run that begins with nan has no best loss yet: nothing can be lower than nan."""
    stopping = training.EarlyStopping(3)
    stopping.update(first, [np.zeros(1)])
    require(
        stopping.best_epoch is None,
        f"after a first loss of {first}, best_epoch must still be None; it is {stopping.best_epoch}.",
        look="the first loss must also be lower than best_loss, which starts at inf",
    )
    stopping.update(2.0, [np.zeros(1)])
    best = stopping.best_loss, stopping.best_epoch
    require(
        best == (2.0, 1),
        f"losses {first}, 2.0: best_loss and best_epoch must be 2.0 and 1; they are {best}.",
        look="the first loss must also be lower than best_loss, which starts at inf",
    )


@exercise("EarlyStopping.update")
def test_small_improvements_do_not_add_up_unseen(training):
    """With min_delta 0.1, a loss of 0.95 leaves the best at 1.0, and so 0.89 is better by 0.11."""
    stopping = training.EarlyStopping(2, min_delta=0.1)
    answers = [bool(stopping.update(loss, [np.zeros(1)])) for loss in (1.0, 0.95, 0.89)]
    require(
        answers == [False, False, False],
        "losses 1.0, 0.95, 0.89, patience 2, min_delta 0.1: update must return False each time; it "
        f"returned {answers}.",
        look="a loss that is not better by more than min_delta is not a new best_loss either",
    )
    require(stopping.best_epoch == 2, f"best_epoch must be 2; got {stopping.best_epoch}")


def arrays_within(value):
    """Yield the arrays that an object holds, in attributes, lists, tuples and dicts."""
    if isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, list | tuple):
        for part in value:
            yield from arrays_within(part)
    elif isinstance(value, dict):
        yield from arrays_within(list(value.values()))


@exercise("EarlyStopping.update")
def test_early_stopping_keeps_copies(training):
    """The network goes on writing into its arrays: if you keep those, you have kept nothing."""
    stopping, params = training.EarlyStopping(3), [np.ones((2, 2)), np.ones(3)]
    stopping.update(1.0, params)
    own = [
        not any(np.shares_memory(kept, param) for param in params) for kept in arrays_within(vars(stopping))
    ]
    require(
        any(own) or not own,
        "all arrays that EarlyStopping holds after update are the network's own, or views of them, "
        "and will change with the training.",
        look="copy each array, param.copy(); copying the list is not enough",
    )


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
    require(
        answers == expected,
        f"losses {losses}, patience 1, min_delta {min_delta}: update must return {expected}, not {answers}.",
        look="loss < best_loss - min_delta",
    )


@exercise("EarlyStopping.update")
def test_early_stopping_stays_with_its_word(training):
    """If training continues without improvement, update keeps returning True."""
    stopping = training.EarlyStopping(2)
    answers = [bool(stopping.update(loss, [np.zeros(1)])) for loss in (1, 2, 3, 4)]
    require(
        answers == [False, False, True, True],
        f"losses 1, 2, 3, 4, patience 2: update must return False, False, True, True; it returned {answers}",
    )


@exercise("EarlyStopping.update")
def test_early_stopping_remembers_the_best(training):
    """update notes the best loss and its epoch, counted from 0; it does not change the parameters."""
    stopping = training.EarlyStopping(patience=5)
    params = [np.zeros((2, 2)), np.zeros(3)]
    for epoch, loss in enumerate([0.9, 0.5, 0.7, 0.6]):
        params[0][...] = epoch
        params[1][...] = 10 * epoch
        with unchanged(W=params[0], b=params[1]):
            stopping.update(loss, params)
    require_close(stopping.best_loss, 0.5, what="best_loss", look="the lowest loss so far")
    require(stopping.best_epoch == 1, f"best_epoch counts from 0, so it must be 1; got {stopping.best_epoch}")


@exercise("EarlyStopping.restore")
def test_best_parameters_are_restored(training):
    """restore writes the numbers of the best epoch into the arrays that the network computes with."""
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


@exercise("EarlyStopping.restore")
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_restored_parameters_are_the_same_to_the_last_bit(training, rng, dtype):
    """The arrays may be views of one vector, as a network may keep them, or belong to another network."""
    vector = rng.normal(size=10).astype(dtype)
    params, best = [vector[:6].reshape(2, 3), vector[6:]], vector.copy()
    stopping = training.EarlyStopping(3)
    stopping.update(1.0, params)
    vector[...] = 0
    stopping.restore(params)
    require(
        np.array_equal(vector, best),
        f"the vector whose views were restored must hold {best}; it holds {vector}.",
        look="write into the arrays that are given, param[...] = best, without rounding",
    )
    others = [np.zeros((2, 3), dtype), np.zeros(4, dtype)]
    stopping.restore(others)
    require(
        np.array_equal(np.concatenate([other.ravel() for other in others]), best),
        f"other arrays, given to restore, must hold {best}; they hold {others}.",
        look="write into the arrays of `params`, not into those that update has seen",
    )


@exercise("EarlyStopping.restore")
@pytest.mark.parametrize("losses", [[], [math.nan]])
def test_there_must_be_a_best_to_restore(training, losses):
    """If there is no best, the caller would go on with the last parameters and take them for the best."""
    stopping, params = training.EarlyStopping(3), [np.ones(2)]
    for loss in losses:
        stopping.update(loss, params)
    require_value_error(
        lambda: stopping.restore(params),
        f"restore after the losses {losses}",
        "raise ValueError if there has been no best loss yet",
    )


class Recorder:
    """Stands in for a network and an optimizer, and writes down what train_epoch does with them.

    Sample i has the input [i, 2 i] and the target 10 i; the loss of a batch is the mean of its i, and its
    gradients are 3, 3 and 4, times ``scale``. As an optimizer it has a rate of its own, ``lr``.
    """

    def __init__(self, scale):
        self.params, self.scale, self.lr = [np.zeros((2, 1)), np.zeros(1)], scale, 0.125
        self.batches, self.generators, self.rates, self.norms, self.events = [], [], [], [], []

    def loss_and_grads(self, X, y, rng=None):
        require(
            np.array_equal(X[:, 0] * 10, np.ravel(y)),
            f"inputs {X[:, 0].tolist()} came with the targets {np.ravel(y).tolist()}.",
            look="the same indices must pick rows of X and of y",
        )
        self.batches.append(X[:, 0].astype(int).tolist())
        self.generators.append(rng)
        self.events.append("gradient")
        return float(X[:, 0].mean()), [np.full((2, 1), 3.0 * self.scale), np.full(1, 4.0 * self.scale)]

    def step(self, params, grads, lr=None):
        require(
            all(mine is given for mine, given in zip(self.params, params, strict=True)),
            "the optimizer must get the network's own params",
        )
        self.rates.append(lr)
        self.norms.append(math.sqrt(sum(float(np.sum(grad**2)) for grad in grads)))
        self.events.append("step")


def run_epoch(training, rng, n=10, scale=1.0, **options):
    recorder = Recorder(scale)
    X = np.arange(n)[:, None] * np.array([1.0, 2.0])
    y = 10.0 * np.arange(n)
    with unchanged(X=X, y=y):
        loss = training.train_epoch(recorder, recorder, X, y, rng=rng, **options)
    return loss, recorder


@exercise("train_epoch")
@pytest.mark.parametrize(
    ("n", "size", "sizes"),
    [
        (10, 4, [4, 4, 2]),
        (101, 25, [25, 25, 25, 25, 1]),
        (12, 4, [4, 4, 4]),
        (3, 8, [3]),
        (8, 8, [8]),
        (3, 1, [1, 1, 1]),
    ],
)
def test_epoch_visits_every_sample_once(training, rng, n, size, sizes):
    """Ten samples in batches of four: one gradient and then one step for 4, 4 and 2 of them."""
    _, recorder = run_epoch(training, rng, n=n, batch_size=size)
    actual = [len(batch) for batch in recorder.batches]
    require(actual == sizes, f"{n} samples in batches of {size} must come as {sizes}; they came as {actual}")
    visited = sorted(itertools.chain(*recorder.batches))
    require(visited == list(range(n)), f"each of {n} samples must be visited once; got {visited}")
    require(
        recorder.events == ["gradient", "step"] * len(sizes),
        f"each batch must give one gradient and then one step; got {recorder.events}",
    )


@exercise("train_epoch")
@pytest.mark.parametrize("shape", [(1,), (3,)])
def test_epoch_hands_on_targets_as_they_are(training, rng, shape):
    """Targets may be rows as well as numbers: a column for one output, one-hot rows for three."""

    class Shapes(Recorder):
        def loss_and_grads(self, X, y, rng=None):
            require(X.shape[1] == 3, f"the inputs are (10, 3); loss_and_grads got {X.shape}")
            require(
                y.shape == (len(X), *shape),
                f"{len(X)} of the targets (10, {shape[0]}) must have the shape {(len(X), *shape)}; "
                f"got {y.shape}.",
                look="y[batch] picks rows, whatever their shape",
            )
            return super().loss_and_grads(X, y[:, 0], rng)

    recorder = Shapes(1.0)
    X = np.arange(10.0)[:, None] * np.array([1.0, 2.0, 3.0])
    y = np.arange(10.0).reshape(10, 1) * 10 + np.zeros(shape)
    training.train_epoch(recorder, recorder, X, y, batch_size=4, rng=rng)
    require(
        len(recorder.batches) == 3, f"10 samples in batches of 4 make 3 batches; got {len(recorder.batches)}"
    )


@exercise("train_epoch")
def test_epoch_shuffles(training, rng):
    """The order is drawn from the generator, a new one for every epoch."""
    orders = [
        list(itertools.chain(*run_epoch(training, rng, n=50, batch_size=5)[1].batches)) for _ in range(2)
    ]
    require(orders[0] != sorted(orders[0]), "the samples came in the order of the data: shuffle them")
    require(orders[0] != orders[1], "two epochs had the same order: draw it from `rng` each time")


@exercise("train_epoch")
def test_epoch_returns_the_mean_over_samples(training, rng):
    """Batches of 4, 4 and 2: the mean of the batch means would count the last two samples double."""
    loss, _ = run_epoch(training, rng, batch_size=4)
    require_float(loss, "the loss that train_epoch returns")
    require_close(
        loss,
        4.5,
        what="the mean loss of samples with losses 0..9",
        look="weight each batch's loss by its number of samples",
    )


@exercise("train_epoch")
def test_epoch_passes_generator_and_rate_on(training, rng):
    """The network needs the generator for dropout, and the optimizer needs the rate of this epoch."""
    _, recorder = run_epoch(training, rng, batch_size=5, lr=0.25)
    require(
        all(generator is rng for generator in recorder.generators),
        "train_epoch must pass its own `rng` to loss_and_grads: without it there is no dropout, and "
        "with another one for each batch every batch has the same mask",
    )
    require(recorder.rates == [0.25, 0.25], f"step must get lr=0.25; got {recorder.rates}")
    _, recorder = run_epoch(training, rng, batch_size=10, lr=0.0)
    require(
        recorder.rates == [0.0],
        f"0 is a rate like any other; step got {recorder.rates}: compare lr with None",
    )
    _, recorder = run_epoch(training, rng, batch_size=10)
    require(
        recorder.rates in ([None], [recorder.lr]),
        f"without lr the optimizer's own rate holds, {recorder.lr}: pass that on, or None; step got "
        f"{recorder.rates}",
    )
    require(recorder.lr == 0.125, f"the optimizer's own rate must stay 0.125; it is {recorder.lr} now")


@exercise("train_epoch")
def test_epoch_clips_before_the_step(training, rng):
    """The gradients 3, 3 and 4 have the norm 5.83; with max_grad_norm=1 the optimizer sees 1."""
    _, recorder = run_epoch(training, rng, batch_size=5)
    look = "call clip_by_global_norm(grads, max_grad_norm) between loss_and_grads and step"
    require_close(recorder.norms, [math.sqrt(34)] * 2, what="the norms without limit", look=look)
    for limit in (1.0, 2.5, 5.0):
        _, recorder = run_epoch(training, rng, batch_size=5, max_grad_norm=limit)
        what = f"the norms with limit {limit}"
        require_close(recorder.norms, [limit] * 2, what=what, look=look, rtol=1e-5)
    _, recorder = run_epoch(training, rng, batch_size=5, scale=100.0, max_grad_norm=50.0)
    require_close(recorder.norms, [50.0] * 2, what="the norms with limit 50", look=look, rtol=1e-5)
    _, recorder = run_epoch(training, rng, batch_size=5, max_grad_norm=50.0)
    what = "the norms within a limit of 50"
    require_close(recorder.norms, [math.sqrt(34)] * 2, what=what, look=look)


class Unit:
    """A single sigmoid unit with its own gradient descent, so that nothing but train_epoch is judged."""

    def __init__(self):
        self.params, self.lr = [np.zeros(2), np.zeros(1)], 0.5

    def loss_and_grads(self, X, y, rng=None):
        w, b = self.params
        p = 1 / (1 + np.exp(-(X @ w + b)))
        loss = -float(np.mean(np.log(np.where(y == 1, p, 1 - p))))
        return loss, [(p - y) @ X / len(X), np.mean(p - y, keepdims=True)]

    def step(self, params, grads, lr=None):
        for param, grad in zip(params, grads, strict=True):
            param -= (self.lr if lr is None else lr) * grad


@exercise("train_epoch")
def test_epochs_train_a_model(training, rng):
    """Tell two clouds of points apart: the loss falls, and in the end every point is right."""
    y = rng.permutation(np.repeat([0, 1], 30))
    X = rng.normal(scale=0.3, size=(60, 2)) + np.where(y[:, None] == 0, -1.0, 1.0)
    unit = Unit()
    losses = [training.train_epoch(unit, unit, X, y, batch_size=16, rng=rng) for _ in range(30)]
    require(
        losses[-1] < losses[0] / 4,
        f"the loss must fall to less than a quarter in 30 epochs; it went from {losses[0]:.3f} to "
        f"{losses[-1]:.3f}",
    )
    w, b = unit.params
    right = int(np.sum((X @ w + b > 0) == y))
    require(right == 60, f"all 60 points lie clearly on their side; {right} were classified right")
