"""Lesson 5: solutions of the network, wrong and right; its L2 and dropout, of lesson 7, are here, too."""

import itertools

import numpy as np

from nn.activations import ACTIVATIONS, sigmoid, softmax
from nn.initializers import INITIALIZERS
from nn.layers import dense, dense_backward
from nn.losses import LOSSES
from nn.network import Network
from nn.regularization import dropout, dropout_backward, l2_penalty
from tests.lessons.checks import typed

from .bank import IN, OUT, N, drawn, probe, race, right, script, wrong

ONE = np.array([[1.0, 2.0]])
THREE = np.array([[1.0, 2.0], [-1.0, 0.5], [0.3, -2.0]])
SQUARED = "mean_squared_error"
BINARY = "binary_cross_entropy"
PARAMS = ("W1", "b1", "W2", "b2", "W3", "b3")  # what the arrays of params are called
GRADS = tuple(f"d{name}" for name in PARAMS)


def filled(network, sizes, dtype=np.float64, **options):
    """Return a network whose arrays of ``params`` are linspace(-0.5, 1) each, whatever it drew."""
    net = network(sizes, initializer="zeros", dtype=dtype, rng=np.random.default_rng(7), **options)
    for param in net.params:
        param[...] = np.linspace(-0.5, 1, param.size).reshape(param.shape)
    return net


def written(sizes, **options):
    """Say in a line what ``filled`` returns."""
    options = "".join(f", {name}={value!r}" for name, value in options.items())
    return f"net = Network({sizes}{options}), each array of params filled with linspace(-0.5, 1)"


def copies(arrays):
    """Return copies of the arrays in a list; anything else as it is, if something else has been returned."""
    if not isinstance(arrays, list | tuple):
        return arrays
    return [array.copy() if isinstance(array, np.ndarray) else array for array in arrays]


def products_forward():
    """Return the floor of a pass forward: its bare products."""
    x, W1, z, W2 = drawn((N, IN), (IN, OUT), (N, OUT), (OUT, 10))
    return lambda: (x @ W1, z @ W2)


def products_of_a_step():
    """Return the floor of a pass forward and back: the bare products, without the gradient of the inputs."""
    forward = products_forward()
    x, z, grad, W2 = drawn((N, IN), (N, OUT), (N, 10), (OUT, 10))
    return lambda: (forward(), x.T @ z, z.T @ grad, grad @ W2.T)


@race("Network.__init__")
def timed_network(network):
    rng = np.random.default_rng(0)
    return lambda: network((IN, OUT, 10), rng=rng), lambda: rng.standard_normal((IN, OUT), dtype=np.float32)


@race("Network.forward")
def timed_forward(network):
    return _on_inputs(network, "forward")


@race("Network.predict_proba")
def timed_probabilities(network):
    return _on_inputs(network, "predict_proba")


@race("Network.predict")
def timed_answers(network):
    return _on_inputs(network, "predict")


def _on_inputs(network, method):
    (X,) = drawn((N, IN))
    method = getattr(network((IN, OUT, 10), rng=np.random.default_rng(0)), method)
    return lambda: method(X), products_forward()


@race("Network.loss_and_grads")
def timed_gradients(network):
    return _on_labels(network)


@race("Network.l2")
def timed_gradients_with_the_penalty(network):
    return _on_labels(network, l2=1e-4)


@race("Network.dropout")
def timed_gradients_with_dropout(network):
    return _on_labels(network, dropout=0.2)


def _on_labels(network, **options):
    rng, (X,) = np.random.default_rng(0), drawn((N, IN))
    labels = rng.integers(10, size=N)
    net = network((IN, OUT, 10), rng=rng, **options)
    return lambda: net.loss_and_grads(X, labels, rng), products_of_a_step()


@probe("Network.__init__")
def starts(network):
    def shapes(sizes, **options):
        options = {"rng": np.random.default_rng(7)} | options
        return [param * 0 for param in network(sizes, **options).params]

    def mean_squares(**options):
        net = network((400, 200, 300), rng=np.random.default_rng(7), dtype=np.float64, **options)
        return [float(np.mean(np.square(param))) for param in net.params[::2]]

    def same_seed():
        first, second = (network((6, 5), rng=np.random.default_rng(7)).params[0] for _ in range(2))
        return int(np.array_equal(first, second))

    def same_layers():
        params = network((5, 5, 5), rng=np.random.default_rng(7)).params
        return int(np.array_equal(params[0], params[2]))

    def biases():
        biases = network((3, 4, 2), rng=np.random.default_rng(7)).params[1::2]
        return int(any(np.any(b) for b in biases))

    yield script(
        "[0 * p for p in Network((3, 4, 2), rng=rng).params]", lambda: shapes((3, 4, 2)), parts=PARAMS
    )
    yield script("whether any bias of Network((3, 4, 2), rng=rng) is not 0", biases)
    yield script("whether two of Network((6, 5), rng=default_rng(7)) have one W1", same_seed)
    yield script("whether W1 and W2 of Network((5, 5, 5), rng=rng) are equal", same_layers)
    yield script(
        "the mean squares of W1, W2 of Network((400, 200, 300), rng=rng)",
        mean_squares,
        rtol=0.05,
        parts=PARAMS[::2],
    )
    yield script(
        'the mean squares of W1, W2 of Network((400, 200, 300), initializer="xavier_uniform", rng=rng)',
        lambda: mean_squares(initializer="xavier_uniform"),
        rtol=0.05,
        parts=PARAMS[::2],
    )
    yield script(
        "[0 * p for p in Network((3, 2), rng=rng, dtype=float64).params]",
        lambda: shapes((3, 2), dtype=np.float64),
        parts=PARAMS,
    )
    yield script(
        "[0 * p for p in Network((3, 2)).params], no rng given",
        lambda: shapes((3, 2), rng=None),
        parts=PARAMS,
    )

    def same_without():
        first, second = (network((6, 5)).params[0] for _ in range(2))
        return int(np.array_equal(first, second))

    def written_into():
        net = network((6, 5), rng=np.random.default_rng(7))
        net.params[0][...] = 2
        return float(net.params[0].mean())

    def share_far_out():  # steadier than the largest weight, whichever generator draws
        W = network((400, 200), rng=np.random.default_rng(7), dtype=np.float64).params[0]
        return float(np.mean(np.abs(W) > 3 * W.std()))

    yield script("whether two of Network((6, 5)), no rng given, have one W1", same_without)
    yield script("the mean of params[0] after params[0][...] = 2, in Network((6, 5), rng=rng)", written_into)
    yield script(
        "the share of weights of Network((400, 200), rng=rng) beyond three standard deviations",
        share_far_out,
        rtol=0.6,  # 216 of 80,000 weights, give or take 15
    )

    def coarse():
        W = network((40, 30), rng=np.random.default_rng(7), dtype=np.float64).params[0]
        return float(np.mean(W.astype(np.float32) == W))

    yield script(
        "the share of weights of Network((40, 30), rng=rng, dtype=float64) with no more digits than float32",
        coarse,
        test="all_their_digits",
    )


@probe("Network.forward")
def outputs(network):
    def forward(sizes, X, dtype=np.float64, **options):
        return script(
            f"{written(sizes, **options)}; net.forward({typed(X)})",
            lambda: filled(network, sizes, dtype, **options).forward(X),
        )

    def read_again():
        net = filled(network, (2, 3, 2))
        output = net.forward(ONE)
        net.forward(-ONE)
        return output

    yield forward((2, 2), -ONE)
    yield forward((2, 3, 2), ONE, activation="tanh")
    yield forward((2, 3, 1), ONE, activation="relu", output="sigmoid", loss=SQUARED)
    yield forward((2, 3, 4, 2), THREE, activation="sigmoid")
    yield forward((2, 3, 2), THREE, activation="elu", loss=BINARY)
    yield forward((2, 3, 2), ONE.astype(np.float32), np.float32)
    yield script(
        f"{written((2, 3, 2), dtype='float32')}; net.forward([[1, 2]]), the data being float64",
        lambda: filled(network, (2, 3, 2), np.float32).forward(ONE),
    )
    yield script(
        f"{written((2, 3, 2))}; output = net.forward([[1, 2]]), read after net.forward([[-1, -2]])",
        read_again,
    )


@probe("Network.loss_and_grads")
def gradients(network):
    def gradients_of(sizes, X, y, dtype=np.float64, **options):
        def run():
            loss, grads = filled(network, sizes, dtype, **options).loss_and_grads(X, y)
            return loss, copies(grads)

        text = f"{written(sizes, **options)}; net.loss_and_grads({typed(X)}, {typed(y)})"
        return script(text, run, parts=("loss", GRADS))

    def twice():
        net = filled(network, (2, 3, 2), activation="tanh")
        net.loss_and_grads(ONE, np.array([0]))
        return copies(net.loss_and_grads(THREE, labels)[1])

    def afterwards():
        net = filled(network, (2, 3, 2), activation="tanh")
        net.loss_and_grads(THREE, labels)
        return copies(net.params)

    labels = np.array([1, 0, 0])
    yield gradients_of((2, 1), ONE, np.array([[2.0]]), loss=SQUARED)
    yield gradients_of((2, 3, 1), ONE, np.array([[2.0]]), activation="tanh", loss=SQUARED)
    yield gradients_of((2, 1), ONE, np.array([[1.0]]), output="sigmoid", loss=SQUARED)
    yield gradients_of((2, 2), ONE, np.array([1]))
    yield gradients_of((2, 3, 2), THREE, labels, activation="relu")
    yield gradients_of((2, 3, 4, 2), THREE, labels, activation="sigmoid")
    yield gradients_of((2, 3, 1), THREE, np.array([[1.0], [0.0], [1.0]]), activation="elu", loss=BINARY)
    yield script(
        f"{written((2, 3, 2), activation='tanh')}; the gradients of three samples, after those of another "
        "batch",
        twice,
        parts=GRADS,
    )
    yield script(
        f"{written((2, 3, 2), activation='tanh')}; the params after net.loss_and_grads",
        afterwards,
        parts=PARAMS,
    )
    yield gradients_of((2, 3, 2), THREE.astype(np.float32), labels, np.float32)
    yield script(
        f"{written((2, 3, 2), dtype='float32')}; the gradients by net.loss_and_grads, the data being float64",
        lambda: copies(filled(network, (2, 3, 2), np.float32).loss_and_grads(THREE, labels)[1]),
        parts=GRADS,
    )
    yield gradients_of((2, 1), THREE, np.array([2.0, 0.5, -1.0]), loss=SQUARED)
    yield gradients_of((2, 1), THREE, labels, loss=BINARY)


