"""The table of recipes in README.md, taken from the tables of the studies."""

from . import summary
from .claims import spread
from .definitions import STUDIES

ROWS = (  # recipe, batch, epochs, study, row
    ("v1", "full", "10", "baseline-vs-improved", "v1, 10 epochs"),
    ("v1", "full", "100", "baseline-vs-improved", "v1, 100 epochs"),
    ("v1", "full", "1000", "baseline-vs-improved", "v1, 1000 epochs"),
    ("v2", "64", "10", "baseline-vs-improved", "v2, batch 64, 10 epochs"),
    ("v2", "32", "10", "baseline-vs-improved", "v2, batch 32, 10 epochs"),
    ("v2", "32", "up to 50", "baseline-vs-improved", "v2, batch 32, 50 epochs"),
    ("optimized, without dropout", "128", "5", "optimized", "log, epoch 5"),
    ("optimized, without dropout", "128", "10", "optimized", "log, epoch 10"),
    ("optimized, without dropout", "128", "15", "optimized", "log, epoch 15"),
    ("optimized, dropout 0.2", "128", "up to 30", "optimized", "at the end"),
    ("binary, 5 against 8", "1000", "up to 100", "binary", "784-128-64-1"),
    ("multiclass", "128", "up to 100", "multiclass", "784-128-64-32-10"),
    ("tiny-random (validation)", "full", "200", "initialization-and-depth", "784-10-10, uniform [-0.5, 0.5]"),
    ("tiny-he (validation)", "full", "400", "initialization-and-depth", "784-10-10, He"),
    ("deep-he (validation)", "full", "400", "initialization-and-depth", "784-128-64-32-10, He"),
    ("best, six minutes on one core", "128", "40", "best", "all ingredients"),
)


def table(folder):
    """Return the table as lines of Markdown, from the studies' tables in a folder; a row is left out if
    nothing of it has been measured.
    """
    measured = summary.Measured(STUDIES, {}, "", tables=folder)
    lines = [
        "| recipe | batch | epochs | accuracy, % | F1 | document: accuracy, % | F1 | runs |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for recipe, batch, epochs, study, label in ROWS:
        setting = next(setting for setting in measured.settings(study) if setting.row.label == label)
        if not setting.figures:
            continue
        printed = setting.row.printed
        accuracy = "" if printed.accuracy is None else f"{100 * printed.accuracy:.2f}"
        if printed.accuracy_to is not None:
            accuracy += f" to {100 * printed.accuracy_to:.2f}"
        f1 = "" if printed.f1 is None else f"{printed.f1:.3f}"
        ours = f"{setting.mean('f1'):.3f}" if setting.row.part == "test" else ""  # F1 is of the test images
        cells = [recipe, batch, epochs, spread(setting), ours, accuracy, f1]
        lines.append(f"| {' | '.join([*cells, str(len(setting.figures))])} |")
    return lines
