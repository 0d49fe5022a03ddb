"""Training: how data reach the network, batch by batch and epoch by epoch, and when to stop."""

import math
import time
from typing import NamedTuple

import numpy as np

from .arrays import as_floating
from .losses import LOSSES
from .regularization import clip_by_global_norm


def one_hot(labels, n_classes, dtype=np.float32):
    """Return a row for each label, with 1 at its class and 0 elsewhere.

    labels: (n,) of any integer dtype, uint8 included, in 0..n_classes-1. Returns (n, n_classes) of ``dtype``.
    Raises ValueError for a label outside that range.
    """
    labels = np.asarray(labels)
    if labels.ndim != 1 or labels.dtype.kind not in "iu":
        raise ValueError(f"labels must be integers of shape (n,); got {labels.dtype} of shape {labels.shape}")
    if labels.size and not 0 <= labels.min() <= labels.max() < n_classes:
        raise ValueError(f"labels must lie in 0..{n_classes - 1}; got {labels.min()}..{labels.max()}")
    rows = np.zeros((len(labels), n_classes), dtype)
    rows[np.arange(len(labels)), labels] = 1
    return rows


def min_max_scale(train, *others):
    """Scale every feature so that it runs from 0 to 1 on ``train``, and the other arrays by the same rule.

    train, others: arrays (n, d) of one dtype; n may differ. Returns a tuple with one array for each argument;
    a floating dtype is kept, any other becomes float64. A feature that is constant on ``train`` becomes 0 in
    all arrays, whatever the others hold there. In every other feature, values outside the range of ``train``
    end up outside [0, 1].
    """
    low, span = feature_range(train)
    arrays = [as_floating(x) for x in (train, *others)]
    return tuple((x - low.astype(x.dtype)) / span.astype(x.dtype) for x in arrays)


def feature_range(train):
    """Return each feature's minimum and span over ``train`` (n, d), both (d,).

    The span of a constant feature is set to infinity, so that dividing by it gives 0.
    """
    train = as_floating(train)
    low = train.min(axis=0)
    span = train.max(axis=0) - low
    return low, np.where(span > 0, span, span.dtype.type(np.inf))


def minibatches(n, batch_size, rng):
    """Return an iterable of index arrays: every sample 0..n-1 once, in a new random order in each call.

    The arrays hold integers. Each has ``batch_size`` entries, except that the last may be shorter.
    Raises ValueError for a batch size below 1, either in the call itself or when the first batch is taken.
    """
    if batch_size < 1:
        raise ValueError(f"batch_size must be at least 1; got {batch_size}")
    order = rng.permutation(n)
    return (order[start : start + batch_size] for start in range(0, n, batch_size))


