"""Lesson 4: solutions of the initializers, wrong and right."""

import functools
import math

import numpy as np

from .bank import IN, OUT, RIGHT, WRONG, call, probe, race, right, script, wrong


def _form(initializer, *args):
    """Return zeros in the shape and dtype of the weights: these are compared, not the numbers drawn."""
    W = initializer(np.random.default_rng(7), *args)
    return np.zeros_like(W) if isinstance(W, np.ndarray) else W


def _weights(initializer, fan_in, fan_out, dtype=np.float64, **options):
    """Return weights as float64."""
    return initializer(np.random.default_rng(7), fan_in, fan_out, dtype, **options).astype(np.float64)


def _drawn(*args, **options):
    """Return weights as float64, or NaN if too few of them were drawn for their size to be measured."""
    W = _weights(*args, **options)
    return W if len(np.unique(W)) > W.size / 2 else np.full_like(W, np.nan)


def _scaled(initializer):
    """Return 40,000 weights divided by their root mean square."""
    W = _drawn(initializer, 200, 200)
    return W / np.sqrt(np.mean(W**2))


def _coarse(initializer):
    """Return the share of float64 weights that float32 holds without rounding."""
    W = initializer(np.random.default_rng(7), 40, 30, np.float64)
    return float(np.mean(W.astype(np.float32) == W))


SCALES = {  # what a standard draw is multiplied by, and how that is typed for 40 inputs and 30 units
    "xavier_normal": (lambda fan_in, fan_out: math.sqrt(2 / (fan_in + fan_out)), "np.sqrt(2 / 70)"),
    "xavier_uniform": (lambda fan_in, fan_out: math.sqrt(6 / (fan_in + fan_out)), "np.sqrt(6 / 70)"),
    "he_normal": (lambda fan_in, fan_out: math.sqrt(2 / fan_in), "np.sqrt(2 / 40)"),
    "he_uniform": (lambda fan_in, fan_out: math.sqrt(6 / fan_in), "np.sqrt(6 / 40)"),
    "random_normal": (lambda fan_in, fan_out, std=0.05: std, "0.05"),
}


def _coarse_draws(initializer, scale):
    """Return the share of float64 weights that are float32 numbers times the scale, as float32 or float64."""
    W = initializer(np.random.default_rng(7), 40, 30, np.float64).astype(np.float64)
    draws = [W / divisor for divisor in (scale, float(np.float32(scale)))]
    return max(float(np.mean(np.abs(draw - draw.astype(np.float32)) <= 2.0**-48)) for draw in draws)


def _neighbours(initializer):
    """Return the mean product of each weight and the one above, in units of the mean square."""
    W = _scaled(initializer)
    return float(np.mean(W[:-1] * W[1:]))


def _are_equal(initializer, first, second):
    return int(np.array_equal(initializer(first, 6, 4), initializer(second, 6, 4)))


