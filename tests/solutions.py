"""Solutions that the lessons must tell apart: wrong ones, each a mistake people make, and right variants.

Each entry replaces functions of one module. `WRONG` names the lesson that must fail, and `RIGHT` holds other
ways to write the same thing, which must pass every lesson.
"""

from textwrap import dedent
from typing import NamedTuple


class Solution(NamedTuple):
    """A replacement for part of a module; ``lesson`` is the number of the lesson that judges it."""

    name: str
    lesson: int
    module: str
    code: str


def _solution(name, lesson, module, code):
    return Solution(name, lesson, module, dedent(code).strip())


WRONG = [
    _solution(
        "sigmoid: naive exp overflows",
        1,
        "activations",
        """
        def sigmoid(z):
            return 1 / (1 + np.exp(-as_floating(z)))
    """,
    ),
    _solution(
        "sigmoid: slope of z, not of a",
        1,
        "activations",
        """
        def sigmoid_backward(grad, a):
            s = 1 / (1 + np.exp(-a))
            return grad * s * (1 - s)
    """,
    ),
    _solution(
        "tanh: slope of z, not of a",
        1,
        "activations",
        """
        def tanh_backward(grad, a):
            return grad * (1 - np.tanh(a) ** 2)
    """,
    ),
    _solution(
        "relu: absolute value",
        1,
        "activations",
        """
        def relu(z):
            return np.abs(as_floating(z))
    """,
    ),
    _solution(
        "relu: upstream gradient ignored",
        1,
        "activations",
        """
        def relu_backward(grad, a):
            return (a > 0).astype(grad.dtype)
    """,
    ),
    _solution(
        "leaky relu: slope argument ignored",
        1,
        "activations",
        """
        def leaky_relu(z, slope=0.01):
            z = as_floating(z)
            return np.where(z > 0, z, z * z.dtype.type(0.01))
    """,
    ),
    _solution(
        "elu: unused branch overflows",
        1,
        "activations",
        """
        def elu(z, alpha=1.0):
            z = as_floating(z)
            return np.where(z > 0, z, alpha * (np.exp(z) - 1))
    """,
    ),
    _solution(
        "elu: slope without alpha",
        1,
        "activations",
        """
        def elu_backward(grad, a, alpha=1.0):
            return grad * np.where(a > 0, a.dtype.type(1), a + 1)
    """,
    ),
    _solution(
        "softmax: no shift",
        1,
        "activations",
        """
        def softmax(z):
            e = np.exp(as_floating(z))
            return e / e.sum(axis=-1, keepdims=True)
    """,
    ),
    _solution(
        "softmax: over the wrong axis",
        1,
        "activations",
        """
        def softmax(z):
            z = as_floating(z)
            e = np.exp(z - z.max(axis=0, keepdims=True))
            return e / e.sum(axis=0, keepdims=True)
    """,
    ),
    _solution(
        "softmax: maximum of the whole batch",
        1,
        "activations",
        """
        def softmax(z):
            z = as_floating(z)
            e = np.exp(z - z.max())
            return e / e.sum(axis=-1, keepdims=True)
    """,
    ),
    _solution(
        "softmax: normalised over the whole batch",
        1,
        "activations",
        """
        def softmax(z):
            z = as_floating(z)
            e = np.exp(z - z.max(axis=-1, keepdims=True))
            return e / e.sum()
    """,
    ),
    _solution(
        "softmax: no exponential in the denominator",
        1,
        "activations",
        """
        def softmax(z):
            z = as_floating(z)
            z = z - z.max(axis=-1, keepdims=True)
            return np.exp(z) / z.sum(axis=-1, keepdims=True)
    """,
    ),
    _solution(
        "softmax: argument changed",
        1,
        "activations",
        """
        def softmax(z):
            z = as_floating(z)
            z -= z.max(axis=-1, keepdims=True)
            e = np.exp(z)
            return e / e.sum(axis=-1, keepdims=True)
    """,
    ),
    _solution(
        "log_softmax: log of softmax",
        1,
        "activations",
        """
        def log_softmax(z):
            return np.log(softmax(z))
    """,
    ),
    _solution(
        "cross-entropy: gradient without 1/n",
        2,
        "losses",
        """
        def softmax_cross_entropy(logits, targets):
            loss, grad = REFERENCE["softmax_cross_entropy"](logits, targets)
            return loss, grad * len(grad)
    """,
    ),
    _solution(
        "cross-entropy: sign of the gradient turned",
        2,
        "losses",
        """
        def softmax_cross_entropy(logits, targets):
            loss, grad = REFERENCE["softmax_cross_entropy"](logits, targets)
            return loss, -grad
    """,
    ),
    _solution(
        "cross-entropy: softmax applied twice",
        2,
        "losses",
        """
        def softmax_cross_entropy(logits, targets):
            from .activations import softmax
            return REFERENCE["softmax_cross_entropy"](softmax(logits), targets)
    """,
    ),
    _solution(
        "cross-entropy: log of a clipped probability",
        2,
        "losses",
        """
        def softmax_cross_entropy(logits, targets):
            from .activations import softmax
            _, grad = REFERENCE["softmax_cross_entropy"](logits, targets)
            p = np.clip(softmax(logits), 1e-12, 1)
            targets = np.asarray(targets)
            if targets.ndim == 1:
                return float(-np.mean(np.log(p[np.arange(len(p)), targets]))), grad
            return float(-np.mean((targets * np.log(p)).sum(axis=1))), grad
    """,
    ),
    _solution(
        "binary cross-entropy: divided by samples, not elements",
        2,
        "losses",
        """
        def binary_cross_entropy(logits, targets):
            loss, grad = REFERENCE["binary_cross_entropy"](logits, targets)
            k = grad.size // len(grad)
            return loss * k, grad * k
    """,
    ),
    _solution(
        "binary cross-entropy: log1p(exp(z)) overflows",
        2,
        "losses",
        """
        def binary_cross_entropy(logits, targets):
            _, grad = REFERENCE["binary_cross_entropy"](logits, targets)
            logits = as_floating(logits)
            return float(np.mean(np.log1p(np.exp(logits)) - logits * targets)), grad
    """,
    ),
    _solution(
        "squared error: 2 forgotten in the gradient",
        2,
        "losses",
        """
        def mean_squared_error(predictions, targets):
            loss, grad = REFERENCE["mean_squared_error"](predictions, targets)
            return loss, grad / 2
    """,
    ),
    _solution(
        "squared error: broadcasts",
        2,
        "losses",
        """
        def mean_squared_error(predictions, targets):
            difference = as_floating(predictions) - targets
            return float(np.mean(difference**2)), 2 * difference / difference.size
    """,
    ),
    _solution(
        "dense: bias per sample",
        3,
        "layers",
        """
        def dense(x, W, b):
            return x @ W + b.mean()
    """,
    ),
    _solution(
        "dense backward: mean for the bias",
        3,
        "layers",
        """
        def dense_backward(grad, x, W):
            return grad @ W.T, x.T @ grad, grad.mean(axis=0)
    """,
    ),
    _solution(
        "dense backward: dW divided by n again",
        3,
        "layers",
        """
        def dense_backward(grad, x, W):
            return grad @ W.T, x.T @ grad / len(x), grad.sum(axis=0)
    """,
    ),
    _solution(
        "he: 1/fan_in",
        4,
        "initializers",
        """
        def he_normal(rng, fan_in, fan_out, dtype=np.float32):
            return (rng.standard_normal((fan_in, fan_out)) * np.sqrt(1 / fan_in)).astype(dtype)
    """,
    ),
    _solution(
        "he: variance taken for the standard deviation",
        4,
        "initializers",
        """
        def he_normal(rng, fan_in, fan_out, dtype=np.float32):
            return (rng.standard_normal((fan_in, fan_out)) * 2 / fan_in).astype(dtype)
    """,
    ),
    _solution(
        "xavier: 1/fan_in",
        4,
        "initializers",
        """
        def xavier_normal(rng, fan_in, fan_out, dtype=np.float32):
            return (rng.standard_normal((fan_in, fan_out)) * np.sqrt(1 / fan_in)).astype(dtype)
    """,
    ),
    _solution(
        "xavier: 2/fan_in + fan_out",
        4,
        "initializers",
        """
        def xavier_normal(rng, fan_in, fan_out, dtype=np.float32):
            return (rng.standard_normal((fan_in, fan_out)) * np.sqrt(2 / fan_in + fan_out)).astype(dtype)
    """,
    ),
    _solution(
        "xavier uniform: he's limit",
        4,
        "initializers",
        """
        def xavier_uniform(rng, fan_in, fan_out, dtype=np.float32):
            limit = np.sqrt(6 / fan_in)
            return rng.uniform(-limit, limit, (fan_in, fan_out)).astype(dtype)
    """,
    ),
    _solution(
        "he uniform: one draw for every unit",
        4,
        "initializers",
        """
        def he_uniform(rng, fan_in, fan_out, dtype=np.float32):
            limit = np.sqrt(6 / fan_in)
            column = rng.uniform(-limit, limit, (fan_in, 1))
            return np.repeat(column, fan_out, axis=1).astype(dtype)
    """,
    ),
    _solution(
        "network: gradients pile up",
        5,
        "network",
        """
        class Network(Network):
            def loss_and_grads(self, X, y, rng=None):
                before = [grad.copy() for grad in self.grads]
                loss, grads = super().loss_and_grads(X, y, rng)
                for grad, old in zip(grads, before):
                    grad += old
                return loss, grads
    """,
    ),
    _solution(
        "network: forward hands out its buffer",
        5,
        "network",
        """
        class Network(Network):
            def forward(self, X):
                return self._propagate(self._checked(X))[-1]
    """,
    ),
    _solution(
        "network: bias gradient of the first layer lost",
        5,
        "network",
        """
        class Network(Network):
            def loss_and_grads(self, X, y, rng=None):
                loss, grads = super().loss_and_grads(X, y, rng)
                grads[1][...] = 0
                return loss, grads
    """,
    ),
    _solution(
        "network: float64 inside",
        5,
        "network",
        """
        class Network(Network):
            def forward(self, X):
                return super().forward(X).astype(np.float64)
    """,
    ),
    _solution(
        "momentum: velocity reset",
        6,
        "optimizers",
        """
        def momentum_step(param, grad, velocity, *, lr, momentum=0.9):
            velocity[...] = grad
            param -= lr * velocity
    """,
    ),
    _solution(
        "momentum: averaged gradient",
        6,
        "optimizers",
        """
        def momentum_step(param, grad, velocity, *, lr, momentum=0.9):
            velocity *= momentum
            velocity += (1 - momentum) * grad
            param -= lr * velocity
    """,
    ),
    _solution(
        "nesterov: plain momentum",
        6,
        "optimizers",
        """
        def nesterov_step(param, grad, velocity, *, lr, momentum=0.9):
            velocity *= momentum
            velocity += grad
            param -= lr * velocity
    """,
    ),
    _solution(
        "rmsprop: no root",
        6,
        "optimizers",
        """
        def rmsprop_step(param, grad, square_avg, *, lr, rho=0.9, eps=1e-8):
            square_avg *= rho
            square_avg += (1 - rho) * grad**2
            param -= lr * grad / (square_avg + eps)
    """,
    ),
    _solution(
        "adam: no bias correction",
        6,
        "optimizers",
        """
        def adam_step(param, grad, m, v, t, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
            m[...] = beta1 * m + (1 - beta1) * grad
            v[...] = beta2 * v + (1 - beta2) * grad**2
            param -= lr * m / (np.sqrt(v) + eps)
    """,
    ),
    _solution(
        "adam: 1 - beta instead of 1 - beta**t",
        6,
        "optimizers",
        """
        def adam_step(param, grad, m, v, t, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
            m[...] = beta1 * m + (1 - beta1) * grad
            v[...] = beta2 * v + (1 - beta2) * grad**2
            param -= lr * m / (1 - beta1) / (np.sqrt(v / (1 - beta2)) + eps)
    """,
    ),
    _solution(
        "adam: counted from 2",
        6,
        "optimizers",
        """
        def adam_step(param, grad, m, v, t, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
            m[...] = beta1 * m + (1 - beta1) * grad
            v[...] = beta2 * v + (1 - beta2) * grad**2
            param -= lr * m / (1 - beta1 ** (t + 1)) / (np.sqrt(v / (1 - beta2 ** (t + 1))) + eps)
    """,
    ),
    _solution(
        "adam: uphill",
        6,
        "optimizers",
        """
        def adam_step(param, grad, m, v, t, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
            m[...] = beta1 * m + (1 - beta1) * grad
            v[...] = beta2 * v + (1 - beta2) * grad**2
            param += lr * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps)
    """,
    ),
    _solution(
        "sgd: rebinds the name",
        6,
        "optimizers",
        """
        def sgd_step(param, grad, *, lr):
            param = param - lr * grad
    """,
    ),
    _solution(
        "l2: half forgotten in the penalty",
        7,
        "regularization",
        """
        def l2_penalty(weights, strength):
            return strength * sum(float(np.sum(W * W)) for W in weights), [strength * W for W in weights]
    """,
    ),
    _solution(
        "l2: weights grow",
        7,
        "regularization",
        """
        def l2_penalty(weights, strength):
            penalty = strength / 2 * sum(float(np.sum(W * W)) for W in weights)
            return penalty, [-strength * W for W in weights]
    """,
    ),
    _solution(
        "dropout: no scaling",
        7,
        "regularization",
        """
        def dropout(x, rate, rng):
            mask = (rng.random(x.shape) >= rate).astype(x.dtype)
            return x * mask, mask
    """,
    ),
    _solution(
        "dropout: rate is the share kept",
        7,
        "regularization",
        """
        def dropout(x, rate, rng):
            mask = ((rng.random(x.shape) < rate) / rate).astype(x.dtype) if rate else np.ones_like(x)
            return x * mask, mask
    """,
    ),
    _solution(
        "dropout: one mask for all samples",
        7,
        "regularization",
        """
        def dropout(x, rate, rng):
            row = (rng.random(x.shape[-1]) >= rate) / (1 - rate)
            mask = np.broadcast_to(row, x.shape).astype(x.dtype)
            return x * mask, mask
    """,
    ),
    _solution(
        "dropout: backward without the mask",
        7,
        "regularization",
        """
        def dropout_backward(grad, mask):
            return grad.copy()
    """,
    ),
    _solution(
        "clipping: each array by itself",
        7,
        "regularization",
        """
        def clip_by_global_norm(grads, max_norm):
            norm = float(np.sqrt(sum(float(np.sum(grad * grad)) for grad in grads)))
            for grad in grads:
                own = float(np.linalg.norm(grad))
                if own > max_norm:
                    grad *= max_norm / own
            return norm
    """,
    ),
    _solution(
        "clipping: always scaled to the limit",
        7,
        "regularization",
        """
        def clip_by_global_norm(grads, max_norm):
            norm = float(np.sqrt(sum(float(np.sum(grad * grad)) for grad in grads)))
            for grad in grads:
                grad *= max_norm / (norm + 1e-12)
            return norm
    """,
    ),
    _solution(
        "network: biases penalised, too",
        7,
        "network",
        """
        class Network(Network):
            def loss_and_grads(self, X, y, rng=None):
                loss, grads = super().loss_and_grads(X, y, rng)
                for b, db in zip(self.params[1::2], grads[1::2]):
                    db += self.l2 * b
                    loss += self.l2 / 2 * float(np.sum(b * b))
                return loss, grads
    """,
    ),
    _solution(
        "network: dropout in evaluation",
        7,
        "network",
        """
        class Network(Network):
            def forward(self, X):
                return self._propagate(self._checked(X), np.random.default_rng())[-1].copy()
    """,
    ),
    _solution(
        "one_hot: as many classes as the largest label",
        8,
        "training",
        """
        def one_hot(labels, n_classes, dtype=np.float32):
            if labels.min() < 0 or labels.max() >= n_classes:
                raise ValueError("labels")
            return np.eye(labels.max() + 1, dtype=dtype)[labels]
    """,
    ),
    _solution(
        "min-max: constant feature gives nan",
        8,
        "training",
        """
        def min_max_scale(train, *others):
            low, high = train.min(axis=0), train.max(axis=0)
            return tuple((as_floating(x) - low) / (high - low) for x in (train, *others))
    """,
    ),
    _solution(
        "min-max: every array by its own range",
        8,
        "training",
        """
        def min_max_scale(train, *others):
            return tuple(REFERENCE["min_max_scale"](x)[0] for x in (train, *others))
    """,
    ),
    _solution(
        "batches: the short one dropped",
        8,
        "training",
        """
        def minibatches(n, batch_size, rng):
            order = rng.permutation(n)
            for start in range(0, n - batch_size + 1, batch_size):
                yield order[start : start + batch_size]
    """,
    ),
    _solution(
        "batches: never shuffled",
        8,
        "training",
        """
        def minibatches(n, batch_size, rng):
            for start in range(0, n, batch_size):
                yield np.arange(start, min(start + batch_size, n))
    """,
    ),
    _solution(
        "step decay: smooth",
        8,
        "training",
        """
        def step_decay(epoch, lr, factor=0.5, every=30):
            return lr * factor ** (epoch / every)
    """,
    ),
    _solution(
        "early stopping: keeps a reference to the best",
        8,
        "training",
        """
        class EarlyStopping(EarlyStopping):
            def update(self, loss, params):
                stop = super().update(loss, params)
                if self.best_epoch == self._epoch:
                    self._best = list(params)
                return stop
    """,
    ),
    _solution(
        "early stopping: best weights not restored",
        8,
        "training",
        """
        class EarlyStopping(EarlyStopping):
            def restore(self, params):
                pass
    """,
    ),
    _solution(
        "early stopping: compares with the epoch before",
        8,
        "training",
        """
        class EarlyStopping(EarlyStopping):
            last, waited = np.inf, 0
            def update(self, loss, params):
                super().update(loss, params)
                self.waited = 0 if loss < self.last - self.min_delta else self.waited + 1
                self.last = loss
                return self.waited >= self.patience
    """,
    ),
    _solution(
        "epoch: mean of batch means",
        8,
        "training",
        """
        def train_epoch(network, optimizer, X, y, *, batch_size, rng, lr=None, max_grad_norm=None):
            losses = []
            for batch in minibatches(len(X), batch_size, rng):
                loss, grads = network.loss_and_grads(X[batch], y[batch], rng)
                if max_grad_norm is not None:
                    clip_by_global_norm(grads, max_grad_norm)
                optimizer.step(network.params, grads, lr)
                losses.append(loss)
            return float(np.mean(losses))
    """,
    ),
    _solution(
        "epoch: X and y shuffled apart",
        8,
        "training",
        """
        def train_epoch(network, optimizer, X, y, *, batch_size, rng, lr=None, max_grad_norm=None):
            return REFERENCE["train_epoch"](network, optimizer, X, y[rng.permutation(len(y))],
                batch_size=batch_size, rng=rng, lr=lr, max_grad_norm=max_grad_norm)
    """,
    ),
    _solution(
        "epoch: clips after the step",
        8,
        "training",
        """
        def train_epoch(network, optimizer, X, y, *, batch_size, rng, lr=None, max_grad_norm=None):
            total = 0.0
            for batch in minibatches(len(X), batch_size, rng):
                loss, grads = network.loss_and_grads(X[batch], y[batch], rng)
                optimizer.step(network.params, grads, lr)
                if max_grad_norm is not None:
                    clip_by_global_norm(grads, max_grad_norm)
                total += loss * len(batch)
            return total / len(X)
    """,
    ),
    _solution(
        "cross-entropy: gradient written into the targets",
        2,
        "losses",
        """
        def softmax_cross_entropy(logits, targets):
            loss, grad = REFERENCE["softmax_cross_entropy"](logits, targets)
            if np.ndim(targets) == 2:
                targets[...] = grad
            return loss, grad
    """,
    ),
    _solution(
        "squared error: float64 targets promote the gradient",
        2,
        "losses",
        """
        def mean_squared_error(predictions, targets):
            if np.shape(predictions) != np.shape(targets):
                raise ValueError("shapes")
            difference = as_floating(predictions) - targets
            return float(np.mean(difference**2)), 2 * difference / difference.size
    """,
    ),
    _solution(
        "he: tails cut off at three standard deviations",
        4,
        "initializers",
        """
        def he_normal(rng, fan_in, fan_out, dtype=np.float32):
            draws = np.clip(rng.standard_normal((fan_in, fan_out)), -3, 3)
            return (draws * np.sqrt(2 / fan_in)).astype(dtype)
    """,
    ),
    _solution(
        "xavier: one more in the denominator",
        4,
        "initializers",
        """
        def xavier_uniform(rng, fan_in, fan_out, dtype=np.float32):
            limit = np.sqrt(6 / (fan_in + fan_out + 1))
            return rng.uniform(-limit, limit, (fan_in, fan_out)).astype(dtype)
    """,
    ),
    _solution(
        "network: seeds the global generator",
        5,
        "network",
        """
        class Network(Network):
            def __init__(self, *args, **kwargs):
                np.random.seed(0)
                super().__init__(*args, **kwargs)
    """,
    ),
    _solution(
        "network: yes from a probability of 0.6",
        5,
        "network",
        """
        class Network(Network):
            def predict(self, X):
                if self.sizes[-1] == 1:
                    return (self.predict_proba(X)[:, 0] > 0.6).astype(int)
                return super().predict(X)
    """,
    ),
    _solution(
        "adam: epsilon ignored",
        6,
        "optimizers",
        """
        def adam_step(param, grad, m, v, t, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
            REFERENCE["adam_step"](param, grad, m, v, t, lr=lr, beta1=beta1, beta2=beta2, eps=1e-10)
    """,
    ),
    _solution(
        "optimizers: a rate of 0 taken for none",
        6,
        "optimizers",
        """
        class SGD(SGD):
            def step(self, params, grads, lr=None):
                super().step(params, grads, lr or self.lr)
    """,
    ),
    _solution(
        "optimizers: the rate of a step is kept",
        6,
        "optimizers",
        """
        class Momentum(Momentum):
            def step(self, params, grads, lr=None):
                self.lr = self.lr if lr is None else lr
                super().step(params, grads)
    """,
    ),
    _solution(
        "clipping: tolerant of a little too much",
        7,
        "regularization",
        """
        def clip_by_global_norm(grads, max_norm):
            norm = float(np.sqrt(sum(float(np.sum(grad * grad)) for grad in grads)))
            if norm > 1.05 * max_norm:
                for grad in grads:
                    grad *= max_norm / norm
            return norm
    """,
    ),
    _solution(
        "network: dropout that sticks",
        7,
        "network",
        """
        class Network(Network):
            training_rng = None
            def loss_and_grads(self, X, y, rng=None):
                self.training_rng = rng
                return super().loss_and_grads(X, y, rng)
            def forward(self, X):
                if self.training_rng is None:
                    return super().forward(X)
                return self._propagate(self._checked(X), self.training_rng)[-1].copy()
    """,
    ),
    _solution(
        "network: scaled in evaluation, too",
        7,
        "network",
        """
        class Network(Network):
            def forward(self, X):
                return super().forward(X) * self.dtype.type(1 - self.dropout)
    """,
    ),
    _solution(
        "network: no penalty while dropping out",
        7,
        "network",
        """
        class Network(Network):
            def loss_and_grads(self, X, y, rng=None):
                strength, self.l2 = self.l2, 0.0 if rng is not None else self.l2
                try:
                    return super().loss_and_grads(X, y, rng)
                finally:
                    self.l2 = strength
    """,
    ),
    _solution(
        "batches: blocks shuffled, not samples",
        8,
        "training",
        """
        def minibatches(n, batch_size, rng):
            starts = np.arange(0, n, batch_size)
            last = starts[-1:] if n % batch_size else starts[:0]
            full = starts[: len(starts) - len(last)]
            for start in [*rng.permutation(full), *last]:
                yield np.arange(start, min(start + batch_size, n))
    """,
    ),
    _solution(
        "epoch: one generator seeded anew for each batch",
        8,
        "training",
        """
        def train_epoch(network, optimizer, X, y, *, batch_size, rng, lr=None, max_grad_norm=None):
            total = 0.0
            for batch in minibatches(len(X), batch_size, rng):
                loss, grads = network.loss_and_grads(X[batch], y[batch], np.random.default_rng(0))
                if max_grad_norm is not None:
                    clip_by_global_norm(grads, max_grad_norm)
                optimizer.step(network.params, grads, lr)
                total += loss * len(batch)
            return total / len(X)
    """,
    ),
    _solution(
        "early stopping: a default threshold",
        8,
        "training",
        """
        class EarlyStopping(EarlyStopping):
            def __init__(self, patience, min_delta=1e-4):
                super().__init__(patience, min_delta)
    """,
    ),
    _solution(
        "min-max: a small range taken for none",
        8,
        "training",
        """
        def min_max_scale(train, *others):
            low, span = train.min(axis=0), np.ptp(train, axis=0)
            return tuple((as_floating(x) - low) / (span + 1e-8) for x in (train, *others))
    """,
    ),
]

