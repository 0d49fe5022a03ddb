"""Lesson 8: solutions of training, wrong and right."""

import itertools
import math

import numpy as np

from nn.activations import as_floating
from nn.regularization import clip_by_global_norm
from nn.training import EarlyStopping, minibatches

from .bank import IN, OUT, N, call, copying, drawn, probe, race, returned_error, right, script, wrong
from .lesson_5 import products_of_a_step


@race("one_hot")
def timed_rows(one_hot):
    labels = np.random.default_rng(0).integers(OUT, size=N)
    return lambda: one_hot(labels, OUT), lambda: np.zeros((N, OUT), np.float32)


@race("min_max_scale")
def timed_scaling(min_max_scale):
    (x,) = drawn((N, IN))
    return lambda: min_max_scale(x), copying(x)


@race("minibatches")
def timed_batches(minibatches):
    rng = np.random.default_rng(0)
    return lambda: list(minibatches(10_000, 32, rng)), lambda: rng.permutation(10_000)


@race("EarlyStopping.update")
def timed_update(stopping_class):
    params, losses = drawn((IN, OUT), OUT), itertools.count(1, -1)  # better each time
    stopping = stopping_class(10)
    return lambda: stopping.update(next(losses), params), copying(params[0])


@race("EarlyStopping.restore")
def timed_restore(stopping_class):
    params = drawn((IN, OUT), OUT)
    stopping = stopping_class(10)
    stopping.update(1.0, params)
    return lambda: stopping.restore(params), copying(params[0])


@race("train_epoch", beside=["network.Network", "optimizers.SGD"])
def timed_epoch(train_epoch, network, sgd):
    rng, (X,) = np.random.default_rng(0), drawn((10 * N, IN))
    y = rng.integers(10, size=len(X))
    net, optimizer = network((IN, OUT, 10), rng=rng), sgd(0.01)
    batch, step = np.empty((N, IN), np.float32), products_of_a_step()

    def gathered():
        for start in range(0, len(X), N):
            np.copyto(batch, X[start : start + N])
            step()

    return lambda: train_epoch(net, optimizer, X, y, batch_size=N, rng=rng), gathered


@probe("one_hot")
def rows(one_hot):
    yield call(one_hot, np.array([1]), 3)
    yield call(one_hot, np.array([2, 0]), 3)
    yield call(one_hot, np.array([1, 0]), 4, np.float64)
    yield call(one_hot, np.array([0, 4]), 4)
    yield call(one_hot, np.array([-1, 2]), 4)
    yield call(one_hot, np.array([2, 0], np.uint8), 3)


SCALED = ("scaled train", "scaled others[0]")


@probe("min_max_scale")
def scaled(min_max_scale):
    column = np.array([[2.0], [4.0], [6.0]])
    yield call(min_max_scale, column, parts=SCALED)
    yield call(min_max_scale, np.array([[2.0, -1.0], [4.0, 0.0], [6.0, 3.0]]), parts=SCALED)
    yield call(min_max_scale, column, np.array([[3.0], [8.0], [0.0]]), parts=SCALED)
    yield call(min_max_scale, np.array([[7.0, 1.0], [7.0, 3.0]]), parts=SCALED)
    yield call(min_max_scale, np.array([[7.0, 1.0], [7.0, 3.0]]), np.array([[7.5, 2.0]]), parts=SCALED)
    yield script(
        "whether the largest entry of min_max_scale(array([[0.0], [1e-9]])) is 1",
        lambda: int(np.isclose(np.max(min_max_scale(np.array([[0.0], [1e-9]]))), 1, rtol=1e-6)),
    )
    yield call(
        min_max_scale, np.array([[3, 200], [13, 100]], np.uint8), np.array([[2, 150]], np.uint8), parts=SCALED
    )
    yield call(min_max_scale, column.astype(np.float32), parts=SCALED)


@probe("minibatches")
def batches(minibatches):
    def rng():
        return np.random.default_rng(7)

    def sizes(n, size):
        return script(
            f"[len(batch) for batch in minibatches({n}, {size}, rng)]",
            lambda: [len(batch) for batch in minibatches(n, size, rng())],
            test="every_sample_once",
        )

    def order(n, size, generator):
        return np.concatenate(list(minibatches(n, size, generator)))

    def neighbours():
        """Return the mean number of neighbours in the data that stay together."""
        generator = rng()
        return float(np.mean([np.sum(np.abs(np.diff(order(20, 5, generator))) == 1) for _ in range(200)]))

    def shares():
        """Return how often each of 20 samples is in the first batch."""
        generator = rng()
        first = [next(iter(minibatches(20, 5, generator))) for _ in range(400)]
        return np.bincount(np.concatenate(first), minlength=20) / len(first)

    def epochs():
        generator = rng()
        first, second, again = order(50, 7, generator), order(50, 7, generator), order(50, 7, rng())
        return [
            int(np.array_equal(*pair)) for pair in ((np.sort(first), first), (second, first), (again, first))
        ]

    yield sizes(10, 4)
    yield sizes(6, 3)
    yield script(
        "the share of the 1000 samples that are in some batch of minibatches(1000, 50, rng)",
        lambda: len(set(order(1000, 50, rng()).tolist())) / 1000,
        rtol=0.1,
        test="every_sample_once",
    )
    yield script(
        "minibatches(50, 7, rng): whether it keeps the order of the data, whether a second epoch has the "
        "order of the first, and whether the same seed has",
        epochs,
        test="afresh",
    )
    yield script(
        "how many neighbours in the data stay together in minibatches(20, 5, rng), the mean of 200 epochs",
        neighbours,
        atol=0.6,
        test="mix_everything",
    )
    yield script(
        "how often each sample is in the first batch of minibatches(20, 5, rng), the share of 400 epochs",
        shares,
        atol=0.12,
        test="mix_everything",
    )
    yield script(
        "how many different orders 1000 epochs of minibatches(4, 2, rng) show",
        lambda: len({tuple(order(4, 2, generator)) for generator in [rng()] for _ in range(1000)}),
    )
    yield script("list(minibatches(5, -1, rng))", lambda: len(list(minibatches(5, -1, rng()))))


@probe("step_decay")
def rates(step_decay):
    def rate(*args, **options):
        shown = ", ".join([*map(repr, args), *(f"{name}={value}" for name, value in options.items())])
        return script(f"step_decay({shown})", lambda: float(step_decay(*args, **options)))

    for epoch in (10, 0, 9, 20, 35):
        yield rate(epoch, 0.8, every=10)
    yield rate(29, 1.0)
    yield rate(60, 1.0)
    yield rate(2, 0.9, factor=0.1, every=1)


