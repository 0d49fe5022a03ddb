"""Asks of lesson 8: targets, scales, batches, rates, stopping and one pass over the data."""

import math

import numpy as np

from nn.network import Network
from nn.optimizers import Adam

from .form import Ask, Near, asks, calling, draws, dtype, fresh, refused, same, sizes


@draws("one_hot")
def rows(name, rng):
    n, k = sizes(rng, 2)
    options = {} if rng.random() < 0.5 else {"dtype": np.float64}
    return Ask(f"one_hot of {n, k}", calling(rng.integers(k, size=n), k, **options))


@asks("one_hot")
def rows_at_the_edges(name):
    for labels in ([0, 4], [-1, 2], [10, 0], [0, 4, 1]):
        yield Ask(f"labels {labels} refused", refused(np.array(labels), 4))
    yield Ask("one_hot of bytes", calling(np.array([3, 3, 1], np.uint8), 4))
    yield Ask("one_hot twice", calling(np.array([3, 0, 1]), 4, twice=True))


@draws("min_max_scale")
def scale(name, rng):
    d, kind = sizes(rng, 1)[0], dtype(rng)
    lengths = rng.choice([5, 7, 11], int(rng.integers(1, 4)), replace=False)
    return Ask(
        f"min_max_scale of {kind.__name__} {d}",
        scaling([(rng.normal(size=(n, d)) * 3 + 1).astype(kind) for n in lengths]),
    )


def scaling(arrays):
    def script(subject):
        given = fresh(arrays)
        result = subject(*given)
        yield "type", type(result).__name__
        for i, one in enumerate(result):
            yield f"scaled {i}", one
        yield "number", len(result)
        yield "arguments unchanged", same(given, arrays)

    return script


@asks("min_max_scale")
def scale_at_the_edges(name):
    train = np.array([[7.0, 1], [7, 3], [7, 2]])
    yield Ask("a constant feature", calling(train))
    yield Ask("a feature that is constant on train alone", calling(train, np.array([[5.0, 2], [9, 4]])))
    yield Ask("a tiny range", calling(np.array([[0.0], [1e-9], [5e-10]])))
    yield Ask("bytes", calling(np.array([[3, 200], [13, 100]], np.uint8), np.array([[0, 255]], np.uint8)))
    yield Ask("min_max_scale twice", calling(np.array([[1.0, 5], [2, 7], [4, 6]]), twice=True))


def dealing(n, size, seed):
    def script(subject):
        rng = np.random.default_rng(seed)
        batches = list(subject(n, size, rng))
        yield "sizes", [len(batch) for batch in batches]
        order = [int(i) for batch in batches for i in batch]
        yield "everyone once", sorted(order)
        again = [int(i) for batch in subject(n, size, np.random.default_rng(seed)) for i in batch]
        yield "same seed, same order", order == again
        if n > 90:
            yield "shuffled", order != sorted(order)
            yield "new order", order != [int(i) for batch in subject(n, size, rng) for i in batch]
            yield "mixed", int(np.sum(np.abs(np.diff(order)) == 1)) < 16
            yield "integers", all(isinstance(b, np.ndarray) and b.dtype.kind in "iu" for b in batches)

    return script


@draws("minibatches")
def deal(name, rng):
    n, size = int(rng.choice([97, 101, 211, 13, 8])), int(rng.choice([7, 11, 25, 4, 1, 300]))
    return Ask(f"minibatches of {n, size}", dealing(n, size, int(rng.integers(1 << 30))))


@asks("minibatches")
def deal_at_the_edges(name):
    for size in (0, -2):
        yield Ask(f"batch_size {size} refused", refused(10, size, np.random.default_rng(0)))


@draws("step_decay")
def decay(name, rng):
    options = {}
    if rng.random() < 0.7:
        options = {"factor": float(rng.choice([0.1, 0.3, 0.7])), "every": int(rng.choice([1, 7, 11]))}
    epoch = int(rng.choice([0, 6, 7, 10, 11, 21, 22, 29, 30, 59, 60, int(rng.integers(100))]))

    def script(subject):
        yield "rate", Near(float(subject(epoch, 0.83, **options)), 1e-12)

    return Ask(f"step_decay of {epoch} {options}", script)


def restoring(subject):
    """What is restored need not be the list that update saw."""
    watch, trained, other = subject(2), [np.array([1.0, 2.0])], [np.zeros(2)]
    watch.update(1.0, trained)
    trained[0][...] = 5
    watch.restore(other)
    yield "restored", other[0].copy()
    yield "the list of update unchanged", trained[0].copy()


def stopping(losses, patience, min_delta):
    def script(subject):
        watch = subject(patience, min_delta) if min_delta else subject(patience)
        params = [np.zeros((2, 3)), np.zeros(5)]
        arrays = list(params)
        for i, loss in enumerate(losses):
            for array in arrays:
                array[...] = i + 1
            yield f"answer {i}", bool(watch.update(loss, params))
            yield f"best_loss {i}", float(watch.best_loss)
            yield f"best_epoch {i}", watch.best_epoch
            yield f"params {i} unchanged", all(bool((array == i + 1).all()) for array in arrays)
        for turn in range(3):
            for array in arrays:
                array[...] = -1 - turn
            try:
                watch.restore(params)
            except ValueError:
                yield f"restore {turn} refused", True
            else:
                yield f"restored {turn}", [float(array.sum()) for array in arrays]
                yield f"the same arrays {turn}", all(map(_is, arrays, params))

    return script


