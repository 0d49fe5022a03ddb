"""The studies: sound records, keys that miss nothing, trainings done once whatever happens, honest pages."""

import csv
import json
import os
import re
import subprocess
import sys
import threading
from collections import Counter
from contextlib import contextmanager
from dataclasses import fields, replace
from datetime import datetime
from pathlib import Path
from statistics import mean, stdev
from types import ModuleType

import numpy as np
import pytest

from benchmarks.__main__ import main
from benchmarks.studies import others, pages, pictures, runner, store, summary, tables_002
from benchmarks.studies.definitions import STUDIES
from benchmarks.studies.records import Printed, Row, Study
from benchmarks.studies.training import SAMPLINGS, settings, train
from nn.activations import ACTIVATIONS
from nn.data import Dataset, load
from nn.experiment import Experiment
from nn.initializers import INITIALIZERS
from nn.optimizers import OPTIMIZERS
from nn.recipes import Recipe

ROOT = Path(__file__).parents[1]
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
    show=("confusion", "log", "report", "ratio"),
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


def found(study, folder, **options):
    return summary.settings(study, folder, "digits", load("digits").checksum, **options)


def outcomes(folder):
    """Return what repeats of every stored training, by key."""
    records = [json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("trainings/*.json")]
    return {record["key"]: record["outcome"] for record in records}


def test_every_table_of_the_documents_has_its_rows():
    rows = {name: len(study.rows) for name, study in STUDIES.items() if study.document}
    assert rows.pop("baseline-vs-improved") == 6
    assert rows.pop("optimized") == 6, (
        "three lines of the log, the end with and without dropout, the baseline"
    )
    assert (rows.pop("binary"), rows.pop("multiclass")) == (1, 1)
    assert rows.pop("initializers-and-activations") == 3 * 3
    assert rows.pop("batch-and-rate") == 4 * 4
    assert rows.pop("initialization-and-depth") == 3 + 1, "one row more, at another rate"
    tables = {name: STUDIES[name].document for name in rows}
    assert len(tables) == 12, f"document 002 has twelve tables; got {list(tables)}"
    assert set(tables.values()) == {"002"}
    assert set(rows.values()) == {5}


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
    if study.document == "002":
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
    return runner.jobs(study, "digits", "sum", 1)[0, 0]


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
    ):
        keys.add(store.key(job() | change))
    assert len(keys) == 6, "one of the changes went unnoticed"
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
        name: {store.key(job) for job in runner.jobs(STUDIES[name], "mnist", "sum").values()}
        for name in ("rates-nesterov", "neurons-nesterov", "batches-nesterov", "activations-nesterov")
    }
    assert all(len(keys) == 50 for keys in grids.values())
    assert len(set.intersection(*grids.values())) == 10, "the default rows of the four tables are one setting"
    v1 = [runner.jobs(STUDIES["baseline-vs-improved"], "mnist", "sum")[place, 0] for place in range(3)]
    assert v1[0] == v1[1] == v1[2], "one training is read after 10, 100 and 1000 epochs"
    assert v1[0]["readings"] == [10, 100]


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


def test_readings_are_those_of_their_epoch(measured, digits):
    """The tiny study's training, done again by hand."""
    experiment = Experiment(BASE, digits, seed=1)
    accuracies = []
    for _ in experiment.run():
        answers = experiment.model.predict(digits.X_test)
        accuracies.append(np.mean(answers == digits.y_test))
    early, late, _ = found(TINY, measured)
    assert early.figures[1]["accuracy"] == accuracies[1]
    assert late.figures[1]["accuracy"] == accuracies[-1]
    assert early.figures[1]["epochs"] == 2
    network, y = experiment.model.network, experiment.y
    assert late.figures[1]["training_accuracy"] == np.mean(network.predict(experiment.X) == y)


def test_early_stopping_waits_for_a_real_improvement(digits):
    recipe = replace(BASE, epochs=50, patience=3, min_delta=10.0)
    assert len(list(Experiment(recipe, digits).run())) == 4, "after the first epoch nothing is better by 10"


def test_means_and_deviations_are_over_the_seeds(measured):
    for setting in found(TINY, measured):
        accuracies = [figures["accuracy"] for figures in setting.figures.values()]
        assert len(accuracies) == 2
        assert setting.mean("accuracy") == pytest.approx(mean(accuracies))
        assert setting.deviation("accuracy") == pytest.approx(stdev(accuracies))
    early, late, wide = found(TINY, measured)
    assert early.difference == pytest.approx(early.mean("accuracy") - 0.2)
    assert early.reaches
    assert late.difference == pytest.approx(late.mean("accuracy") - 0.99)
    assert not late.reaches
    assert wide.difference == 0, "within the range that is printed"


def test_convergence_is_the_first_epoch_near_the_best():
    assert summary.converged([0.5, 0.9, 0.9951, 0.98, 1.0]) == 3
    assert summary.converged([0.7]) == 1


def test_two_processes_measure_the_same_bits(measured, tmp_path):
    runner.run([TINY], "digits", load("digits").checksum, tmp_path, n_jobs=2)
    assert outcomes(tmp_path) == outcomes(measured)


