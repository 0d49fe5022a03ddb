"""The pictures of a study: errors of its rows, curves of its training runs, confusion matrices, digits.

Each function draws one picture and returns matplotlib's Figure.
"""

import math

import numpy as np

from nn.app import plots
from nn.app.plots import SEVERAL, TRAINING, VALIDATION, new_figure

from .metrics import best_row, reading

OURS, DOCUMENT = TRAINING, VALIDATION  # blue and vermilion
PARTS = {"validation": VALIDATION, "training": TRAINING, "test": SEVERAL[2]}
NAMES = {"validation": "validation", "training": "a sample of the training images", "test": "test"}
LINES = ("-", "--", ":", "-.", (0, (6, 1, 1, 1, 1, 1)), (0, (1, 3)))  # as many as SEVERAL has colors
WIDTH = 1.7  # of all lines: none looks more important
MOST_LINES = 6  # training runs that may share a panel; if there are more, each has its own
WIDE = 5  # if errors differ by more than this factor, their axis is logarithmic


def errors(study, found):
    """Draw the error of every row: a dot for each run, their mean with one deviation, the document's figure.

    If the document prints epochs, they are drawn next to it.
    """
    with_epochs = any(row.printed.epochs for row in found)
    figure, axes = new_figure(9 if with_epochs else 7, 0.36 * len(found) + 1.5, 1, 2 if with_epochs else 1)
    _dots(axes[0, 0], found, "accuracy", lambda value: 100 * (1 - value), "error, % of the images")
    if with_epochs:
        _dots(axes[0, 1], found, "epochs", float, "epochs")
        axes[0, 1].tick_params(labelleft=False)
        axes[0, 1].set_xlim(left=0)
    handles, labels = axes[0, 0].get_legend_handles_labels()
    legend = dict(zip(labels, handles, strict=True))  # one entry for each name
    figure.legend(legend.values(), legend, loc="outside lower center", ncols=3, frameon=False, fontsize=9)
    _entitle(figure, study)
    return figure


