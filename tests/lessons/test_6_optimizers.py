"""Lesson 6: optimizers.

A gradient says which way is up; an optimizer decides how far to go down, and what to remember of the
steps before. Each rule works in place on one parameter and its state arrays; the classes carry the
state for a whole list of parameters.

The expected values follow a single number in Python floats, without state arrays: every step is computed
from all gradients so far, the older ones weighted by powers of the decay. If two published forms of a rule
exist, both pass: they differ by less than the tolerance.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pytest

from .checks import (
    OWN_NUMBERS,
    exercise,
    fail,
    require,
    require_close,
    unchanged,
)


class Rule(NamedTuple):
    """A rule as the tests know it.

    look: the rule, for messages. step: how far one number goes down at a rate of 1, from all its gradients up
    to now. states: how many state arrays there are. defaults: of the class; those of the function are the
    same, apart from lr, which has none. other: hyperparameters that are nobody's default. long: those of a
    long memory. first: the first step from the gradients 2 and -4 at a rate of 0.1, worked by hand. bowl: a
    rate that leads down to the bottom of a bowl. counted: the function is told the number of the step.
    """

    look: str
    step: Callable
    optimizer: str
    states: int
    defaults: dict
    other: dict
    long: dict
    first: list
    bowl: float
    counted: bool = False


def faded(values, decay):
    """Return the sum of the values, each multiplied by the decay once for every value that came later."""
    return math.fsum(decay ** (len(values) - 1 - i) * value for i, value in enumerate(values))


def rolled(grads, momentum):
    """Go as Nesterov wrote it: x goes downhill from y, and y goes on from x by a part of the way x came.

    Return the step to the last y, at a rate of 1.
    """
    x = y = last = 0.0
    for g in grads:
        start, before, x = y, x, y - g
        y = x + momentum * (x - before)
        last = start - y
    return last


def corrected(grads, beta1=0.9, beta2=0.999, eps=1e-8):
    """Return Adam's step from weighted means: the bias correction is what makes the weights add up to 1."""
    ones, squares = [1.0] * len(grads), [g * g for g in grads]
    mean = faded(grads, beta1) / faded(ones, beta1)
    square = faded(squares, beta2) / faded(ones, beta2)
    return mean / (math.sqrt(square) + eps)


def scaled(grads, rho=0.9, eps=1e-8):
    """Return RMSprop's step: the last gradient in units of its usual size."""
    return grads[-1] / (math.sqrt((1 - rho) * faded([g * g for g in grads], rho)) + eps)


RULES = {
    "sgd": Rule(
        look="param -= lr * grad",
        step=lambda grads: grads[-1],
        optimizer="SGD",
        states=0,
        defaults={"lr": 0.01},
        other={},
        long={},
        first=[0.2, -0.4],
        bowl=0.1,
    ),
    "momentum": Rule(
        look="v = momentum * v + grad; param -= lr * v",
        step=lambda grads, momentum=0.9: faded(grads, momentum),
        optimizer="Momentum",
        states=1,
        defaults={"lr": 0.01, "momentum": 0.9},
        other={"momentum": 0.6},
        long={"momentum": 0.98},
        first=[0.2, -0.4],
        bowl=0.02,
    ),
    "nesterov": Rule(
        look="v = momentum * v + grad; param -= lr * (grad + momentum * v), with the new v",
        step=lambda grads, momentum=0.9: rolled(grads, momentum),
        optimizer="Nesterov",
        states=1,
        defaults={"lr": 0.01, "momentum": 0.9},
        other={"momentum": 0.6},
        long={"momentum": 0.98},
        first=[0.38, -0.76],  # 0.1 * (2 + 0.9 * 2)
        bowl=0.02,
    ),
    "rmsprop": Rule(
        look="s = rho * s + (1 - rho) * grad**2; param -= lr * grad / (sqrt(s) + eps)",
        step=scaled,
        optimizer="RMSprop",
        states=1,
        defaults={"lr": 0.001, "rho": 0.9, "eps": 1e-8},
        other={"rho": 0.7},
        long={"rho": 0.99},
        first=[0.31622776, -0.31622776],  # 0.1 * 2 / sqrt(0.1 * 4)
        bowl=0.01,
    ),
    "adam": Rule(
        look="m = beta1 * m + (1 - beta1) * grad; v = beta2 * v + (1 - beta2) * grad**2; param -= lr * (m / "
        "(1 - beta1**t)) / (sqrt(v / (1 - beta2**t)) + eps), with t = 1 at the first call",
        step=corrected,
        optimizer="Adam",
        states=2,
        defaults={"lr": 0.001, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8},
        other={"beta1": 0.6, "beta2": 0.9},
        long={"beta1": 0.98, "beta2": 0.995},
        first=[0.1, -0.1],  # the corrected mean is g, the corrected root mean square |g|
        bowl=0.05,
        counted=True,
    ),
}
WITH_STATE = [name for name, rule in RULES.items() if rule.states]
WITH_EPSILON = [name for name, rule in RULES.items() if "eps" in rule.defaults]


