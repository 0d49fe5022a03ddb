"""Metrics: how well a model does on a set of samples, in numbers."""

from dataclasses import dataclass

import numpy as np

from ..training import evaluate


@dataclass(frozen=True, eq=False)
class Metrics:
    """How well a model does on a set of samples."""

    accuracy: float
    loss: float  # mean cross-entropy in nats
    precision: float  # this and the next two are unweighted means over the classes
    recall: float
    f1: float
    per_class: dict  # the same by digit
    report: str  # all of these as a table
    confusion: np.ndarray  # counts: a row for each digit shown, a column for each answer
    answers: np.ndarray  # class indices (n,)
    confidence: np.ndarray  # the probability of each answer (n,)


def measure(model, X, y):
    """Return the ``Metrics`` of a model on raw pixels X (n, inputs) with class indices y (n,)."""
    from sklearn.metrics import classification_report, confusion_matrix

    scaled = model.scale(X)
    loss, accuracy = evaluate(model.network, scaled, y)
    answers = model.network.predict(scaled)
    probabilities = model.predict_proba(X)
    indices, names = range(len(model.classes)), [str(name) for name in model.classes]
    options = {"labels": indices, "target_names": names, "zero_division": 0}
    per_class = classification_report(y, answers, output_dict=True, **options)
    mean = per_class["macro avg"]
    return Metrics(
        accuracy=accuracy,
        loss=loss,
        precision=mean["precision"],
        recall=mean["recall"],
        f1=mean["f1-score"],
        per_class={name: per_class[name] for name in names},
        report=classification_report(y, answers, digits=4, **options),
        confusion=confusion_matrix(y, answers, labels=indices),
        answers=answers,
        confidence=probabilities[np.arange(len(y)), answers],
    )