@probe("Network.predict_proba")
def probabilities(network):
    for sizes, loss in (
        ((2, 3), "softmax_cross_entropy"),
        ((2, 1), BINARY),
        ((2, 3), BINARY),
        ((2, 4, 2), "softmax_cross_entropy"),
        ((2, 1), SQUARED),
        ((2, 3), SQUARED),
    ):
        for X in (ONE, THREE):
            yield script(
                f"{written(sizes, loss=loss)}; net.predict_proba({typed(X)})",
                lambda sizes=sizes, loss=loss, X=X: filled(network, sizes, loss=loss).predict_proba(X),
            )


@probe("Network.predict")
def answers(network):
    def predict(sizes, X, loss="softmax_cross_entropy"):
        def run():
            # Which integers they are is left open; that they are no booleans and no floats is not.
            classes = filled(network, sizes, loss=loss).predict(X)
            return classes.astype(np.int64) if classes.dtype.kind in "iu" else classes

        return script(f"{written(sizes, loss=loss)}; net.predict({typed(X)})", run)

    yield predict((2, 3), np.array([[1.0, 2.0], [-3.0, -4.0]]))
    yield predict((1, 1), np.array([[-3.0], [-2.0]]), BINARY)  # the scores 1 and 0.5
    yield predict((1, 1), np.array([[-1.8], [-1.5], [-0.5]]), BINARY)  # 0.4, 0.25 and -0.25
    yield predict((2, 3), THREE[1:])
    yield predict((1, 1), np.array([[-1.8], [-1.5], [-3.0]]), SQUARED)  # the outputs 0.4, 0.25 and 1
    yield predict((1, 1), np.array([[0.6], [-4.2]]), SQUARED)  # -0.8 and 1.6
    yield predict((1, 1), np.array([[-2.0]]), SQUARED)  # exactly 1/2
    yield predict((1, 1), np.array([[-1.0]]), BINARY)  # 0, the score of exactly 1/2
    yield predict((2, 3), np.array([[1.0, 2.0], [-3.0, -4.0]]), BINARY)
    yield predict((2, 3), np.array([[1.0, 2.0], [-3.0, -4.0]]), SQUARED)


@probe("Network.l2")
def penalties(network):
    def generator(seed):
        return None if seed is None else np.random.default_rng(seed)

    def extra(seed=None):
        """Return what the penalty adds to the loss and to the gradients, whatever those are."""
        (plain, grads), (penalized, more) = (
            (loss, copies(grads))
            for net in (filled(network, (2, 3, 2), l2=l2) for l2 in (0.0, 0.1))
            for loss, grads in [net.loss_and_grads(THREE[:2], np.array([1, 0]), generator(seed))]
        )
        return penalized - plain, [after - before for before, after in zip(grads, more, strict=True)]

    def again():
        net = filled(network, (2, 3, 2), l2=0.1)
        losses = [net.loss_and_grads(THREE, np.array([1, 0, 0]))[0] for _ in range(2)]
        return losses[1] - losses[0]

    net = f"{written((2, 3, 2))}; two samples"
    yield script(f"{net}: what l2=0.1 adds to the loss", lambda: extra()[0])
    yield script(f"{net}: what l2=0.1 adds to [dW1, db1, dW2, db2]", lambda: extra()[1], parts=GRADS)
    yield script(
        f"{net}: what l2=0.1 adds where a generator is given", lambda: extra(7), parts=("loss", GRADS)
    )
    yield script("what a second call with l2=0.1 adds to the loss", again)

    def later():
        net = filled(network, (2, 3, 2), l2=0.1)
        plain = filled(network, (2, 3, 2))
        X, y = THREE, np.array([1, 0, 0])
        net.loss_and_grads(X, y)
        for param, other in zip(net.params, plain.params, strict=True):
            param *= 2
            other[...] = param
        return float(net.loss_and_grads(X, y)[0] - plain.loss_and_grads(X, y)[0])

    yield script("what l2=0.1 adds to the loss of a second call, all params being doubled before it", later)

    def moved():
        net = filled(network, (2, 3, 2), l2=0.1)
        before = copies(net.params)
        net.loss_and_grads(THREE, np.array([1, 0, 0]))
        return [after - old for after, old in zip(net.params, before, strict=True)]

    yield script(
        f"{written((2, 3, 2), l2=0.1)}; how params change in net.loss_and_grads", moved, parts=PARAMS
    )


@probe("Network.dropout")
def masks(network):
    # All units of a layer are twins and no gradient is 0 by itself: what is 0 was dropped.

    def net_of(sizes, activation="tanh", rate=0.25):
        net = network(
            sizes,
            activation=activation,
            loss=SQUARED,
            dropout=rate,
            initializer="zeros",
            rng=np.random.default_rng(7),
            dtype=np.float64,
        )
        for W in net.params[::2]:
            W[...] = 1 / len(W)
        return net

    def grads_of(sizes):
        net = net_of(sizes)
        X, y = np.ones((1, sizes[0])), np.full((1, sizes[-1]), -10.0)
        return net, copies(net.loss_and_grads(X, y, np.random.default_rng(7))[1])

    def silent(sizes, place):
        """Return the share of inputs (in a dW) or outputs (in a db) whose gradient is 0."""
        _, grads = grads_of(sizes)
        return float(np.mean(np.atleast_2d(grads[place].T == 0).all(axis=0)))

    def growth():
        _, (_, _, dW2, db2) = grads_of((500, 1000, 20))
        output = np.argmax(np.abs(db2))
        return float(np.max(dW2[:, output] / db2[output]) / np.tanh(1))

    def way_back():
        net, (dW1, _, dW2, db2) = grads_of((500, 1000, 20))
        came = np.abs(dW1).max(axis=0) / np.abs(net.params[2] @ db2 * (1 - np.tanh(1) ** 2))
        return float(came.max()), float(np.mean((came == 0) != (dW2 == 0).all(axis=1)))

    def second_call():
        net = net_of((20, 1000, 20))
        X, y = np.ones((1, 20)), np.full((1, 20), -10.0)
        net.loss_and_grads(X, y, np.random.default_rng(8))
        _, (dW1, _, dW2, _) = net.loss_and_grads(X, y, np.random.default_rng(7))
        return float(np.mean((dW1 == 0).all(axis=0) != (dW2 == 0).all(axis=1)))

    def layers():
        _, grads = grads_of((50, 700, 700, 20))
        back = (grads[0] == 0).all(axis=0)
        first, second = ((grads[place] == 0).all(axis=1) for place in (2, 4))
        return [float(np.mean(units)) for units in (first, second, first == second, first != back)]

    def apart():
        net = net_of((20, 10, 20), rate=0.5)
        X, y = np.ones((30, 20)), np.full((30, 20), -10.0)
        _, grads = net.loss_and_grads(X, y, np.random.default_rng(7))
        return int((grads[2] == 0).all(axis=1).sum() > 0) - int((grads[2] == 0).all())

    apart_case = script(
        "1 if any of 10 hidden units was dropped for all of 30 samples, else 0, of Network((20, 10, 20), "
        "dropout=0.5)",
        apart,
    )

    def evaluation():
        X, y = np.ones((1, 1)), np.full((1, 20), -10.0)
        plain, dropping = (net_of((1, 2000, 20), rate=rate) for rate in (0, 0.25))
        for net in (plain, dropping):  # no twins: dropping exactly a quarter of them would change nothing
            net.params[2] *= np.linspace(0.5, 1.5, 2000)[:, None]
        expected, before = plain.forward(X), dropping.forward(X)
        dropping.loss_and_grads(X, y, np.random.default_rng(7))
        after = dropping.forward(X)
        losses = [net.loss_and_grads(X, y)[0] for net in (plain, dropping)]
        pairs = (before, expected), (after, expected), losses
        same = [int(np.allclose(*pair, rtol=1e-10)) for pair in pairs]
        return float(np.mean(before) / np.mean(expected)), *same

    yield script(
        "the share of rows of dW2 that are 0 (units dropped), of Network((20, 2000, 20), dropout=0.25) after "
        "loss_and_grads(X, y, rng)",
        lambda: silent((20, 2000, 20), 2),
        atol=0.06,
    )
    yield script(
        "the share of entries of db1 that are 0 (outputs dropped), of Network((20, 2000), dropout=0.25) "
        "after loss_and_grads(X, y, rng)",
        lambda: silent((20, 2000), 1),
        atol=0.06,
    )
    yield script(
        "the share of rows of dW1 that are 0 (inputs dropped), of Network((2000, 20), dropout=0.25) after "
        "loss_and_grads(X, y, rng)",
        lambda: silent((2000, 20), 0),
        atol=0.06,
    )
    yield script(
        "the factor, seen in dW2, by which dropout has scaled the units that are left in "
        "Network((500, 1000, 20), dropout=0.25)",
        growth,
        rtol=0.1,
    )
    yield script(
        "the way back through Network((500, 1000, 20), activation='tanh', dropout=0.25): the factor, seen in "
        "dW1, by which the gradient at the units that are left has grown, and the share of units dropped "
        "only forward or only back",
        way_back,
        rtol=0.1,
        atol=0.08,
    )
    yield script(
        "the shares of units dropped in the two hidden layers of Network((50, 700, 700, 20), dropout=0.25), "
        "the share dropped or kept in both alike, and the share of the first layer dropped only forward or "
        "only back",
        layers,
        atol=0.09,
    )
    yield script(
        "Network((1, 2000, 20), dropout=0.25) without a generator, against one with dropout=0: the ratio of "
        "their outputs, whether these are equal, whether they still are after a training step, and whether "
        "the losses are",
        evaluation,
        atol=0.06,
    )
    yield apart_case
    yield script(
        "the share of units dropped only forward or only back in a second call, with another seed, of "
        "Network((20, 1000, 20), activation='tanh', dropout=0.25)",
        second_call,
        atol=0.08,
    )


@wrong(
    "Network.__init__",
    "Your weights have the shape (fan_out, fan_in). Rows are samples here, z = x @ W + b, so a row of W "
    "belongs to an input and a column to a unit.",
)
class WeightsOfUnitsByInputs(Network):
    def __init__(self, sizes, **options):
        super().__init__(sizes, **options)
        self.params = [param.T for param in self.params]