RIGHT = [
    _solution(
        "sigmoid by tanh",
        1,
        "activations",
        """
        def sigmoid(z):
            return 0.5 * (1 + np.tanh(as_floating(z) / 2))
    """,
    ),
    _solution(
        "sigmoid by two branches",
        1,
        "activations",
        """
        def sigmoid(z):
            z = as_floating(z)
            e = np.exp(-np.abs(z))
            return np.where(z >= 0, 1 / (1 + e), e / (1 + e))
    """,
    ),
    _solution(
        "relu by a product, slope 1 at 0",
        1,
        "activations",
        """
        def relu(z):
            z = as_floating(z)
            return z * (z > 0)

        def relu_backward(grad, a):
            return np.where(a > 0, grad, grad.dtype.type(0))
    """,
    ),
    _solution(
        "elu by exp - 1",
        1,
        "activations",
        """
        def elu(z, alpha=1.0):
            z = as_floating(z)
            return np.where(z > 0, z, alpha * (np.exp(np.minimum(z, 0)) - 1))
    """,
    ),
    _solution(
        "textbook softmax",
        1,
        "activations",
        """
        def softmax(z):
            z = as_floating(z)
            e = np.exp(z - z.max(axis=-1, keepdims=True))
            return e / e.sum(axis=-1, keepdims=True)

        def log_softmax(z):
            z = as_floating(z)
            z = z - z.max(axis=-1, keepdims=True)
            return z - np.log(np.exp(z).sum(axis=-1, keepdims=True))
    """,
    ),
    _solution(
        "softmax by log_softmax",
        1,
        "activations",
        """
        def softmax(z):
            return np.exp(log_softmax(z))
    """,
    ),
    _solution(
        "cross-entropy by one-hot rows",
        2,
        "losses",
        """
        def softmax_cross_entropy(logits, targets):
            from .activations import log_softmax, softmax
            logits, targets = as_floating(logits), np.asarray(targets)
            if targets.ndim == 1:
                targets = np.eye(logits.shape[1], dtype=logits.dtype)[targets]
            n = len(logits)
            loss = -(targets * log_softmax(logits)).sum() / n
            return float(loss), ((softmax(logits) - targets) / n).astype(logits.dtype)
    """,
    ),
    _solution(
        "binary cross-entropy by logaddexp",
        2,
        "losses",
        """
        def binary_cross_entropy(logits, targets):
            logits = as_floating(logits)
            targets = np.asarray(targets, logits.dtype)
            loss = np.mean(np.logaddexp(0, logits) - targets * logits)
            return float(loss), (sigmoid(logits) - targets) / logits.size
    """,
    ),
    _solution(
        "dense by einsum",
        3,
        "layers",
        """
        def dense(x, W, b, *, out=None):
            z = np.einsum("ni,io->no", x, W) + b
            return z if out is None else np.copyto(out, z) or out

        def dense_backward(grad, x, W, *, out=(None, None, None)):
            dx = np.einsum("no,io->ni", grad, W)
            gradients = dx, np.einsum("ni,no->io", x, grad), np.ones(len(grad), grad.dtype) @ grad
            for buffer, gradient in zip(out, gradients):
                if buffer is not None:
                    buffer[...] = gradient
            return gradients
    """,
    ),
    _solution(
        "initializers by rng.normal in float64",
        4,
        "initializers",
        """
        def he_normal(rng, fan_in, fan_out, dtype=np.float32):
            return rng.normal(0, np.sqrt(2 / fan_in), (fan_in, fan_out)).astype(dtype)

        def xavier_uniform(rng, fan_in, fan_out, dtype=np.float32):
            limit = np.sqrt(6 / (fan_in + fan_out))
            return (limit * (2 * rng.random((fan_in, fan_out), dtype=dtype) - 1)).astype(dtype)
    """,
    ),
    _solution(
        "adam as the paper writes it",
        6,
        "optimizers",
        """
        def adam_step(param, grad, m, v, t, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
            m[...] = beta1 * m + (1 - beta1) * grad
            v[...] = beta2 * v + (1 - beta2) * grad**2
            param -= lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps)
    """,
    ),
    _solution(
        "adam with epsilon outside the correction",
        6,
        "optimizers",
        """
        def adam_step(param, grad, m, v, t, *, lr, beta1=0.9, beta2=0.999, eps=1e-8):
            m += (1 - beta1) * (grad - m)
            v += (1 - beta2) * (grad * grad - v)
            rate = lr * np.sqrt(1 - beta2**t) / (1 - beta1**t)
            param -= (rate * m / (np.sqrt(v) + eps)).astype(param.dtype)
    """,
    ),
    _solution(
        "velocity that carries the rate",
        6,
        "optimizers",
        """
        def momentum_step(param, grad, velocity, *, lr, momentum=0.9):
            velocity[...] = momentum * velocity - lr * grad
            param += velocity

        def nesterov_step(param, grad, velocity, *, lr, momentum=0.9):
            before = velocity.copy()
            velocity[...] = momentum * velocity - lr * grad
            param += (1 + momentum) * velocity - momentum * before
    """,
    ),
    _solution(
        "dropout by choosing what to keep",
        7,
        "regularization",
        """
        def dropout(x, rate, rng, *, out=(None, None)):
            y, mask = (np.empty_like(x) if buffer is None else buffer for buffer in out)
            mask[...] = rng.binomial(1, 1 - rate, size=x.shape) / (1 - rate)
            y[...] = mask * x
            return y, mask
    """,
    ),
    _solution(
        "clipping by min(1, limit / norm)",
        7,
        "regularization",
        """
        def clip_by_global_norm(grads, max_norm):
            norm = float(np.linalg.norm(np.concatenate([grad.ravel() for grad in grads])))
            factor = min(1.0, max_norm / (norm + 1e-12))
            if factor < 1:
                for grad in grads:
                    np.multiply(grad, factor, out=grad)
            return norm
    """,
    ),
    _solution(
        "textbook training functions",
        8,
        "training",
        """
        def one_hot(labels, n_classes, dtype=np.float32):
            if np.any(labels < 0) or np.any(labels >= n_classes):
                raise ValueError("labels out of range")
            return np.eye(n_classes, dtype=dtype)[labels]

        def min_max_scale(train, *others):
            low, high = as_floating(train).min(axis=0), as_floating(train).max(axis=0)
            span = high - low
            safe = np.where(span == 0, 1, span).astype(low.dtype)
            return tuple(np.where(span == 0, 0, (as_floating(x) - low) / safe).astype(low.dtype)
                         for x in (train, *others))

        def minibatches(n, batch_size, rng):
            order = np.arange(n)
            rng.shuffle(order)
            yield from np.split(order, range(batch_size, n, batch_size))

        def train_epoch(network, optimizer, X, y, *, batch_size, rng, lr=None, max_grad_norm=None):
            total = 0.0
            for batch in minibatches(len(X), batch_size, rng):
                loss, grads = network.loss_and_grads(X[batch], y[batch], rng=rng)
                if max_grad_norm is not None:
                    clip_by_global_norm(grads, max_grad_norm)
                optimizer.step(network.params, grads, lr=lr)
                total += loss * len(batch)
            return total / len(X)
    """,
    ),
]
