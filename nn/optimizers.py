"""Optimizers: rules that turn gradients into better parameters.

Each rule is a function ``*_step`` that updates one parameter array and its state arrays in place and returns
nothing. The state arrays start as zeros. The classes below keep them from step to step for a whole list of
parameters.
"""

import math

import numpy as np

from .parameters import ParameterList, in_blocks, joined


def sgd_step(param, grad, *, lr):
    """Step downhill: param <- param - lr * grad.

    param, grad: arrays of one shape; param is updated in place. Returns None.
    Source: Robbins & Monro 1951, A Stochastic Approximation Method.
    """
    for p, g, step in in_blocks(param, grad):
        np.multiply(g, lr, out=step)
        p -= step


def momentum_step(param, grad, velocity, *, lr, momentum=0.9):
    """Roll downhill: velocity <- momentum * velocity + grad; param <- param - lr * velocity.

    param, grad, velocity: arrays of one shape; param and velocity are updated in place. Returns None.

    A velocity that contains the rate (velocity <- momentum * velocity - lr * grad; param <- param + velocity)
    takes the same steps at a constant rate, and is just as right.
    Source: Polyak 1964, Some Methods of Speeding Up the Convergence of Iteration Methods.
    """
    for p, g, v, step in in_blocks(param, grad, velocity):
        v *= momentum
        v += g
        np.multiply(v, lr, out=step)
        p -= step


def nesterov_step(param, grad, velocity, *, lr, momentum=0.9):
    """Roll downhill and look ahead by one more roll.

    velocity <- momentum * velocity + grad
    param    <- param - lr * (grad + momentum * velocity)

    param, grad, velocity: arrays of one shape; param and velocity are updated in place. Returns None. As in
    ``momentum_step``, the velocity may contain the rate.
    Source: Nesterov 1983, in the form of Bengio, Boulanger-Lewandowski & Pascanu 2013, eq. 7.
    """
    for p, g, v, step in in_blocks(param, grad, velocity):
        v *= momentum
        v += g
        np.multiply(v, momentum, out=step)
        step += g
        step *= lr
        p -= step


def rmsprop_step(param, grad, square_avg, *, lr, rho=0.9, eps=1e-8):
    """Step by the gradient divided by its running root mean square.

    square_avg <- rho * square_avg + (1 - rho) * grad**2
    param      <- param - lr * grad / (sqrt(square_avg) + eps)

    param, grad, square_avg: arrays of one shape; param and square_avg are updated in place. Returns None.
    Source: Tieleman & Hinton 2012, Coursera lecture 6.5.
    """
    for p, g, s, step in in_blocks(param, grad, square_avg):
        np.multiply(g, g, out=step)
        step *= 1 - rho
        s *= rho
        s += step
        np.sqrt(s, out=step)
        step += eps
        np.divide(g, step, out=step)
        step *= lr
        p -= step


