"""Plots: what a training run and its mistakes look like.

Each function draws one picture and returns matplotlib's Figure; ``save`` writes it. No window and no global
state is touched.
"""

from itertools import cycle

import numpy as np

from .files import replacing

TRAINING, VALIDATION, WRONG = "#0072b2", "#d55e00", "#c00000"  # told apart by colour-blind eyes, too
SEVERAL = ("#d55e00", "#56b4e9", "#0072b2", "#009e73", "#cc79a7", "#e69f00")


def save(figure, path):
    """Write a figure to ``path`` as PNG."""
    with replacing(path) as file:
        figure.savefig(file, format="png", dpi=130)


def loss_curves(history, best_epoch, title):
    """Draw training and validation loss against epochs, with the best epoch marked. history: rows of
    ``Experiment.run``.
    """
    figure = _curves(history, "loss", best_epoch, "mean cross-entropy", 1, title)
    figure.axes[0].set_ylim(bottom=0)
    return figure


def accuracy_curves(history, best_epoch, title):
    """Draw training and validation accuracy against epochs, with the best epoch marked."""
    return _curves(history, "accuracy", best_epoch, "accuracy, %", 100, title)


def confusion_matrix(confusion, classes, title):
    """Draw the counts of answers (columns) for each digit (rows); colour shows the errors, the title the
    worst pairs.
    """
    figure, ((axes,),) = new_figure(6.4, 6.2)
    errors = confusion * (1.0 - np.eye(len(classes)))
    axes.imshow(np.where(errors > 0, errors, np.nan), cmap="Oranges", vmin=0, vmax=max(errors.max() * 1.3, 1))
    for (row, column), count in np.ndenumerate(confusion):
        right = row == column
        colour = "#004c7a" if right else "black" if count else "#bbbbbb"
        axes.text(
            column, row, f"{count}", ha="center", va="center", color=colour, weight="bold" if right else None
        )
    axes.set_xticks(range(len(classes)), classes)
    axes.set_yticks(range(len(classes)), classes)
    axes.set_xlabel("answer")
    axes.set_ylabel("digit shown")
    axes.set_title(f"{title}\n{most_confused(confusion, classes)}", fontsize=10)
    return figure


def most_confused(confusion, classes, most=3):
    """Return a sentence that names the pairs of digits most often taken for each other, both directions
    together.
    """
    both = confusion + confusion.T
    pairs = [
        (both[i, j], classes[i], classes[j]) for i in range(len(classes)) for j in range(i + 1, len(classes))
    ]
    named = [
        f"{a} and {b} ({count})" for count, a, b in sorted(pairs, key=lambda pair: -pair[0])[:most] if count
    ]
    return "most confused: " + ", ".join(named) if named else "no digit was confused with another"


def digits(X, image_shape, captions, wrong, title):
    """Draw pictures of digits in a square grid, each with its caption; those marked ``wrong`` have it in red.

    X: (n, rows * columns). captions: n strings. wrong: n booleans.
    """
    side = max(1, int(np.ceil(np.sqrt(len(X)))))
    rows = max(1, -(-len(X) // side))
    figure, grid = new_figure(max(1.5 * side + 0.6, 5.2), 1.75 * rows + 0.6, rows, side)
    for axes in grid.flat:
        axes.set_axis_off()
    if not len(X):
        grid[0, 0].text(0.5, 0.5, "none", ha="center", va="center", color="gray")
    for axes, pixels, caption, is_wrong in zip(grid.flat, X, captions, wrong, strict=False):
        axes.imshow(pixels.reshape(image_shape), cmap="gray_r")
        axes.set_title(caption, fontsize=9, color=WRONG if is_wrong else "black")
    figure.suptitle(title, fontsize=11)
    return figure


def comparison(histories, title):
    """Draw the validation accuracy of several runs against epochs on a logarithmic axis. histories: a dict by
    name.
    """
    figure, ((axes,),) = new_figure(7.2, 4.4)
    for (name, history), colour in zip(histories.items(), cycle(SEVERAL)):
        epochs = [row["epoch"] for row in history]
        accuracies = [100 * row["validation_accuracy"] for row in history]
        marker = "o" if len(epochs) <= 50 else None
        label = f"{name}: {accuracies[-1]:.1f} % after {epochs[-1]:,} epochs"
        axes.plot(epochs, accuracies, color=colour, marker=marker, markersize=3, linewidth=2, label=label)
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}" if value >= 1 else "")
    finish(axes, "epochs (logarithmic)", "validation accuracy, %", title)
    axes.legend(frameon=False)
    return figure


def _curves(history, what, best_epoch, label, factor, title):
    figure, ((axes,),) = new_figure(7.2, 4.4)
    epochs = [row["epoch"] for row in history]
    marker = "o" if len(epochs) <= 50 else None
    for part, colour in (("training", TRAINING), ("validation", VALIDATION)):
        values = [factor * row[f"{part}_{what}"] for row in history]
        name = "training, a sample" if part == "training" else part
        axes.plot(epochs, values, color=colour, marker=marker, markersize=3, label=name)
        if part == "validation" and best_epoch is not None:
            best = values[best_epoch - 1]
            axes.axvline(best_epoch, color="gray", linestyle=":", linewidth=1)
            axes.plot(best_epoch, best, "o", markersize=9, markerfacecolor="none", markeredgecolor=colour)
            axes.plot(
                [], [], "o", markerfacecolor="none", markeredgecolor=colour, label=f"best epoch: {best_epoch}"
            )
    finish(axes, "epochs", label, title)
    axes.legend(frameon=False)
    return figure


def new_figure(width, height, rows=1, columns=1):
    """Return a Figure of width by height inches and its axes, an array of (rows, columns)."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False)
    return figure, axes


def finish(axes, x_label, y_label, title):
    """Give axes what all plots here have: labels, a title, whole numbers along a linear x, a faint grid."""
    from matplotlib.ticker import MaxNLocator

    if axes.get_xscale() == "linear":
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlabel(x_label)
    axes.set_ylabel(y_label)
    axes.set_title(title)
    axes.grid(alpha=0.25)
    axes.spines[["top", "right"]].set_visible(False)