@wrong(
    "Network.__init__",
    "Your biases are rows of shape (1, fan_out). A bias must have the plain shape (fan_out,), and "
    "broadcasting adds it to every sample.",
)
class BiasesAsRows(Network):
    def __init__(self, sizes, **options):
        super().__init__(sizes, **options)
        self.params = [np.atleast_2d(param) for param in self.params]


@wrong(
    "Network.__init__",
    "Your biases do not start at 0. Only the weights must differ from unit to unit; the biases can start "
    "at 0 and learn from there.",
)
class BiasesAtRandom(Network):
    def __init__(self, sizes, *, rng=None, **options):
        rng = np.random.default_rng() if rng is None else rng
        super().__init__(sizes, rng=rng, **options)
        for b in self.params[1::2]:
            b[...] = rng.normal(0, 0.1, b.shape)


@wrong(
    "Network.__init__",
    "params is in another order: it seems to hold all weights first, then all biases. The list goes layer "
    "by layer: W1, b1, W2, b2.",
)
class WeightsFirstAndThenBiases(Network):
    def __init__(self, sizes, **options):
        super().__init__(sizes, **options)
        self.params = [*self.params[::2], *self.params[1::2]]


@wrong(
    "Network.__init__",
    "All layers with the same shape have the same weights, as if each were drawn from a newly seeded "
    "generator. Draw them one after another from the one `rng`.",
)
class LayersFromOneSeed(Network):
    def __init__(self, sizes, *, initializer="he_normal", rng=None, dtype=np.float32, **options):
        super().__init__(sizes, initializer=initializer, rng=rng, dtype=dtype, **options)
        seed = 0 if rng is None else int(rng.integers(2**32))
        for W in self.params[::2]:
            W[...] = INITIALIZERS[initializer](np.random.default_rng(seed), *W.shape, dtype)


@wrong(
    "Network.__init__",
    "The same seed gives two different networks: the weights seem to come from a generator other than `rng`.",
)
class GeneratorIgnored(Network):
    def __init__(self, sizes, *, rng=None, **options):
        super().__init__(sizes, rng=np.random.default_rng(), **options)


@wrong(
    "Network.__init__",
    "It fails if no generator is given: `rng` may be None, and then you must make a generator yourself.",
)
class NoNetworkWithoutAGenerator(Network):
    def __init__(self, sizes, *, initializer="he_normal", rng=None, dtype=np.float32, **options):
        super().__init__(sizes, initializer="zeros", dtype=dtype, **options)
        for W in self.params[::2]:
            W[...] = INITIALIZERS[initializer](rng, *W.shape, dtype)


@wrong(
    "Network.__init__",
    "Without a generator, all your networks are alike, as if the code contained a fixed seed. If rng is "
    "None, make a generator without a seed: np.random.default_rng().",
)
class SeededWithoutAGenerator(Network):
    def __init__(self, sizes, *, rng=None, **options):
        super().__init__(sizes, rng=np.random.default_rng(42) if rng is None else rng, **options)


@wrong(
    "Network.__init__",
    "What is written into the arrays of params is gone when params is read again, because you hand out "
    "copies. Keep the arrays in self.params itself, so that optimizers reach them.",
)
class CopiesHandedOut(Network):
    _made = False

    def __init__(self, sizes, **options):
        super().__init__(sizes, **options)
        self._made = True

    @property
    def params(self):
        return copies(self._arrays) if self._made else self._arrays

    @params.setter
    def params(self, arrays):
        self._arrays = arrays


@wrong(
    "Network.__init__",
    "By default, your weights are uniform. The default initializer must be he_normal, which has the same "
    "variance but another shape.",
)
class UniformByDefault(Network):
    def __init__(self, sizes, *, initializer="he_uniform", **options):
        super().__init__(sizes, initializer=initializer, **options)


@wrong(
    "Network.__init__",
    "Your float64 weights have no more digits than float32: the initializer draws float32 unless you pass it "
    "the `dtype`, and what is lost there does not come back.",
)
class WeightsDrawnInTheDefaultDtype(Network):
    def __init__(self, sizes, *, initializer="he_normal", rng=None, dtype=np.float32, **options):
        super().__init__(sizes, initializer="zeros", dtype=dtype, **options)
        rng = np.random.default_rng() if rng is None else rng
        for i in range(0, len(self.params), 2):
            fan_in, fan_out = self.params[i].shape
            self.params[i][...] = INITIALIZERS[initializer](rng, fan_in, fan_out).astype(dtype)


@wrong(
    "Network.__init__",
    "The weights do not depend on `initializer`: they always come from he_normal. Look the name up in "
    "INITIALIZERS.",
)
class InitializerIgnored(Network):
    def __init__(self, sizes, *, initializer="he_normal", **options):
        super().__init__(sizes, initializer="he_normal", **options)


@wrong(
    "Network.__init__",
    "The variance of your weights depends on fan_out where it should depend on fan_in: fan_in is the width "
    "that the layer reads, fan_out the width that it writes.",
)
class FansExchanged(Network):
    def __init__(self, sizes, *, initializer="he_normal", rng=None, dtype=np.float32, **options):
        super().__init__(sizes, initializer=initializer, rng=rng, dtype=dtype, **options)
        rng = np.random.default_rng() if rng is None else rng
        for W in self.params[::2]:
            fan_in, fan_out = W.shape
            W[...] = INITIALIZERS[initializer](rng, fan_out, fan_in, dtype).T


@wrong(
    "Network.__init__",
    "The biases are float64 whatever `dtype` says: you must pass the dtype to np.zeros. In a float32 "
    "network they would turn every sum into float64.",
)
class BiasesInDoublePrecision(Network):
    def __init__(self, sizes, **options):
        super().__init__(sizes, **options)
        self.params = [p.astype(np.float64) if p.ndim == 1 else p for p in self.params]


@wrong(
    "Network.forward",
    "You apply the hidden `activation` to the last layer as well. What the last layer applies is `output`; "
    "all the others are hidden layers.",
)
class ActivationOnTheOutput(Network):
    def forward(self, X):
        forward, _ = ACTIVATIONS[self.activation]
        x = X
        for W, b in zip(self.params[::2], self.params[1::2], strict=True):
            x = forward(dense(x, W, b))
        return x


@wrong(
    "Network.forward",
    "forward returns probabilities, a softmax of the scores. It must return the scores themselves, because "
    "the loss has its own softmax; predict_proba is the place for probabilities.",
)
class SoftmaxInForward(Network):
    def forward(self, X):
        return softmax(super().forward(X))


@wrong(
    "Network.forward",
    "The hidden layers lack their activation: each must pass its sums through `activation`. Without it, "
    "all layers together can do no more than one.",
)
class HiddenLayersWithoutActivation(Network):
    def forward(self, X):
        x = X
        for W, b in zip(self.params[::2], self.params[1::2], strict=True):
            x = dense(x, W, b)
        forward, _ = ACTIVATIONS[self.output]
        return forward(x)


@wrong(
    "Network.forward",
    "Your hidden layers are relu whatever `activation` says: look the name up in ACTIVATIONS.",
)
class ReluWhateverTheName(Network):
    def forward(self, X):
        x, last = X, len(self.params) // 2 - 1
        for layer in range(last + 1):
            forward, _ = ACTIVATIONS["relu" if layer < last else self.output]
            x = forward(dense(x, *self.params[2 * layer : 2 * layer + 2]))
        return x


@wrong(
    "Network.forward",
    "`output` has no effect: the last layer returns its sums even if output is 'sigmoid'. The last layer "
    "also has an activation: look it up by that name.",
)
class OutputIgnored(Network):
    def forward(self, X):
        forward, _ = ACTIVATIONS[self.activation]
        x = X
        for W, b in zip(self.params[:-2:2], self.params[1:-2:2], strict=True):
            x = forward(dense(x, W, b))
        return dense(x, *self.params[-2:])


@wrong(
    "Network.forward",
    "Your forward has two layers, whatever `sizes` says: with fewer it fails, and with more it stops short. "
    "Loop over the pairs W, b of params.",
)
class TwoLayersWhateverTheSizes(Network):
    def forward(self, X):
        W1, b1, W2, b2 = self.params[:4]
        hidden, _ = ACTIVATIONS[self.activation]
        output, _ = ACTIVATIONS[self.output]
        return output(dense(hidden(dense(X, W1, b1)), W2, b2))


@wrong(
    "Network.forward",
    "Writing into params has no effect on forward, as if it computed with copies made at the start. Keep "
    "one set of arrays and read it in every pass, because optimizers work in place.",
)
class ParametersCopied(Network):
    def __init__(self, sizes, **options):
        super().__init__(sizes, **options)
        self._weights = [param.copy() for param in self.params]

    def forward(self, X):
        x, last = X, len(self._weights) // 2 - 1
        for layer in range(last + 1):
            forward, _ = ACTIVATIONS[self.activation if layer < last else self.output]
            x = forward(dense(x, *self._weights[2 * layer : 2 * layer + 2]))
        return x


@wrong(
    "Network.forward",
    "What forward returned changes at the next call, because it is a buffer that you fill again. Return a "
    "new array.",
)
class BufferHandedOut(Network):
    def forward(self, X):
        return self._propagate(self._checked(X))[-1]


@wrong(
    "Network.forward",
    "The output of a float32 network is float64: some step, perhaps the last, converts it. Everything must "
    "stay in the network's `dtype`.",
)
class DoublePrecisionInside(Network):
    def forward(self, X):
        inputs = [self._checked(X)]
        last = len(self.sizes) - 2
        for layer in range(last + 1):
            forward, _ = ACTIVATIONS[self.activation if layer < last else self.output]
            inputs.append(forward(dense(inputs[-1], *self.params[2 * layer : 2 * layer + 2])))
        return inputs[-1].astype(np.float64)


@wrong(
    "Network.forward",
    "The output of a float32 network is float64 if the data are float64. Convert the data to the network's "
    "`dtype` first: self._checked(X) does that.",
)
class OutputInTheDtypeOfTheData(Network):
    def forward(self, X):
        x, last = X, len(self.params) // 2 - 1
        for layer in range(last + 1):
            forward, _ = ACTIVATIONS[self.activation if layer < last else self.output]
            x = forward(dense(x, *self.params[2 * layer : 2 * layer + 2]))
        return x


