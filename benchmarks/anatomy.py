"""Anatomy of a step: where its time goes, and what each pass of Adam costs, on one thread.

A time is the shortest of many calls, by the clock.
"""

from functools import partial

import numpy as np

from .contenders import Floor, Ours
from .timing import least, rounds
from .workloads import MINI_BATCH, WORKLOADS, images

SIZES = (
    1_000,
    10_000,
    50_890,
    101_770,
    567_434,
    4_000_000,
)  # those in the middle are the sizes of the workloads
PASS = 65_536  # numbers in a pass over memory, which fit into the nearest cache


def measure(tell=lambda text: None):
    """Return {"steps": {workload: {part: seconds}}, "passes": {operation: nanoseconds for each number}}."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        steps = {}
        for name in MINI_BATCH:
            tell(f"anatomy of {name}")
            steps[name] = _step(WORKLOADS[name])
        tell("anatomy of Adam")
        return {"steps": steps, "passes": _passes()}


def adam(number=15):
    """Return {size: list of nanoseconds per parameter of Adam's step, one for each round}."""
    from threadpoolctl import threadpool_limits

    from nn.optimizers import adam_step

    found = {}
    rng = np.random.default_rng(0)
    with threadpool_limits(1):
        for size in SIZES:
            param, grad = (rng.standard_normal(size, dtype=np.float32) for _ in range(2))
            m, v = np.zeros_like(param), np.zeros_like(param)
            step = partial(adam_step, param, grad, m, v, 1, lr=1e-5)
            calls = max(1, 2_000_000 // size)
            found[str(size)] = [seconds / size * 1e9 for seconds in rounds(step, number, calls)]
    return found


def _step(workload):
    """Return the seconds of each part of a training step."""
    from nn.losses import softmax_cross_entropy

    X, y = images(20 * workload.batch)
    ours, floor = Ours(workload), Floor(workload)
    rows = np.empty((workload.batch, X.shape[1]), X.dtype)
    order = np.random.default_rng(0).permutation(len(X))[: workload.batch]
    batch, labels = X[: workload.batch], y[: workload.batch]
    _, grads = ours.gradients(batch, labels)
    logits = ours.forward(batch)
    parts = {
        "forward and backward": lambda: ours.gradients(batch, labels),
        "of it, matrix products": lambda: floor.gradients(batch, labels),
        "of it, softmax and loss": lambda: softmax_cross_entropy(logits, labels),
        "Adam": lambda: ours.optimizer.step(ours.network.params, grads),
        "gathering the batch": lambda: np.take(X, order, axis=0, out=rows, mode="clip"),
    }
    return {name: least(part) for name, part in parts.items()}


def _passes():
    """Return the nanoseconds per float32 number that each elementary operation takes."""
    rng = np.random.default_rng(0)
    a, b = (rng.random(PASS, dtype=np.float32) + 1 for _ in range(2))
    out = np.empty_like(a)
    operations = {
        "multiply by a number": lambda: np.multiply(a, 0.5, out=out),
        "add": lambda: np.add(a, b, out=out),
        "divide": lambda: np.divide(a, b, out=out),
        "square root": lambda: np.sqrt(a, out=out),
    }
    return {name: least(operation) / PASS * 1e9 for name, operation in operations.items()}
