"""Lesson 6: solutions of the optimizers' rules, wrong and right."""

import math

import numpy as np

from .bank import IN, OUT, copying, drawn, probe, race, right, script, wrong

GRADS = np.array([[1.0, -0.5], [2.0, 0.75], [-1.5, 1.25], [0.5, -2.0], [0.75, 1.0]])
START = (3.0, -2.0)
SIGNATURES = {
    "sgd_step": "param, grad",
    "momentum_step": "param, grad, velocity",
    "nesterov_step": "param, grad, velocity",
    "rmsprop_step": "param, grad, square_avg",
    "adam_step": "param, grad, m, v, t",
}


def _after(name, step, start, grads, dtype=np.float64, **options):
    """Take a step for each gradient; return param after each, the gradients, the states and the result."""
    param, grads = np.array(start, dtype), np.array(grads, dtype)
    _, _, *kept = SIGNATURES[name].split(", ")
    counted = "t" in kept
    states = [np.zeros_like(param) for _ in kept[counted:]]
    path, result = [], None
    for t, grad in enumerate(grads, 1):
        result = step(param, grad, *states, *([t] if counted else []), **options)
        path.append(param.copy())
    return path[0] if len(path) == 1 else np.array(path), grads, states, result


def _common(name, step, rtol=1e-6, **others):
    """Yield what every rule is asked, first with its defaults, then with hyperparameters that are not."""
    signature = SIGNATURES[name]

    def path(grads, start=(0.0, 0.0), dtype=np.float64, **options):
        shown = ", ".join(f"{option}={value}" for option, value in options.items())
        given = ", then ".join(f"grad = {grad}" for grad in np.asarray(grads).tolist())
        return script(
            f"{'param' if dtype is np.float64 else 'float32 param'}, from {list(start)}, after "
            f"{name}({signature}, {shown}) with {given}",
            lambda: _after(name, step, start, grads, dtype, **options)[0],
            rtol=rtol,
        )

    yield path([[2.0, -4.0]], lr=0.1)
    yield path([[2.0, -4.0], [1.0, 2.0]], lr=0.1)
    yield path([[200.0, -4000.0]], lr=0.1)
    yield path(GRADS, START, lr=0.05)
    if others:
        yield path(GRADS, START, lr=0.05, **others)
    yield path(GRADS, START, np.float32, lr=0.05)
    yield path([[0.0, 0.0], [0.0, 0.0]], START, lr=0.1)

    def once():
        return _after(name, step, (0.0, 0.0), [[2.0, -4.0]], lr=0.1)

    yield script(f"grad after {name}({signature}, lr=0.1) with grad = [2.0, -4.0]", lambda: once()[1][0])
    states = signature.removeprefix("param, grad").removeprefix(", ").removesuffix(", t")
    if states:
        yield script(
            f"how many entries of {states} are not 0 after {name}({signature}, lr=0.1) with grad = "
            "[2.0, -4.0]",
            lambda: [np.count_nonzero(state) for state in once()[2]],
            test="work_in_place",
        )
    yield script(f"what {name}({signature}, lr=0.1) returns", lambda: once()[3])


@race("sgd_step")
def timed_descent(sgd_step):
    param, grad = drawn((IN, OUT), (IN, OUT))
    return lambda: sgd_step(param, grad, lr=1e-3), copying(param)


@race("momentum_step", "nesterov_step", "rmsprop_step")
def timed_step(step):
    param, grad = drawn((IN, OUT), (IN, OUT))
    state = np.zeros_like(param)
    return lambda: step(param, grad, state, lr=1e-3), _writing(param, 2)


@race("adam_step")
def timed_adam(adam_step):
    param, grad = drawn((IN, OUT), (IN, OUT))
    m, v = np.zeros_like(param), np.zeros_like(param)
    return lambda: adam_step(param, grad, m, v, 1, lr=1e-3), _writing(param, 3)


def _writing(array, times):
    """Return the floor of a step that changes as many arrays like this one."""
    floors = [copying(array) for _ in range(times)]

    def write():
        for floor in floors:
            floor()

    return write


