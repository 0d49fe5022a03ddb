"""Asks of lesson 4: the distribution of initial weights, in statistics that any order of draws satisfies."""

import math

import numpy as np

from .form import Ask, Near, asks, draws, sizes

SCALED = ("xavier_normal", "xavier_uniform", "he_normal", "he_uniform", "random_normal", "random_uniform")


def scale_of(name, m, n, options):
    """Return the deviation that the weights should have, and their middle."""
    if name == "random_uniform":
        low, high = options.get("low", -0.5), options.get("high", 0.5)
        return (high - low) / math.sqrt(12), (high + low) / 2
    if name == "random_normal":
        return options.get("std", 0.05), 0.0
    return math.sqrt(2 / (m + n if name.startswith("xavier") else m)), 0.0


def distribution(name, m, n, repeats, seed, options):
    scale, middle = scale_of(name, m, n, options)

    def script(subject):
        rng = np.random.default_rng(seed)
        first = subject(rng, m, n, np.float64, **options)
        yield "form", (type(first).__name__, np.shape(first), str(first.dtype))
        W = np.concatenate([np.ravel(subject(rng, m, n, np.float64, **options)) for _ in range(repeats)])
        W = (W - middle) / scale
        yield "variance", Near(float(np.mean(W * W)), 9 * math.sqrt(2 / W.size))
        yield "middle", Near(float(W.mean()), 9 / math.sqrt(W.size))
        size = np.abs(W)
        if name.endswith("uniform"):
            yield "largest", Near(float(size.max()) / math.sqrt(3), 12 / W.size)
            yield "halves", Near(float(np.mean(size < math.sqrt(3) / 2)), 6 / math.sqrt(W.size))
        else:
            yield "within one", Near(float(np.mean(size < 1)), 6 / math.sqrt(W.size))
            yield "beyond two", Near(float(np.mean(size > 2)), 3 / math.sqrt(W.size))
            if W.size > 10_000:
                yield "some beyond three", bool(size.max() > 3)
        yield "each drawn on its own", bool(np.unique(np.abs(first - middle)).size >= 0.98 * m * n)
        again = subject(np.random.default_rng(seed), m, n, np.float64, **options)
        yield "same seed, same weights", np.array_equal(first, again)
        yield "new weights", not np.array_equal(first, subject(rng, m, n, np.float64, **options))
        yield "default dtype", str(subject(rng, m, n, **options).dtype)

    return script


@draws(*SCALED, many=40)  # of a dozen layers each
def weights(name, rng):
    m, n = (int(size) for size in rng.choice([(53, 7), (7, 53), (31, 17), (13, 29)]))
    options = {}
    if name == "random_normal" and rng.random() < 0.7:
        options = {"std": 0.31}
    if name == "random_uniform" and rng.random() < 0.7:
        options = {"low": -0.13, "high": 0.71}
    return Ask(
        f"{name} of {m, n} {options}", distribution(name, m, n, 12, int(rng.integers(1 << 30)), options)
    )


def one_draw(name, m, n):
    """Return the script of a single draw: quick, and wide enough for every right program."""
    scale, middle = scale_of(name, m, n, {})

    def script(subject):
        W = subject(np.random.default_rng(11), m, n, np.float64)
        yield "form", (type(W).__name__, np.shape(W), str(W.dtype))
        W = (np.ravel(W) - middle) / scale
        yield "variance", Near(float(np.mean(W * W)), 6 * math.sqrt(2 / W.size))
        yield "largest", Near(float(np.abs(W).max()), 0.06 if name.endswith("uniform") else 1.5)
        yield "default dtype", str(subject(np.random.default_rng(11), m, n).dtype)

    return script


@asks(*SCALED)
def layers_of_all_sizes(name):
    for m, n in ((53, 7), (7, 53)):
        yield Ask(f"{name} of {m, n}, one draw", one_draw(name, m, n))
    yield Ask(f"{name} of a large layer", distribution(name, 211, 97, 1, 5, {}))
    yield Ask(f"{name} of a small layer", distribution(name, 2, 3, 900, 5, {}))

    def digits(subject):
        exact = subject(np.random.default_rng(23), 13, 7, np.float64)
        yield "all digits of float64", bool(np.mean(exact != exact.astype(np.float32)) > 0.5)
        scale, _ = scale_of(name, 13, 7, {})
        for divisor in (scale, scale * math.sqrt(3), 1):
            draws = exact / divisor
            coarse = np.mean(np.abs(draws - draws.astype(np.float32)) <= 2.0**-48)
            yield f"digits of the draws, divided by {divisor}", bool(coarse < 0.2)
        yield "dtype by name", str(subject(np.random.default_rng(23), 13, 7, np.dtype("float64")).dtype)
        short = subject(np.random.default_rng(23), 53, 7)
        size = float(np.sqrt(np.mean(np.square(short)))) / scale_of(name, 53, 7, {})[0]
        yield "variance in float32", Near(size, 0.4)

    def order(subject):
        W = np.ravel(subject(np.random.default_rng(29), 31, 17, np.float64))
        yield "neither rising nor falling", Near(float(np.mean(np.diff(W) > 0)), 0.25)

    yield Ask(f"{name} in float64", digits)
    yield Ask(f"{name} in what order", order)


@draws("zeros")
def zeros(name, rng):
    m, n = sizes(rng, 2)

    def script(subject):
        first = subject(rng, m, n)
        yield "float32", first
        yield "float64", subject(rng, m, n, np.float64)
        yield "float64 by its name", subject(rng, m, n, np.dtype("float64"))
        yield "new each time", not np.shares_memory(first, subject(rng, m, n))

    return Ask(f"zeros of {m, n}", script)