@probe("EarlyStopping.update")
def stops(stopping_class):
    def answers(losses, patience, *min_delta):
        def run():
            stopping = stopping_class(patience, *min_delta)
            return [int(bool(stopping.update(loss, [np.zeros(1)]))) for loss in losses]

        options = ", ".join(map(str, (patience, *min_delta)))
        return script(f"what EarlyStopping({options}) says after each of the losses {losses}", run)

    def best(losses, *min_delta):
        stopping = stopping_class(5, *min_delta)
        for loss in losses:
            stopping.update(loss, [np.zeros(1)])
        return float(stopping.best_loss), float(stopping.best_epoch)

    yield answers([1, 2], 1)
    yield answers([3, 2, 2.5, 2.4, 2.3], 2)
    yield answers([3, 2.5, 2.7, 2.6, 2.4], 3)
    yield answers([3, 4, 2, 4, 1, 5], 2)
    yield answers([3, 2, 2], 1)
    yield answers([1, 1 - 1e-6], 1)
    yield answers([1, 0.95, 0.8], 1, 0.1)
    yield answers([10, 9.5], 1, 0.25)
    yield answers([2, math.nan, math.nan], 2)
    yield answers([math.nan, 2, 1], 3)
    yield answers([math.nan, math.nan, math.nan], 2)
    yield answers([1, 0.95, 0.89], 2, 0.1)
    yield script(
        "best_loss and best_epoch of EarlyStopping(5) after the losses [0.9, 0.5, 0.7]",
        lambda: best([0.9, 0.5, 0.7]),
        parts=("best_loss", "best_epoch"),
        test="remembers_the_best",
    )
    yield script(
        "best_loss and best_epoch of EarlyStopping(5) after the losses [nan, 0.5]",
        lambda: best([math.nan, 0.5]),
        parts=("best_loss", "best_epoch"),
    )

    def only_the_callers():
        stopping, params = stopping_class(5), [np.ones((1, 2)), np.ones(3)]
        stopping.update(1.0, params)
        kept = list(_arrays_within(vars(stopping)))
        return int(bool(kept) and all(any(np.shares_memory(k, p) for p in params) for k in kept))

    yield script(
        "whether all arrays that EarlyStopping holds after update(1.0, params) are those of params",
        only_the_callers,
    )


def _arrays_within(value):
    if isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, list | tuple | dict):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _arrays_within(part)


@probe("EarlyStopping.restore")
def restored(stopping_class):
    def after(into_others=False, again=False):
        """Return the arrays whose list was given to restore; their values are the number of the epoch."""
        stopping, params = stopping_class(5), [np.zeros((1, 2)), np.zeros(3)]
        for epoch, loss in enumerate([0.9, 0.5, 0.7, 0.6]):
            for param in params:
                param[...] = epoch
            stopping.update(loss, params)
        given = [np.full_like(param, 9) for param in params] if into_others else params
        arrays = list(given)
        stopping.restore(given)
        if again:
            for param in given:
                param[...] = 8
            stopping.restore(given)
        return arrays

    start = "the parameters are 0, 1, 2, 3 at the losses [0.9, 0.5, 0.7, 0.6]"
    yield script(f"{start}: the arrays after restore", after, parts="params")
    yield script(
        f"{start}: other arrays, after restore has been given those",
        lambda: after(into_others=True),
        parts="params",
    )
    yield script(
        f"{start}: the arrays after restore, 8 written into them, and restore",
        lambda: after(again=True),
        parts="params",
    )

    def without_a_best():
        return returned_error(stopping_class(5).restore([np.ones(2)]))

    yield script("EarlyStopping(5).restore([np.ones(2)]), before any update", without_a_best)


class Recorder:
    """Stands in for a network and an optimizer: sample i has the input i and the target 10 i, and the loss of
    a batch is its number of samples.
    """

    def __init__(self):
        self.params, self.lr = [np.zeros((1, 1)), np.zeros(1)], 0.125
        self.events, self.inputs, self.targets = [], [], []
        self.generators, self.rates, self.norms = [], [], []

    def loss_and_grads(self, X, y, rng=None):
        self.events.append("gradient")
        self.inputs.append(np.array(X).ravel())
        self.targets.append(np.array(y).ravel())
        self.generators.append(rng)
        return float(len(X)), [np.full((1, 1), 3.0), np.full(1, 4.0)]

    def step(self, params, grads, lr=None):
        self.events.append("step")
        self.rates.append(lr)
        self.norms.append(float(np.sqrt(sum(np.sum(grad**2) for grad in grads))))


@probe("train_epoch")
def passes(train_epoch):
    def ten(what, watch, test, **options):
        def run():
            recorder, rng = Recorder(), np.random.default_rng(7)
            X, y = np.arange(10.0)[:, None], 10 * np.arange(10.0)
            loss = train_epoch(recorder, recorder, X, y, batch_size=4, rng=rng, **options)
            return watch(recorder, loss=loss, rng=rng, X=X, y=y)

        shown = "".join(f", {name}={value}" for name, value in options.items())
        text = f"train_epoch(network, optimizer, X, y, batch_size=4{shown}) of 10 samples: {what}"
        return script(text, run, rtol=1e-4, test=test)

    def keeps_order(seen, **_):
        visited = np.concatenate(seen.inputs)
        return int(np.array_equal(visited, np.sort(visited)))

    def matches(seen, **_):
        return int(np.array_equal(10 * np.concatenate(seen.inputs), np.concatenate(seen.targets)))

    def untouched(seen, X, y, **_):
        return int(np.array_equal(X[:, 0], np.arange(10)) and np.array_equal(y, 10 * np.arange(10)))

    def passed_on(seen, rng, **_):
        return int(all(given is rng for given in seen.generators))

    visits = "visits_every_sample"
    yield ten("the lengths of the batches", lambda seen, **_: [len(batch) for batch in seen.inputs], visits)
    yield ten("the inputs seen, sorted", lambda seen, **_: np.sort(np.concatenate(seen.inputs)), visits)
    yield ten(
        "whether a batch's calls are loss_and_grads and step, once each, for the 3 batches",
        lambda seen, **_: int(seen.events == ["gradient", "step"] * 3),
        "a_step_for_every_batch",
    )
    yield ten(
        "the mean loss, batches of 4, 4, 2 having the losses 4, 4, 2", lambda seen, loss, **_: loss, "mean"
    )

    def columns():
        recorder, rng = Recorder(), np.random.default_rng(7)
        X, y = np.arange(10.0)[:, None], np.ones((10, 3))
        train_epoch(recorder, recorder, X, y, batch_size=4, rng=rng)
        return [targets.size for targets in recorder.targets]

    yield script(
        "train_epoch(network, optimizer, X, y, batch_size=4) of 10 samples with targets (10, 3): how many "
        "numbers the batches of targets hold",
        columns,
        test=visits,
    )

    yield ten("whether each input comes with its own target", matches, visits)
    yield ten("whether the samples come in the order of the data", keeps_order, "shuffles")
    yield ten("whether X and y stay as they are", untouched, visits)
    yield ten("whether loss_and_grads gets the rng of the epoch", passed_on, "passes")
    yield ten("how often step gets lr=0.25", lambda seen, **_: seen.rates.count(0.25), "passes", lr=0.25)
    yield ten("how often step gets lr=0.0", lambda seen, **_: seen.rates.count(0.0), "passes", lr=0.0)
    yield ten(
        "how often step gets the optimizer's own rate",
        lambda seen, **_: seen.rates.count(seen.lr),
        "passes",
        lr=0.0,
    )
    yield ten(
        "how often step gets lr=None, or the optimizer's own rate",
        lambda seen, **_: seen.rates.count(None) + seen.rates.count(seen.lr),
        "passes",
    )
    yield ten(
        "the norms that step gets, of the gradients 3 and 4",
        lambda seen, **_: seen.norms,
        "clips",
        max_grad_norm=1.0,
    )
    yield ten("the norms that step gets, of the gradients 3 and 4", lambda seen, **_: seen.norms, "clips")


