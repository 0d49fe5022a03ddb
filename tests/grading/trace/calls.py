"""Calls of lessons 1 to 4: sizes are distinct primes, so that no axis is taken for another; then the edges.

Those of an exercise stand in the order in which they tell most. ``CALLS`` has them all.
"""

import numpy as np

from .records import Call

CALLS: dict[str, list[Call]] = {}
F32 = np.float32
LOSS, GRADIENTS = ("loss", "grad"), ("dx", "dW", "db")


def enter(exercises, label, run, **options):
    """Enter a call for each of these exercises, whose names stand in one string."""
    for exercise in exercises.split():
        CALLS.setdefault(exercise, []).append(Call(label, run, **options))


def numbers(*shape, seed=1, dtype=np.float64, scale=1.5):
    """Return an array of generic numbers around 0."""
    rng = np.random.default_rng(seed + 97 * len(shape))
    return np.array(rng.standard_normal(shape) * scale, dtype)


def between(low, high, *shape, seed=1, dtype=np.float64):
    """Return an array of generic numbers between two others."""
    return np.random.default_rng(seed).uniform(low, high, shape).astype(dtype)


def parts(result, given, names=(), fresh=False):
    """Return the parts of a result by name, and what has become of the arguments.

    fresh: whether the result must have memory of its own.
    """
    if hasattr(result, "__next__"):
        result = list(result)
    if isinstance(result, tuple | list):
        named = {"number of results": len(result)}
        for i, item in enumerate(result):
            name = names[i] if len(names) == len(result) else f"result[{i}]"
            inner = enumerate(item) if isinstance(item, list | tuple) else ()
            named |= {f"{name}[{j}]": part for j, part in inner} or {name: item}
    else:
        named = {"result": result}
    for name, value in given.items():
        several = enumerate(value) if isinstance(value, list) else ()
        named |= {f"{name}[{i}] afterwards": item for i, item in several}
        if isinstance(value, np.ndarray):
            named[f"{name} afterwards"] = value
            if fresh:
                shared = isinstance(result, np.ndarray) and np.shares_memory(result, value)
                named[f"memory shared with {name}"] = bool(shared)
    return named


def applied(make, names=(), fresh=False, **options):
    """Return the call of a function with what ``make`` returns, arguments by name, and these options."""

    def run(subject):
        given = make()
        watched = {name: value for name, value in given.items() if isinstance(value, np.ndarray)}
        watched |= {name: [*value] for name, value in given.items() if isinstance(value, list)}
        return parts(subject(*given.values(), **options), watched, names, fresh)

    return run


def twice(make, names=(), **options):
    """Return the call that makes two calls, and observes whether the first result stays as it was."""

    def run(subject):
        first = subject(*make().values(), **options)
        kept = [np.array(part) for part in (first if isinstance(first, tuple) else [first])]
        other = {
            name: value * 0.5 if isinstance(value, np.ndarray) else value for name, value in make().items()
        }
        result = subject(*other.values(), **options)
        now = first if isinstance(first, tuple) else [first]
        unchanged = all(map(np.array_equal, kept, now))
        return parts(result, {}, names) | {"first result afterwards": unchanged}

    return run


def dressed(name, *arrays, dtype=np.float64):
    """Return a function that makes arguments of these names anew, each from a function of the dtype."""
    return lambda: {key: make(dtype) for key, make in zip(name.split(), arrays, strict=True)}


# lesson 1: activations

OPTIONS = {"leaky_relu": {"slope": 0.37}, "elu": {"alpha": 0.73}}
LARGE = {"leaky_relu": {"slope": 2.27}, "elu": {"alpha": 2.63}}
FAR = np.array([[-1000.0, 1.3, 1000.0], [0.1, -800.0, 2.1]])
FAR_APART = np.array([[1000.0, 1001.3, 998.7], [-1000.0, -1001.2, -999.1]])


def outputs(f, *shape, seed=3, dtype=np.float64):
    """Return outputs of an activation."""
    if f == "sigmoid":
        return between(0.05, 0.95, *shape, seed=seed, dtype=dtype)
    a = between(-0.95, 0.95, *shape, seed=seed, dtype=dtype)
    return a if f == "tanh" else np.where(a > 0, 2 * a, {"relu": 0, "leaky_relu": 0.37, "elu": 0.31}[f] * a)


