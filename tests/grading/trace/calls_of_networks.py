"""Calls of lesson 5, and of the penalty and dropout of its network: widths are distinct primes."""

import itertools

import numpy as np

from .calls import F32, enter, numbers, parts

NETWORKS = {
    "three layers": {"sizes": (5, 7, 11, 3), "activation": "sigmoid", "loss": "binary_cross_entropy"},
    "two layers": {"sizes": (5, 7, 3), "activation": "tanh"},
    "a sigmoid output": {
        "sizes": (5, 11, 2), "activation": "elu", "output": "sigmoid", "loss": "mean_squared_error"
    },
    "one output": {"sizes": (5, 7, 1), "activation": "elu", "loss": "binary_cross_entropy"},
    "relu": {"sizes": (7, 5, 3), "activation": "relu"},
    "no hidden layer": {"sizes": (5, 3), "activation": "relu"},
    "one output and squared errors": {
        "sizes": (5, 3, 1), "activation": "tanh", "output": "sigmoid", "loss": "mean_squared_error"
    },
}  # fmt: skip


def network(subject, name, dtype=np.float64, **more):
    """Return a network of the subject's class, with generic parameters whatever it drew."""
    options = NETWORKS[name] | more
    sizes = options.pop("sizes")
    net = subject(list(sizes), rng=np.random.default_rng(3), dtype=dtype, **options)
    rng, layers = np.random.default_rng(17), itertools.pairwise(sizes)
    shapes = [shape for m, n in layers for shape in ((m, n), (n,))]
    for param, shape in zip(net.params, shapes, strict=False):
        param[...] = rng.standard_normal(shape) * 0.6
    return net


def batch(name, n=13, seed=21, dtype=np.float64):
    """Return samples and targets for a network."""
    sizes, loss = NETWORKS[name]["sizes"], NETWORKS[name].get("loss", "")
    X, rng = numbers(n, sizes[0], seed=seed, dtype=dtype, scale=1.0), np.random.default_rng(seed)
    if not loss:
        return X, rng.integers(0, sizes[-1], n)
    if loss == "binary_cross_entropy":
        return X, rng.integers(0, 2, (n, sizes[-1])).astype(dtype)
    return X, rng.uniform(0.1, 0.9, (n, sizes[-1])).astype(dtype)


def initial(name, dtype=np.float64):
    """Return the call that makes a network."""

    def run(subject):
        options = dict(NETWORKS[name])
        sizes = options.pop("sizes")
        net = subject(
            sizes, rng=np.random.default_rng(3), dtype=dtype, initializer="xavier_uniform", **options
        )
        named = {"number of params": len(net.params)}
        named |= {f"params[{i}]": param for i, param in enumerate(net.params)}
        return named

    return run


def written(subject):
    """Write into the parameters, which must change the network."""
    net = subject((5, 7, 3), rng=np.random.default_rng(3), dtype=np.float64)
    net.params[0][...] = 0.25
    return {"params[0] after writing": float(np.mean(net.params[0]))}


def spread_of(initializer):
    """Return the call that observes the statistics of a network's first parameters."""

    def run(subject):
        options = {} if initializer == "he_normal" else {"initializer": initializer}
        nets = [
            subject((211, 307, 5), rng=np.random.default_rng(s), dtype=np.float64, **options)
            for s in (5, 5, 6)
        ]
        W, *others = (net.params[0] for net in nets)
        named = {"shapes": [list(param.shape) for param in nets[0].params], "deviation": float(np.std(W))}
        named |= {"largest": float(np.quantile(W, 0.999)), "biases": float(np.abs(nets[0].params[1]).max())}
        return named | {"equal": [bool(np.array_equal(W, other)) for other in others]}

    return run


def without_generator(subject):
    """Make two networks without a generator, which must not be alike."""
    one, two = subject((5, 3)), subject((5, 3))
    return {"alike": bool(np.allclose(one.params[0], two.params[0]))}


for _name in ("three layers", "a sigmoid output"):
    enter("Network.__init__", _name, initial(_name), free=True)
enter("Network.__init__", "float32", initial("three layers", F32), free=True)
enter("Network.__init__", "writing into params", written)
for _name in ("xavier_normal", "random_uniform", "he_normal"):
    enter("Network.__init__", f"the initializer {_name}", spread_of(_name), rtol=0.03)
enter("Network.__init__", "no generator", without_generator)


def passing(method, name, dtype=np.float64, first=0):
    """Return the call that passes a batch through a network; first: how many others go before."""

    def run(subject):
        net = network(subject, name, dtype)
        for seed in range(first):
            getattr(net, method)(batch(name, 13, seed=33 + seed, dtype=dtype)[0])
        X, _ = batch(name, dtype=dtype)
        result = getattr(net, method)(X)
        return parts(result, {"X": X, "params": [*net.params]})

    return run