def follow(rule, start, grads, lr, **options):
    """Return where one number goes under a rule, given the gradient of each step."""
    step = RULES[rule].step
    return start - lr * math.fsum(step(grads[:n], **options) for n in range(1, len(grads) + 1))


def draw(rng, *shape):
    """Return random gradients that are not small: if epsilon counts, the published forms differ."""
    return rng.choice([-1, 1], shape) * rng.uniform(0.3, 2, shape)


class Stepper:
    """Calls a `*_step` function again and again, keeping the state arrays and the count."""

    def __init__(self, optimizers, rule, param, **options):
        self.function = getattr(optimizers, f"{rule}_step")
        self.states = [np.zeros_like(param) for _ in range(RULES[rule].states)]
        self.count = [0] if RULES[rule].counted else []
        self.param, self.options = param, options

    def __call__(self, grad):
        __tracebackhide__ = True
        self.count = [t + 1 for t in self.count]
        before = self.param.copy()
        result = self.function(self.param, grad, *self.states, *self.count, **self.options)
        if grad.any() and np.array_equal(self.param, before):
            fail(
                f"{self.function.__name__} left `param` as it was.",
                look="`param -= ...` changes the array it was given; `param = param - ...` makes another",
            )
        return result


@exercise("{rule}_step", about=OWN_NUMBERS)
@pytest.mark.parametrize(("rule", "moved"), [(name, rule.first) for name, rule in RULES.items()])
def test_first_step_by_hand(optimizers, rule, moved):
    """From 1 with the gradients 2 and -4 and a rate of 0.1: where does each rule go first?"""
    param = np.array([1.0, 1.0])
    Stepper(optimizers, rule, param, lr=0.1)(np.array([2.0, -4.0]))
    require_close(
        1 - param,
        moved,
        what=f"the distance that {rule}_step goes down in its first step",
        look=RULES[rule].look,
        rtol=1e-5,
    )


@exercise("{rule}_step")
@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize(
    ("chosen", "scale", "dtype"),
    [
        (None, 1, np.float64),
        ("other", 1, np.float64),
        ("long", 1, np.float64),
        (None, 1e4, np.float64),
        (None, 1, np.float32),
    ],
    ids=["defaults", "other-hyperparameters", "long-memory", "large-gradients", "float32"],
)
def test_several_steps_follow_the_rule(optimizers, rng, rule, chosen, scale, dtype):
    """Take six steps, each with a different gradient: a rule's memory shows only from the second on."""
    options = getattr(RULES[rule], chosen) if chosen else {}
    param = rng.normal(size=(3, 2)).astype(dtype)
    grads = (scale * draw(rng, 6, 3, 2)).astype(dtype)
    start = param.astype(np.float64)
    step = Stepper(optimizers, rule, param, lr=0.05, **options)
    for t, grad in enumerate(grads, 1):
        step(grad)
        expected = [
            [follow(rule, start[i, j], grads[:t, i, j].tolist(), 0.05, **options) for j in range(2)]
            for i in range(3)
        ]
        require_close(
            param,
            expected,
            what=f"param after step {t} of {rule}_step({options or 'defaults'}), {np.dtype(dtype)}",
            look=RULES[rule].look,
            rtol=1e-5 if dtype == np.float64 else 1e-4,
            atol=1e-6 * scale if dtype == np.float64 else 1e-5,
        )