def _common(name, initializer, size):
    """Yield what every initializer is asked; ``size`` says, and measures, how large the weights are."""
    words, measure = size
    yield script(
        f"the shapes and dtypes of {name}(rng, 5, 3) and {name}(rng, 2, 7, np.float64)",
        lambda: (_form(initializer, 5, 3), _form(initializer, 2, 7, np.float64)),
        parts=(f"{name}(rng, 5, 3)", f"{name}(rng, 2, 7, np.float64)"),
        test="shape_and_dtype",
    )

    yield script(
        f'the shape and dtype of {name}(rng, 2, 7, np.dtype("float64"))',
        lambda: _form(initializer, 2, 7, np.dtype(np.float64)),
        test="shape_and_dtype",
    )

    def size_of(shown, *args, **options):
        # a size that too few draws make by chance is compared with no other, and shown as it is
        text, test = f"{words} for W = {name}(rng, {shown})", "chosen" if options else "variance mean_is_zero"
        case, shown = (
            script(
                text,
                lambda weights=weights: measure(weights(initializer, *args, **options)),
                rtol=0.03,
                atol=0.0003,
                test=test,
            )
            for weights in (_drawn, _weights)
        )
        return case._replace(shown=shown)

    def at(*fans, **options):
        shown = "".join(f", {option}={value}" for option, value in options.items())
        return size_of(f"{fans[0]}, {fans[1]}, np.float64{shown}", *fans, **options)

    yield script(
        f"how many different numbers there are in {name}(rng, 40, 30, np.float64)",
        lambda: len(np.unique(np.abs(initializer(np.random.default_rng(7), 40, 30, np.float64)))),
        rtol=0.02,
        test="drawn_on_its_own",
    )
    yield size_of("300, 100, np.float32", 300, 100, np.float32)
    yield at(300, 100)
    yield at(100, 300)
    if name == "random_normal":
        yield at(200, 200, std=0.3)
    if name == "random_uniform":
        yield at(200, 200, low=-0.1, high=0.7)
    yield script(
        f"the share of weights in {name}(rng, 200, 200, np.float64) within one root mean square",
        lambda: float(np.mean(np.abs(_scaled(initializer)) < 1)),
        rtol=0.02,
        test="bell_shape" if name.endswith("normal") else "evenly",
    )
    yield script(
        f"1 if {name}(rng, 6, 4) gives the same weights again for the same seed, else 0",
        lambda: _are_equal(initializer, np.random.default_rng(7), np.random.default_rng(7)),
        test="come_from_the_generator",
    )

    def from_one_generator():
        rng = np.random.default_rng(7)
        return _are_equal(initializer, rng, rng)

    yield script(
        f"1 if {name}(rng, 6, 4) gives the same weights again for the same generator, else 0",
        from_one_generator,
        test="come_from_the_generator",
    )
    yield script(
        f"the correlation of neighbours in a column of {name}(rng, 200, 200, np.float64)",
        lambda: _neighbours(initializer),
        atol=0.1,
        test="drawn_on_its_own",
    )
    yield script(
        f"the share of weights in {name}(rng, 40, 30, np.float64) with no more digits than float32",
        lambda: _coarse(initializer),
        rtol=0.02,
        atol=0.02,
        test="all_its_digits",
    )
    if name in SCALES:
        scale, words = SCALES[name]
        yield script(
            f"the share of weights in {name}(rng, 40, 30, np.float64) / {words} with no more digits than "
            "float32",
            lambda: _coarse_draws(initializer, scale(40, 30)),
            rtol=0.02,
            atol=0.02,
            test="all_its_digits",
        )


@race("xavier_normal", "he_normal", "random_normal")
def timed_normal_draws(initializer):
    rng = np.random.default_rng(0)
    return lambda: initializer(rng, IN, OUT), lambda: rng.standard_normal((IN, OUT), dtype=np.float32)


@race("xavier_uniform", "he_uniform", "random_uniform")
def timed_uniform_draws(initializer):
    rng = np.random.default_rng(0)
    return lambda: initializer(rng, IN, OUT), lambda: rng.random((IN, OUT), dtype=np.float32)


@race("zeros")
def timed_zeros(zeros):
    rng = np.random.default_rng(0)
    return lambda: zeros(rng, IN, OUT), lambda: np.zeros(
        (IN, OUT), np.float32
    )  # the system may have them ready


def _probe_normal(name):
    @probe(name)
    def cases(initializer):
        yield from _common(name, initializer, ("W.std()", lambda W: float(W.std())))
        yield script(
            f"W.mean() over the root mean square, for W = {name}(rng, 200, 200, np.float64)",
            lambda: float(_scaled(initializer).mean()),
            rtol=0.03,
            atol=0.03,
            test="mean_is_zero",
        )
        yield script(
            f"the largest weight over the root mean square, for W = {name}(rng, 200, 200, np.float64)",
            lambda: float(np.abs(_scaled(initializer)).max()),
            rtol=0.35,
            test="bell_shape",
        )


def _probe_uniform(name):
    @probe(name)
    def cases(initializer):
        size = "[W.min(), W.max()]", lambda W: np.array([W.min(), W.max()])
        yield from _common(name, initializer, size)


for _name in ("xavier_normal", "he_normal", "random_normal"):
    _probe_normal(_name)
for _name in ("xavier_uniform", "he_uniform", "random_uniform"):
    _probe_uniform(_name)


@probe("zeros")
def nothing_but_zeros(zeros):
    yield call(zeros, np.random.default_rng(7), 2, 3)
    yield call(zeros, np.random.default_rng(7), 3, 1)
    yield call(zeros, np.random.default_rng(7), 3, 2, np.float64)
    yield call(zeros, np.random.default_rng(7), 2, 2, dtype=np.float32)
    yield call(zeros, np.random.default_rng(7), 2, 2, np.dtype(np.float64))

    def after_writing():
        first = zeros(np.random.default_rng(7), 2, 2)
        first[...] = 1
        second = zeros(np.random.default_rng(7), 2, 2).copy()
        first[...] = 0  # an array that is kept is left as it was found
        return second

    yield script("zeros(rng, 2, 2), after 1 was written into the result of an earlier call", after_writing)