@probe("sgd_step")
def descents(sgd_step):
    yield from _common("sgd_step", sgd_step)


@probe("momentum_step")
def rolls(momentum_step):
    yield from _common("momentum_step", momentum_step, momentum=0.6)


@probe("nesterov_step")
def rolls_with_foresight(nesterov_step):
    yield from _common("nesterov_step", nesterov_step, momentum=0.6)


@probe("rmsprop_step")
def scaled_steps(rmsprop_step):
    yield from _common("rmsprop_step", rmsprop_step, rho=0.7)
    yield script(
        "param, from [0.0, 0.0], after rmsprop_step(param, grad, square_avg, lr=0.1, eps=0.5) with grad = "
        "[2.0, -4.0]",
        lambda: _after("rmsprop_step", rmsprop_step, (0.0, 0.0), [[2.0, -4.0]], lr=0.1, eps=0.5)[0],
    )


@probe("adam_step")
def corrected_steps(adam_step):
    yield from _common("adam_step", adam_step, rtol=1e-5, beta1=0.6, beta2=0.9)

    def with_a_large_epsilon():
        param, *_ = _after("adam_step", adam_step, (0.0, 0.0), [[2.0, -4.0]], lr=0.1, eps=0.5)
        beside_the_corrected_root = np.array([-0.2 / 2.5, 0.4 / 4.5])
        raw_root = math.sqrt(0.001) * np.array([2.0, 4.0])
        beside_the_raw_root = np.array([-0.1, 0.1]) * raw_root / (raw_root + 0.5)
        is_other_form = np.allclose(param, beside_the_raw_root, rtol=1e-5)
        return beside_the_corrected_root if is_other_form else param

    yield script(
        "param, from [0.0, 0.0], after adam_step(param, grad, m, v, t, lr=0.1, eps=0.5) with grad = "
        "[2.0, -4.0]",
        with_a_large_epsilon,
        rtol=1e-5,
    )

    def at_the_fifth_step():
        param, *_ = _after("adam_step", adam_step, (0.0,), [[2.0]] * 5, lr=0.1, eps=0.5)
        raw = [0.1 * root * 2 / (root * 2 + 0.5) for root in (math.sqrt(1 - 0.999**t) for t in range(1, 6))]
        is_other_form = np.allclose(param[:, 0], -np.cumsum(raw), rtol=1e-5)
        return -0.08 * np.arange(1, 6)[:, None] if is_other_form else param

    yield script(
        "param, from [0.0], after each of five steps of adam_step with grad = [2.0], lr=0.1, eps=0.5",
        at_the_fifth_step,
        rtol=1e-5,
    )


@wrong(
    "sgd_step",
    "`param` stays as it was, and nothing is returned. An assignment to a name, such as `param = ...`, or "
    "`p = ...` in a loop, makes a new array. Write into the array that you were given.",
)
def sgd_step_on_a_new_array(param, grad, *, lr):
    param = param - lr * grad


@wrong(
    "sgd_step",
    "You return the new values, but the caller's `param` stays as it was. A step works in place: write into "
    "the array, and return nothing.",
)
def sgd_step_that_returns_a_new_array(param, grad, *, lr):
    return param - lr * grad


@wrong(
    "sgd_step",
    "Your step is right and in place, but it also returns something. A function that works in place "
    "returns nothing, so that nobody mistakes the result for a new array.",
)
def sgd_step_that_returns_param(param, grad, *, lr):
    param -= lr * grad
    return param


@wrong("sgd_step", "You go uphill: the gradient points to where the loss grows. Change the sign of the step.")
def sgd_step_uphill(param, grad, *, lr):
    param += lr * grad


@wrong("sgd_step", "You step by the whole gradient: the learning rate `lr` is not used.")
def sgd_step_without_the_rate(param, grad, *, lr):
    param -= grad


@wrong(
    "sgd_step",
    "Your step is right, but it also scales the caller's gradient. Multiply into a new array and leave "
    "`grad` as it was.",
)
def sgd_step_that_scales_the_gradient(param, grad, *, lr):
    grad *= lr
    param -= grad


