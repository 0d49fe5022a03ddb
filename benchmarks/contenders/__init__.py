"""The contenders: one interface to our network, a naive one, scikit-learn, PyTorch, JAX, Keras, the floor.

Each is built for a workload from the same initial weights and offers what it can do:

- ``epoch(X, y)``: one pass over shuffled mini-batches with Adam at a rate of 0.001; SGD for a full batch
- ``step(X, y)``: one batch, gradients and update
- ``gradients(X, y)``: forward and backward pass alone; returns ``(loss, grads)``, what the library has it in
- ``forward(X)``, ``predict(X)``: the scores, and the classes
- ``numbers(grads)``: gradients as NumPy arrays, to be compared

``CONTENDERS`` is the only list of them. Libraries are imported where they are used, so that an absent one is
reported as absent.
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
    """Return the names of the contenders of whom `run` times this command, ours first."""
    return [name for name, contender in CONTENDERS.items() if command in contender.commands]


def identifier(name):
    """Return a name as a word that `pytest -k` can select: letters, digits and hyphens."""
    return "-".join(re.findall(r"[a-z0-9]+", name.lower()))
