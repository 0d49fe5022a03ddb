"""Anatomy of a step: where its time goes, and what the passes cost that Adam is made of, on one thread."""

import time
from statistics import median

import numpy as np

from .contenders import Floor, Ours
from .workloads import MINI_BATCH, WORKLOADS, images

PASS = 65_536  # numbers in a pass over memory, as many as the cache next to the processor holds


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


def _step(workload):
    """Return the seconds of each part of a training step, the median of many."""
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
    return {name: _seconds(part) for name, part in parts.items()}


def _passes():
    """Return the nanoseconds that each elementary operation takes for a number, float32."""
    rng = np.random.default_rng(0)
    a, b = (rng.random(PASS, dtype=np.float32) + 1 for _ in range(2))
    out = np.empty_like(a)
    operations = {
        "multiply by a number": lambda: np.multiply(a, 0.5, out=out),
        "add": lambda: np.add(a, b, out=out),
        "divide": lambda: np.divide(a, b, out=out),
        "square root": lambda: np.sqrt(a, out=out),
    }
    return {name: _seconds(operation) / PASS * 1e9 for name, operation in operations.items()}


def _seconds(function, enough=0.3):
    """Return the median seconds of a call, of as many as fit."""
    times, begun = [], time.perf_counter()
    while time.perf_counter() - begun < enough or len(times) < 5:
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return median(times)