@wrong(
    "xavier_normal",
    "Your standard deviation is 2 / (fan_in + fan_out): that number is the variance. A normal draw is "
    "scaled by the standard deviation, its root.",
)
def xavier_normal_with_the_variance_as_deviation(rng, fan_in, fan_out, dtype=np.float32):
    return rng.normal(0, 2 / (fan_in + fan_out), (fan_in, fan_out)).astype(dtype)


@wrong(
    "xavier_normal",
    "Your standard deviation is sqrt(2) / (fan_in + fan_out): the root ends too early. It must cover the "
    "whole fraction.",
)
def xavier_normal_with_the_root_of_two_alone(rng, fan_in, fan_out, dtype=np.float32):
    return rng.normal(0, math.sqrt(2) / (fan_in + fan_out), (fan_in, fan_out)).astype(dtype)


@wrong(
    "he_normal",
    "Your standard deviation is sqrt(2) / fan_in: the root ends too early. It must cover the whole fraction.",
)
def he_normal_with_the_root_of_two_alone(rng, fan_in, fan_out, dtype=np.float32):
    return rng.normal(0, math.sqrt(2) / fan_in, (fan_in, fan_out)).astype(dtype)


@wrong(
    "he_uniform",
    "Your limit is sqrt(6) / fan_in: the root ends too early. It must cover the whole fraction.",
)
def he_uniform_with_the_root_of_six_alone(rng, fan_in, fan_out, dtype=np.float32):
    limit = math.sqrt(6) / fan_in
    return rng.uniform(-limit, limit, (fan_in, fan_out)).astype(dtype)


@wrong(
    "random_normal",
    "Your standard deviation is `std` squared: `std` is the standard deviation itself, not its root.",
)
def random_normal_with_std_squared(rng, fan_in, fan_out, dtype=np.float32, std=0.05):
    return rng.normal(0, std**2, (fan_in, fan_out)).astype(dtype)


@wrong(
    "xavier_normal",
    "Your variance is 1 / fan_in, a rule that some texts also call Xavier's. The rule here looks at both "
    "widths: it divides by fan_in + fan_out.",
)
def xavier_normal_by_fan_in_alone(rng, fan_in, fan_out, dtype=np.float32):
    return (rng.standard_normal((fan_in, fan_out)) * np.sqrt(1 / fan_in)).astype(dtype)


@wrong(
    "xavier_normal",
    "Your weights are huge: their variance is 2 / fan_in + fan_out, because division comes before "
    "addition. A pair of brackets is missing.",
)
def xavier_normal_without_brackets(rng, fan_in, fan_out, dtype=np.float32):
    std = np.sqrt(2 / fan_in + fan_out)
    return rng.normal(0.0, std, size=(fan_in, fan_out)).astype(dtype)


@wrong(
    "xavier_normal",
    "Your variance is half of what it should be, 1 / (fan_in + fan_out). The rule averages the two widths, "
    "which puts the 2 of that average in the numerator.",
)
def xavier_normal_with_half_the_variance(rng, fan_in, fan_out, dtype=np.float32):
    std = np.sqrt(1 / (fan_in + fan_out))
    return (std * rng.standard_normal((fan_in, fan_out))).astype(dtype)


@wrong(
    "xavier_normal",
    "Your weights are well drawn, but they are float64 when the caller asked for float32. NumPy draws in "
    "float64, and a factor np.sqrt(...) is also float64: apply `astype(dtype)` last, to the product.",
)
def xavier_normal_in_float64(rng, fan_in, fan_out, dtype=np.float32):
    return rng.normal(0, np.sqrt(2 / (fan_in + fan_out)), (fan_in, fan_out))


@wrong(
    "xavier_normal",
    "The same seed gives you other weights each time: they do not come from `rng`. It looks as if you draw "
    "from np.random, or from your own generator.",
)
def xavier_normal_from_the_global_generator(rng, fan_in, fan_out, dtype=np.float32):
    std = np.sqrt(2 / (fan_in + fan_out))
    return (np.random.randn(fan_in, fan_out) * std).astype(dtype)  # noqa: NPY002


