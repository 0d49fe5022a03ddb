"""The trainings of a study: done once whatever happens, and measured as by hand."""

import csv
import json
from dataclasses import replace
from datetime import datetime
from statistics import mean, stdev

import numpy as np
import pytest

from benchmarks.__main__ import main
from benchmarks.studies import (
    catalogue,
    metrics,
    pages,
    runner,
)
from benchmarks.studies.study import Computed
from benchmarks.studies.training import train
from nn.app.data import load
from nn.app.experiment import Experiment
from tests.studies import BASE, FAILING, TINY, found, job, known, outcomes, study

pytestmark = pytest.mark.usefixtures("without_mnist")


def test_readings_are_those_of_their_epoch(measured, digits):
    """The tiny study's training, done again by hand."""
    experiment = Experiment(BASE, digits, seed=1)
    accuracies = []
    for _ in experiment.run():
        answers = experiment.model.predict(digits.X_test)
        accuracies.append(np.mean(answers == digits.y_test))
    early, late, _ = found(TINY, measured)
    assert early.metrics[1]["accuracy"] == accuracies[1]
    assert late.metrics[1]["accuracy"] == accuracies[-1]
    assert early.metrics[1]["epochs"] == 2
    network, y = experiment.model.network, experiment.y
    assert late.metrics[1]["training_accuracy"] == np.mean(network.predict(experiment.X) == y)


def test_early_stopping_waits_for_a_real_improvement(digits):
    recipe = replace(BASE, epochs=50, patience=3, min_delta=10.0)
    assert len(list(Experiment(recipe, digits).run())) == 4, "after the first epoch nothing is better by 10"


def test_means_and_deviations_are_over_the_seeds(measured):
    for setting in found(TINY, measured):
        accuracies = [figures["accuracy"] for figures in setting.metrics.values()]
        assert len(accuracies) == 2
        assert setting.mean("accuracy") == pytest.approx(mean(accuracies))
        assert setting.deviation("accuracy") is None, "two runs have no deviation worth the name"
        low, high = sorted(f"{100 * accuracy:.2f}" for accuracy in accuracies)
        assert metrics.plus_minus(setting) == f"{100 * mean(accuracies):.2f} ({low} to {high})"
        three = replace(setting, metrics={**setting.metrics, 2: {"accuracy": 0.5}})
        assert three.deviation("accuracy") == pytest.approx(stdev([*accuracies, 0.5]))
    early, late, wide = found(TINY, measured)
    assert early.difference == pytest.approx(early.mean("accuracy") - 0.2)
    assert late.difference == pytest.approx(late.mean("accuracy") - 0.99)
    assert not late.is_near
    assert wide.difference == 0, "within the range that is printed"
    assert wide.is_near


def test_convergence_is_the_first_epoch_near_the_best():
    assert metrics.converged([0.5, 0.9, 0.9951, 0.98, 1.0]) == 3
    assert metrics.converged([0.7]) == 1


def test_two_processes_measure_the_same_bits(measured, tmp_path):
    runner.run([TINY], "digits", load("digits").checksum, tmp_path, n_jobs=2)
    assert outcomes(tmp_path) == outcomes(measured)


def test_what_is_there_is_not_trained_again(measured, capsys, monkeypatch):
    monkeypatch.setattr(runner, "measure", None)
    assert runner.run([TINY], "digits", load("digits").checksum, measured) == (4, 0)
    assert "4 training runs: 4 found, 0 to do" in capsys.readouterr().out


def test_a_training_that_diverges_is_a_row(tmp_path, digits):
    runner.run([FAILING], "digits", digits.checksum, tmp_path)
    steep, calm = found(FAILING, tmp_path)
    assert set(steep.failed) == {0, 1}
    assert not calm.failed
    assert steep.mean("accuracy") is None
    page = pages.write_study(FAILING, known(FAILING, tmp_path), tmp_path / "pages", "digits")
    page = page.read_text(encoding="utf-8")
    assert "| steep | 2, 2 diverged |" in page
    assert "**steep**, seed 1, diverged: the loss became" in page
    assert runner.run([FAILING], "digits", digits.checksum, tmp_path) == (4, 0), "a failure is an outcome"
    with open(tmp_path / "pages" / "failing-runs.csv", newline="", encoding="utf-8") as file:
        errors = [row["error"] for row in csv.DictReader(file)]
    assert [bool(error) for error in errors] == [True, True, False, False]


def test_other_data_than_expected_are_refused():
    with pytest.raises(ValueError, match="have the checksum"):
        train(job() | {"checksum": "of other data"})


def test_a_killed_study_goes_on_where_it_was(tmp_path):
    arguments = ("activations-adam", "--runs", "1", "--jobs", "1", "--out", tmp_path)
    with study(*arguments) as process:
        for line in process.stdout:
            if line.startswith("[2/5]"):
                process.kill()
                break
        process.communicate()
    assert not list((tmp_path / "pages").iterdir()), "it was killed before it came to the pages"
    kept = {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in tmp_path.glob("trainings/*.json")}
    assert 2 <= len(kept) < 5
    with study(*arguments) as process:
        output, error = process.communicate()
    assert process.returncode == 0, error
    assert f"5 training runs: {len(kept)} found, {5 - len(kept)} to do" in output
    assert sum(line.startswith("[") for line in output.splitlines()) == 5 - len(kept)
    for path, before in kept.items():
        assert (path.stat().st_mtime_ns, path.read_bytes()) == before, "what was done was done again"
    assert len(outcomes(tmp_path)) == 5
    assert (tmp_path / "pages" / "activations-adam.md").is_file()


def test_a_computed_study_is_measured_once(tmp_path, monkeypatch, capsys):
    calls = []

    def measure(dataset, runs):
        calls.append((dataset.name, runs))
        return {"answer": runs}

    another = Computed(
        "another",
        "Another study",
        {"steps": 3},
        measure,
        lambda found, _: [f"The answer is {found['answer']}."],
    )
    monkeypatch.setitem(catalogue.STUDIES, "another", another)
    for _ in range(2):
        options = ["--data", "digits", "--runs", "4", "--out", str(tmp_path)]
        assert main(["study", "another", *options]) == 0
    assert calls == [("digits", 4)]
    page = (tmp_path / "pages" / "another.md").read_text(encoding="utf-8")
    assert "The answer is 4." in page
    for fact in (load("digits").checksum, f"numpy {np.__version__}", f"{datetime.now():%Y}"):
        assert fact in page.split("## How it was measured")[1]
    assert "[Another study](another.md)" in (tmp_path / "pages" / "README.md").read_text(encoding="utf-8")
    assert main(["study", "--list"]) == 0
    assert "another  " in capsys.readouterr().out
    (path,) = (tmp_path / "others").iterdir()
    record = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(record | {"outcome": {"answer": 5}}), encoding="utf-8")
    assert main(["study", "another", *options]) == 0
    assert len(calls) == 2, "a damaged file is measured again"
    monkeypatch.setitem(catalogue.STUDIES, "another", replace(another, settings={"steps": 4}))
    assert main(["study", "another", *options]) == 0
    assert len(calls) == 3, "other settings are another measurement"