@exercise("{rule}_step", about="values changed parts")
@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_steps_work_in_place(optimizers, rng, rule, dtype):
    """A step changes the arrays it is given, even views; it leaves the gradient alone and returns nothing."""
    whole = rng.normal(size=(4, 6)).astype(dtype)
    start = whole.copy()
    param = whole[:, ::2]
    step = Stepper(optimizers, rule, param, lr=0.1)
    grad = rng.uniform(0.5, 1, size=param.shape).astype(dtype)
    with unchanged(grad=grad):
        result = step(grad)
    require(result is None, f"{rule}_step works in place and must return None; got {type(result)}")
    require(param.dtype == dtype, f"{rule}_step must keep {np.dtype(dtype)}")
    require(
        (whole[:, ::2] < start[:, ::2]).all(),
        f"{rule}_step with a positive gradient must lower every entry of the array it was given.",
        look="`param -= ...` or `param[...] = ...` changes the array; `param = ...` changes only the name",
    )
    require(np.array_equal(whole[:, 1::2], start[:, 1::2]), f"{rule}_step changed entries next to param")
    for state in step.states:
        require(state.any(), f"{rule}_step must keep its memory in the state arrays that it is given")


@exercise("{rule}_step")
@pytest.mark.parametrize("rule", RULES)
def test_no_gradient_no_step(optimizers, rule):
    """With a gradient of 0 from the start, nothing moves, and nothing divides 0 by 0."""
    param = np.array([1.0, -2.0])
    step = Stepper(optimizers, rule, param, lr=0.1)
    for _ in range(3):
        step(np.zeros(2))
    require_close(param, [1.0, -2.0], what=f"param after {rule}_step with gradient 0", look=RULES[rule].look)


@exercise("{rule}_step")
@pytest.mark.parametrize("rule", ["momentum", "nesterov"])
def test_without_momentum_it_is_gradient_descent(optimizers, rng, rule):
    """Momentum 0 forgets everything: what is left is lr * grad."""
    param, grads = rng.normal(size=4), rng.normal(size=(5, 4))
    expected = param - 0.1 * sum(grads)
    step = Stepper(optimizers, rule, param, lr=0.1, momentum=0.0)
    for grad in grads:
        step(grad)
    require_close(param, expected, what=f"param under {rule}_step, momentum=0", look=RULES[rule].look)


@exercise("momentum_step")
def test_momentum_gathers_speed(optimizers):
    """Under a constant gradient 1 the velocity is 1, 1.9, 2.71, ...: after n steps 10 * (1 - 0.9**n)."""
    param = np.array([0.0])
    step = Stepper(optimizers, "momentum", param, lr=1.0)
    position = 0.0
    for n in range(1, 30):
        step(np.array([1.0]))
        position -= 10 * (1 - 0.9**n)
        require_close(param, [position], what=f"param after {n} steps", look=RULES["momentum"].look)


@exercise("nesterov_step")
def test_nesterov_is_one_roll_ahead(optimizers):
    """Under a constant gradient 1 Nesterov's steps are 1.9, 2.71, ...: momentum's, without the first."""
    param = np.array([0.0])
    step = Stepper(optimizers, "nesterov", param, lr=1.0)
    position = 0.0
    for n in range(1, 30):
        step(np.array([1.0]))
        position -= 10 * (1 - 0.9 ** (n + 1))
        require_close(param, [position], what=f"param after {n} steps", look=RULES["nesterov"].look)


@exercise("rmsprop_step")
def test_rmsprop_slows_down_to_the_rate(optimizers):
    """Under a constant gradient g the mean square is g**2 * (1 - 0.9**n): the steps shrink down to lr."""
    param = np.array([0.0, 0.0])
    step = Stepper(optimizers, "rmsprop", param, lr=0.1)
    position = 0.0
    for n in range(1, 60):
        step(np.array([3.0, -0.5]))
        position -= 0.1 / math.sqrt(1 - 0.9**n)
        what = f"param after {n} steps"
        require_close(param, [position, -position], what=what, look=RULES["rmsprop"].look, rtol=1e-5)


@exercise("{rule}_step")
@pytest.mark.parametrize("rule", RULES)
def test_large_arrays_step_like_small_ones(optimizers, rule):
    """300,001 equal numbers with equal gradients stay equal, even if a step works through them in pieces."""
    few, many = np.ones(1), np.ones(300_001)
    for param in (few, many):
        step = Stepper(optimizers, rule, param, lr=0.1)
        for g in (2.0, -0.5):
            step(np.full_like(param, g))
    expected = follow(rule, 1.0, [2.0, -0.5], 0.1)
    for param, name in ((few, "a single number"), (many, "300,001 numbers")):
        ends = [param.min(), param.max()]
        what = f"the smallest and the largest of {name} after two steps of {rule}_step"
        require_close(ends, [expected, expected], what=what, look=RULES[rule].look, rtol=1e-5)


