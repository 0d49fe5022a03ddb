"""The times: what an epoch of each row of a study costs, measured in turn on one thread.

The training runs of a study share the machine with each other and with other programs, so the seconds that
they record cannot be compared. Here one process trains every row for some epochs, round by round, and a ratio
is taken within each round: a temporary slowdown of the machine affects all rows alike.
"""

from datetime import datetime
from functools import partial
from pathlib import Path
from statistics import median

import numpy as np

from ..timing import rounds_in_turn
from .training import SAMPLINGS, machine, settings

ROUNDS, EPOCHS = 8, 2  # epochs that a row trains in a round


def measure(study, dataset, *, rounds=ROUNDS, epochs=EPOCHS):
    """Return the seconds of one epoch of every row, as a dict that JSON can hold.

    For each label, "cpu" holds the processor time of this process in each round, and "wall" the clock time.
    Only training counts, not evaluation.
    """
    from threadpoolctl import threadpool_limits

    from nn.app.experiment import Experiment
    from nn.optimizers import OPTIMIZERS
    from nn.training import train_epoch

    sampled = SAMPLINGS[study.sampling](dataset, 0)
    epoch_of, X, y = {}, None, None
    for row in study.rows:
        recipe = study.recipe(row)
        experiment = Experiment(recipe, sampled, seed=0)
        if X is None:  # all rows train on these samples, since no row changes how they are drawn or scaled
            X, y = experiment.X, experiment.y
        elif not np.array_equal(X[:50], experiment.X[:50]):
            raise ValueError(f"{study.name}: {row.label} has other samples; its times cannot be compared")
        optimizer = OPTIMIZERS[recipe.optimizer](lr=recipe.lr)
        options = {"batch_size": recipe.batch_size or len(X), "max_grad_norm": recipe.max_grad_norm}
        arguments = experiment.model.network, optimizer, X, y
        epoch_of[row.label] = partial(train_epoch, *arguments, rng=np.random.default_rng(0), **options)
    with threadpool_limits(1, user_api="blas"), np.errstate(over="ignore", invalid="ignore"):
        taken = rounds_in_turn(epoch_of, rounds, epochs)
    return {
        "cpu": {label: [_short(each.processor) for each in taken[label]] for label in taken},
        "wall": {label: [_short(each.clock) for each in taken[label]] for label in taken},
        "study": study.name,
        "recipes": [settings(study.recipe(row)) for row in study.rows],
        "checksum": dataset.checksum,
        "epochs": epochs,
        "date": f"{datetime.now():%Y-%m-%d}",
        "machine": machine(),
    }


def path(folder, study):
    """Return where the times of a study are stored."""
    return Path(folder, "times", f"{study.name}.json")


def _short(seconds):
    return float(f"{seconds:.4g}")


def is_of(record, study, checksum):
    """Return True if a record has the times of this study, as it is now, on the data with this checksum."""
    return (
        record.get("study") == study.name
        and record.get("checksum") == checksum
        and record.get("recipes") == [settings(study.recipe(row)) for row in study.rows]
    )


def ratios(taken, label, first):
    """Return smallest, median and largest ratio of a row's time to the first row's, each within a round."""
    found = [ours / base for ours, base in zip(taken[label], taken[first], strict=True)]
    return min(found), median(found), max(found)
