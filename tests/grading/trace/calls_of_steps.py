"""Calls of lessons 6 and 7: optimizers and regularization."""

import numpy as np

from .calls import F32, applied, between, enter, generated, numbers

# lesson 6: optimizers

STATES = {
    "sgd_step": (), "momentum_step": ("velocity",), "nesterov_step": ("velocity",),
    "rmsprop_step": ("square_avg",), "adam_step": ("m", "v")
}  # fmt: skip
RATES = {
    "sgd_step": {}, "momentum_step": {"momentum": 0.83}, "nesterov_step": {"momentum": 0.83},
    "rmsprop_step": {"rho": 0.71, "eps": 0.013}, "adam_step": {"beta1": 0.83, "beta2": 0.71, "eps": 0.013}
}  # fmt: skip


def stepped(f, shape, dtype=np.float64, times=1, t=3, start=0, defaults=False):
    """Return the call of a step; start: the scale of its state; 0 at the start."""

    def run(subject):
        param, grad = numbers(*shape, dtype=dtype), numbers(*shape, seed=2, dtype=dtype)
        rates = {} if defaults else RATES[f]
        states = [
            np.abs(numbers(*shape, seed=3 + i, dtype=dtype)) * dtype(start) for i in range(len(STATES[f]))
        ]
        states = [np.asarray(state, dtype) for state in states]
        for i in range(times):
            subject(param, grad, *states, *((t + i,) * (f == "adam_step")), lr=0.23, **rates)
        named = {"grad": grad} | (dict(zip(STATES[f], states, strict=True)) if start else {})
        return {"param afterwards": param} | {f"{name} afterwards": value for name, value in named.items()}

    return run


for _f in STATES:
    enter(_f, "one step", stepped(_f, (7, 3), start=1), free=True)
    enter(_f, "a step of other shapes", stepped(_f, (5, 11), t=2, start=1), free=True)
    enter(_f, "two steps from the start", stepped(_f, (7, 3), times=2, t=1))
    enter(_f, "a vector", stepped(_f, (7,), times=3, t=1))
    enter(_f, "float32", stepped(_f, (7, 3), F32, times=2, t=1))
    enter(_f, "an array of no axes", stepped(_f, (), times=2, t=1))
    enter(_f, "the defaults", stepped(_f, (7, 3), times=3, t=1, defaults=True))

# lesson 7: regularization


def several(count=3, dtype=np.float64, seed=1):
    """Return arrays of different shapes."""
    return [numbers(*shape, seed=seed, dtype=dtype) for shape in ((7, 3), (3,), (2, 5))[:count]]


for _label, _count, _type, _strength, _limit in (
    ("three arrays", 3, np.float64, 0.37, 4.3),
    ("two arrays", 2, np.float64, 1.7, 2.9),
    ("float32", 3, F32, 0.37, 4.3),
):
    _make = lambda c=_count, d=_type, s=_strength: {"weights": several(c, d), "strength": s}  # noqa: E731
    enter("l2_penalty", _label, applied(_make, ("penalty", "grads")))
    _make = lambda c=_count, d=_type, m=_limit: {"grads": several(c, d), "max_norm": m}  # noqa: E731
    enter("clip_by_global_norm", f"{_label}, above the limit", applied(_make))
for _label, _limit in (("within the limit", 13.0), ("far within the limit", 1300.0)):
    _make = lambda m=_limit: {"grads": several(), "max_norm": m}  # noqa: E731
    enter("clip_by_global_norm", _label, applied(_make))
for _label, _odd in (("nan", np.nan), ("an infinite gradient", np.inf)):
    _make = lambda odd=_odd: {"grads": [np.array([1.5, odd]), numbers(3)], "max_norm": 1.3}  # noqa: E731
    enter("clip_by_global_norm", _label, applied(_make))


def dropping(rate, dtype=np.float64):
    """Return the call of dropout at a rate."""

    def make():
        return {"x": numbers(13, 7, dtype=dtype), "rate": rate, "rng": np.random.default_rng(5)}

    return applied(make, ("y", "mask"))


def shares_dropped(subject):
    """Observe the statistics of dropout, whatever the order of draws."""
    x = between(1, 2, 211, 307, seed=3)
    y, mask = subject(x, 0.3, np.random.default_rng(5))
    gone = np.asarray(y) == 0
    return {
        "dropped": float(np.mean(gone)),
        "values of the mask": [float(v) for v in np.unique(np.round(mask, 6))][:5],
        "y is x * mask": bool(np.allclose(y, x * mask)),
        "rows alike": bool(np.std(gone.mean(axis=1)) > 0.1),
        "columns alike": bool(np.std(gone.mean(axis=0)) > 0.1),
    }


enter("dropout", "a rate of 0.3", dropping(0.3), free=True)
enter("dropout", "a rate of 0.45", dropping(0.45), free=True)
enter("dropout", "float32", dropping(0.3, F32), free=True)
enter("dropout", "statistics of 211 rows and 307 columns", shares_dropped, rtol=0.03)
enter(
    "dropout", "generators with equal and other seeds", generated(lambda: {"x": numbers(7, 5), "rate": 0.3})
)
enter("dropout", "a rate of 0", dropping(0.0))
enter("dropout", "a rate of 1", dropping(1.0))
enter("dropout", "a rate below 0", dropping(-0.2))
for _label, _shape, _type in (
    ("arrays of 7 rows and 5 columns", (7, 5), np.float64),
    ("arrays of 3 rows and 11 columns", (3, 11), np.float64),
    ("float32", (7, 5), F32),
):
    _make = lambda s=_shape, d=_type: {  # noqa: E731
        "grad": numbers(*s, seed=4, dtype=d), "mask": ((between(0, 1, *s) > 0.3) / 0.7).astype(d)
    }  # fmt: skip
    enter("dropout_backward", _label, applied(_make))
