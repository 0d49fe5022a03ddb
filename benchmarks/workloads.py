"""The workloads: which networks are timed, on which batches."""

from typing import NamedTuple

import numpy as np

SAMPLES = 60_000  # of an epoch


class Workload(NamedTuple):
    """A network and the size of its batches; ``batch`` None takes the whole training set at once."""

    name: str
    sizes: tuple[int, ...]
    batch: int | None
    activation: str = "relu"

    @property
    def identifier(self):
        """The workload as a word that `pytest -k` can select: 784x64x10-b32."""
        return f"{'x'.join(map(str, self.sizes))}-{f'b{self.batch}' if self.batch else 'full'}"

    @property
    def steps(self):
        """How many steps an epoch has."""
        return -(-SAMPLES // (self.batch or SAMPLES))

    @property
    def parameters(self):
        """How many weights and biases the network has."""
        return sum((fan_in + 1) * fan_out for fan_in, fan_out in self.layers)

    @property
    def layers(self):
        """The pairs (fan_in, fan_out), from input to output."""
        return list(zip(self.sizes, self.sizes[1:], strict=False))


WORKLOADS = {
    workload.name: workload
    for workload in (
        Workload("784-64-10/32", (784, 64, 10), 32),
        Workload("784-128-10/64", (784, 128, 10), 64),
        Workload("784-512-256-128-10/128", (784, 512, 256, 128, 10), 128),
        Workload("v1, full batch", (784, 128, 10), None, "tanh"),
    )
}
MINI_BATCH = [name for name, workload in WORKLOADS.items() if workload.batch]


def images(n=SAMPLES, inputs=784, classes=10, dtype=np.float32, seed=0):
    """Return made-up images (n, inputs), a fifth of whose pixels are set, as in MNIST, and labels (n,).

    The values of the pixels do not change how long a step takes, so the timings need no data set.
    """
    rng = np.random.default_rng(seed)
    X = rng.random((n, inputs), dtype=np.float32)
    X = np.maximum(X - 0.8, 0, dtype=np.float32) * 5
    return X.astype(dtype, copy=False), rng.integers(classes, size=n)


def initial(workload, dtype=np.float32, seed=0):
    """Return the weights that every contender starts from: [W1, b1, W2, b2, ...]."""
    rng = np.random.default_rng(seed)
    params = []
    for fan_in, fan_out in workload.layers:
        W = rng.standard_normal((fan_in, fan_out)) * np.sqrt(2 / fan_in)
        params += [W.astype(dtype), np.zeros(fan_out, dtype)]
    return params