@wrong(
    "sgd_step",
    "Your step is right for small gradients, but large ones are cut off. A step does not clip; that is the "
    "job of clip_by_global_norm.",
)
def sgd_step_that_clips(param, grad, *, lr):
    param -= lr * np.clip(grad, -5, 5)


@wrong(
    "momentum_step",
    "The array `velocity` stays at 0, so each step is plain gradient descent. If you wrote `velocity = "
    "...`, that gave the name to a new array. Write into the array that you were given.",
)
def momentum_step_with_a_new_velocity(param, grad, velocity, *, lr, momentum=0.9):
    velocity = momentum * velocity + grad
    param -= lr * velocity


@wrong(
    "momentum_step",
    "Each of your steps is plain gradient descent: it looks as if you overwrite the velocity with the "
    "gradient, or do not move `param` by the velocity. The velocity from before must also count, times "
    "`momentum`.",
)
def momentum_step_with_the_velocity_reset(param, grad, velocity, *, lr, momentum=0.9):
    velocity[...] = grad
    param -= lr * velocity


@wrong(
    "momentum_step",
    "Your steps are 1 - momentum times what they should be: it looks as if the velocity is a running mean "
    "of the gradients. In this rule each gradient enters in full, so that speed builds up.",
)
def momentum_step_with_a_running_mean(param, grad, velocity, *, lr, momentum=0.9):
    velocity *= momentum
    velocity += (1 - momentum) * grad
    param -= lr * velocity


@wrong(
    "momentum_step",
    "You roll uphill: one sign is wrong. Either add the gradient to the velocity and subtract the velocity "
    "from `param`, or subtract the gradient from the velocity and add the velocity to `param`.",
)
def momentum_step_uphill(param, grad, velocity, *, lr, momentum=0.9):
    velocity[...] = momentum * velocity - lr * grad
    param -= velocity


@wrong(
    "momentum_step",
    "Your first step goes nowhere, and each later one is a step behind: `param` moves by the old velocity. "
    "Update the velocity first.",
)
def momentum_step_by_the_old_velocity(param, grad, velocity, *, lr, momentum=0.9):
    param -= lr * velocity
    velocity *= momentum
    velocity += grad


@wrong(
    "momentum_step",
    "Your steps are `lr` times what they should be: the rate enters twice, once in the velocity and once "
    "in the step. Keep one of the two.",
)
def momentum_step_with_the_rate_twice(param, grad, velocity, *, lr, momentum=0.9):
    velocity *= momentum
    velocity += lr * grad
    param -= lr * velocity


@wrong(
    "nesterov_step",
    "This is plain momentum: the look-ahead is missing, or uses the old velocity. Update the velocity "
    "first, and then step by the gradient plus momentum times the new velocity.",
)
def nesterov_step_without_looking_ahead(param, grad, velocity, *, lr, momentum=0.9):
    velocity[...] = momentum * velocity + grad
    param -= lr * velocity


@wrong(
    "nesterov_step",
    "You look ahead twice: after you update the velocity, multiply it by momentum and add the gradient "
    "once, not two times.",
)
def nesterov_step_looking_ahead_twice(param, grad, velocity, *, lr, momentum=0.9):
    velocity[...] = momentum * velocity + grad
    ahead = momentum * velocity + grad
    param -= lr * (momentum * ahead + grad)


@wrong(
    "nesterov_step",
    "The learning rate multiplies only the gradient. Brackets are missing: lr * (grad + momentum * "
    "velocity).",
)
def nesterov_step_without_brackets(param, grad, velocity, *, lr, momentum=0.9):
    velocity[...] = momentum * velocity + grad
    param -= lr * grad + momentum * velocity


@wrong(
    "nesterov_step",
    "Your step adds the whole velocity to the gradient: the look-ahead must also damp the velocity by "
    "`momentum`.",
)
def nesterov_step_without_damping(param, grad, velocity, *, lr, momentum=0.9):
    velocity *= momentum
    velocity += grad
    param -= lr * (grad + velocity)