def rewritten(method):
    """Return the call that passes a batch after the parameters have been written to."""

    def run(subject):
        net, (X, _) = network(subject, "two layers"), batch("two layers")
        kept = getattr(net, method)(X)
        earlier = kept.copy()
        for param in net.params:
            param *= 0.5
        return {
            "result": getattr(net, method)(X),
            "first result afterwards": bool(np.array_equal(kept, earlier)),
        }

    return run


for _method in ("forward", "predict_proba", "predict"):
    for _name in NETWORKS:
        enter(f"Network.{_method}", _name, passing(_method, _name))
    enter(f"Network.{_method}", "float32", passing(_method, "two layers", F32))
    _again = {"fresh": passing(_method, "three layers")}
    enter(f"Network.{_method}", "a second batch", passing(_method, "three layers", first=1), **_again)
    enter(f"Network.{_method}", "other parameters", rewritten(_method))


def at_one_half(subject):
    """Ask for the class of outputs that are exactly 1/2, among others."""
    net, X = network(subject, "one output"), numbers(7, 5)
    for b in net.params[1::2]:
        b[...] = 0
    X[2] = X[4] = 0
    return parts(net.predict(X), {})


enter("Network.predict", "an output of exactly 1/2", at_one_half)


def learning(name, dtype=np.float64, seed=None, flat=False, first=False, **more):
    """Return the call of loss_and_grads; flat: targets in a row; first: another batch goes before."""

    def run(subject):
        net = network(subject, name, dtype, **more)
        rng = None if seed is None else np.random.default_rng(seed)
        if first:
            net.loss_and_grads(*batch(name, seed=33, dtype=dtype), rng and np.random.default_rng(8))
        X, y = batch(name, dtype=dtype)
        y = y[:, 0] if flat else y
        loss, grads = net.loss_and_grads(X, y, rng)
        named = {"loss": loss, "number of grads": len(grads)}
        named |= {f"grads[{i}]": grad for i, grad in enumerate(grads)}
        named |= {"X afterwards": X, "y afterwards": y}
        return named | {f"params[{i}] afterwards": param for i, param in enumerate(net.params)}

    return run


def dropped(subject):
    """Observe dropout whatever the order of draws: is the gradient that of the loss with the same masks?"""
    net, (X, y) = network(subject, "two layers", dropout=0.4), batch("two layers")
    step = [numbers(*param.shape, seed=i) for i, param in enumerate(net.params)]
    _, grads = net.loss_and_grads(X, y, np.random.default_rng(4))
    slope = float(sum(np.sum(g * s) for g, s in zip(grads, step, strict=True)))
    around = []
    for h in (1e-5, -2e-5):
        for param, s in zip(net.params, step, strict=True):
            param += h * s
        around.append(net.loss_and_grads(X, y, np.random.default_rng(4))[0])
    nudged = (around[0] - around[1]) / 2e-5
    return {"gradient is the slope": bool(abs(slope - nudged) < 1e-3 * (abs(slope) + abs(nudged)))}


def average_loss(subject):
    """Return the mean of the loss over many masks."""
    net, (X, y) = network(subject, "two layers", dropout=0.4), batch("two layers", n=101)
    return {
        "loss": float(np.mean([net.loss_and_grads(X, y, np.random.default_rng(i))[0] for i in range(20)]))
    }


enter("Network.l2", "three layers and a penalty", learning("three layers", l2=0.37))
enter("Network.l2", "two layers and a penalty", learning("two layers", l2=0.53))
enter("Network.l2", "float32", learning("two layers", F32, l2=0.37))
enter("Network.dropout", "three layers and dropout", learning("three layers", seed=4, dropout=0.3), free=True)
enter("Network.dropout", "two layers and dropout", learning("two layers", seed=5, dropout=0.4), free=True)
enter("Network.dropout", "the slope of the loss", dropped)
enter("Network.dropout", "the mean loss over 20 masks", average_loss, rtol=0.03)
for _name in NETWORKS:
    enter("Network.loss_and_grads Network.l2 Network.dropout", _name, learning(_name))
for _e, _more in (("loss_and_grads", {}), ("l2", {"l2": 0.37}), ("dropout", {"seed": 4, "dropout": 0.3})):
    _d = {"free": _e == "dropout"}
    enter(f"Network.{_e}", "labels in a row", learning("one output", flat=True))
    enter(f"Network.{_e}", "float32", learning("two layers", F32, **_more), **_d)
    _fresh = learning("three layers", **_more)
    enter(
        f"Network.{_e}", "a second batch", learning("three layers", first=True, **_more), fresh=_fresh, **_d
    )