@wrong(
    "Network.loss_and_grads",
    "The gradients of a float32 network are float64 if the data are float64. Convert the data to the "
    "network's `dtype` first: self._checked(X) does that.",
)
class GradientsInTheDtypeOfTheData(Network):
    def loss_and_grads(self, X, y, rng=None):
        inputs = [X]
        last = len(self.sizes) - 2
        for layer in range(last + 1):
            forward, _ = ACTIVATIONS[self.activation if layer < last else self.output]
            inputs.append(forward(dense(inputs[-1], *self.params[2 * layer : 2 * layer + 2])))
        loss, grad = LOSSES[self.loss](inputs[-1], self._as_targets(y))
        grads = []
        for layer in reversed(range(last + 1)):
            _, backward = ACTIVATIONS[self.activation if layer < last else self.output]
            grad = backward(grad, inputs[layer + 1])
            grad, dW, db = dense_backward(grad, inputs[layer], self.params[2 * layer])
            grads = [dW, db, *grads]
        return loss, grads


@wrong(
    "Network.loss_and_grads", "You return (grads, loss): the two are swapped, and the loss must come first."
)
class LossBehindTheGradients(Network):
    def loss_and_grads(self, X, y, rng=None):
        inputs = [self._checked(X)]
        last = len(self.sizes) - 2
        for layer in range(last + 1):
            forward, _ = ACTIVATIONS[self.activation if layer < last else self.output]
            inputs.append(forward(dense(inputs[-1], *self.params[2 * layer : 2 * layer + 2])))
        loss, grad = LOSSES[self.loss](inputs[-1], self._as_targets(y))
        grads = []
        for layer in reversed(range(last + 1)):
            _, backward = ACTIVATIONS[self.activation if layer < last else self.output]
            grad = backward(grad, inputs[layer + 1])
            grad, dW, db = dense_backward(grad, inputs[layer], self.params[2 * layer])
            grads = [dW, db, *grads]
        return grads, loss


@wrong(
    "Network.loss_and_grads",
    "The loss is the softmax cross-entropy, whatever `loss` names: look the name up in LOSSES.",
)
class SoftmaxWhateverTheLoss(Network):
    def loss_and_grads(self, X, y, rng=None):
        inputs = [self._checked(X)]
        last = len(self.sizes) - 2
        for layer in range(last + 1):
            forward, _ = ACTIVATIONS[self.activation if layer < last else self.output]
            inputs.append(forward(dense(inputs[-1], *self.params[2 * layer : 2 * layer + 2])))
        loss, grad = LOSSES["softmax_cross_entropy"](inputs[-1], self._as_targets(y))
        grads = []
        for layer in reversed(range(last + 1)):
            _, backward = ACTIVATIONS[self.activation if layer < last else self.output]
            grad = backward(grad, inputs[layer + 1])
            grad, dW, db = dense_backward(grad, inputs[layer], self.params[2 * layer])
            grads = [dW, db, *grads]
        return loss, grads


@wrong(
    "Network.loss_and_grads",
    "On the way back, the slope of the hidden activation is missing: between two layers, dx must go "
    "through the activation's backward function to become the gradient of the sums.",
)
class BackwardWithoutTheHiddenSlope(Network):
    def loss_and_grads(self, X, y, rng=None):
        inputs = [self._checked(X)]
        last = len(self.sizes) - 2
        for layer in range(last + 1):
            forward, _ = ACTIVATIONS[self.activation if layer < last else self.output]
            inputs.append(forward(dense(inputs[-1], *self.params[2 * layer : 2 * layer + 2])))
        loss, grad = LOSSES[self.loss](inputs[-1], self._as_targets(y))
        if self.output == "sigmoid":
            grad = ACTIVATIONS["sigmoid"][1](grad, inputs[-1])
        grads = []
        for layer in reversed(range(len(self.sizes) - 1)):
            grad, dW, db = dense_backward(grad, inputs[layer], self.params[2 * layer])
            grads = [dW, db, *grads]
        return loss, grads


@wrong(
    "Network.loss_and_grads",
    "You give the activation's backward function the sums z; it expects a, the output of the activation. "
    "With relu the two have the same sign and the mistake stays hidden; with the others it shows.",
)
class SlopeAtTheSums(Network):
    def loss_and_grads(self, X, y, rng=None):
        inputs = [self._checked(X)]
        last = len(self.sizes) - 2
        for layer in range(last + 1):
            forward, _ = ACTIVATIONS[self.activation if layer < last else self.output]
            inputs.append(forward(dense(inputs[-1], *self.params[2 * layer : 2 * layer + 2])))
        loss, grad = LOSSES[self.loss](inputs[-1], self._as_targets(y))
        if self.output == "sigmoid":
            grad = ACTIVATIONS["sigmoid"][1](grad, inputs[-1])
        _, backward = ACTIVATIONS[self.activation]
        grads = []
        for layer in reversed(range(len(self.sizes) - 1)):
            grad, dW, db = dense_backward(grad, inputs[layer], self.params[2 * layer])
            grads = [dW, db, *grads]
            if layer > 0:
                z = dense(inputs[layer - 1], *self.params[2 * layer - 2 : 2 * layer])
                grad = backward(grad, z)
        return loss, grads


@wrong(
    "Network.loss_and_grads",
    "You compute dW from the sums z of the layer before. A weight multiplies the output of that layer, its "
    "activation a, and that is what dense_backward expects as x.",
)
class WeightGradientsOfTheSums(Network):
    def loss_and_grads(self, X, y, rng=None):
        inputs = [self._checked(X)]
        last = len(self.sizes) - 2
        for layer in range(last + 1):
            forward, _ = ACTIVATIONS[self.activation if layer < last else self.output]
            inputs.append(forward(dense(inputs[-1], *self.params[2 * layer : 2 * layer + 2])))
        loss, grad = LOSSES[self.loss](inputs[-1], self._as_targets(y))
        if self.output == "sigmoid":
            grad = ACTIVATIONS["sigmoid"][1](grad, inputs[-1])
        _, backward = ACTIVATIONS[self.activation]
        grads = []
        for layer in reversed(range(len(self.sizes) - 1)):
            x = inputs[layer]
            if layer > 0:
                x = dense(inputs[layer - 1], *self.params[2 * layer - 2 : 2 * layer])
            grad, dW, db = dense_backward(grad, x, self.params[2 * layer])
            grads = [dW, db, *grads]
            if layer > 0:
                grad = backward(grad, inputs[layer])
        return loss, grads


@wrong(
    "Network.loss_and_grads",
    "You take the slope at the output of the wrong layer. The dx of a layer is the gradient of what that "
    "layer has read: the output of the layer before it. The slope must be taken there.",
)
class SlopeOfTheNextLayer(Network):
    def loss_and_grads(self, X, y, rng=None):
        inputs = [self._checked(X)]
        last = len(self.sizes) - 2
        for layer in range(last + 1):
            forward, _ = ACTIVATIONS[self.activation if layer < last else self.output]
            inputs.append(forward(dense(inputs[-1], *self.params[2 * layer : 2 * layer + 2])))
        loss, grad = LOSSES[self.loss](inputs[-1], self._as_targets(y))
        if self.output == "sigmoid":
            grad = ACTIVATIONS["sigmoid"][1](grad, inputs[-1])
        _, backward = ACTIVATIONS[self.activation]
        grads = []
        for layer in reversed(range(len(self.sizes) - 1)):
            grad, dW, db = dense_backward(grad, inputs[layer], self.params[2 * layer])
            grads = [dW, db, *grads]
            if layer > 0:
                grad = backward(grad, inputs[layer + 1])
        return loss, grads


@wrong(
    "Network.loss_and_grads",
    "The slope of the sigmoid at the output is missing. The loss gives the gradient with respect to the "
    "output p. If `output` is 'sigmoid', that must go through sigmoid_backward to become the gradient of "
    "the last sums.",
)
class SigmoidOutputForgotten(Network):
    def loss_and_grads(self, X, y, rng=None):
        inputs = [self._checked(X)]
        last = len(self.sizes) - 2
        for layer in range(last + 1):
            forward, _ = ACTIVATIONS[self.activation if layer < last else self.output]
            inputs.append(forward(dense(inputs[-1], *self.params[2 * layer : 2 * layer + 2])))
        loss, grad = LOSSES[self.loss](inputs[-1], self._as_targets(y))
        _, backward = ACTIVATIONS[self.activation]
        grads = []
        for layer in reversed(range(len(self.sizes) - 1)):
            grad, dW, db = dense_backward(grad, inputs[layer], self.params[2 * layer])
            grads = [dW, db, *grads]
            if layer > 0:
                grad = backward(grad, inputs[layer])
        return loss, grads


@wrong(
    "Network.loss_and_grads",
    "You send the gradient through the hidden activation's backward function at the last layer as well. "
    "That layer has the activation `output`, and with 'identity' the loss's gradient is already that of "
    "the sums.",
)
class HiddenSlopeAtTheOutput(Network):
    def loss_and_grads(self, X, y, rng=None):
        inputs = [self._checked(X)]
        last = len(self.sizes) - 2
        for layer in range(last + 1):
            forward, _ = ACTIVATIONS[self.activation if layer < last else self.output]
            inputs.append(forward(dense(inputs[-1], *self.params[2 * layer : 2 * layer + 2])))
        loss, grad = LOSSES[self.loss](inputs[-1], self._as_targets(y))
        _, backward = ACTIVATIONS[self.activation]
        grads = []
        for layer in reversed(range(len(self.sizes) - 1)):
            grad = backward(grad, inputs[layer + 1])
            grad, dW, db = dense_backward(grad, inputs[layer], self.params[2 * layer])
            grads = [dW, db, *grads]
        return loss, grads


@wrong(
    "Network.loss_and_grads",
    "Your gradients start with the last layer, in the order in which they are computed. They must be in "
    "the order of params: dW1, db1, dW2, db2.",
)
class LastLayerFirst(Network):
    def loss_and_grads(self, X, y, rng=None):
        inputs = [self._checked(X)]
        last = len(self.sizes) - 2
        for layer in range(last + 1):
            forward, _ = ACTIVATIONS[self.activation if layer < last else self.output]
            inputs.append(forward(dense(inputs[-1], *self.params[2 * layer : 2 * layer + 2])))
        loss, grad = LOSSES[self.loss](inputs[-1], self._as_targets(y))
        grads = []
        for layer in reversed(range(last + 1)):
            _, backward = ACTIVATIONS[self.activation if layer < last else self.output]
            grad = backward(grad, inputs[layer + 1])
            grad, dW, db = dense_backward(grad, inputs[layer], self.params[2 * layer])
            grads += [dW, db]
        return loss, grads


