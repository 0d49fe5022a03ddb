"""The contenders of this project: `nn` or a learner's package, the naive version, and the floor."""

import importlib
from itertools import pairwise
from typing import ClassVar

import numpy as np

from .. import naive
from .base import RATE, Contender


class Ours(Contender):
    """A package with the names of ``nn``: the reference, or a learner's."""

    name = "nn"
    package = "nn"
    options: ClassVar = {}  # for the network
    max_grad_norm = None

    def build(self, params):
        modules = {name: _module(self.package, name) for name in ("network", "optimizers", "training")}
        self.network = modules["network"].Network(
            self.workload.sizes,
            activation=self.workload.activation,
            rng=self.rng,
            dtype=self.dtype,
            **self.options,
        )
        for param, value in zip(self.network.params, params, strict=True):
            param[...] = value
        optimizers = modules["optimizers"]
        self.optimizer = optimizers.Adam(RATE) if self.workload.batch else optimizers.SGD(0.01)
        self._train_epoch = modules["training"].train_epoch

    def epoch(self, X, y):
        self._train_epoch(
            self.network,
            self.optimizer,
            X,
            y,
            batch_size=self.workload.batch or len(X),
            rng=self.rng,
            max_grad_norm=self.max_grad_norm,
        )

    def step(self, X, y):
        _, grads = self.network.loss_and_grads(X, y, self.rng)
        self.optimizer.step(self.network.params, grads)

    def gradients(self, X, y):
        return self.network.loss_and_grads(X, y)

    def forward(self, X):
        return self.network.forward(X)

    def predict(self, X):
        return self.network.predict(X)


class Regularized(Ours):
    """Ours with dropout, L2 and clipping."""

    name = "nn, dropout + L2 + clipping"
    commands: ClassVar = ("epoch",)
    options: ClassVar = {"dropout": 0.2, "l2": 1e-4}
    max_grad_norm = 5.0


class Naive(Contender):
    """The version of ``naive.py``."""

    name = "naive NumPy"

    def build(self, params):
        self.params = params
        self.optimizer = naive.Adam(params, RATE)

    def step(self, X, y):
        _, grads = self.gradients(X, y)
        if self.workload.batch:
            self.params = self.optimizer.step(self.params, grads)
        else:
            self.params = [p - 0.01 * g for p, g in zip(self.params, grads, strict=True)]

    def gradients(self, X, y):
        return naive.loss_and_grads(self.params, X, y, self.workload.activation)

    def forward(self, X):
        return naive.forward(self.params, X, self.workload.activation)[-1]

    def predict(self, X):
        return np.argmax(self.forward(X), axis=1)


class Floor(Contender):
    """The bare matrix products of a step: forward, dW, and dx for all layers but the first."""

    name = "bare matrix products"
    commands: ClassVar = ("step", "gradients", "forward", "predict")

    def build(self, params):
        self.params = params
        self._buffers = {}

    def _room(self, n):
        if n not in self._buffers:
            sizes = self.workload.sizes
            outputs = [np.zeros((n, width), self.dtype) for width in sizes[1:]]
            inputs = [np.zeros((n, width), self.dtype) for width in sizes[1:-1]]
            grads = [np.zeros(pair, self.dtype) for pair in pairwise(sizes)]
            self._buffers[n] = outputs, inputs, grads
        return self._buffers[n]

    def forward(self, X):
        outputs, _, _ = self._room(len(X))
        x = X
        for W, z in zip(self.params[::2], outputs, strict=True):
            x = np.matmul(x, W, out=z)
        return x

    def gradients(self, X, y):
        outputs, inputs, grads = self._room(len(X))
        self.forward(X)
        for layer in reversed(range(len(outputs))):
            np.matmul((outputs[layer - 1] if layer else X).T, outputs[layer], out=grads[layer])
            if layer:
                np.matmul(outputs[layer], self.params[2 * layer].T, out=inputs[layer - 1])
        return 0.0, grads

    def step(self, X, y):
        self.gradients(X, y)

    def predict(self, X):
        return self.forward(X)


def graded(package):
    """Return the contender for a package given by its name or folder, as ``--impl`` takes it."""
    return type("Graded", (Ours,), {"name": str(package), "package": package})


def _module(package, name):
    if isinstance(package, str) and package == "nn":
        return importlib.import_module(f"nn.{name}")
    return package.load(name)
