"""Asks of lesson 7: penalty, masks and limits, alone and inside of the network."""

import math

import numpy as np

from .form import Ask, Loose, Near, asks, calling, draws, dtype, fresh, refused, same, sizes, spread
from .lesson_2 import LOSSES, targets_for
from .lesson_5 import built


@draws("l2_penalty")
def penalty(name, rng):
    kind = dtype(rng)
    weights = [rng.normal(size=sizes(rng, 2)).astype(kind) for _ in range(int(rng.integers(1, 4)))]
    strength = float(rng.choice([0.1, 0.7, 1.9]))

    def script(subject):
        given = fresh(weights)
        value, grads = subject(given, strength)
        yield "penalty", Loose(value) if isinstance(value, float) else value
        yield from spread("grads", list(grads))
        yield "weights unchanged", same(given, weights)
        yield "new arrays", not any(map(np.shares_memory, given, grads))

    return Ask(f"l2_penalty of {kind.__name__} {strength}", script)


@asks("l2_penalty")
def penalty_at_the_edges(name):
    def script(subject):
        value, grads = subject([np.array([[3, -4], [1, 2]])], 0.5)
        yield "penalty", value
        yield from spread("grads", list(grads))

    def vectors(subject):
        value, grads = subject([np.array([3.0, -4.0]), np.array([[2.0]])], 0.5)
        yield "penalty", value
        yield from spread("grads", list(grads))

    yield Ask("l2_penalty of integers", script)
    yield Ask("l2_penalty of vectors", vectors)


def dropping(shape, rate, kind, seed):
    x = np.random.default_rng(seed + 1).uniform(1, 2, shape).astype(kind)

    def script(subject):
        rng, given = np.random.default_rng(seed), x.copy()
        y, mask = subject(given, rate, rng)
        for value, what in ((y, "y"), (mask, "mask")):
            yield what, (type(value).__name__, np.shape(value), str(value.dtype))
        yield "values of the mask", sorted({round(float(v), 5) for v in np.unique(mask)})
        yield "y is x * mask", bool(np.allclose(y, x * mask, rtol=1e-5))
        yield "share dropped", Near(float(np.mean(mask == 0)), 9 * math.sqrt(rate * (1 - rate) / x.size))
        yield "x unchanged", np.array_equal(given, x)
        again, other = subject(x, rate, np.random.default_rng(seed))[1], subject(x, rate, rng)[1]
        yield "same seed, same mask", np.array_equal(mask, again)
        yield "new mask", not np.array_equal(mask, other) or rate == 0
        if len(shape) == 2 and rate:
            for axis in (0, 1):
                dropped = np.mean(mask == 0, axis=axis)
                yield f"coins of its own along axis {axis}", bool(dropped.min() > 0 and dropped.max() < 1)
            counts = {int(np.sum(subject(x, rate, rng)[1] == 0)) for _ in range(6)}
            yield "no exact count", len(counts) > 1

    return script


@draws("dropout")
def masks(name, rng):
    shape = [(61, 53), (53, 71), (1009,), (13, 11, 17)][int(rng.integers(4))]
    rate = float(rng.choice([0.23, 0.37, 0.71]))
    return Ask(f"dropout of {shape} {rate}", dropping(shape, rate, dtype(rng), int(rng.integers(1 << 30))))


@asks("dropout")
def masks_at_the_edges(name):
    for rate in (-0.1, 1.0, 1.5):
        yield Ask(f"rate {rate} refused", refused(np.ones((3, 2)), rate, np.random.default_rng(0)))
    yield Ask("dropout of nothing", dropping((5, 3), 0.0, np.float32, 4))

    def integers(subject):
        y, mask = subject(np.arange(1, 40), 0.4, np.random.default_rng(1))
        yield "dtypes", [str(y.dtype), str(mask.dtype)]
        yield "y is x * mask", bool(np.allclose(y, np.arange(1, 40) * mask))

    yield Ask("dropout of integers", integers)


@draws("dropout_backward")
def through_the_mask(name, rng):
    shape, kind = sizes(rng, int(rng.integers(1, 3))), dtype(rng)
    mask = ((rng.random(shape) > 0.4) / 0.6).astype(kind)
    return Ask(f"dropout_backward of {mask.shape}", calling(rng.normal(size=shape).astype(kind), mask))


def clipping(grads, max_norm):
    def script(subject):
        given = fresh(grads)
        arrays = list(given)
        norm = subject(given, max_norm)
        yield "norm", Loose(float(norm)) if isinstance(norm, float) else norm
        for i, (array, old) in enumerate(zip(arrays, grads, strict=True)):
            yield f"dtype {i}", str(array.dtype)
            unchanged = np.array_equal(array, old, equal_nan=True)
            yield f"grads[{i}]", "as it was" if unchanged else array

    return script


