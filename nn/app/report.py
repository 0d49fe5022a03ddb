"""Report: the files that a run leaves in its folder, and the table that compares runs with documents."""

import csv
import json
import platform
from importlib.metadata import version
from pathlib import Path

import numpy as np

from . import plots
from .files import replacing
from .markdown import markdown_table

LIBRARIES = ("numpy", "scikit-learn", "matplotlib")


def environment():
    """Return the versions and threads that a measurement depends on, as a dict."""
    from threadpoolctl import threadpool_info

    pools = [pool for pool in threadpool_info() if pool["user_api"] == "blas"]
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        **{name: version(name) for name in LIBRARIES},
        "blas": sorted(
            {f"{pool['internal_api']} {pool['version']} ({pool.get('architecture')})" for pool in pools}
        ),
        "threads": max((pool["num_threads"] for pool in pools), default=None),
    }


def summary(experiment, metrics):
    """Return everything that is known about a run, except its curves, ready for JSON."""
    network, facts = experiment.model.network, environment()
    return {
        "recipe": experiment.model.about["recipe"],
        "package": experiment.package,
        "data": {
            "name": experiment.dataset.name,
            "source": experiment.dataset.source,
            "checksum_md5": experiment.model.about["checksum"],
            "training": len(experiment.X),
            "validation": len(experiment.validation[0]),
            "test": len(experiment.dataset.X_test),
        },
        "seed": experiment.seed,
        "dtype": str(network.dtype),
        "sizes": network.sizes,
        "test_accuracy": metrics.accuracy,
        "test_cross_entropy": metrics.loss,
        "macro_precision": metrics.precision,
        "macro_recall": metrics.recall,
        "macro_f1": metrics.f1,
        "per_class": metrics.per_class,
        "confusion": metrics.confusion.tolist(),
        "epochs_run": len(experiment.history),
        "best_epoch": experiment.best_epoch,
        "kept_epoch": experiment.kept_epoch,
        "training_seconds": sum(row["seconds"] for row in experiment.history),
        "training_threads": experiment.threads or facts["threads"],
        "environment": facts,
    }


def write_run(folder, experiment, metrics):
    """Write history, summary, model and pictures of a run into ``folder``; return the names of the files."""
    folder = Path(folder)
    dataset, model, history = experiment.dataset, experiment.model, experiment.history
    title = f"{experiment.recipe.name} on {dataset.name}"
    if experiment.learner:
        title += f", trained by {experiment.package}"
    monitor = experiment.recipe.monitor
    write_table(folder / "history.csv", history)
    with replacing(folder / "summary.json", "w", encoding="utf-8") as file:
        json.dump(summary(experiment, metrics), file, indent=2)
    model.save(folder / "model.npz")
    pictures = {
        "loss.png": plots.loss_curves(history, experiment.best_epoch, f"{title}: loss", monitor),
        "accuracy.png": plots.accuracy_curves(history, experiment.best_epoch, f"{title}: accuracy", monitor),
        "confusion_matrix.png": plots.confusion_matrix(
            metrics.confusion,
            dataset.classes,
            f"{title}: {metrics.accuracy:.2%} of {len(dataset.y_test):,} test digits right",
        ),
        "predictions.png": _predictions(experiment, metrics, title),
        "mistakes.png": _mistakes(experiment, metrics, title),
    }
    for name, picture in pictures.items():
        plots.save(picture, folder / name)
    return ["history.csv", "summary.json", "model.npz", *pictures]