@wrong(
    "nesterov_step",
    "The array `velocity` stays at 0, so nothing is remembered from step to step. If you wrote `velocity = "
    "...`, that gave the name to a new array. Write into the array that you were given.",
)
def nesterov_step_with_a_new_velocity(param, grad, velocity, *, lr, momentum=0.9):
    velocity = momentum * velocity + grad
    param -= lr * (grad + momentum * velocity)


@wrong("nesterov_step", "You roll uphill: the look-ahead is right, but its sign is wrong.")
def nesterov_step_uphill(param, grad, velocity, *, lr, momentum=0.9):
    velocity[...] = momentum * velocity + grad
    param += lr * (grad + momentum * velocity)


@wrong(
    "rmsprop_step",
    "You divide by the mean square itself: without the root, the larger gradients make the smaller steps. "
    "Divide by its root.",
)
def rmsprop_step_without_the_root(param, grad, square_avg, *, lr, rho=0.9, eps=1e-8):
    square_avg *= rho
    square_avg += (1 - rho) * grad**2
    param -= lr * grad / (square_avg + eps)


@wrong(
    "rmsprop_step",
    "The two weights of your running mean are swapped: `rho` belongs to the mean so far, and 1 - rho to "
    "the new square.",
)
def rmsprop_step_with_rho_swapped(param, grad, square_avg, *, lr, rho=0.9, eps=1e-8):
    square_avg[...] = (1 - rho) * square_avg + rho * grad**2
    param -= lr * grad / (np.sqrt(square_avg) + eps)


@wrong(
    "rmsprop_step",
    "You add up all the squares and forget none. That is Adagrad, and its steps shrink for ever. RMSprop "
    "keeps a running mean, with `rho`.",
)
def rmsprop_step_as_adagrad(param, grad, square_avg, *, lr, rho=0.9, eps=1e-8):
    square_avg += grad**2
    param -= lr * grad / (np.sqrt(square_avg) + eps)


@wrong(
    "rmsprop_step",
    "The new square enters your mean in full, so that it is not a mean but a sum, 1 / (1 - rho) times as "
    "large. The two weights must add up to 1.",
)
def rmsprop_step_with_a_running_sum(param, grad, square_avg, *, lr, rho=0.9, eps=1e-8):
    square_avg[...] = rho * square_avg + grad**2
    param -= lr * grad / (np.sqrt(square_avg) + eps)


@wrong(
    "rmsprop_step",
    "The array `square_avg` stays at 0, so nothing is remembered from step to step. If you wrote "
    "`square_avg = ...`, that gave the name to a new array. Write into the array that you were given.",
)
def rmsprop_step_with_a_new_mean(param, grad, square_avg, *, lr, rho=0.9, eps=1e-8):
    square_avg = rho * square_avg + (1 - rho) * grad**2
    param -= lr * grad / (np.sqrt(square_avg) + eps)


@wrong(
    "rmsprop_step",
    "Your epsilon is under the root. Some libraries write it that way, but in the rule here it is added to "
    "the root.",
)
def rmsprop_step_with_epsilon_under_the_root(param, grad, square_avg, *, lr, rho=0.9, eps=1e-8):
    square_avg[...] = rho * square_avg + (1 - rho) * grad**2
    param -= lr * grad / np.sqrt(square_avg + eps)


@wrong(
    "rmsprop_step",
    "Where no gradient has come yet, you divide 0 by 0: the denominator lacks `eps`, which prevents that.",
)
def rmsprop_step_without_epsilon(param, grad, square_avg, *, lr, rho=0.9, eps=1e-8):
    square_avg[...] = rho * square_avg + (1 - rho) * grad**2
    param -= lr * grad / np.sqrt(square_avg)


