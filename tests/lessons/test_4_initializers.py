"""Lesson 4: initializers.

Where the weights start decides whether a deep network learns at all. Too small, and the signal fades
from layer to layer; too large, and it explodes. Xavier and He chose the variance so that it keeps its size.

Each test draws thousands of weights. A correct initializer stays within six standard errors of its
variance; the nearest wrong formula is at least twice as far away.
"""

import math

import numpy as np
import pytest

from .checks import (
    exercise,
    no_global_randomness,
    require,
    require_array,
    require_close,
    within,
)

FANS = [(300, 100), (100, 300)]  # narrowing and widening: only one of them tells fan_in from fan_out
VARIANCE = {
    "xavier_normal": lambda fan_in, fan_out: 2 / (fan_in + fan_out),
    "xavier_uniform": lambda fan_in, fan_out: 2 / (fan_in + fan_out),
    "he_normal": lambda fan_in, fan_out: 2 / fan_in,
    "he_uniform": lambda fan_in, fan_out: 2 / fan_in,
    "random_normal": lambda fan_in, fan_out: 0.05**2,
    "random_uniform": lambda fan_in, fan_out: 1 / 12,
}
LOOK = {
    "xavier_normal": "standard deviation sqrt(2 / (fan_in + fan_out)), mind the brackets",
    "xavier_uniform": "uniform between -limit and limit = sqrt(6 / (fan_in + fan_out))",
    "he_normal": "standard deviation sqrt(2 / fan_in)",
    "he_uniform": "uniform between -limit and limit = sqrt(6 / fan_in)",
    "random_normal": "standard deviation `std`, 0.05 by default",
    "random_uniform": "uniform between `low` and `high`, -0.5 and 0.5 by default",
}
RANDOM = list(VARIANCE)
NORMAL = [name for name in RANDOM if name.endswith("normal")]
UNIFORM = [name for name in RANDOM if name.endswith("uniform")]


@exercise("{name}", about="shape type")
@pytest.mark.parametrize("name", [*RANDOM, "zeros"])
def test_shape_and_dtype(initializers, rng, name):
    """W has the shape (fan_in, fan_out) and is float32 by default."""
    initializer = getattr(initializers, name)
    require_array(initializer(rng, 5, 3), shape=(5, 3), dtype=np.float32, what=f"{name}(rng, 5, 3)")
    for dtype in (np.float64, np.dtype(np.float64), np.dtype(np.float32)):  # a network passes np.dtype
        what = f"{name}(rng, 2, 7, {'np.float64' if dtype is np.float64 else repr(dtype)})"
        require_array(initializer(rng, 2, 7, dtype), shape=(2, 7), dtype=dtype, what=what)


@exercise("zeros")
def test_zeros_are_zero(initializers, rng):
    """Zeros are right for biases. As weights, they would make all units of a layer twins: see lesson 5."""
    for _ in range(3):
        _ = np.ones((4, 3), np.float32)  # what np.empty would find in memory
        require_close(
            initializers.zeros(rng, 4, 3), np.zeros((4, 3)), what="zeros(rng, 4, 3)", look="an array of zeros"
        )
    first, second = initializers.zeros(rng, 4, 3), initializers.zeros(rng, 4, 3)
    require(not np.shares_memory(first, second), "two calls must return two arrays, not the same one twice")