@wrong(
    "Network.loss_and_grads",
    "The biases' gradients come before those of the weights: reversing the whole list also swapped each "
    "pair. The order must be that of params: dW1, db1, dW2, db2.",
)
class BiasesFirst(Network):
    def loss_and_grads(self, X, y, rng=None):
        inputs = [self._checked(X)]
        last = len(self.sizes) - 2
        for layer in range(last + 1):
            forward, _ = ACTIVATIONS[self.activation if layer < last else self.output]
            inputs.append(forward(dense(inputs[-1], *self.params[2 * layer : 2 * layer + 2])))
        loss, grad = LOSSES[self.loss](inputs[-1], self._as_targets(y))
        grads = []
        for layer in reversed(range(last + 1)):
            _, backward = ACTIVATIONS[self.activation if layer < last else self.output]
            grad = backward(grad, inputs[layer + 1])
            grad, dW, db = dense_backward(grad, inputs[layer], self.params[2 * layer])
            grads = [db, dW, *grads]
        return loss, grads


@wrong(
    "Network.loss_and_grads",
    "You sum db over the outputs, so it has an entry for each sample, but it should have one for each "
    "unit. Sum over the other axis.",
)
class BiasGradientsOverTheOutputs(Network):
    def loss_and_grads(self, X, y, rng=None):
        inputs = [self._checked(X)]
        last = len(self.sizes) - 2
        for layer in range(last + 1):
            forward, _ = ACTIVATIONS[self.activation if layer < last else self.output]
            inputs.append(forward(dense(inputs[-1], *self.params[2 * layer : 2 * layer + 2])))
        loss, grad = LOSSES[self.loss](inputs[-1], self._as_targets(y))
        if self.output == "sigmoid":
            grad = ACTIVATIONS["sigmoid"][1](grad, inputs[-1])
        _, backward = ACTIVATIONS[self.activation]
        grads = []
        for layer in reversed(range(len(self.sizes) - 1)):
            grads = [inputs[layer].T @ grad, grad.sum(axis=1), *grads]
            if layer > 0:
                grad = backward(grad @ self.params[2 * layer].T, inputs[layer])
        return loss, grads


@wrong(
    "Network.loss_and_grads",
    "The gradients of an earlier batch are still in those of the next: assign the gradients, or begin "
    "every call with zeros.",
)
class GradientsPileUp(Network):
    def loss_and_grads(self, X, y, rng=None):
        inputs = [self._checked(X)]
        last = len(self.sizes) - 2
        for layer in range(last + 1):
            forward, _ = ACTIVATIONS[self.activation if layer < last else self.output]
            inputs.append(forward(dense(inputs[-1], *self.params[2 * layer : 2 * layer + 2])))
        loss, grad = LOSSES[self.loss](inputs[-1], self._as_targets(y))
        for layer in reversed(range(last + 1)):
            _, backward = ACTIVATIONS[self.activation if layer < last else self.output]
            grad = backward(grad, inputs[layer + 1])
            grad, dW, db = dense_backward(grad, inputs[layer], self.params[2 * layer])
            self.grads[2 * layer] += dW
            self.grads[2 * layer + 1] += db
        return loss, self.grads


@wrong(
    "Network.loss_and_grads",
    "Your gradients are divided by the number of samples once more: the loss is a mean, so its gradient "
    "already contains the factor 1/n.",
)
class DividedByTheSamplesAgain(Network):
    def loss_and_grads(self, X, y, rng=None):
        inputs = [self._checked(X)]
        last = len(self.sizes) - 2
        for layer in range(last + 1):
            forward, _ = ACTIVATIONS[self.activation if layer < last else self.output]
            inputs.append(forward(dense(inputs[-1], *self.params[2 * layer : 2 * layer + 2])))
        loss, grad = LOSSES[self.loss](inputs[-1], self._as_targets(y))
        grads = []
        for layer in reversed(range(last + 1)):
            _, backward = ACTIVATIONS[self.activation if layer < last else self.output]
            grad = backward(grad, inputs[layer + 1])
            grad, dW, db = dense_backward(grad, inputs[layer], self.params[2 * layer])
            grads = [dW / len(X), db / len(X), *grads]
        return loss, grads


@wrong(
    "Network.loss_and_grads",
    "You pass probabilities to the loss, so softmax is applied twice: softmax_cross_entropy takes the "
    "scores and applies the softmax itself.",
)
class LossOfProbabilities(Network):
    def loss_and_grads(self, X, y, rng=None):
        inputs = [self._checked(X)]
        last = len(self.sizes) - 2
        for layer in range(last + 1):
            forward, _ = ACTIVATIONS[self.activation if layer < last else self.output]
            inputs.append(forward(dense(inputs[-1], *self.params[2 * layer : 2 * layer + 2])))
        output = softmax(inputs[-1]) if self.loss == "softmax_cross_entropy" else inputs[-1]
        loss, grad = LOSSES[self.loss](output, self._as_targets(y))
        if self.output == "sigmoid":
            grad = ACTIVATIONS["sigmoid"][1](grad, inputs[-1])
        _, backward = ACTIVATIONS[self.activation]
        grads = []
        for layer in reversed(range(len(self.sizes) - 1)):
            grad, dW, db = dense_backward(grad, inputs[layer], self.params[2 * layer])
            grads = [dW, db, *grads]
            if layer > 0:
                grad = backward(grad, inputs[layer])
        return loss, grads


@wrong(
    "Network.loss_and_grads",
    "The bias of the first layer gets no gradient: its db is 0, but it should be the gradient of its sums, "
    "added up over the samples, as in every other layer.",
)
class FirstBiasWithoutGradient(Network):
    def loss_and_grads(self, X, y, rng=None):
        inputs = [self._checked(X)]
        last = len(self.sizes) - 2
        for layer in range(last + 1):
            forward, _ = ACTIVATIONS[self.activation if layer < last else self.output]
            inputs.append(forward(dense(inputs[-1], *self.params[2 * layer : 2 * layer + 2])))
        loss, grad = LOSSES[self.loss](inputs[-1], self._as_targets(y))
        grads = []
        for layer in reversed(range(last + 1)):
            _, backward = ACTIVATIONS[self.activation if layer < last else self.output]
            grad = backward(grad, inputs[layer + 1])
            grad, dW, db = dense_backward(grad, inputs[layer], self.params[2 * layer])
            grads = [dW, db, *grads]
        grads[1] = np.zeros_like(grads[1])
        return loss, grads


@wrong(
    "Network.loss_and_grads",
    "params has changed after the call. loss_and_grads only returns the gradients; the step belongs to the "
    "optimizer.",
)
class StepTakenInside(Network):
    def loss_and_grads(self, X, y, rng=None):
        inputs = [self._checked(X)]
        last = len(self.sizes) - 2
        for layer in range(last + 1):
            forward, _ = ACTIVATIONS[self.activation if layer < last else self.output]
            inputs.append(forward(dense(inputs[-1], *self.params[2 * layer : 2 * layer + 2])))
        loss, grad = LOSSES[self.loss](inputs[-1], self._as_targets(y))
        grads = []
        for layer in reversed(range(last + 1)):
            _, backward = ACTIVATIONS[self.activation if layer < last else self.output]
            grad = backward(grad, inputs[layer + 1])
            grad, dW, db = dense_backward(grad, inputs[layer], self.params[2 * layer])
            grads = [dW, db, *grads]
        for i in range(len(grads)):
            self.params[i] -= 0.01 * grads[i]
        return loss, grads


@wrong(
    "Network.predict_proba",
    "You apply the softmax with every loss, but the probabilities for binary_cross_entropy are sigmoids, "
    "each of a single output. A softmax of a single score is always 1.",
)
class SoftmaxUnderEveryLoss(Network):
    def predict_proba(self, X):
        return softmax(self.forward(X))


@wrong(
    "Network.predict_proba",
    "You apply the sigmoid with every loss, but with softmax_cross_entropy the classes share one whole, so "
    "each row must sum to 1.",
)
class SigmoidUnderEveryLoss(Network):
    def predict_proba(self, X):
        return sigmoid(self.forward(X))


@wrong(
    "Network.predict_proba",
    "You return the scores of forward, which may be negative or above 1. The loss decides what turns them "
    "into probabilities.",
)
class ScoresForProbabilities(Network):
    def predict_proba(self, X):
        return self.forward(X)


@wrong(
    "Network.predict_proba",
    "You take the softmax whenever there are several outputs, but the loss decides: with "
    "binary_cross_entropy, three outputs are three questions, each with its own sigmoid.",
)
class SquashedByTheNumberOfOutputs(Network):
    def predict_proba(self, X):
        scores = self.forward(X)
        return softmax(scores) if scores.shape[1] > 1 else sigmoid(scores)


@wrong(
    "Network.predict_proba",
    "With mean_squared_error you take the softmax, but this loss squashes nothing: return the output as it "
    "is.",
)
class SoftmaxUnlessBinary(Network):
    def predict_proba(self, X):
        output = self.forward(X)
        return sigmoid(output) if self.loss == BINARY else softmax(output)


@wrong(
    "Network.predict_proba",
    "With mean_squared_error you take the sigmoid, but this loss squashes nothing, and a sigmoid output "
    "has already been through it. Return the output as it is.",
)
class SigmoidUnlessSoftmax(Network):
    def predict_proba(self, X):
        output = self.forward(X)
        return softmax(output) if self.loss == "softmax_cross_entropy" else sigmoid(output)


@wrong(
    "Network.predict_proba",
    "With mean_squared_error you cut the output off at 0 and 1: return it as it is, even if it lies outside.",
)
class OutputCutOff(Network):
    def predict_proba(self, X):
        output = self.forward(X)
        if self.loss == "softmax_cross_entropy":
            return softmax(output)
        return sigmoid(output) if self.loss == BINARY else np.clip(output, 0, 1)


@wrong(
    "Network.predict",
    "predict returns probabilities, but it must name a class for each sample, an integer. predict_proba is "
    "for probabilities.",
)
class ProbabilitiesForClasses(Network):
    def predict(self, X):
        return self.predict_proba(X)


