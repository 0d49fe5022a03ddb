"""The studies: sound records, keys that miss nothing, trainings done once whatever happens, honest pages."""

import csv
import hashlib
import json
import os
import re
import socket
import subprocess
import sys
import threading
from collections import Counter
from contextlib import contextmanager
from dataclasses import fields, replace
from datetime import datetime
from pathlib import Path
from statistics import mean, stdev

import numpy as np
import pytest

from benchmarks.__main__ import main
from benchmarks.studies import (
    catalogue,
    claims,
    command,
    findings_002,
    index,
    metrics,
    pages,
    pictures,
    runner,
    sections,
    store,
    summary,
    tables,
    times,
)
from benchmarks.studies import cluster as cluster_module
from benchmarks.studies.claims import Answer, Claim
from benchmarks.studies.document_002 import REMARKS, TABLES
from benchmarks.studies.findings_002 import stops
from benchmarks.studies.study import Computed, Printed, Row, Study
from benchmarks.studies.summary import Measured
from benchmarks.studies.training import ALSO, SAMPLINGS, settings, train
from nn.activations import ACTIVATIONS
from nn.app import markdown
from nn.app.data import Dataset, load
from nn.app.experiment import Experiment
from nn.app.recipes import Recipe
from nn.initializers import INITIALIZERS
from nn.optimizers import OPTIMIZERS

ROOT = Path(__file__).parents[1]
STUDIES = {name: study for name, study in catalogue.STUDIES.items() if isinstance(study, Study)}
BASE = Recipe("tiny", "", "000", hidden=(8,), epochs=6, batch_size=64, lr=0.01)
TINY = Study(
    name="tiny",
    title="A tiny study",
    document="000",
    base=BASE,
    rows=(
        Row("early", Printed(accuracy=0.2), after=2),
        Row("late", Printed(accuracy=0.99, f1=0.5, loss=2.0, epochs=6.0, seconds=3.0)),
        Row("wide", Printed(accuracy=0.5, accuracy_to=0.999), {"hidden": (16,)}, remark="It is wide."),
    ),
    runs=2,
    best=("late",),
    show=("confusion", "log", "by digit", "ratio"),
    summed_over=128,
)
FAILING = replace(
    TINY, name="failing", rows=(Row("steep", changes={"optimizer": "sgd", "lr": 1e30}), Row("calm"))
)


@pytest.fixture(autouse=True)
def without_mnist(monkeypatch, tmp_path):
    """Whatever the machine has, these tests run on digits."""
    monkeypatch.delenv("MNIST_DIR", raising=False)
    monkeypatch.setenv("SCIKIT_LEARN_DATA", str(tmp_path / "no-cache"))


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    """A folder with the trainings of the tiny study, made once, one after another."""
    folder = tmp_path_factory.mktemp("tiny")
    runner.run([TINY], "digits", load("digits").checksum, folder)
    return folder


def known(study, folder, **options):
    return Measured({study.name: study}, store.stored(folder), load("digits").checksum, **options)


def found(study, folder, **options):
    return known(study, folder, **options).table(study.name)


def outcomes(folder):
    """Return what repeats of every stored training, by key."""
    records = [json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("trainings/*.json")]
    return {record["key"]: record["outcome"] for record in records}


def test_every_table_of_the_documents_has_its_rows():
    """Further studies, and further documents, need not be named here."""
    rows = {
        "baseline-vs-improved": 6,
        "optimized": 6,  # three lines of the log, the end with and without dropout, the baseline
        "binary": 1,
        "initializers-and-activations": 3 * 3,
        "multiclass": 1,
        "batch-and-rate": 4 * 4,
        "initialization-and-depth": 3 + 1,  # one row more, at another rate
    }
    assert {name: len(STUDIES[name].rows) for name in rows} == rows
    assert len(TABLES) == 12, f"document 002 has twelve tables; got {[table.name for table in TABLES]}"
    assert {(table.document, len(table.rows)) for table in TABLES} == {("002", 5)}
    assert all(STUDIES[table.name] is table for table in TABLES)


@pytest.mark.parametrize(
    ("study", "label", "printed"),
    [
        ("baseline-vs-improved", "v1, 10 epochs", {"accuracy": 0.1526, "f1": 0.118, "precision": 0.12}),
        ("baseline-vs-improved", "v1, 1000 epochs", {"accuracy": 0.8809, "recall": 0.879}),
        ("baseline-vs-improved", "v2, batch 32, 50 epochs", {"accuracy": 0.9743, "f1": 0.974}),
        ("optimized", "log, epoch 10", {"accuracy": 0.9805, "training_accuracy": 0.9972, "cost": 0.0523}),
        ("optimized", "baseline", {"accuracy": 0.2}),
        ("optimizers-lr-0.001", "gradient descent", {"accuracy": 0.9, "loss": 2.88, "seconds": 27.04}),
        ("optimizers-lr-0.0001", "gradient descent", {"accuracy": 0.7402, "loss": 8.3, "epochs": 250}),
        ("optimizers-lr-0.0001", "Adam", {"accuracy": 0.9337, "epochs": 247.1}),
        ("activations-nesterov", "leaky ReLU", {"accuracy": 0.9303, "loss": 1.97, "epochs": 37.7}),
        ("activations-adam", "sigmoid", {"accuracy": 0.9272, "seconds": 10.46}),
        ("rates-nesterov-to-the-end", "0.05", {"accuracy": 0.9287, "loss": 2.61}),
        ("rates-nesterov", "0.00001", {"accuracy": 0.7517, "loss": 7.85}),
        ("rates-adam-to-the-end", "0.05", {"accuracy": 0.9054, "loss": 5.98}),
        ("rates-adam", "0.05", {"accuracy": 0.923, "seconds": 2.03, "epochs": 16.5}),
        ("neurons-nesterov", "100", {"accuracy": 0.9772, "loss": 0.67}),
        ("neurons-adam", "5", {"accuracy": 0.9, "epochs": 86.0}),
        ("batches-nesterov", "50", {"accuracy": 0.9337, "loss": 9.59}),
        ("batches-adam", "1000", {"accuracy": 0.9336, "loss": 0.47, "seconds": 10.72}),
        ("binary", "784-128-64-1", {"accuracy": 0.9909, "loss": 0.0252}),
        ("multiclass", "784-128-64-32-10", {"accuracy": 0.9746}),
        ("initializers-and-activations", "random normal + ReLU", {"accuracy": 0.993}),
        ("initialization-and-depth", "784-10-10, He", {"accuracy": 0.6046}),
        ("initialization-and-depth", "784-128-64-32-10, He", {"accuracy": 0.8263}),
    ],
)
def test_rows_carry_the_documents_numbers(study, label, printed):
    (row,) = (row for row in STUDIES[study].rows if row.label == label)
    assert {name: getattr(row.printed, name) for name in printed} == printed