for _f in ["sigmoid", "tanh", "relu", "leaky_relu", "elu", "softmax", "log_softmax"]:
    _o = OPTIONS.get(_f, {})
    _calls = {
        "an array of 7 rows and 5 columns": lambda: numbers(7, 5),
        "an array of 11 rows and 3 columns": lambda: numbers(11, 3, seed=5),
        "a 1-D array": lambda: numbers(7, seed=2),
        "float32": lambda: numbers(7, 5, dtype=F32),
        "integers": lambda: np.array([[-2, 3, 1], [4, -5, 2]]),
        "bytes": lambda: np.array([[200, 3, 1], [4, 250, 2]], np.uint8),
        "numbers far from 0": lambda: FAR.copy(),
        "float32 far from 0": lambda: np.array([[-200.0, 1.3, 200.0], [0.1, -120.0, 2.1]], F32),
    }
    if "softmax" in _f:
        _calls["rows that lie far apart"] = lambda: FAR_APART.copy()
    for _label, _make in _calls.items():
        enter(_f, _label, applied(lambda make=_make: {"z": make()}, fresh=True, **_o))
    enter(_f, "another array, after a first", twice(lambda: {"z": numbers(7, 5)}, **_o))
    if _o:
        _whole = lambda: {"z": np.array([[-2, 3, 1], [4, -5, 2]])}  # noqa: E731
        enter(_f, f"integers and a whole {next(iter(_o))}", applied(_whole, **{next(iter(_o)): 2}))
        enter(_f, f"a large {next(iter(_o))}", applied(lambda: {"z": numbers(7, 5)}, fresh=True, **LARGE[_f]))
        enter(_f, f"the default {next(iter(_o))}", applied(lambda: {"z": numbers(7, 5)}))
        _make = lambda f=_f: {"grad": numbers(7, 5, seed=4), "a": outputs(f, 7, 5)}  # noqa: E731
        enter(f"{_f}_backward", f"the default {next(iter(_o))}", applied(_make))

for _f in ["sigmoid", "tanh", "relu", "leaky_relu", "elu"]:
    for _label, _shape, _type in (
        ("arrays of 7 rows and 5 columns", (7, 5), np.float64),
        ("arrays of 3 rows and 11 columns", (3, 11), np.float64),
        ("square arrays", (5, 5), np.float64),
        ("1-D arrays", (7,), np.float64),
        ("float32", (7, 5), F32),
        ("integers as grad", (7, 5), np.int64),
    ):
        _run = applied(
            lambda f=_f, s=_shape, d=_type: {
                "grad": numbers(*s, seed=4, dtype=d),
                "a": outputs(f, *s, dtype=F32 if d == F32 else np.float64),
            },
            fresh=True,
            **OPTIONS.get(_f, {}),
        )
        enter(f"{_f}_backward", _label, _run)

# lesson 2: losses


def shares(n, k, dtype=np.float64):
    """Return n rows of k probabilities."""
    p = between(0.1, 1, n, k, seed=9)
    return (p / p.sum(axis=1, keepdims=True)).astype(dtype)


SEVEN, ELEVEN = [0, 3, 2, 4, 1, 1, 3], [0, 2, 1, 0, 1, 1, 2, 2, 0, 1, 2]
for _label, _logits, _targets in (
    ("labels", lambda: numbers(7, 5), lambda: np.array(SEVEN)),
    ("labels of 11 samples", lambda: numbers(11, 3, seed=5), lambda: np.array(ELEVEN)),
    ("probabilities as targets", lambda: numbers(7, 5), lambda: shares(7, 5)),
    ("probabilities for 11 samples", lambda: numbers(11, 3, seed=5), lambda: shares(11, 3)),
    ("float32", lambda: numbers(7, 5, dtype=F32), lambda: np.array(SEVEN)),
    ("float32 and probabilities", lambda: numbers(7, 5, dtype=F32), lambda: shares(7, 5)),
    ("integers as logits", lambda: np.array([[2, -3, 1], [4, 1, -5]]), lambda: np.array([1, 0])),
    ("logits far from 0", lambda: FAR.copy(), lambda: np.array([1, 0])),
    ("a label of -1", lambda: numbers(3, 5), lambda: np.array([0, -1, 2])),
    ("a label that is too large", lambda: numbers(3, 5), lambda: np.array([0, 5, 2])),
    ("a label too few", lambda: numbers(3, 5), lambda: np.array([0, 1])),
    ("targets of another shape", lambda: numbers(3, 5), lambda: shares(3, 2)),
):
    _make = lambda a=_logits, b=_targets: {"logits": a(), "targets": b()}  # noqa: E731
    enter("softmax_cross_entropy", _label, applied(_make, LOSS))

for _f, _name, _draw in (
    ("binary_cross_entropy", "logits", lambda *s, **k: np.round(between(0, 1, *s, **k))),
    ("mean_squared_error", "predictions", numbers),
):
    for _label, _x, _targets in (
        ("arrays of 7 rows and 3 columns", lambda: numbers(7, 3), lambda d=_draw: d(7, 3, seed=12)),
        ("arrays of 11 rows and 5 columns", lambda: numbers(11, 5), lambda d=_draw: d(11, 5, seed=13)),
        ("1-D arrays", lambda: numbers(7), lambda d=_draw: d(7, seed=14)),
        ("float32", lambda: numbers(7, 3, dtype=F32), lambda d=_draw: d(7, 3, seed=12, dtype=F32)),
        ("integers", lambda: np.array([[2, -3], [4, 1]]), lambda: np.array([[1, 0], [0, 1]])),
        ("integers as targets", lambda: numbers(3, 2), lambda: np.array([[1, 0], [0, 1], [1, 1]])),
        ("bytes", lambda: np.array([[20, 3]], np.uint8), lambda: np.array([[1, 0]], np.uint8)),
        ("numbers far from 0", lambda: np.array([[900.0, -900.0]]), lambda: np.array([[0.0, 1.0]])),
        ("targets of another shape", lambda: numbers(7, 1), lambda d=_draw: d(7, seed=14)),
    ):
        enter(_f, _label, applied(lambda a=_x, b=_targets, n=_name: {n: a(), "targets": b()}, LOSS))

