"""Whole networks against numeric differentiation: every combination of what the constructor takes."""

from itertools import product

import numpy as np
import pytest

from nn.activations import ACTIVATIONS
from nn.losses import LOSSES
from nn.network import OUTPUTS, Network

HIDDEN = [(), (4,), (4, 3), (3, 5, 4), (4, 4, 4, 4, 4)]
BATCHES = (3, 7, 2, 5)  # grow and shrink: a buffer of another size must never shine through
STEP = 1e-6


def targets_for(loss, n, outputs, rng):
    if loss == "softmax_cross_entropy":
        return rng.integers(outputs, size=n)
    if loss == "binary_cross_entropy":
        return rng.integers(2, size=(n, outputs))
    return rng.normal(size=(n, outputs))


def slopes(network, X, y, direction, seed):
    """Return the loss's slope along a direction of the parameters, by a step forward and a step back."""

    def loss():
        return network.loss_and_grads(X, y, None if seed is None else np.random.default_rng(seed))[0]

    start, vector = network.params.vector.copy(), network.params.vector
    here = loss()
    vector[...] = start + STEP * direction
    ahead = loss()
    vector[...] = start - STEP * direction
    behind = loss()
    vector[...] = start
    return (ahead - here) / STEP, (here - behind) / STEP


def check(network, X, y, rng, seed):
    """Compare each parameter array's gradient, along a random direction, with the loss's numeric slope."""
    for _ in range(5):
        _, grads = network.loss_and_grads(X, y, None if seed is None else np.random.default_rng(seed))
        grads = [grad.copy() for grad in grads]
        directions = [
            rng.choice([-1.0, 1.0], grad.shape) * rng.uniform(0.5, 1.5, grad.shape) for grad in grads
        ]
        measured = [slopes(network, X, y, alone(directions, i), seed) for i in range(len(grads))]
        if all(abs(ahead - behind) <= 1e-3 * max(1, abs(ahead)) for ahead, behind in measured):
            break
        # The kink of a unit lies within the step, where there is no slope to compare with: move away from it.
        network.params.vector += 0.01 * rng.normal(size=network.params.vector.size)
    else:
        raise AssertionError("five networks in a row have a kink within the step, or the loss is no function")
    for i, (grad, direction, (ahead, behind)) in enumerate(zip(grads, directions, measured, strict=True)):
        tolerance = 1e-6 * max(1, np.abs(grad).sum())
        assert np.sum(grad * direction) == pytest.approx((ahead + behind) / 2, rel=1e-5, abs=tolerance), (
            f"the gradient of parameter array {i} of {network.sizes}, from {len(X)} samples, is no derivative"
        )


def alone(directions, i):
    """Return the direction of the whole parameter vector that moves array i and no other."""
    return np.concatenate([(d if j == i else np.zeros_like(d)).ravel() for j, d in enumerate(directions)])


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("hidden", HIDDEN, ids=lambda hidden: "-".join(map(str, hidden)) or "none")
def test_gradients_of_every_combination_are_derivatives(rng, activation, hidden):
    for output, loss, l2, dropout in product(OUTPUTS, LOSSES, (0.0, 0.1), (0.0, 0.4)):
        network = Network(
            (5, *hidden, 3),
            activation=activation,
            output=output,
            loss=loss,
            l2=l2,
            dropout=dropout,
            rng=rng,
            dtype=np.float64,
        )
        network.params.vector += 0.1 * rng.normal(size=network.params.vector.size)  # biases, too
        for n in BATCHES:
            network.forward(rng.normal(size=(2 * n, 5)))  # what evaluation leaves behind must not matter
            seed = int(rng.integers(2**32)) if dropout else None
            check(network, rng.normal(size=(n, 5)), targets_for(loss, n, 3, rng), rng, seed)