@pytest.mark.parametrize("study", STUDIES.values(), ids=STUDIES)
def test_records_are_sound(study):
    labels = [row.label for row in study.rows]
    assert len(set(labels)) == len(labels), "labels are the rows' names"
    assert set(study.best) <= set(labels)
    assert study.sampling in SAMPLINGS
    for row in study.rows:
        recipe = study.recipe(row)
        assert recipe.activation in ACTIVATIONS
        assert recipe.initializer in INITIALIZERS
        assert recipe.optimizer in OPTIMIZERS
        assert row.part in ("test", "validation")
        assert row.after is None or row.after < recipe.epochs, "a reading lies before the end"
    assert set(study.also) <= set(ALSO)
    if study in TABLES:
        assert study.runs == 10
        assert all(study.recipe(row).epochs == 250 for row in study.rows)


def test_losses_of_002_become_cross_entropies():
    """The document's sums over 2,000 images, divided by the batch: all batch sizes then agree."""
    study = STUDIES["batches-nesterov"]
    converted = [study.cross_entropy(row) for row in study.rows]
    assert converted == pytest.approx([0.23975, 0.2265, 0.2175, 0.225, 0.23])
    adam = STUDIES["optimizers-lr-0.001"]
    assert adam.cross_entropy(adam.rows[-1]) == pytest.approx(0.23)
    binary = STUDIES["binary"]
    assert binary.cross_entropy(binary.rows[0]) == 0.0252, "other documents print means"


def job(**changes):
    recipe = replace(BASE, **changes)
    study = replace(TINY, base=recipe, rows=(Row("only"),))
    return study.jobs("digits", "sum", 1)[0, 0]


OTHER_VALUES = {
    "hidden": (9,),
    "epochs": 7,
    "batch_size": None,
    "lr": 0.02,
    "optimizer": "sgd",
    "activation": "tanh",
    "initializer": "zeros",
    "l2": 0.1,
    "dropout": 0.1,
    "scaling": "min_max",
    "validation": 0.2,
    "patience": 3,
    "monitor": "accuracy",
    "min_delta": 0.1,
    "decay_every": 2,
    "max_grad_norm": 1.0,
    "digits": (5, 8),
}


@pytest.mark.parametrize("name", OTHER_VALUES)
def test_the_key_feels_every_field_of_the_recipe(name):
    assert store.key(job(**{name: OTHER_VALUES[name]})) != store.key(job())


def test_the_key_feels_all_else_that_decides():
    keys = {store.key(job())}
    for change in (
        {"seed": 1},
        {"checksum": "another"},
        {"sampling": "34,000 of 42,000"},
        {"dtype": "float64"},
        {"readings": [3]},
        {"also": ["test"]},
    ):
        keys.add(store.key(job() | change))
    assert len(keys) == 7, "one of the changes went unnoticed"
    assert store.key(job() | {"data": "elsewhere.csv"}) == store.key(job()), (
        "data are known by their checksum"
    )
    assert store.key(job(name="x", summary="y", document="z")) == store.key(job()), "names decide nothing"


def test_the_key_feels_the_format(monkeypatch):
    before = store.key(job())
    monkeypatch.setattr(store, "FORMAT", store.FORMAT + 1)
    assert store.key(job()) != before


def test_defaults_are_what_stored_trainings_took_them_for():
    """A default is not part of a key. Who changes one must raise store.FORMAT, and the value here."""
    defaults = {field.name: field.default for field in fields(Recipe)}
    taken = {
        "optimizer": "adam",
        "activation": "relu",
        "initializer": "he_normal",
        "l2": 0.0,
        "dropout": 0.0,
        "scaling": "divide",
        "validation": 0.1,
        "patience": None,
        "monitor": "loss",
        "min_delta": 0.0,
        "decay_every": None,
        "max_grad_norm": None,
        "digits": tuple(range(10)),
    }
    assert {name: defaults[name] for name in taken} == taken


def test_settings_make_the_recipe_again():
    for study in STUDIES.values():
        for row in study.rows:
            recipe = study.recipe(row)
            values = json.loads(json.dumps(settings(recipe)))
            again = Recipe(
                name=recipe.name,
                summary=recipe.summary,
                document=recipe.document,
                expected=recipe.expected,
                **{name: tuple(v) if isinstance(v, list) else v for name, v in values.items()},
            )
            assert again == recipe


def test_equal_settings_share_their_trainings():
    grids = {
        name: {store.key(job) for job in STUDIES[name].jobs("mnist", "sum").values()}
        for name in ("rates-nesterov", "neurons-nesterov", "batches-nesterov", "activations-nesterov")
    }
    assert all(len(keys) == 50 for keys in grids.values())
    assert len(set.intersection(*grids.values())) == 10, "the default rows of the four tables are one setting"
    v1 = [STUDIES["baseline-vs-improved"].jobs("mnist", "sum")[place, 9] for place in range(2)]
    assert v1[0] == v1[1], "one training is read after 10 epochs and at its end, after 100"
    assert v1[0]["readings"] == [10]
    assert v1[0] in STUDIES["v1-start"].jobs("mnist", "sum").values()


