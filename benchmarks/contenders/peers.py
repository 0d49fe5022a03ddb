"""The peers: scikit-learn, PyTorch, JAX and Keras, each as its users would write it."""

from typing import ClassVar

import numpy as np

from .base import RATE, Contender


class ScikitLearn(Contender):
    """sklearn.neural_network.MLPClassifier with Adam, its own shuffling, and no L2."""

    name = "scikit-learn"
    needs = "sklearn.neural_network"
    commands: ClassVar = ("epoch", "predict")

    def build(self, params):
        from sklearn.neural_network import MLPClassifier

        self.model = MLPClassifier(
            self.workload.sizes[1:-1],
            activation=self.workload.activation,
            solver="adam" if self.workload.batch else "sgd",
            alpha=0.0,
            batch_size=self.workload.batch or "auto",
            learning_rate_init=RATE if self.workload.batch else 0.01,
            momentum=0.0,
            nesterovs_momentum=False,
            random_state=0,
        )
        self._params = params

    def _started(self, X, y):
        if not hasattr(
            self.model, "coefs_"
        ):  # it makes its arrays in the first call, whose step is undone here
            few = slice(2 * self.workload.sizes[-1])
            self.model.batch_size, batch = len(X[few]), self.model.batch_size
            self.model.partial_fit(
                X[few],
                np.resize(np.arange(self.workload.sizes[-1]), len(X[few])),
                classes=np.arange(self.workload.sizes[-1]),
            )
            for i, (W, b) in enumerate(zip(self._params[::2], self._params[1::2], strict=True)):
                self.model.coefs_[i][...], self.model.intercepts_[i][...] = W, b
            optimizer = self.model._optimizer
            for state in (*getattr(optimizer, "ms", ()), *getattr(optimizer, "vs", ())):
                state[...] = 0
            optimizer.t = 0
            self.model.batch_size = batch
        if self.workload.batch is None:
            self.model.batch_size = len(X)

    def epoch(self, X, y):
        self._started(X, y)
        self.model.partial_fit(X, y)

    def step(self, X, y):
        self._started(X, y)
        self.model.partial_fit(X, y)

    def predict(self, X):
        self._started(X, np.zeros(len(X), int))
        return self.model.predict(X)


class Torch(Contender):
    """PyTorch eager, with its default optimizer."""

    name = "PyTorch eager, Adam"
    needs = "torch"
    fused = False

    def build(self, params):
        import torch

        self.torch = torch
        layers = []
        for W, b in zip(params[::2], params[1::2], strict=True):
            layer = torch.nn.Linear(*W.shape)
            with torch.no_grad():
                layer.weight.data = torch.tensor(W.T.copy())
                layer.bias.data = torch.tensor(b)
            layers += [layer, torch.nn.ReLU() if self.workload.activation == "relu" else torch.nn.Tanh()]
        self.model = torch.nn.Sequential(*layers[:-1])
        if self.workload.batch:
            self.optimizer = torch.optim.Adam(self.model.parameters(), RATE, fused=self.fused or None)
        else:
            self.optimizer = torch.optim.SGD(self.model.parameters(), 0.01)

    def epoch(self, X, y):
        X, y = self._tensors(X, y)
        order = self.torch.randperm(len(X))
        size = self.workload.batch or len(X)
        for start in range(0, len(X), size):
            batch = order[start : start + size]
            self._step(X[batch], y[batch])

    def step(self, X, y):
        self._step(*self._tensors(X, y))

    def _step(self, X, y):
        self.optimizer.zero_grad()
        self.torch.nn.functional.cross_entropy(self.model(X), y).backward()
        self.optimizer.step()

    def gradients(self, X, y):
        X, y = self._tensors(X, y)
        self.optimizer.zero_grad()
        loss = self.torch.nn.functional.cross_entropy(self.model(X), y)
        loss.backward()
        return float(loss.detach()), [param.grad for param in self.model.parameters()]

    def numbers(self, grads):
        return [grad.numpy().T for grad in grads]

    def forward(self, X):
        with self.torch.no_grad():
            return self.model(self.torch.from_numpy(X)).numpy()

    def predict(self, X):
        return np.argmax(self.forward(X), axis=1)

    def _tensors(self, X, y):
        return self.torch.from_numpy(X), self.torch.from_numpy(y)


