"""The studies as they are defined: the documents' rows, sound records, keys that miss nothing."""

import json
from dataclasses import fields

import numpy as np
import pytest

from benchmarks.studies import (
    store,
)
from benchmarks.studies.document_002 import TABLES
from benchmarks.studies.training import ALSO, SAMPLINGS, settings
from nn.activations import ACTIVATIONS
from nn.app.data import Dataset
from nn.app.experiment import Experiment
from nn.app.recipes import Recipe
from nn.initializers import INITIALIZERS
from nn.optimizers import OPTIMIZERS
from tests.studies import STUDIES, job


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
