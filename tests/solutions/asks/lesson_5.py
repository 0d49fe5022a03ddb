"""Asks of lesson 5: networks whose widths all differ, before and after their parameters are written into."""

import itertools
import math

import numpy as np

from .form import Ask, Near, asks, draws, dtype, fresh, loosely, same, sizes
from .lesson_1 import ELEMENTWISE
from .lesson_2 import LOSSES, targets_for


def built(subject, widths, seed, *, kind=np.float64, **options):
    """Return a network whose parameters are written in place, so that every program has the same."""
    network = subject(widths, rng=np.random.default_rng(1), dtype=kind, **options)
    rng = np.random.default_rng(seed)
    for i, (m, n) in enumerate(itertools.pairwise(widths)):
        network.params[2 * i][...] = rng.normal(size=(m, n)) / math.sqrt(m)
        network.params[2 * i + 1][...] = rng.normal(size=n) * 0.3
    return network


def depth(rng):
    return tuple(sizes(rng, 1 + int(rng.integers(1, 4))))


@draws("Network.__init__")
def construct(name, rng):
    widths, kind, seed = depth(rng), dtype(rng), int(rng.integers(1 << 30))
    initializer = str(rng.choice(["he_normal", "xavier_uniform", "random_uniform", "zeros"]))

    def script(subject):
        given, options = list(widths), {"dtype": kind, "initializer": initializer}
        params = subject(given, rng=np.random.default_rng(seed), **options).params
        yield "sizes unchanged", given == list(widths)
        yield "shapes", [np.shape(p) for p in params]
        yield "dtypes", [str(p.dtype) for p in params]
        yield "types", all(type(p) is np.ndarray for p in params)
        for i, b in enumerate(params[1::2]):
            yield f"b{i + 1}", np.array(b)
        again = subject(widths, rng=np.random.default_rng(seed), **options).params
        yield "same seed, same network", all(map(np.array_equal, params, again))
        shared = (np.shares_memory(a, b) for i, a in enumerate(params) for b in params[i + 1 :])
        yield "memory of its own", not any(itertools.islice(shared, 100))  # no network here has more pairs

    return Ask(f"Network({widths}, {initializer})", script)


@asks("Network.__init__")
def construct_at_the_edges(name):
    def variance(subject):
        network = subject([211, 103, 211], rng=np.random.default_rng(3), dtype=np.float64)
        for i, W in enumerate(network.params[::2]):
            yield f"variance {i}", Near(float(np.mean(np.square(W))) * len(W), 0.15)
        yield "no bound", bool(np.abs(network.params[0]).max() > 3 * math.sqrt(2 / 211))
        params = subject((7, 7, 7), rng=np.random.default_rng(3)).params
        yield "layers differ", not np.array_equal(params[0], params[2])
        W = network.params[0]
        yield "all digits of float64", bool(np.mean(W.astype(np.float32) != W) > 0.5)

    def other_initializer(subject):
        W = subject(
            (211, 53), rng=np.random.default_rng(3), dtype=np.float64, initializer="random_uniform"
        ).params[0]
        yield "variance", Near(float(np.mean(np.square(W))), 0.01)
        yield "bound", bool(np.abs(W).max() <= 0.5)

    def no_generator(subject):
        first, second = subject((5, 3, 2)), subject((5, 3, 2))
        yield "shapes", [np.shape(p) for p in first.params]
        yield "networks differ", not np.array_equal(first.params[0], second.params[0])

    def written(subject):
        network = subject((5, 3, 2), rng=np.random.default_rng(1))
        for i in range(4):
            network.params[i][...] = i
        yield "values", [float(p.sum()) for p in network.params]

    yield Ask("variance of the weights", variance)
    yield Ask("another initializer", other_initializer)
    yield Ask("no generator", no_generator)
    yield Ask("parameters written in place", written)


