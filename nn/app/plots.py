"""Plots: what a training run and its mistakes look like.

Each function draws one picture and returns matplotlib's Figure; ``save`` writes it. No function opens a
window or changes global state.
"""

import numpy as np

from .files import replacing
from .recipes import RECIPES

TRAINING, VALIDATION, WRONG = "#0072b2", "#d55e00", "#c00000"  # color-blind readers can tell them apart
SEVERAL = ("#d55e00", "#0072b2", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
DASHES = ("-", "--", "-.", ":")


def save(figure, path):
    """Write a figure to ``path`` as PNG, sharp enough for a projector."""
    with replacing(path) as file:
        figure.savefig(file, format="png", dpi=200)


def loss_curves(history, best_epoch, title, monitor="loss"):
    """Draw training and validation loss against epochs, with the best epoch marked.

    history: rows of ``Experiment.run``. monitor: "loss" or "accuracy", which decides the best epoch.
    """
    figure = _curves(history, "loss", best_epoch, "mean cross-entropy", 1, title, monitor)
    figure.axes[0].set_ylim(bottom=0)
    return figure


def accuracy_curves(history, best_epoch, title, monitor="loss"):
    """Draw training and validation accuracy against epochs, as ``loss_curves``."""
    return _curves(history, "accuracy", best_epoch, "accuracy, %", 100, title, monitor)


def confusion_matrix(confusion, classes, title):
    """Draw the counts of answers (columns) for each digit (rows).

    The color shows errors, and the title names the pairs that are confused most often.
    """
    figure, ((axes,),) = new_figure(6.4, 6.2)
    draw_confusion(axes, confusion, classes)
    axes.set_xlabel("answer")
    axes.set_ylabel("digit shown")
    axes.set_title(f"{title}\n{most_confused(confusion, classes)}", fontsize=10)
    return figure


def draw_confusion(axes, confusion, classes, most=None):
    """Draw a confusion matrix into axes, as ``confusion_matrix``. most: errors with the darkest color."""
    errors = confusion * (1.0 - np.eye(len(classes)))
    most = max(errors.max() * 1.3, 1) if most is None else most
    cells = axes.imshow(np.where(errors > 0, errors, np.nan), cmap="Oranges", vmin=0, vmax=most)
    for (row, column), count in np.ndenumerate(confusion):
        right = row == column
        color = "#004c7a" if right else _readable_on(cells.to_rgba(count)) if count else "#bbbbbb"
        axes.text(
            column, row, f"{count}", ha="center", va="center", color=color, weight="bold" if right else None
        )
    axes.set_xticks(range(len(classes)), classes)
    axes.set_yticks(range(len(classes)), classes)
    edges = np.arange(len(classes) + 1) - 0.5
    axes.set_xticks(edges, minor=True)
    axes.set_yticks(edges, minor=True)
    axes.grid(which="minor", color="#d0d0d0", linewidth=0.6)
    axes.tick_params(which="minor", length=0)


def _readable_on(background):
    """Return "white" or "black", whichever has more contrast with a color (R, G, B, alpha), 0 to 1.

    Source: W3C, Web Content Accessibility Guidelines 2.1, relative luminance and contrast ratio.
    """
    channels = np.asarray(background[:3])
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    luminance = linear @ (0.2126, 0.7152, 0.0722)
    return "white" if 1.05 / (luminance + 0.05) > (luminance + 0.05) / 0.05 else "black"


def most_confused(confusion, classes, most=3):
    """Return a phrase that names the pairs of digits confused most often, in either direction."""
    both = confusion + confusion.T
    pairs = [
        (both[i, j], classes[i], classes[j]) for i in range(len(classes)) for j in range(i + 1, len(classes))
    ]
    named = [
        f"{a} and {b} ({count})" for count, a, b in sorted(pairs, key=lambda pair: -pair[0])[:most] if count
    ]
    return "most confused: " + ", ".join(named) if named else "no digit was confused with another"


def digits(X, image_shape, captions, wrong, title):
    """Draw pictures of digits in a square grid, each with its caption, which is red if ``wrong``.

    X: (n, rows * columns). captions: n strings. wrong: n booleans.
    """
    side = max(1, int(np.ceil(np.sqrt(len(X)))))
    rows = max(1, -(-len(X) // side))
    figure, grid = new_figure(max(1.5 * side + 0.6, 5.2), 1.75 * rows + 0.6, rows, side)
    for axes in grid.flat[len(X) :]:
        axes.set_axis_off()
    if not len(X):
        grid[0, 0].text(0.5, 0.5, "none", ha="center", va="center", color="gray")
    for axes, pixels, caption, is_wrong in zip(grid.flat, X, captions, wrong, strict=False):
        axes.imshow(pixels.reshape(image_shape), cmap="gray_r")
        axes.set_xticks([])
        axes.set_yticks([])
        axes.spines[:].set_color("#b0b0b0")
        axes.set_title(caption, fontsize=9, color=WRONG if is_wrong else "black")
    figure.suptitle(title, fontsize=11)
    return figure


def answers(X, image_shape, truth, answers, confidence, classes, title):
    """Draw digits with a network's answers and its confidence; a wrong answer also shows the right one.

    X, image_shape: as for ``digits``. truth, answers: n indices into ``classes``. confidence: n shares.
    """
    captions, wrong = [], []
    for true, answer, share in zip(truth, answers, confidence, strict=True):
        wrong.append(answer != true)
        caption = f"{classes[answer]} ({share:.1%})"
        captions.append(f"says {caption},\nis {classes[true]}" if wrong[-1] else caption)
    return digits(X, image_shape, captions, wrong, title)


def comparison(histories, title):
    """Draw the validation error of several runs against epochs, both on logarithmic axes.

    histories: a dict by name, which begins with a recipe's name. A recipe has the same color in every
    picture; its variants have different dashes.
    """
    figure, ((axes,),) = new_figure(7.2, 4.8)
    recipes, variants = list(RECIPES), []
    for name, history in histories.items():
        recipe = name if name in RECIPES else name.rpartition("-")[0]
        place = recipes.index(recipe) if recipe in RECIPES else len(recipes)
        epochs = [row["epoch"] for row in history]
        errors = [100 * (1 - row["validation_accuracy"]) for row in history]
        variant = 0 if name in RECIPES else 1 + variants.count(recipe)
        variants += [] if name in RECIPES else [recipe]
        style = {"color": SEVERAL[place % len(SEVERAL)], "linestyle": DASHES[variant % len(DASHES)]}
        marker = "o" if len(epochs) <= 50 else None
        label = f"{name}: {100 - errors[-1]:.1f} % right after {epochs[-1]:,} epochs"
        axes.plot(epochs, errors, **style, marker=marker, markersize=3, linewidth=2, label=label)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}" if value >= 1 else "")
    plain_ticks(axes.yaxis)
    finish(axes, "epochs (logarithmic)", "validation error, % (logarithmic)", title)
    figure.legend(loc="outside lower center", frameon=False)
    return figure


def _curves(history, what, best_epoch, label, factor, title, monitor):
    figure, ((axes,),) = new_figure(7.2, 4.8)
    epochs = [row["epoch"] for row in history]
    marker = "o" if len(epochs) <= 50 else None
    for part, color in (("training", TRAINING), ("validation", VALIDATION)):
        values = [factor * row[f"{part}_{what}"] for row in history]
        name = "training, a sample" if part == "training" else part
        axes.plot(epochs, values, color=color, marker=marker, markersize=3, label=name)
        if part == "validation" and best_epoch is not None:
            best = values[best_epoch - 1]
            why = "lowest validation loss" if monitor == "loss" else "highest validation accuracy"
            axes.axvline(best_epoch, color="gray", linestyle=":", linewidth=1)
            ring = {"markerfacecolor": "none", "markeredgecolor": color}
            axes.plot(best_epoch, best, "o", markersize=9, **ring)
            axes.plot([], [], "o", **ring, label=f"epoch {best_epoch}: {why}")
    finish(axes, "epochs", label, title)
    figure.legend(loc="outside lower center", ncols=3, frameon=False)
    return figure


def plain_ticks(axis):
    """Label a logarithmic axis, whose limits are set, with plain numbers: 0.5, 2, 10."""
    from matplotlib.ticker import LogLocator, NullFormatter

    low, high = axis.get_view_interval()
    axis.set_major_locator(LogLocator(subs=(1, 2, 5) if high > 10 * low else range(1, 10)))
    axis.set_major_formatter(lambda value, _: f"{value:g}")
    axis.set_minor_formatter(NullFormatter())


def new_figure(width, height, rows=1, columns=1):
    """Return a Figure of width by height inches and its axes, an array of (rows, columns)."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False)
    return figure, axes


def finish(axes, x_label, y_label, title, whole=True):
    """Add what all plots have: labels, a title, a faint grid, and whole numbers along a linear x axis."""
    from matplotlib.ticker import MaxNLocator

    if whole and axes.get_xscale() == "linear":
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlabel(x_label)
    axes.set_ylabel(y_label)
    axes.set_title(title)
    axes.grid(alpha=0.25)
    axes.spines[["top", "right"]].set_visible(False)
