"""What the contenders have in common: weights and batches, and what each of them may offer."""

import importlib
from typing import ClassVar

import numpy as np

from ..workloads import initial

RATE = 0.001  # of Adam; a full batch has plain gradient descent at 0.01


class Contender:
    """What the contenders have in common.

    ``name`` stands in the tables, ``needs`` is the module without which it is absent, ``commands`` are what
    `run` times of it.
    """

    name = ""
    needs = "numpy"
    commands: ClassVar = ("epoch", "step", "gradients", "forward", "predict")

    def __init__(self, workload, dtype=np.float32, seed=0):
        self.workload, self.dtype = workload, np.dtype(dtype)
        self.rng = np.random.default_rng(seed)
        self.build(initial(workload, dtype))

    @classmethod
    def absent(cls):
        """Return why this contender cannot take part, None where it can."""
        try:
            importlib.import_module(cls.needs)
        except ImportError as error:
            return f"{cls.needs} is not installed ({error})"
        return None

    def build(self, params):
        """Set the network up with these weights."""
        raise NotImplementedError

    def batches(self, n):
        """Yield index arrays of shuffled mini-batches."""
        order = self.rng.permutation(n)
        size = self.workload.batch or n
        for start in range(0, n, size):
            yield order[start : start + size]

    def epoch(self, X, y):
        """Make one pass over the data."""
        for batch in self.batches(len(X)):
            self.step(X[batch], y[batch])

    def gradients(self, X, y):
        """Return loss and gradients of a batch; not every library hands them out."""
        raise NotImplementedError

    def forward(self, X):
        """Return the scores of a batch; not every library hands them out."""
        raise NotImplementedError

    def numbers(self, grads):
        """Return gradients as a list of NumPy arrays, (fan_in, fan_out) and (fan_out,) in turn."""
        return [np.asarray(grad) for grad in grads]