@wrong(
    "Network.predict",
    "One half is the threshold for probabilities, not for scores: a score of 0.4 means a probability above "
    "1/2, yet you answer 0. Compare the probability with 1/2, or the score with the number whose sigmoid "
    "is 1/2.",
)
class ScoresAgainstOneHalf(Network):
    def predict(self, X):
        scores = self.forward(X)
        if scores.shape[1] == 1:
            return (scores[:, 0] > 0.5).astype(int)
        return scores.argmax(axis=1)


@wrong(
    "Network.predict",
    "With one output your answer is always 0, because the largest of one score is the first. A single "
    "output needs its own rule: 1 if its probability is above 1/2.",
)
class LargestOfOneScore(Network):
    def predict(self, X):
        return self.forward(X).argmax(axis=1)


@wrong(
    "Network.predict",
    "You look for the largest score down the columns, that is, among the samples. There must be one answer "
    "for each row.",
)
class LargestOverTheSamples(Network):
    def predict(self, X):
        scores = self.forward(X)
        if scores.shape[1] == 1:
            return (scores[:, 0] > 0).astype(int)
        return scores.argmax(axis=0)


@wrong(
    "Network.predict",
    "You give one answer for the whole batch, because np.argmax without an axis searches all the scores. "
    "Ask for the largest in each row.",
)
class LargestOfAllScores(Network):
    def predict(self, X):
        scores = self.forward(X)
        if scores.shape[1] == 1:
            return (scores[:, 0] > 0).astype(int)
        return np.argmax(scores)


@wrong(
    "Network.predict",
    "You give one answer for the whole batch, because np.argmax without an axis searches all the scores. "
    "Ask for the largest in each row. (A single output then needs its own rule.)",
)
class LargestOfAllScoresAndOfOne(Network):
    def predict(self, X):
        return np.argmax(self.forward(X))


@wrong(
    "Network.predict",
    "You look for the largest score down the columns, that is, among the samples. There must be one answer "
    "for each row. (A single output then needs its own rule.)",
)
class LargestOverTheSamplesAndOfOne(Network):
    def predict(self, X):
        return self.forward(X).argmax(axis=0)


@wrong(
    "Network.predict", "With one output you answer True or False, but a class index is an integer, 0 or 1."
)
class BooleansForClasses(Network):
    def predict(self, X):
        scores = self.forward(X)
        return scores[:, 0] > 0 if scores.shape[1] == 1 else scores.argmax(axis=1)


@wrong(
    "Network.predict",
    "With one output you return a column (n, 1), but the answers must have the shape (n,), one for each "
    "sample. Otherwise comparing them with labels (n,) gives an n by n table.",
)
class AnswersInAColumn(Network):
    def predict(self, X):
        scores = self.forward(X)
        return (scores > 0).astype(int) if scores.shape[1] == 1 else scores.argmax(axis=1)


@wrong(
    "Network.predict",
    "With several outputs and a loss other than softmax_cross_entropy, you answer for each output "
    "separately. With every loss, predict must name one class for each sample, that of the largest output.",
)
class AnAnswerForEveryOutput(Network):
    def predict(self, X):
        output = self.forward(X)
        if self.loss == "softmax_cross_entropy":
            return output.argmax(axis=1)
        answers = (output > (0 if self.loss == BINARY else 0.5)).astype(int)
        return answers if output.shape[1] > 1 else answers[:, 0]


@wrong(
    "Network.predict",
    "Your code takes a probability of exactly 1/2 as yes. The answer is 1 only above 1/2, so compare with "
    ">, not with >=.",
)
class OneHalfIsYes(Network):
    def predict(self, X):
        p = self.predict_proba(X)
        return (p[:, 0] >= 0.5).astype(int) if p.shape[1] == 1 else p.argmax(axis=1)


@wrong(
    "Network.predict",
    "You round the single output of mean_squared_error, which may be below 0 or above 1: 1.6 would be "
    "class 2, and -0.8 class -1. Ask whether it is above 1/2.",
)
class OutputRounded(Network):
    def predict(self, X):
        p = self.predict_proba(X)
        return np.round(p[:, 0]).astype(int) if p.shape[1] == 1 else p.argmax(axis=1)


@wrong(
    "Network.predict",
    "You return how large the largest entry is, not where it is: the class is the index of its column.",
)
class LargestScoreItself(Network):
    def predict(self, X):
        probabilities = self.predict_proba(X)
        if probabilities.shape[1] == 1:
            return (probabilities[:, 0] > 0.5).astype(int)
        return probabilities.max(axis=1)


@wrong(
    "Network.l2",
    "loss_and_grads does not use `l2` yet: the penalty is missing from the loss and in the gradients of "
    "the weights. l2_penalty gives both.",
    unwritten=True,
)
class WithoutPenalty(Network):
    def loss_and_grads(self, X, y, rng=None):
        strength, self.l2 = self.l2, 0.0
        loss, grads = super().loss_and_grads(X, y, rng)
        self.l2 = strength
        return loss, grads


@wrong(
    "Network.l2",
    "You penalise the biases as well: the penalty is only for the weights, every second array of params. A "
    "bias sets a threshold and need not be small.",
)
class BiasesPenalised(Network):
    def loss_and_grads(self, X, y, rng=None):
        loss, grads = super().loss_and_grads(X, y, rng)
        for b, db in zip(self.params[1::2], grads[1::2], strict=True):
            loss += self.l2 / 2 * float(np.sum(b * b))
            db += self.l2 * b
        return loss, grads


@wrong(
    "Network.l2",
    "Only the loss contains the penalty. The gradients must be those of the loss with its penalty, so dW "
    "needs the second part of what l2_penalty returns.",
)
class PenaltyInTheLossAlone(Network):
    def loss_and_grads(self, X, y, rng=None):
        strength, self.l2 = self.l2, 0.0
        loss, grads = super().loss_and_grads(X, y, rng)
        self.l2 = strength
        return loss + l2_penalty(self.params[::2], strength)[0], grads


@wrong(
    "Network.l2",
    "Only the gradients contain the penalty. The loss that you return must also contain it, or these are "
    "not its gradients.",
)
class PenaltyInTheGradientsAlone(Network):
    def loss_and_grads(self, X, y, rng=None):
        loss, grads = super().loss_and_grads(X, y, rng)
        return loss - l2_penalty(self.params[::2], self.l2)[0], grads


@wrong(
    "Network.l2",
    "You divide the penalty by the number of samples, but it is a sum over weights, not over samples, and "
    "enters the loss once, whatever the batch size. Some texts write it your way; here `l2` is the whole "
    "strength.",
)
class PenaltyDividedByTheSamples(Network):
    def loss_and_grads(self, X, y, rng=None):
        strength, self.l2 = self.l2, self.l2 / len(X)
        loss, grads = super().loss_and_grads(X, y, rng)
        self.l2 = strength
        return loss, grads


@wrong(
    "Network.l2",
    "You penalise only the weights of the last layer: the penalty is over all weight arrays of the "
    "network, params[::2].",
)
class LastLayerPenalised(Network):
    def loss_and_grads(self, X, y, rng=None):
        strength, self.l2 = self.l2, 0.0
        loss, grads = super().loss_and_grads(X, y, rng)
        self.l2 = strength
        penalty, (decay,) = l2_penalty(self.params[-2:-1], strength)
        grads[-2] += decay
        return loss + penalty, grads


@wrong(
    "Network.l2",
    "The penalty is missing when a generator is given: `rng` is only for dropout, and the penalty belongs "
    "to every call.",
)
class NoPenaltyWithAGenerator(Network):
    def loss_and_grads(self, X, y, rng=None):
        strength, self.l2 = self.l2, 0.0 if rng is not None else self.l2
        loss, grads = super().loss_and_grads(X, y, rng)
        self.l2 = strength
        return loss, grads


@wrong(
    "Network.l2",
    "The weights have shrunk after the call. The penalty belongs in the loss and the gradients; the step "
    "that follows from them belongs to the optimizer.",
)
class WeightsDecayedInside(Network):
    def loss_and_grads(self, X, y, rng=None):
        loss, grads = super().loss_and_grads(X, y, rng)
        for W in self.params[::2]:
            W *= 1 - self.l2
        return loss, grads


@wrong(
    "Network.l2",
    "The penalty of the first call is used in all that follow: the weights change with every step, so call "
    "l2_penalty in each call.",
)
class PenaltyOfTheFirstCall(Network):
    def loss_and_grads(self, X, y, rng=None):
        strength, self.l2 = self.l2, 0.0
        loss, grads = super().loss_and_grads(X, y, rng)
        self.l2 = strength
        if not hasattr(self, "penalty"):
            self.penalty = l2_penalty(self.params[::2], strength)
        penalty, decays = self.penalty
        for dW, decay in zip(grads[::2], decays, strict=True):
            dW += decay
        return loss + penalty, grads


@wrong(
    "Network.dropout",
    "loss_and_grads does not use dropout yet: no unit is dropped when `rng` is given. Apply dropout after "
    "each hidden activation, and its mask again on the way back.",
    unwritten=True,
)
class WithoutDropout(Network):
    def loss_and_grads(self, X, y, rng=None):
        return super().loss_and_grads(X, y)


@wrong(
    "Network.dropout",
    "The gradient passes through units that were dropped: the mask from the way forward is missing on the "
    "way back. Keep each layer's mask for dropout_backward.",
)
class BackwardWithoutTheMask(Network):
    def loss_and_grads(self, X, y, rng=None):
        inputs = self._propagate(self._checked(X), rng)
        loss, grad = LOSSES[self.loss](inputs[-1], self._as_targets(y))
        if self.output == "sigmoid":
            grad = ACTIVATIONS["sigmoid"][1](grad, inputs[-1])
        self._backpropagate(grad, inputs, dropped=False)
        penalty, decays = l2_penalty(self.params[::2], self.l2)
        for dW, decay in zip(self.grads[::2], decays, strict=True):
            dW += decay
        return loss + penalty, self.grads


@wrong(
    "Network.dropout",
    "On the way back you cut other units than on the way forward, as if you drew new masks there. Keep "
    "each layer's mask, and use the same one.",
)
class NewMasksOnTheWayBack(Network):
    def loss_and_grads(self, X, y, rng=None):
        inputs = self._propagate(self._checked(X), rng)
        loss, grad = LOSSES[self.loss](inputs[-1], self._as_targets(y))
        if self.output == "sigmoid":
            grad = ACTIVATIONS["sigmoid"][1](grad, inputs[-1])
        drops = rng is not None and self.dropout > 0
        if drops:
            for mask in self._workspace.masks:
                mask[...] = dropout(mask, self.dropout, rng)[1]
        self._backpropagate(grad, inputs, dropped=drops)
        penalty, decays = l2_penalty(self.params[::2], self.l2)
        for dW, decay in zip(self.grads[::2], decays, strict=True):
            dW += decay
        return loss + penalty, self.grads


