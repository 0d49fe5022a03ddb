"""The summary: a study's records brought down to means and deviations over seeds, beside the document."""

from dataclasses import dataclass
from statistics import mean, stdev

from nn.report import write_table

from . import runner, store
from .records import Row

FIGURES = (
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
NEAR = 0.005  # of the best validation accuracy: from there on a training has converged
TOLERANCE = 0.01  # of accuracy: further apart, a row needs a remark


@dataclass(frozen=True)
class Setting:
    """One row of a study with what is known of it.

    wanted: how many runs there should be. records: by seed, those that were found, in order; a run that has
    diverged has no figures. figures: a dict by seed.
    """

    row: Row
    wanted: int
    records: dict
    figures: dict

    @property
    def failed(self):
        """The errors by seed of the runs that have diverged."""
        errors = {seed: record["outcome"]["error"] for seed, record in self.records.items()}
        return {seed: error for seed, error in errors.items() if error}

    def values(self, name):
        """Return a figure of every run that has it."""
        found = [figures[name] for figures in self.figures.values()]
        return [value for value in found if value is not None]

    def mean(self, name):
        """Return the mean of a figure over the runs; None where no run has it."""
        values = self.values(name)
        return mean(values) if values else None

    def deviation(self, name):
        """Return the standard deviation of a figure over the runs; None where fewer than two have it."""
        values = self.values(name)
        return stdev(values) if len(values) > 1 else None

    @property
    def difference(self):
        """Ours less the document's accuracy, as a share; 0 within its range, None without either.

        It is rounded, since in binary a mean of decimals may miss a whole point by a hair.
        """
        ours, printed = self.mean("accuracy"), self.row.printed
        if ours is None or printed.accuracy is None:
            return None
        nearest = min(max(ours, printed.accuracy), printed.accuracy_to or printed.accuracy)
        return round(ours - nearest, 9)

    @property
    def reaches(self):
        """Whether the accuracy is at least the document's less one point; None where it prints none."""
        return None if self.difference is None else self.difference >= -TOLERANCE


def settings(study, folder, data, checksum, runs=None):
    """Return the Settings of a study, one for each row, from what is stored in the folder."""
    found = [{} for _ in study.rows]
    for (place, seed), job in runner.jobs(study, data, checksum, runs).items():
        if (record := store.read(folder, job)) is not None:
            found[place][seed] = record
    return [
        Setting(
            row,
            study.runs_of(row, runs),
            records,
            {
                seed: _figures(row, record["outcome"], record["cost"])
                for seed, record in records.items()
                if not record["outcome"]["error"]
            },
        )
        for row, records in zip(study.rows, found, strict=True)
    ]


def best_setting(study, found):
    """Return the first measured Setting that the document calls the best; where there is none, the one with
    the highest accuracy.
    """
    measured = [setting for setting in found if setting.figures]
    named = [setting for setting in measured if setting.row.label in study.best]
    return named[0] if named else max(measured, key=lambda setting: setting.mean("accuracy"))


def reading(row, outcome):
    """Return what was measured at the epoch at which the row is read."""
    return outcome["readings"]["end" if row.after is None else str(row.after)]


def converged(accuracies):
    """Return the first epoch, from 1, whose validation accuracy is within half a point of the best."""
    goal = max(accuracies) - NEAR
    return next(epoch for epoch, accuracy in enumerate(accuracies, 1) if accuracy >= goal)


def write_tables(folder, study, found):
    """Write a row for each run and a row for each setting as CSV files; return their names."""
    runs = [
        {"row": setting.row.label, "seed": seed, "error": record["outcome"]["error"] or ""}
        | setting.figures.get(seed, dict.fromkeys(FIGURES, ""))
        for setting in found
        for seed, record in setting.records.items()
    ]
    rows = []
    for setting in found:
        printed = setting.row.printed
        row = {
            "row": setting.row.label,
            "part": setting.row.part,
            "runs": len(setting.records),
            "failed": len(setting.failed),
        }
        for name in FIGURES:
            row |= {name: setting.mean(name), f"{name}_std": setting.deviation(name)}
        for name in vars(printed):
            row[f"document_{name}"] = getattr(printed, name)
        row["document_cross_entropy"] = study.cross_entropy(setting.row)
        rows.append(row | {"difference": setting.difference})
    write_table(folder / f"{study.name}-runs.csv", runs)
    write_table(folder / f"{study.name}.csv", rows)
    return [f"{study.name}.csv", f"{study.name}-runs.csv"]


def _figures(row, outcome, cost):
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
        "seconds": cost["seconds"] if at_end else None,  # that of the whole training
    }
