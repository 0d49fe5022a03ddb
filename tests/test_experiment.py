"""Recipes, experiments and plots: the records are sound, runs repeat, and pictures say what they should."""

import csv
from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest

from nn.activations import ACTIVATIONS
from nn.app import plots
from nn.app.experiment import Experiment
from nn.app.recipes import RECIPES
from nn.app.report import write_table
from nn.initializers import INITIALIZERS
from nn.optimizers import OPTIMIZERS


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
def test_recipes_are_sound(recipe):
    assert recipe.activation in ACTIVATIONS
    assert recipe.initializer in INITIALIZERS
    assert recipe.optimizer in OPTIMIZERS
    assert recipe.schedule in ("step", "cosine")
    assert recipe.expected, "each recipe states the result that it reproduces, or what is to be measured"
    if recipe.document is None:
        assert all(expected.accuracy is None for expected in recipe.expected)
    else:
        assert all(0.1 < expected.accuracy < 1 for expected in recipe.expected)
        assert recipe.document in ("000", "001", "003", "004")
    with pytest.raises(FrozenInstanceError):
        recipe.lr = 1


def test_an_experiment_repeats_itself(digits):
    recipe = replace(RECIPES["v2"], epochs=3)
    histories = []
    for _ in range(2):
        experiment = Experiment(recipe, digits, seed=4)
        histories.append([{**row, "seconds": 0} for row in experiment.run()])
    assert histories[0] == histories[1]
    other = list(Experiment(recipe, digits, seed=5).run())
    assert other[0]["loss"] != histories[0][0]["loss"]


def test_test_samples_are_never_trained_on(digits):
    experiment = Experiment(RECIPES["v2"], digits, seed=1)
    trained = {row.tobytes() for row in (experiment.X * 16).round().astype(np.uint8)}
    watched = {row.tobytes() for row in (experiment.validation[0] * 16).round().astype(np.uint8)}
    assert not trained & {row.tobytes() for row in digits.X_test}
    assert not trained & watched


def test_early_stopping_keeps_the_best_weights(digits):
    recipe = replace(RECIPES["v2"], epochs=200, patience=3)
    experiment = Experiment(recipe, digits)
    snapshots = []
    for _ in experiment.run():
        snapshots.append(experiment.model.network.params.vector.copy())
    losses = [row["validation_loss"] for row in experiment.history]
    best = int(np.argmin(losses))
    assert len(losses) == best + 1 + 3, "three epochs in a row without a better loss end the training"
    assert experiment.best_epoch == experiment.kept_epoch == best + 1
    metrics = experiment.metrics()
    vector = experiment.model.network.params.vector
    assert np.array_equal(vector, snapshots[-1]), "measuring leaves the weights alone"
    experiment.keep()
    assert np.array_equal(vector, snapshots[best])
    assert metrics.accuracy == experiment.metrics().accuracy


def test_the_result_is_a_model_of_its_own(digits):
    """Asked for in the middle of a training run, it has the best weights so far, and nothing moves it."""
    experiment = Experiment(replace(RECIPES["v2"], lr=0.05, epochs=12, patience=12), digits)
    vector, X = experiment.model.network.params.vector, digits.X_test[:50]
    losses, snapshots, asked = [], [], []
    for row in experiment.run():
        losses.append(row["validation_loss"])
        snapshots.append(vector.copy())
        model = experiment.result()
        asked.append((model, model.network.params.vector.copy(), model.predict_proba(X)))
        experiment.metrics("validation")
        assert np.array_equal(vector, snapshots[-1]), "asking leaves the weights of now as they are"
    assert np.argmin(losses) < len(losses) - 1, "the last epoch is not the best one"
    for epoch, (model, weights, answers) in enumerate(asked):
        best = int(np.argmin(losses[: epoch + 1]))
        assert np.array_equal(weights, snapshots[best])
        assert np.array_equal(model.network.params.vector, weights), "training goes on without it"
        assert np.allclose(model.predict_proba(X), answers, rtol=1e-5)


def test_asking_along_the_way_changes_nothing(digits):
    recipe = replace(RECIPES["v2"], epochs=4, shift=1)
    histories = []
    for asks in (False, True):
        experiment = Experiment(recipe, digits, seed=2)
        for _ in experiment.run():
            if asks:
                experiment.metrics()
        histories.append([{**row, "seconds": 0} for row in experiment.history])
    assert histories[0] == histories[1]


def test_early_stopping_can_watch_the_accuracy(digits):
    recipe = replace(RECIPES["v2"], epochs=60, patience=5, monitor="accuracy")
    experiment = Experiment(recipe, digits)
    accuracies = [row["validation_accuracy"] for row in experiment.run()]
    assert experiment.best_epoch == int(np.argmax(accuracies)) + 1


def test_without_patience_the_last_weights_count(digits):
    experiment = Experiment(replace(RECIPES["v1"], epochs=5), digits)
    for _ in experiment.run():
        last = experiment.model.network.params.vector.copy()
    experiment.keep()
    assert experiment.kept_epoch == 5
    assert np.array_equal(experiment.model.network.params.vector, last)


