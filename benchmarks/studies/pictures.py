"""The pictures of a study: errors as bars, training as curves with a band over seeds, confusions, digits.

Each function draws one picture and returns matplotlib's Figure; ``save`` writes it.
"""

import math

import numpy as np

from nn import plots
from nn.files import replacing
from nn.plots import new_figure

from .summary import best_setting, reading

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")  # told apart by everyone
OURS, DOCUMENT = "#56b4e9", "#d55e00"
MOST_LINES = 6  # trainings that share one plot; more have a plot each


def save(figure, path):
    """Write a figure as PNG, small enough for a repository."""
    with replacing(path) as file:
        figure.savefig(file, format="png", dpi=90)


def bars(study, found):
    """Draw the error of every row as a bar, its deviation over seeds, and the document's as a mark; beside it
    the epochs, where the document prints them.
    """
    with_epochs = any(setting.row.printed.epochs for setting in found)
    figure, axes = new_figure(9 if with_epochs else 7, 0.34 * len(found) + 1.5, 1, 2 if with_epochs else 1)
    _bars(axes[0, 0], found, "accuracy", lambda value: 100 * (1 - value), "error, % of the images")
    if with_epochs:
        _bars(axes[0, 1], found, "epochs", float, "epochs")
        axes[0, 1].tick_params(labelleft=False)
    handles, labels = axes[0, 0].get_legend_handles_labels()
    legend = dict(zip(labels, handles, strict=True))  # one entry for each name
    if len(legend) > 1:
        figure.legend(legend.values(), legend, loc="outside lower center", ncols=2, frameon=False, fontsize=9)
    figure.suptitle(study.title, fontsize=11)
    return figure


