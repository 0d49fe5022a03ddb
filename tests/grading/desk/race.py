"""The race: a learner's functions against the reference's and against the floor, in turn, as ratios.

The floor is what no implementation in NumPy can do without: reading the arguments, writing the result, the
bare matrix products, the bare random numbers. Of each contender the fastest round counts, for whatever else a
machine does can only add to a time.
"""

import json
import os
import subprocess
import sys
import tempfile

from tests.grading import ROOT
from tests.grading.terminal import cut, fit, paint

SECONDS = 1.0  # of measuring for each exercise, about
SLOT = 5e-4  # of it at a stretch: short enough to be left alone by other programs now and then
PATIENCE = 60  # seconds without a result after which the race is over
N, IN, OUT = 128, 784, 64  # samples, inputs and units of the arrays that are timed


def race(names, folder, color=False):
    """Run the race for exercises that pass, print the table line by line; return the exit status."""
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "tests.grading.desk.race", str(folder), *names]
    print(f"{'':22}{'yours':>9}{'yours /':>10}{'yours /':>8}{'reference':>10}")
    print(f"{'':22}{'us':>9}{'reference':>10}{'floor':>8}{'/ floor':>10}")
    with tempfile.TemporaryFile("w+") as errors:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True
        )
        done = 0
        for line in process.stdout:
            row = json.loads(line)
            done += 1
            code = "32" if row["reference"] <= 1.1 else "0"
            figures = f"{row['microseconds']:>9.1f}{row['reference']:>10.2f}{row['floor']:>8.2f}"
            print(paint(f"{row['name']:<22}{figures}{row['best']:>10.2f}", code, color), flush=True)
        process.wait()
        if process.returncode:
            errors.seek(0)
            reason = (errors.read().strip().splitlines() or [f"exit status {process.returncode}"])[-1]
            missing = names[done] if done < len(names) else "the race"
            print(cut(f"kata: {missing} fell out of the race: {reason}"), file=sys.stderr)
            return 1
    notes = (
        f"float32, {N} samples, {IN} inputs, {OUT} units, one thread; the fastest round of each. The floor "
        "is what nobody can do without: the arguments read once, the result written once, the bare matrix "
        "products, the bare random numbers."
    )
    print("\n" + fit(notes))
    return 0