@draws("clip_by_global_norm")
def limits(name, rng):
    kind, count = dtype(rng), int(rng.integers(1, 4))
    grads = [rng.normal(size=sizes(rng, int(rng.integers(1, 3)))).astype(kind) for _ in range(count)]
    norm = math.sqrt(sum(float(np.sum(np.square(g, dtype=np.float64))) for g in grads))
    limit = norm * float(rng.choice([0.13, 0.6, 0.97, 1.03, 7]))
    return Ask(f"clip of {kind.__name__}", clipping(grads, limit))


@asks("clip_by_global_norm")
def limits_at_the_edges(name):
    yield Ask("clip of zeros", clipping([np.zeros(3)], 1.0))
    for odd in (math.nan, math.inf):
        yield Ask(f"clip of {odd}", clipping([np.array([3.0, odd]), np.array([4.0])], 1.0))


# ---- inside of the network -----------------------------------------------------------------------


def slope_of(network, i, direction, loss):
    """Return by numeric differentiation how the loss changes with a parameter in a direction."""
    change = []
    for sign in (1, -1):
        network.params[i][...] += sign * 1e-6 * direction
        change.append(loss())
        network.params[i][...] -= sign * 1e-6 * direction
    return (change[0] - change[1]) / 2e-6


@draws("Network.dropout", few=True)
def slopes(name, rng):
    widths, seed = tuple(sizes(rng, 1 + int(rng.integers(2, 4)))), int(rng.integers(1 << 30))
    kind, activation = str(rng.choice(LOSSES)), str(rng.choice(["sigmoid", "tanh", "elu"]))
    X, y = rng.normal(size=(5, widths[0])), targets_for(kind, rng, (5, widths[-1]), np.float64)
    output = "sigmoid" if kind == "mean_squared_error" else "identity"

    def script(subject):
        options = {"activation": activation, "output": output, "loss": kind, "l2": 0.1, "dropout": 0.4}
        network, directions = built(subject, widths, seed, **options), np.random.default_rng(seed)

        def loss():
            return network.loss_and_grads(X, y, np.random.default_rng(seed))[0]

        value, grads = network.loss_and_grads(X, y, np.random.default_rng(seed))
        grads = [np.array(g) for g in grads]
        yield "same seed, same loss", Near(loss() - value, 1e-12)
        for i in reversed(range(len(grads))):
            direction = directions.choice([-1, 1], grads[i].shape) * directions.uniform(
                0.5, 1.5, grads[i].shape
            )
            numeric = slope_of(network, i, direction, loss)
            yield (
                f"grads[{i}]",
                Near(float(np.sum(grads[i] * direction)) - numeric, 2e-6 + 2e-5 * abs(numeric)),
            )

    return Ask(f"slopes under dropout of {widths} {activation} {kind}", script)


def positive(subject, widths, rate, **options):
    """Return a network of positive weights, and its generator: no unit is silent but by dropout."""
    rng = np.random.default_rng(2)
    options = {"dtype": np.float64, "loss": "mean_squared_error", **options}
    network = subject(widths, dropout=rate, rng=rng, **options)
    for W in network.params[::2]:
        W[...] = rng.uniform(0.5, 1, W.shape) / len(W)
    return network, rng


def both_ways(subject):
    """A silent unit passes nothing on, and no gradient reaches what lies before it."""
    network, rng = positive(subject, (3, 13, 2), 0.4)
    grads = network.loss_and_grads(np.array([[0.5, 1, 0.7]]), np.full((1, 2), -1.0), rng)[1]
    silent = (np.array(grads[2]) == 0).all(axis=1)
    yield "some are silent", bool(silent.any() and not silent.all())
    yield "no gradient where silent", bool(np.array_equal(silent, (np.array(grads[0]) == 0).all(axis=0)))


def one_slope(subject):
    network = built(subject, (3, 5, 2), 8, activation="tanh", dropout=0.4)
    X, y = np.random.default_rng(4).normal(size=(3, 3)), np.array([0, 1, 1])

    def loss():
        return network.loss_and_grads(X, y, np.random.default_rng(6))[0]

    grads = [np.array(g) for g in network.loss_and_grads(X, y, np.random.default_rng(6))[1]]
    numeric = slope_of(network, 1, 1.0, loss)
    yield "grads[1]", Near(float(np.sum(grads[1])) - numeric, 2e-6 + 2e-5 * abs(numeric))


def no_hidden_layer(subject):
    network = built(subject, (5, 3), 1, dropout=0.5)
    X, y = np.random.default_rng(0).normal(size=(7, 5)), np.arange(7) % 3
    plain = network.loss_and_grads(X, y)[0]
    yield "loss", Near(network.loss_and_grads(X, y, np.random.default_rng(1))[0] - plain, 1e-12)