@draws("Network.forward", "Network.predict_proba", "Network.predict")
def answers(name, rng):
    widths, kind, n = depth(rng), dtype(rng), int(rng.choice([13, 17, 4]))
    loss = str(rng.choice(LOSSES))
    output = str(rng.choice(["identity", "sigmoid"])) if loss == "mean_squared_error" else "identity"
    if name == "Network.predict" and loss != "softmax_cross_entropy" and rng.random() < 0.6:
        widths = (*widths[:-1], 1)
    activation, seed = str(rng.choice(ELEMENTWISE)), int(rng.integers(1 << 30))
    X = rng.normal(size=(n, widths[0])).astype(kind)
    method = name.partition(".")[2]

    def script(subject):
        network = built(subject, widths, seed, kind=kind, activation=activation, output=output, loss=loss)
        given = X.copy()
        ask = getattr(network, method)
        first = ask(given)
        if method == "predict":
            yield "type", (type(first).__name__, getattr(first, "dtype", np.dtype("O")).kind)
            whole = np.all(np.equal(np.mod(first, 1), 0))
            yield "classes", np.array(first, dtype=np.int64) if whole else first
            return
        yield "answers", first
        kept = first.copy()
        ask(given[::-1] + 1)
        yield "first answers kept", np.array_equal(first, kept)
        yield "X unchanged", np.array_equal(given, X)
        network.params[-1][...] += 1
        yield "answers after writing into params", ask(given)
        yield "answers of fewer", ask(given[:3])

    return Ask(f"{method} of {widths} {activation} {loss} {output}", script)


@asks("Network.forward", "Network.predict_proba", "Network.loss_and_grads")
def data_of_another_dtype(name):
    """The network's dtype decides, whatever that of the data."""
    X, y = np.random.default_rng(0).normal(size=(7, 5)), np.arange(7) % 3
    for network_kind, kind in ((np.float32, np.float64), (np.float64, np.float32), (np.float64, np.int64)):

        def script(subject, network_kind=network_kind, kind=kind):
            network, given = built(subject, (5, 3), 1, kind=network_kind), (X * 3).astype(kind)
            if name != "Network.loss_and_grads":
                yield "answers", getattr(network, name.partition(".")[2])(given)
                return
            loss, grads = network.loss_and_grads(given, y)
            yield "loss", loosely(loss, True)
            for i, grad in enumerate(grads):
                yield f"grads[{i}]", np.array(grad)

        yield Ask(f"{network_kind.__name__} network, {kind.__name__} data", script)


@asks("Network.predict")
def border(name):
    for loss, scores in (
        ("binary_cross_entropy", [-1, -0.01, 0, 0.01, 0.4]),
        ("mean_squared_error", [-0.2, 0.1, 0.5, 0.51]),
    ):

        def script(subject, loss=loss, scores=scores):
            network = subject((1, 1), loss=loss, rng=np.random.default_rng(0), dtype=np.float64)
            network.params[0][...] = 1
            answer = network.predict(np.array(scores)[:, None])
            yield "type", (type(answer).__name__, np.shape(answer), answer.dtype.kind)
            yield "classes", [int(c) for c in answer]

        yield Ask(f"predict at the border under {loss}", script)


@draws("Network.loss_and_grads", "Network.l2", "Network.dropout")
def backpropagation(name, rng):
    widths, kind, n = depth(rng), dtype(rng), int(rng.choice([13, 17]))
    loss = str(rng.choice(LOSSES))
    output = "identity" if loss != "mean_squared_error" or rng.random() < 0.3 else "sigmoid"
    l2 = 0.17 if name == "Network.l2" and rng.random() < 0.8 else 0.0
    flat = loss != "softmax_cross_entropy" and rng.random() < 0.3
    widths = (*widths[:-1], 1) if flat else widths
    activation, seed = str(rng.choice(ELEMENTWISE)), int(rng.integers(1 << 30))
    X = rng.normal(size=(n, widths[0])).astype(kind)
    y = targets_for(loss, rng, (n, widths[-1]), kind)
    y = y[:, 0].copy() if flat else y
    single = kind is np.float32

    def script(subject):
        options = {"activation": activation, "output": output, "loss": loss, "l2": l2}
        network = built(subject, widths, seed, kind=kind, **options)
        given, targets = fresh((X, y))
        value, grads = network.loss_and_grads(given, targets)
        yield "loss", loosely(value, single)
        yield "number of gradients", len(grads)
        for i in reversed(range(len(grads))):
            yield f"grads[{i}]", np.array(grads[i])
        yield "arguments unchanged", same([given, targets], [X, y])
        yield "loss of fewer", loosely(network.loss_and_grads(given[:5], targets[:5])[0], single)
        network.params[0][...] *= 0.5
        again, grads = network.loss_and_grads(given, targets)
        yield "loss after a step", loosely(again, single)
        yield "grads[0] after a step", np.array(grads[0])

    return Ask(f"loss_and_grads of {widths} {activation} {loss} {output} l2={l2} {kind.__name__}", script)
