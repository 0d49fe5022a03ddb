"""The studies beyond the documents: the range test, the flow of gradients, the best recipe taken apart."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from benchmarks.studies import gradient_flow, range_test
from benchmarks.studies.best import BEST
from benchmarks.studies.training import settings
from nn.app.experiment import Experiment
from nn.app.recipes import RECIPES
from nn.optimizers import OPTIMIZERS


@pytest.fixture(scope="module")
def tests_of_rates(digits):
    return json.loads(json.dumps(range_test.measure(digits, 2)))


@pytest.fixture(scope="module")
def flow(digits):
    return json.loads(json.dumps(gradient_flow.measure(digits, 2)))


def test_smoothing_is_a_weighted_mean_of_neighbours(rng):
    values, width = rng.random(30), 2.5
    for place, smoothed in enumerate(range_test.smooth(values, width)):
        weights = [math.exp(-(((other - place) / width) ** 2) / 2) for other in range(30)]
        near = [abs(other - place) <= 10 for other in range(30)]
        mean = sum(w * v for w, v, n in zip(weights, values, near, strict=True) if n)
        mean /= sum(w for w, n in zip(weights, near, strict=True) if n)
        assert smoothed == pytest.approx(mean), f"at place {place}"


def test_marks_are_found_on_a_known_curve():
    logs = np.linspace(-6, 1, 701)
    # A step down around 10 ** -3, where it is steepest, and a cliff upwards beyond 0.
    losses = 1 / (1 + np.exp(4 * (logs + 3))) + np.where(logs > 0, 50 * logs, 0)
    found = range_test.marks(10**logs, losses)
    assert found["steepest"] == pytest.approx(1e-3)
    assert found["lowest"] == pytest.approx(1)


def test_the_cliff_is_never_the_steepest_descent():
    found = range_test.marks([1, 2, 4, 8, 16, 32], [2.0, 1.95, 1.5, 1.3, 90.0, 3.0])
    assert (found["steepest"], found["lowest"]) == (4, 8), "a fall beyond the lowest loss does not count"


@pytest.mark.parametrize("optimizer", range_test.OPTIMIZERS)
def test_each_step_has_the_next_rate(digits, monkeypatch, optimizer):
    used, step = [], OPTIMIZERS[optimizer].step

    def watched(self, params, grads, lr=None):
        used.append(self.lr if lr is None else lr)
        step(self, params, grads, lr)

    monkeypatch.setattr(OPTIMIZERS[optimizer], "step", watched)
    test = range_test.one_test(digits, replace(RECIPES["v2"], optimizer=optimizer))
    assert used[0] == pytest.approx(range_test.LOWEST)
    ratios = np.divide(used[1:], used[:-1])
    assert ratios == pytest.approx((range_test.HIGHEST / range_test.LOWEST) ** (1 / (range_test.STEPS - 1)))
    assert used[-1] == test["runaway"], "the test ends with the step whose loss runs away"
    assert used[: len(test["rates"])] == pytest.approx(test["rates"], rel=1e-3)


def test_a_range_test_falls_and_then_runs_away(tests_of_rates):
    for optimizer, runs in tests_of_rates["tests"].items():
        for run in runs:
            assert (
                range_test.LOWEST < run["steepest"] < run["lowest"] < run["runaway"] < range_test.HIGHEST
            ), optimizer
            assert min(run["losses"]) < 1 < max(run["losses"][:50]), "it learns on its way"
            assert all(map(math.isfinite, run["losses"]))
    first, second = tests_of_rates["tests"]["adam"]
    assert first["losses"] != second["losses"], "each run has a seed of its own"


@pytest.mark.parametrize("last", [math.nan, math.inf])
def test_a_loss_that_is_no_number_ends_a_test(digits, monkeypatch, last):
    losses = [2 - step / 100 for step in range(100)]
    steps = [(32, loss, None) for loss in (*losses, last, 1.0)]
    monkeypatch.setattr(range_test, "train_batches", lambda *_, **__: iter(steps))
    test = range_test.one_test(digits, RECIPES["v2"])
    rates = np.geomspace(range_test.LOWEST, range_test.HIGHEST, range_test.STEPS)
    assert test["losses"] == pytest.approx(losses), "all up to the one that is no number"
    assert test["rates"] == pytest.approx(rates[:100], rel=1e-3)
    assert test["runaway"] == pytest.approx(rates[100]), "the rate of the step that has no loss"
    assert test["lowest"] == pytest.approx(rates[99]), "the loss fell up to the end"


def test_weights_that_overflow_end_a_test_in_silence(digits, monkeypatch):
    """At rate lr, a penalty of strength 1 multiplies the weights by 1 - lr, whatever the data say: at rates
    from 10 on they overflow within 40 steps, in whatever order a machine adds up.
    """
    monkeypatch.setattr(range_test, "LOWEST", 10.0)
    monkeypatch.setattr(range_test, "RUNAWAY", math.inf)
    test = range_test.one_test(digits, replace(RECIPES["v2"], optimizer="sgd", l2=1.0))
    assert 10 < test["runaway"] < 11
    assert len(test["losses"]) == len(test["rates"]) < 40
    assert all(map(math.isfinite, [*test["losses"], test["steepest"], test["lowest"]]))


def test_the_page_of_rates_has_the_medians(tests_of_rates, tmp_path):
    page = "\n".join(range_test.blocks(tests_of_rates, tmp_path))
    for optimizer, runs in tests_of_rates["tests"].items():
        rates = [run["steepest"] for run in runs]
        cell = f"{sum(rates) / 2:.2g} ({min(rates):.2g} to {max(rates):.2g})"
        assert f"| {range_test.OPTIMIZERS[optimizer]} | {cell} |" in page
    assert (tmp_path / "range-test.png").stat().st_size > 20_000
    assert page.count("range-test.png") == 1


def test_a_test_that_never_runs_away_says_so(tests_of_rates, tmp_path):
    run = tests_of_rates["tests"]["adam"][0]
    result = tests_of_rates | {"tests": {"adam": [run, run | {"runaway": None}]}}
    assert "| nowhere in reach |" in "\n".join(range_test.blocks(result, tmp_path))


def test_norms_are_those_of_the_gradients(digits):
    recipe = replace(gradient_flow.DEEP, hidden=(6, 5), epochs=1, activation="sigmoid")
    run = gradient_flow.one_run(digits, recipe, seed=3)
    experiment = Experiment(recipe, digits, seed=3)
    batch = np.random.default_rng(3).permutation(len(experiment.X))[:128]
    network = experiment.model.network
    _, grads = network.loss_and_grads(experiment.X[batch], experiment.y[batch])
    lengths = [math.sqrt(math.fsum(float(g) ** 2 for g in dW.ravel())) for dW in grads[::2]]
    assert run["norms"][0] == pytest.approx(lengths, rel=1e-3)
    assert len(run["steps"]) == len(run["norms"])
    assert run["steps"] == list(range(1, 12)), (
        "1,293 images make 11 batches, and each of so few steps is kept"
    )


def test_the_flow_tells_its_story(flow):
    ratios, accuracies, diverged = {}, {}, {}
    for case in flow["cases"]:
        name = case["activation"], case["initializer"]
        ratios[name] = [run["norms"][0][0] / run["norms"][0][-1] for run in case["runs"]]
        accuracies[name] = [run["accuracy"] for run in case["runs"]]
        diverged[name] = [run["diverged"] for run in case["runs"]]
    assert len(ratios) == 6
    assert max(ratios["sigmoid", "xavier_uniform"]) < 1e-4, "the slope of the sigmoid eats the gradient"
    assert all(0.1 < ratio < 10 for ratio in ratios["relu", "he_normal"] + ratios["relu", "xavier_uniform"])
    assert max(accuracies["sigmoid", "xavier_uniform"]) < 0.3 < min(accuracies["relu", "he_normal"])
    assert all(step is not None and step < 10 for step in diverged["relu", "random_uniform"])
    assert diverged["relu", "he_normal"] == [None, None]


def test_the_page_of_gradients_has_a_row_for_each_network(flow, tmp_path):
    page = "\n".join(gradient_flow.blocks(flow, tmp_path))
    for case in flow["cases"]:
        accuracy = sum(run["accuracy"] for run in case["runs"]) / 2
        activation = gradient_flow.ACTIVATIONS[case["activation"]]
        name = f"{activation}, {gradient_flow.INITIALIZERS[case['initializer']]}"
        (line,) = (line for line in page.splitlines() if line.startswith(f"| {name} |"))
        assert f"{accuracy:.2%}" in line
        assert ("2 of 2 diverged" in line) == all(run["diverged"] for run in case["runs"])
    assert (tmp_path / "gradient-flow.png").stat().st_size > 20_000


def test_the_picture_has_a_line_for_each_layer(flow):
    panels = gradient_flow.picture(flow).axes
    assert [len(axes.lines) for axes in panels] == [10] * 6
    first = flow["cases"][0]["runs"][0]
    assert panels[0].lines[3].get_ydata().tolist() == [row[3] for row in first["norms"]]


def test_each_row_of_the_best_study_changes_something():
    recipes = [settings(BEST.recipe(row)) for row in BEST.rows]
    assert recipes[0] == settings(RECIPES["best"])
    for place, recipe in enumerate(recipes):
        assert recipe not in recipes[:place], f"{BEST.rows[place].label} repeats another row"


@pytest.mark.parametrize("row", BEST.rows, ids=lambda row: row.label)
def test_each_row_of_the_best_study_trains(digits, row):
    experiment = Experiment(replace(BEST.recipe(row), epochs=1), digits)
    assert len(list(experiment.run())) == 1