def test_what_is_there_is_not_trained_again(measured, capsys, monkeypatch):
    monkeypatch.setattr(runner, "train", None)
    assert runner.run([TINY], "digits", load("digits").checksum, measured) == (4, 0)
    assert "4 trainings: 4 found, 0 to do" in capsys.readouterr().out


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
    page = pages.write_study(FAILING, [steep, calm], tmp_path / "pages", digits).read_text(encoding="utf-8")
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
    path = pages.write_study(TINY, settings_found, tmp_path, digits)
    page = path.read_text(encoding="utf-8")
    accuracies = [100 * figures["accuracy"] for figures in settings_found[1].figures.values()]
    ours = f"{mean(accuracies):.2f} ± {stdev(accuracies):.2f}"
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


def test_rows_that_differ_have_their_sentence(measured, digits):
    far = replace(TINY.rows[2], printed=Printed(accuracy=0.5))
    settings_found = found(replace(TINY, rows=(*TINY.rows[:2], far)), measured)
    mnist = replace(digits, name="mnist")
    lines = [line for line in pages._differences(settings_found, mnist) if line]
    early, late, wide = (abs(100 * setting.difference) for setting in settings_found)
    assert late > 1, "the sentences are for rows more than a point away, and this is one"
    nothing = "No setting that the document states explains it."
    assert lines == [
        f"- **early** is {early:.1f} points above the document. {nothing}",
        f"- **late** is {late:.1f} points below the document. {nothing}",
        f"- **wide** is {wide:.1f} points above the document. It is wide.",
    ]


def test_each_remark_belongs_to_a_row():
    rows = {(table.name, row.label) for table in tables_002.TABLES for row in table.rows if row.remark}
    assert rows == set(tables_002.REMARKS)


