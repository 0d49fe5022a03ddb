"""Training: how data reach the network, batch by batch and epoch by epoch, and when to stop."""

import math

import numpy as np

from .activations import as_floating
from .regularization import clip_by_global_norm


def one_hot(labels, n_classes, dtype=np.float32):
    """Return a row for each label, with 1 at its class and 0 elsewhere.

    labels: (n,) of any integer dtype, uint8 included, in 0..n_classes-1. Returns (n, n_classes) of ``dtype``.
    Raises ValueError for a label outside that range.
    """
    raise NotImplementedError


def min_max_scale(train, *others):
    """Scale every feature so that it runs from 0 to 1 on ``train``, and the other arrays by the same rule.

    train, others: arrays (n, d) of one dtype; n may differ. Returns a tuple with one array for each argument;
    a floating dtype is kept, any other becomes float64. A feature that is constant on ``train`` becomes 0 in
    all arrays, whatever the others hold there. In every other feature, values outside the range of ``train``
    end up outside [0, 1].
    """
    raise NotImplementedError


def minibatches(n, batch_size, rng):
    """Return an iterable of index arrays: every sample 0..n-1 once, in a new random order in each call.

    The arrays hold integers. Each has ``batch_size`` entries, except that the last may be shorter.
    Raises ValueError for a batch size below 1, either in the call itself or when the first batch is taken.
    """
    raise NotImplementedError


def step_decay(epoch, lr, factor=0.5, every=30):
    """Return lr * factor ** floor(epoch / every): the initial rate ``lr``, cut after every ``every`` epochs.

    epoch: counted from 0, so that the first cut comes at epoch ``every``.
    """
    raise NotImplementedError


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
        raise NotImplementedError

    def restore(self, params):
        """Write the best parameters into the arrays of ``params``, in place; the copies are kept.

        Returns None. Raises ValueError if there is no best yet.
        """
        raise NotImplementedError


def train_epoch(network, optimizer, X, y, *, batch_size, rng, lr=None, max_grad_norm=None):
    """Make one pass over the data in freshly shuffled mini-batches; return the mean loss over the samples.

    X: (n, inputs), y: (n, ...). rng: Generator for the order and for dropout. lr: the rate of this pass, None
    for the optimizer's own. max_grad_norm: limit for the joint norm of each batch's gradients, None for no
    limit. The loss of each batch is taken before its own step, with dropout and penalty. The mean is a Python
    float.
    """
    raise NotImplementedError
