"""Training: how data reach the network batch by batch and epoch by epoch, and when to stop."""

import math

import numpy as np

from .activations import as_floating
from .regularization import clip_by_global_norm


def one_hot(labels, n_classes, dtype=np.float32):
    """Return a row for each label with 1 at its class and 0 elsewhere.

    labels: integers (n,) in 0..n_classes-1. Returns (n, n_classes) of ``dtype``.
    Raises ValueError for any other label.
    """
    raise NotImplementedError


def min_max_scale(train, *others):
    """Scale every feature so that it runs from 0 to 1 on ``train``, and the other arrays by the same rule.

    train, others: (n, d) each, n free. Returns a tuple as long as the arguments. A feature that is constant
    on ``train`` becomes 0 everywhere; values of the others may leave [0, 1] where ``train`` never went.
    """
    raise NotImplementedError


def minibatches(n, batch_size, rng):
    """Return an iterator over index arrays: every sample 0..n-1 once, in an order drawn at this call.

    All batches have ``batch_size`` entries but the last, which may be short.
    Raises ValueError for a batch size below 1.
    """
    raise NotImplementedError


def step_decay(epoch, lr, factor=0.5, every=30):
    """Return lr * factor ** floor(epoch / every): the initial rate, cut every so many epochs, from 0."""
    raise NotImplementedError


class EarlyStopping:
    """Watches a validation loss and remembers the best parameters.

    patience: how many epochs in a row may pass without a new best before stopping. min_delta: a loss counts
    as better only when it is lower by more than this. ``best_loss`` and ``best_epoch`` (from 0) tell the best
    so far.
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
        """Take an epoch's validation loss and parameters; return True when it is time to stop.

        A NaN is never better.
        """
        raise NotImplementedError

    def restore(self, params):
        """Write the best parameters back into ``params``, in place.
        Raises ValueError when there has been no best yet.
        """
        raise NotImplementedError


def train_epoch(network, optimizer, X, y, *, batch_size, rng, lr=None, max_grad_norm=None):
    """Make one pass over the data in freshly shuffled mini-batches; return the mean loss over the samples.

    X: (n, inputs), y: (n, ...). rng: Generator for the order and for dropout. lr: overrides the optimizer's
    own rate. max_grad_norm: clips the gradients by their joint norm. The loss of each batch is the one before
    its own step, with dropout and penalty.
    """
    raise NotImplementedError