def test_step_decay_reaches_the_optimizer(digits):
    recipe = replace(RECIPES["optimized"], epochs=5, decay_every=2, patience=None, hidden=(8,))
    rates = [row["learning_rate"] for row in Experiment(recipe, digits).run()]
    assert rates == [0.001, 0.001, 0.0005, 0.0005, 0.00025]


def test_the_cosine_reaches_the_optimizer(digits):
    recipe = replace(RECIPES["v2"], epochs=6, schedule="cosine", warmup=2, lr=0.3, patience=None, hidden=(8,))
    rates = [row["learning_rate"] for row in Experiment(recipe, digits).run()]
    half_cosine = [
        0.3 * np.cos(epoch * np.pi / 8) ** 2 for epoch in range(4)
    ]  # (1 + cos 2a) / 2 = cos(a) ** 2
    assert rates == pytest.approx([0.1, 0.2, *half_cosine])


def test_an_unknown_schedule_is_refused(digits):
    recipe = replace(RECIPES["v2"], schedule="cosin")
    with pytest.raises(ValueError, match="schedule must be step or cosine; got 'cosin'"):
        next(Experiment(recipe, digits).run())


def test_confusions_are_named_by_pairs():
    confusion = np.array([[10, 2, 0], [3, 8, 1], [0, 0, 9]])
    assert plots.most_confused(confusion, (3, 5, 9)) == "most confused: 3 and 5 (5), 5 and 9 (1)"
    assert plots.most_confused(np.diag([4, 5]), (5, 8)) == "no digit was confused with another"


def test_confusion_matrix_shows_every_count(rng):
    confusion = rng.integers(30, size=(10, 10))
    (axes,) = plots.confusion_matrix(confusion, range(10), "title").axes
    texts = {(text.get_position()): text.get_text() for text in axes.texts}
    assert all(texts[column, row] == str(confusion[row, column]) for row in range(10) for column in range(10))
    assert "most confused" in axes.get_title()
    edges = [place - 0.5 for place in range(11)]
    assert axes.get_xticks(minor=True).tolist() == axes.get_yticks(minor=True).tolist() == edges, "a grid"


def history(epochs):
    return [
        {
            "epoch": epoch,
            "training_loss": 1 / epoch,
            "validation_loss": 1 / epoch + epoch / 50,
            "training_accuracy": 1 - 0.5 / epoch,
            "validation_accuracy": 1 - 0.6 / epoch,
        }
        for epoch in range(1, epochs + 1)
    ]


def test_curves_mark_the_best_epoch():
    for monitor, why in (("loss", "lowest validation loss"), ("accuracy", "highest validation accuracy")):
        figure = plots.loss_curves(history(12), 7, "title", monitor)
        (legend,), (axes,) = figure.legends, figure.axes
        names = [text.get_text() for text in legend.get_texts()]
        assert names == ["training, a sample", "validation", f"epoch 7: {why}"], "it says why it is the best"
        assert axes.get_legend() is None, "a legend inside would hide the curves"
    assert axes.lines[1].get_ydata()[6] == pytest.approx(1 / 7 + 7 / 50)
    (axes,) = plots.accuracy_curves(history(3), None, "title").axes
    assert axes.lines[0].get_ydata().tolist() == pytest.approx([50, 75, 100 * (1 - 0.5 / 3)])


def test_a_recipe_has_one_color_in_every_comparison():
    colors = {}
    for names in (["v1", "v2-batch64", "v2"], ["v2", "optimized"], ["deep-he", "v2-batch64"]):
        (axes,) = plots.comparison(dict.fromkeys(names, history(4)), "title").axes
        for name, line in zip(names, axes.lines, strict=True):
            assert colors.setdefault(name, line.get_color()) == line.get_color()
            assert line.get_ydata() == pytest.approx([100 * 0.6 / epoch for epoch in (1, 2, 3, 4)])
    assert colors["v2"] == colors["v2-batch64"] != colors["v1"] != colors["optimized"]


@pytest.mark.parametrize("n", [0, 1, 5, 9, 16])
def test_any_number_of_digits_can_be_drawn(tmp_path, rng, n):
    figure = plots.digits(rng.random((n, 64)), (8, 8), ["3 (99.0%)"] * n, [False] * n, "title")
    drawn = [axes for axes in figure.axes if axes.images]
    assert len(drawn) == n
    for axes in drawn:
        assert axes.axison, "a frame shows where an image ends"
        assert all(spine.get_visible() for spine in axes.spines.values())
        assert not len(axes.get_xticks())
    plots.save(figure, tmp_path / "digits.png")
    assert (tmp_path / "digits.png").read_bytes().startswith(b"\x89PNG")


def test_tables_come_back(tmp_path):
    write_table(tmp_path / "deep" / "table.csv", [{"a": 1, "b": 0.5}, {"a": 2, "b": None}])
    with open(tmp_path / "deep" / "table.csv", newline="", encoding="utf-8") as file:
        assert list(csv.DictReader(file)) == [{"a": "1", "b": "0.5"}, {"a": "2", "b": ""}]
