"""Training runs: the settings of lesson 9's networks, the loop that trains them, and what they reached."""

import time
from typing import NamedTuple

import numpy as np

from .checks import require

MEASURED = 0.2  # seconds of each training run that are timed: enough to notice what else the machine does


class Training(NamedTuple):
    """Settings of a training run, and what it must reach.

    networks: how many are trained, each from its own random numbers; their means must reach it. samples,
    watched: about how many samples train each network, and how many validate it. inputs: their width. batch:
    None takes all samples at once. patience: None trains to the last epoch. every: epochs after which the
    rate is halved; None keeps it. accuracy: share of the test samples that must be right. loss: (epoch,
    most), the cross-entropy on the validation samples.
    """

    name: str
    networks: int
    samples: int
    watched: int
    inputs: int
    epochs: int
    lr: float
    accuracy: float
    loss: tuple[int, float]
    hidden: tuple[int, ...] = (64,)
    optimizer: str = "Adam"
    activation: str = "relu"
    initializer: str = "he_normal"
    l2: float = 1e-5
    dropout: float = 0.05
    batch: int | None = 32
    patience: int | None = None
    every: int | None = None
    max_grad_norm: float | None = None

    def network(self, graded, rng):
        """Return a fresh network of the graded package."""
        return graded.network.Network(
            (self.inputs, *self.hidden, 10),
            activation=self.activation,
            initializer=self.initializer,
            l2=self.l2,
            dropout=self.dropout,
            rng=rng,
        )

    def epoch(self, graded, net, optimizer, X, y, rng, lr=None):
        """Train for one epoch."""
        batch = len(X) if self.batch is None else self.batch
        graded.training.train_epoch(
            net, optimizer, X, y, batch_size=batch, rng=rng, lr=lr, max_grad_norm=self.max_grad_norm
        )

    def seconds(self, graded):
        """Return about how long the whole training run takes here, from a few steps of another network."""
        rng = np.random.default_rng(0)
        samples = min(self.samples, 12 * (self.batch or self.samples))
        X = rng.random((samples, self.inputs), np.float32)
        y = rng.integers(10, size=samples)
        net, optimizer = self.network(graded, rng), getattr(graded.optimizers, self.optimizer)(lr=self.lr)
        self.epoch(graded, net, optimizer, X, y, rng)  # the first makes room, and is slower
        rounds, start = 0, time.perf_counter()
        while not rounds or time.perf_counter() - start < MEASURED:
            self.epoch(graded, net, optimizer, X, y, rng)
            rounds += 1
        steps = (time.perf_counter() - start) / rounds * self.samples / samples
        start = time.perf_counter()
        net.predict(X)
        watching = 2 * (time.perf_counter() - start) * self.watched / samples
        return (steps + watching) * self.epochs * self.networks


class Outcome(NamedTuple):
    """What one network reached. losses, accuracies: on the validation samples, after each epoch."""

    accuracy: float
    confusion: np.ndarray  # counts: rows are the digits shown, columns the answers
    losses: list
    accuracies: list


def train(graded, training, parts, rng, tell):
    """Train one network and return its ``Outcome``.

    parts: three pairs (X, y): training, validation and test samples. tell: called after each epoch with the
    number of epochs done and the accuracy on the validation samples.
    """
    __tracebackhide__ = True
    (X, y), (X_validation, y_validation), (X_test, y_test) = parts
    net = training.network(graded, rng)
    optimizer = getattr(graded.optimizers, training.optimizer)(lr=training.lr)
    stopping = graded.training.EarlyStopping(training.patience) if training.patience else None
    losses, accuracies = [], []
    for epoch in range(training.epochs):
        lr = graded.training.step_decay(epoch, training.lr, every=training.every) if training.every else None
        training.epoch(graded, net, optimizer, X, y, rng, lr)
        scores = net.forward(X_validation)
        losses.append(cross_entropy(scores, y_validation))
        accuracies.append(float(np.mean(net.predict(X_validation) == y_validation)))
        tell(epoch + 1, accuracies[-1])
        if stopping:
            loss, _ = graded.losses.softmax_cross_entropy(scores, y_validation)
            if stopping.update(loss, net.params):
                break
    if stopping:
        stopping.restore(net.params)
        kept = cross_entropy(net.forward(X_validation), y_validation)
        look = (
            "update must remember copies of the best parameters, and restore must write them into the arrays "
            "that forward reads"
            if np.array_equal(net.forward(X_validation), net.forward(X_validation))
            else "forward gives different numbers each time: is dropout still on outside training?"
        )
        require(
            kept <= min(losses) + 1e-5,
            f"{training.name}: the loss on the validation samples was {min(losses):.4f} after epoch "
            f"{1 + int(np.argmin(losses))}; with the weights that EarlyStopping restored it is "
            f"{kept:.4f}.",
            look=look,
        )
    answers = net.predict(X_test)
    confusion = np.zeros((10, 10), int)
    np.add.at(confusion, (y_test, answers), 1)
    return Outcome(float(np.mean(answers == y_test)), confusion, losses, accuracies)