def write_table(path, rows):
    """Write dicts with the same keys as a CSV file."""
    with replacing(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def comparison_row(recipe, expected, runs):
    """Return one row of the comparison: means and standard deviations over ``runs``, next to the document.

    runs: a list of ``(metrics, epochs run, seconds)``, one for each seed. The row is a dict.
    """
    row = {
        "model": recipe.name,
        "batch": recipe.batch_size or "full",
        "epochs": expected.epochs,
        "epochs_run": float(np.mean([epochs for _, epochs, _ in runs])),
        "seconds": float(np.mean([seconds for _, _, seconds in runs])),
        "runs": len(runs),
        "part": expected.part,
    }
    for name in ("accuracy", "f1", "precision", "recall", "loss"):
        values = [getattr(metrics, name) for metrics, _, _ in runs]
        row |= {
            name: float(np.mean(values)),
            f"{name}_std": float(np.std(values, ddof=1)) if values[1:] else "",
        }
        printed = getattr(expected, name)
        row[f"document_{name}"] = "" if printed is None else printed
    return row | {"document": recipe.document or ""}


def comparison_table(data, rows):
    """Return the comparison as lines of text, at most 80 wide, with separate test and validation results."""
    lines = []
    for part in dict.fromkeys(row["part"] for row in rows):
        lines += [
            f"{'':23}{f'measured on {data}, {part} set':^39}{'document (MNIST)':>16}",
            f"{'model':<11}{'batch':>5}{'epochs':>7}{'accuracy':>17}{'F1':>7}{'precis.':>8}{'recall':>7}"
            f"{'accuracy':>9}{'F1':>7}",
        ]
        for row in (row for row in rows if row["part"] == part):
            spread = f" +- {100 * row['accuracy_std']:.2f}" if row["runs"] > 1 else ""
            accuracy = f"{100 * row['accuracy']:.2f}{spread} %"
            lines.append(
                f"{row['model']:<11}{row['batch']:>5}{row['epochs']:>7}{accuracy:>17}"
                f"{row['f1']:>7.3f}{row['precision']:>8.3f}{row['recall']:>7.3f}"
                f"{_share(row['document_accuracy']):>9}{_plain(row['document_f1']):>7}"
            )
    return lines


def comparison_markdown(rows):
    """Return the comparison as a Markdown table with all four metrics, measured and printed."""
    metrics = ("accuracy", "f1", "precision", "recall")
    head = ["model", "batch", "epochs", "epochs run", "seconds"]
    head += [title for name in metrics for title in (name, "document")]
    lines = []
    for row in rows:
        cells = [
            row["model"],
            row["batch"],
            row["epochs"],
            f"{row['epochs_run']:.0f}",
            f"{row['seconds']:.2f}",
        ]
        for name in metrics:
            spread = f" ± {row[f'{name}_std']:.4f}" if row["runs"] > 1 else ""
            cells += [f"{row[name]:.4f}{spread}", _plain(row[f"document_{name}"])]
        lines.append(cells)
    return markdown_table(head, lines) + "\n"


def write_comparison(folder, data, rows, histories, seed):
    """Write the comparison as CSV, Markdown and picture; return the names of the files.

    histories: a dict by name, for the runs that the picture shows, all of them from one ``seed``.
    """
    folder = Path(folder)
    write_table(folder / "comparison.csv", rows)
    facts = ", ".join(f"{name} {value}" for name, value in environment().items())
    with replacing(folder / "comparison.md", "w", encoding="utf-8") as file:
        runs = f"mean of {rows[0]['runs']} run(s)"
        file.write(f"Measured on {data}, {runs}, next to the document's figures on MNIST.\n\n")
        file.write(comparison_markdown(rows))
        file.write(f"\n{facts}\n")
    plots.save(
        plots.comparison(histories, f"Validation error on {data} while training, seed {seed}"),
        folder / "comparison.png",
    )
    return ["comparison.csv", "comparison.md", "comparison.png"]


def _predictions(experiment, metrics, title):
    shown = np.random.default_rng(experiment.seed).permutation(len(metrics.answers))[:9]
    return _digits(experiment, metrics, shown, f"{title}: nine test digits and the network's answers")


def _mistakes(experiment, metrics, title):
    wrong = np.flatnonzero(metrics.answers != experiment.dataset.y_test)
    shown = wrong[np.argsort(-metrics.confidence[wrong], kind="stable")][:16]
    what = f"the most confident of {len(wrong)} mistakes" if len(wrong) else "not a single mistake"
    return _digits(experiment, metrics, shown, f"{title}: {what}")


def _digits(experiment, metrics, shown, title):
    dataset = experiment.dataset
    answered = dataset.y_test[shown], metrics.answers[shown], metrics.confidence[shown]
    return plots.answers(dataset.X_test[shown], dataset.image_shape, *answered, dataset.classes, title)


def _share(value):
    return "" if value == "" else f"{value:.2%}".replace("%", " %")


def _plain(value):
    return "" if value == "" else f"{value:.3f}"
