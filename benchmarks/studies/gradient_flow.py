"""Gradient flow: how much of the gradient reaches the first of ten layers, by activation and by start."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np

from nn.app import plots
from nn.app.experiment import Experiment
from nn.app.markdown import markdown_table
from nn.app.recipes import Recipe
from nn.optimizers import SGD
from nn.training import evaluate, train_batches

from ..saving import save
from .study import Computed
from .training import settings

DEEP = Recipe(
    name="deep",
    summary="ten layers of weights, plain gradient descent",
    document=None,
    hidden=(100,) * 9,
    epochs=5,
    batch_size=128,
    lr=0.05,
    optimizer="sgd",
)
ACTIVATIONS = {"sigmoid": "sigmoid", "relu": "ReLU"}
INITIALIZERS = {
    "xavier_uniform": "Glorot uniform",
    "he_normal": "He normal",
    "random_uniform": "uniform [-0.5, 0.5]",
}
POINTS = 120  # steps whose gradients are kept, evenly spaced in the logarithm of the step
CEILING = 1e5  # of the picture, since exploding norms have no limit
SETTINGS = {
    "recipe": settings(DEEP),
    "activations": list(ACTIVATIONS),
    "initializers": list(INITIALIZERS),
    "points": POINTS,
}


def measure(dataset, runs, recipe=DEEP):
    """Return the gradient norms of a deep network for each activation and initializer, as a dict for JSON.

    runs: the number of seeds for each.
    """
    pairs = [(activation, initializer) for activation in ACTIVATIONS for initializer in INITIALIZERS]
    cases = []
    for activation, initializer in pairs:
        changed = replace(recipe, activation=activation, initializer=initializer)
        each = [one_run(dataset, changed, seed) for seed in range(runs)]
        cases.append({"activation": activation, "initializer": initializer, "runs": each})
    return {
        "data": dataset.name,
        "runs": runs,
        "layers": len(recipe.hidden) + 1,
        "width": recipe.hidden[0],
        "epochs": recipe.epochs,
        "batch_size": recipe.batch_size,
        "lr": recipe.lr,
        "cases": cases,
    }


def one_run(dataset, recipe, seed=0):
    """Return one training run: the ``norms`` of the gradient of each layer's weights at some ``steps``.

    steps: counted from 1. norms: a list for each step, first layer first. accuracy: on the validation images
    at the end. diverged: the step whose loss or gradient is no longer finite, None if all are.
    """
    from threadpoolctl import threadpool_limits

    experiment = Experiment(recipe, dataset, seed=seed)
    network, rng = experiment.model.network, np.random.default_rng(seed)
    batches = math.ceil(len(experiment.X) / recipe.batch_size)
    wanted = set(np.geomspace(1, recipe.epochs * batches, POINTS).round().astype(int).tolist())
    options = {"batch_size": recipe.batch_size, "rng": rng}
    optimizer, step = SGD(lr=recipe.lr), 0
    kept, every_norm, diverged = [], [], None
    # If gradients explode, overflow is part of the measurement.
    with threadpool_limits(1, user_api="blas"), np.errstate(over="ignore", invalid="ignore"):
        for _ in range(recipe.epochs):
            for _, loss, _ in train_batches(network, optimizer, experiment.X, experiment.y, **options):
                step += 1
                norms = [float(np.linalg.norm(dW.astype(np.float64))) for dW in network.grads[::2]]
                if not math.isfinite(loss + sum(norms)):
                    diverged = step
                    break
                if step in wanted:
                    kept.append(step)
                    every_norm.append([float(f"{norm:.4g}") for norm in norms])
            if diverged:
                break
        _, accuracy = evaluate(network, *experiment.validation)
    return {"steps": kept, "norms": every_norm, "accuracy": accuracy, "diverged": diverged}


def picture(result):
    """Draw the norms of the first runs: a panel for each activation and start, a line for each layer."""
    from matplotlib import colormaps

    size = 4.2 * len(INITIALIZERS), 3.4 * len(ACTIVATIONS)
    figure, grid = plots.new_figure(*size, len(ACTIVATIONS), len(INITIALIZERS))
    firsts = [case["runs"][0] for case in result["cases"]]
    norms = [norm for run in firsts for row in run["norms"] for norm in row if norm > 0]
    last = max(step for run in firsts for step in run["steps"])
    colors = colormaps["viridis"](np.linspace(0, 0.92, result["layers"]))
    for axes, case, run in zip(grid.flat, result["cases"], firsts, strict=True):
        marker = "o" if len(run["steps"]) < 20 else None
        for layer, color in enumerate(colors, 1):
            values = [row[layer - 1] for row in run["norms"]]
            axes.plot(run["steps"], values, color=color, label=layer, marker=marker, markersize=3)
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set_xlim(0.8, 1.25 * last)
        axes.set_ylim(min(norms) / 3, min(3 * max(norms), CEILING))
        if run["diverged"]:
            told = [
                f"step {step}, layer 1: {row[0]:.0e}"
                for step, row in zip(run["steps"], run["norms"], strict=True)
            ]
            told = [*told[-2:], f"step {run['diverged']}: no longer finite"]
            axes.text(0.3, 0.5, "\n".join(told), color=plots.WRONG, transform=axes.transAxes)
        plots.finish(axes, "steps", "norm of dW", f"{_name(case)}: {_accuracy(case):.1%}")
    figure.legend(*grid[0, 0].get_legend_handles_labels(), title="layer", loc="outside right", frameon=False)
    trained = f"{result['epochs']} epochs of gradient descent on {result['data']}"
    figure.suptitle(f"Gradients in {result['layers']} layers, and validation accuracy after {trained}")
    return figure


def blocks(result, folder):
    """Write the picture into the folder and yield the blocks of the page."""
    save(picture(result), Path(folder, "gradient-flow.png"))
    rows = []
    for case in result["cases"]:
        starts = np.array([run["norms"][0] for run in case["runs"]])
        medians = np.median(starts[:, 0]), np.median(starts[:, -1]), np.median(starts[:, 0] / starts[:, -1])
        ends = [run["diverged"] for run in case["runs"] if run["diverged"]]
        end = f", {len(ends)} of {len(case['runs'])} diverged" if ends else ""
        rows.append([_name(case), *(f"{median:.2g}" for median in medians), f"{_accuracy(case):.2%}{end}"])
    yield markdown_table(["network", "first layer", "last layer", "first / last", "accuracy"], rows)
    yield FACTS.format(hidden=result["layers"] - 1, **result)
    yield "![Norms of the gradients of each layer during training](gradient-flow.png)"
    if result["data"] != "mnist":
        yield "What follows describes MNIST."
    yield READING


def _name(case):
    return f"{ACTIVATIONS[case['activation']]}, {INITIALIZERS[case['initializer']]}"


def _accuracy(case):
    return float(np.mean([run["accuracy"] for run in case["runs"]]))


FACTS = """\
The table shows the norms of the gradients of the weights at the first step, before anything is learned
(medians over {runs} runs), and the accuracy on validation images of {data} after {epochs} epochs of plain
gradient descent at a rate of {lr:g} in batches of {batch_size} (means). The network has {hidden} hidden
layers of {width} units. We use plain gradient descent because Adam divides each gradient by its size, which
would hide the effect. The picture shows the first run."""

READING = """\
**Sigmoid: the gradient vanishes on its way back.** At each layer it is multiplied by the slope of the
sigmoid, at most 1/4, and by the weights. If these are small, the first layers get a millionth to a
ten-thousandth of what the last layer gets. They hardly change, and the last layer alone learns how frequent
each digit is. Larger weights make up for part of the slope, and the lines lie closer together.

**ReLU: the layers rise and fall together.** Half of the units pass the gradient on unchanged, the others pass
on nothing. The gradient of a layer's weights is the signal from below times the gradient from above. If both
shrink by the same factor in each layer, their product is the same everywhere: the lines lie close together,
and their height shows how the network starts. With Glorot's variance, 2 / (inputs + outputs), each layer with
as many inputs as outputs halves the mean square of the signal: the lines begin low and stay low for a hundred
steps. With He's variance, 2 / inputs, the mean square stays the same. Weights in [-0.5, 0.5] double the
signal and the gradient in each layer: the gradient explodes, and within a few steps the weights do so too.

Sources: Glorot & Bengio 2010, *Understanding the Difficulty of Training Deep Feedforward Neural
Networks*, sections 3 and 4.2; He, Zhang, Ren & Sun 2015, *Delving Deep into Rectifiers*, section 2.2."""

GRADIENT_FLOW = Computed(
    name="gradient-flow",
    title="Vanishing and exploding gradients",
    settings=SETTINGS,
    measure=measure,
    blocks=blocks,
    cost=300.0,
)
