"""An experiment: one recipe trained on one data set, from raw pixels to figures on the test set."""

import time
from dataclasses import asdict, dataclass
from functools import partial
from itertools import pairwise

import numpy as np

from ..network import Network
from ..optimizers import OPTIMIZERS
from ..training import EarlyStopping, cosine, evaluate, feature_range, fit, step_decay
from .augmentation import shifted
from .data import split
from .model import Model

# Multiplications in a matrix product below which several threads lose more by waiting for one another than
# they win, above all on a machine that has other things to do.
SMALL_PRODUCT = 20_000_000


@dataclass(frozen=True, eq=False)
class Figures:
    """How a model does on a set of samples.

    loss: mean cross-entropy in nats. precision, recall, f1: unweighted means over the classes. per_class: a
    dict by digit. confusion: counts, rows being the digits shown and columns the answers. answers: class
    indices (n,), confidence: the probability of each answer (n,).
    """

    accuracy: float
    loss: float
    precision: float
    recall: float
    f1: float
    per_class: dict
    confusion: np.ndarray
    answers: np.ndarray
    confidence: np.ndarray


class Experiment:
    """A recipe on a data set with a seed: iterate over ``run()``, then ask for ``figures()`` and keep
    ``model``.

    The seed decides the validation samples, the initial weights, how images are moved, the order of the
    batches and dropout; the test samples are the data set's own. Two experiments with the same arguments on
    the same machine give the same numbers.

    learner: a ``Learner`` whose package trains in nn's place; None for nn itself.
    """

    def __init__(self, recipe, dataset, *, seed=0, dtype=np.float32, learner=None):
        self.recipe, self.seed, self.learner = recipe, seed, learner
        self.dataset = dataset if recipe.digits == dataset.classes else dataset.only(recipe.digits)
        X, X_validation, y, y_validation = split(
            self.dataset.X_train, self.dataset.y_train, recipe.validation, seed
        )
        n_classes = len(self.dataset.classes)
        self._rng = np.random.default_rng(seed)
        network = Network(
            (X.shape[1], *recipe.hidden, n_classes if n_classes > 2 else 1),
            activation=recipe.activation,
            loss="softmax_cross_entropy" if n_classes > 2 else "binary_cross_entropy",
            initializer=recipe.initializer,
            dropout=recipe.dropout,
            l2=recipe.l2,
            rng=self._rng,
            dtype=dtype,
        )
        low, span = feature_range(X) if recipe.scaling == "min_max" else (0, self.dataset.pixel_max)
        self.model = Model(
            network,
            classes=self.dataset.classes,
            low=low,
            span=span,
            image_shape=self.dataset.image_shape,
            pixel_max=self.dataset.pixel_max,
            about={
                "recipe": asdict(recipe),
                "data": dataset.name,
                "checksum": dataset.checksum,
                "seed": seed,
                "package": self.package,
            },
        )
        # What is trained: our network, or the learner's, whose weights ours then takes over.
        self._trained = learner.network(network, np.random.default_rng(seed)) if learner else network
        self.X, self.y = self.model.scale(X), y if n_classes > 2 else y[:, None]
        self.validation = self.model.scale(X_validation), y_validation
        self._validation_pixels = X_validation, y_validation
        # As many training samples as validation samples, to compare like with like after each
        # epoch.
        self._sample = self.X[: len(X_validation)], y[: len(X_validation)]
        self._pixels = X
        rows = min(recipe.batch_size or len(self.X), len(self.X))
        largest = rows * max(fan_in * fan_out for fan_in, fan_out in pairwise(network.sizes))
        self.threads = 1 if largest < SMALL_PRODUCT else None  # None: as many as the library takes
        self.history = []
        stopping = learner.early_stopping if learner and recipe.patience else EarlyStopping
        self._stopping = stopping(recipe.patience or recipe.epochs, recipe.min_delta)

    @property
    def package(self):
        """The name of the package that trains."""
        return self.learner.name if self.learner else "nn"

    def run(self):
        """Train, yielding after each epoch a dict: the fields of ``training.Epoch``, then loss and accuracy
        on a part of the training samples as large as the validation set, in evaluation mode.
        """
        from threadpoolctl import ThreadpoolController

        recipe, network = self.recipe, self.model.network
        X = np.empty_like(self.X) if recipe.shift else self.X
        if self.learner:
            train = partial(self.learner.fit, twin=network)
            optimizer = self.learner.optimizer(recipe.optimizer, recipe.lr)
        else:
            train, optimizer = fit, OPTIMIZERS[recipe.optimizer](lr=recipe.lr)
        epochs = train(
            self._trained,
            optimizer,
            X,
            self.y,
            epochs=recipe.epochs,
            batch_size=recipe.batch_size,
            rng=self._rng,
            validation=self.validation,
            schedule=_schedule(recipe, self.learner),
            max_grad_norm=recipe.max_grad_norm,
        )
        controller = ThreadpoolController()
        for _ in range(recipe.epochs):
            start = time.perf_counter()
            if recipe.shift:  # fit reads X again in each epoch, and finds the images elsewhere
                shape, most = self.dataset.image_shape, recipe.shift
                X[...] = self.model.scale(shifted(self._pixels, shape, most, self._rng))
            moving = time.perf_counter() - start
            with controller.limit(limits=self.threads, user_api="blas"):
                epoch = next(epochs)
                training_loss, training_accuracy = evaluate(network, *self._sample)
            row = epoch._asdict() | {"training_loss": training_loss, "training_accuracy": training_accuracy}
            row["seconds"] += moving
            self.history.append(row)
            watched = epoch.validation_loss if recipe.monitor == "loss" else -epoch.validation_accuracy
            enough = self._stopping.update(watched, self._trained.params)
            yield row
            if enough and recipe.patience:
                return

    @property
    def best_epoch(self):
        """The epoch, counted from 1, with the best validation result; None before the first has ended."""
        return None if self._stopping.best_epoch is None else self._stopping.best_epoch + 1

    @property
    def kept_epoch(self):
        """The epoch, counted from 1, whose weights are the result: the best with early stopping, else the
        last.
        """
        return self.best_epoch if self.recipe.patience else len(self.history)

    def keep(self):
        """Give the model the weights that are the result: with early stopping the best ones, else those of
        now.
        """
        if self.recipe.patience and self.best_epoch is not None:
            self._stopping.restore(self._trained.params)
            self._hand_over()

    def figures(self, part="test"):
        """Return the ``Figures`` on the "test" or "validation" samples, with the weights that ``keep`` would
        keep.
        """
        now = [param.copy() for param in self._trained.params]
        self.keep()
        try:
            if part == "validation":
                return figures(self.model, *self._validation_pixels)
            return figures(self.model, self.dataset.X_test, self.dataset.y_test)
        finally:
            for param, value in zip(self._trained.params, now, strict=True):
                param[...] = value
            self._hand_over()

    def _hand_over(self):
        """Let our network take over the weights of the learner's."""
        if self.learner:
            self.learner.hand_over(self._trained, self.model.network, self.validation[0])