@wrong(
    "Network.dropout",
    "You take the slope of the activation at the output after dropout. On the way back the mask comes "
    "first, and then the activation's backward function with the activation's own output, from before "
    "dropout. With relu the mistake stays hidden.",
)
class SlopeAfterDropout(Network):
    def _backpropagate(self, grad, inputs, dropped):
        for a, x in zip(self._workspace.sums, inputs[1:-1], strict=False):
            a[: len(x)] = x
        super()._backpropagate(grad, inputs, dropped)


@wrong(
    "Network.dropout",
    "You apply dropout to the sums, before the activation; it must come after it. With relu the mistake "
    "stays hidden, but tanh of a scaled sum is not the scaled tanh.",
)
class DropoutBeforeTheActivation(Network):
    def loss_and_grads(self, X, y, rng=None):
        drops = rng is not None and self.dropout > 0
        last = len(self.params) // 2 - 1
        inputs, masks = [self._checked(X)], []
        for layer in range(last + 1):
            z = dense(inputs[-1], *self.params[2 * layer : 2 * layer + 2])
            if layer < last:
                z, mask = dropout(z, self.dropout, rng) if drops else (z, np.ones_like(z))
                masks.append(mask)
            forward, _ = ACTIVATIONS[self.activation if layer < last else self.output]
            inputs.append(forward(z))
        loss, grad = LOSSES[self.loss](inputs[-1], self._as_targets(y))
        _, backward = ACTIVATIONS[self.output]
        grad = backward(grad, inputs[-1])
        grads = []
        for layer in reversed(range(last + 1)):
            grad, dW, db = dense_backward(grad, inputs[layer], self.params[2 * layer])
            grads = [dW, db, *grads]
            if layer > 0:
                _, backward = ACTIVATIONS[self.activation]
                grad = dropout_backward(backward(grad, inputs[layer]), masks[layer - 1])
        penalty, decays = l2_penalty(self.params[::2], self.l2)
        for dW, decay in zip(grads[::2], decays, strict=True):
            dW += decay
        return loss + penalty, grads


@wrong(
    "Network.dropout",
    "You drop outputs as well: dropout is for hidden layers, and a silenced output is a wrong answer.",
)
class OutputsDropped(Network):
    def loss_and_grads(self, X, y, rng=None):
        inputs = self._propagate(self._checked(X), rng)
        output, mask = inputs[-1], 1
        drops = rng is not None and self.dropout > 0
        if drops:
            output, mask = dropout(output, self.dropout, rng)
        loss, grad = LOSSES[self.loss](output, self._as_targets(y))
        grad = grad * mask
        if self.output == "sigmoid":
            grad = ACTIVATIONS["sigmoid"][1](grad, inputs[-1])
        self._backpropagate(grad, inputs, dropped=drops)
        penalty, decays = l2_penalty(self.params[::2], self.l2)
        for dW, decay in zip(self.grads[::2], decays, strict=True):
            dW += decay
        return loss + penalty, self.grads


@wrong(
    "Network.dropout",
    "You drop inputs as well: dropout follows the hidden activations, and the data stay as they are.",
)
class InputsDropped(Network):
    def loss_and_grads(self, X, y, rng=None):
        if rng is not None:
            X, _ = dropout(X, self.dropout, rng)
        return super().loss_and_grads(X, y, rng)


@wrong(
    "Network.dropout",
    "On the way back, every layer uses the last layer's mask, as if each mask had overwritten the one "
    "before. Keep one for each hidden layer.",
)
class LastMaskForEveryLayer(Network):
    def _backpropagate(self, grad, inputs, dropped):
        if dropped:
            for mask in self._workspace.masks:
                mask[...] = self._workspace.masks[-1]
        super()._backpropagate(grad, inputs, dropped)


@wrong(
    "Network.dropout",
    "loss_and_grads drops units even without a generator: without `rng`, its loss must be that of the "
    "whole network.",
)
class DropoutWithoutAGenerator(Network):
    def loss_and_grads(self, X, y, rng=None):
        return super().loss_and_grads(X, y, np.random.default_rng() if rng is None else rng)


@wrong(
    "Network.dropout",
    "forward drops units, but dropout is only for training, when loss_and_grads is given a generator. "
    "Answers come from the whole network.",
)
class DropoutInForward(Network):
    def forward(self, X):
        return self._propagate(self._checked(X), np.random.default_rng())[-1].copy()


@wrong(
    "Network.dropout",
    "After a training step, forward also drops units: each call must decide by its own `rng` whether to "
    "drop, and remember nothing.",
)
class DropoutThatSticks(Network):
    training_rng = None

    def loss_and_grads(self, X, y, rng=None):
        self.training_rng = rng
        return super().loss_and_grads(X, y, rng)

    def forward(self, X):
        if self.training_rng is None:
            return super().forward(X)
        return self._propagate(self._checked(X), self.training_rng)[-1].copy()


@wrong(
    "Network.dropout",
    "forward scales its output by the share kept, but the mask's 1 / (1 - rate) has already made up for "
    "dropout during training, so there is nothing left to scale.",
)
class ScaledInForward(Network):
    def forward(self, X):
        return super().forward(X) * self.dtype.type(1 - self.dropout)


@wrong(
    "Network.loss_and_grads",
    "A single output is a column, (n, 1), and its targets may come as (n,), one number for each sample, "
    "but the loss needs both in the same shape. self._as_targets(y) turns the targets into a column.",
)
class TargetsAsTheyCome(Network):
    def loss_and_grads(self, X, y, rng=None):
        if np.ndim(y) == 1 and self.sizes[-1] == 1 and self.loss != "softmax_cross_entropy":
            LOSSES[self.loss](self.forward(X), y)
        return super().loss_and_grads(X, y, rng)


@wrong(
    "Network.loss_and_grads",
    "Targets of shape (n,), one number for each sample, work with a single output and "
    "binary_cross_entropy, but not with mean_squared_error. self._as_targets(y) turns them into a column "
    "with both.",
)
class ColumnUnderBinaryCrossEntropyAlone(Network):
    def loss_and_grads(self, X, y, rng=None):
        if np.ndim(y) == 1 and self.loss == SQUARED:
            LOSSES[self.loss](self.forward(X), y)
        return super().loss_and_grads(X, y, rng)


@right("Network.loss_and_grads")
class TextbookBackpropagation(Network):
    def loss_and_grads(self, X, y, rng=None):
        last = len(self.sizes) - 2
        outputs = [self._checked(X)]
        for layer in range(last + 1):
            W, b = self.params[2 * layer], self.params[2 * layer + 1]
            name = self.output if layer == last else self.activation
            activation, _ = ACTIVATIONS[name]
            outputs.append(activation(dense(outputs[-1], W, b)))

        loss, grad = LOSSES[self.loss](outputs[-1], self._as_targets(y))
        grads = [None] * len(self.params)
        for layer in reversed(range(last + 1)):
            name = self.output if layer == last else self.activation
            _, backward = ACTIVATIONS[name]
            grad = backward(grad, outputs[layer + 1])
            W = self.params[2 * layer]
            grad, dW, db = dense_backward(grad, outputs[layer], W)
            grads[2 * layer], grads[2 * layer + 1] = dW, db
        return loss, grads


@right("Network.l2")
class TextbookPenalty(Network):
    def loss_and_grads(self, X, y, rng=None):
        last = len(self.sizes) - 2
        outputs = [self._checked(X)]
        for layer in range(last + 1):
            W, b = self.params[2 * layer], self.params[2 * layer + 1]
            name = self.output if layer == last else self.activation
            activation, _ = ACTIVATIONS[name]
            outputs.append(activation(dense(outputs[-1], W, b)))

        loss, grad = LOSSES[self.loss](outputs[-1], self._as_targets(y))
        grads = [None] * len(self.params)
        for layer in reversed(range(last + 1)):
            name = self.output if layer == last else self.activation
            _, backward = ACTIVATIONS[name]
            grad = backward(grad, outputs[layer + 1])
            W = self.params[2 * layer]
            grad, dW, db = dense_backward(grad, outputs[layer], W)
            grads[2 * layer], grads[2 * layer + 1] = dW, db

        if self.l2 > 0:
            penalty, decays = l2_penalty(self.params[::2], self.l2)
            loss += penalty
            for layer, decay in enumerate(decays):
                grads[2 * layer] += decay
        return loss, grads


@right("Network.__init__")
@right("Network.forward")
@right("Network.loss_and_grads")
@right("Network.predict_proba")
@right("Network.predict")
@right("Network.l2")
@right("Network.dropout")
class TextbookNetwork(Network):
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
        self.activation, self.output = activation, output
        self.loss, self.initializer = loss, initializer
        self.dropout, self.l2 = dropout, l2
        self.dtype = np.dtype(dtype)
        if rng is None:
            rng = np.random.default_rng()
        self.params = []
        layers = zip(self.sizes[:-1], self.sizes[1:], strict=True)
        for fan_in, fan_out in layers:
            draw = INITIALIZERS[initializer]
            W = draw(rng, fan_in, fan_out, self.dtype)
            self.params += [W, np.zeros(fan_out, self.dtype)]

    def forward(self, X):
        x = self._checked(X)
        last = len(self.sizes) - 2
        for layer in range(last + 1):
            W, b = self.params[2 * layer], self.params[2 * layer + 1]
            name = self.output if layer == last else self.activation
            activation, _ = ACTIVATIONS[name]
            x = activation(dense(x, W, b))
        return x

    def loss_and_grads(self, X, y, rng=None):
        x = self._checked(X)
        last = len(self.sizes) - 2
        inputs, activated, masks = [], [], []
        for layer in range(last + 1):
            W, b = self.params[2 * layer], self.params[2 * layer + 1]
            name = self.output if layer == last else self.activation
            activation, _ = ACTIVATIONS[name]
            inputs.append(x)
            x = activation(dense(x, W, b))
            activated.append(x)
            mask = None
            if rng is not None and self.dropout > 0 and layer < last:
                x, mask = dropout(x, self.dropout, rng)
            masks.append(mask)

        loss, grad = LOSSES[self.loss](x, self._as_targets(y))
        grads = [None] * len(self.params)
        for layer in reversed(range(last + 1)):
            name = self.output if layer == last else self.activation
            _, backward = ACTIVATIONS[name]
            if masks[layer] is not None:
                grad = dropout_backward(grad, masks[layer])
            grad = backward(grad, activated[layer])
            W = self.params[2 * layer]
            grad, dW, db = dense_backward(grad, inputs[layer], W)
            grads[2 * layer], grads[2 * layer + 1] = dW, db

        if self.l2 > 0:
            penalty, decays = l2_penalty(self.params[::2], self.l2)
            loss += penalty
            for layer, decay in enumerate(decays):
                grads[2 * layer] += decay
        return loss, grads

    def predict_proba(self, X):
        output = self.forward(X)
        if self.loss == "softmax_cross_entropy":
            return softmax(output)
        if self.loss == "binary_cross_entropy":
            return sigmoid(output)
        return output

    def predict(self, X):
        probabilities = self.predict_proba(X)
        if self.sizes[-1] == 1:
            return (probabilities[:, 0] > 0.5).astype(int)
        return np.argmax(probabilities, axis=1)