@wrong(
    "xavier_uniform",
    "Your limit is the standard deviation, sqrt(2 / (fan_in + fan_out)). Uniform numbers within +-limit "
    "have the variance limit**2 / 3, so yours are too narrow by a factor of sqrt(3).",
)
def xavier_uniform_with_the_deviation_as_limit(rng, fan_in, fan_out, dtype=np.float32):
    limit = np.sqrt(2 / (fan_in + fan_out))
    return rng.uniform(-limit, limit, (fan_in, fan_out)).astype(dtype)


@wrong(
    "xavier_uniform",
    "Your limit is 6 / (fan_in + fan_out): the square root is missing. The variance is the limit squared, "
    "divided by 3.",
)
def xavier_uniform_without_the_root(rng, fan_in, fan_out, dtype=np.float32):
    limit = 6 / (fan_in + fan_out)
    return rng.uniform(-limit, limit, (fan_in, fan_out)).astype(dtype)


@wrong("xavier_uniform", "Your limit is sqrt(6 / fan_in), which is He's. Xavier's looks at both widths.")
def xavier_uniform_with_he_s_limit(rng, fan_in, fan_out, dtype=np.float32):
    limit = np.sqrt(6 / fan_in)
    return rng.uniform(-limit, limit, (fan_in, fan_out)).astype(dtype)


@wrong(
    "xavier_uniform",
    "Your limit is right, but no weight is negative: the range begins at 0. It must reach as far below 0 as "
    "above.",
)
def xavier_uniform_from_zero(rng, fan_in, fan_out, dtype=np.float32):
    limit = np.sqrt(6 / (fan_in + fan_out))
    return (limit * rng.random((fan_in, fan_out))).astype(dtype)


@wrong(
    "xavier_uniform",
    "Your limit is sqrt(6) / (fan_in + fan_out): the root ends too early. It must cover the whole fraction.",
)
def xavier_uniform_with_the_root_of_six_alone(rng, fan_in, fan_out, dtype=np.float32):
    limit = math.sqrt(6) / (fan_in + fan_out)
    return rng.uniform(-limit, limit, size=(fan_in, fan_out)).astype(dtype)


@wrong(
    "xavier_uniform",
    "Two calls with one generator give the same weights: it looks as if you replace `rng` by a generator "
    "with a fixed seed. Draw from `rng` as it comes, or layers with the same shape become twins.",
)
def xavier_uniform_seeded_anew(rng, fan_in, fan_out, dtype=np.float32):
    rng = np.random.default_rng(0)
    limit = np.sqrt(6 / (fan_in + fan_out))
    return rng.uniform(-limit, limit, (fan_in, fan_out)).astype(dtype)


@wrong(
    "he_normal",
    "Your variance is 1 / fan_in, half of He's. ReLU silences about half of the units, and the 2 in the "
    "rule makes up for them.",
)
def he_normal_with_half_the_variance(rng, fan_in, fan_out, dtype=np.float32):
    return (rng.standard_normal((fan_in, fan_out)) * np.sqrt(1 / fan_in)).astype(dtype)


@wrong(
    "he_normal",
    "Your standard deviation is 2 / fan_in: that number is the variance. A normal draw is scaled by the "
    "standard deviation, its root.",
)
def he_normal_with_the_variance_as_deviation(rng, fan_in, fan_out, dtype=np.float32):
    return (rng.standard_normal((fan_in, fan_out)) * 2 / fan_in).astype(dtype)


@wrong(
    "he_normal",
    "Your float64 weights are right, but in float32, the default, they have the standard deviation 1: in "
    "that case you do not apply the rule.",
)
def he_normal_scaled_in_float64_alone(rng, fan_in, fan_out, dtype=np.float32):
    if np.dtype(dtype) == np.float64:
        return np.sqrt(2 / fan_in) * rng.standard_normal((fan_in, fan_out))
    return rng.standard_normal((fan_in, fan_out), dtype)


@wrong(
    "he_normal",
    "Your variance is 2 / fan_out. Each sum adds up fan_in products: He divides by the number of rows of "
    "W, not of columns.",
)
def he_normal_by_fan_out(rng, fan_in, fan_out, dtype=np.float32):
    return rng.normal(0, np.sqrt(2 / fan_out), size=(fan_in, fan_out)).astype(dtype)


@wrong("he_normal", "Your variance is 2 / (fan_in + fan_out), which is Xavier's. He's looks at fan_in alone.")
def he_normal_with_xavier_s_variance(rng, fan_in, fan_out, dtype=np.float32):
    return rng.normal(0, np.sqrt(2 / (fan_in + fan_out)), size=(fan_in, fan_out)).astype(dtype)


