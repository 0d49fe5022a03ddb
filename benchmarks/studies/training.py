"""A training run of a study: one job, from the name of its data to a record of metrics.

A job is a dict of plain values, so that it can be hashed, stored and sent to another process. It has

- "recipe": the fields that decide the outcome
- "data": a name for ``nn.app.data.load``
- "readings": epochs after which the metrics are taken, in addition to the end
- "also": what else is recorded, names in ``ALSO``
- "seed", "checksum", "sampling" and "dtype"
"""

import time
from dataclasses import fields, replace
from datetime import datetime
from functools import lru_cache
from itertools import pairwise

import numpy as np

from nn.app.recipes import Recipe

NAMES = ("name", "summary", "document", "expected")  # fields of a recipe that decide nothing
MNIST = {"pixels": 784, "training": 60_000, "pair": 11_272}  # sizes that the estimates start from
SHOWN = 9  # test images whose answers are kept, to be drawn
CURVES = (
    "loss",
    "validation_loss",
    "validation_accuracy",
    "training_loss",
    "training_accuracy",
    "learning_rate",
    "gradient_norm",
)
DIGITS = 6  # significant digits of a curve: the records are kept in the repository
ALSO = {  # what else a study may ask for, and the curves that this adds
    "test": ("test_loss", "test_accuracy"),  # on the test images after each epoch
    "scores": ("precision", "recall", "f1"),  # on the validation images after each epoch, means over classes
    "images": (),  # the pixels of the test images that are shown
}


def settings(recipe):
    """Return the fields of a recipe that decide a training run, as a dict of plain values.

    A field that has its default is left out, so that a field added to the recipe later does not change the
    settings of earlier runs.
    """
    found = {
        field.name: getattr(recipe, field.name)
        for field in fields(recipe)
        if field.name not in NAMES and getattr(recipe, field.name) != field.default
    }
    return {name: list(value) if isinstance(value, tuple) else value for name, value in found.items()}


def train(job):
    """Do the training run of a job; return a dict of "outcome", which is reproducible bit by bit, and "cost".

    If the run diverges, the outcome contains the error.
    Raises ValueError if the data are not those of the job.
    """
    from nn.app.experiment import Experiment

    _one_thread()
    dataset = load(job["data"], job["checksum"])
    values = {
        name: tuple(value) if isinstance(value, list) else value for name, value in job["recipe"].items()
    }
    recipe = Recipe(name="study", summary="", document="", **values)
    sampled = SAMPLINGS[job["sampling"]](dataset, job["seed"])
    experiment = Experiment(recipe, sampled, seed=job["seed"], dtype=np.dtype(job["dtype"]))
    begun = time.perf_counter()
    readings, rows, error = {}, [], None
    try:
        with np.errstate(over="ignore", invalid="ignore"):  # if a run diverges, its loss shows it
            for row in experiment.run():
                rows.append(row | _each_epoch(experiment, job["also"]))
                if row["epoch"] in job["readings"]:
                    readings[str(row["epoch"])] = _reading(experiment)
            for epoch in job["readings"]:  # those that come after early stopping
                if str(epoch) not in readings:
                    readings[str(epoch)] = _reading(experiment)
            experiment.keep()
            readings["end"] = _reading(experiment) | _answers(experiment, "images" in job["also"])
    except FloatingPointError as failure:
        error = str(failure)
    curves = CURVES + tuple(name for what in job["also"] for name in ALSO[what])
    return {
        "outcome": {
            "error": error,
            "readings": readings,
            "epochs": len(rows),
            "kept_epoch": experiment.kept_epoch,
            "samples": [len(experiment.X), len(experiment.validation[0]), len(experiment.dataset.X_test)],
            "classes": list(experiment.dataset.classes),
            "history": {name: [_rounded(row[name]) for row in rows] for name in curves},
        },
        "cost": {
            "seconds": sum(row["seconds"] for row in rows),
            "seconds_in_all": time.perf_counter() - begun,
            "date": f"{datetime.now():%Y-%m-%d}",
            "machine": machine(),
        },
    }


def estimate(job, epochs=None):
    """Return a rough estimate of the seconds that a job takes on one core, on data as large as MNIST.

    epochs: their number as a document prints it.
    """
    recipe = {"validation": 0.1, "patience": None} | job["recipe"]
    pair = "digits" in recipe
    n = 34_000 if job["sampling"] != "as loaded" else MNIST["pair" if pair else "training"]
    n *= 1 if job["sampling"] != "as loaded" else 1 - recipe["validation"]
    widths = [MNIST["pixels"], *recipe["hidden"], 1 if pair else 10]
    weights = sum(a * b for a, b in pairwise(widths))
    steps = n / (recipe["batch_size"] or n)
    epochs = epochs or (min(recipe["epochs"], 25) if recipe["patience"] else recipe["epochs"])
    # The multiplications, the copying of the pixels, and the cost of each step and of its weights.
    return epochs * (6 * n * weights / 9e10 + 2e-9 * n * MNIST["pixels"] + steps * (6e-5 + 1e-9 * weights))