def test_002_draws_its_data(rng):
    """Of 60,000 samples always the same 42,000; of these every seed has other 2,000 to test on."""
    n = 60_000
    X = np.arange(n, dtype="<u4").view(np.uint8).reshape(n, 4)  # each sample is its own number
    y = rng.integers(10, size=n)
    dataset = Dataset("numbers", "", X, y, X[:100], y[:100], (2, 2), 255)
    drawn = []
    for seed in (0, 1):
        sampled = SAMPLINGS["34,000 of 42,000"](dataset, seed)
        experiment = Experiment(STUDIES["batches-adam"].base, sampled, seed=seed)
        sizes = len(experiment.X), len(experiment.validation[0]), len(sampled.X_test)
        assert sizes == (34_000, 6_000, 2_000)
        train_part, test = (
            set(np.ascontiguousarray(part).view("<u4").ravel().tolist())
            for part in (sampled.X_train, sampled.X_test)
        )
        assert not train_part & test
        drawn.append((train_part | test, test))
        shares = np.bincount(sampled.y_test, minlength=10) / 2000
        assert shares == pytest.approx(np.bincount(y, minlength=10) / n, abs=1e-3), "stratified"
    assert drawn[0][0] == drawn[1][0]
    assert drawn[0][1] != drawn[1][1]


def test_a_draw_from_all_images_takes_those_of_the_test_too(rng):
    X = np.arange(70_000, dtype="<u4").view(np.uint8).reshape(-1, 4)
    y = rng.integers(10, size=70_000)
    dataset = Dataset("numbers", "", X[:60_000], y[:60_000], X[60_000:], y[60_000:], (2, 2), 255)
    drawn = []
    for seed in (0, 1):
        sampled = SAMPLINGS["34,000 of 70,000"](dataset, seed)
        assert (len(sampled.X_train), len(sampled.X_test)) == (40_000, 2_000)
        both = np.concatenate([sampled.X_train, sampled.X_test]).view("<u4").ravel()
        assert len(np.unique(both)) == 42_000, "no image is drawn twice"
        assert np.mean(both >= 60_000) == pytest.approx(1 / 7, abs=0.01), "a seventh are test images"
        drawn.append(set(both.tolist()))
    assert drawn[0] != drawn[1], "each seed draws its own 42,000"


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