@wrong(
    "he_normal",
    "The tails of your bell are cut off at two standard deviations, which makes the variance too small. The "
    "rule is about the full normal distribution: do not clip it.",
)
def he_normal_clipped(rng, fan_in, fan_out, dtype=np.float32):
    draws = np.clip(rng.standard_normal((fan_in, fan_out)), -2, 2)
    return (draws * np.sqrt(2 / fan_in)).astype(dtype)


@wrong(
    "he_normal",
    "All the inputs of a unit share one weight: you draw a single row and repeat it. Draw an array of the "
    "full shape (fan_in, fan_out).",
)
def he_normal_with_one_row_for_all_inputs(rng, fan_in, fan_out, dtype=np.float32):
    row = rng.standard_normal(fan_out) * np.sqrt(2 / fan_in)
    return np.tile(row, (fan_in, 1)).astype(dtype)


@wrong(
    "he_uniform",
    "Your limit is the standard deviation, sqrt(2 / fan_in). Uniform numbers within +-limit have the "
    "variance limit**2 / 3, so yours are too narrow by a factor of sqrt(3).",
)
def he_uniform_with_the_deviation_as_limit(rng, fan_in, fan_out, dtype=np.float32):
    limit = np.sqrt(2 / fan_in)
    return rng.uniform(-limit, limit, (fan_in, fan_out)).astype(dtype)


@wrong(
    "he_uniform",
    "Your limit is 6 / fan_in: the square root is missing. The variance is the limit squared, divided by 3.",
)
def he_uniform_without_the_root(rng, fan_in, fan_out, dtype=np.float32):
    limit = 6 / fan_in
    return rng.uniform(-limit, limit, (fan_in, fan_out)).astype(dtype)


@wrong(
    "he_uniform",
    "Your limit is sqrt(6 / (fan_in + fan_out)), which is Xavier's. He's looks at fan_in alone.",
)
def he_uniform_with_xavier_s_limit(rng, fan_in, fan_out, dtype=np.float32):
    limit = np.sqrt(6 / (fan_in + fan_out))
    return rng.uniform(-limit, limit, (fan_in, fan_out)).astype(dtype)


@wrong(
    "he_uniform",
    "Your weights fill only half the range, from -limit/2 to limit/2. The range from -limit to limit is 2 * "
    "limit wide: stretch your draws by that.",
)
def he_uniform_in_half_the_range(rng, fan_in, fan_out, dtype=np.float32):
    limit = np.sqrt(6 / fan_in)
    return ((rng.random((fan_in, fan_out)) - 0.5) * limit).astype(dtype)


@wrong(
    "he_uniform",
    "Your limit is right, but no weight is negative: the range begins at 0. It must reach as far below 0 as "
    "above.",
)
def he_uniform_from_zero(rng, fan_in, fan_out, dtype=np.float32):
    return rng.uniform(0, np.sqrt(6 / fan_in), (fan_in, fan_out)).astype(dtype)


@wrong(
    "he_uniform",
    "All units of your layer have the same weights: you draw one column and repeat it. Twins stay twins in "
    "training; draw an array of the full shape (fan_in, fan_out).",
)
def he_uniform_with_one_column_for_all_units(rng, fan_in, fan_out, dtype=np.float32):
    limit = np.sqrt(6 / fan_in)
    column = rng.uniform(-limit, limit, (fan_in, 1))
    return np.repeat(column, fan_out, axis=1).astype(dtype)


@wrong(
    "he_uniform",
    "Your weights are well drawn, but W is transposed: its shape is (fan_out, fan_in). Samples are rows "
    "here, so the rows of W belong to the inputs.",
)
def he_uniform_transposed(rng, fan_in, fan_out, dtype=np.float32):
    limit = np.sqrt(6 / fan_in)
    return rng.uniform(-limit, limit, (fan_out, fan_in)).astype(dtype)


@wrong(
    "random_normal",
    "Your weights have the mean `std` and the standard deviation 1: rng.normal takes the mean first and the "
    "standard deviation second.",
)
def random_normal_around_std(rng, fan_in, fan_out, dtype=np.float32, std=0.05):
    return rng.normal(std, size=(fan_in, fan_out)).astype(dtype)


@wrong(
    "random_normal",
    "Your standard deviation is the root of `std`, as if `std` were a variance. It is the standard "
    "deviation itself.",
)
def random_normal_with_std_as_variance(rng, fan_in, fan_out, dtype=np.float32, std=0.05):
    return (np.sqrt(std) * rng.standard_normal((fan_in, fan_out))).astype(dtype)