def test_the_page_of_no_document_compares_with_the_first_row(measured, tmp_path, digits):
    own = replace(TINY, document="", rows=[replace(row, printed=Printed()) for row in TINY.rows], show=())
    settings_found = found(own, measured)
    page = pages.write_study(own, settings_found, tmp_path, digits).read_text(encoding="utf-8")
    assert "| setting | runs | accuracy, % | less early |" in page
    early, late, _ = (100 * setting.mean("accuracy") for setting in settings_found)
    assert re.search(
        rf"\| late \| 2 \| {late:.2f} ± \d\.\d\d \| {re.escape(f'{late - early:+.2f}')} \|", page
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
    page = pages.write_study(TINY, found(TINY, measured), tmp_path, digits).read_text(encoding="utf-8")
    (line,) = (line for line in page.splitlines() if line.startswith("Taken for each other"))
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
    assert pages.log_line(read) == line
    page = pages.write_study(TINY, found(TINY, measured), tmp_path, digits).read_text(encoding="utf-8")
    assert "```\nEpoch   2 | Cost " in page


def test_an_unfinished_study_says_so(measured, tmp_path, digits):
    page = pages.write_study(TINY, found(TINY, measured, runs=3), tmp_path, digits)
    assert "6 of 9 runs so far" in page.read_text(encoding="utf-8")
    assert "| 2 of 3 |" in page.read_text(encoding="utf-8")


def test_the_index_counts_rows_that_reach_their_document(measured, tmp_path, digits):
    gathered, mnist = [(TINY, found(TINY, measured))], replace(digits, name="mnist")
    text = pages.write_index(gathered, tmp_path, mnist).read_text(encoding="utf-8")
    assert "[A tiny study](tiny.md)" in text
    assert "(late) | 2 of 3 |" in text
    assert "Together: 2 of 3 rows (67%)." in text
    text = pages.write_index(gathered, tmp_path, digits).read_text(encoding="utf-8")
    assert "[A tiny study](tiny.md) | 000 | 3 | 2 |\n" in text
    assert "2 of 3" not in text, "the documents' figures are those of MNIST"


def test_a_whole_point_less_is_still_within_a_point():
    row = Row("0.05", Printed(accuracy=0.9054))  # whose ten accuracies have the mean 0.8954
    accuracies = [0.9025, 0.9015, 0.9, 0.898, 0.8965, 0.8945, 0.893, 0.8915, 0.8895, 0.887]
    figures = {seed: {"accuracy": accuracy} for seed, accuracy in enumerate(accuracies)}
    setting = summary.Setting(row, 10, {}, figures)
    assert sum(round(10_000 * accuracy) for accuracy in accuracies) == 89_540
    assert setting.reaches
    assert not summary.Setting(replace(row, printed=Printed(accuracy=0.9055)), 10, {}, figures).reaches


def test_bars_and_curves_show_the_figures(measured):
    settings_found = found(TINY, measured)
    errors, epochs = pictures.bars(TINY, settings_found).axes
    widths = [bar.get_width() for bar in errors.patches]
    assert widths == pytest.approx([100 * (1 - s.mean("accuracy")) for s in settings_found])
    marks = [line.get_xdata()[0] for line in errors.lines if line.get_marker() == "D"]
    assert marks == pytest.approx([80, 1, 50])
    assert [bar.get_width() for bar in epochs.patches] == pytest.approx([2, 6, 6])
    (axes,) = pictures.curves(TINY, settings_found, "loss").axes
    lines = {line.get_label(): line.get_ydata() for line in axes.lines}
    histories = [record["outcome"]["history"] for record in settings_found[1].records.values()]
    expected = np.mean([history["validation_loss"] for history in histories], axis=0)
    assert lines["late"] == pytest.approx(expected)
    assert "early" not in lines, "rows of one training share a curve"


def test_a_curve_lasts_as_long_as_half_of_the_runs():
    middle, deviation = pictures._band([[1.0, 2.0, 3.0], [3.0, 4.0], [5.0]])
    assert middle.tolist() == [3, 3]
    assert deviation.tolist() == pytest.approx([np.std([1, 3, 5]), 1])


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
    figure = pictures.digits(STUDIES["binary"], [setting], load("digits"))
    assert sum(bool(axes.images) for axes in figure.axes) == 9
    index = (tmp_path / "pages" / "README.md").read_text(encoding="utf-8")
    assert "(binary.md)" in index
    pages_before = {path.name for path in (tmp_path / "pages").iterdir()}
    again = ["study", "binary", "--stored", "--data", "digits", "--runs", "1", "--out", str(tmp_path)]
    assert main([*again, "--pages", str(tmp_path / "elsewhere")]) == 0
    assert {path.name for path in (tmp_path / "elsewhere").iterdir()} == pages_before


def test_an_other_study_is_measured_once(tmp_path, monkeypatch, capsys):
    calls = []

    def measure(dataset, *, runs, n_jobs):
        calls.append((dataset.name, runs))
        return {"answer": runs}

    module = ModuleType("benchmarks.studies.another")
    module.TITLE, module.SETTINGS, module.measure = "Another study", {"steps": 3}, measure
    module.page = lambda result, folder: [f"The answer is {result['answer']}."]
    monkeypatch.setitem(sys.modules, "benchmarks.studies.another", module)
    monkeypatch.setitem(others.OTHERS, "another", "another")
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
    assert "Another study" in capsys.readouterr().out
    (path,) = (tmp_path / "others").iterdir()
    path.write_text(path.read_text(encoding="utf-8").replace("4", "5", 1), encoding="utf-8")
    assert main(["study", "another", *options]) == 0
    assert len(calls) == 2, "a damaged file is measured again"
    module.SETTINGS = {"steps": 4}
    assert main(["study", "another", *options]) == 0
    assert len(calls) == 3, "other settings are another measurement"


def test_list_names_every_study(capsys):
    assert main(["study", "--list"]) == 0
    lines = capsys.readouterr().out.splitlines()[1:]
    assert [line.split()[0] for line in lines][: len(STUDIES)] == list(STUDIES)
    assert all(float(line.split()[4]) > 0 for line in lines[: len(STUDIES)]), "each has an estimate"


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
    assert f"5 trainings: {len(kept)} found, {5 - len(kept)} to do" in output
    assert sum(line.startswith("[") for line in output.splitlines()) == 5 - len(kept)
    for path, before in kept.items():
        assert (path.stat().st_mtime_ns, path.read_bytes()) == before, "what was done was done again"
    assert len(outcomes(tmp_path)) == 5
    assert (tmp_path / "pages" / "activations-adam.md").is_file()


DYING_WORKER = """
import os, sys
from nn.experiment import Experiment

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

    def wait(self):
        status = self._process.wait()
        self._reader.join()
        return status


@contextmanager
def cluster(folder, **environment):
    """Yield the address of a scheduler with two workers, and the one that dies in its first training."""
    pytest.importorskip("distributed", reason="dask.distributed is not installed")
    server = ["-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"]
    options = ["--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", folder]
    with Process("Scheduler at:", *server, **environment) as scheduler:
        address = scheduler.line.split()[-1]
        with (
            Process("Registered to", "-c", DYING_WORKER, address, *options) as dying,
            Process("Registered to", "-m", "distributed.cli.dask_worker", address, *options),
        ):
            yield address, dying


def test_a_cluster_loses_nothing_when_a_worker_dies(tmp_path):
    """One of two workers dies in the middle of its first training."""
    name, arguments = "binary", ["--runs", "4"]
    local = ["study", name, *arguments, "--jobs", "1", "--data", "digits", "--out", str(tmp_path / "local")]
    assert main(local) == 0
    with cluster(tmp_path) as (address, dying):
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
    with cluster(tmp_path, DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES="0") as (address, _):
        with study(*arguments, "--scheduler", address) as process:
            _, error = process.communicate()
        assert process.returncode == 2
        message = error.splitlines()[-1]
        assert message.startswith("benchmarks: KilledWorker: "), error
        assert message.endswith("what was trained is kept: run the command again")
        assert "Traceback" not in error
        kept = len(outcomes(tmp_path / "cluster"))
        with study(*arguments, "--scheduler", address) as process:
            output, error = process.communicate()
        assert process.returncode == 0, error
        assert f"4 trainings: {kept} found, {4 - kept} to do" in output