@pytest.mark.parametrize("damage", ["truncated", "altered", "foreign", "empty"])
def test_a_damaged_file_is_measured_again(tmp_path, damage):
    checksum = load("digits").checksum
    runner.run([TINY], "digits", checksum, tmp_path, runs=1)
    before = outcomes(tmp_path)
    path = sorted(tmp_path.glob("trainings/*.json"))[0]
    text = path.read_text(encoding="utf-8")
    record = json.loads(text)
    record["outcome"]["readings"]["end"]["test"]["accuracy"] += 0.001
    damaged = {
        "truncated": text[: len(text) // 2],
        "altered": json.dumps(record),
        "foreign": sorted(tmp_path.glob("trainings/*.json"))[1].read_text(encoding="utf-8"),
        "empty": "",
    }
    path.write_text(damaged[damage], encoding="utf-8")
    assert runner.run([TINY], "digits", checksum, tmp_path, runs=1) == (1, 1)
    assert outcomes(tmp_path) == before


def test_a_record_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    store.write(tmp_path, job(), {"outcome": {"a": 1}, "cost": {}})

    def broken(content, file):
        file.write('{"outcome": ')
        raise OSError("disk full")

    monkeypatch.setattr(json, "dump", broken)
    with pytest.raises(OSError, match="disk full"):
        store.write(tmp_path, job(), {"outcome": {"a": 2}, "cost": {}})
    assert [path.suffix for path in (tmp_path / "trainings").iterdir()] == [".json"], "no half file is left"
    assert store.read(tmp_path, job())["outcome"] == {"a": 1}


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


def test_the_page_sets_ours_beside_the_document(measured, tmp_path, digits):
    settings_found = found(TINY, measured)
    path = pages.write_study(TINY, known(TINY, measured), tmp_path, "digits")
    page = path.read_text(encoding="utf-8")
    accuracies = [100 * figures["accuracy"] for figures in settings_found[1].metrics.values()]
    ours = f"{mean(accuracies):.2f} ({min(accuracies):.2f} to {max(accuracies):.2f})"
    assert f"| late | 2 | {ours} | 99.00 | {mean(accuracies) - 99:+.2f} |" in page
    assert "| 50.00 to 99.90 | +0.00 |" in page
    assert " | 1.0000 | 2.00 | " in page, "a loss of 2 over 128 samples at batch 64 is 1, and both are shown"
    assert "points above" not in page, "the digits need not agree with MNIST"
    assert "The document's best: late." in page
    assert digits.checksum in page
    assert "Seeds: from 0, as many as runs." in page
    for name in ("numpy", "scikit-learn"):
        assert f"{name} {settings_found[0].records[0]['cost']['machine'][name]}" in page
    pictures_named = [part.split(")")[0] for part in page.split("](")[1:]]
    assert {name for name in pictures_named if name.endswith(".png")} == {
        f"tiny-{what}.png" for what in ("errors", "loss", "accuracy", "confusion")
    }
    assert all((tmp_path / name).is_file() for name in pictures_named)
    assert all(path.stat().st_size < 150_000 for path in tmp_path.iterdir()), "small enough for a repository"


def test_rows_that_differ_have_their_sentence(measured):
    far = replace(TINY.rows[2], printed=Printed(accuracy=0.5))
    settings_found = found(replace(TINY, rows=(*TINY.rows[:2], far)), measured)
    lines = sections.differences(TINY, settings_found, "mnist").splitlines()
    early, late, wide = (abs(100 * setting.difference) for setting in settings_found)
    assert late > 1, "the sentences are for rows more than a point away, and this is one"
    nothing = "No setting that the document states explains it."
    assert lines == [
        f"- **early** is {early:.1f} points above the document. {nothing}",
        f"- **late** is {late:.1f} points below the document. {nothing}",
        f"- **wide** is {wide:.1f} points above the document. It is wide.",
    ]


def test_each_remark_belongs_to_a_row():
    rows = {(table.name, row.label) for table in TABLES for row in table.rows if row.remark}
    assert rows == set(REMARKS)


def test_the_page_of_no_document_compares_with_the_first_row(measured, tmp_path, digits):
    own = replace(TINY, document="", rows=[replace(row, printed=Printed()) for row in TINY.rows], show=())
    settings_found = found(own, measured)
    page = pages.write_study(own, known(own, measured), tmp_path, "digits").read_text(encoding="utf-8")
    assert "| setting | runs | accuracy, % | minus early |" in page
    early, late, _ = (100 * setting.mean("accuracy") for setting in settings_found)
    assert re.search(
        rf"\| late \| 2 \| {late:.2f} \([\d.]+ to [\d.]+\) \| {re.escape(f'{late - early:+.2f}')} \|", page
    )
    assert "document" not in page.lower()


def test_the_page_names_what_is_confused(measured, tmp_path, digits):
    late = found(TINY, measured)[1]
    counts = Counter()
    for seed in (0, 1):
        confusion = np.array(late.records[seed]["outcome"]["readings"]["end"]["confusion"])
        for first in range(10):
            for second in range(first):
                counts[second, first] += confusion[first, second] + confusion[second, first]
    page = pages.write_study(TINY, known(TINY, measured), tmp_path, "digits").read_text(encoding="utf-8")
    (line,) = (line for line in page.splitlines() if line.startswith("Most often taken for each other"))
    pairs = {tuple(map(int, pair)): float(n) for *pair, n in re.findall(r"(\d) and (\d) \(([\d.]+)\)", line)}
    assert pairs == {pair: counts[pair] / 2 for pair in pairs}
    assert sorted(pairs.values()) == sorted(counts[pair] / 2 for pair, _ in counts.most_common(4))


def test_the_page_has_the_log_as_001_prints_it(measured, tmp_path, digits):
    read = {
        "epoch": 5,
        "cost": 0.091,
        "learning_rate": 1e-3,
        "training": {"accuracy": 0.9946},
        "test": {"accuracy": 0.978},
    }
    line = "Epoch   5 | Cost 0.0910 | Train 99.46% | Test 97.80% | LR 1.00e-03"
    assert sections.log_line(read) == line
    page = pages.write_study(TINY, known(TINY, measured), tmp_path, "digits").read_text(encoding="utf-8")
    assert "```\nEpoch   2 | Cost " in page


def test_an_unfinished_study_says_so(measured, tmp_path, digits):
    page = pages.write_study(TINY, known(TINY, measured, runs=3), tmp_path, "digits")
    assert "6 of 9 runs so far" in page.read_text(encoding="utf-8")
    assert "| 2 of 3 |" in page.read_text(encoding="utf-8")


def test_the_index_counts_rows_within_a_point_either_way(measured, tmp_path):
    """Of the three rows, one is far above the document, one far below and one within its range."""
    far_above = replace(TINY, rows=(replace(TINY.rows[0], printed=Printed(accuracy=0.01)), *TINY.rows[1:]))
    tables.write(tmp_path, far_above, found(far_above, measured))
    text = index.write({"tiny": far_above}, tmp_path, "mnist").read_text(encoding="utf-8")
    early, late, _ = found(far_above, measured)
    assert min(early.difference, -late.difference) > 0.01
    worst = early if early.difference > -late.difference else late
    assert "[A tiny study](tiny.md)" in text
    assert f"| {100 * worst.difference:+.2f} ({worst.label}) | 1 of 3 |" in text
    assert "1 of 3 accuracies are within one point" in text
    assert "come from 2 different settings" in " ".join(text.split()), "two rows are one training"
    outside = [line for line in text.splitlines() if line.startswith("- [A tiny study]")]
    assert [line.split("), ")[1].split(":")[0] for line in outside] == ["early", "late"]
    text = index.write({"tiny": far_above}, tmp_path, "digits").read_text(encoding="utf-8")
    assert "[A tiny study](tiny.md) | 000 | 3 | 2 |\n" in text
    assert "of 3" not in text, "the documents' figures are those of MNIST"


def test_a_whole_point_off_is_still_within_a_point():
    row = Row("0.05", Printed(accuracy=0.9054))  # whose ten accuracies have the mean 0.8954
    accuracies = [0.9025, 0.9015, 0.9, 0.898, 0.8965, 0.8945, 0.893, 0.8915, 0.8895, 0.887]
    figures = {seed: {"accuracy": accuracy} for seed, accuracy in enumerate(accuracies)}

    def is_near(printed):
        return metrics.MeasuredRow(replace(row, printed=Printed(accuracy=printed)), 10, {}, figures).is_near

    assert sum(round(10_000 * accuracy) for accuracy in accuracies) == 89_540
    assert is_near(0.9054)
    assert not is_near(0.9055)
    assert is_near(0.8854)
    assert not is_near(0.8853), "a row that is better by more than a point is not near, either"


def marks(axes, label):
    return [line.get_xdata().tolist() for line in axes.lines if line.get_label() == label]


def test_errors_show_every_run_the_mean_and_the_document(measured):
    settings_found = found(TINY, measured)
    errors, epochs = pictures.errors(TINY, settings_found).axes
    runs = [[100 * (1 - value) for value in setting.values("accuracy")] for setting in settings_found]
    assert [sorted(line) for line in marks(errors, "a run here")] == [
        pytest.approx(sorted(run)) for run in runs
    ]
    means = [container.lines[0].get_xdata()[0] for container in errors.containers]
    assert means == pytest.approx([100 * (1 - setting.mean("accuracy")) for setting in settings_found])
    assert marks(errors, "document") == [
        pytest.approx([80]), pytest.approx([1]), pytest.approx([50, 0.1])
    ], "a range is drawn from end to end"  # fmt: skip
    assert errors.get_xscale() == "log", "errors of 1 and 80 % do not fit on a linear axis"
    assert marks(epochs, "document") == [[6]]
    assert marks(epochs, "a run here") == [[2, 2], [6, 6], [6, 6]]


def test_curves_show_the_means(measured):
    settings_found = found(TINY, measured)
    for what, convert in (("loss", lambda values: values), ("accuracy", lambda values: 100 * (1 - values))):
        figure = pictures.curves(TINY, settings_found, what)
        validation, training = figure.axes
        for axes, part in ((validation, "validation"), (training, "training")):
            lines = {line.get_label(): line.get_ydata() for line in axes.lines}
            expected = np.mean([h[f"{part}_{what}"] for h in settings_found[1].histories], axis=0)
            assert lines["late"] == pytest.approx(convert(expected))
            assert "early" not in lines, "rows of one training share a curve"
            assert axes.get_legend() is None, "a legend inside would hide the curves"
        assert validation.get_ylim() == training.get_ylim()
        title = figure.get_suptitle()
        assert title.startswith("A tiny study\nrelu, he_normal, adam, rate 0.01, batches of 64"), title
        assert "hidden" not in title, "a row varies it"
        assert figure.legends


def test_a_run_that_has_stopped_counts_with_what_it_keeps():
    outcomes = [
        {"epochs": 3, "kept_epoch": 3, "history": {"loss": [1.0, 2.0, 3.0]}},
        {"epochs": 2, "kept_epoch": 1, "history": {"loss": [5.0, 6.0]}},
    ]
    middle, deviation = pictures._band(outcomes, "loss")
    assert middle.tolist() == [3, 4, 4]
    assert deviation.tolist() == pytest.approx([stdev([1, 5]), stdev([2, 6]), stdev([3, 5])])


def test_panels_share_their_axes_and_show_the_test_curve(tmp_path, digits):
    study = replace(TINY, name="panels", show=("panels",), also=("test", "scores"), best=("late",))
    runner.run([study], "digits", digits.checksum, tmp_path, runs=1)
    settings_found = known(study, tmp_path, runs=1).table("panels")
    figure = pictures.curves(study, settings_found, "accuracy")
    drawn = [axes for axes in figure.axes if axes.lines]
    assert len(drawn) == 2
    assert len({(axes.get_xlim(), axes.get_ylim()) for axes in drawn}) == 1
    for axes in drawn:
        assert axes.get_title().endswith("rate 0.01")
        assert [line.get_label() for line in axes.lines] == list(pictures.NAMES.values())
    (outcome,) = settings_found[1].good
    reached = outcome["history"]["test_accuracy"][-1]
    assert reached == pytest.approx(settings_found[1].mean("accuracy"), rel=1e-5), "the last epoch is the end"
    (axes,) = pictures.scores(study, settings_found).axes
    assert [line.get_label() for line in axes.lines] == ["precision", "recall", "F1"]
    assert axes.lines[2].get_ydata() == pytest.approx([100 * value for value in outcome["history"]["f1"]])
    experiment = Experiment(BASE, digits, seed=0)
    for _ in experiment.run():
        pass
    figures = experiment.metrics("validation")
    for name in ("precision", "recall", "f1"):
        assert outcome["history"][name][-1] == pytest.approx(getattr(figures, name), rel=1e-5)


def test_the_grid_of_rates_is_drawn_against_the_ratio(tmp_path, digits):
    rows = tuple(
        Row(f"{batch} {lr}", changes={"batch_size": batch, "lr": lr})
        for batch in (32, 64)
        for lr in (0.1, 0.01)
    )
    study = replace(TINY, name="grid", rows=rows, base=replace(BASE, epochs=1), show=("against the ratio",))
    runner.run([study], "digits", digits.checksum, tmp_path, runs=1)
    (axes,) = pictures.against_ratio(study, found(study, tmp_path, runs=1)).axes
    assert axes.get_xscale() == "log"
    drawn = [container.lines[0].get_xdata().tolist() for container in axes.containers]
    assert drawn == [pytest.approx([320, 640]), pytest.approx([3200, 6400])]


def test_the_binary_page_has_its_nine_images(tmp_path, capsys):
    assert (
        main(["study", "binary", "--data", "digits", "--runs", "1", "--jobs", "1", "--out", str(tmp_path)])
        == 0
    )
    assert str(tmp_path / "pages" / "binary.md") in capsys.readouterr().out
    page = (tmp_path / "pages" / "binary.md").read_text(encoding="utf-8")
    assert "| 99.09 |" in page
    assert "| 0.0252 |" in page
    assert (tmp_path / "pages" / "binary-digits.png").read_bytes().startswith(b"\x89PNG")
    (setting,) = found(STUDIES["binary"], tmp_path, runs=1)
    figure = pictures.digits(STUDIES["binary"], [setting])
    drawn = [axes.images[0].get_array() for axes in figure.axes if axes.images]
    assert len(drawn) == 9
    shown = setting.good[0]["readings"]["end"]["shown"]
    expected = load("digits").only((5, 8)).X_test[shown]
    assert np.array_equal(np.array(drawn).reshape(9, -1), expected), "the pixels are those of the test images"
    index = (tmp_path / "pages" / "README.md").read_text(encoding="utf-8")
    assert "(binary.md)" in index
    pages_before = {path.name for path in (tmp_path / "pages").iterdir()}
    again = ["study", "binary", "--stored", "--data", "digits", "--runs", "1", "--out", str(tmp_path)]
    assert main([*again, "--pages", str(tmp_path / "elsewhere")]) == 0
    assert {path.name for path in (tmp_path / "elsewhere").iterdir()} == pages_before


def test_records_are_kept_beside_the_page_and_make_it_again(tmp_path, monkeypatch, capsys):
    """A clone has the pages and what is kept beside them, neither trainings nor data."""
    options = ["study", "binary", "--data", "digits", "--runs", "3", "--out", str(tmp_path / "out")]
    reports, again = tmp_path / "reports", tmp_path / "again"
    assert main([*options, "--jobs", "1", "--pages", str(reports)]) == 0
    monkeypatch.setattr(command, "REPORTS", reports)
    monkeypatch.setattr("nn.app.data.load", None)
    clone = ["study", "binary", "--stored", "--runs", "3", "--out", str(tmp_path / "nothing")]
    assert main([*clone, "--pages", str(again)]) == 0
    assert {path.name for path in again.iterdir()} == {path.name for path in reports.iterdir()}
    for path in reports.iterdir():
        assert (again / path.name).read_bytes() == path.read_bytes(), f"{path.name} came out otherwise"


def test_records_that_are_kept_come_back(tmp_path, measured):
    records = list(store.stored(measured).values())
    first, second = tmp_path / f"first{store.KEPT}", tmp_path / f"second{store.KEPT}"
    store.keep(first, records)
    store.keep(second, reversed(records))
    assert first.read_bytes() == second.read_bytes(), "their order does not matter"
    assert sorted(store.kept(first), key=lambda r: r["key"]) == sorted(records, key=lambda r: r["key"])
    assert store.kept_records(tmp_path, "first") == store.stored(measured)
    altered = json.loads(json.dumps(records))
    altered[0]["outcome"]["epochs"] += 1
    store.keep(first, altered)
    assert len(store.kept_records(tmp_path, "first")) == len(records) - 1, "an altered record is not believed"
    first.write_bytes(first.read_bytes()[:100])
    with pytest.raises(ValueError, match=r"first.jsonl.gz are damaged"):
        store.kept_records(tmp_path, "first")


def test_curves_are_rounded_where_they_are_measured(measured):
    for record in store.stored(measured).values():
        for values in record["outcome"]["history"].values():
            assert all(value is None or value == float(f"{value:.6g}") for value in values)


def test_figures_come_back_from_the_table_of_runs(measured, tmp_path):
    whole = found(TINY, measured)
    tables.write(tmp_path, TINY, whole)
    for from_table, setting in zip(tables.read(tmp_path, TINY), whole, strict=True):
        assert from_table.metrics == setting.metrics
        assert not from_table.failed
        with pytest.raises(metrics.NotMeasuredError, match="the curves of"):
            from_table.histories  # noqa: B018
    tables.write(tmp_path, FAILING, [metrics.MeasuredRow(FAILING.rows[0], 1, FAILED, {})])
    steep, calm = tables.read(tmp_path, FAILING)
    assert steep.failed == {0: "it diverged"}
    assert calm.records == calm.metrics == {}


FAILED = {0: {"outcome": {"error": "it diverged"}}}


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


def test_times_are_taken_in_turn(digits, monkeypatch):
    """Each round trains every row; the first round and the evaluations do not count."""
    import nn.training

    order, train_epoch = [], nn.training.train_epoch

    def watched(network, *arguments, **options):
        order.append(network.sizes[1])
        return train_epoch(network, *arguments, **options)

    monkeypatch.setattr(nn.training, "train_epoch", watched)
    study = replace(TINY, rows=TINY.rows[1:])
    taken = times.measure(study, digits, rounds=2, epochs=2)
    assert order == [8, 8, 16, 16] * 3
    assert {label: len(seconds) for label, seconds in taken["cpu"].items()} == {"late": 2, "wide": 2}
    assert all(second > 0 for clock in ("cpu", "wall") for row in taken[clock].values() for second in row)
    assert times.is_of(taken, study, digits.checksum)
    assert not times.is_of(taken, replace(study, base=replace(BASE, lr=0.5)), digits.checksum)
    assert not times.is_of(taken, study, "of other data")
    assert times.ratios({"a": [1.0, 2.0, 4.0], "b": [2.0, 2.0, 2.0]}, "b", "a") == (0.5, 1.0, 2.0)


def test_the_page_compares_times_by_round(measured):
    taken = {
        "cpu": {"early": [1.0, 2.0, 4.0], "late": [2.0, 2.0, 2.0], "wide": [3.0, 6.0, 12.0]},
        "epochs": 2,
    }
    study = replace(TINY, rows=tuple(replace(row, printed=Printed(seconds=3.0)) for row in TINY.rows))
    text = "\n".join(sections.time(study, known(study, measured, times={"tiny": taken})))
    assert "| late | 2.0000 | 1.00 (0.50 to 2.00) | 6.0 | 3.00 | 1.00 | 12.00 | 3.00 |" in text
    assert "| wide | 6.0000 | 3.00 (3.00 to 3.00) | 6.0 | 9.00 | 1.00 | 36.00 | 3.00 |" in text
    text = "\n".join(sections.time(study, known(study, measured)))
    assert "--times" in text, "without times, it says how to take them"


def test_times_are_kept_with_the_records(tmp_path, capsys):
    options = ["--data", "digits", "--runs", "1", "--jobs", "1", "--out", str(tmp_path)]
    assert main(["study", "rates-adam", *options]) == 0
    assert main(["study", "rates-adam", "--times", *options]) == 0
    page = (tmp_path / "pages" / "rates-adam.md").read_text(encoding="utf-8")
    assert "| 0.00001 | " in page.split("## Time")[1].split("##")[0]
    kept = store.kept(tmp_path / "pages" / f"rates-adam{store.KEPT}")
    assert [record["study"] for record in kept if "study" in record] == ["rates-adam"]


REPORTS = command.REPORTS


@pytest.fixture(scope="module")
def committed():
    return command.committed()


def test_committed_records_are_small():
    sizes = {path.name: path.stat().st_size for path in REPORTS.glob(f"*{store.KEPT}")}
    assert sizes
    assert max(sizes.values()) < 400 * 1024, sizes


@pytest.mark.parametrize("name", STUDIES)
def test_committed_pages_say_what_their_records_say(committed, name):
    page = REPORTS / f"{name}.md"
    if not committed.records(name):
        pytest.skip("no trainings of this study are committed")
    text = page.read_text(encoding="utf-8")
    names = {what: file for file, what in re.findall(rf"\(({re.escape(name)}-([a-z]+)\.png)\)", text)}
    blocks = pages.blocks(STUDIES[name], committed, "mnist", names)
    assert text.startswith(markdown.page(blocks).rstrip()), (
        "make it again: python -m benchmarks study --stored"
    )


def test_the_readme_has_the_table_of_the_studies(capsys):
    assert main(["study", "--table"]) == 0
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert capsys.readouterr().out in readme, "python -m benchmarks study --table prints what it must have"


def test_the_counts_in_the_prose_are_those_of_the_tables():
    studies = [study for name, study in STUDIES.items() if (REPORTS / f"{name}.md").exists()]
    count = summary.agreement(studies, Measured(STUDIES, {}, "", tables=REPORTS))
    for path in ("README.md", "benchmarks/README.md"):
        text = " ".join((ROOT / path).read_text(encoding="utf-8").split())
        assert count.sentence() in text, f"{path} must say: {count.sentence()}"


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


def test_the_bare_result_of_an_earlier_version_is_found(tmp_path):
    """Its key and its digest are what that version computed; the digest is of the result alone."""
    another = Computed("another", "Another study", {"steps": 3}, None, None)
    (job,) = another.jobs("mnist", "sum").values()
    said = json.dumps({"checksum": "sum", "runs": 3, "settings": {"steps": 3}}, sort_keys=True)
    key = hashlib.sha256(said.encode()).hexdigest()[:24]
    digest = hashlib.sha256(b'{"answer": 7}').hexdigest()[:24]
    earlier = {"key": key, "result": {"answer": 7}, "digest": digest}
    earlier |= {"seconds": 1.0, "n_jobs": 2, "date": "2026-01-01", "machine": {}}
    store.write_json(tmp_path / "others" / f"another-{key}.json", earlier)
    record = store.read(tmp_path, job)
    assert record["outcome"] == {"answer": 7}
    assert record["cost"]["n_jobs"] == 2
    store.keep(tmp_path / f"another{store.KEPT}", [record])
    assert store.find(store.kept_records(tmp_path, "another"), job) == record, "kept, it is like any other"
    store.write_json(tmp_path / "others" / f"another-{key}.json", earlier | {"result": {"answer": 8}})
    assert store.read(tmp_path, job) is None, "an altered result is not believed"


@pytest.mark.parametrize("name", sorted(catalogue.STUDIES.keys() - STUDIES.keys()))
def test_committed_computed_studies_are_found(name):
    study = catalogue.STUDIES[name]
    records = store.kept_records(REPORTS, name)
    (checksum,) = {study.jobs("", known)[()]["checksum"] for known in [command._committed_data()["mnist"]]}
    record = store.find(records, study.jobs("mnist", checksum)[()])
    assert record is not None, "the settings of the study are those of its committed record"
    page = (REPORTS / f"{name}.md").read_text(encoding="utf-8")
    assert f"Measured {record['cost']['date']} in {record['cost']['seconds']:.0f} seconds" in page


def test_markdown_has_the_blocks_of_a_page():
    table = markdown.markdown_table(["", "b"], [["x", 1], ["y", ""]])
    assert table == "|  | b |\n|---|---|\n| x | 1 |\n| y |  |"
    long = markdown.item("word-word " * 20)
    first, second = long.splitlines()
    assert max(len(first), len(second)) <= 110
    assert first.startswith("- word-word"), "an item of a list"
    assert second.startswith("  word-word"), "whose other lines are indented, and no word is broken"
    assert markdown.page(["# Title", table]) == f"# Title\n\n{table}\n"


def test_list_names_every_study(capsys):
    assert main(["study", "--list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) < 80
    lines = lines[1:]
    assert [line.split()[0] for line in lines] == list(catalogue.STUDIES)
    assert all(float(line.split()[4]) > 0 for line in lines), "each has an estimate"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nonsense"], "there is no study 'nonsense'; the studies are baseline-vs-improved,"),
        ([], "name the studies to run, or give --all"),
        (["binary", "--all"], "name the studies to run, or give --all"),
        (["binary", "--runs", "0"], "must be a whole number above 0; got '0'"),
        (["binary", "--jobs", "none"], "must be a whole number above 0; got 'none'"),
        (["binary", "--data", "cats"], "data must be digits, mnist or the path of a .csv file"),
        (["binary", "--data", "digits", "--stored"], "nothing of these studies is stored"),
    ],
)
def test_mistakes_are_one_line(capsys, tmp_path, arguments, message):
    try:
        status = main(["study", *arguments, "--out", str(tmp_path)])
    except SystemExit as stop:
        status = stop.code
    error = capsys.readouterr().err
    assert status == 2
    assert message in error
    assert len(error.splitlines()) == 1


@pytest.mark.parametrize("option", ["--out", "--pages"])
def test_a_folder_that_is_a_file_is_refused_before_any_training(capsys, tmp_path, option):
    path = tmp_path / "file"
    path.write_text("mine", encoding="utf-8")
    folders = ["--out", str(tmp_path / "out"), option, str(path)]
    assert main(["study", "binary", "--data", "digits", *folders]) == 2
    assert f"{option} must be a folder; {path}" in capsys.readouterr().err
    assert path.read_text(encoding="utf-8") == "mine"
    assert not list(tmp_path.glob("out/trainings/*"))


def test_the_index_lists_what_has_a_page(tmp_path):
    options = ["--data", "digits", "--jobs", "1", "--runs", "1", "--out", str(tmp_path)]
    assert main(["study", "activations-adam", *options]) == 0
    assert main(["study", "binary", *options]) == 0
    index = (tmp_path / "pages" / "README.md").read_text(encoding="utf-8")
    linked = re.findall(r"\]\(([\w.-]+)\.md\)", index)
    assert linked == ["activations-adam", "binary"], "studies that share trainings with these have no page"


def test_without_distributed_a_cluster_is_refused(capsys, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    options = ["--data", "digits", "--out", str(tmp_path), "--scheduler", "tcp://127.0.0.1:9"]
    assert main(["study", "binary", *options]) == 2
    assert "--scheduler needs dask.distributed" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("tcp://127.0.0.1:1", "no Dask scheduler answers at tcp://127.0.0.1:1"),
        ("localhost", "--scheduler must have the form tcp://HOST:PORT; got 'localhost'"),
        ("tcp://host:port", "--scheduler must have the form tcp://HOST:PORT; got 'tcp://host:port'"),
    ],
)
def test_a_scheduler_that_is_not_there_is_one_line(tmp_path, capsys, address, message):
    pytest.importorskip("distributed", reason="dask.distributed is not installed")
    arguments = ["study", "binary", "--data", "digits", "--runs", "1", "--out", str(tmp_path)]
    assert main([*arguments, "--scheduler", address]) == 2
    assert capsys.readouterr().err == f"benchmarks: {message}\n"