@exercise("rmsprop_step")
def test_rmsprop_without_memory_takes_the_sign(optimizers):
    """With rho = 0 the root mean square is |g| itself: every step has the length lr."""
    param = np.array([0.0, 0.0])
    step = Stepper(optimizers, "rmsprop", param, lr=0.1, rho=0.0)
    for _ in range(3):
        step(np.array([5.0, -0.01]))
    require_close(
        param, [-0.3, 0.3], what="param after 3 steps, rho=0", look=RULES["rmsprop"].look, rtol=1e-5
    )


@exercise("adam_step")
def test_adam_takes_equal_steps_under_a_constant_gradient(optimizers):
    """The corrected means of a constant are the constant, so every step is lr, from the first on."""
    param = np.array([0.0, 0.0])
    step = Stepper(optimizers, "adam", param, lr=0.1)
    for t in range(1, 101):
        step(np.array([3.0, -0.5]))
        require_close(
            param,
            [-0.1 * t, 0.1 * t],
            what=f"param after {t} steps",
            look="divide m by 1 - beta1**t and v by 1 - beta2**t, t counted from 1",
            rtol=1e-5,
        )


@exercise("adam_step")
def test_adam_does_not_feel_the_scale_of_the_gradient(optimizers, rng):
    """A loss measured in cents instead of euros has gradients 100 times as large, but the same steps."""
    grads = draw(rng, 6, 5)
    params = np.zeros(5), np.zeros(5)
    for param, scale in zip(params, (1, 100), strict=True):
        step = Stepper(optimizers, "adam", param, lr=0.1)
        for grad in grads:
            step(scale * grad)
    require_close(params[1], params[0], what="param with gradients * 100", look=RULES["adam"].look, rtol=1e-4)


@exercise("{rule}_step")
@pytest.mark.parametrize(("rule", "lr"), [(name, rule.bowl) for name, rule in RULES.items()])
def test_finds_the_bottom_of_a_bowl(optimizers, rule, lr):
    """f(x, y) = x**2 + 5 * y**2 has its bottom at 0; 500 steps are plenty."""
    param = np.array([2.0, -1.0])
    step = Stepper(optimizers, rule, param, lr=lr)
    for _ in range(500):
        step(np.array([2 * param[0], 10 * param[1]]))
    require_close(
        param, [0, 0], what=f"the place that {rule} reaches", look="does it go downhill?", atol=0.02
    )


@exercise("{rule}_step")
@pytest.mark.parametrize(
    ("rule", "lr", "steps"), [("momentum", 2e-4, 20_000), ("nesterov", 2e-4, 20_000), ("adam", 0.01, 6_000)]
)
def test_walks_along_rosenbrocks_valley(optimizers, rule, lr, steps):
    """f = (1 - x)**2 + 100 * (y - x**2)**2: a curved valley, steep across and nearly flat along it."""
    param, grad = np.array([-1.2, 1.0]), np.empty(2)
    step = Stepper(optimizers, rule, param, lr=lr)
    for _ in range(steps):
        x, y = param.tolist()
        grad[:] = -2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)
        step(grad)
    require_close(
        param,
        [1, 1],
        what=f"the place that {rule} reaches in {steps} steps",
        look=RULES[rule].look,
        atol=0.02,
    )


@exercise("{rule}_step")
@pytest.mark.parametrize("rule", RULES)
def test_classes_carry_the_state_of_every_parameter(optimizers, rng, rule):
    """Two arrays of different shapes each have their own memory, and t counts steps, not arrays."""
    options = {"lr": 0.05, **RULES[rule].other}
    optimizer = getattr(optimizers, RULES[rule].optimizer)(**options)
    params = [rng.normal(size=(2, 3)), rng.normal(size=4)]
    starts = [param.copy() for param in params]
    history = []
    for t in range(1, 41):
        grads = [draw(rng, 2, 3), draw(rng, 4)]
        history.append(grads)
        with unchanged(grad0=grads[0], grad1=grads[1]):
            optimizer.step(params, grads)
        for i, (param, start) in enumerate(zip(params, starts, strict=True)):
            expected = np.empty_like(start)
            for place in np.ndindex(start.shape):
                own = [float(grads[i][place]) for grads in history]
                expected[place] = follow(rule, start[place], own, **options)
            require_close(
                param,
                expected,
                what=f"params[{i}] after step {t} of {RULES[rule].optimizer}",
                look=f"{RULES[rule].look}; one state for each array, one t for all of them",
                rtol=1e-5,
                atol=1e-6,
            )


