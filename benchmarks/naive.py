"""The naive version: a perceptron as a first course writes it. The others are checked and timed against it.

Nothing is reused and nothing is done in place; each line is one formula.
"""

import numpy as np

SLOPES = {"relu": lambda a: a > 0, "tanh": lambda a: 1 - a**2}
CURVES = {"relu": lambda z: np.where(z > 0, z, 0), "tanh": np.tanh}


def forward(params, X, activation="relu"):
    """Return a list of the input of every layer, then the scores."""
    inputs = [X]
    for i in range(0, len(params), 2):
        z = inputs[-1] @ params[i] + params[i + 1]
        inputs.append(z if i == len(params) - 2 else CURVES[activation](z))
    return inputs


def loss_and_grads(params, X, y, activation="relu"):
    """Return the mean cross-entropy of softmax and its gradients in the order of ``params``."""
    inputs = forward(params, X, activation)
    scores = inputs[-1]
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    loss = -np.mean(np.log(p[np.arange(len(y)), y]))
    grad = (p - np.eye(p.shape[1], dtype=p.dtype)[y]) / len(y)
    grads = []
    for i in reversed(range(0, len(params), 2)):
        x = inputs[i // 2]
        grads = [x.T @ grad, grad.sum(axis=0), *grads]
        grad = (grad @ params[i].T) * (SLOPES[activation](x) if i else 1)
    return float(loss), grads


class Adam:
    """Kingma and Ba's algorithm 1, line by line."""

    def __init__(self, params, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
        self.lr, self.beta1, self.beta2, self.eps, self.t = lr, beta1, beta2, eps, 0
        self.m = [np.zeros_like(p) for p in params]
        self.v = [np.zeros_like(p) for p in params]

    def step(self, params, grads):
        """Return the parameters after one step."""
        self.t += 1
        after = []
        for i, (p, g) in enumerate(zip(params, grads, strict=True)):
            self.m[i] = self.beta1 * self.m[i] + (1 - self.beta1) * g
            self.v[i] = self.beta2 * self.v[i] + (1 - self.beta2) * g**2
            m_hat = self.m[i] / (1 - self.beta1**self.t)
            v_hat = self.v[i] / (1 - self.beta2**self.t)
            after.append(p - self.lr * m_hat / (np.sqrt(v_hat) + self.eps))
        return after
