"""Growth: time per sample and memory of a step against batch, width and depth, on one thread."""

import tracemalloc

import numpy as np

from nn.network import Network
from nn.optimizers import Adam

from .timing import rounds, timed

SERIES = {  # name: values, and a function that returns network and batch for a value
    "batch": ([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096], lambda n: ((784, 128, 10), n)),
    "width": ([16, 32, 64, 128, 256, 512, 1024, 2048, 4096], lambda width: ((784, width, 10), 64)),
    "depth": ([1, 2, 3, 4, 6, 8, 12, 16], lambda depth: ((784, *[128] * depth, 10), 64)),
}


def measure(tell=lambda text: None):
    """Return {series: {values, seconds per sample, bytes, slope}}; slopes are over the last three values."""
    from threadpoolctl import threadpool_limits

    results = {}
    with threadpool_limits(1):
        for name, (values, network_of) in SERIES.items():
            seconds, sizes = [], []
            for value in values:
                tell(f"growth with {name}: {value}")
                took, memory = _one(*network_of(value))
                seconds.append(took)
                sizes.append(memory)
            results[name] = {
                "values": values,
                "seconds per sample": seconds,
                "bytes": sizes,
                "slope of time": slope(values, seconds),
                "slope of memory": slope(values, sizes),
            }
    return results


def slope(values, figures, last=3):
    """Return the slope of the line through the last points of a log-log plot."""
    return float(np.polyfit(np.log(values[-last:]), np.log(figures[-last:]), 1)[0])


def _one(sizes, n):
    """Return the shortest time per sample of a training step, and the bytes that network and step take."""
    rng = np.random.default_rng(0)
    X, y = rng.random((n, sizes[0]), dtype=np.float32), rng.integers(sizes[-1], size=n)
    tracemalloc.start()
    network, optimizer = Network(sizes, rng=rng), Adam()

    def step():
        _, grads = network.loss_and_grads(X, y)
        optimizer.step(network.params, grads)

    step()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    calls = max(1, int(0.05 / timed(step).clock))
    return min(rounds(step, 7, calls)) / n, peak