@exercise("{rule}_step")
@pytest.mark.parametrize("rule", RULES)
def test_a_step_can_have_its_own_rate(optimizers, rule):
    """A schedule passes a rate for each step; without one, the optimizer's own rate holds, as before."""
    grad = [np.array([2.0])]
    usual, other = [np.array([0.0])], [np.array([0.0])]
    usually, otherwise = (getattr(optimizers, RULES[rule].optimizer)(lr=0.5) for _ in range(2))
    usually.step(usual, grad)
    otherwise.step(other, grad, lr=0.05)
    what = "param after a step with lr=0.05 instead of 0.5"
    require_close(other[0], usual[0] / 10, what=what, look=f"{RULES[rule].look}, with the step's own lr")
    larger = [np.array([0.0])]
    getattr(optimizers, RULES[rule].optimizer)(lr=0.5).step(larger, grad, lr=2.0)
    what = "param after a step with lr=2 instead of 0.5"
    require_close(larger[0], usual[0] * 4, what=what, look=f"{RULES[rule].look}, with the step's own lr")
    if "momentum" not in RULES[rule].defaults:  # their velocity may carry the rate of earlier steps
        before = usual[0].copy(), other[0].copy()
        usually.step(usual, grad)
        otherwise.step(other, grad)
        what = "the second step, without a rate of its own"
        look = "`lr` holds for one step; do not store it"
        require_close(other[0] - before[1], usual[0] - before[0], what=what, look=look)


@exercise("{rule}_step")
@pytest.mark.parametrize("rule", WITH_STATE)
def test_two_optimizers_share_nothing(optimizers, rng, rule):
    """A second optimizer starts afresh, whatever the first has seen."""
    grad = rng.uniform(0.5, 1, size=3)
    first, second = (getattr(optimizers, RULES[rule].optimizer)(lr=0.1) for _ in range(2))
    worn, fresh = np.zeros(3), np.zeros(3)
    for _ in range(5):
        first.step([worn], [-grad])
    second.step([fresh], [grad])
    expected = [follow(rule, 0.0, [g], 0.1) for g in grad]
    require_close(
        fresh,
        expected,
        what=f"the first step of a second {RULES[rule].optimizer}",
        look=RULES[rule].look,
        rtol=1e-5,
    )


@exercise("{rule}_step")
@pytest.mark.parametrize("rule", RULES)
def test_classes_have_the_usual_defaults(optimizers, rng, rule):
    """If you give no rate, decay or epsilon, you get those that most papers and libraries start from."""
    options, grads = RULES[rule].defaults, draw(rng, 6, 3)
    optimizer, param = getattr(optimizers, RULES[rule].optimizer)(), np.zeros(3)
    for grad in grads:
        optimizer.step([param], [grad])
    expected = [follow(rule, 0.0, grads[:, i].tolist(), **options) for i in range(3)]
    what, look = f"param after 6 steps of {RULES[rule].optimizer}()", f"its defaults are {options}"
    require_close(param, expected, what=what, look=look, rtol=1e-5, atol=1e-8)
    if "eps" in options:
        tiny, told = np.zeros(1), np.zeros(1)
        getattr(optimizers, RULES[rule].optimizer)().step([tiny], [np.array([options["eps"]])])
        getattr(optimizers, RULES[rule].optimizer)(eps=options["eps"]).step(
            [told], [np.array([options["eps"]])]
        )
        what = f"param after a step of {RULES[rule].optimizer}() with a gradient as small as eps"
        require_close(tiny, told, what=what, look=look, atol=0)


EPSILON = pytest.mark.parametrize(("grad", "options", "eps"), [(2.0, {"eps": 0.5}, 0.5), (1e-8, {}, 1e-8)])


@exercise("rmsprop_step")
@EPSILON
def test_epsilon_of_rmsprop_belongs_to_the_caller(optimizers, grad, options, eps):
    """An epsilon of 0.5 shows; so does the default one, under a gradient as small as itself."""
    param = np.zeros(1)
    Stepper(optimizers, "rmsprop", param, lr=0.1, **options)(np.array([grad]))
    what = f"rmsprop_step, gradient {grad:g}, eps {eps:g}"
    expected = -0.1 * grad / (math.sqrt(0.1) * grad + eps)
    require_close(param, [expected], what=what, look=RULES["rmsprop"].look, rtol=1e-5, atol=0)