def curves(study, found, what):
    """Draw training and validation "loss" or "accuracy" of every training of a study against epochs.

    The line is the mean over the seeds that are still training, as long as half of them are; the band is one
    standard deviation to either side.
    """
    trainings = _trainings(study, found)
    together = len(trainings) <= MOST_LINES and "panels" not in study.show
    if together:
        figure, axes = new_figure(8, 4.4, 1, 1)
        panels = [axes[0, 0]] * len(trainings)
    else:
        side = math.ceil(math.sqrt(len(trainings)))
        figure, axes = new_figure(
            2.5 * side, 2.1 * -(-len(trainings) // side), -(-len(trainings) // side), side
        )
        for empty in axes.flat[len(trainings) :]:
            empty.set_axis_off()
        panels = axes.flat
    lengths = []
    for place, (ax, (label, histories)) in enumerate(zip(panels, trainings.items(), strict=False)):
        for part, style in (("validation", "-"), ("training", "--")):
            mean, deviation = _band([history[f"{part}_{what}"] for history in histories])
            scale = 100 if what == "accuracy" else 1
            mean, deviation = scale * mean, scale * deviation
            epochs = np.arange(1, len(mean) + 1)
            lengths.append(len(mean))
            if together:
                colour, name = COLOURS[place % len(COLOURS)], label if part == "validation" else None
            else:
                colour, name = COLOURS[part == "training"], part
            marker = "." if len(mean) < 20 else None
            ax.plot(epochs, mean, style, color=colour, label=name, linewidth=1.3, marker=marker)
            ax.fill_between(epochs, mean - deviation, mean + deviation, color=colour, alpha=0.2, linewidth=0)
        if not together:
            ax.set_title(label, fontsize=8)
            ax.tick_params(labelsize=7)
    unit = "accuracy, %" if what == "accuracy" else "mean cross-entropy"
    for ax in axes.flat[: len(trainings)]:
        ax.grid(alpha=0.25)
        ax.spines[["top", "right"]].set_visible(False)
        if together and max(lengths) >= 10 * min(lengths):
            ax.set_xscale("log")
            ax.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
        else:
            ax.xaxis.get_major_locator().set_params(integer=True)
    figure.supxlabel("epochs", fontsize=9)
    figure.supylabel(unit, fontsize=9)
    lines = "solid: validation, dashed: a sample of the training images"
    figure.suptitle(f"{study.title}\n{lines}", fontsize=10)
    if together:
        axes[0, 0].legend(frameon=False, fontsize=8)
    return figure


def confusions(study, found):
    """Draw the confusion matrices of the first seed: of every row where there are two classes, else of the
    best one.
    """
    found = [setting for setting in found if setting.figures]
    records = [next(iter(_good(setting).values())) for setting in found]
    classes = records[0]["outcome"]["classes"]
    if len(classes) > 2:
        best = best_setting(study, found)
        return plots.confusion_matrix(_confusion(best, records[found.index(best)]), classes, best.row.label)
    side = math.ceil(math.sqrt(len(found)))
    figure, axes = new_figure(2.3 * side + 1, 2.4 * -(-len(found) // side), -(-len(found) // side), side)
    for ax, setting, record in zip(axes.flat, found, records, strict=False):
        confusion = _confusion(setting, record)
        errors = confusion * (1.0 - np.eye(len(classes)))
        ax.imshow(np.where(errors > 0, errors, np.nan), cmap="Oranges", vmin=0, vmax=40)
        for (row, column), count in np.ndenumerate(confusion):
            ax.text(
                column, row, str(count), ha="center", va="center", weight="bold" if row == column else None
            )
        ax.set_xticks(range(len(classes)), classes)
        ax.set_yticks(range(len(classes)), classes)
        ax.set_title(setting.row.label, fontsize=9)
    figure.supxlabel("answer", fontsize=9)
    figure.supylabel("digit shown", fontsize=9)
    return figure


def digits(study, found, dataset):
    """Draw nine random test images with the answers of the first seed's network."""
    record = next(iter(_good(found[0]).values()))
    end, classes = record["outcome"]["readings"]["end"], record["outcome"]["classes"]
    kept = dataset.only(tuple(classes))
    captions, wrong = [], []
    for place, answer, confidence in zip(end["shown"], end["answers"], end["confidence"], strict=True):
        truth = kept.y_test[place]
        wrong.append(bool(answer != truth))
        says = f"{classes[answer]} ({confidence:.1%})"
        captions.append(f"says {says},\nis {classes[truth]}" if wrong[-1] else says)
    X = kept.X_test[end["shown"]]
    return plots.digits(X, kept.image_shape, captions, wrong, f"{study.title}: nine test images")


def against_ratio(study, found):
    """Draw the test accuracy of every row against batch size / learning rate, a line for each rate."""
    figure, axes = new_figure(7.2, 4.4, 1, 1)
    ax = axes[0, 0]
    points = {}
    for setting in found:
        if setting.figures:
            recipe = study.recipe(setting.row)
            deviation = setting.deviation("accuracy") or 0
            point = (recipe.batch_size / recipe.lr, 100 * setting.mean("accuracy"), 100 * deviation)
            points.setdefault(recipe.lr, []).append(point)
    for colour, (rate, line) in zip(COLOURS, points.items(), strict=False):
        ratio, accuracy, deviation = zip(*line, strict=True)
        ax.errorbar(
            ratio,
            accuracy,
            deviation,
            color=colour,
            marker="o",
            capsize=3,
            label=f"rate {rate:.5f}".rstrip("0"),
        )
    ax.set_xscale("log")
    ax.set_xlabel("batch size / learning rate (logarithmic)")
    ax.set_ylabel("test accuracy, %")
    ax.set_title(study.title, fontsize=11)
    ax.grid(alpha=0.25)
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(frameon=False, fontsize=9)
    return figure


def _bars(ax, found, name, convert, label):
    places = range(len(found))
    for place, setting in enumerate(found):
        value, printed = setting.mean(name), getattr(setting.row.printed, name)
        if value is None:
            reason = " diverged" if setting.failed else " not measured"
            ax.text(0, place, reason, va="center", fontsize=8, color="gray")
        else:
            spread = abs(convert(setting.deviation(name) or 0) - convert(0))
            ax.barh(place, convert(value), xerr=spread or None, color=OURS, height=0.7, label="here")
        if printed is not None:
            ax.plot(convert(printed), place, "D", color=DOCUMENT, markersize=5, label="document")
    ax.set_yticks(places, [setting.row.label for setting in found], fontsize=8)
    ax.invert_yaxis()
    ax.set_xlim(left=0)
    ax.set_xlabel(label, fontsize=9)
    ax.grid(axis="x", alpha=0.25)
    ax.spines[["top", "right"]].set_visible(False)


def _trainings(study, found):
    """Return ``{label: histories}``, one for each different training: rows that differ only in their epoch
    share it.
    """
    trainings, seen = {}, []
    for setting in reversed(found):  # the row that is read last gives its name
        histories = [record["outcome"]["history"] for record in _good(setting).values()]
        recipe = study.recipe(setting.row)
        if histories and recipe not in seen:
            seen.append(recipe)
            trainings[setting.row.label] = histories
    return dict(reversed(trainings.items()))


def _good(setting):
    return {seed: record for seed, record in setting.records.items() if seed in setting.figures}


def _band(lines):
    """Return mean and standard deviation at every epoch that half of the runs have reached."""
    length = sorted(map(len, lines), reverse=True)[(len(lines) - 1) // 2]
    columns = [[line[epoch] for line in lines if len(line) > epoch] for epoch in range(length)]
    return np.array([np.mean(column) for column in columns]), np.array([np.std(column) for column in columns])


def _confusion(setting, record):
    return np.array(reading(setting.row, record["outcome"])["confusion"])
