"""The workspace: the memory in which batches pass through a network, kept from one batch to the next.

Every batch needs arrays of the same sizes, and large arrays take longer to allocate than to fill. So they are
allocated once, for the largest batch so far; a smaller batch uses their first rows.
"""

import threading
from functools import cached_property
from itertools import pairwise

import numpy as np


class Workspace(threading.local):
    """Arrays for one batch on its way through a network and back; each thread has its own set.

    sizes: the network's widths, from input to output. dtype: the dtype of the arrays.

    Attributes, once ``rows(n)`` has been called; each is a list of arrays (n, width):

    - ``sums``: the sums of each layer; its activation and, on the way back, the gradient overwrite them
    - ``dropped`` and ``masks``: for each hidden layer, what dropout leaves of the activation, and its mask
    - ``dx``: for each hidden layer, the gradient of its output; all share one piece of memory, since one is
      no longer needed when the next is computed

    A copied or unpickled workspace starts empty.
    """

    def __init__(self, sizes, dtype):  # threading.local calls it again in every thread
        self._sizes, self._dtype = tuple(sizes), dtype
        self._rows, self._capacity, self._memory = None, 0, {}

    def rows(self, n, *, dropout=False):
        """Set the attributes to arrays of n rows, those for dropout only if asked; return the workspace."""
        if (n, dropout) == self._rows:
            return self
        if n > self._capacity:
            self._capacity, self._memory = n, {}
        self._rows = n, dropout
        hidden = self._sizes[1:-1]
        self.sums = [memory[:n] for memory in self._kept("sums", self._sizes[1:])]
        self.dropped = [memory[:n] for memory in self._kept("dropped", hidden if dropout else ())]
        self.masks = [memory[:n] for memory in self._kept("masks", hidden if dropout else ())]
        (widest,) = self._kept("dx", [max(hidden, default=0)])
        self.dx = [widest.reshape(-1)[: n * width].reshape(n, width) for width in hidden]
        return self

    @cached_property
    def decays(self):
        """Arrays of the weights' shapes, for the gradients of their penalty."""
        return [np.empty(shape, self._dtype) for shape in pairwise(self._sizes)]

    def _kept(self, name, widths):
        """Return arrays of these widths with room for the largest batch so far, the same at each call."""
        key = name, tuple(widths)
        if key not in self._memory:
            self._memory[key] = [np.empty((self._capacity, width), self._dtype) for width in widths]
        return self._memory[key]

    def __reduce__(self):
        return type(self), (self._sizes, self._dtype)