def _schedule(recipe, learner):
    """Return the learning rate as a function of the epoch, counted from 0."""
    if recipe.schedule == "cosine":
        return partial(cosine, lr=recipe.lr, epochs=recipe.epochs, warmup=recipe.warmup)
    if recipe.schedule != "step":
        raise ValueError(f"schedule must be step or cosine; got {recipe.schedule!r}")
    if not recipe.decay_every:
        return lambda epoch: recipe.lr
    return partial(learner.step_decay if learner else step_decay, lr=recipe.lr, every=recipe.decay_every)


def figures(model, X, y):
    """Return the ``Figures`` of a model on raw pixels X (n, inputs) with class indices y (n,)."""
    from sklearn.metrics import classification_report, confusion_matrix

    scaled = model.scale(X)
    loss, accuracy = evaluate(model.network, scaled, y)
    answers = model.network.predict(scaled)
    probabilities = model.predict_proba(X)
    indices, names = range(len(model.classes)), [str(name) for name in model.classes]
    per_class = classification_report(
        y, answers, labels=indices, target_names=names, output_dict=True, zero_division=0
    )
    mean = per_class["macro avg"]
    return Figures(
        accuracy=accuracy,
        loss=loss,
        precision=mean["precision"],
        recall=mean["recall"],
        f1=mean["f1-score"],
        per_class={name: per_class[name] for name in names},
        confusion=confusion_matrix(y, answers, labels=indices),
        answers=answers,
        confidence=probabilities[np.arange(len(y)), answers],
    )