def _is(one, other):
    return one is other


@draws("EarlyStopping.update", "EarlyStopping.restore")
def stop(name, rng):
    losses = (2 - np.arange(7) * 0.1 + rng.normal(size=7) * 0.3).tolist()
    if rng.random() < 0.3:
        losses[int(rng.integers(7))] = math.nan
    patience, min_delta = int(rng.integers(1, 5)), float(rng.choice([0.0, 0.0, 0.11, 0.25]))
    return Ask(f"early stopping {losses} {patience} {min_delta}", stopping(losses, patience, min_delta))


@asks("EarlyStopping.update", "EarlyStopping.restore")
def stop_at_the_edges(name):
    yield Ask("nothing to restore", stopping([], 2, 0))
    yield Ask("another list restored", restoring)
    for losses, patience, delta in (
        ([math.nan, math.nan, math.nan], 2, 0),
        ([1, 0.75], 1, 0.25),
        ([3, 2, 2, 2], 2, 0),
        ([1, 2, 3, 4], 2, 0),
        ([-1, -2, -3], 1, 0),
        ([1e6, 1e5, 1e4], 1, 0),
        ([2.0, math.nan, 1.5, math.nan, math.nan], 2, 0),
        ([10, 9.5, 9], 1, 0.25),
        ([0.01, 0.005], 1, 0.1),
        ([1, 0.99999, 0.99998], 1, 0),
        ([3, 4, 3.5, 2, 4, 4, 4], 3, 0),
    ):
        yield Ask(f"early stopping {losses} {patience} {delta}", stopping(losses, patience, delta))


class Recorder:
    """Stands in for network and optimizer; the loss of sample i is i, its input [i, 2 i], its target 10 i."""

    def __init__(self):
        self.params = [np.zeros((2, 1)), np.zeros(1)]
        self.batches, self.rngs, self.rates, self.norms, self.events, self.fits = [], [], [], [], [], []
        self.own, self.shapes, self.lr = None, [], 0.625

    def loss_and_grads(self, X, y, rng=None):
        self.shapes.append(np.shape(y)[1:])
        self.fits.append(bool(np.array_equal(X[:, 0] * 10, np.ravel(y))))
        self.batches.append([int(i) for i in X[:, 0]])
        self.rngs.append(rng)
        late = self.events[-1:] == ["step"] and self.batches[-2:-1] == self.batches[-1:]
        self.events.append("gradient")
        return float(X[:, 0].mean()) + 1000 * late, [np.full((2, 1), 3.0), np.full(1, 4.0)]

    def step(self, params, grads, lr=None):
        self.events.append("step")
        self.rates.append(self.lr if lr is None else lr)
        self.norms.append(round(math.sqrt(sum(float(np.sum(g**2)) for g in grads)), 4))
        self.own = params is self.params or all(map(_is, params, self.params))


@draws("train_epoch")
def epoch(name, rng):
    n, size = int(rng.choice([10, 23, 97])), int(rng.choice([4, 7, 25, 10]))
    seed, options = int(rng.integers(1 << 30)), {}
    if rng.random() < 0.6:
        options = {"lr": 0.25, "max_grad_norm": float(rng.choice([1.0, 2.5, 5.0]))}

    def script(subject):
        made, generator = Recorder(), np.random.default_rng(seed)
        X, y = np.arange(n)[:, None] * np.array([1.0, 2.0]), 10.0 * np.arange(n)
        kept = fresh((X, y))
        loss = subject(made, made, X, y, batch_size=size, rng=generator, **options)
        yield "loss", loss
        yield "events", made.events
        yield "sizes", [len(batch) for batch in made.batches]
        yield "everyone once", sorted(i for batch in made.batches for i in batch)
        yield "X and y together", all(made.fits)
        yield "rates", made.rates
        yield "norms", [Near(norm, 1e-3) for norm in made.norms]
        yield "generator", all(used is generator for used in made.rngs)
        yield "own params", made.own
        yield "arguments unchanged", same((X, y), kept)
        second = Recorder()
        subject(second, second, X, y, batch_size=size, rng=generator, **options)
        if n > 20 and size < n:  # the reference does not shuffle a single batch of everything
            yield "shuffled", made.batches[0] != sorted(made.batches[0]) or size < 4
            yield "new order", made.batches != second.batches

    return Ask(f"train_epoch of {n, size} {options}", script)


@asks("train_epoch")
def epoch_of_a_network(name):
    def script(subject):
        rng = np.random.default_rng(0)
        network = Network((2, 5, 2), rng=rng, dtype=np.float64, activation="tanh")
        X = rng.normal(size=(20, 2))
        y = (X[:, 0] > 0).astype(int)
        before = network.loss_and_grads(X, y)[0]
        for _ in range(5):
            subject(network, Adam(lr=0.02), X, y, batch_size=7, rng=rng)
        yield "learns", network.loss_and_grads(X, y)[0] < 0.9 * before

    def column(subject):
        made = Recorder()
        X, y = np.arange(10)[:, None] * np.array([1.0, 2.0]), 10.0 * np.arange(10)[:, None]
        yield "loss", subject(made, made, X, y, batch_size=4, rng=np.random.default_rng(1), lr=0.0)
        yield "shapes of y", made.shapes
        yield "rates", made.rates

    yield Ask("train_epoch of a network", script)
    yield Ask("targets in a column, and a rate of 0", column)
