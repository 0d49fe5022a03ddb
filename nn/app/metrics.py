"""Metrics: how a model does on a set of samples, in numbers."""

from dataclasses import dataclass

import numpy as np

from ..training import evaluate


@dataclass(frozen=True, eq=False)
class Metrics:
    """How a model does on a set of samples.

    loss: mean cross-entropy in nats. precision, recall, f1: unweighted means over the classes. per_class: a
    dict by digit. report: all of these as a table. confusion: counts, rows being the digits shown and columns
    the answers. answers: class indices (n,), confidence: the probability of each answer (n,).
    """

    accuracy: float
    loss: float
    precision: float
    recall: float
    f1: float
    per_class: dict
    report: str
    confusion: np.ndarray
    answers: np.ndarray
    confidence: np.ndarray


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