def curves(study, found, what):
    """Draw the "loss" or the error (for "accuracy") of every setting of a study against epochs.

    Few settings share a panel for each part of the data; if there are more, each has its own panel. All axes
    are logarithmic and the same. A line is the mean over all runs; a run that has stopped counts with the
    weights that it keeps. In its own panel, a line has a band of one standard deviation to either side.
    """
    trainings = _trainings(study, found)
    together = share_a_panel(study, found)
    if together:
        figure, axes = new_figure(9.6, 4.2, 1, 2)
        for ax, part in zip(axes.flat, ("validation", "training"), strict=True):
            for place, (label, outcomes) in enumerate(trainings.items()):
                _line(ax, outcomes, f"{part}_{what}", **_style(place), label=label)
            ax.set_title(NAMES[part], fontsize=10)
    else:
        columns = math.ceil(math.sqrt(len(trainings)))
        rows = -(-len(trainings) // columns)
        size = (2.6 * columns + 0.8, 2.2 * rows + 0.8) if len(trainings) > 1 else (7.2, 4.2)
        figure, axes = new_figure(*size, rows, columns)
        for empty in axes.flat[len(trainings) :]:
            empty.set_axis_off()
        for ax, (label, outcomes) in zip(axes.flat, trainings.items(), strict=False):
            for part, color in PARTS.items():
                if f"{part}_{what}" in outcomes[0]["history"]:
                    style = {"color": color, "linewidth": 1.3, "label": NAMES[part]}
                    _line(ax, outcomes, f"{part}_{what}", band=True, **style)
            rates = [rate for outcome in outcomes for rate in outcome["history"]["learning_rate"]]
            span = " to ".join(f"{rate:g}" for rate in dict.fromkeys((max(rates), min(rates))))
            ax.set_title(f"{label}\nrate {span}" if "panels" in study.show else label, fontsize=8)
            ax.tick_params(labelsize=7)
    drawn = axes.flat[: 2 if together else len(trainings)]
    _share(drawn, axes, trainings.values())
    figure.supxlabel("epochs", fontsize=9)
    drawn_error = what == "accuracy"
    unit = "error, % of the images (logarithmic)" if drawn_error else "mean cross-entropy (logarithmic)"
    figure.supylabel(unit, fontsize=9)
    _entitle(figure, study, "error during training" if drawn_error else "loss during training")
    figure.legend(
        *axes[0, 0].get_legend_handles_labels(), loc="outside right center", frameon=False, fontsize=8
    )
    return figure


def share_a_panel(study, found):
    """Return True if the curves of a study's settings are drawn together, without bands."""
    return 1 < len(_trainings(study, found)) <= MOST_LINES and "panels" not in study.show


def scores(study, found):
    """Draw precision, recall and F1 on the validation images against epochs, of the document's best row."""
    row = best_row(study, found)
    figure, axes = new_figure(7.2, 4.2, 1, 1)
    for place, (name, label) in enumerate({"precision": "precision", "recall": "recall", "f1": "F1"}.items()):
        mean, _ = _band(row.good, name)
        ax = axes[0, 0]
        ax.plot(range(1, len(mean) + 1), 100 * mean, **_style(place), label=label)
    plots.finish(ax, "epochs", "mean over the digits, %", f"{study.title}: {row.label}")
    figure.legend(loc="outside right center", frameon=False, fontsize=9)
    return figure


def confusions(study, found, data):
    """Draw confusion matrices of the first seed: of every row if there are two classes, else of the best.

    data: the name of the data.
    """
    found = [row for row in found if row.metrics]
    classes = found[0].good[0]["classes"]
    if len(classes) > 2:
        best = best_row(study, found)
        which = "the row that the document calls the best" if best.label in study.best else "the best row"
        which = f"{which}, {best.label}" if len(found) > 1 else best.label
        return plots.confusion_matrix(
            _confusion(best), classes, f"{study.title} on {data}\n{which}\n{_seed(best)}"
        )
    side = math.ceil(math.sqrt(len(found)))
    figure, axes = new_figure(2.3 * side + 1, 2.4 * -(-len(found) // side), -(-len(found) // side), side)
    for empty in axes.flat[len(found) :]:
        empty.set_axis_off()
    for ax, row in zip(axes.flat, found, strict=False):
        plots.draw_confusion(ax, _confusion(row), classes, most=40)
        ax.set_title(f"{row.label}\n{_seed(row)}", fontsize=8)
    figure.suptitle(f"{study.title}\non {data}", fontsize=9)
    figure.supxlabel("answer", fontsize=9)
    figure.supylabel("digit shown", fontsize=9)
    return figure


def digits(study, found):
    """Draw nine random test images with the answers of the first seed's network."""
    outcome = found[0].good[0]
    end, classes = outcome["readings"]["end"], outcome["classes"]
    answered = end["truth"], end["answers"], end["confidence"]
    title = f"{study.title}: nine test images"
    return plots.answers(np.array(end["images"]), end["image_shape"], *answered, classes, title)


def against_ratio(study, found):
    """Draw the test accuracy of every row against batch size / learning rate, a line for each rate."""
    figure, axes = new_figure(7.2, 4.4, 1, 1)
    ax = axes[0, 0]
    points = {}
    for row in found:
        if row.metrics:
            recipe = study.recipe(row.definition)
            deviation = row.deviation("accuracy") or 0
            point = (recipe.batch_size / recipe.lr, 100 * row.mean("accuracy"), 100 * deviation)
            points.setdefault(recipe.lr, []).append(point)
    for color, (rate, line) in zip(SEVERAL, points.items(), strict=False):
        ratio, accuracy, deviation = zip(*line, strict=True)
        ax.errorbar(
            ratio,
            accuracy,
            deviation,
            color=color,
            marker="o",
            capsize=3,
            label=f"rate {rate:.5f}".rstrip("0"),
        )
    ax.set_xscale("log")
    plots.finish(ax, "batch size / learning rate (logarithmic)", "test accuracy, %", study.title)
    figure.legend(loc="outside right center", frameon=False, fontsize=9)
    return figure


def _style(place):
    """Return the color, dashes and width of a line by its place among several."""
    return {"color": SEVERAL[place], "linestyle": LINES[place], "linewidth": WIDTH}


def _seed(row):
    """Return which run of a row is drawn: the first that has not diverged."""
    return f"the run with seed {next(iter(row.metrics))}"


def _entitle(figure, study, what=""):
    """Write the study's title above a figure; below it, what all rows share, and what is drawn."""
    base, varied = study.base, {name for row in study.rows for name in row.changes}
    shared = {
        "hidden": f"hidden {'-'.join(map(str, base.hidden))}",
        "activation": base.activation,
        "initializer": base.initializer,
        "optimizer": base.optimizer,
        "lr": f"rate {base.lr:g}",
        "batch_size": f"batches of {base.batch_size}" if base.batch_size else "full batch",
        "epochs": f"at most {base.epochs} epochs" if base.patience else f"{base.epochs} epochs",
        "patience": f"patience {base.patience}" if base.patience else "",
    }
    told = ", ".join(text for name, text in shared.items() if text and name not in varied)
    figure.suptitle("\n".join(filter(None, [study.title, told, what])), fontsize=10)


def _dots(ax, found, name, convert, label):
    values = []
    for place, row in enumerate(found):
        runs = [convert(value) for value in row.values(name)]
        printed = _printed(row.printed, name, convert)
        if runs:
            style = {
                "color": OURS,
                "alpha": 0.4,
                "markersize": 4,
                "markeredgewidth": 0,
                "label": "a run here",
            }
            # Each run has its own height, so that equal ones are seen side by side.
            ax.plot(runs, np.linspace(place + 0.15, place + 0.45, len(runs) + 2)[1:-1], "o", **style)
            width = abs(convert(row.deviation(name) or 0) - convert(0))
            style = {"color": OURS, "markersize": 10, "capsize": 3, "label": "mean here, one deviation"}
            ax.errorbar(convert(row.mean(name)), place, xerr=width or None, fmt="|", **style)
        else:
            where = {"xy": (0.01, place), "xycoords": ("axes fraction", "data"), "va": "center"}
            ax.annotate("diverged" if row.failed else "not measured", **where, fontsize=8, color="gray")
        if printed:
            style = "D" if len(printed) == 1 else "D-"
            ax.plot(printed, [place] * len(printed), style, color=DOCUMENT, markersize=5, label="document")
        values += [*runs, *printed]
    ax.set_yticks(range(len(found)), [row.label for row in found], fontsize=8)
    ax.set_ylim(len(found) - 0.5, -0.5)
    ax.set_xlabel(label, fontsize=9)
    if name == "accuracy" and values and min(values) > 0 and max(values) > WIDE * min(values):
        ax.set_xscale("log")
        ax.set_xlabel(f"{label} (logarithmic)", fontsize=9)
        plots.plain_ticks(ax.xaxis)
    ax.grid(alpha=0.25)
    ax.spines[["top", "right"]].set_visible(False)


def _printed(printed, name, convert):
    """Return what a document prints: nothing, a value, or both ends of its range."""
    ends = (getattr(printed, name), printed.accuracy_to if name == "accuracy" else None)
    return [convert(value) for value in ends if value is not None]


def _line(ax, outcomes, name, *, band=False, **style):
    mean, deviation = _band(outcomes, name)
    scale = 1
    if name.endswith("accuracy"):
        mean, scale = 1 - mean, 100
    epochs = np.arange(1, len(mean) + 1)
    ax.plot(epochs, scale * mean, marker="." if len(mean) < 20 else None, **style)
    if band and len(outcomes) > 2:
        low, high = scale * (mean - deviation), scale * (mean + deviation)
        ax.fill_between(epochs, low, high, color=style["color"], alpha=0.2, linewidth=0)


def _share(drawn, axes, trainings):
    """Give all panels the same axes, ticks only at the edges, and log epochs if lengths differ widely."""
    lengths = [max(outcome["epochs"] for outcome in outcomes) for outcomes in trainings]
    values = np.concatenate([line.get_ydata() for ax in drawn for line in ax.lines])
    lowest, highest = values[values > 0].min(), values.max()
    for ax in drawn:
        ax.set_yscale("log")
        ax.set_ylim(lowest / 1.2, highest * 1.2)
        plots.plain_ticks(ax.yaxis)
        if max(lengths) >= 10 * min(lengths):
            ax.set_xscale("log")
            ax.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
        else:
            ax.xaxis.get_major_locator().set_params(integer=True)
        ax.set_xlim(right=max(lengths) * 1.03)
        ax.grid(alpha=0.25)
        ax.spines[["top", "right"]].set_visible(False)
    for ax in axes[:, 1:].flat:
        ax.tick_params(labelleft=False)


def _trainings(study, found):
    """Return ``{label: outcomes}``, one for each setting: rows that differ only in their epoch share one."""
    trainings, seen = {}, []
    for row in reversed(found):  # the row that reads the latest epoch gives its name
        recipe = study.recipe(row.definition)
        if row.good and recipe not in seen:
            seen.append(recipe)
            trainings[row.label] = row.good
    return dict(reversed(trainings.items()))


def _band(outcomes, name):
    """Return mean and standard deviation of a curve at every epoch, over all runs.

    A run that has stopped counts with the value of the epoch whose weights it keeps.
    """
    length = max(outcome["epochs"] for outcome in outcomes)
    lines = []
    for outcome in outcomes:
        values = outcome["history"][name]
        lines.append(values + [values[outcome["kept_epoch"] - 1]] * (length - len(values)))
    return np.mean(lines, axis=0), np.std(lines, axis=0, ddof=1 if len(lines) > 1 else 0)


def _confusion(row):
    return np.array(reading(row.definition, row.good[0])["confusion"])
