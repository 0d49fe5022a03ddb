"""The base of the contenders: weights, batches, and what each of them may offer."""

import importlib
from typing import ClassVar

import numpy as np

from ..workloads import initial

RATE = 0.001  # of Adam; a full batch uses plain gradient descent at 0.01


class Contender:
    """What the contenders have in common."""

    name = ""  # as the tables print it
    needs = "numpy"  # if this module is missing, the contender is absent
    commands: ClassVar = ("epoch", "step", "gradients", "forward", "predict")  # what `run` times

    def __init__(self, workload, dtype=np.float32, seed=0):
        self.workload, self.dtype = workload, np.dtype(dtype)
        self.rng = np.random.default_rng(seed)
        self.build(initial(workload, dtype))

    @classmethod
    def absent(cls):
        """Return why this contender cannot take part, None if it can."""
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
        """Return loss and gradients of a batch; not every library offers them."""
        raise NotImplementedError

    def forward(self, X):
        """Return the scores of a batch; not every library offers them."""
        raise NotImplementedError

    def numbers(self, grads):
        """Return gradients as a list of NumPy arrays, (fan_in, fan_out) and (fan_out,) in turn."""
        return [np.asarray(grad) for grad in grads]
