"""A claim of a document may come out either way, and each has its answer whatever is measured."""

import re
from dataclasses import replace
from statistics import mean

import numpy as np
import pytest

from benchmarks.studies import (
    claims,
    findings_002,
    metrics,
    pages,
    store,
)
from benchmarks.studies.claims import Answer, Claim
from benchmarks.studies.findings_002 import stops
from benchmarks.studies.study import Row
from benchmarks.studies.summary import Measured
from benchmarks.studies.training import ALSO
from nn.app.experiment import Experiment
from tests.studies import BASE, STUDIES, TINY


def setting(label, accuracies, **figures):
    runs = {
        seed: {"accuracy": value} | {name: values[seed] for name, values in figures.items()}
        for seed, value in enumerate(accuracies)
    }
    return metrics.MeasuredRow(Row(label), len(accuracies), dict.fromkeys(runs), runs)


class Pretended:
    """Measured figures that are made up."""

    def __init__(self, *settings, times=None):
        self._rows, self._times = {setting.label: setting for setting in settings}, times

    def rows(self, name):
        return self._rows

    def epoch_times(self, name):
        return self._times


@pytest.mark.parametrize(
    ("ours", "other", "holds"),
    [
        ([0.97, 0.971, 0.972], [0.95, 0.951, 0.952], True),
        ([0.95, 0.951, 0.952], [0.97, 0.971, 0.972], False),
        ([0.95, 0.96, 0.97], [0.955, 0.96, 0.961], None),
        ([0.97, 0.972], [0.95, 0.951], None),  # of two runs, nothing is known
    ],
)
def test_a_claim_may_come_out_either_way(ours, other, holds):
    known = Pretended(setting("named", ours), setting("other", other))
    answer = claims.names_the_best("any", "named")(known)
    assert answer.holds is holds
    assert f"{100 * mean(ours):.2f}" in answer.numbers.split(" for named; ")[0]


def test_claims_about_times_weigh_epochs():
    """Twice as many epochs at a third of the time: seconds are both together."""
    rows = setting("a", [0.9] * 3, epochs=[10] * 3), setting("b", [0.903] * 3, epochs=[20] * 3)
    known = Pretended(*rows, times={"a": [0.3, 0.3, 9.0], "b": [0.1, 0.1, 0.1]})
    assert findings_002.training_seconds(known, "any") == pytest.approx({"a": 3.0, "b": 2.0})
    assert findings_002.fastest("any", "b")(known).holds
    assert findings_002.fastest("any", "a")(known).holds is False
    assert findings_002.optimal("any", "b")(known).holds
    assert findings_002.optimal("any", "a")(known).holds is False


def pretend(study, seeds=3):
    """Return records for all trainings of a study, made up but of the right form."""
    records = {}
    for (place, seed), job in study.jobs("mnist", "sum", seeds).items():
        rng = np.random.default_rng([place, seed, len(study.name)])
        epochs, classes = job["recipe"]["epochs"], job["recipe"].get("digits", list(range(10)))
        names = [name for what in job["also"] for name in ALSO[what]]
        names += ["loss", "validation_loss", "validation_accuracy", "training_loss", "training_accuracy"]
        outcome = {
            "error": None,
            "epochs": epochs,
            "kept_epoch": epochs,
            "samples": [1, 2, 3],
            "classes": classes,
            "readings": {str(epoch): pretended_reading(rng, epoch, classes) for epoch in job["readings"]},
            "history": {name: rng.uniform(0.1, 1, epochs).tolist() for name in names},
        }
        outcome["readings"]["end"] = pretended_reading(rng, epochs, classes)
        cost = {"seconds": 1.0, "seconds_in_all": 2.0, "date": "2026-01-01", "machine": MACHINE}
        records[store.key(job)] = {"key": store.key(job), "job": job, "outcome": outcome, "cost": cost}
    return records


def pretended_reading(rng, epoch, classes):
    part = ("accuracy", "loss")
    scores = (*part, "precision", "recall", "f1")
    report = ("precision", "recall", "f1-score", "support")
    return {
        "epoch": epoch,
        "cost": 0.1,
        "learning_rate": 0.001,
        "training": {name: rng.uniform(0.5, 1) for name in part},
        "validation": {name: rng.uniform(0.5, 1) for name in part},
        "test": {name: rng.uniform(0.5, 1) for name in scores},
        "confusion": rng.integers(50, size=(len(classes),) * 2).tolist(),
        "per_class": {str(digit): {name: rng.uniform(0.5, 1) for name in report} for digit in classes},
    }


MACHINE = dict.fromkeys(("python", "numpy", "scikit-learn", "matplotlib", "processor", "platform"), "x")
MACHINE["blas"] = ["x"]


@pytest.fixture(scope="module", params=[1, 2, 3])
def everything(request):
    """All studies with figures that are made up, of so many runs, times included."""
    records = {}
    for study in STUDIES.values():
        records |= pretend(study, request.param)
    taken = {
        name: {"cpu": {row.label: [0.1, 0.2, 0.3] for row in study.rows}, "epochs": 2}
        for name, study in STUDIES.items()
    }
    return Measured(STUDIES, records, "sum", runs=request.param, times=taken)


@pytest.mark.parametrize("study", STUDIES.values(), ids=STUDIES)
def test_every_claim_and_finding_has_its_answer(everything, study):
    """Whatever the figures are, each can be told in sentences that end with a full stop; of one or two runs,
    what needs a deviation is left out.
    """
    answers = claims.answers(study, everything)
    words = [claim.words for claim in study.claims]
    if everything.runs >= metrics.FEWEST:
        assert [said for said, _ in answers] == words
        assert study.finding is None or study.finding(everything)
    text = "\n".join(pages.blocks(study, everything, "mnist", {}))
    assert "nan" not in text
    for said, answer in answers:
        assert said in words
        assert said in " ".join(text.split())
        assert answer.holds in (True, False, None)
        assert answer.numbers.endswith(".")
        assert not re.search(r"None|inf\b|\{", answer.numbers)


def test_a_claim_without_figures_is_left_out():
    nothing = Measured(STUDIES, {}, "sum")
    assert all(claims.answers(study, nothing) == [] for study in STUDIES.values())
    claim = Claim("said", lambda measured: Answer(True, "Seen."))
    assert claims.answers(replace(TINY, claims=(claim,)), nothing) == [("said", Answer(True, "Seen."))]


def test_where_another_patience_would_stop(digits):
    """The curve of a training to its end tells where early stopping would end it: as it does."""
    recipe = replace(BASE, epochs=40, lr=0.03)
    whole = Experiment(recipe, digits)
    losses = [row["validation_loss"] for row in whole.run()]
    for patience, min_delta in ((1, 0.0), (3, 0.0), (5, 0.001)):
        stopped = Experiment(replace(recipe, patience=patience, min_delta=min_delta), digits)
        assert stops(losses, patience, min_delta) == len(list(stopped.run())) < 40
