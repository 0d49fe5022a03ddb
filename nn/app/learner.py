"""A learner's package in an experiment: its functions train; nn prepares the data, measures and saves.

The package supplies what the lessons ask for: ``Network``, the optimizer's class, ``train_epoch``, and
``EarlyStopping`` and ``step_decay`` if a recipe uses them. Everything else in a training run is nn's. The
saved network is also nn's: after each epoch it takes over the learner's weights.
"""

import importlib
import importlib.util
import math
import sys
import time
import traceback
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from ..optimizers import OPTIMIZERS
from ..training import Epoch, evaluate

IMPORTED_AS = "package_of_the_learner"  # no other package has this name, whatever the folder is called
UNKNOWN_TO_LESSONS = ("lecun_normal",)  # initializers that no lesson asks for: nn draws these weights
COMPARED = 256  # samples on which the learner's forward pass and nn's must agree


class Learner:
    """A package given by its folder or its importable name.

    Attributes: name and folder. Raises ValueError if there is no such package.
    """

    def __init__(self, place):
        self.folder = _find(place)
        self.name = self.folder.name
        for module in [name for name in sys.modules if name.split(".")[0] == IMPORTED_AS]:
            del sys.modules[module]  # it belongs to another learner
        spec = importlib.util.spec_from_file_location(
            IMPORTED_AS, self.folder / "__init__.py", submodule_search_locations=[str(self.folder)]
        )
        package = sys.modules[IMPORTED_AS] = importlib.util.module_from_spec(spec)
        with self._importing("__init__"):
            spec.loader.exec_module(package)

    def network(self, twin, rng):
        """Return the learner's ``Network`` with the settings of ``twin``, a network from nn."""
        settings = {name: getattr(twin, name) for name in ("activation", "output", "loss", "dropout", "l2")}
        ours = twin.initializer in UNKNOWN_TO_LESSONS
        initializer = "zeros" if ours else twin.initializer
        network = self._get("network", "Network")(
            twin.sizes, initializer=initializer, rng=rng, dtype=twin.dtype, **settings
        )
        shapes = [np.shape(param) for param in network.params]
        if shapes != [param.shape for param in twin.params]:
            raise ValueError(
                f"{self.name}: Network.params must have the shapes "
                f"{[param.shape for param in twin.params]}; got {shapes}"
            )
        if ours:
            for param, initial in zip(network.params, twin.params, strict=True):
                param[...] = initial
        return network

    def optimizer(self, name, lr):
        """Return the learner's optimizer of this name, one of nn's ``OPTIMIZERS``."""
        return self._get("optimizers", OPTIMIZERS[name].__name__)(lr=lr)

    def early_stopping(self, patience, min_delta):
        """Return the learner's ``EarlyStopping``."""
        return self._get("training", "EarlyStopping")(patience, min_delta)

    @property
    def step_decay(self):
        """The learner's ``step_decay``."""
        return self._get("training", "step_decay")

    def fit(
        self,
        network,
        optimizer,
        X,
        y,
        *,
        twin,
        epochs,
        batch_size,
        rng,
        validation,
        schedule,
        max_grad_norm=None,
        augment=None,
    ):
        """Train with the learner's ``train_epoch``, yielding records as ``training.fit`` does.

        twin: nn's network, which takes over the weights after each epoch and is used for validation. All
        records have None for gradient_norm, since the lessons do not ask for it.
        """
        train_epoch = self._get("training", "train_epoch")
        options = {
            "batch_size": len(X) if batch_size is None else batch_size,
            "rng": rng,
            "max_grad_norm": max_grad_norm,
        }
        for epoch in range(epochs):
            lr = schedule(epoch)
            start = time.perf_counter()
            samples = augment(X, rng) if augment else X
            with np.errstate(over="ignore", invalid="ignore"):  # divergence is reported below
                loss = train_epoch(network, optimizer, samples, y, lr=lr, **options)
            seconds = time.perf_counter() - start
            if not isinstance(loss, float | np.floating):
                raise ValueError(f"{self.name}: train_epoch must return the mean loss; got {loss!r:.60}")
            if not math.isfinite(loss):
                raise FloatingPointError(
                    f"the loss became {loss} in epoch {epoch + 1}; try a smaller learning rate than {lr:g}"
                )
            self.hand_over(network, twin, validation[0])
            yield Epoch(epoch + 1, float(loss), *evaluate(twin, *validation), lr, None, seconds)

    def hand_over(self, network, twin, X):
        """Copy the learner's weights into nn's network, and check that both give the same output for X."""
        for param, own in zip(twin.params, network.params, strict=True):
            param[...] = own
        expected, got = twin.forward(X[:COMPARED]), np.asarray(network.forward(X[:COMPARED]))
        slack = 1e-3 * np.max(np.abs(expected), initial=0) + 1e-6
        if got.shape != expected.shape or not np.allclose(got, expected, rtol=0, atol=slack, equal_nan=True):
            raise ValueError(
                f"{self.name}: Network.forward and nn's give different numbers for the same weights; "
                "the tests of lesson 5 show why"
            )

    @contextmanager
    def told(self):
        """Turn an error in the learner's code into one line, a ValueError with function, file and line."""
        try:
            yield
        except MemoryError:
            raise
        except Exception as error:
            inside = [
                (frame.f_code, line)
                for frame, line in traceback.walk_tb(error.__traceback__)
                if self.folder in Path(frame.f_code.co_filename).parents
            ]
            if not inside:
                raise
            code, line = inside[-1]
            what = (
                "is not written yet"
                if isinstance(error, NotImplementedError)
                else f"raised {type(error).__name__}: {error}"
            )
            raise ValueError(
                f"{self.name}: {code.co_qualname} {what} ({code.co_filename}, line {line})"
            ) from error

    def _get(self, module, name):
        with self._importing(module):
            found = importlib.import_module(f"{IMPORTED_AS}.{module}")
        if not hasattr(found, name):
            raise ValueError(f"{self.name}: {module}.py has no {name}")
        return getattr(found, name)

    @contextmanager
    def _importing(self, module):
        path = self.folder / f"{module}.py"
        if not path.is_file():
            raise ValueError(f"{self.name}: there is no {path}")
        try:
            yield
        except (Exception, SystemExit) as error:
            raise ValueError(
                f"{self.name}: {module}.py cannot be imported: {type(error).__name__}: {error}"
            ) from error


def _find(place):
    """Return the folder of a package given by its folder or its importable name."""
    if (Path(place) / "__init__.py").is_file():
        return Path(place).resolve()
    spec = importlib.util.find_spec(place) if str(place).isidentifier() else None
    if spec is None or not spec.submodule_search_locations or not spec.origin:
        raise ValueError(f"--impl must be a package: a folder with an __init__.py or its name; got {place}")
    return Path(spec.origin).resolve().parent