# lesson 3: layers

for _label, _n, _m, _k, _type in (
    ("7 samples, 5 inputs and 3 outputs", 7, 5, 3, np.float64),
    ("3 samples, 11 inputs and 2 outputs", 3, 11, 2, np.float64),
    ("float32", 7, 5, 3, F32),
    ("integers", 7, 5, 3, np.int64),
):
    _x = lambda d, n=_n, m=_m: numbers(n, m, dtype=d)  # noqa: E731
    _W = lambda d, m=_m, k=_k: numbers(m, k, seed=2, dtype=d)  # noqa: E731
    _b = lambda d, k=_k: numbers(k, seed=3, dtype=d)  # noqa: E731
    _grad = lambda d, n=_n, k=_k: numbers(n, k, seed=4, dtype=d)  # noqa: E731
    enter("dense", _label, applied(dressed("x W b", _x, _W, _b, dtype=_type), fresh=True))
    enter("dense_backward", _label, applied(dressed("grad x W", _grad, _x, _W, dtype=_type), GRADIENTS))
    if _label == "float32":
        enter("dense", "another batch, after a first", twice(dressed("x W b", _x, _W, _b)))
        _given = dressed("grad x W", _grad, _x, _W)
        enter("dense_backward", "another batch, after a first", twice(_given, GRADIENTS))

# lesson 4: initializers

INITIALIZERS = "xavier_normal xavier_uniform he_normal he_uniform random_normal random_uniform zeros"
SPREAD = {"random_normal": {"std": 0.31}, "random_uniform": {"low": -0.23, "high": 0.71}}


def drawn(m, n, dtype):
    """Return a function that makes the arguments of an initializer."""
    return lambda: {"rng": np.random.default_rng(5), "fan_in": m, "fan_out": n, "dtype": dtype}


def spread(dtype, **options):
    """Return the call that observes the statistics of many weights, whatever their order."""

    def run(subject):
        W = np.asarray(subject(np.random.default_rng(5), 211, 307, dtype, **options))
        kind, W = str(W.dtype), W.astype(np.float64)
        rows, columns = (
            np.std(W.mean(axis=1)),
            np.std(W.mean(axis=0)),
        )  # as 1 / sqrt(n), if all are drawn alone
        size = np.abs(W)
        return {
            "shape": list(W.shape),
            "dtype": kind,
            "deviation": float(W.std()),
            "largest and smallest": [float(np.quantile(W, q)) for q in (0.001, 0.999)],
            "mean size": float(size.mean()),
            "independence": [bool(rows < 0.2 * W.std()), bool(columns < 0.2 * W.std())],
        }

    return run


def generated(make, **options):
    """Return the call that observes whether the generator that is given decides, and it alone."""

    def drawn_from(subject, seed):
        result = subject(*(make() | {"rng": np.random.default_rng(seed)}).values(), **options)
        several = hasattr(result, "__next__") or isinstance(result, list)
        return np.concatenate([np.ravel(part) for part in result]) if several else result

    def run(subject):
        results = [drawn_from(subject, seed) for seed in (5, 5, 6)]
        first, again, other = (r[0] if isinstance(r, tuple) else np.asarray(r) for r in results)
        return {
            "equal, from equal generators": bool(np.array_equal(first, again)),
            "equal, from other generators": bool(np.array_equal(first, other)),
        }

    return run


for _f in INITIALIZERS.split():
    _o = SPREAD.get(_f, {})
    enter(_f, "11 inputs and 7 outputs", applied(drawn(11, 7, np.float64), **_o), free=True)
    enter(_f, "5 inputs and 13 outputs", applied(drawn(5, 13, np.float64), **_o), free=True)
    enter(_f, "float32", applied(drawn(11, 7, F32), **_o), free=True)
    if _o:
        enter(_f, "the defaults", applied(drawn(5, 3, np.float64)), free=True)
    enter(_f, "generators with equal and other seeds", generated(drawn(5, 13, np.float64)))
    if _f == "zeros":
        enter(_f, "other weights, after some", twice(drawn(5, 13, np.float64)))
    for _label, _type, _given in (("", np.float64, _o), (", float32", F32, _o), (", the defaults", F32, {})):
        enter(_f, f"statistics of 211 inputs and 307 outputs{_label}", spread(_type, **_given), rtol=0.03)