def test_an_address_that_is_silent_is_one_line(tmp_path, capsys, monkeypatch):
    """Something listens there, but it is no scheduler: it would be waited for without end."""
    pytest.importorskip("distributed", reason="dask.distributed is not installed")
    monkeypatch.setattr(cluster_module, "SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"tcp://127.0.0.1:{silent.getsockname()[1]}"
        arguments = ["study", "binary", "--data", "digits", "--runs", "1", "--out", str(tmp_path)]
        assert main([*arguments, "--scheduler", address]) == 2
    assert capsys.readouterr().err == f"benchmarks: no Dask scheduler answers at {address}\n"


def study(*arguments):
    """Start a study on digits as a process of its own."""
    command = [sys.executable, "-m", "benchmarks", "study", "--data", "digits", *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


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


DYING_WORKER = """
import os, sys
from nn.app.experiment import Experiment

run = Experiment.run

def dying(self):
    for row in run(self):
        if row["epoch"] == 3:
            os._exit(9)  # as if killed: nothing is cleaned up, nobody is told
        yield row

Experiment.run = dying
from distributed.cli.dask_worker import main
main()
"""


class Process:
    """A process that is ready once it has written a certain word, and that is killed at the end."""

    def __init__(self, word, *command, **environment):
        self._process = subprocess.Popen(
            [sys.executable, *map(str, command)],
            cwd=ROOT,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1", **environment},
            text=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        lines = []
        for line in self._process.stderr:
            lines.append(line)
            if word in line:
                break
        else:
            raise AssertionError("".join(lines))
        self.line = lines[-1]
        # Whatever else it writes must be read, or it would wait for a reader.
        self._reader = threading.Thread(target=self._process.stderr.read, daemon=True)
        self._reader.start()

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self._process.kill()
        self.wait()
        self._process.stderr.close()

    def kill(self):
        self._process.kill()

    def wait(self):
        status = self._process.wait()
        self._reader.join()
        return status


@contextmanager
def cluster(folder, **environment):
    """Yield the address of a scheduler with two workers, the one that dies in its first training, and the
    scheduler.
    """
    pytest.importorskip("distributed", reason="dask.distributed is not installed")
    server = ["-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"]
    options = ["--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", folder]
    with Process("Scheduler at:", *server, **environment) as scheduler:
        address = scheduler.line.split()[-1]
        with (
            Process("Registered to", "-c", DYING_WORKER, address, *options) as dying,
            Process("Registered to", "-m", "distributed.cli.dask_worker", address, *options),
        ):
            yield address, dying, scheduler


def test_a_cluster_loses_nothing_when_a_worker_dies(tmp_path):
    """One of two workers dies in the middle of its first training."""
    name, arguments = "binary", ["--runs", "4"]
    local = ["study", name, *arguments, "--jobs", "1", "--data", "digits", "--out", str(tmp_path / "local")]
    assert main(local) == 0
    with cluster(tmp_path) as (address, dying, _):
        with study(name, *arguments, "--scheduler", address, "--out", tmp_path / "cluster") as process:
            output, error = process.communicate()
        assert process.returncode == 0, error
        assert dying.wait() == 9, "the worker was to die at work"
    finished = [line for line in output.splitlines() if line.startswith("[")]
    assert [line.split("]")[0] for line in finished] == [f"[{n}/4" for n in range(1, 5)]
    assert outcomes(tmp_path / "cluster") == outcomes(tmp_path / "local")
    assert len(outcomes(tmp_path / "local")) == 4


def test_a_training_that_the_scheduler_gives_up_ends_the_command(tmp_path):
    """A scheduler that tries nothing twice: the command says so, instead of waiting for ever."""
    arguments = ("binary", "--runs", "4", "--out", tmp_path / "cluster")
    with cluster(tmp_path, DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES="0") as (address, _, _):
        with study(*arguments, "--scheduler", address) as process:
            _, error = process.communicate(timeout=300)
        assert process.returncode == 2
        message = error.splitlines()[-1]
        assert message.startswith("benchmarks: KilledWorker: "), error
        assert message.endswith("what was trained is kept: run the command again")
        assert "Traceback" not in error
        kept = len(outcomes(tmp_path / "cluster"))
        with study(*arguments, "--scheduler", address) as process:
            output, error = process.communicate(timeout=300)
        assert process.returncode == 0, error
        assert f"4 training runs: {kept} found, {4 - kept} to do" in output


def test_a_scheduler_that_dies_ends_the_command(tmp_path):
    """It dies when the first training has come back: the command keeps that one, and says why it ends."""
    arguments = ("activations-adam", "--runs", "4", "--out", tmp_path / "cluster")
    with (
        cluster(tmp_path) as (address, _, scheduler),
        study(*arguments, "--scheduler", address) as process,
    ):
        for line in process.stdout:
            if line.startswith("[1/20]"):
                scheduler.kill()
                break
        _, error = process.communicate(timeout=300)
    assert process.returncode == 2, error
    message = "the connection to the scheduler is lost; what was trained is kept: run the command again"
    assert error.splitlines()[-1] == f"benchmarks: {message}"
    assert 1 <= len(outcomes(tmp_path / "cluster")) < 20
