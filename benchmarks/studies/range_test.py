"""The learning-rate range test: the rate grows at every step, which shows which rates suit the network."""

import math
from dataclasses import replace
from itertools import count
from pathlib import Path

import numpy as np

from nn import optimizers
from nn.app import plots
from nn.app.experiment import Experiment
from nn.app.markdown import markdown_table
from nn.app.recipes import RECIPES
from nn.training import train_batches

from ..saving import save
from .study import Computed
from .training import settings

OPTIMIZERS = {"sgd": "gradient descent", "nesterov": "Nesterov", "adam": "Adam"}
LOWEST, HIGHEST = 1e-6, 100.0
STEPS = 1500  # from the lowest to the highest: nearly one pass over MNIST in batches of 32
WINDOW = 40  # steps in the running mean
RUNAWAY = 4.0  # the test ends if the running mean is so many times its lowest value so far
SETTINGS = {
    "recipe": settings(RECIPES["v2"]),
    "optimizers": list(OPTIMIZERS),
    "rates": [LOWEST, HIGHEST, STEPS],
    "window": WINDOW,
    "runaway": RUNAWAY,
}
MARKS = {
    "steepest": ("steepest descent", "#009e73", "-"),
    "lowest": ("lowest loss", "gray", "--"),
    "runaway": ("runs away", plots.WRONG, ":"),
}


def measure(dataset, runs):
    """Return the range tests of the v2 network under several optimizers, as a dict that JSON can hold.

    runs: the number of seeds for each.
    """
    recipe = RECIPES["v2"]
    return {
        "data": dataset.name,
        "batch_size": recipe.batch_size,
        "lr": recipe.lr,
        "runs": runs,
        "tests": {
            optimizer: [one_test(dataset, replace(recipe, optimizer=optimizer), seed) for seed in range(runs)]
            for optimizer in OPTIMIZERS
        },
    }


def one_test(dataset, recipe, seed=0):
    """Return one range test: ``rates`` and ``losses`` of the steps, and the rates of ``marks``.

    ``runaway`` is the rate at which the test ended, None if it reached the last rate.
    """
    from threadpoolctl import threadpool_limits

    experiment = Experiment(recipe, dataset, seed=seed)
    network, X, y = experiment.model.network, experiment.X, experiment.y
    rates = np.geomspace(LOWEST, HIGHEST, STEPS).tolist()
    optimizer, rng = optimizers.OPTIMIZERS[recipe.optimizer](lr=rates[0]), np.random.default_rng(seed)
    options = {"batch_size": recipe.batch_size, "rng": rng}
    steps = (step for _ in count() for step in train_batches(network, optimizer, X, y, **options))
    losses, lowest, runaway = [], math.inf, None
    # The test looks for overflow; the loss shows it.
    with threadpool_limits(1, user_api="blas"), np.errstate(over="ignore", invalid="ignore"):
        for rate in rates:
            optimizer.lr = rate  # which the optimizer reads at each step
            _, loss, _ = next(steps)
            if math.isfinite(loss):
                losses.append(loss)
                running = float(np.mean(losses[-WINDOW:]))
                lowest = min(lowest, running)
            if not math.isfinite(loss) or running > RUNAWAY * lowest:
                runaway = rate
                break
    rates = rates[: len(losses)]
    return {
        "rates": [float(f"{rate:.4g}") for rate in rates],
        "losses": [round(loss, 4) for loss in losses],
        "runaway": runaway,
        **marks(rates, smooth(losses, WINDOW / 4)),
    }


def smooth(values, width):
    """Return the values (n,), each a mean of its neighbours, weighted by a Gaussian of ``width`` steps.

    Unlike a running mean of the past, it does not lag behind.
    """
    distances = np.arange(-math.ceil(4 * width), math.ceil(4 * width) + 1)
    weights = np.exp(-((distances / width) ** 2) / 2)
    reach = len(weights) // 2
    total = np.convolve(values, weights)[reach : reach + len(values)]
    return total / np.convolve(np.ones(len(values)), weights)[reach : reach + len(values)]


