"""Progress: a training run shown on the terminal, as a bar or as lines, until it ends or is interrupted."""

import shutil
import sys


def trained(recipe, dataset, seed, dtype, measured=None, *, log=False, learner=None):
    """Train with a progress bar; return ``(experiment, interrupted)``.

    log: print a line for each epoch instead. learner: the ``Learner`` whose package trains, None for nn.
    measured: a dict that has a list for each ``Expected``. This run's ``(metrics, epochs, seconds)`` are
    appended to the list as soon as the epochs of that result are done, or when early stopping ends the run.
    """
    from .experiment import Experiment

    experiment = Experiment(recipe, dataset, seed=seed, dtype=dtype, learner=learner)
    waiting = sorted(measured or {}, key=lambda expected: expected.epochs)

    def measure(expected):
        seconds = sum(row["seconds"] for row in experiment.history)
        measured[expected].append((experiment.metrics(expected.part), len(experiment.history), seconds))

    def follow():
        for row in _shown(experiment.run(), recipe, seed, log):
            while waiting and row["epoch"] == waiting[0].epochs:
                measure(waiting.pop(0))

    try:
        follow()  # a call: in a loop written here, Python 3.13 and 3.14 leave some jumps outside the try
    except KeyboardInterrupt:
        if not experiment.history:
            raise  # nothing has been learned that could be kept
        print(f"Interrupted: keeping what was trained in {len(experiment.history)} epochs")
        return experiment, True
    for expected in waiting:
        measure(expected)
    return experiment, False


def _shown(rows, recipe, seed, log=False):
    """Yield the rows while showing a bar on a terminal, otherwise lines: ten of them, or all if ``log``."""
    if sys.stderr.isatty() and sys.stdout.isatty() and not log:
        from tqdm import tqdm

        width = shutil.get_terminal_size().columns - 1
        layout = "{desc} {percentage:3.0f}%|{bar}| {n}/{total} [{elapsed}<{remaining}]{postfix}"
        with tqdm(total=recipe.epochs, desc=recipe.name, ncols=width, bar_format=layout) as bar:
            for row in rows:
                status = (
                    f"train {row['training_accuracy']:.1%}, val {row['validation_accuracy']:.1%}, "
                    f"lr {row['learning_rate']:.0e}"
                )
                bar.set_postfix_str(status, refresh=False)
                bar.update()
                yield row
        return
    print(f"{recipe.name}, batch {recipe.batch_size or 'full'}, seed {seed}")
    every = 1 if log else max(1, recipe.epochs // 10)
    for row in rows:
        if row["epoch"] % every == 0 or row["epoch"] == 1:
            print(_log_line(row), flush=True)
        yield row


def _log_line(row):
    """Return an epoch as a line like those of document 001's log, but measured on the validation set."""
    return (
        f"Epoch {row['epoch']:3d} | Cost {row['loss']:.4f} | Train {row['training_accuracy']:.2%} | "
        f"Validation {row['validation_accuracy']:.2%} | LR {row['learning_rate']:.2e}"
    )