@right("Network.__init__")
class ViewsOfOneVector(Network):
    def __init__(self, sizes, *, initializer="he_normal", rng=None, dtype=np.float32, **options):
        super().__init__(sizes, initializer=initializer, dtype=dtype, **options)
        rng = np.random.default_rng() if rng is None else rng
        layers = list(itertools.pairwise(sizes))
        vector = np.zeros(sum((fan_in + 1) * fan_out for fan_in, fan_out in layers), dtype)
        self.params = []
        for fan_in, fan_out in layers:
            W, b, vector = np.split(vector, [fan_in * fan_out, (fan_in + 1) * fan_out])
            W = W.reshape(fan_in, fan_out)
            W[...] = INITIALIZERS[initializer](rng, fan_in, fan_out, dtype)
            self.params += [W, b]


@right("Network.forward")
class ForwardLayerByLayerFromTheLast(Network):
    def forward(self, X):
        def output_of(layer):
            if layer < 0:
                return self._checked(X)
            z = output_of(layer - 1) @ self.params[2 * layer] + self.params[2 * layer + 1]
            name = self.output if layer == len(self.params) // 2 - 1 else self.activation
            return ACTIVATIONS[name][0](z)

        return output_of(len(self.params) // 2 - 1)


@right("Network.forward")
class ForwardSampleBySample(Network):
    def forward(self, X):
        return np.concatenate([super(ForwardSampleBySample, self).forward(x[None]) for x in X])


@right("Network.loss_and_grads")
@right("Network.l2")
@right("Network.dropout")
class GradientsByRecursion(Network):
    def loss_and_grads(self, X, y, rng=None):
        def descend(layer, x):
            """Return the loss, dL/dx, and the gradients of this layer and all above it."""
            W, b = self.params[2 * layer : 2 * layer + 2]
            last = layer == len(self.params) // 2 - 1
            forward, backward = ACTIVATIONS[self.output if last else self.activation]
            a = forward(x @ W + b)
            if last:
                loss, grad = LOSSES[self.loss](a, self._as_targets(y))
                grads = []
            else:
                mask = np.ones_like(a)
                if rng is not None and self.dropout > 0:
                    mask[...] = (rng.random(a.shape) >= self.dropout) / (1 - self.dropout)
                loss, grad, grads = descend(layer + 1, a * mask)
                grad = grad * mask
            grad = backward(grad, a)
            loss += self.l2 / 2 * float(np.sum(np.square(W, dtype=np.float64)))
            dW = x.T @ grad + self.l2 * W
            return loss, grad @ W.T, [dW, grad.sum(axis=0), *grads]

        loss, _, grads = descend(0, self._checked(X))
        return loss, grads


@right("Network.loss_and_grads")
class GradientsSampleBySample(Network):
    def loss_and_grads(self, X, y, rng=None):
        if rng is not None and self.dropout > 0:
            return super().loss_and_grads(X, y, rng)
        losses, total = [], None
        for i in range(len(X)):
            loss, grads = super().loss_and_grads(X[i : i + 1], y[i : i + 1])
            losses.append(loss)
            total = [grad + (0 if total is None else total[j]) for j, grad in enumerate(grads)]
        return sum(losses) / len(X), [grad / len(X) for grad in total]


@right("Network.l2")
class PenaltyByALoop(Network):
    def loss_and_grads(self, X, y, rng=None):
        strength, self.l2 = self.l2, 0.0
        loss, grads = super().loss_and_grads(X, y, rng)
        self.l2 = strength
        for i in range(0, len(self.params), 2):
            loss += 0.5 * strength * float(np.linalg.norm(self.params[i].astype(np.float64))) ** 2
            grads[i] += strength * self.params[i]
        return loss, grads


@right("Network.dropout")
class DropoutAsAChoiceOfUnits(Network):
    """Dropout written as a choice of what to keep, its scale applied apart from it, on both ways."""

    def loss_and_grads(self, X, y, rng=None):
        if rng is None or self.dropout == 0:
            return super().loss_and_grads(X, y)
        kept = 1 - self.dropout
        hidden, hidden_backward = ACTIVATIONS[self.activation]
        output, output_backward = ACTIVATIONS[self.output]
        weights, biases = self.params[::2], self.params[1::2]
        inputs, bent, chosen = [self._checked(X)], [], []
        for W, b in zip(weights[:-1], biases[:-1], strict=True):
            bent.append(hidden(dense(inputs[-1], W, b)))
            chosen.append(rng.random(bent[-1].shape) < kept)
            inputs.append(np.where(chosen[-1], bent[-1], 0).astype(self.dtype) / self.dtype.type(kept))
        p = output(dense(inputs[-1], weights[-1], biases[-1]))
        loss, grad = LOSSES[self.loss](p, self._as_targets(y))
        grad, dW, db = dense_backward(output_backward(grad, p), inputs[-1], weights[-1])
        grads = [dW, db]
        while bent:
            inputs.pop()
            grad = np.where(chosen.pop(), grad, 0).astype(self.dtype) / self.dtype.type(kept)
            grad = hidden_backward(grad, bent.pop())
            grad, dW, db = dense_backward(grad, inputs[-1], weights[len(inputs) - 1])
            grads = [dW, db, *grads]
        penalty, decays = l2_penalty(weights, self.l2)
        for dW, decay in zip(grads[::2], decays, strict=True):
            dW += decay
        return loss + penalty, grads


@right("Network.predict_proba")
class ProbabilitiesByExponentials(Network):
    def predict_proba(self, X):
        z = self.forward(X)
        if self.loss == "softmax_cross_entropy":
            e = np.exp(z - z.max(axis=1, keepdims=True))
            return e / e.sum(axis=1, keepdims=True)
        if self.loss == "binary_cross_entropy":
            return (np.tanh(z / 2) + 1) / 2
        return z


@right("Network.predict")
class AnswersFromTheScores(Network):
    def predict(self, X):
        scores = self.forward(X)
        if scores.shape[1] > 1:
            return scores.argmax(axis=-1)
        border = 0 if self.loss == "binary_cross_entropy" else 0.5
        return np.where(scores.ravel() > border, 1, 0)


@right("Network.predict")
class AnswersOneByOne(Network):
    def predict(self, X):
        def answer(shares):
            return int(shares[0] > 0.5) if len(shares) == 1 else list(shares).index(max(shares))

        return np.array([answer(shares) for shares in self.predict_proba(X)])


@wrong(
    "Network.predict",
    "With a single output and mean_squared_error you compare with 0, but there the output itself is the "
    "answer, trained towards 0 or 1, so the threshold is 1/2. Only the scores of binary_cross_entropy have "
    "their threshold at 0.",
)
class BorderAtZeroUnderEveryLoss(Network):
    def predict(self, X):
        output = self.forward(X)
        return np.argmax(output, axis=1) if output.shape[1] > 1 else (output[:, 0] > 0).astype(int)


@wrong(
    "Network.__init__",
    "Your weights are float32 whatever `dtype` says: pass it on to the initializer, and to the biases.",
)
class WeightsInFloat32Always(Network):
    def __init__(self, sizes, **options):
        super().__init__(sizes, **options)
        self.params = [param.astype(np.float32) for param in self.params]


@wrong(
    "Network.dropout",
    "All samples of a batch lose the same units: your mask has one row for all of them. Give dropout the "
    "activations of the whole batch, so that each sample has a row of its own.",
)
class OneMaskForAllSamples(TextbookNetwork):
    def loss_and_grads(self, X, y, rng=None):
        if rng is None:
            return super().loss_and_grads(X, y)
        return super().loss_and_grads(X, y, _OneRow(rng))


class _OneRow:
    """A generator whose draws for a batch repeat the draws for its first sample."""

    def __init__(self, rng):
        self._rng = rng

    def random(self, size, dtype=np.float64):
        return np.broadcast_to(self._rng.random(size[1:], dtype=dtype), size).copy()


@wrong(
    "Network.dropout",
    "On the way back every call uses the masks of the first one: a list in `self` grows from call to call, "
    "and its first entries stay those of the first batch. Start a new list in each call.",
)
class MasksOfTheFirstCall(Network):
    def __init__(self, sizes, **options):
        super().__init__(sizes, **options)
        self.masks = []

    def _backpropagate(self, grad, inputs, dropped):
        if dropped:
            self.masks += [mask.copy() for mask in self._workspace.masks]
            for i, mask in enumerate(self._workspace.masks):
                mask[...] = self.masks[i]
        super()._backpropagate(grad, inputs, dropped)


@wrong(
    "Network.loss_and_grads",
    "On the way back every call uses the outputs of the first one: a list in `self` grows from call to "
    "call, and its first entries stay those of the first batch. Start a new list in each call.",
)
class OutputsOfTheFirstCall(Network):
    def __init__(self, sizes, **options):
        super().__init__(sizes, **options)
        self.outputs = []

    def _backpropagate(self, grad, inputs, dropped):
        self.outputs += [x.copy() for x in inputs]
        for a, first in zip(self._workspace.sums, self.outputs[1:], strict=False):
            a[: len(first)] = first
        super()._backpropagate(grad, [*self.outputs[: len(inputs) - 1], inputs[-1]], dropped)