@exercise("{name}")
@pytest.mark.parametrize("name", RANDOM)
@pytest.mark.parametrize(("fan_in", "fan_out"), FANS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_variance_is_the_rule(initializers, rng, name, fan_in, fan_out, dtype):
    """The mean square of 30,000 weights must be the variance that the rule prescribes, in either dtype."""
    W = getattr(initializers, name)(rng, fan_in, fan_out, dtype).astype(np.float64)
    expected = VARIANCE[name](fan_in, fan_out)
    # Relative standard error of a mean of squares: sqrt((kurtosis - 1) / n), kurtosis 3 or 9/5.
    error = math.sqrt((3 if name in NORMAL else 9 / 5) - 1) / math.sqrt(W.size)
    ratio = float(np.mean(np.square(W))) / expected
    require(
        within(6 * error, ratio, 1),
        f"{name}(fan_in={fan_in}, fan_out={fan_out}), {np.dtype(dtype)}: the mean square of the "
        f"weights must be {expected:.6f} within {6 * error:.1%}; got {ratio * expected:.6f}, "
        f"{ratio:.3f} times that.",
        look=LOOK[name],
    )


@exercise("{name}")
@pytest.mark.parametrize("name", [name for name in RANDOM if not name.startswith("random")])
def test_variance_holds_for_the_smallest_layers(initializers, rng, name):
    """With two inputs and three units, a stray + 1 in the formula shows; among hundreds it would not."""
    W = np.concatenate([getattr(initializers, name)(rng, 2, 3, np.float64) for _ in range(4000)])
    expected = VARIANCE[name](2, 3)
    ratio = float(np.mean(np.square(W))) / expected
    require(
        within(0.06, ratio, 1),
        f"{name}(fan_in=2, fan_out=3): the mean square of 24,000 weights must be {expected:.3f} "
        f"within 6 %; got {ratio * expected:.3f}.",
        look=LOOK[name],
    )


@exercise("{name}")
@pytest.mark.parametrize("name", RANDOM)
def test_mean_is_zero(initializers, rng, name):
    """No direction is preferred, so the mean is 0 within six standard errors."""
    W = getattr(initializers, name)(rng, 200, 200, np.float64)
    limit = 6 * math.sqrt(VARIANCE[name](200, 200) / W.size)
    require(
        within(limit, W.mean(), 0),
        f"{name}: the mean of {W.size} weights must be within {limit:.2g} of 0; got {W.mean():.3g}.",
        look=LOOK[name],
    )


@exercise("{name}")
@pytest.mark.parametrize("name", NORMAL)
def test_normal_weights_have_a_bell_shape(initializers, rng, name):
    """68.27 % lie within one standard deviation, 4.55 % beyond two, and nothing cuts the tails off."""
    W = getattr(initializers, name)(rng, 250, 160, np.float64)
    scaled = np.abs(W) / math.sqrt(VARIANCE[name](250, 160))
    for share, expected, where in (
        (np.mean(scaled < 1), 0.6827, "within one standard deviation"),
        (np.mean(scaled > 2), 0.0455, "beyond two standard deviations"),
        (np.mean(scaled > 3), 0.0027, "beyond three standard deviations"),
    ):
        limit = 6 * math.sqrt(expected * (1 - expected) / W.size)
        require(
            within(limit, share, expected),
            f"{name}: {expected:.2%} of the weights must lie {where}, within {limit:.2%}; got {share:.2%}.",
            look=f"a normal distribution, not cut off; {LOOK[name]}",
        )
    require(
        scaled.max() > 3.2,
        f"{name}: of 40,000 normal weights some must lie beyond 3.2 standard deviations; the largest is at "
        f"{scaled.max():.2f}.",
        look=f"a normal distribution, not cut off; {LOOK[name]}",
    )


@exercise("{name}")
@pytest.mark.parametrize("name", UNIFORM)
def test_uniform_weights_fill_their_range_evenly(initializers, rng, name):
    """No weight lies beyond the limit, and every tenth of the range gets a tenth of the weights."""
    W = getattr(initializers, name)(rng, 250, 160, np.float64)
    limit = math.sqrt(3 * VARIANCE[name](250, 160))
    require(
        np.abs(W).max() <= limit * (1 + 1e-6),
        f"{name}: no weight may be beyond {limit:.5f}; the largest is {np.abs(W).max():.5f}.",
        look=LOOK[name],
    )
    counts, _ = np.histogram(W, bins=10, range=(-limit, limit))
    slack = 6 * math.sqrt(0.1 * 0.9 / W.size)
    require(
        within(slack, counts / W.size, 0.1),
        f"{name}: each tenth of [-{limit:.4f}, {limit:.4f}] must hold 10 % of the weights, within "
        f"{slack:.2%}; got {[f'{count / W.size:.1%}' for count in counts]}.",
        look=LOOK[name],
    )


@exercise("random_normal")
def test_standard_deviation_can_be_chosen(initializers, rng):
    """The caller chooses `std`."""
    W = initializers.random_normal(rng, 200, 200, np.float64, std=0.3)
    require(
        within(6 / math.sqrt(2 * W.size), W.std() / 0.3, 1),
        f"random_normal(std=0.3): the standard deviation must be 0.3 within 2 %; got {W.std():.4f}.",
        look="`std` multiplies a standard normal draw; it is not the variance",
    )


@exercise("random_uniform")
def test_range_can_be_chosen(initializers, rng):
    """The caller chooses `low` and `high`."""
    W = initializers.random_uniform(rng, 200, 200, np.float64, low=-0.1, high=0.7)
    look = "rng.uniform(low, high, ...) spreads the weights over the whole range, and no further"
    require(
        -0.1 <= W.min() < -0.098,
        "random_uniform(low=-0.1, high=0.7): of 40,000 weights the smallest must be just above -0.1; "
        f"it is {W.min():.4f}.",
        look=look,
    )
    require(
        0.698 < W.max() <= 0.7,
        "random_uniform(low=-0.1, high=0.7): of 40,000 weights the largest must be just below 0.7; "
        f"it is {W.max():.4f}.",
        look=look,
    )
    require(
        within(6 * 0.8 / math.sqrt(12 * W.size), W.mean(), 0.3),
        f"random_uniform(low=-0.1, high=0.7): the mean must be 0.3, the middle; it is {W.mean():.4f}.",
        look=look,
    )


@exercise("{name}")
@pytest.mark.parametrize("name", RANDOM)
def test_numbers_come_from_the_generator(initializers, rng, name):
    """The same seed gives the same weights, and one generator never gives the same weights twice."""
    initializer = getattr(initializers, name)
    seed = int(rng.integers(2**32))
    with no_global_randomness(name):
        first, again = (initializer(np.random.default_rng(seed), 6, 4) for _ in range(2))
    require(
        np.array_equal(first, again),
        f"{name}: the generators had the same seed, but the weights differ.",
        look="draw only from `rng`, not from np.random or a generator made inside the function",
    )
    generator = np.random.default_rng(seed)
    first, second = initializer(generator, 6, 4), initializer(generator, 6, 4)
    require(
        not np.array_equal(first, second),
        f"{name}: two draws from one generator gave the same weights.",
        look="use `rng` as it comes; do not reseed it",
    )


@exercise("{name}")
@pytest.mark.parametrize("name", RANDOM)
def test_every_weight_is_drawn_on_its_own(initializers, rng, name):
    """One draw repeated for every unit, or for every input, would make them twins; a cut makes many alike."""
    W = getattr(initializers, name)(rng, 40, 30, np.float64)
    distinct = np.unique(np.abs(W)).size
    require(
        distinct == W.size,
        f"{name}: {W.size} weights must be {W.size} different numbers; got {distinct}.",
        look="draw an array of shape (fan_in, fan_out), not one row or column for all, and cut nothing off",
    )
    W = getattr(initializers, name)(rng, 200, 200, np.float64)
    for neighbour, where in ((W[:-1] * W[1:], "the row above"), (W[:, :-1] * W[:, 1:], "the column before")):
        together = neighbour.mean() / np.mean(np.square(W))
        require(
            within(6 / math.sqrt(neighbour.size), together, 0),
            f"{name}: a weight must not depend on the one in {where}; their correlation is {together:.3f}.",
            look="draw every weight on its own; do not sort, add up or repeat what was drawn",
        )


@exercise("{name}")
@pytest.mark.parametrize("name", RANDOM)
def test_float64_has_all_its_digits(initializers, rng, name):
    """Numbers drawn in float32 stay that coarse, however you convert and scale them afterwards."""
    W = getattr(initializers, name)(rng, 40, 30, np.float64)
    scale = math.sqrt(VARIANCE[name](40, 30) * (1 if name in NORMAL else 3))
    for divisor, what in (
        (1.0, " have"),
        (scale, f", divided by {scale:.4g}, have"),
        (float(np.float32(scale)), f", divided by {scale:.4g} in float32, have"),
    ):
        drawn = W / divisor
        # The scaling rounds the last of 52 bits, float32 has 23: one in 100,000 is so near to it by chance.
        coarse = int(np.sum(np.abs(drawn - drawn.astype(np.float32)) <= 2.0**-48))
        require(
            coarse < 0.5 * W.size,
            f"{name}: of {W.size} float64 weights, {coarse}{what} no more digits than float32 holds.",
            look="draw in `dtype`, or in float64 and then round to `dtype`",
        )


@exercise("{name}")
@pytest.mark.parametrize(
    ("name", "activation"),
    [
        ("he_normal", lambda z: np.maximum(z, 0)),
        ("he_uniform", lambda z: np.maximum(z, 0)),
        ("xavier_normal", lambda z: z),
        ("xavier_uniform", lambda z: z),
    ],
    ids=["he_normal", "he_uniform", "xavier_normal", "xavier_uniform"],
)
def test_signal_survives_ten_layers(initializers, rng, name, activation):
    """Through ten layers of 400 units the mean square keeps its size: He with ReLU, Xavier without it.

    Half the right variance leaves 1/1024 of it after ten layers; twice the variance leaves 1024 times.
    """
    x = rng.normal(size=(50, 400))
    start = np.mean(np.square(x))
    for _ in range(10):
        z = x @ getattr(initializers, name)(rng, 400, 400, np.float64)
        x = activation(z)
    # ReLU halves the mean square and He's variance doubles it: the sums z carry twice the signal.
    ratio = np.mean(np.square(z)) / start / (2 if name.startswith("he") else 1)
    require(
        within(math.log(4), math.log(ratio), 0),
        f"{name}: after ten layers the signal's mean square must be about what it was; it is "
        f"{ratio:.3g} times that.",
        look=LOOK[name],
    )
