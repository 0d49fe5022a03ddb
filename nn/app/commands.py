"""The commands of ``python -m nn``: each function carries out one, given the parsed options."""

import textwrap
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import fields, replace
from pathlib import Path

from .progress import trained
from .recipes import RECIPES

NOTHING = ("none", "full")  # values of options that stand for a recipe's None


def train(options):
    """Train one recipe and write its results."""
    from .learner import Learner

    recipe = _with_overrides(RECIPES[options.recipe], options)
    learner = Learner(options.impl) if options.impl else None
    dataset = _load(options.data)
    if learner:
        print(f"Package: {learner.name} ({learner.folder})")
    _mention_faster_kernels()
    name = f"{recipe.name}-{dataset.name}" + (f"-{learner.name}" if learner else "")
    told = learner.told() if learner else nullcontext()
    with _folder(options.out, name) as folder, told:
        experiment, interrupted = trained(
            recipe, dataset, options.seed, options.dtype, log=options.log, learner=learner
        )
        metrics = _finish(experiment, folder)
        print(_metrics_line("test", metrics))
        if recipe.expected[0].part == "validation":
            print(_metrics_line("validation", experiment.metrics("validation")))
        if recipe.document and recipe == RECIPES[options.recipe]:
            print(_wrapped(f"For comparison, document {recipe.document} on MNIST: {_results(recipe)}"))
    if interrupted:
        raise KeyboardInterrupt


def compare(options):
    """Train several recipes and compare the results with those of their documents."""
    from . import report

    dataset = _load(options.data)
    _mention_faster_kernels()
    with _folder(options.out, f"compare-{dataset.name}") as folder:
        rows, histories, interrupted = [], {}, False
        for label, recipe in _trainings(dict.fromkeys(options.recipes)):
            measured = {expected: [] for expected in recipe.expected}
            for seed in range(options.seed, options.seed + options.runs):
                experiment, interrupted = trained(
                    recipe, dataset, seed, options.dtype, measured, log=options.log
                )
                _finish(experiment, folder / (label if options.runs == 1 else f"{label}-seed{seed}"))
                histories.setdefault(label, experiment.history)
                if interrupted:
                    break
            rows += [
                report.comparison_row(recipe, expected, runs) for expected, runs in measured.items() if runs
            ]
            if interrupted:
                break
        if rows:
            names = report.write_comparison(folder, dataset.name, rows, histories, options.seed)
            print("\n" + "\n".join(report.comparison_table(dataset.name, rows)))
            print(f"\nResults: {folder}\n  {', '.join(names)}, and a folder for each run")
    if interrupted:
        raise KeyboardInterrupt


def evaluate(options):
    """Measure a saved model on the test samples of a data set."""
    from .metrics import measure
    from .model import load

    model = load(options.model)
    dataset = _load(options.data)
    if dataset.image_shape != model.image_shape:
        raise ValueError(
            f"the model takes images of {model.image_shape}, "
            f"but those of {dataset.name} have {dataset.image_shape}"
        )
    if tuple(model.classes) != dataset.classes:
        dataset = dataset.only(tuple(model.classes.tolist()))
    metrics = measure(model, dataset.X_test, dataset.y_test)
    print(metrics.report)
    print(_metrics_line("test", metrics))


def predict(options):
    """Print which digit each image shows and how sure the model is."""
    from .images import read_digit
    from .model import load

    model = load(options.model)
    if model.image_shape is None:
        raise ValueError(f"{options.model}: the model does not know the shape of its images")
    if len(model.classes) < 10:
        print(f"This model knows {' and '.join(map(str, model.classes))} only.")
    for path in options.images:
        probabilities = model.predict_proba(read_digit(path, model.image_shape, model.pixel_max))[0]
        ranked = sorted(zip(probabilities, model.classes, strict=True), key=lambda pair: -pair[0])
        best, others = ranked[0], ranked[1:3]
        rest = ", ".join(f"{label} ({probability:.1%})" for probability, label in others)
        print(f"{path}: {best[1]} ({best[0]:.1%}), then {rest}")


