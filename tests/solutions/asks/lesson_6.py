"""Asks of lesson 6: several steps of each rule, in place, by itself and through the optimizer's class."""

import math

import numpy as np

from nn import optimizers as nn

from .form import Ask, asks, draws, dtype, reference, sizes

STATES = {"sgd_step": 0, "momentum_step": 1, "nesterov_step": 1, "rmsprop_step": 1, "adam_step": 2}
CLASSES = {
    "sgd_step": "SGD",
    "momentum_step": "Momentum",
    "nesterov_step": "Nesterov",
    "rmsprop_step": "RMSprop",
}
OTHERS = {
    "sgd_step": {},
    "momentum_step": {"momentum": 0.6},
    "nesterov_step": {"momentum": 0.6},
    "rmsprop_step": {"rho": 0.7},
    "adam_step": {"beta1": 0.6, "beta2": 0.9},
}


@reference("adam_step")
def adam_by_the_formula(param, grad, m, v, t, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    m[...] = beta1 * m + (1 - beta1) * grad
    v[...] = beta2 * v + (1 - beta2) * grad**2
    param -= lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps)


@reference("adam_step")
def adam_with_eps_before_the_correction(param, grad, m, v, t, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    m[...] = beta1 * m + (1 - beta1) * grad
    v[...] = beta2 * v + (1 - beta2) * grad**2
    param -= lr * math.sqrt(1 - beta2**t) / (1 - beta1**t) * m / (np.sqrt(v) + eps)


def stepping(name, start, grads, options, strided=False):
    """Return the script of some steps; strided: on every second column of a wider array."""

    def script(subject):
        whole = np.zeros((*start.shape[:-1], 2 * start.shape[-1]), start.dtype)
        param = whole[..., ::2] if strided else start.copy()
        param[...] = start
        states = [np.zeros_like(param) for _ in range(STATES[name])]
        for t, grad in enumerate(grads, 1):
            given = grad.copy()
            result = subject(param, given, *states, *((t,) if name == "adam_step" else ()), **options)
            yield f"param after step {t}", param.copy()
            for i, state in enumerate(states):
                yield f"~state {i} after step {t}", state.copy()
            if t == 1:
                yield "returns nothing", result
                yield "grad unchanged", np.array_equal(given, grad)
                yield "state written", all(bool(s.any()) for s in states) or not grad.any()
        yield "neighbours unchanged", not whole[..., 1::2].any()

    return script


@draws(*STATES)
def steps(name, rng):
    shape, kind = sizes(rng, int(rng.integers(1, 3))), dtype(rng)
    grads = [(rng.choice([-1, 1], shape) * rng.uniform(0.3, 2, shape)).astype(kind) for _ in range(4)]
    options = {"lr": float(rng.choice([0.05, 0.13])), **(OTHERS[name] if rng.random() < 0.6 else {})}
    start, strided = rng.normal(size=shape).astype(kind), rng.random() < 0.3
    return Ask(
        f"{name} of {kind.__name__} {start.shape} {options}", stepping(name, start, grads, options, strided)
    )


@asks(*STATES)
def steps_at_the_edges(name):
    zero = [np.zeros(3)] * 3
    yield Ask(f"{name} without gradient", stepping(name, np.array([1.0, -2, 3]), zero, {"lr": 0.1}))
    yield Ask(
        f"{name} far away", stepping(name, np.array([1e8, -1e8]), [np.array([1.0, 2.0])] * 2, {"lr": 1.0})
    )
    large = [np.array([70.0, -900.0])] * 2
    yield Ask(f"{name} of large gradients", stepping(name, np.array([1.0, -1.0]), large, {"lr": 0.1}))
    if name in ("rmsprop_step", "adam_step"):
        for eps, size in ((0.5, 2.0), (0.05, 1.0)):
            grads = [np.array([size, -size / 3]) * s for s in (1, 0.7, -1.3)]
            yield Ask(f"{name} eps={eps}", stepping(name, np.zeros(2), grads, {"lr": 0.1, "eps": eps}))
        yield Ask(f"{name} of a tiny gradient", stepping(name, np.zeros(1), [np.array([1e-8])], {"lr": 0.1}))


@asks(*STATES)
def through_the_class(name):
    """The class hands the rule the arrays of a whole network, and t from 1."""

    def optimizer(subject):
        if name == "adam_step":

            class Own(nn.Adam):
                def _update(self, param, grad, m, v, **hyperparameters):
                    subject(param, grad, m, v, self.t, **hyperparameters)

        else:

            class Own(getattr(nn, CLASSES[name])):
                _update = staticmethod(subject)

        return Own(0.1, **OTHERS[name])

    def script(subject):
        rng, own = np.random.default_rng(3), optimizer(subject)
        params = [rng.normal(size=(3, 2)), rng.normal(size=2)]
        arrays = list(params)
        for lr in (None, None, 0.03):
            own.step(
                params, [rng.normal(size=array.shape) for array in arrays], *(() if lr is None else (lr,))
            )
            if lr is None or name not in ("momentum_step", "nesterov_step"):  # a velocity may carry the rate
                for i, array in enumerate(arrays):
                    yield f"params[{i}]", array.copy()

    yield Ask(f"{name} through its class", script)