def step_decay(epoch, lr, factor=0.5, every=30):
    """Return lr * factor ** floor(epoch / every): the initial rate ``lr``, cut after every ``every`` epochs.

    epoch: counted from 0, so that the first cut comes at epoch ``every``.
    """
    return lr * factor ** (epoch // every)


def cosine(epoch, lr, epochs, warmup=0):
    """Return a rate that climbs to ``lr`` over ``warmup`` epochs and then falls along half a cosine.

    epoch: counted from 0. epochs: how many the whole training run has. No epoch has the rate 0, since that
    epoch would be wasted.
    Source: Loshchilov & Hutter 2017, SGDR, eq. 5, without restarts; the warm-up: Goyal et al. 2017, section
    2.2.
    """
    if epoch < warmup:
        return lr * (epoch + 1) / (warmup + 1)
    return lr * (1 + math.cos(math.pi * (epoch - warmup) / max(epochs - warmup, 1))) / 2


class EarlyStopping:
    """Watches a validation loss and remembers the best parameters.

    patience: stop after this many epochs in a row without a new best, at least 1. min_delta: a loss is a new
    best only if it is lower than the best so far by more than this.

    Attributes: ``best_loss`` and ``best_epoch`` (from 0), which are inf and None until there is a best.
    Source: Goodfellow et al. 2016, Deep Learning, algorithm 7.1.
    """

    def __init__(self, patience, min_delta=0.0):
        if patience < 1:
            raise ValueError(f"patience must be at least 1; got {patience}")
        if not min_delta >= 0:
            raise ValueError(f"min_delta must not be negative; got {min_delta}")
        self.patience, self.min_delta = patience, min_delta
        self.best_loss, self.best_epoch = math.inf, None
        self._epoch, self._best = -1, None  # the last epoch seen, from 0; copies of the best parameters

    def update(self, loss, params):
        """Take an epoch's validation loss and parameters; return True if it is time to stop, else False.

        loss: a number; NaN and inf are never a new best, not even as the first loss. params: list of arrays;
        if the loss is a new best, they are copied, because further training changes them. Patience counts the
        epochs since the best one, or all epochs so far if there is no best yet. Once it has run out, update
        keeps returning True until there is a new best.
        """
        self._epoch += 1
        if loss < self.best_loss - self.min_delta:
            self.best_loss, self.best_epoch = loss, self._epoch
            self._best = [param.copy() for param in params]
        return self._epoch - (-1 if self.best_epoch is None else self.best_epoch) >= self.patience

    def restore(self, params):
        """Write the best parameters into the arrays of ``params``, in place; the copies are kept.

        Returns None. Raises ValueError if there is no best yet.
        """
        if self._best is None:
            raise ValueError("nothing to restore: update has not seen a finite loss yet")
        for param, best in zip(params, self._best, strict=True):
            param[...] = best


def train_batches(network, optimizer, X, y, *, batch_size, rng, lr=None, max_grad_norm=None):
    """Make one pass over the data, yielding ``(samples, loss, norm)`` after each step.

    Arguments as for ``train_epoch``. norm: the joint norm of the gradients before clipping, None if they are
    not clipped.
    """
    X, y = np.asarray(X, dtype=network.params[0].dtype), np.asarray(y)
    if len(X) != len(y):
        raise ValueError(f"X and y must hold the same samples; got {len(X)} and {len(y)}")
    rows = np.empty((batch_size if batch_size < len(X) else 0, *X.shape[1:]), X.dtype)
    for batch in minibatches(len(X), batch_size, rng):
        if len(batch) == len(X):  # one batch of everything: its order does not matter, so nothing is copied
            samples, targets = X, y
        else:  # mode="clip" lets take write straight into the buffer
            samples = np.take(X, batch, axis=0, out=rows[: len(batch)], mode="clip")
            targets = y[batch]
        loss, grads = network.loss_and_grads(samples, targets, rng)
        norm = None if max_grad_norm is None else clip_by_global_norm(grads, max_grad_norm)
        optimizer.step(network.params, grads, lr)
        yield len(batch), loss, norm


def train_epoch(network, optimizer, X, y, *, batch_size, rng, lr=None, max_grad_norm=None):
    """Make one pass over the data in freshly shuffled mini-batches; return the mean loss over the samples.

    X: (n, inputs), y: (n, ...). rng: Generator for the order and for dropout. lr: the rate of this pass, None
    for the optimizer's own. max_grad_norm: limit for the joint norm of each batch's gradients, None for no
    limit. The loss of each batch is taken before its own step, with dropout and penalty. The mean is a Python
    float.
    """
    steps = train_batches(
        network, optimizer, X, y, batch_size=batch_size, rng=rng, lr=lr, max_grad_norm=max_grad_norm
    )
    return sum(samples * loss for samples, loss, _ in steps) / len(X)


class Epoch(NamedTuple):
    """What one epoch of ``fit`` did; a field that nobody asked for is None."""

    epoch: int  # epochs completed: the first record says 1
    loss: float  # mean over the samples, of each batch before its step, with dropout and L2 penalty
    validation_loss: float | None  # mean over the validation samples, without dropout and penalty
    validation_accuracy: float | None  # share of right answers, 0 to 1
    learning_rate: float
    gradient_norm: float | None  # mean over the steps, before clipping
    seconds: float  # training and augmentation alone, without the validation


def fit(
    network,
    optimizer,
    X,
    y,
    *,
    epochs,
    batch_size,
    rng,
    validation=None,
    schedule=None,
    max_grad_norm=None,
    augment=None,
):
    """Train for up to ``epochs`` epochs, yielding an ``Epoch`` after each; stop iterating to stop training.

    This is an ordinary generator: progress bars, logs, plots and early stopping go into the caller's ``for``
    loop.

    - X: (n, inputs); y: (n, ...)
    - batch_size: None takes the whole set as one batch
    - validation: a pair (X, y), evaluated after each epoch
    - schedule: a function of the epoch, counted from 0, that returns the learning rate; None keeps the
      optimizer's own
    - augment: a function of X and rng, called before each epoch; it returns the samples of this epoch,
      (n, inputs), in the order of y. X may then be anything that augment takes

    Raises FloatingPointError if the loss is no longer finite.
    """
    samples = X if augment else np.asarray(X, dtype=network.dtype)  # convert once, not in every epoch
    options = {"batch_size": len(X) if batch_size is None else batch_size, "max_grad_norm": max_grad_norm}
    for epoch in range(epochs):
        lr = optimizer.lr if schedule is None else schedule(epoch)
        start = time.perf_counter()
        if augment:
            samples = augment(X, rng)
        with np.errstate(over="ignore", invalid="ignore"):  # divergence is reported below, in one clear line
            steps = list(train_batches(network, optimizer, samples, y, rng=rng, lr=lr, **options))
        seconds = time.perf_counter() - start
        loss = sum(samples * loss for samples, loss, _ in steps) / len(X)
        if not math.isfinite(loss):
            raise FloatingPointError(
                f"the loss became {loss} in epoch {epoch + 1}; try a smaller learning rate than {lr:g}"
            )
        norm = None if max_grad_norm is None else sum(norm for _, _, norm in steps) / len(steps)
        measured = (None, None) if validation is None else evaluate(network, *validation)
        yield Epoch(epoch + 1, loss, *measured, lr, norm, seconds)


def evaluate(network, X, y):
    """Return ``(loss, accuracy)`` on X (n, inputs) with labels y (n,), without dropout and penalty."""
    with np.errstate(over="ignore", invalid="ignore"):  # if the weights have run away, the loss shows it
        output, y = network.forward(X), np.asarray(y)
    targets = y if network.loss == "softmax_cross_entropy" else y.reshape(output.shape)
    loss, _ = LOSSES[network.loss](output, targets)
    return loss, float(np.mean(network.classify(output) == y))