@wrong(
    "one_hot",
    "The number of your columns depends on the largest label, but a batch need not contain every class: "
    "n_classes says how many there are.",
)
def classes_up_to_the_largest_label(labels, n_classes, dtype=np.float32):
    if labels.min() < 0 or labels.max() >= n_classes:
        raise ValueError("labels out of range")
    return np.eye(labels.max() + 1, dtype=dtype)[labels]


@wrong(
    "one_hot",
    "Labels out of range do not raise ValueError: compare them with 0 and n_classes first. As an index, -1 "
    "counts from the end and would silently mean the last class.",
)
def one_hot_without_a_check(labels, n_classes, dtype=np.float32):
    return np.eye(n_classes, dtype=dtype)[labels]


@wrong(
    "one_hot",
    "You return the ValueError like a result, so nothing stops the caller. An exception must be raised: use "
    "`raise` in place of `return`.",
)
def one_hot_returning_the_error(labels, n_classes, dtype=np.float32):
    if labels.min() < 0 or labels.max() >= n_classes:
        return ValueError("labels out of range")
    return np.eye(n_classes, dtype=dtype)[labels]


@wrong(
    "one_hot",
    "You take a label of -1 for the last class: compare the labels with 0 as well, not only with n_classes.",
)
def one_hot_checked_above_alone(labels, n_classes, dtype=np.float32):
    if labels.max() >= n_classes:
        raise ValueError("label too large")
    return np.eye(n_classes, dtype=dtype)[labels]


@wrong(
    "one_hot",
    "Every row has a 1 in the columns of all labels: with `:` for the rows, you set each label in every "
    "row. Row i belongs to label i, so index rows and columns in pairs.",
)
def one_hot_in_every_row(labels, n_classes, dtype=np.float32):
    if labels.min() < 0 or labels.max() >= n_classes:
        raise ValueError("labels out of range")
    rows = np.zeros((len(labels), n_classes), dtype)
    rows[:, labels] = 1
    return rows


@wrong("one_hot", "Your result is transposed: each row must be a sample, and each column a class.")
def one_hot_in_columns(labels, n_classes, dtype=np.float32):
    if labels.min() < 0 or labels.max() >= n_classes:
        raise ValueError("labels out of range")
    rows = np.zeros((n_classes, len(labels)), dtype)
    rows[labels, np.arange(len(labels))] = 1
    return rows


@wrong("one_hot", "The rows are float64 whatever `dtype` says: pass it on where the array is made.")
def one_hot_in_float64(labels, n_classes, dtype=np.float32):
    if labels.min() < 0 or labels.max() >= n_classes:
        raise ValueError("labels out of range")
    rows = np.zeros((len(labels), n_classes))
    rows[np.arange(len(labels)), labels] = 1
    return rows


@wrong(
    "min_max_scale",
    "For a constant feature you divide 0 by 0, because its range is 0. Treat such columns separately: they "
    "become 0.",
)
def constant_feature_divided_by_zero(train, *others):
    train = as_floating(train)
    low, high = train.min(axis=0), train.max(axis=0)
    return tuple((as_floating(x) - low) / (high - low) for x in (train, *others))


@wrong(
    "min_max_scale",
    "You scale every array by its own range, so the same pixel value means different things in training "
    "and test. Use the minimum and maximum of `train` for all of them.",
)
def every_array_by_its_own_range(train, *others):
    def scale(x):
        x = as_floating(x)
        low, span = x.min(axis=0), x.max(axis=0) - x.min(axis=0)
        return (x - low) / np.where(span > 0, span, np.inf).astype(x.dtype)

    return tuple(scale(x) for x in (train, *others))


@wrong(
    "min_max_scale",
    "Your minimum and maximum also cover the other arrays, as if all were joined first. They must come "
    "from `train` alone: learning anything from test data is cheating.",
)
def range_over_all_arrays(train, *others):
    everything = np.concatenate([as_floating(x) for x in (train, *others)])
    low, span = everything.min(axis=0), everything.max(axis=0) - everything.min(axis=0)
    span = np.where(span > 0, span, np.inf).astype(span.dtype)
    return tuple((as_floating(x) - low) / span for x in (train, *others))


@wrong(
    "min_max_scale",
    "You take one minimum and one maximum over the whole array: but each feature has its own.",
)
def one_range_for_all_features(train, *others):
    train = as_floating(train)
    low, span = train.min(), train.max() - train.min()
    return tuple((as_floating(x) - low) / (span if span > 0 else np.inf) for x in (train, *others))


@wrong(
    "min_max_scale",
    "You do not subtract the minimum: you only divide by the maximum, so a feature need not start at 0.",
)
def divided_by_the_maximum(train, *others):
    high = as_floating(train).max(axis=0)
    return tuple(
        as_floating(x) / np.where(high != 0, high, np.inf).astype(high.dtype) for x in (train, *others)
    )


@wrong(
    "min_max_scale",
    "You subtract the minimum and divide by the maximum: the divisor is the range, maximum minus minimum.",
)
def divided_by_the_maximum_after_the_shift(train, *others):
    train = as_floating(train)
    low, high = train.min(axis=0), train.max(axis=0)
    return tuple(
        (as_floating(x) - low) / np.where(high != 0, high, np.inf).astype(high.dtype)
        for x in (train, *others)
    )


@wrong(
    "min_max_scale",
    "This standardises to mean 0 and standard deviation 1, but the result must have the range 0 to 1, from "
    "minimum and maximum.",
)
def standardised(train, *others):
    train = as_floating(train)
    mean, deviation = train.mean(axis=0), train.std(axis=0)
    deviation = np.where(deviation > 0, deviation, 1).astype(train.dtype)
    return tuple((as_floating(x) - mean) / deviation for x in (train, *others))


@wrong(
    "min_max_scale",
    "The small number that you add to the range, against 0 / 0, is large compared with a small range: only "
    "a range of exactly 0 is a special case.",
)
def small_number_in_the_divisor(train, *others):
    train = as_floating(train)
    low, span = train.min(axis=0), train.max(axis=0) - train.min(axis=0)
    return tuple((as_floating(x) - low) / (span + 1e-8) for x in (train, *others))