class TorchFused(Torch):
    """PyTorch eager, with the whole update in one kernel."""

    name = "PyTorch eager, fused Adam"
    fused = True


class Jax(Contender):
    """JAX, with each step compiled by jit and Adam written out as in optax."""

    name = "JAX, jit per step"
    needs = "jax"

    def build(self, params):
        import jax
        import jax.numpy as jnp

        if self.dtype == np.float64:
            jax.config.update("jax_enable_x64", True)
        self.jax, self.jnp = jax, jnp
        bend = jax.nn.relu if self.workload.activation == "relu" else jnp.tanh

        def scores(params, X):
            for i in range(0, len(params) - 2, 2):
                X = bend(X @ params[i] + params[i + 1])
            return X @ params[-2] + params[-1]

        def loss(params, X, y):
            logs = jax.nn.log_softmax(scores(params, X))
            return -jnp.mean(jnp.take_along_axis(logs, y[:, None], axis=1))

        def step(state, X, y):
            params, m, v, t = state
            grads = jax.grad(loss)(params, X, y)
            if not self.workload.batch:
                return [p - 0.01 * g for p, g in zip(params, grads, strict=True)], m, v, t
            t = t + 1
            m = [0.9 * mi + 0.1 * g for mi, g in zip(m, grads, strict=True)]
            v = [0.999 * vi + 0.001 * g * g for vi, g in zip(v, grads, strict=True)]
            scale1, scale2 = 1 / (1 - 0.9**t), 1 / (1 - 0.999**t)
            params = [
                p - RATE * (mi * scale1) / (jnp.sqrt(vi * scale2) + 1e-8)
                for p, mi, vi in zip(params, m, v, strict=True)
            ]
            return params, m, v, t

        params = [jnp.asarray(param) for param in params]
        zeros = [jnp.zeros_like(param) for param in params]
        self.state = params, zeros, [jnp.zeros_like(param) for param in params], jnp.asarray(0.0)
        self._step = jax.jit(step, donate_argnums=0)
        self._gradients = jax.jit(jax.value_and_grad(loss))
        self._scores = jax.jit(scores)

    def step(self, X, y):
        self.state = self._step(self.state, X, y.astype(np.int32))
        self.jax.block_until_ready(self.state[0])

    def epoch(self, X, y):
        y = y.astype(np.int32)
        for batch in self.batches(len(X)):  # the last batch is shorter and is compiled separately
            self.state = self._step(self.state, X[batch], y[batch])
        self.jax.block_until_ready(self.state[0])

    def gradients(self, X, y):
        return self.jax.block_until_ready(self._gradients(self.state[0], X, y.astype(np.int32)))

    def forward(self, X):
        return np.asarray(self._scores(self.state[0], X))

    def predict(self, X):
        return np.argmax(self.forward(X), axis=1)


class Keras(Contender):
    """Keras by its own ``fit``, on the backend that it finds (TensorFlow unless told otherwise)."""

    name = "Keras"
    needs = "keras"
    commands: ClassVar = ("epoch", "predict")

    def build(self, params):
        if self.dtype != np.float32:
            raise NotImplementedError("Keras is timed in its own float32")
        import keras

        layers = [
            keras.layers.Dense(width, activation=self.workload.activation)
            for width in self.workload.sizes[1:-1]
        ]
        self.model = keras.Sequential(
            [keras.Input((self.workload.sizes[0],)), *layers, keras.layers.Dense(self.workload.sizes[-1])]
        )
        self.model.set_weights(params)
        optimizer = (
            keras.optimizers.Adam(RATE, epsilon=1e-8) if self.workload.batch else keras.optimizers.SGD(0.01)
        )
        self.model.compile(optimizer, keras.losses.SparseCategoricalCrossentropy(from_logits=True))

    def epoch(self, X, y):
        self.model.fit(X, y, batch_size=self.workload.batch or len(X), epochs=1, verbose=0, shuffle=True)

    def step(self, X, y):
        self.model.train_on_batch(X, y)

    def forward(self, X):
        return self.model.predict(X, batch_size=1000, verbose=0)

    def predict(self, X):
        return np.argmax(self.forward(X), axis=1)
