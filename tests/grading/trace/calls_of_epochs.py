"""Calls of lesson 8: data, batches, schedules, early stopping and epochs."""

import numpy as np

from .calls import F32, applied, enter, generated, numbers

# labels and scaling

for _label, _labels, _k in (
    ("7 labels of 5 classes", [2, 0, 4, 1, 1, 3, 0], 5),
    ("3 labels of 7 classes", [2, 0, 1], 7),
    ("a label of -1", [0, -1, 2], 5),
    ("a label that is too large", [0, 5, 2], 5),
):
    enter("one_hot", _label, applied(lambda v=_labels, k=_k: {"labels": np.array(v), "n_classes": k}))
enter(
    "one_hot",
    "float64",
    applied(lambda: {"labels": np.array([2, 0, 1]), "n_classes": 5, "dtype": np.float64}),
)
NAMES = "train", "other", "last"
_constant = np.array([[1.3, 2.0], [4.1, 2.0], [0.7, 2.0]]), np.array([[2.2, 5.7], [1.9, 2.0]])
for _label, _arrays in (
    ("two arrays", lambda: [numbers(7, 3), numbers(5, 3, seed=4)]),
    ("three arrays", lambda: [numbers(11, 5), numbers(2, 5, seed=4), numbers(3, 5, seed=5)]),
    ("float32", lambda: [numbers(7, 3, dtype=F32), numbers(5, 3, seed=4, dtype=F32)]),
    ("bytes", lambda: [np.array([[1, 200, 7], [9, 30, 250]], np.uint8), np.array([[5, 3, 9]], np.uint8)]),
    ("a constant feature", lambda: [array.copy() for array in _constant]),
):
    enter("min_max_scale", _label, applied(lambda a=_arrays: dict(zip(NAMES, a(), strict=False))))

# batches and rates


def batches(n, size):
    """Return the call that cuts n samples into batches."""
    return applied(lambda: {"n": n, "batch_size": size, "rng": np.random.default_rng(5)})


def sizes(n, size):
    """Return the call that observes batches whatever the order of the samples."""

    def run(subject):
        rng = np.random.default_rng(5)
        one, two = ([np.asarray(b) for b in subject(n, size, rng)] for _ in range(2))
        indices = [np.concatenate(b) if b else np.zeros(0, int) for b in (one, two)]
        return {
            "sizes": [len(b) for b in one],
            "samples": sorted(int(i) for i in indices[0]),
            "in order": bool(np.array_equal(indices[0], np.sort(indices[0]))),
            "same order twice": bool(np.array_equal(*indices)),
        }

    return run


for _n, _size in ((13, 5), (11, 3), (10, 4), (12, 4), (7, 11)):
    enter("minibatches", f"{_n} samples in batches of {_size}", batches(_n, _size), free=True)
for _n, _size in ((37, 5), (10, 4), (12, 4), (19, 23)):
    enter("minibatches", f"{_n} samples in batches of {_size}, in any order", sizes(_n, _size))
_given = lambda: {"n": 13, "batch_size": 5}  # noqa: E731
enter("minibatches", "generators with equal and other seeds", generated(_given))
enter("minibatches", "batches of 0 samples", batches(7, 0))
for _epoch in (17, 5, 0, 23, 6):
    _given = {"epoch": _epoch, "lr": 0.37, "factor": 0.71, "every": 6}
    enter("step_decay", f"an epoch of {_epoch}", applied(lambda given=_given: dict(given)))
enter("step_decay", "the defaults", applied(lambda: {"epoch": 61, "lr": 0.37}))

# early stopping


def watching(losses, patience, delta=0.0, restores=1):
    """Return the call that shows early stopping these losses, while the parameters change."""

    def run(subject):
        stopping, named = subject(patience, delta), {}
        params = [numbers(3, 2, seed=0), numbers(5, seed=1)]
        for i, loss in enumerate(losses):
            named[f"answer to loss {i}"] = bool(stopping.update(loss, params))
            for param in params:
                param += 1.37
            named[f"best_loss after loss {i}"] = stopping.best_loss
            named[f"best_epoch after loss {i}"] = stopping.best_epoch
        for i in range(restores):
            stopping.restore(params)
            named |= {f"params[{j}] restored {i}": param.copy() for j, param in enumerate(params)}
            if i + 1 < restores:
                for param in params:
                    param -= 0.71
        return named | {f"params[{j}] afterwards": param for j, param in enumerate(params)}

    return run


_stopping = "EarlyStopping.update EarlyStopping.restore"
_falling = [1.7, 1.1, 1.3]
for _label, _losses, _patience, _delta in (
    ("losses that fall and rise", [1.7, 1.1, 1.3, 1.2, 1.15, 1.4], 3, 0.0),
    ("a margin of 0.07", [1.7, 1.65, 1.64, 1.1, 1.09, 1.05, 1.035], 2, 0.07),
    ("losses that are equal", [1.5, 1.5, 1.5, 1.2, 1.2], 2, 0.0),
    ("losses that only fall", [1.7, 1.5, 1.1], 1, 0.0),
):
    enter(_stopping, _label, watching(_losses, _patience, _delta))
_once = watching(_falling, 3)
enter(_stopping, "parameters that are restored twice", watching(_falling, 3, restores=2), fresh=_once)
enter(_stopping, "losses that are nan", watching([np.nan, np.nan, 1.3, np.nan, np.nan], 2, restores=0))
enter("EarlyStopping.restore", "no best loss yet", watching([], 2))

# epochs


class Linear:
    """A small linear model, with what train_epoch needs of a network."""

    def __init__(self):
        self.params, self.dtype, self.seen = [numbers(3, 2, seed=1), numbers(2, seed=2)], np.dtype(float), []

    def loss_and_grads(self, X, y, rng=None):
        """Return the mean squared error, and a little noise if there is a generator."""
        self.seen.append(len(X))
        e = X @ self.params[0] + self.params[1] - y
        return float(np.mean(e**2)), [2 * X.T @ e / e.size, 2 * e.sum(axis=0) / e.size]


class Descent:
    """Gradient descent."""

    lr = 0.11

    def step(self, params, grads, lr=None):
        """Change the parameters in place."""
        for param, grad in zip(params, grads, strict=True):
            param -= (self.lr if lr is None else lr) * grad


def epoch(**options):
    """Return the call of an epoch of 13 samples."""

    def run(subject):
        model, X, y = Linear(), numbers(13, 3, seed=5), numbers(13, 2, seed=6)
        loss = subject(model, Descent(), X, y, rng=np.random.default_rng(5), **options)
        named = {"loss": loss} | {f"params[{i}] afterwards": param for i, param in enumerate(model.params)}
        return named | {"sizes": model.seen, "X afterwards": X, "y afterwards": y}

    return run


for _label, _options, _free in (
    ("batches of 5", {"batch_size": 5}, True),
    ("batches of 3 and a rate of 0.07", {"batch_size": 3, "lr": 0.07}, True),
    ("batches of 5, clipped", {"batch_size": 5, "max_grad_norm": 0.31}, True),
    ("one batch", {"batch_size": 13}, False),
    ("one batch, clipped", {"batch_size": 17, "max_grad_norm": 0.31}, False),
    ("a rate of 0", {"batch_size": 5, "lr": 0.0}, False),
):
    enter("train_epoch", _label, epoch(**_options), free=_free)