@wrong(
    "min_max_scale",
    "You cut the other arrays off at 0 and 1. Values beyond those of the training data may leave that "
    "range, and how far they do is worth knowing.",
)
def others_cut_off(train, *others):
    train = as_floating(train)
    low, span = train.min(axis=0), train.max(axis=0) - train.min(axis=0)
    span = np.where(span > 0, span, np.inf).astype(span.dtype)
    return tuple(np.clip((as_floating(x) - low) / span, 0, 1) for x in (train, *others))


@wrong(
    "min_max_scale",
    "For a single array you return the array itself. The result must still be a tuple, because `(X,) = "
    "min_max_scale(X)` would unpack the array itself.",
)
def bare_array_for_one(train, *others):
    train = as_floating(train)
    low, span = train.min(axis=0), train.max(axis=0) - train.min(axis=0)
    span = np.where(span > 0, span, np.inf).astype(span.dtype)
    scaled = tuple((as_floating(x) - low) / span for x in (train, *others))
    return scaled if others else scaled[0]


@wrong(
    "min_max_scale",
    "You subtract in uint8, where 2 - 3 is 255: convert with as_floating before any subtraction.",
)
def bytes_subtracted_as_bytes(train, *others):
    low, high = train.min(axis=0), train.max(axis=0)
    dtype = as_floating(train).dtype
    span = np.where(high > low, high - low, np.inf).astype(dtype)
    return tuple((x - low).astype(dtype) / span for x in (train, *others))


def _require_size(batch_size):
    if batch_size < 1:
        raise ValueError(f"batch_size must be at least 1; got {batch_size}")


@wrong(
    "minibatches",
    "You drop the short batch at the end, so this epoch would never learn from its samples. The last batch "
    "must hold what is left.",
)
def short_batch_dropped(n, batch_size, rng):
    _require_size(batch_size)
    order = rng.permutation(n)
    for start in range(0, n - batch_size + 1, batch_size):
        yield order[start : start + batch_size]


@wrong(
    "minibatches",
    "Your indices come in the order of the data: draw a permutation from `rng`, and cut that.",
)
def batches_in_the_order_of_the_data(n, batch_size, rng):
    _require_size(batch_size)
    order = np.arange(n)
    for start in range(0, n, batch_size):
        yield order[start : start + batch_size]


@wrong(
    "minibatches",
    "You shuffle the batches, not the samples, so neighbours in the data stay together in every epoch. "
    "Permute all n indices, and cut afterwards.",
)
def blocks_shuffled(n, batch_size, rng):
    _require_size(batch_size)
    starts = list(range(0, n, batch_size))
    rest = [starts.pop()] if n % batch_size else []
    for start in [*rng.permutation(starts), *rest]:
        yield np.arange(start, min(start + batch_size, n))


@wrong(
    "min_max_scale",
    "A feature that is constant only in train keeps x - min in the other arrays, as if its range were 1. "
    "It must become 0 in all of them, because training could not learn what it means.",
)
def range_of_one_for_constant_features(train, *others):
    train = as_floating(train)
    low, span = train.min(axis=0), train.max(axis=0) - train.min(axis=0)
    span = np.where(span > 0, span, 1).astype(span.dtype)
    return tuple((as_floating(x) - low) / span for x in (train, *others))


@wrong(
    "minibatches",
    "Some samples come twice and others not at all, as if you drew each batch by itself. One permutation, "
    "cut into pieces, contains each sample once.",
)
def batches_drawn_anew(n, batch_size, rng):
    _require_size(batch_size)
    for start in range(0, n, batch_size):
        yield rng.integers(n, size=min(batch_size, n - start))