@wrong(
    "adam_step",
    "Your means are not corrected for their start at 0: with the usual betas the first step comes out three "
    "times too long. Divide each of them by 1 - beta**t before you use it.",
)
def adam_step_without_correction(param, grad, m, v, t, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    m[...] = beta1 * m + (1 - beta1) * grad
    v[...] = beta2 * v + (1 - beta2) * grad**2
    param -= lr * m / (np.sqrt(v) + eps)


@wrong(
    "adam_step",
    "You correct `m` for its start at 0, but not `v`. It needs the same correction with beta2, before the "
    "root.",
)
def adam_step_with_the_mean_alone_corrected(param, grad, m, v, t, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    m[...] = beta1 * m + (1 - beta1) * grad
    v[...] = beta2 * v + (1 - beta2) * grad**2
    param -= lr * (m / (1 - beta1**t)) / (np.sqrt(v) + eps)


@wrong(
    "adam_step",
    "Your first step is right, but the later ones are too long: you always divide by 1 - beta, the "
    "correction of the first step. It fades with `t`, which you do not use.",
)
def adam_step_with_the_first_correction_for_ever(
    param, grad, m, v, t, *, lr, beta1=0.9, beta2=0.999, eps=1e-8
):
    m[...] = beta1 * m + (1 - beta1) * grad
    v[...] = beta2 * v + (1 - beta2) * grad**2
    param -= lr * m / (1 - beta1) / (np.sqrt(v / (1 - beta2)) + eps)


@wrong(
    "adam_step",
    "Your correction is a step ahead: `t` is already 1 at the first call, so add nothing to it.",
)
def adam_step_counted_from_two(param, grad, m, v, t, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    m[...] = beta1 * m + (1 - beta1) * grad
    v[...] = beta2 * v + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1 ** (t + 1))
    v_hat = v / (1 - beta2 ** (t + 1))
    param -= lr * m_hat / (np.sqrt(v_hat) + eps)


@wrong(
    "adam_step",
    "You store the corrected means in `m` and `v`, so the next step corrects them once more. Keep the raw "
    "means there and give the corrected ones their own names.",
)
def adam_step_that_stores_the_correction(param, grad, m, v, t, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    m *= beta1
    m += (1 - beta1) * grad
    v *= beta2
    v += (1 - beta2) * grad**2
    m /= 1 - beta1**t
    v /= 1 - beta2**t
    param -= lr * m / (np.sqrt(v) + eps)


@wrong(
    "adam_step",
    "The arrays `m` and `v` stay at 0, so nothing is remembered from step to step. If you wrote `m = ...`, "
    "that gave the names to new arrays. Write into the arrays that you were given.",
)
def adam_step_with_new_means(param, grad, m, v, t, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    param -= lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps)


@wrong(
    "adam_step",
    "You divide by the mean square itself, so the steps depend on the gradient's scale. Divide by its root.",
)
def adam_step_without_the_root(param, grad, m, v, t, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    m[...] = beta1 * m + (1 - beta1) * grad
    v[...] = beta2 * v + (1 - beta2) * grad**2
    param -= lr * (m / (1 - beta1**t)) / (v / (1 - beta2**t) + eps)


@wrong(
    "adam_step",
    "Your steps shrink with `t`, as if the rate were divided by its root. In the paper's proof it is, but "
    "in its algorithm `lr` stays as it is.",
)
def adam_step_with_a_falling_rate(param, grad, m, v, t, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    m[...] = beta1 * m + (1 - beta1) * grad
    v[...] = beta2 * v + (1 - beta2) * grad**2
    param -= lr / math.sqrt(t) * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps)


@wrong("adam_step", "You go uphill: everything is right except the sign of the step.")
def adam_step_uphill(param, grad, m, v, t, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    m[...] = beta1 * m + (1 - beta1) * grad
    v[...] = beta2 * v + (1 - beta2) * grad**2
    param += lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps)


@wrong(
    "adam_step",
    "Your epsilon is right at the first step and fades from then on: it looks as if it were corrected "
    "along with m or v. Only these two are corrected; epsilon stays what the caller gave.",
)
def adam_step_with_a_fading_epsilon(param, grad, m, v, t, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    m[...] = beta1 * m + (1 - beta1) * grad
    v[...] = beta2 * v + (1 - beta2) * grad**2
    faded = eps * (1 - beta1) / (1 - beta1**t)
    param -= lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + faded)


@wrong(
    "adam_step",
    "Your epsilon is about 1e-8 whatever the caller asks for: the argument `eps` is not used.",
)
def adam_step_with_a_fixed_epsilon(param, grad, m, v, t, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    m[...] = beta1 * m + (1 - beta1) * grad
    v[...] = beta2 * v + (1 - beta2) * grad**2
    param -= lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + 1e-8)


@wrong(
    "adam_step",
    "Your epsilon is under the root. Some texts write it that way, but in the rule here it is added to the "
    "root.",
)
def adam_step_with_epsilon_under_the_root(param, grad, m, v, t, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    m[...] = beta1 * m + (1 - beta1) * grad
    v[...] = beta2 * v + (1 - beta2) * grad**2
    param -= lr * (m / (1 - beta1**t)) / np.sqrt(v / (1 - beta2**t) + eps)


@right("sgd_step")
def sgd_step_plainly(param, grad, *, lr):
    param -= lr * grad


@right("sgd_step")
def sgd_step_into_a_slice(param, grad, *, lr):
    param[...] = param - lr * grad


@right("momentum_step")
def momentum_step_plainly(param, grad, velocity, *, lr, momentum=0.9):
    velocity *= momentum
    velocity += grad
    param -= lr * velocity


@right("momentum_step")
def momentum_step_into_slices(param, grad, velocity, *, lr, momentum=0.9):
    velocity[...] = momentum * velocity + grad
    param[...] = param - lr * velocity


@right("momentum_step")
def momentum_step_with_the_rate_in_the_velocity(param, grad, velocity, *, lr, momentum=0.9):
    velocity[...] = momentum * velocity - lr * grad
    param += velocity


@right("nesterov_step")
def nesterov_step_plainly(param, grad, velocity, *, lr, momentum=0.9):
    velocity *= momentum
    velocity += grad
    param -= lr * (grad + momentum * velocity)


@right("nesterov_step")
def nesterov_step_with_the_rate_in_the_velocity(param, grad, velocity, *, lr, momentum=0.9):
    before = velocity.copy()
    velocity[...] = momentum * velocity - lr * grad
    param += (1 + momentum) * velocity - momentum * before


@right("rmsprop_step")
def rmsprop_step_plainly(param, grad, square_avg, *, lr, rho=0.9, eps=1e-8):
    square_avg *= rho
    square_avg += (1 - rho) * grad**2
    param -= lr * grad / (np.sqrt(square_avg) + eps)


@right("rmsprop_step")
def rmsprop_step_by_the_difference(param, grad, square_avg, *, lr, rho=0.9, eps=1e-8):
    square_avg += (1 - rho) * (np.square(grad) - square_avg)
    param[...] = param - lr / (square_avg**0.5 + eps) * grad


@right("adam_step")
def adam_step_plainly(param, grad, m, v, t, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    m[...] = beta1 * m + (1 - beta1) * grad
    v[...] = beta2 * v + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    param -= lr * m_hat / (np.sqrt(v_hat) + eps)


@right("adam_step")
def adam_step_with_one_corrected_rate(param, grad, m, v, t, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    m += (1 - beta1) * (grad - m)
    v += (1 - beta2) * (grad * grad - v)
    rate = lr * math.sqrt(1 - beta2**t) / (1 - beta1**t)
    param -= rate * m / (np.sqrt(v) + eps)


@right("adam_step")
def adam_step_without_the_constant_factors(param, grad, m, v, t, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    np.add(beta1 * m, grad, out=m)
    np.add(beta2 * v, np.square(grad), out=v)
    m_hat = m * ((1 - beta1) / (1 - beta1**t))
    v_hat = v * ((1 - beta2) / (1 - beta2**t))
    np.subtract(param, lr * m_hat / (np.sqrt(v_hat) + eps), out=param)
