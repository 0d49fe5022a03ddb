"""The contenders: one interface to our network, a naive one, scikit-learn, PyTorch, JAX, Keras and the floor.

Each is built for a workload from the same initial weights and offers what it can do:

- ``epoch(X, y)``: one pass over shuffled mini-batches with Adam at a rate of 0.001; SGD for a full batch
- ``step(X, y)``: one batch, gradients and update
- ``gradients(X, y)``: only forward and backward pass; returns ``(loss, grads)`` in the library's own types
- ``forward(X)``, ``predict(X)``: the scores, and the classes
- ``numbers(grads)``: gradients as NumPy arrays, for comparison

``CONTENDERS`` is the only list of them. Libraries are imported only when they are used, so that a missing one
can be reported.
"""

import re

from .base import Contender
from .own import Floor, Naive, Ours, Regularized, graded
from .peers import Jax, Keras, ScikitLearn, Torch, TorchFused

__all__ = ["CONTENDERS", "Contender", "Floor", "Ours", "Torch", "graded", "identifier", "who_can"]

CONTENDERS = {
    contender.name: contender
    for contender in (Ours, Regularized, Naive, Floor, ScikitLearn, Torch, TorchFused, Jax, Keras)
}


def who_can(command):
    """Return the names of the contenders that offer this command to `run`, ours first."""
    return [name for name, contender in CONTENDERS.items() if command in contender.commands]


def identifier(name):
    """Return a name as a word that `pytest -k` can select: letters, digits and hyphens."""
    return "-".join(re.findall(r"[a-z0-9]+", name.lower()))