def recipes(options):
    """List the recipes."""
    for recipe in RECIPES.values():
        batch = f"batch {recipe.batch_size}" if recipe.batch_size else "full batch"
        hidden = " ".join(map(str, recipe.hidden))
        document = (
            f"document {recipe.document} on MNIST: {_results(recipe)}" if recipe.document else "our own"
        )
        print(f"{recipe.name}: {recipe.summary}")
        print(
            _wrapped(
                f"hidden {hidden}, {recipe.optimizer}, lr {recipe.lr:g}, {batch}, "
                f"up to {recipe.epochs} epochs; {document}",
                indent="    ",
            )
        )


def _results(recipe):
    """Return the results that the recipe's document reports, in words."""
    results = []
    for expected in recipe.expected:
        batch = f", batch {expected.batch_size}" if expected.batch_size else ""
        results.append(f"{expected.accuracy:.2%} ({expected.epochs} epochs{batch})")
    return f"{recipe.expected[0].part} accuracy {', '.join(results)}"


def _trainings(names):
    """Yield ``(label, recipe)`` for each training run that the recipes' expected results need.

    Each recipe needs one for every batch size among these results.
    """
    for name in names:
        recipe = RECIPES[name]
        for batch_size in dict.fromkeys(
            expected.batch_size or recipe.batch_size for expected in recipe.expected
        ):
            milestones = tuple(
                e for e in recipe.expected if (e.batch_size or recipe.batch_size) == batch_size
            )
            label = name if batch_size == recipe.batch_size else f"{name}-batch{batch_size}"
            epochs = max(expected.epochs for expected in milestones)
            yield label, replace(recipe, batch_size=batch_size, epochs=epochs, expected=milestones)


def _finish(experiment, folder):
    """Write the results of a run with the weights to keep, print where they are; return its test metrics."""
    from . import report

    experiment.keep()
    metrics = experiment.metrics()
    names = report.write_run(folder, experiment, metrics)
    ran, kept = len(experiment.history), experiment.kept_epoch
    seconds = sum(row["seconds"] for row in experiment.history)
    note = f", weights of epoch {kept} kept" if kept != ran else ""
    print(f"{experiment.recipe.name}: {ran} epoch{'s' * (ran != 1)} in {seconds:.2f} s{note}")
    print(f"Results: {folder}")
    print(_wrapped(", ".join(names), indent="  "))
    return metrics


def _metrics_line(part, metrics):
    return (
        f"{part} accuracy {metrics.accuracy:.2%}, loss {metrics.loss:.4f}, F1 {metrics.f1:.3f}, "
        f"precision {metrics.precision:.3f}, recall {metrics.recall:.3f}"
    )


def _wrapped(text, indent=""):
    return textwrap.fill(text, 79, initial_indent=indent, subsequent_indent=indent or "  ")


@contextmanager
def _folder(given, name):
    """Make the folder for the results before training, so that an error comes early, and yield it.

    If training fails and leaves nothing in a new folder, the folder is removed.
    """
    folder = Path(given or Path("results", name))
    if folder.exists() and not folder.is_dir():
        raise ValueError(f"--out must be a folder; {folder} is a file")
    new = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        yield folder
    except BaseException:
        if new:
            with suppress(OSError):  # the folder is not empty
                folder.rmdir()
        raise


def _load(name):
    """Load the data set; print which one it is, and why, before anything else."""
    from . import data

    reason = "as asked"
    if name is None:
        name, reason = data.choose()
    print(f"Data: {name} ({reason})", flush=True)
    return data.load(name)


def _mention_faster_kernels():
    """Print a line if an environment variable could make matrix products faster."""
    from .blas import advise

    if advice := advise():
        print(advice, flush=True)


def _with_overrides(recipe, options):
    """Return the recipe with the given options in place of its own settings."""
    given = {
        field.name: getattr(options, field.name)
        for field in fields(recipe)
        if getattr(options, field.name, None) is not None
    }
    given = {name: None if value in NOTHING else value for name, value in given.items()}
    if "hidden" in given:
        given["hidden"] = tuple(given["hidden"])
    if given.get("decay_every") and recipe.schedule != "step":
        raise ValueError(
            f"--decay-every needs a rate that falls in steps; the rate of {recipe.name} follows a cosine"
        )
    return replace(recipe, **given)