@exercise("adam_step")
@EPSILON
def test_epsilon_of_adam_belongs_to_the_caller(optimizers, grad, options, eps):
    """You may add epsilon to the corrected root or to the raw one, but you must add it to one of them."""
    param = np.zeros(1)
    Stepper(optimizers, "adam", param, lr=0.1, **options)(np.array([grad]))
    root = math.sqrt(0.001)
    forms = [-0.1 * grad / (grad + eps), -0.1 * root * grad / (root * grad + eps)]
    require(
        any(math.isclose(param[0], form, rel_tol=1e-5) for form in forms),
        f"adam_step, gradient {grad:g}, eps {eps:g}: the step must be {forms[0]:.6g} (epsilon added "
        f"to the corrected root) or {forms[1]:.6g} (added to the raw one); got {param[0]:.6g}.",
        look=RULES["adam"].look,
    )


@exercise("adam_step")
def test_epsilon_of_adam_stays_what_it_is(optimizers):
    """The corrections are for m and v; epsilon is the same at the fifth step as at the first."""
    param, eps, lr = np.zeros(1), 0.5, 0.1
    step = Stepper(optimizers, "adam", param, lr=lr, eps=eps)
    beside_corrected = beside_raw = 0.0
    for t in range(1, 6):
        step(np.array([2.0]))
        root = math.sqrt(1 - 0.999**t)  # under a constant gradient g, m is g * (1 - beta1**t), and v alike
        beside_corrected -= lr * 2 / (2 + eps)
        beside_raw -= lr * root * 2 / (root * 2 + eps)
        forms = [beside_corrected, beside_raw]
        require(
            any(math.isclose(param[0], form, rel_tol=1e-5) for form in forms),
            f"adam_step, gradient 2, eps 0.5, step {t}: param must be at {forms[0]:.6g} (epsilon "
            f"added to the corrected root) or {forms[1]:.6g} (added to the raw one); it is at "
            f"{param[0]:.6g}.",
            look=f"{RULES['adam'].look}; epsilon itself is not corrected",
        )


@exercise("{rule}_step")
@pytest.mark.parametrize("rule", WITH_EPSILON)
def test_classes_pass_epsilon_on(optimizers, rule):
    """Whatever the constructor is given must reach the rule."""
    params = [np.zeros(1)], [np.zeros(1)]
    for param, options in zip(params, ({}, {"eps": 0.9}), strict=True):
        getattr(optimizers, RULES[rule].optimizer)(lr=0.1, **options).step(param, [np.array([0.5])])
    require(
        abs(params[1][0][0]) < abs(params[0][0][0]) / 1.5,
        f"{RULES[rule].optimizer}(eps=0.9) stepped as with the default",
    )


@exercise("{rule}_step")
@pytest.mark.parametrize("rule", RULES)
def test_a_rate_of_zero_is_a_rate(optimizers, rule):
    """`lr or self.lr` treats 0 as "not given"."""
    param = [np.ones(2)]
    getattr(optimizers, RULES[rule].optimizer)(lr=0.5).step(param, [np.ones(2)], lr=0.0)
    require_close(param[0], [1, 1], what="param after a step with lr=0", look="compare lr with None")


@exercise("{rule}_step")
@pytest.mark.parametrize("rule", ["momentum", "nesterov"])
def test_a_rate_holds_for_one_step(optimizers, rule):
    """With momentum 0, a step with the rate 0.05 and one without a rate move by 0.05 + 0.5."""
    optimizer, param = getattr(optimizers, RULES[rule].optimizer)(lr=0.5, momentum=0.0), [np.zeros(1)]
    optimizer.step(param, [np.ones(1)], lr=0.05)
    optimizer.step(param, [np.ones(1)])
    look = "`lr` is the step's own: do not store it"
    require_close(param[0], [-0.55], what="param after both steps", look=look)


@exercise("sgd_step")
def test_gradient_descent_is_nothing_else(optimizers):
    """There is no hidden decay: a parameter of a hundred million moves by lr * grad, like any other."""
    param = np.array([1e8])
    optimizers.sgd_step(param, np.array([1.0]), lr=1.0)
    require_close(param, [1e8 - 1], what="param", look=RULES["sgd"].look, rtol=0, atol=1e-6)
