"""The table of recipes in README.md, taken from the tables of the studies."""

from nn.app.markdown import markdown_table

from . import summary
from .catalogue import STUDIES
from .metrics import plus_minus

HEAD = ("recipe", "batch", "epochs", "accuracy, %", "F1", "document: accuracy, %", "F1", "runs")
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
    """Return the table in Markdown, from the studies' tables in a folder.

    A row is left out if nothing of it has been measured.
    """
    measured = summary.Measured(STUDIES, {}, "", tables=folder)
    rows = []
    for recipe, batch, epochs, study, label in ROWS:
        row = next(row for row in measured.table(study) if row.label == label)
        if not row.metrics:
            continue
        printed = row.printed
        accuracy = "" if printed.accuracy is None else f"{100 * printed.accuracy:.2f}"
        if printed.accuracy_to is not None:
            accuracy += f" to {100 * printed.accuracy_to:.2f}"
        f1 = "" if printed.f1 is None else f"{printed.f1:.3f}"
        ours = f"{row.mean('f1'):.3f}" if row.part == "test" else ""  # F1 is measured on the test images
        cells = [recipe, batch, epochs, plus_minus(row), ours, accuracy, f1]
        rows.append([*cells, len(row.metrics)])
    return markdown_table(HEAD, rows)