def cross_entropy(scores, y):
    """Return the mean cross-entropy of scores (n, k) with labels y (n,), computed here in float64."""
    scores = np.asarray(scores, np.float64)
    shifted = scores - scores.max(axis=1, keepdims=True)
    return float(np.mean(np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(y)), y]))


def require_success(training, outcomes, record_property):
    """Fail unless the networks reach on average what they must; record what they did reach."""
    __tracebackhide__ = True
    accuracy = float(np.mean([outcome.accuracy for outcome in outcomes]))
    record_property("training", summary(training, outcomes))
    epoch, most = training.loss
    loss = float(np.mean([outcome.losses[min(epoch, len(outcome.losses)) - 1] for outcome in outcomes]))
    of = f" (the mean of {len(outcomes)} networks)" if len(outcomes) > 1 else ""
    if accuracy < 0.2:
        look = (
            "one in ten is guessing: nothing was learned. Do the weights start at random, and do steps "
            "go downhill?"
        )
    elif loss > most or accuracy < training.accuracy - 0.05:
        look = (
            "it learns, but too slowly: check the variance of the first weights, the optimizer's rule "
            "and the 1/n"
        )
    else:
        look = (
            "nearly there: check dropout's scaling, that the best weights are restored, and that each "
            "epoch sees every sample"
        )
    require(
        accuracy >= training.accuracy,
        f"{training.name}: {training.accuracy:.1%} of the test digits must be right; {accuracy:.2%} "
        f"were{of}.",
        look=look,
    )
    require(
        loss <= most,
        f"{training.name}: after {epoch} epoch{'s' * (epoch > 1)} the loss on the validation samples "
        f"must be at most {most:g}; it was {loss:.3f}{of}.",
        look=look,
    )


def summary(training, outcomes):
    """Return what to record of a training run, ready for JSON: accuracy, a curve and the worst confusions."""
    mistakes = sum(outcome.confusion for outcome in outcomes) * (1 - np.eye(10, dtype=int))
    worst = np.argsort(-mistakes, axis=None, kind="stable")[:5]
    pairs = [
        (int(shown), int(answer)) for shown, answer in zip(*np.unravel_index(worst, (10, 10)), strict=True)
    ]
    return {
        "name": training.name,
        "networks": len(outcomes),
        "accuracy": float(np.mean([outcome.accuracy for outcome in outcomes])),
        "curve": [round(accuracy, 4) for accuracy in outcomes[0].accuracies],
        "confusions": [[*pair, int(mistakes[pair])] for pair in pairs if mistakes[pair]],
    }


class Watch:
    """Reports how far a training run is and, before the first, how long all those planned will take.

    announce: a function that takes the name of an event and its fields; None if nobody listens.
    """

    def __init__(self, announce, planned):
        self._announce, self._planned = announce, planned

    def begin(self, graded):
        """Time a few steps of each training that is planned, once."""
        planned, self._planned = self._planned, ()
        if self._announce and planned:
            try:
                seconds = sum(training.seconds(graded) for training in planned)
            except Exception:  # the training itself will show what is wrong
                return
            self._announce("estimate", seconds=seconds, trainings=[training.name for training in planned])

    def tell(self, training, network, epoch, accuracy):
        """Say that a network, counted from 1, has completed an epoch."""
        if self._announce:
            self._announce(
                "epoch",
                training=training.name,
                network=network,
                networks=training.networks,
                epoch=epoch,
                epochs=training.epochs,
                accuracy=accuracy,
            )
