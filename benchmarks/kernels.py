"""Kernel timings that stand in the report: Adam's step in nanoseconds for each parameter, on one thread."""

import time
from statistics import median

import numpy as np

SIZES = (1_000, 10_000, 50_890, 101_770, 567_434, 4_000_000)  # the middle ones are the workloads' networks


def nanoseconds_per_parameter(rounds=15):
    """Return {size: nanoseconds} of Adam's step, the median over rounds."""
    from threadpoolctl import threadpool_limits

    from nn.optimizers import adam_step

    figures = {}
    rng = np.random.default_rng(0)
    with threadpool_limits(1):
        for size in SIZES:
            param, grad = (rng.standard_normal(size, dtype=np.float32) for _ in range(2))
            m, v = np.zeros_like(param), np.zeros_like(param)
            repeats = max(1, 2_000_000 // size)
            times = []
            for _ in range(rounds + 1):
                begun = time.perf_counter()
                for t in range(repeats):
                    adam_step(param, grad, m, v, t + 1, lr=1e-5)
                times.append((time.perf_counter() - begun) / repeats / size * 1e9)
            figures[size] = median(times[1:])
    return figures
