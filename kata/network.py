"""The network: dense layers in a row, and the gradient of a loss with respect to each of their weights.

A batch X flows through ``x -> dense -> activation (-> dropout)`` layer by layer into the loss, and the
gradient flows back the same way.
"""

import numpy as np

from .activations import ACTIVATIONS, sigmoid, softmax
from .initializers import INITIALIZERS
from .layers import dense, dense_backward
from .losses import LOSSES
from .regularization import dropout, dropout_backward, l2_penalty

OUTPUTS = ("identity", "sigmoid")


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

        raise NotImplementedError

    def forward(self, X):
        """Return the last layer's output (n, outputs) for X (n, inputs), without dropout, in a new array."""
        raise NotImplementedError

    def predict_proba(self, X):
        """Return probabilities (n, outputs) for X (n, inputs) in a new array.

        They are the softmax of the output under softmax_cross_entropy, the sigmoid of the output under
        binary_cross_entropy, and the output itself under mean_squared_error.
        """
        raise NotImplementedError

    def predict(self, X):
        """Return class indices, integers (n,), for X (n, inputs).

        With several outputs, the class is the index of the largest one, under every loss. With a single
        output, the class is 1 if its probability (under mean_squared_error, the output itself) is above 1/2,
        else 0.
        """
        raise NotImplementedError

    def loss_and_grads(self, X, y, rng=None):
        """Return ``(loss, grads)`` on a batch: mean loss plus L2 penalty, and the gradients of this sum.

        X: (n, inputs). y: targets in the form the loss takes; with a single output, (n,) will do in place of
        (n, 1). rng: a Generator switches dropout on, None leaves it off. Any number of values may be drawn
        from rng, even if the dropout is 0. loss is a Python float. ``grads`` has the order and shapes of
        ``params`` and contains nothing from earlier calls; whether the next call overwrites it is left open.
        """
        # In lesson 5, leave out the penalty and dropout: l2 is 0 and rng is None there. Lesson 7
        # adds both.
        raise NotImplementedError

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