def main(arguments):
    """Time each exercise and print a JSON object for it."""
    os.environ["OPENBLAS_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = "1"  # before NumPy is imported
    from tests.grading.judging.package import Package

    folder, *names = arguments
    yours, reference = Package(folder), Package("nn")
    for name in names:
        contenders = [prepare(name, package) for package in (yours, reference)]
        mine, theirs, least = measure([*contenders, floor(name)])
        row = {"name": name, "microseconds": 1e6 * mine, "reference": mine / theirs}
        print(json.dumps(row | {"floor": mine / least, "best": theirs / least}))


def measure(functions):
    """Time functions in turn, round by round; return the seconds of a call of each in its fastest round."""
    import time

    def once(function, calls):
        begun = time.perf_counter()
        for _ in range(calls):
            function()
        return (time.perf_counter() - begun) / calls

    contenders, seconds = [], 0.0
    for function in functions:
        function()  # imports, first touch of memory
        call = max(once(function, 1), 1e-7)
        calls = max(1, int(SLOT / call))
        contenders.append((function, calls))
        seconds += calls * call
    rounds = max(20, min(200, int(SECONDS / seconds)))
    return [
        min(times) for times in zip(*([once(*one) for one in contenders] for _ in range(rounds)), strict=True)
    ]


def prepare(name, package):
    """Return a call of an exercise's function of a package on arrays of usual size."""
    import numpy as np

    rng = np.random.default_rng(0)

    def draw(*shape):
        return rng.standard_normal(shape, dtype=np.float32)

    x, W, b, z, grad = draw(N, IN), draw(IN, OUT) / 28, draw(OUT), draw(N, OUT), draw(N, OUT)
    labels = rng.integers(OUT, size=N)
    activations, training = package.activations, package.training
    if name.startswith("Network."):
        options = {"Network.l2": {"l2": 1e-4}, "Network.dropout": {"dropout": 0.2}}.get(name, {})
        sizes = (IN, OUT, 10)
        if name == "Network.__init__":
            return lambda: package.network.Network(sizes, rng=rng)
        network = package.network.Network(sizes, rng=rng, **options)
        if name in ("Network.loss_and_grads", "Network.l2", "Network.dropout"):
            return lambda: network.loss_and_grads(x, labels % 10, rng)
        return lambda: getattr(network, name.split(".")[1])(x)
    if name.startswith("EarlyStopping."):
        stopping, params = training.EarlyStopping(10), [W, b]
        losses = iter(range(0, -(10**9), -1))
        stopping.update(1.0, params)
        if name.endswith("update"):
            return lambda: stopping.update(next(losses), params)
        return lambda: stopping.restore(params)
    if name.endswith("_step"):
        step = getattr(package.optimizers, name)
        param, g = draw(IN, OUT), draw(IN, OUT)
        states = [np.zeros_like(param) for _ in range(_states(name))]
        count = [1] if name == "adam_step" else []
        return lambda: step(param, g, *states, *count, lr=1e-3)
    if name in ("softmax_cross_entropy", "binary_cross_entropy", "mean_squared_error"):
        targets = labels if name.startswith("softmax") else (z > 0).astype(np.float32)
        loss = getattr(package.losses, name)
        return lambda: loss(z, targets)
    if name == "train_epoch":
        network, optimizer = package.network.Network((IN, OUT, 10), rng=rng), package.optimizers.SGD(0.01)
        X, y = draw(10 * N, IN), rng.integers(10, size=10 * N)
        return lambda: training.train_epoch(network, optimizer, X, y, batch_size=N, rng=rng)
    initializer = getattr(package.initializers, name, None) if name in _INITIALIZERS else None
    if initializer:
        return lambda: initializer(rng, IN, OUT)
    calls = {
        "dense": lambda: package.layers.dense(x, W, b),
        "dense_backward": lambda: package.layers.dense_backward(grad, x, W),
        "l2_penalty": lambda: package.regularization.l2_penalty([W], 1e-4),
        "dropout": lambda: package.regularization.dropout(x, 0.2, rng),
        "dropout_backward": lambda: package.regularization.dropout_backward(grad, z),
        "clip_by_global_norm": lambda: package.regularization.clip_by_global_norm([W, b], 1e9),
        "one_hot": lambda: training.one_hot(labels, OUT),
        "min_max_scale": lambda: training.min_max_scale(x),
        "minibatches": lambda: list(training.minibatches(10_000, 32, rng)),
        "step_decay": lambda: training.step_decay(45, 0.1),
    }
    if name in calls:
        return calls[name]
    function = getattr(activations, name)
    return (lambda: function(grad, z)) if name.endswith("_backward") else (lambda: function(z))


def floor(name):
    """Return the least that any implementation of an exercise must do on the same arrays."""
    import numpy as np

    rng = np.random.default_rng(0)
    x, W, z = (np.ones(shape, np.float32) for shape in ((N, IN), (IN, OUT), (N, OUT)))
    W2, s = np.ones((OUT, 10), np.float32), np.ones((N, 10), np.float32)
    X, big = np.ones((10 * N, IN), np.float32), np.empty((N, IN), np.float32)

    def products():
        x @ W
        z @ W2

    def step():
        products()
        x.T @ z
        z.T @ s
        s @ W2.T

    def epoch():
        for start in range(0, len(X), N):
            np.copyto(big, X[start : start + N])
            step()

    def backward():
        z @ W.T
        x.T @ z

    updated = [np.ones_like(W) for _ in range(1 + _states(name))]  # the parameter and its states

    def touch():
        for array in updated:
            np.copyto(array, W)

    if name in ("Network.loss_and_grads", "Network.l2", "Network.dropout"):
        return step
    if name in ("Network.forward", "Network.predict", "Network.predict_proba"):
        return products
    if name == "train_epoch":
        return epoch
    if name == "dense":
        return lambda: x @ W
    if name == "dense_backward":
        return backward
    if name.endswith("_step"):
        return touch
    if name in _INITIALIZERS or name == "Network.__init__":
        if name == "zeros":
            return lambda: np.zeros((IN, OUT), np.float32)  # the system may have zeros ready
        draw = rng.random if name.endswith("uniform") else rng.standard_normal
        return lambda: draw((IN, OUT), dtype=np.float32)
    if name == "dropout":
        return lambda: rng.random((N, IN), dtype=np.float32)
    if name == "minibatches":
        return lambda: rng.permutation(10_000)
    if name == "min_max_scale":
        return lambda: np.copyto(big, x)
    if name == "clip_by_global_norm":  # within the limit, as in the race, gradients are read and not written
        return lambda: np.vdot(W, W)
    if name in ("l2_penalty", "EarlyStopping.update", "EarlyStopping.restore"):
        return lambda: np.copyto(updated[0], W)
    if name == "one_hot":
        return lambda: np.zeros((N, OUT), np.float32)
    if name == "step_decay":
        return lambda: 0.1 * 0.5**1
    out = np.empty_like(z)
    return lambda: np.copyto(out, z)


_INITIALIZERS = (
    "xavier_normal",
    "xavier_uniform",
    "he_normal",
    "he_uniform",
    "random_normal",
    "random_uniform",
    "zeros",
)


def _states(name):
    return {"sgd_step": 0, "adam_step": 2}.get(name, 1)


if __name__ == "__main__":
    main(sys.argv[1:])
