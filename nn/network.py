"""The network: dense layers in a row, and the gradient of a loss with respect to each of their weights.

A batch X flows through ``x -> dense -> activation (-> dropout)`` layer by layer into the loss, and the
gradient flows back the same way.

In nn: all parameters lie in one vector and all gradients in another. The intermediate results of a batch
lie in a workspace, whose arrays are passed as ``out`` and filled again with the next batch.
"""

import numpy as np

from .activations import ACTIVATIONS, sigmoid, softmax
from .initializers import INITIALIZERS
from .layers import dense, dense_backward, parameter_gradients
from .losses import LOSSES
from .parameters import ParameterList
from .regularization import dropout, dropout_backward, l2_penalty
from .workspace import Workspace

OUTPUTS = ("identity", "sigmoid")
EVALUATION_ROWS = 1024  # rows that forward takes at a time: the products are large, the buffers still small


class Network:
    """A multilayer perceptron.

    - sizes: widths from input to output, at least two
    - activation: name of the activation of all hidden layers
    - output: "identity" (scores for a loss that squashes them itself) or "sigmoid" (for mean_squared_error)
    - loss, initializer: their names
    - dropout: probability with which a hidden unit is dropped while training
    - l2: strength of the penalty on the weights
    - rng: Generator for the initial weights; if None, every new network gets different weights
    - dtype: float32 or float64, for the parameters and all computation, whatever the dtype of the data

    The lessons leave open what happens with output="sigmoid" under a cross-entropy, and with a single output
    under softmax_cross_entropy.

    Attribute: ``params``, the list [W1, b1, W2, b2, ...] with W (fan_in, fan_out) and b (fan_out,). Writing
    into these arrays changes the network. Biases start at 0.

    In nn: ``params`` is a ``ParameterList``, views of one vector, and so is ``grads``, the list of the
    gradients. Any number of threads may ask one network for answers at once, but only one may train it.

    Raises ValueError, naming the argument, for a value that is out of range or unknown.
    """

    def __init__(
        self,
        sizes,
        *,
        activation="relu",
        output="identity",
        loss="softmax_cross_entropy",
        initializer="he_normal",
        dropout=0.0,
        l2=0.0,
        rng=None,
        dtype=np.float32,
    ):
        self.sizes = tuple(sizes)
        whole = all(isinstance(size, int | np.integer) and size > 0 for size in self.sizes)
        if len(self.sizes) < 2 or not whole:
            raise ValueError(f"sizes must be two or more positive integers, input to output; got {sizes!r}")
        _require_name("activation", activation, ACTIVATIONS)
        _require_name("output", output, OUTPUTS)
        _require_name("loss", loss, LOSSES)
        _require_name("initializer", initializer, INITIALIZERS)
        if not 0 <= dropout < 1:
            raise ValueError(f"dropout must lie in [0, 1); got {dropout}")
        if not 0 <= l2 < np.inf:
            raise ValueError(f"l2 must be a finite number, not negative; got {l2}")
        self.dtype = np.dtype(dtype)
        if self.dtype not in (np.float32, np.float64):
            raise ValueError(f"dtype must be float32 or float64; got {self.dtype}")
        self.activation, self.output = activation, output
        self.loss, self.initializer = loss, initializer
        self.dropout, self.l2 = dropout, l2

        layers = list(zip(self.sizes, self.sizes[1:], strict=False))
        shapes = [shape for fan_in, fan_out in layers for shape in ((fan_in, fan_out), (fan_out,))]
        self.params = ParameterList.zeros(shapes, self.dtype)
        self.grads = ParameterList.zeros(shapes, self.dtype)
        rng = np.random.default_rng() if rng is None else rng
        for W, (fan_in, fan_out) in zip(self.params[::2], layers, strict=True):
            W[...] = INITIALIZERS[initializer](rng, fan_in, fan_out, self.dtype)
        self._workspace = Workspace(self.sizes, self.dtype)

    def forward(self, X):
        """Return the last layer's output (n, outputs) for X (n, inputs), without dropout, in a new array."""
        X = self._checked(X)
        output = np.empty((len(X), self.sizes[-1]), self.dtype)
        for start in range(0, len(X), EVALUATION_ROWS):
            rows = slice(start, start + EVALUATION_ROWS)
            output[rows] = self._propagate(X[rows])[-1]
        return output

    def predict_proba(self, X):
        """Return probabilities (n, outputs) for X (n, inputs) in a new array.

        They are the softmax of the output under softmax_cross_entropy, the sigmoid of the output under
        binary_cross_entropy, and the output itself under mean_squared_error.
        """
        output = self.forward(X)
        if self.loss == "softmax_cross_entropy":
            return softmax(output)
        return sigmoid(output) if self.loss == "binary_cross_entropy" else output

    def predict(self, X):
        """Return class indices, integers (n,), for X (n, inputs).

        With several outputs, the class is the index of the largest one, under every loss. With a single
        output, the class is 1 if its probability (under mean_squared_error, the output itself) is above 1/2,
        else 0.
        """
        return self.classify(self.forward(X))

    def classify(self, output):
        """Return the class indices (n,) that outputs of ``forward`` stand for."""
        if self.sizes[-1] > 1:
            return np.argmax(output, axis=1)  # softmax and sigmoid keep the order
        return (output[:, 0] > (0 if self.loss == "binary_cross_entropy" else 0.5)).astype(np.intp)

    def loss_and_grads(self, X, y, rng=None):
        """Return ``(loss, grads)`` on a batch: mean loss plus L2 penalty, and the gradients of this sum.

        X: (n, inputs). y: targets in the form the loss takes; with a single output, (n,) will do in place of
        (n, 1). rng: a Generator switches dropout on, None leaves it off. Any number of values may be drawn
        from rng, even if the dropout is 0. loss is a Python float. ``grads`` has the order and shapes of
        ``params`` and contains nothing from earlier calls; whether the next call overwrites it is left open.

        In nn: ``grads`` is the network's own list, which the next call does overwrite: copy what must last.
        """
        X = self._checked(X)
        inputs = self._propagate(X, rng)
        loss, grad = LOSSES[self.loss](inputs[-1], self._as_targets(y))
        if self.output == "sigmoid":
            _, backward = ACTIVATIONS["sigmoid"]
            grad = backward(grad, inputs[-1])
        self._backpropagate(grad, inputs, dropped=rng is not None and self.dropout > 0)
        if self.l2:
            penalty, decays = l2_penalty(self.params[::2], self.l2, out=self._workspace.decays)
            loss += penalty
            for dW, decay in zip(self.grads[::2], decays, strict=True):
                dW += decay
        return loss, self.grads

    def _propagate(self, X, rng=None):
        """Return a list: the input of every layer, then the output. All but X lie in the workspace."""
        dropped = rng is not None and self.dropout > 0
        memory, inputs = self._workspace.rows(len(X), dropout=dropped), [X]
        last = len(self.sizes) - 2
        for layer in range(last + 1):
            W, b = self.params[2 * layer : 2 * layer + 2]
            forward, _ = ACTIVATIONS[self.activation if layer < last else self.output]
            z = dense(inputs[-1], W, b, out=memory.sums[layer])
            x = forward(z, out=z)
            if dropped and layer < last:
                x, _ = dropout(x, self.dropout, rng, out=(memory.dropped[layer], memory.masks[layer]))
            inputs.append(x)
        return inputs

    def _backpropagate(self, grad, inputs, dropped):
        """Fill ``grads`` from the loss's gradient at the output, walking from the last layer to the first."""
        _, backward = ACTIVATIONS[self.activation]
        memory = self._workspace
        for layer in reversed(range(1, len(self.sizes) - 1)):
            W, dW, db = self.params[2 * layer], *self.grads[2 * layer : 2 * layer + 2]
            grad, _, _ = dense_backward(grad, inputs[layer], W, out=(memory.dx[layer - 1], dW, db))
            if dropped:
                grad = dropout_backward(grad, memory.masks[layer - 1], out=grad)
            a = memory.sums[layer - 1]
            grad = backward(grad, a, out=a)  # a is no longer needed: the gradient takes its place
        parameter_gradients(grad, inputs[0], out=self.grads[:2])

    def _checked(self, X):
        X = np.asarray(X)
        if X.ndim != 2 or X.shape[1] != self.sizes[0] or not len(X):
            raise ValueError(
                f"X must have shape (samples, {self.sizes[0]}), one sample or more; got {X.shape}"
            )
        return X.astype(self.dtype, copy=False)

    def _as_targets(self, y):
        y = np.asarray(y)
        if self.loss != "softmax_cross_entropy" and y.ndim == 1 and self.sizes[-1] == 1:
            return y[:, None]  # one label for each sample, as a column like the single output
        return y


def _require_name(argument, name, known):
    if name not in known:
        raise ValueError(f"{argument} must be one of {', '.join(known)}; got {name!r}")
