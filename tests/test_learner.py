"""`python -m nn train --impl`: a learner's package trains, and nn measures, draws and saves the result."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import nn
from nn.__main__ import main
from nn.app.experiment import Experiment
from nn.app.learner import Learner
from nn.app.recipes import RECIPES
from tests.grading import ROOT
from tests.grading.course.textbook import textbook


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def texts():
    return textbook()


@pytest.fixture
def package(tmp_path, texts):
    """Return a function that writes a solved package, with code added to one of its modules."""

    def write(module=None, code="", name="mine"):
        folder = tmp_path / name
        folder.mkdir()
        for file, text in texts.items():
            (folder / file).write_text(text + (code if file == f"{module}.py" else ""), encoding="utf-8")
        return folder

    return write


def train(folder, *options, recipe="v2"):
    return main(["train", recipe, "--data", "digits", "--impl", str(folder), *options])


def summary(folder):
    return json.loads((folder / "summary.json").read_text(encoding="utf-8"))


def refused(capsys, folder, *options, recipe="v2"):
    """Return the one line of an error."""
    assert train(folder, *options, recipe=recipe) == 1
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert error.count("\n") == 1, error
    return error


def test_a_learner_s_package_leaves_what_nn_leaves(package, tmp_path, capsys):
    """The same files, in a folder that says whose they are; the saved model gives the same metrics."""
    assert train(package(), "--epochs", "15") == 0
    output = capsys.readouterr().out
    assert f"Package: mine ({tmp_path / 'mine'})" in output
    assert main(["train", "v2", "--data", "digits", "--epochs", "15"]) == 0
    own, ours = tmp_path / "results/v2-digits-mine", tmp_path / "results/v2-digits"
    assert {path.name for path in own.iterdir()} == {path.name for path in ours.iterdir()}
    assert (summary(own)["package"], summary(ours)["package"]) == ("mine", "nn")
    assert summary(own)["test_accuracy"] > 0.93
    capsys.readouterr()
    assert main(["evaluate", str(own / "model.npz"), "--data", "digits"]) == 0
    assert f"test accuracy {summary(own)['test_accuracy']:.2%}" in capsys.readouterr().out


@pytest.mark.parametrize("name", [name for name in RECIPES if name != "best"])
def test_every_recipe_can_be_trained_by_a_learner_s_package(name, package, digits, tmp_path):
    """Ten outputs, one output, initial weights that no lesson asks for, clipping, early stopping."""
    experiment = Experiment(replace(RECIPES[name], epochs=2), digits, learner=Learner(package()))
    rows = list(experiment.run())
    assert [row["epoch"] for row in rows] == [1, 2]
    assert all(row["gradient_norm"] is None for row in rows), "the lessons ask for none"
    experiment.keep()
    experiment.model.save(tmp_path / "model.npz")
    saved = nn.load(tmp_path / "model.npz")
    assert saved.about["package"] == "mine"
    assert experiment.metrics().accuracy == np.mean(
        saved.predict(experiment.dataset.X_test)
        == np.asarray(experiment.dataset.classes)[experiment.dataset.y_test]
    )


@pytest.mark.parametrize("name", ["v1", "binary"])
def test_a_right_package_learns_what_nn_learns(name, package, digits):
    """The same seed gives the same weights, batches and steps: only rounding tells the two apart."""
    recipe = RECIPES[name]
    rows = []
    for learner in (None, Learner(package())):
        experiment = Experiment(recipe, digits, seed=3, learner=learner)
        rows.append([next(run) for run in [experiment.run()] for _ in range(3)])
    for ours, own in zip(*rows, strict=True):
        assert own["loss"] == pytest.approx(ours["loss"], rel=1e-4)
        assert own["validation_loss"] == pytest.approx(ours["validation_loss"], rel=1e-4)


def test_a_learner_s_package_trains_on_moved_images(package, digits):
    """It has no augmentation of its own: nn moves the images, as for its own training run."""
    recipe = replace(RECIPES["best"], hidden=(16,), epochs=3, dropout=0.0)
    losses = []
    for learner in (None, Learner(package())):
        losses.append([row["loss"] for row in Experiment(recipe, digits, seed=3, learner=learner).run()])
    still = [row["loss"] for row in Experiment(replace(recipe, shift=0), digits, seed=3).run()]
    assert losses[1] == pytest.approx(losses[0], rel=1e-4)
    assert losses[0] != pytest.approx(still, rel=1e-2), "moved images are harder to learn"


def test_the_learner_s_functions_train(package, digits):
    """Weights, steps, decay and early stopping come from the package, not from nn."""
    folder = package(
        "training", "\n\ndef step_decay(epoch, lr, factor=0.5, every=30):\n    return lr / (epoch + 1)\n"
    )
    with (folder / "initializers.py").open("a", encoding="utf-8") as file:
        file.write("\n\nINITIALIZERS['he_normal'] = lambda rng, m, n, dtype: np.full((m, n), 0.25, dtype)\n")
    learner = Learner(folder)
    experiment = Experiment(RECIPES["optimized"], digits, learner=learner)
    assert all((W == 0.25).all() for W in experiment._trained.params[::2])
    run = experiment.run()
    rates = [next(run)["learning_rate"] for _ in range(3)]
    assert rates == pytest.approx([0.001, 0.0005, 0.001 / 3])
    for own, ours in zip(experiment._trained.params, experiment.model.network.params, strict=True):
        assert np.array_equal(own, ours)
    assert type(experiment._stopping).__module__.endswith(".training")
    assert type(experiment._stopping).__module__ != "nn.training"


def test_the_best_weights_are_the_ones_kept(package, digits):
    """With a rate that soon overshoots, early stopping goes back, in both networks."""
    recipe = replace(RECIPES["v2"], lr=0.05, epochs=60, patience=4)
    experiment = Experiment(recipe, digits, learner=Learner(package()))
    snapshots = []
    for _ in experiment.run():
        snapshots.append([param.copy() for param in experiment._trained.params])
    best = int(np.argmin([row["validation_loss"] for row in experiment.history]))
    assert best + 1 == experiment.best_epoch < len(snapshots)
    metrics = experiment.metrics()
    assert all(map(np.array_equal, experiment._trained.params, snapshots[-1]))
    experiment.keep()
    assert all(map(np.array_equal, experiment._trained.params, snapshots[best]))
    assert all(map(np.array_equal, experiment.model.network.params, snapshots[best]))
    assert experiment.metrics().accuracy == metrics.accuracy


def test_an_unfinished_kata_is_told_what_is_missing(capsys):
    """The first function that the training needs, with its place."""
    error = refused(capsys, ROOT / "kata")
    assert "kata: Network.__init__ is not written yet (" in error
    assert list(Path("results").iterdir()) == [], "a training that never began leaves no folder"
    Path("own").mkdir()
    refused(capsys, ROOT / "kata", "--out", "own")
    assert Path("own").is_dir(), "what was there stays"
    assert "network.py, line " in error


def test_only_what_the_recipe_needs_must_be_written(package, capsys):
    """Momentum and clipping may wait until a recipe asks for them."""
    unwritten = "\n\ndef {}(*arguments, **options):\n    raise NotImplementedError\n"
    folder = package("regularization", unwritten.format("clip_by_global_norm"))
    path = folder / "training.py"
    text = path.read_text(encoding="utf-8")
    path.write_text(text + unwritten.format("step_decay"), encoding="utf-8")
    assert train(folder, "--epochs", "1") == 0
    assert "clip_by_global_norm is not written yet" in refused(capsys, folder, "--max-grad-norm", "1")
    assert "step_decay is not written yet" in refused(capsys, folder, "--decay-every", "1")


@pytest.mark.parametrize(
    ("module", "code", "said"),
    [
        ("training", "def train_epoch(*args, **options):\n    pass", "must return the mean loss; got None"),
        ("training", "def train_epoch(*args, **options):\n    return 1 / 0", "raised ZeroDivisionError"),
        ("training", "def train_epoch(*args, **options):\n    return float('nan')", "the loss became nan"),
        ("training", "del train_epoch", "training.py has no train_epoch"),
        ("training", "import mathh", "training.py cannot be imported: ModuleNotFoundError"),
        ("optimizers", "def broken(:", "optimizers.py cannot be imported: SyntaxError"),
        (
            "network",
            "Network.forward = lambda self, X: np.zeros((len(X), 10))",
            "nn's give different numbers",
        ),
        (
            "network",
            "class Network:\n    def __init__(self, sizes, **options):\n        self.params = [np.zeros(3)]",
            "Network.params must have the shapes [(64, 64), (64,), (64, 10), (10,)]; got [(3,)]",
        ),
    ],
)
def test_a_package_that_fails_is_told_in_one_line(package, capsys, module, code, said):
    assert said in refused(capsys, package(module, f"\n\n{code}\n"))


def test_a_missing_module_is_named(package, capsys):
    folder = package()
    (folder / "optimizers.py").unlink()
    assert "there is no " in refused(capsys, folder)


def test_two_packages_of_one_name_do_not_mix(package, digits, tmp_path):
    """A package that was loaded before must not stand in for another."""
    first = Learner(package(name="first"))
    broken = package("optimizers", "\n\nclass SGD:\n    pass\n", name="second")
    other = tmp_path / "second" / "first"
    broken.rename(tmp_path / "moved")
    (tmp_path / "second").mkdir()
    (tmp_path / "moved").rename(other)
    assert first.optimizer("sgd", 0.5).lr == 0.5
    with pytest.raises(TypeError):
        Learner(other).optimizer("sgd", 0.5)
