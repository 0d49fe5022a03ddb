"""The metrics: what is known about a row of a study, as means and deviations over its runs."""

from dataclasses import dataclass
from functools import cached_property
from statistics import mean, stdev

from .study import Row

METRICS = (
    "accuracy",
    "loss",
    "precision",
    "recall",
    "f1",
    "training_accuracy",
    "validation_accuracy",
    "cost",
    "epochs",
    "converged",
    "seconds",
)
NEAR = 0.005  # of the best validation accuracy: a training run this close has converged
TOLERANCE = 0.01  # of accuracy: a row that is further away needs a remark
FEWEST = 3  # runs that are enough for a standard deviation


class NotMeasuredError(LookupError):
    """Raised if a metric is needed that has not been measured yet."""


@dataclass(frozen=True)
class MeasuredRow:
    """One row of a study and what is known about it."""

    definition: Row
    wanted: int  # how many runs there should be
    records: dict  # those that were found, by seed, in order
    metrics: dict  # by seed, for the runs that have not diverged

    @property
    def label(self):
        """The name of the row on the page."""
        return self.definition.label

    @property
    def part(self):
        """The samples on which accuracy is measured, "test" or "validation"."""
        return self.definition.part

    @property
    def printed(self):
        """The document's numbers."""
        return self.definition.printed

    @property
    def failed(self):
        """The errors of the runs that have diverged, by seed."""
        errors = {seed: record["outcome"]["error"] for seed, record in self.records.items()}
        return {seed: error for seed, error in errors.items() if error}

    def values(self, name):
        """Return the values of a metric from all runs that recorded it."""
        found = [metrics[name] for metrics in self.metrics.values()]
        return [value for value in found if value is not None]

    def mean(self, name):
        """Return the mean of a metric over the runs; None if no run recorded it."""
        values = self.values(name)
        return mean(values) if values else None

    def deviation(self, name):
        """Return the standard deviation of a metric over the runs; None if fewer than three recorded it."""
        values = self.values(name)
        return stdev(values) if len(values) >= FEWEST else None

    def width(self, name):
        """Return the standard deviation of a metric; raises NotMeasuredError for fewer than three runs."""
        if (deviation := self.deviation(name)) is None:
            raise NotMeasuredError(f"the deviation of {self.label}")
        return deviation

    @cached_property
    def good(self):
        """The outcomes of the runs that have not diverged.

        Raises NotMeasuredError if only the metrics of a table are known.
        """
        outcomes = [self.records[seed]["outcome"] for seed in self.metrics]
        if not all("readings" in outcome for outcome in outcomes):
            raise NotMeasuredError(f"the curves of {self.label}")
        return outcomes

    @property
    def histories(self):
        """The curves of the runs that have not diverged: dicts of lists by name, a value for each epoch."""
        return [outcome["history"] for outcome in self.good]

    @property
    def difference(self):
        """Our accuracy minus the document's, as a share; 0 within its range, None if either is missing.

        It is rounded, since in binary a mean of decimal numbers may just miss a whole point.
        """
        ours, printed = self.mean("accuracy"), self.printed
        if ours is None or printed.accuracy is None:
            return None
        nearest = min(max(ours, printed.accuracy), printed.accuracy_to or printed.accuracy)
        return round(ours - nearest, 9)

    @property
    def is_near(self):
        """True if the accuracy is within a point of the document's; None if it prints none."""
        return None if self.difference is None else abs(self.difference) <= TOLERANCE


def best_row(study, found):
    """Return the first MeasuredRow that the document calls the best, or the one with the highest accuracy."""
    measured = [row for row in found if row.metrics]
    named = [row for row in measured if row.label in study.best]
    return named[0] if named else max(measured, key=lambda row: row.mean("accuracy"))


def plus_minus(row, name="accuracy", scale=100, digits=2):
    """Return the mean of a metric with its standard deviation, or with the range if there are two runs."""
    value, deviation = row.mean(name), row.deviation(name)
    text = f"{scale * value:.{digits}f}"
    if deviation is not None:
        return f"{text} ± {scale * deviation:.{digits}f}"
    values = sorted(row.values(name))
    if len(values) == 1:
        return text
    return f"{text} ({scale * values[0]:.{digits}f} to {scale * values[-1]:.{digits}f})"


def reading(row, outcome):
    """Return what was measured at the epoch that the row reads."""
    return outcome["readings"]["end" if row.after is None else str(row.after)]


def converged(accuracies):
    """Return the first epoch, from 1, whose validation accuracy is within half a point of the best."""
    goal = max(accuracies) - NEAR
    return next(epoch for epoch, accuracy in enumerate(accuracies, 1) if accuracy >= goal)


def metrics_of(row, outcome, cost):
    """Return the metrics of a run of a Row."""
    read = reading(row, outcome)
    at_end = row.after is None
    return {
        "accuracy": read[row.part]["accuracy"],
        "loss": read[row.part]["loss"],
        **{name: read["test"][name] for name in ("precision", "recall", "f1")},
        "training_accuracy": read["training"]["accuracy"],
        "validation_accuracy": read["validation"]["accuracy"],
        "cost": read["cost"],
        "epochs": read["epoch"],
        "converged": converged(outcome["history"]["validation_accuracy"][: read["epoch"]]),
        "seconds": cost["seconds"] if at_end else None,  # those of the whole training run
    }