@wrong(
    "random_normal",
    "Your standard deviation is 0.05 whatever the caller asks for: the argument `std` is not used.",
)
def random_normal_with_a_fixed_deviation(rng, fan_in, fan_out, dtype=np.float32, std=0.05):
    return (0.05 * rng.standard_normal((fan_in, fan_out))).astype(dtype)


@wrong(
    "random_normal",
    "Your weights are uniform between -std and std: there is no bell and no tail. Draw from the normal "
    "distribution instead.",
)
def random_normal_drawn_uniformly(rng, fan_in, fan_out, dtype=np.float32, std=0.05):
    return rng.uniform(-std, std, size=(fan_in, fan_out)).astype(dtype)


@wrong(
    "random_uniform",
    "Your weights lie between 0 and 1, whatever the caller asks for: `low` and `high` are not used.",
)
def random_uniform_in_the_unit_interval(rng, fan_in, fan_out, dtype=np.float32, low=-0.5, high=0.5):
    return rng.random((fan_in, fan_out)).astype(dtype)


@wrong(
    "random_uniform",
    "Your weights lie between low and low + high: you stretch [0, 1) by `high`. Stretch it by the width of "
    "the range instead.",
)
def random_uniform_stretched_by_high(rng, fan_in, fan_out, dtype=np.float32, low=-0.5, high=0.5):
    return (low + high * rng.random((fan_in, fan_out))).astype(dtype)


@wrong(
    "random_uniform",
    "Your weights lie between 0 and high: `low` is not used, and the range begins at 0.",
)
def random_uniform_from_zero(rng, fan_in, fan_out, dtype=np.float32, low=-0.5, high=0.5):
    return rng.uniform(0, high, (fan_in, fan_out)).astype(dtype)


@wrong(
    "random_uniform",
    "Your weights lie between -high and high: right for the defaults, but `low` is not used, and a range "
    "need not lie evenly around 0.",
)
def random_uniform_without_low(rng, fan_in, fan_out, dtype=np.float32, low=-0.5, high=0.5):
    return rng.uniform(-high, high, (fan_in, fan_out)).astype(dtype)


@wrong(
    "random_uniform",
    "Your weights rise from the first row to the last: it looks as if they were sorted or spaced evenly. "
    "Each weight must be drawn independently of its neighbours.",
)
def random_uniform_in_rising_order(rng, fan_in, fan_out, dtype=np.float32, low=-0.5, high=0.5):
    draws = np.sort(rng.uniform(low, high, fan_in * fan_out))
    return draws.reshape(fan_in, fan_out).astype(dtype)


@wrong(
    "random_uniform",
    "Your weights lie between -0.5 and 0.5 whatever the caller asks for: `low` and `high` are not used.",
)
def random_uniform_in_a_fixed_range(rng, fan_in, fan_out, dtype=np.float32, low=-0.5, high=0.5):
    return rng.uniform(-0.5, 0.5, (fan_in, fan_out)).astype(dtype)


@wrong("zeros", "Your zeros are always float64: you must pass the `dtype` to np.zeros as well.")
def zeros_in_float64(rng, fan_in, fan_out, dtype=np.float32):
    return np.zeros((fan_in, fan_out))


@wrong(
    "zeros",
    "`dtype(...)` works for np.float64, but a network passes on np.dtype('float64'), which cannot be "
    "called. np.zeros takes both as its `dtype`.",
)
def zeros_calling_the_dtype(rng, fan_in, fan_out, dtype=np.float32):
    return dtype(np.zeros((fan_in, fan_out)))


@wrong(
    "zeros",
    "All calls return the same array: whoever writes into one result changes them all. Make a new array in "
    "each call.",
)
def zeros_kept_for_the_next_call(rng, fan_in, fan_out, dtype=np.float32):
    return _kept(fan_in, fan_out, np.dtype(dtype))


@functools.cache
def _kept(fan_in, fan_out, dtype):
    return np.zeros((fan_in, fan_out), dtype)


@wrong("zeros", "Your array is transposed: the shape must be (fan_in, fan_out), rows first.")
def zeros_transposed(rng, fan_in, fan_out, dtype=np.float32):
    return np.zeros((fan_out, fan_in), dtype)


@wrong(
    "zeros",
    "You return a vector (fan_out,), as a bias would be. Every initializer makes an array (fan_in, "
    "fan_out), and so does this one.",
)
def zeros_for_a_bias(rng, fan_in, fan_out, dtype=np.float32):
    return np.zeros(fan_out, dtype)