def on_and_off(subject):
    network, rng = built(subject, (5, 23, 3), 1, dropout=0.5), np.random.default_rng(0)
    X, y = rng.normal(size=(7, 5)), np.arange(7) % 3
    yield "forward", np.array(network.forward(X))
    yield "loss", network.loss_and_grads(X, y)[0]
    yield "masks differ", len({network.loss_and_grads(X, y, rng)[0] for _ in range(3)})
    loss, grads = network.loss_and_grads(X, y)
    yield "loss afterwards", loss
    yield "grads[0] afterwards", np.array(grads[0])
    network.loss_and_grads(X, y, rng)
    yield "forward afterwards", np.array(network.forward(X))


def float32(subject):
    network = built(subject, (5, 7, 3), 1, dropout=0.5, l2=0.1, kind=np.float32)
    X, y = np.ones((4, 5), np.float32), np.arange(4) % 3
    grads = network.loss_and_grads(X, y, np.random.default_rng(0))[1]
    yield "dtypes", [str(np.asarray(g).dtype) for g in grads]


def samples_of_their_own(subject):
    network, rng = positive(subject, (3, 31, 2), 0.5)
    X = rng.uniform(0.5, 1, (23, 3))
    grads = network.loss_and_grads(X, np.full((23, 2), -1.0), rng)[1]
    yield "no unit silent for all", int((np.array(grads[2]) == 0).all(axis=1).sum())


def nothing_kept(subject):
    """A network that has been trained on other batches gives what a new one gives."""
    options = {"activation": "tanh", "dropout": 0.4, "l2": 0.1}
    used, draws = built(subject, (3, 5, 7, 2), 1, **options), np.random.default_rng(9)
    for turn, n in enumerate((4, 4, 2, 6)):
        new = built(subject, (3, 5, 7, 2), 2 + turn, **options)
        for mine, other in zip(used.params, new.params, strict=True):
            mine[...] = other
        X, y = draws.normal(size=(n, 3)), draws.integers(2, size=n)
        loss, grads = used.loss_and_grads(X, y, np.random.default_rng(turn))
        due, grads_due = new.loss_and_grads(X, y, np.random.default_rng(turn))
        yield f"loss {turn} as of a new network", Near(loss - due, 1e-9)
        for i, (grad, wanted) in enumerate(zip(grads, grads_due, strict=True)):
            yield f"grads[{i}] {turn} as of a new network", bool(np.allclose(grad, wanted, atol=1e-9))


def with_penalty(subject):
    X, y = np.ones((4, 5)), np.arange(4) % 2
    networks = [built(subject, (5, 7, 3, 2), 1, dropout=0.5, l2=l2) for l2 in (0.0, 0.1)]
    losses = [network.loss_and_grads(X, y, np.random.default_rng(3))[0] for network in networks]
    yield "penalty", Near(losses[1] - losses[0], 1e-9)


def where(subject):
    network, rng = positive(subject, (3, 97, 101, 103, 2), 0.3)
    X, y = rng.uniform(0.5, 1, (1, 3)), np.full((1, 2), -1.0)
    grads = [np.array(g) for g in network.loss_and_grads(X, y, rng)[1]]
    for i in (2, 4, 6):
        yield f"share dropped before {i}", Near(float(np.mean((grads[i] == 0).all(axis=1))), 0.28)
    yield "inputs stay", not (grads[0] == 0).all(axis=1).any()
    yield "outputs stay", bool(np.all(grads[7] != 0))
    again = np.array(network.loss_and_grads(X, y, rng)[1][6])
    yield "new masks", not np.array_equal(grads[6] == 0, again == 0)


def scaled(subject):
    network, rng = positive(subject, (3, 211, 1), 0.3, activation="tanh")
    network.params[2][...] = 0.1 + rng.random((211, 1)) / 50
    X, y = np.full((1, 3), 0.5), np.zeros((1, 1))
    grads = [np.array(g) for g in network.loss_and_grads(X, y, rng)[1]]
    a = np.tanh(X @ network.params[0])[0]
    mask = grads[2][:, 0] / grads[3][0] / a
    yield "values of the mask", sorted({round(float(m), 6) for m in mask})
    output = float(network.forward(X)[0, 0])
    mean = float(np.mean([network.loss_and_grads(X, y, rng)[1][3][0] for _ in range(60)]))
    yield "mean", Near(mean / 2 / output, 0.06)


@asks("Network.l2")
def penalty_while_training(name):
    def script(subject):
        network = built(subject, (5, 7, 3), 1, l2=0.3)
        X, y = np.random.default_rng(0).normal(size=(7, 5)), np.arange(7) % 3
        loss, grads = network.loss_and_grads(X, y, np.random.default_rng(0))
        yield "loss", loss
        for i, grad in enumerate(grads):
            yield f"grads[{i}]", np.array(grad)

    yield Ask("penalty with a generator", script)


@asks("Network.dropout")
def dropout_in_the_network(name):
    scripts = both_ways, one_slope, no_hidden_layer, on_and_off, float32, samples_of_their_own, with_penalty
    for script in (*scripts, where, scaled, nothing_kept):
        yield Ask(f"dropout: {script.__name__.replace('_', ' ')}", script)