def marks(rates, smoothed):
    """Return the rates of the steepest descent, against the logarithm of the rate, and of the lowest loss."""
    lowest = int(np.argmin(smoothed))
    slopes = np.gradient(smoothed, np.log(rates))[: lowest + 1]
    return {"steepest": float(rates[np.argmin(slopes)]), "lowest": float(rates[lowest])}


def picture(result):
    """Draw the losses against the rate: a panel for each optimizer, a line for each run."""
    tests = result["tests"]
    figure, grid = plots.new_figure(4.3 * len(tests), 4.2, 1, len(tests))
    guessing = math.log(10)
    last = max(run["rates"][-1] for runs in tests.values() for run in runs)
    for axes, (optimizer, runs) in zip(grid.flat, tests.items(), strict=True):
        for run in runs:
            axes.plot(
                run["rates"], smooth(run["losses"], WINDOW / 4), color=plots.TRAINING, linewidth=1, alpha=0.6
            )
        for mark, (label, color, style) in MARKS.items():
            if (rate := middle(runs, mark)) is not None:
                axes.axvline(rate, color=color, linestyle=style, label=f"{label}: {rate:.2g}")
        axes.axhline(guessing, color="black", linewidth=0.5)
        axes.text(LOWEST, guessing - 0.05, "guessing", fontsize=8, va="top")
        axes.set_xscale("log")
        axes.set_xlim(LOWEST / 2, 2 * last)
        axes.set_ylim(0, 2 * guessing)
        plots.finish(axes, "learning rate", "loss of a batch, smoothed", OPTIMIZERS[optimizer])
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), fontsize=9, frameon=False)
    figure.suptitle(f"Range test of v2 on {result['data']}, runs: {result['runs']}, marks at their medians")
    return figure


def blocks(result, folder):
    """Write the picture into the folder and yield the blocks of the page."""
    save(picture(result), Path(folder, "range-test.png"))
    yield OPENING
    head = ["optimizer", "steepest descent at", "lowest loss at", "runs away at"]
    rows = (
        [OPTIMIZERS[name], *(_span(runs, mark) for mark in MARKS)] for name, runs in result["tests"].items()
    )
    yield markdown_table(head, rows)
    limits = {"lowest": LOWEST, "highest": HIGHEST, "window": WINDOW, "runaway": RUNAWAY, "steps": STEPS}
    yield FACTS.format(**limits, **result)
    yield "![Loss against learning rate](range-test.png)"
    yield READING


OPENING = """\
The rate grows by the same factor at every step while the network learns. At first the loss stays near that of
guessing, where the initial weights put it; then it falls, and then it runs away."""

FACTS = """\
The table shows medians over {runs} runs on {data}, with the smallest and the largest rate in brackets. The
network and the batches of {batch_size} are those of v2, whose rate under Adam is {lr:g}. The rates run from
{lowest:g} to {highest:g} in {steps:,} steps. The loss runs away when its mean over {window} steps is
{runaway:g} times the lowest such mean so far; the test ends there."""

READING = """\
At the steepest descent, each step lowers the loss most. At the lowest loss, the rate is already too large:
the noise of such steps destroys as much as the network learns. Between the two, well below the rate at
which the loss runs away, is the range to search on validation data. Each optimizer has its own range, since
its steps have different lengths: a momentum of 0.9 adds up about ten gradients, and Adam divides them by
their size.

Source: Smith 2017, *Cyclical Learning Rates for Training Neural Networks*, section 3.3. There the rate grows
linearly; here it grows exponentially, so that each power of ten has the same number of steps."""


def middle(runs, mark):
    """Return the median of a mark over the runs; None if one of them does not have it."""
    rates = [run[mark] for run in runs]
    return None if None in rates else float(np.median(rates))


def _span(runs, mark):
    rates = [run[mark] for run in runs]
    if None in rates:
        return "nowhere in reach"
    return f"{np.median(rates):.2g} ({min(rates):.2g} to {max(rates):.2g})"


RANGE_TEST = Computed(
    name="range-test",
    title="The learning-rate range test",
    settings=SETTINGS,
    measure=measure,
    blocks=blocks,
    cost=60.0,
)