def _each_epoch(experiment, also):
    """Return what is measured after an epoch in addition to what the experiment measures."""
    from nn.training import evaluate

    network, found = experiment.model.network, {}
    if "test" in also:
        X, y = experiment.model.scale(experiment.dataset.X_test), experiment.dataset.y_test
        found["test_loss"], found["test_accuracy"] = evaluate(network, X, y)
    if "scores" in also:
        from sklearn.metrics import precision_recall_fscore_support

        X, y = experiment.validation
        scores = precision_recall_fscore_support(y, network.predict(X), average="macro", zero_division=0)
        found |= dict(zip(ALSO["scores"], map(float, scores[:3]), strict=True))
    return found


def _rounded(value):
    return value if value is None else float(f"{value:.{DIGITS}g}")


def _reading(experiment):
    """Return the metrics with the current weights."""
    from nn.app.metrics import measure
    from nn.training import evaluate

    network, dataset = experiment.model.network, experiment.dataset
    test = measure(experiment.model, dataset.X_test, dataset.y_test)
    parts = {
        "training": (experiment.X, experiment.y.reshape(len(experiment.X))),
        "validation": experiment.validation,
    }
    reading = {
        "epoch": len(experiment.history),
        "cost": experiment.history[-1]["loss"],
        "learning_rate": experiment.history[-1]["learning_rate"],
        "test": {
            name: float(getattr(test, name)) for name in ("accuracy", "loss", "precision", "recall", "f1")
        },
        "confusion": test.confusion.tolist(),
        "per_class": test.per_class,
    }
    for part, (X, y) in parts.items():
        loss, accuracy = evaluate(network, X, y)
        reading[part] = {"accuracy": accuracy, "loss": loss}
    return reading


def _answers(experiment, with_images):
    """Return the indices, classes and answers of a few random test images, and their pixels if asked."""
    dataset = experiment.dataset
    shown = np.random.default_rng(experiment.seed).permutation(len(dataset.y_test))[:SHOWN]
    probabilities = experiment.model.predict_proba(dataset.X_test[shown])
    images = {"images": dataset.X_test[shown].tolist(), "image_shape": list(dataset.image_shape)}
    return (images if with_images else {}) | {
        "shown": shown.tolist(),
        "truth": dataset.y_test[shown].tolist(),
        "answers": probabilities.argmax(axis=1).tolist(),
        "confidence": probabilities.max(axis=1).astype(float).tolist(),
    }


def _as_loaded(dataset, seed):
    return dataset


def _part_of_42000(dataset, seed):
    """Divide the data as document 002 divides Kaggle's training file, with a new division for each seed.

    2,000 of 42,000 samples are for the test; of the rest, the recipe's validation share leaves 34,000. A data
    set of 42,000 samples is taken whole. From one with more training samples, 42,000 are drawn, always the
    same. One with fewer is divided in the same proportions.
    """
    X, y = _pool(dataset)
    return _divided(dataset, X, y, seed)


def _part_of_70000(dataset, seed):
    """Divide the data like ``_part_of_42000``, but draw other 42,000 samples for each seed.

    They come from all samples, those for the test included: MNIST's 70,000, from which Kaggle's file was
    drawn.
    """
    from nn.app.data import split

    X, y = (
        np.concatenate([getattr(dataset, f"{name}_{part}") for part in ("train", "test")]) for name in "Xy"
    )
    if len(X) > 42_000:
        _, X, _, y = split(X, y, 42_000, seed)
    return _divided(dataset, X, y, seed)


def _divided(dataset, X, y, seed):
    from nn.app.data import split

    X_train, X_test, y_train, y_test = split(X, y, round(len(X) * 2000 / 42_000), seed)
    return replace(dataset, X_train=X_train, y_train=y_train, X_test=X_test, y_test=y_test)


@lru_cache(maxsize=1)
def _pool(dataset):
    from nn.app.data import split

    X, y = dataset.X_train, dataset.y_train
    if len(X) < 42_000:
        X, y = np.concatenate([X, dataset.X_test]), np.concatenate([y, dataset.y_test])
    if len(X) > 42_000:
        _, X, _, y = split(X, y, 42_000, 0)
    return X, y


SAMPLINGS = {
    "as loaded": _as_loaded,
    "34,000 of 42,000": _part_of_42000,
    "34,000 of 70,000": _part_of_70000,
}


@lru_cache(maxsize=1)
def load(name, checksum):
    """Load the data once in each process, and check that they are the right ones.

    Raises ValueError if they have another checksum.
    """
    from nn.app import data

    dataset = data.load(name)
    if dataset.checksum != checksum:
        raise ValueError(f"the data {name!r} have the checksum {dataset.checksum} here; expected {checksum}")
    return dataset


@lru_cache(maxsize=1)
def _one_thread():
    """Limit this process's matrix products to one thread from now on.

    Several training runs share the machine, and the last bits of a product may depend on the number of
    threads.
    """
    from threadpoolctl import threadpool_limits

    threadpool_limits(1, user_api="blas")


@lru_cache(maxsize=1)
def machine():
    """Return the versions, the BLAS and the processor that figures of this process come from."""
    from nn.app.report import environment

    from ..machine import processor

    return environment() | {"processor": processor()}