def _in_float64(draw, rng, fan_in, fan_out, dtype, **options):
    return draw(rng, fan_in, fan_out, np.float64, **options)


def _transposed(draw, rng, fan_in, fan_out, dtype, **options):
    return draw(rng, fan_in, fan_out, dtype, **options).T.copy()


def _drawn_in_float32(draw, rng, fan_in, fan_out, dtype, **options):
    return draw(rng, fan_in, fan_out, np.float32, **options).astype(dtype)


def _scaled_after_a_draw_in_float32(draw, rng, fan_in, fan_out, dtype, **options):
    name = draw.__name__.removesuffix("_plainly")
    scale, _ = SCALES[name]
    if name.endswith("uniform"):
        draws = 2 * rng.random((fan_in, fan_out), np.float32) - 1
    else:
        draws = rng.standard_normal((fan_in, fan_out), np.float32)
    return draws.astype(dtype) * scale(fan_in, fan_out, **options)


def _always_in_float32(draw, rng, fan_in, fan_out, dtype, **options):
    return draw(rng, fan_in, fan_out, np.float32, **options)


def _one_number_for_all(draw, rng, fan_in, fan_out, dtype, **options):
    return np.full((fan_in, fan_out), draw(rng, fan_in, fan_out, dtype, **options)[0, 0])


def _calling_the_dtype(draw, rng, fan_in, fan_out, dtype, **options):
    return dtype(draw(rng, fan_in, fan_out, np.float64, **options))


def _seeded_anew(draw, rng, fan_in, fan_out, dtype, **options):
    return draw(np.random.default_rng(42), fan_in, fan_out, dtype, **options)


def _from_the_global_generator(draw, rng, fan_in, fan_out, dtype, **options):
    seed = np.random.randint(2**31)  # noqa: NPY002 - that is the mistake
    return draw(np.random.default_rng(seed), fan_in, fan_out, dtype, **options)


def _with_thin_tails(draw, rng, fan_in, fan_out, dtype, **options):
    W = draw(rng, fan_in, fan_out, dtype, **options)
    return np.clip(W, -2.75 * W.std(), 2.75 * W.std())


SLIPS = {  # what goes wrong with any of them; it is told as where it has an entry above
    _in_float64: (
        "Your weights are well drawn, but they are float64 when the caller asked for float32. NumPy draws "
        "in float64, and a factor np.sqrt(...) is also float64: apply `astype(dtype)` last, to the product."
    ),
    _transposed: (
        "Your weights are well drawn, but W is transposed: its shape is (fan_out, fan_in). Samples are "
        "rows here, so the rows of W belong to the inputs."
    ),
    _drawn_in_float32: (
        "Your float64 weights have no more digits than float32: they are drawn or rounded in float32 first, "
        "and what is lost there does not come back. Draw in `dtype`, or in float64."
    ),
    _scaled_after_a_draw_in_float32: (
        "You draw in float32 and scale in float64: the scaling adds digits, but the weights are as coarse as "
        "the draw was. Draw in `dtype`, or in float64."
    ),
    _always_in_float32: (
        "Your weights are float32, whatever `dtype` the caller asks for: the code names a fixed dtype where "
        "the argument `dtype` belongs."
    ),
    _one_number_for_all: (
        "All your weights are equal: a single number is drawn, and repeated. Units of one layer are then "
        "twins; draw an array of the full shape (fan_in, fan_out)."
    ),
    _calling_the_dtype: (
        "`dtype(...)` works for np.float64, but a network passes on np.dtype('float64'), which cannot be "
        "called. `astype` takes both."
    ),
    _seeded_anew: (
        "Two calls with one generator give the same weights: it looks as if you replace `rng` by a "
        "generator with a fixed seed. Draw from `rng` as it comes, or layers with the same shape become "
        "twins."
    ),
    _with_thin_tails: (
        "The tails of your bell are cut off not far from its middle: of a normal distribution's weights, one "
        "in 370 lies beyond three standard deviations. Do not clip what you draw."
    ),
    _from_the_global_generator: (
        "The same seed gives you other weights each time: they do not come from `rng`. It looks as if you "
        "draw from np.random, or from your own generator."
    ),
}


