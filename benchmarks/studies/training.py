"""A training of a study: one job, from the name of its data to a record of figures.

A job is a dict of plain values, so that it can be hashed, written down and sent to another process: "recipe"
(the fields that decide the outcome), "seed", "data" (a name for ``nn.data.load``), "checksum", "sampling",
"dtype" and "readings" (epochs after which the figures are taken, besides the end).
"""

import time
from dataclasses import fields, replace
from datetime import datetime
from functools import lru_cache

import numpy as np

from nn.recipes import Recipe

NAMES = ("name", "summary", "document", "expected")  # fields of a recipe that decide nothing
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


def settings(recipe):
    """Return the fields of a recipe that decide a training, as a dict of plain values.

    A field that has its default is left out: a field that joins the recipe later leaves the settings of
    earlier trainings as they were.
    """
    found = {
        field.name: getattr(recipe, field.name)
        for field in fields(recipe)
        if field.name not in NAMES and getattr(recipe, field.name) != field.default
    }
    return {name: list(value) if isinstance(value, tuple) else value for name, value in found.items()}


def train(job):
    """Train as a job says; return a dict of "outcome", which repeats bit by bit, and "cost", which does not.

    A training that diverges has its error in the outcome.
    Raises ValueError where the data are not those that the job is about.
    """
    from nn.experiment import Experiment

    _one_thread()
    dataset = _load(job["data"], job["checksum"])
    values = {
        name: tuple(value) if isinstance(value, list) else value for name, value in job["recipe"].items()
    }
    recipe = Recipe(name="study", summary="", document="", **values)
    sampled = SAMPLINGS[job["sampling"]](dataset, job["seed"])
    experiment = Experiment(recipe, sampled, seed=job["seed"], dtype=np.dtype(job["dtype"]))
    begun = time.perf_counter()
    readings, error = {}, None
    try:
        with np.errstate(over="ignore", invalid="ignore"):  # a training that runs away says so by its loss
            for row in experiment.run():
                if row["epoch"] in job["readings"]:
                    readings[str(row["epoch"])] = _reading(experiment)
            for epoch in job["readings"]:  # those that early stopping has come before
                if str(epoch) not in readings:
                    readings[str(epoch)] = _reading(experiment)
            experiment.keep()
            readings["end"] = _reading(experiment) | _answers(experiment)
    except FloatingPointError as failure:
        error = str(failure)
    history = experiment.history
    return {
        "outcome": {
            "error": error,
            "readings": readings,
            "epochs": len(history),
            "kept_epoch": experiment.kept_epoch,
            "samples": [len(experiment.X), len(experiment.validation[0]), len(experiment.dataset.X_test)],
            "classes": list(experiment.dataset.classes),
            "history": {name: [row[name] for row in history] for name in CURVES},
        },
        "cost": {
            "seconds": sum(row["seconds"] for row in history),
            "seconds_in_all": time.perf_counter() - begun,
            "date": f"{datetime.now():%Y-%m-%d}",
            "machine": machine(),
        },
    }


def _reading(experiment):
    """Return the figures with the weights of now."""
    from nn.experiment import figures
    from nn.training import evaluate

    network, dataset = experiment.model.network, experiment.dataset
    test = figures(experiment.model, dataset.X_test, dataset.y_test)
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


def _answers(experiment):
    """Return a few random test images, by their place, with the classes that the network takes them for."""
    dataset = experiment.dataset
    shown = np.random.default_rng(experiment.seed).permutation(len(dataset.y_test))[:SHOWN]
    probabilities = experiment.model.predict_proba(dataset.X_test[shown])
    return {
        "shown": shown.tolist(),
        "answers": probabilities.argmax(axis=1).tolist(),
        "confidence": probabilities.max(axis=1).astype(float).tolist(),
    }


def _as_loaded(dataset, seed):
    return dataset


def _part_of_42000(dataset, seed):
    """Divide as document 002 divides Kaggle's training file, each seed anew: 2,000 of 42,000 samples are the
    test, and the recipe's validation share leaves 34,000 of the rest.

    A data set of 42,000 samples is taken whole. Of one with more training samples, 42,000 are drawn, always
    the same. One with fewer is divided in the same proportions.
    """
    from nn.data import split

    X, y = _pool(dataset)
    X_train, X_test, y_train, y_test = split(X, y, round(len(X) * 2000 / 42_000), seed)
    return replace(dataset, X_train=X_train, y_train=y_train, X_test=X_test, y_test=y_test)


@lru_cache(maxsize=1)
def _pool(dataset):
    from nn.data import split

    X, y = dataset.X_train, dataset.y_train
    if len(X) < 42_000:
        X, y = np.concatenate([X, dataset.X_test]), np.concatenate([y, dataset.y_test])
    if len(X) > 42_000:
        _, X, _, y = split(X, y, 42_000, 0)
    return X, y


SAMPLINGS = {"as loaded": _as_loaded, "34,000 of 42,000": _part_of_42000}


@lru_cache(maxsize=1)
def _load(name, checksum):
    """Load the data once in each process, and see that they are the right ones."""
    from nn.data import load

    dataset = load(name)
    if dataset.checksum != checksum:
        raise ValueError(f"the data {name!r} have the checksum {dataset.checksum} here; expected {checksum}")
    return dataset


@lru_cache(maxsize=1)
def _one_thread():
    """Keep this process's matrix products to one thread from now on: several trainings share the machine, and
    a product may differ in its last bits with the number of threads.
    """
    from threadpoolctl import threadpool_limits

    threadpool_limits(1, user_api="blas")


@lru_cache(maxsize=1)
def machine():
    """Return the versions, the BLAS and the processor that figures of this process come from."""
    from nn.report import environment

    from ..machine import processor

    return environment() | {"processor": processor()}
