"""An experiment: one recipe, trained on one data set, from raw pixels to the metrics of the result."""

from copy import deepcopy
from dataclasses import asdict
from functools import partial
from itertools import pairwise

import numpy as np

from ..network import Network
from ..optimizers import OPTIMIZERS
from ..training import EarlyStopping, cosine, evaluate, feature_range, fit, step_decay
from .augmentation import shifted
from .data import split
from .metrics import measure
from .model import Model

# In a matrix product of fewer multiplications, extra threads cost more than they save, above all if the
# machine is busy.
SMALL_PRODUCT = 20_000_000


class Experiment:
    """A recipe on a data set with a seed: iterate over ``run()``, then ask for ``result()`` or ``metrics()``.

    ``model`` is the model that is being trained, with its current weights.

    The seed decides the validation samples, the initial weights, how images are moved, the order of the
    batches and dropout; the test samples come with the data set. Two experiments with the same arguments on
    the same machine give the same numbers.

    learner: a ``Learner`` whose package trains instead of nn; None for nn itself.
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
        # What is trained: nn's network, or the learner's, whose weights nn's takes over after each epoch.
        self._trained = learner.network(network, np.random.default_rng(seed)) if learner else network
        self.X, self.y = self.model.scale(X), y if n_classes > 2 else y[:, None]
        self.validation = self.model.scale(X_validation), y_validation
        self._validation_pixels = X_validation, y_validation
        # As many training samples as validation samples, to compare like with like after each epoch.
        self._sample = self.X[: len(X_validation)], y[: len(X_validation)]
        self._pixels = X
        rows = min(recipe.batch_size or len(self.X), len(self.X))
        largest = rows * max(fan_in * fan_out for fan_in, fan_out in pairwise(network.sizes))
        self.threads = 1 if largest < SMALL_PRODUCT else None  # None: the library decides
        self.history = []
        stopping = learner.early_stopping if learner and recipe.patience else EarlyStopping
        self._stopping = stopping(recipe.patience or recipe.epochs, recipe.min_delta)

    @property
    def package(self):
        """The name of the package that trains."""
        return self.learner.name if self.learner else "nn"

    def run(self):
        """Train, yielding a dict after each epoch.

        It has the fields of ``training.Epoch``, then ``training_loss`` and ``training_accuracy``, measured
        like those for validation, on an equal number of training samples.
        """
        from threadpoolctl import ThreadpoolController

        recipe, network = self.recipe, self.model.network
        if self.learner:
            train = partial(self.learner.fit, twin=network)
            optimizer = self.learner.optimizer(recipe.optimizer, recipe.lr)
        else:
            train, optimizer = fit, OPTIMIZERS[recipe.optimizer](lr=recipe.lr)
        epochs = train(
            self._trained,
            optimizer,
            self._pixels if recipe.shift else self.X,
            self.y,
            epochs=recipe.epochs,
            batch_size=recipe.batch_size,
            rng=self._rng,
            validation=self.validation,
            schedule=_schedule(recipe, self.learner),
            max_grad_norm=recipe.max_grad_norm,
            augment=self._moved if recipe.shift else None,
        )
        controller = ThreadpoolController()
        for _ in range(recipe.epochs):
            with controller.limit(limits=self.threads, user_api="blas"):
                epoch = next(epochs)
                training_loss, training_accuracy = evaluate(network, *self._sample)
            row = epoch._asdict() | {"training_loss": training_loss, "training_accuracy": training_accuracy}
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
        """The epoch, counted from 1, whose weights are the result: with early stopping the best epoch, else
        the last.
        """
        return self.best_epoch if self.recipe.patience else len(self.history)

    def result(self):
        """Return a copy of ``model`` with the best weights so far if the recipe stops early, else the last.

        Further training does not change it.
        """
        params = [np.array(param) for param in self._trained.params]
        if self.recipe.patience and self.best_epoch is not None:
            self._stopping.restore(params)
        model = deepcopy(self.model)
        for param, kept in zip(model.network.params, params, strict=True):
            param[...] = kept
        return model

    def keep(self):
        """Give ``model`` the weights that ``result`` has; further training would start from them."""
        if self.recipe.patience and self.best_epoch is not None:
            self._stopping.restore(self._trained.params)
            if self.learner:
                self.learner.hand_over(self._trained, self.model.network, self.validation[0])

    def metrics(self, part="test"):
        """Return the ``Metrics`` of the result on the "test" or "validation" samples."""
        if part == "validation":
            return measure(self.result(), *self._validation_pixels)
        return measure(self.result(), self.dataset.X_test, self.dataset.y_test)

    def _moved(self, pixels, rng):
        """Return the images for one epoch: each is moved by a few pixels, then scaled."""
        return self.model.scale(shifted(pixels, self.dataset.image_shape, self.recipe.shift, rng))


def _schedule(recipe, learner):
    """Return the learning rate as a function of the epoch, counted from 0."""
    if recipe.schedule == "cosine":
        return partial(cosine, lr=recipe.lr, epochs=recipe.epochs, warmup=recipe.warmup)
    if recipe.schedule != "step":
        raise ValueError(f"schedule must be step or cosine; got {recipe.schedule!r}")
    if not recipe.decay_every:
        return lambda epoch: recipe.lr
    return partial(learner.step_decay if learner else step_decay, lr=recipe.lr, every=recipe.decay_every)