def _enter_slips(name):
    """Enter each slip for an initializer, unless it has an entry of its own for it."""
    draw = RIGHT[name][0].code

    for slip, sentence in SLIPS.items():
        if any(solution.name == name + slip.__name__ for solution in WRONG[name]):
            continue
        if slip is _scaled_after_a_draw_in_float32 and name not in SCALES:  # shifted, it is coarse as it is
            continue
        if slip is _with_thin_tails and not name.endswith("normal"):
            continue

        def code(rng, fan_in, fan_out, dtype=np.float32, _slip=slip, **options):
            return _slip(draw, rng, fan_in, fan_out, dtype, **options)

        code.__name__ = name + slip.__name__
        wrong(name, sentence)(code)


@right("xavier_normal")
def xavier_normal_plainly(rng, fan_in, fan_out, dtype=np.float32):
    std = math.sqrt(2 / (fan_in + fan_out))
    return rng.normal(0.0, std, (fan_in, fan_out)).astype(dtype)


@right("xavier_normal")
def xavier_normal_by_the_mean_width(rng, fan_in, fan_out, dtype=np.float32):
    draws = rng.standard_normal((fan_in, fan_out), dtype)
    return draws / np.sqrt((fan_in + fan_out) / 2).astype(dtype)


@right("xavier_uniform")
def xavier_uniform_plainly(rng, fan_in, fan_out, dtype=np.float32):
    limit = math.sqrt(6 / (fan_in + fan_out))
    return rng.uniform(-limit, limit, (fan_in, fan_out)).astype(dtype)


@right("xavier_uniform")
def xavier_uniform_from_the_unit_interval(rng, fan_in, fan_out, dtype=np.float32):
    limit = np.sqrt(6 / (fan_in + fan_out))
    return (limit * (2 * rng.random((fan_in, fan_out), dtype) - 1)).astype(dtype)


@right("he_normal")
def he_normal_plainly(rng, fan_in, fan_out, dtype=np.float32):
    std = math.sqrt(2 / fan_in)
    return rng.normal(0.0, std, (fan_in, fan_out)).astype(dtype)


@right("he_normal")
def he_normal_in_its_own_dtype(rng, fan_in, fan_out, dtype=np.float32):
    return rng.standard_normal((fan_in, fan_out), dtype) * np.sqrt(2 / fan_in).astype(dtype)


@right("he_normal")
def he_normal_unit_by_unit(rng, fan_in, fan_out, dtype=np.float32):
    W = np.empty((fan_in, fan_out), dtype)
    for unit in range(fan_out):
        W[:, unit] = (2 / fan_in) ** 0.5 * rng.standard_normal(fan_in)
    return W


@right("he_uniform")
def he_uniform_plainly(rng, fan_in, fan_out, dtype=np.float32):
    limit = math.sqrt(6 / fan_in)
    return rng.uniform(-limit, limit, (fan_in, fan_out)).astype(dtype)


@right("he_uniform")
def he_uniform_by_the_deviation(rng, fan_in, fan_out, dtype=np.float32):
    limit = np.sqrt(3) * np.sqrt(2 / fan_in)
    return (-limit + 2 * limit * rng.random((fan_in, fan_out))).astype(dtype)


@right("random_normal")
def random_normal_plainly(rng, fan_in, fan_out, dtype=np.float32, std=0.05):
    return rng.normal(0.0, std, (fan_in, fan_out)).astype(dtype)


@right("random_normal")
def random_normal_in_its_own_dtype(rng, fan_in, fan_out, dtype=np.float32, std=0.05):
    W = rng.standard_normal((fan_in, fan_out), dtype)
    W *= std
    return W


@right("random_uniform")
def random_uniform_plainly(rng, fan_in, fan_out, dtype=np.float32, low=-0.5, high=0.5):
    return rng.uniform(low, high, (fan_in, fan_out)).astype(dtype)


@right("random_uniform")
def random_uniform_from_the_unit_interval(rng, fan_in, fan_out, dtype=np.float32, low=-0.5, high=0.5):
    return (low + (high - low) * rng.random((fan_in, fan_out))).astype(dtype)


@right("zeros")
def zeros_plainly(rng, fan_in, fan_out, dtype=np.float32):
    return np.zeros((fan_in, fan_out), dtype)


@right("zeros")
def zeros_by_full(rng, fan_in, fan_out, dtype=np.float32):
    return np.full((fan_in, fan_out), 0, dtype=dtype)


for _name in (
    "xavier_normal",
    "xavier_uniform",
    "he_normal",
    "he_uniform",
    "random_normal",
    "random_uniform",
):
    _enter_slips(_name)