def adam_step(param, grad, m, v, t, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
    """Step by the running mean divided by the running root mean square, both corrected for starting at 0.

    m     <- beta1 * m + (1 - beta1) * grad
    v     <- beta2 * v + (1 - beta2) * grad**2
    param <- param - lr * (m / (1 - beta1**t)) / (sqrt(v / (1 - beta2**t)) + eps)

    param, grad, m, v: arrays of one shape; param, m and v are updated in place. t: number of the step, 1 in
    the first call. Returns None.

    Section 2 of the paper also gives a form that adds eps to sqrt(v) before v is corrected. It is just as
    right, since eps only prevents a division by zero.
    Source: Kingma & Ba 2015, Adam: A Method for Stochastic Optimization, algorithm 1.

    In nn: the arrays hold m / (1 - beta1) and v / (1 - beta2): after one step with gradient 2 they hold 2
    and 4, while the means are 0.2 and 0.004. One multiplication and one addition then update each array. The
    factors are the same for every entry, so they join the two scalars that the step needs anyway.
    """
    root_scale = math.sqrt((1 - beta2) / (1 - beta2**t))
    rate = lr * (1 - beta1) / (1 - beta1**t) / root_scale
    for p, g, m_part, v_part, step in in_blocks(param, grad, m, v):
        m_part *= beta1
        m_part += g
        np.multiply(g, g, out=step)
        v_part *= beta2
        v_part += step
        np.sqrt(v_part, out=step)
        step += eps / root_scale
        np.divide(m_part, step, out=step)
        step *= rate
        p -= step


class _Optimizer:
    """Applies a rule to every parameter array and keeps the rule's state arrays between steps."""

    n_states = 0

    def __init__(self, lr, **hyperparameters):
        if not 0 <= lr < math.inf:
            raise ValueError(f"lr must be a finite number, not negative; got {lr}")
        for name, value in hyperparameters.items():
            if not 0 <= value < 1:
                raise ValueError(f"{name} must lie in [0, 1); got {value}")
        self.lr = lr
        self.hyperparameters = hyperparameters
        self.t = 0
        self._states = None

    def step(self, params, grads, lr=None):
        """Update every array of ``params`` in place by its gradient, and return None.

        params, grads: lists of arrays with matching shapes, the same shapes in each call. lr: the rate of
        this step; None for the optimizer's own.
        Raises ValueError if the shapes do not match each other or those of earlier steps.
        """
        shapes = [np.shape(p) for p in params]
        if self._states is None:
            self._states = [_zeros_like(params) for _ in range(self.n_states)]
            self._shapes = shapes
        if shapes != self._shapes or shapes != [np.shape(g) for g in grads]:
            raise ValueError(
                f"params and grads must keep the shapes of the first step, {self._shapes}; "
                f"got params {shapes} and grads {[np.shape(g) for g in grads]}"
            )
        self.t += 1
        lr = float(self.lr if lr is None else lr)  # a NumPy float64 scalar would promote float32 arrays
        for param, grad, *states in zip(*joined(params, grads, *self._states), strict=True):
            self._update(param, grad, *states, lr=lr, **self.hyperparameters)


def _zeros_like(params):
    if isinstance(params, ParameterList):
        return ParameterList.zeros(params.shapes, params.vector.dtype)
    return [np.zeros_like(p) for p in params]


class SGD(_Optimizer):
    """Gradient descent: see ``sgd_step``."""

    _update = staticmethod(sgd_step)

    def __init__(self, lr=0.01):
        super().__init__(lr)


class Momentum(_Optimizer):
    """Gradient descent with momentum: see ``momentum_step``."""

    n_states = 1
    _update = staticmethod(momentum_step)

    def __init__(self, lr=0.01, momentum=0.9):
        super().__init__(lr, momentum=momentum)


class Nesterov(_Optimizer):
    """Gradient descent with Nesterov's momentum: see ``nesterov_step``."""

    n_states = 1
    _update = staticmethod(nesterov_step)

    def __init__(self, lr=0.01, momentum=0.9):
        super().__init__(lr, momentum=momentum)


class RMSprop(_Optimizer):
    """Steps divided by the running root mean square of the gradient: see ``rmsprop_step``."""

    n_states = 1
    _update = staticmethod(rmsprop_step)

    def __init__(self, lr=0.001, rho=0.9, eps=1e-8):
        super().__init__(lr, rho=rho, eps=eps)


class Adam(_Optimizer):
    """Running mean divided by running root mean square, corrected for starting at 0: see ``adam_step``."""

    n_states = 2

    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
        super().__init__(lr, beta1=beta1, beta2=beta2, eps=eps)

    def _update(self, param, grad, m, v, **hyperparameters):
        adam_step(param, grad, m, v, self.t, **hyperparameters)


OPTIMIZERS = {
    "sgd": SGD,
    "momentum": Momentum,
    "nesterov": Nesterov,
    "rmsprop": RMSprop,
    "adam": Adam,
}
