"""Networks, as lessons 5 and 7 know them: activations, losses, sums by hand, and a check of all gradients."""

import math

import numpy as np

from .checks import require_gradient

ACTIVATION = {
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "tanh": np.tanh,
    "relu": lambda z: np.where(z > 0, z, 0),
    "leaky_relu": lambda z: np.where(z > 0, z, 0.01 * z),
    "elu": lambda z: np.where(z > 0, z, np.exp(np.minimum(z, 0)) - 1),
    "identity": lambda z: z,
}
HIDDEN = [name for name in ACTIVATION if name != "identity"]
KINKED = ("relu", "leaky_relu")
HEADS = {  # the loss, and the output that it goes with
    "softmax_cross_entropy": "identity",
    "binary_cross_entropy": "identity",
    "mean_squared_error": "sigmoid",
}
LOOK = (
    "backpropagation goes layer by layer from the loss to the input: dense_backward gives dW, db and dx, "
    "the activation's backward takes that dx and its own output a"
)


def build(network, rng, sizes, **options):
    """Return a float64 network with biases that are not 0, so that mistakes with them show."""
    net = network.Network(sizes, rng=rng, dtype=np.float64, **options)
    for b in net.params[1::2]:
        b[...] = rng.normal(scale=0.3, size=b.shape)
    return net


def sums_by_hand(net, X, activation, output="identity"):
    """Return the sums z of every layer and the network's output, computed apart from it."""
    x, sums = X, []
    layers = list(zip(net.params[::2], net.params[1::2], strict=True))
    for i, (W, b) in enumerate(layers):
        sums.append(np.array([[sum(row * column) for column in W.T] for row in x]) + b)
        x = ACTIVATION[output if i == len(layers) - 1 else activation](sums[-1])
    return sums, x


def loss_by_hand(loss, output, y):
    """Return the mean loss of moderate outputs, from a loop over single numbers."""
    if loss == "softmax_cross_entropy":
        each = [
            math.log(math.fsum(map(math.exp, row))) - row[label]
            for row, label in zip(output.tolist(), y.tolist(), strict=True)
        ]
    else:
        pairs = zip(output.ravel().tolist(), y.ravel().tolist(), strict=True)
        if loss == "binary_cross_entropy":
            each = [math.log(1 + math.exp(-z if target else z)) for z, target in pairs]
        else:
            each = [(p - target) ** 2 for p, target in pairs]
    return math.fsum(each) / len(each)


def batch(net, rng, activation, loss, n=4):
    """Return random samples, none of which has a hidden sum at a kink, and targets for the loss."""
    while True:
        X = rng.normal(size=(n, net.params[0].shape[0]))
        hidden, _ = sums_by_hand(net, X, activation)
        if all(np.abs(z).min() > 1e-3 for z in hidden[:-1]):
            break
    k = net.params[-1].size
    if loss == "softmax_cross_entropy":
        return X, rng.integers(k, size=n)
    if loss == "binary_cross_entropy":
        return X, rng.integers(2, size=(n, k)).astype(float)
    return X, rng.uniform(size=(n, k))


def require_network_gradients(net, X, y, rng, what, look=LOOK, dropout_seed=None):
    """Check every entry of every gradient of the network against nudges of its parameters."""
    __tracebackhide__ = True

    def loss_and_grads():
        generator = None if dropout_seed is None else np.random.default_rng(dropout_seed)
        return net.loss_and_grads(X, y, generator)

    _, grads = loss_and_grads()
    grads = [grad.copy() for grad in grads]  # the network may reuse its own
    for i, (param, grad) in enumerate(zip(net.params, grads, strict=True)):
        require_gradient(
            lambda: loss_and_grads()[0],
            param,
            grad,
            rng=rng,
            what=f"{what}: the gradient of {'Wb'[i % 2]}{i // 2 + 1}",
            look=look,
        )