@wrong(
    "minibatches",
    "If batch_size divides n, you add an empty batch at the end, and a network cannot use it. Count in "
    "steps of batch_size up to n, not beyond.",
)
def empty_batch_at_the_end(n, batch_size, rng):
    _require_size(batch_size)
    order = rng.permutation(n)
    for i in range(n // batch_size + 1):
        yield order[i * batch_size : (i + 1) * batch_size]


@wrong(
    "minibatches",
    "You make batch_size batches, but it is the number of samples in each, not the number of batches.",
)
def as_many_batches_as_batch_size(n, batch_size, rng):
    _require_size(batch_size)
    yield from np.array_split(rng.permutation(n), batch_size)


@wrong(
    "minibatches",
    "All epochs have the same order, as if the permutation came from a newly seeded generator. Draw it from "
    "the `rng` that is passed in, which gives new numbers in every epoch.",
)
def one_order_for_all_epochs(n, batch_size, rng):
    _require_size(batch_size)
    order = np.random.default_rng(0).permutation(n)
    for start in range(0, n, batch_size):
        yield order[start : start + batch_size]


@wrong(
    "minibatches",
    "The same seed gives different batches: the order seems to come from a generator other than `rng`.",
)
def order_from_another_generator(n, batch_size, rng):
    _require_size(batch_size)
    order = np.random.default_rng().permutation(n)
    for start in range(0, n, batch_size):
        yield order[start : start + batch_size]


@wrong(
    "minibatches",
    "You shuffle each batch within itself, so the same samples are together in every epoch. Permute all n "
    "indices first, and cut afterwards.",
)
def shuffled_within_each_batch(n, batch_size, rng):
    _require_size(batch_size)
    for start in range(0, n, batch_size):
        yield rng.permutation(np.arange(start, min(start + batch_size, n)))


@wrong(
    "minibatches",
    "Your orders differ only in where they begin, as if you rotated one fixed order. Draw a permutation of "
    "all n indices, which may come in any order at all.",
)
def one_order_turned_round(n, batch_size, rng):
    _require_size(batch_size)
    fixed = np.random.default_rng(5).permutation(n)
    order = np.roll(fixed, int(rng.integers(n)))
    for start in range(0, n, batch_size):
        yield order[start : start + batch_size]


@wrong(
    "minibatches",
    "A batch size below 1 does not raise ValueError. With -1 there would be no batches at all, and an "
    "epoch would silently do nothing.",
)
def minibatches_without_a_check(n, batch_size, rng):
    order = rng.permutation(n)
    for start in range(0, n, batch_size):
        yield order[start : start + batch_size]


@wrong(
    "step_decay",
    "Your rate falls a little in every epoch, but between the cuts it must stay the same. The exponent is "
    "a whole number: how often `every` epochs have passed.",
)
def smooth_decay(epoch, lr, factor=0.5, every=30):
    return lr * factor ** (epoch / every)


@wrong(
    "step_decay",
    "The cut comes an epoch early: epochs count from 0, so the first cut is at epoch `every` itself.",
)
def decay_an_epoch_early(epoch, lr, factor=0.5, every=30):
    return lr * factor ** ((epoch + 1) // every)


@wrong(
    "step_decay",
    "You multiply by the number of cuts: each cut multiplies by `factor` once more, so the number of cuts "
    "is the exponent.",
)
def factor_times_the_cuts(epoch, lr, factor=0.5, every=30):
    return lr * factor * (epoch // every)


@wrong(
    "step_decay",
    "You cut the rate only in the epochs that `every` divides; in the next epoch it is back. A cut must "
    "last, and the next cut comes on top of it.",
)
def cut_for_one_epoch(epoch, lr, factor=0.5, every=30):
    return lr * factor if epoch > 0 and epoch % every == 0 else lr


@wrong(
    "step_decay",
    "You cut once and never again: after every further `every` epochs the rate is multiplied by `factor` "
    "again.",
)
def one_cut_for_good(epoch, lr, factor=0.5, every=30):
    return lr if epoch < every else lr * factor


@wrong(
    "step_decay",
    "You multiply by `factor` in every epoch, but `every` says how many epochs pass between two cuts.",
)
def cut_in_every_epoch(epoch, lr, factor=0.5, every=30):
    return lr * factor**epoch


@wrong(
    "step_decay",
    "Each of your cuts takes the share `factor` off and leaves 1 - factor, which is the same only for 0.5. "
    "A cut must multiply the rate by `factor`.",
)
def share_taken_off(epoch, lr, factor=0.5, every=30):
    return lr * (1 - factor) ** (epoch // every)


@wrong(
    "EarlyStopping.update",
    "You compare with the epoch before, but better means lower than the best loss so far. After a bad "
    "epoch, anything is lower than that.",
)
class ComparesWithTheEpochBefore(EarlyStopping):
    last, waited = math.inf, 0

    def update(self, loss, params):
        super().update(loss, params)
        self.waited = 0 if loss < self.last - self.min_delta else self.waited + 1
        self.last = loss
        return self.waited >= self.patience


@wrong(
    "EarlyStopping.update",
    "You stop an epoch late: with a patience of 1, the first epoch without a new best is the last. Compare "
    "with >=, not with >.",
)
class StopsAnEpochLate(EarlyStopping):
    def update(self, loss, params):
        self.patience += 1
        stop = super().update(loss, params)
        self.patience -= 1
        return stop


@wrong(
    "EarlyStopping.update",
    "A new best does not reset your count: patience is for bad epochs in a row, not for all of them.",
)
class CountsAllBadEpochs(EarlyStopping):
    bad = 0

    def update(self, loss, params):
        super().update(loss, params)
        self.bad += self.best_epoch != self._epoch
        return self.bad >= self.patience


@wrong(
    "EarlyStopping.update",
    "You count a loss that equals the best as better, but it must be lower. Otherwise a loss that stays "
    "the same never stops the training.",
)
class AsGoodIsBetter(EarlyStopping):
    def update(self, loss, params):
        if loss == self.best_loss:
            self.best_loss = math.nextafter(loss, math.inf)
        return super().update(loss, params)


@wrong(
    "EarlyStopping.update",
    "`min_delta` has no effect: better means lower than the best by more than that.",
)
class MinDeltaIgnored(EarlyStopping):
    def __init__(self, patience, min_delta=0.0):
        super().__init__(patience)


@wrong(
    "EarlyStopping.update",
    "Your code treats `min_delta` as a share of the best loss, but it is a difference, in the units of the "
    "loss itself. Subtract it.",
)
class MinDeltaAsAShare(EarlyStopping):
    def __init__(self, patience, min_delta=0.0):
        super().__init__(patience)
        self.share = min_delta

    def update(self, loss, params):
        if math.isfinite(self.best_loss):
            self.min_delta = self.share * self.best_loss
        return super().update(loss, params)


@wrong(
    "EarlyStopping.update",
    "You take a higher value to be better, as for an accuracy, but update gets a loss, and a loss is "
    "better if it is lower.",
)
class HigherIsBetter(EarlyStopping):
    def __init__(self, patience, min_delta=0.0):
        super().__init__(patience, min_delta)
        self.highest = -math.inf

    def update(self, loss, params):
        self._epoch += 1
        if loss > self.highest + self.min_delta:
            self.highest = self.best_loss = loss
            self.best_epoch = self._epoch
            self._best = [param.copy() for param in params]
        return self._epoch - (-1 if self.best_epoch is None else self.best_epoch) >= self.patience


@wrong("EarlyStopping.update", "Your best_epoch counts from 1, but epochs count from 0 here.")
class EpochsFromOne(EarlyStopping):
    _first = True

    def update(self, loss, params):
        if self._first:
            self._epoch, self._first = 0, False
        return super().update(loss, params)


@wrong(
    "EarlyStopping.update",
    "Even with a min_delta of 0, you do not count a loss that is only a little lower as better, but by "
    "default any improvement must count.",
)
class ThresholdByDefault(EarlyStopping):
    def __init__(self, patience, min_delta=1e-4):
        super().__init__(patience, max(min_delta, 1e-4))


@wrong(
    "EarlyStopping.update",
    "update returns True once, and then False again. If training continues without a better loss, it must "
    "keep returning True: `>=` stays true, `==` does not.",
)
class SaysStopOnce(EarlyStopping):
    def update(self, loss, params):
        super().update(loss, params)
        return self._epoch - (-1 if self.best_epoch is None else self.best_epoch) == self.patience


@wrong(
    "EarlyStopping.update",
    "Your first loss always becomes the best, and no loss is lower than nan. The first loss must also be "
    "lower than best_loss, which starts at inf.",
)
class FirstLossOnTrust(EarlyStopping):
    def update(self, loss, params):
        if self.best_epoch is None:
            self._epoch, self.best_loss, self.best_epoch = 0, loss, 0
            self._best = [param.copy() for param in params]
            return False
        return super().update(loss, params)


@wrong(
    "EarlyStopping.update",
    "If every loss is nan, you never stop. Patience counts from the first epoch on, whether or not there "
    "has been a best loss.",
)
class NoEndWithoutABest(EarlyStopping):
    def update(self, loss, params):
        return super().update(loss, params) and self.best_epoch is not None


@wrong(
    "EarlyStopping.update",
    "Your best_loss creeps down by improvements that are too small to count: a loss that is not better by "
    "more than min_delta must leave best_loss as it was.",
)
class BestCreepsDown(EarlyStopping):
    def update(self, loss, params):
        stop = super().update(loss, params)
        self.best_loss = min(self.best_loss, loss)
        return stop


@wrong(
    "EarlyStopping.update",
    "You remember the caller's own arrays, and training goes on changing those. Copy each of them with "
    "param.copy(); a copy of the list still holds the same arrays.",
)
class TheCallersArraysRemembered(EarlyStopping):
    def update(self, loss, params):
        stop = super().update(loss, params)
        if self.best_epoch == self._epoch:
            self._best = list(params)
        return stop


def _require_best(stopping):
    if stopping._best is None:
        raise ValueError("there has been no best loss yet")


@wrong(
    "EarlyStopping.restore",
    "After restore the arrays hold what they held before, as if you had only given other arrays a name. "
    "Write the best values into the arrays themselves.",
)
class NamesGivenAnotherArray(EarlyStopping):
    def restore(self, params):
        _require_best(self)
        for param, best in zip(params, self._best, strict=True):
            param = best  # noqa: F841 - the mistake itself


@wrong(
    "EarlyStopping.restore",
    "What you kept as the best has changed along with the training: update kept the arrays themselves, not "
    "copies of their values at that time.",
)
class BestKeptWithoutCopying(EarlyStopping):
    def update(self, loss, params):
        stop = super().update(loss, params)
        if self.best_epoch == self._epoch:
            self._best = list(params)
        return stop


@wrong(
    "EarlyStopping.restore",
    "You restore the last parameters that update has seen. Copy them only if their loss is the best so far.",
)
class LastInPlaceOfTheBest(EarlyStopping):
    def update(self, loss, params):
        stop = super().update(loss, params)
        self._best = [param.copy() for param in params]
        return stop


@wrong(
    "EarlyStopping.restore",
    "You only exchange the entries of the list: the network still computes with its old arrays. Write the "
    "best values into those, in place.",
)
class EntriesExchanged(EarlyStopping):
    def restore(self, params):
        _require_best(self)
        params[:] = [best.copy() for best in self._best]


@wrong(
    "EarlyStopping.restore",
    "You restore only the weights, every second array: the biases also belong to the best parameters.",
)
class BiasesNotRestored(EarlyStopping):
    def restore(self, params):
        _require_best(self)
        for param, best in zip(params[::2], self._best[::2], strict=True):
            param[...] = best


@wrong(
    "EarlyStopping.restore",
    "If there is no best yet, restore returns as if all were well. Raise ValueError, or the caller takes "
    "the last parameters for the best.",
)
class NothingRestoredWithoutAWord(EarlyStopping):
    def restore(self, params):
        if self._best is not None:
            super().restore(params)


@wrong(
    "EarlyStopping.restore",
    "You return the ValueError like a result, so nothing stops the caller. An exception must be raised: use "
    "`raise` in place of `return`.",
)
class ErrorOfRestoreReturned(EarlyStopping):
    def restore(self, params):
        try:
            return super().restore(params)
        except ValueError as error:
            return error


@wrong(
    "EarlyStopping.restore",
    "Your first restore uses up the memory, and a second one finds nothing. Training may go on afterwards, "
    "so keep the best parameters.",
)
class MemoryUsedUp(EarlyStopping):
    def restore(self, params):
        super().restore(params)
        self._best = None


@wrong(
    "EarlyStopping.restore",
    "You write into the arrays that update has seen, whatever is passed to restore. Fill the arrays of "
    "`params`.",
)
class ArraysOfUpdateRestored(EarlyStopping):
    def update(self, loss, params):
        self.seen = params
        return super().update(loss, params)

    def restore(self, params):
        super().restore(self.seen if self._best else params)


@wrong(
    "train_epoch",
    "You return the mean of the batches' losses: the short batch at the end then counts as much as a full "
    "one. Weight each loss by its number of samples.",
)
def mean_of_the_batch_means(network, optimizer, X, y, *, batch_size, rng, lr=None, max_grad_norm=None):
    losses = []
    for batch in minibatches(len(X), batch_size, rng):
        loss, grads = network.loss_and_grads(X[batch], y[batch], rng)
        if max_grad_norm is not None:
            clip_by_global_norm(grads, max_grad_norm)
        optimizer.step(network.params, grads, lr)
        losses.append(loss)
    return float(np.mean(losses))


@wrong(
    "train_epoch", "You return the sum over the samples: divide it by the number of samples to get the mean."
)
def sum_of_the_losses(network, optimizer, X, y, *, batch_size, rng, lr=None, max_grad_norm=None):
    total = 0.0
    for batch in minibatches(len(X), batch_size, rng):
        loss, grads = network.loss_and_grads(X[batch], y[batch], rng)
        if max_grad_norm is not None:
            clip_by_global_norm(grads, max_grad_norm)
        optimizer.step(network.params, grads, lr)
        total += loss * len(batch)
    return total


@wrong(
    "train_epoch",
    "You return only the loss of the last batch, but the result must be the mean over all samples of the "
    "epoch.",
)
def loss_of_the_last_batch(network, optimizer, X, y, *, batch_size, rng, lr=None, max_grad_norm=None):
    for batch in minibatches(len(X), batch_size, rng):
        loss, grads = network.loss_and_grads(X[batch], y[batch], rng)
        if max_grad_norm is not None:
            clip_by_global_norm(grads, max_grad_norm)
        optimizer.step(network.params, grads, lr)
    return loss


@wrong(
    "train_epoch",
    "You shuffle X and y separately, so that an input meets the target of another. The same indices must "
    "pick the rows of both.",
)
def inputs_and_targets_shuffled_apart(
    network, optimizer, X, y, *, batch_size, rng, lr=None, max_grad_norm=None
):
    total = 0.0
    X, y = rng.permutation(X), rng.permutation(y)
    for batch in minibatches(len(X), batch_size, rng):
        loss, grads = network.loss_and_grads(X[batch], y[batch], rng)
        if max_grad_norm is not None:
            clip_by_global_norm(grads, max_grad_norm)
        optimizer.step(network.params, grads, lr)
        total += loss * len(batch)
    return total / len(X)


@wrong(
    "train_epoch",
    "Your samples come in the order of the data: take the indices from minibatches, which shuffles them.",
)
def epoch_in_the_order_of_the_data(network, optimizer, X, y, *, batch_size, rng, lr=None, max_grad_norm=None):
    total = 0.0
    for start in range(0, len(X), batch_size):
        rows = slice(start, start + batch_size)
        loss, grads = network.loss_and_grads(X[rows], y[rows], rng)
        if max_grad_norm is not None:
            clip_by_global_norm(grads, max_grad_norm)
        optimizer.step(network.params, grads, lr)
        total += loss * len(X[rows])
    return total / len(X)


@wrong(
    "train_epoch",
    "You shuffle the caller's X and y in place: pick the rows of a batch by indices, and leave the data as "
    "they are.",
)
def data_shuffled_in_place(network, optimizer, X, y, *, batch_size, rng, lr=None, max_grad_norm=None):
    order = rng.permutation(len(X))
    X[...], y[...] = X[order], y[order]
    total = 0.0
    for batch in minibatches(len(X), batch_size, rng):
        loss, grads = network.loss_and_grads(X[batch], y[batch], rng)
        if max_grad_norm is not None:
            clip_by_global_norm(grads, max_grad_norm)
        optimizer.step(network.params, grads, lr)
        total += loss * len(batch)
    return total / len(X)


@wrong(
    "train_epoch",
    "The step sees gradients before they are clipped: clipping belongs between loss_and_grads and step.",
)
def clipped_after_the_step(network, optimizer, X, y, *, batch_size, rng, lr=None, max_grad_norm=None):
    total = 0.0
    for batch in minibatches(len(X), batch_size, rng):
        loss, grads = network.loss_and_grads(X[batch], y[batch], rng)
        optimizer.step(network.params, grads, lr)
        if max_grad_norm is not None:
            clip_by_global_norm(grads, max_grad_norm)
        total += loss * len(batch)
    return total / len(X)


@wrong(
    "train_epoch",
    "It fails if max_grad_norm is None. None means that nothing is clipped, so check before you clip.",
)
def clipped_without_a_limit(network, optimizer, X, y, *, batch_size, rng, lr=None, max_grad_norm=None):
    total = 0.0
    for batch in minibatches(len(X), batch_size, rng):
        loss, grads = network.loss_and_grads(X[batch], y[batch], rng)
        clip_by_global_norm(grads, max_grad_norm)
        optimizer.step(network.params, grads, lr)
        total += loss * len(batch)
    return total / len(X)


@wrong(
    "train_epoch",
    "You do not pass the `rng` of this epoch to loss_and_grads: it needs that very generator for dropout, "
    "in every batch.",
)
def generator_kept_back(network, optimizer, X, y, *, batch_size, rng, lr=None, max_grad_norm=None):
    total = 0.0
    for batch in minibatches(len(X), batch_size, rng):
        loss, grads = network.loss_and_grads(X[batch], y[batch])
        if max_grad_norm is not None:
            clip_by_global_norm(grads, max_grad_norm)
        optimizer.step(network.params, grads, lr)
        total += loss * len(batch)
    return total / len(X)


@wrong(
    "train_epoch",
    "Your rate does not reach the optimizer: pass `lr` on to step, or a schedule has no effect.",
)
def rate_kept_back(network, optimizer, X, y, *, batch_size, rng, lr=None, max_grad_norm=None):
    total = 0.0
    for batch in minibatches(len(X), batch_size, rng):
        loss, grads = network.loss_and_grads(X[batch], y[batch], rng)
        if max_grad_norm is not None:
            clip_by_global_norm(grads, max_grad_norm)
        optimizer.step(network.params, grads)
        total += loss * len(batch)
    return total / len(X)


@wrong(
    "EarlyStopping.update",
    "A loss of nan becomes your best: it looks as if you ask whether the loss is worse, and take "
    "everything else for better. Every comparison with nan is False, so ask whether the loss is better.",
)
class NanForBetter(EarlyStopping):
    def update(self, loss, params):
        self._epoch += 1
        if not loss >= self.best_loss - self.min_delta:
            self.best_loss, self.best_epoch = loss, self._epoch
            self._best = [param.copy() for param in params]
        return self._epoch - (-1 if self.best_epoch is None else self.best_epoch) >= self.patience


@wrong(
    "one_hot",
    "You refuse batches in which class 0 does not occur. A batch may hold any labels from 0 to "
    "n_classes - 1.",
)
def one_hot_that_asks_for_class_zero(labels, n_classes, dtype=np.float32):
    if np.min(labels) != 0 or np.max(labels) >= n_classes:
        raise ValueError("labels must run from 0 to n_classes - 1")
    return np.eye(n_classes, dtype=dtype)[labels]


@wrong(
    "one_hot",
    "You refuse labels that are not int64, but uint8 and other integers are also valid labels.",
)
def one_hot_of_int64_alone(labels, n_classes, dtype=np.float32):
    if labels.dtype != np.int64 or labels.min() < 0 or labels.max() >= n_classes:
        raise ValueError("labels must be int64, from 0 to n_classes - 1")
    return np.eye(n_classes, dtype=dtype)[labels]


@wrong(
    "train_epoch",
    "A rate of 0 does not reach the optimizer, because 0 counts as False: ask whether `lr` is None, or "
    "just pass it on.",
)
def rate_of_zero_kept_back(network, optimizer, X, y, *, batch_size, rng, lr=None, max_grad_norm=None):
    total = 0.0
    for batch in minibatches(len(X), batch_size, rng):
        loss, grads = network.loss_and_grads(X[batch], y[batch], rng)
        if max_grad_norm is not None:
            clip_by_global_norm(grads, max_grad_norm)
        optimizer.step(network.params, grads, lr or None)
        total += loss * len(batch)
    return total / len(X)


@wrong(
    "train_epoch",
    "A rate of 0 counts as False, so that `or` puts the optimizer's own rate in its place: ask whether `lr` "
    "is None, or just pass it on.",
)
def rate_of_zero_replaced(network, optimizer, X, y, *, batch_size, rng, lr=None, max_grad_norm=None):
    total, lr = 0.0, lr or optimizer.lr
    for batch in minibatches(len(X), batch_size, rng):
        loss, grads = network.loss_and_grads(X[batch], y[batch], rng)
        if max_grad_norm is not None:
            clip_by_global_norm(grads, max_grad_norm)
        optimizer.step(network.params, grads, lr)
        total += loss * len(batch)
    return total / len(X)


@wrong(
    "train_epoch",
    "Your batches of targets have lost their shape: y may be (n, 3), say, and y[batch] must then be "
    "(len(batch), 3). Pick rows by the indices, and do not reshape them.",
)
def targets_flattened(network, optimizer, X, y, *, batch_size, rng, lr=None, max_grad_norm=None):
    total, y = 0.0, np.ravel(y)
    for batch in minibatches(len(X), batch_size, rng):
        loss, grads = network.loss_and_grads(X[batch], y[batch], rng)
        if max_grad_norm is not None:
            clip_by_global_norm(grads, max_grad_norm)
        optimizer.step(network.params, grads, lr)
        total += loss * len(batch)
    return total / len(X)


@wrong(
    "train_epoch",
    "You count the loss after the step, from another call of loss_and_grads. Use the one that came with "
    "the gradients, before the step.",
)
def loss_after_the_step(network, optimizer, X, y, *, batch_size, rng, lr=None, max_grad_norm=None):
    total = 0.0
    for batch in minibatches(len(X), batch_size, rng):
        _, grads = network.loss_and_grads(X[batch], y[batch], rng)
        if max_grad_norm is not None:
            clip_by_global_norm(grads, max_grad_norm)
        optimizer.step(network.params, grads, lr)
        loss, _ = network.loss_and_grads(X[batch], y[batch], rng)
        total += loss * len(batch)
    return total / len(X)


@right("one_hot")
def one_hot_by_pairs_of_indices(labels, n_classes, dtype=np.float32):
    labels = np.asarray(labels)
    if np.any(labels < 0) or np.any(labels >= n_classes):
        raise ValueError(f"labels must lie in 0..{n_classes - 1}")
    rows = np.zeros((len(labels), n_classes), dtype)
    rows[np.arange(len(labels)), labels] = 1
    return rows


@right("one_hot")
def one_hot_by_the_unit_matrix(labels, n_classes, dtype=np.float32):
    if labels.min() < 0 or labels.max() > n_classes - 1:
        raise ValueError("labels out of range")
    return np.eye(n_classes, dtype=dtype)[labels]


@right("one_hot")
def one_hot_by_comparison(labels, n_classes, dtype=np.float32):
    if not set(labels.tolist()) <= set(range(n_classes)):
        raise ValueError(f"labels out of range: {labels}")
    return (labels[:, None] == np.arange(n_classes)).astype(dtype)


@right("one_hot")
def one_hot_row_by_row(labels, n_classes, dtype=np.float32):
    rows = []
    for label in labels:
        if label not in range(n_classes):
            raise ValueError(f"no class {label}")
        rows.append([1 if column == label else 0 for column in range(n_classes)])
    return np.array(rows, dtype)


@right("min_max_scale")
def textbook_min_max_scale(train, *others):
    train = as_floating(train)
    low, high = train.min(axis=0), train.max(axis=0)
    span = high - low
    constant = span == 0
    span[constant] = 1
    scaled = []
    for x in (train, *others):
        x = (as_floating(x) - low) / span
        x[:, constant] = 0
        scaled.append(x)
    return tuple(scaled)


@right("min_max_scale")
def min_max_scale_by_division_where_it_can_be(train, *others):
    arrays = [as_floating(x) for x in (train, *others)]
    low, span = arrays[0].min(axis=0), np.ptp(arrays[0], axis=0)
    return tuple(
        np.divide(x - low, span, out=np.zeros_like(x), where=np.broadcast_to(span > 0, x.shape))
        for x in arrays
    )


@right("min_max_scale")
def min_max_scale_column_by_column(train, *others):
    arrays = [as_floating(x).copy() for x in (train, *others)]
    for column in range(np.shape(train)[1]):
        low, high = arrays[0][:, column].min(), arrays[0][:, column].max()
        for x in arrays:
            x[:, column] = (x[:, column] - low) / (high - low) if high > low else 0
    return tuple(arrays)


@right("minibatches")
def textbook_minibatches(n, batch_size, rng):
    if batch_size < 1:
        raise ValueError(f"batch_size must be at least 1; got {batch_size}")
    order = rng.permutation(n)
    for start in range(0, n, batch_size):
        yield order[start : start + batch_size]


@right("minibatches")
def minibatches_by_split(n, batch_size, rng):
    _require_size(batch_size)
    order = np.arange(n)
    rng.shuffle(order)
    return iter(np.split(order, range(batch_size, n, batch_size)))


@right("minibatches")
def minibatches_by_sorting_random_numbers(n, batch_size, rng):
    _require_size(batch_size)
    order = np.argsort(rng.random(n))
    return [order[i * batch_size : (i + 1) * batch_size] for i in range(math.ceil(n / batch_size))]


@right("step_decay")
def textbook_step_decay(epoch, lr, factor=0.5, every=30):
    return lr * factor ** (epoch // every)


@right("step_decay")
def step_decay_by_floor(epoch, lr, factor=0.5, every=30):
    return lr * np.power(factor, np.floor(epoch / every))


@right("step_decay")
def step_decay_cut_by_cut(epoch, lr, factor=0.5, every=30):
    for _ in range(every, epoch + 1, every):
        lr = lr * factor
    return lr


@right("EarlyStopping.update")
@right("EarlyStopping.restore")
class TextbookEarlyStopping:
    def __init__(self, patience, min_delta=0.0):
        self.patience, self.min_delta = patience, min_delta
        self.best_loss, self.best_epoch = math.inf, None
        self._epoch, self._best = -1, None

    def update(self, loss, params):
        self._epoch += 1
        if loss < self.best_loss - self.min_delta:
            self.best_loss, self.best_epoch = loss, self._epoch
            self._best = [param.copy() for param in params]
        if self.best_epoch is None:
            return self._epoch + 1 >= self.patience
        return self._epoch - self.best_epoch >= self.patience

    def restore(self, params):
        if self._best is None:
            raise ValueError("there has been no best loss yet")
        for param, best in zip(params, self._best, strict=True):
            param[...] = best


@right("EarlyStopping.update")
@right("EarlyStopping.restore")
class StoppingByACounter(EarlyStopping):
    bad_epochs = 0

    def update(self, loss, params):
        self._epoch += 1
        if loss + self.min_delta < self.best_loss:
            self.best_loss, self.best_epoch, self.bad_epochs = loss, self._epoch, 0
            self.best_params = [np.array(param) for param in params]
        else:
            self.bad_epochs += 1
        return self.bad_epochs >= self.patience

    def restore(self, params):
        if self.best_epoch is None:
            raise ValueError("no epoch has been the best yet")
        for i, best in enumerate(self.best_params):
            params[i][:] = best


@right("EarlyStopping.update")
@right("EarlyStopping.restore")
class StoppingByItsHistory(EarlyStopping):
    """Keeps all losses, and finds the best by going through them again."""

    def update(self, loss, params):
        self.losses = [*getattr(self, "losses", []), loss]
        best, epoch = math.inf, -1
        for i, later in enumerate(self.losses):
            if best - later > self.min_delta:
                best, epoch = later, i
        if epoch == len(self.losses) - 1:
            self.kept = np.concatenate([param.ravel() for param in params])
        self.best_loss, self.best_epoch = best, None if epoch < 0 else epoch
        return len(self.losses) > epoch + self.patience

    def restore(self, params):
        if self.best_epoch is None:
            raise ValueError("update has seen no loss that is a best")
        start = 0
        for param in params:
            np.copyto(param, self.kept[start : start + param.size].reshape(param.shape))
            start += param.size


@right("train_epoch")
def textbook_train_epoch(network, optimizer, X, y, *, batch_size, rng, lr=None, max_grad_norm=None):
    total = 0.0
    for batch in minibatches(len(X), batch_size, rng):
        loss, grads = network.loss_and_grads(X[batch], y[batch], rng)
        if max_grad_norm is not None:
            clip_by_global_norm(grads, max_grad_norm)
        optimizer.step(network.params, grads, lr)
        total += loss * len(batch)
    return total / len(X)


@right("train_epoch")
def epoch_with_the_rate_looked_up(network, optimizer, X, y, *, batch_size, rng, lr=None, max_grad_norm=None):
    lr = optimizer.lr if lr is None else lr
    total = 0.0
    for batch in minibatches(len(X), batch_size, rng):
        loss, grads = network.loss_and_grads(X[batch], y[batch], rng)
        if max_grad_norm is not None:
            clip_by_global_norm(grads, max_grad_norm)
        optimizer.step(network.params, grads, lr)
        total += loss * len(batch)
    return total / len(X)


@right("train_epoch")
def epoch_over_a_shuffled_copy(network, optimizer, X, y, *, batch_size, rng, lr=None, max_grad_norm=None):
    order = rng.permutation(len(X))
    X, y = X[order], y[order]
    losses, weights = [], []
    for start in range(0, len(X), batch_size):
        rows = slice(start, start + batch_size)
        loss, grads = network.loss_and_grads(X[rows], y[rows], rng=rng)
        if max_grad_norm:
            clip_by_global_norm(grads, max_grad_norm)
        optimizer.step(network.params, grads, lr=lr)
        losses.append(loss)
        weights.append(len(X[rows]))
    return float(np.average(losses, weights=weights))
