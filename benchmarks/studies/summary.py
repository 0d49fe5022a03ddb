"""The summary: a study's records brought down to means and deviations over seeds, beside the document."""

import csv
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from statistics import mean, stdev

from nn.app.report import write_table

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
FEWEST = 3  # runs that a standard deviation is taken of


class NotMeasuredError(LookupError):
    """A figure was asked for of which nothing is stored yet."""


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
        """Return the standard deviation of a figure over the runs; None if fewer than three have it."""
        values = self.values(name)
        return stdev(values) if len(values) >= FEWEST else None

    def width(self, name):
        """Return the standard deviation of a figure; raises NotMeasuredError for fewer than three runs."""
        if (deviation := self.deviation(name)) is None:
            raise NotMeasuredError(f"the deviation of {self.row.label}")
        return deviation

    @cached_property
    def good(self):
        """The outcomes of the runs that have not diverged.

        Raises NotMeasuredError if only the figures of a table are known.
        """
        outcomes = [self.records[seed]["outcome"] for seed in self.figures]
        if not all("readings" in outcome for outcome in outcomes):
            raise NotMeasuredError(f"the curves of {self.row.label}")
        return outcomes

    @property
    def histories(self):
        """The curves of the runs that have not diverged, each a dict of lists by name, one value an epoch."""
        return [outcome["history"] for outcome in self.good]

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
    def is_near(self):
        """Whether the accuracy is within a point of the document's; None if it prints none."""
        return None if self.difference is None else abs(self.difference) <= TOLERANCE


class Measured:
    """All that is known of some studies on one data set.

    studies: by name. records: of trainings, by key. checksum: of the data. runs: of each row, in place of
    the studies' own numbers. times: by study, what ``times.measure`` returned. kept: a folder
    whose files of records add to them, each for its own study. tables: a folder with tables of runs, which
    stand in for the records of a study of which there are none.
    """

    def __init__(self, studies, records, checksum, *, runs=None, times=None, kept=None, tables=None):
        self.studies, self.records, self.checksum, self.runs = studies, records, checksum, runs
        self.times, self.kept, self.tables = times or {}, kept, tables
        self._found = {}

    def settings(self, name):
        """Return the Settings of a study, one for each row."""
        if name not in self._found:
            self._found[name] = self._settings(self.studies[name])
        return self._found[name]

    def has_records(self, name):
        """Return True if a training of the study has its record."""
        jobs, records = runner.jobs(self.studies[name], "", self.checksum, self.runs), self._records(name)
        return any(store.key(job) in records for job in jobs.values())

    def _records(self, name):
        return self.records if self.kept is None else store.kept_trainings(self.kept, name) | self.records

    def rows(self, name):
        """Return the Settings of a study by the labels of its rows.

        Raises NotMeasuredError if one of them has no run.
        """
        found = self.settings(name)
        for setting in found:
            if not setting.figures:
                raise NotMeasuredError(f"{name}: {setting.row.label}")
        return {setting.row.label: setting for setting in found}

    def epoch_times(self, name):
        """Return by row a list of a study's ``times``; raises NotMeasuredError if they were not taken."""
        if name not in self.times:
            raise NotMeasuredError(f"{name}: times")
        return self.times[name]["cpu"]

    def _settings(self, study):
        found, known = [{} for _ in study.rows], self._records(study.name)
        for (place, seed), job in runner.jobs(study, "", self.checksum, self.runs).items():
            if (record := known.get(store.key(job))) is not None:
                found[place][seed] = record
        if self.tables is not None and not any(found):
            return read_table(self.tables, study)
        return [
            Setting(
                row,
                study.runs_of(row, self.runs),
                records,
                {
                    seed: _figures(row, record["outcome"], record["cost"])
                    for seed, record in records.items()
                    if not record["outcome"]["error"]
                },
            )
            for row, records in zip(study.rows, found, strict=True)
        ]


@dataclass(frozen=True)
class Agreement:
    """How the rows of documents compare with ours.

    rows: with an accuracy of the document and of ours. near: of these, within a point. trainings: different
    settings among them. far: pairs of Study and Setting of those that are further away.
    """

    rows: int
    near: int
    trainings: int
    far: list

    def sentence(self):
        """Return the counts in words, without a full stop."""
        return (
            f"{self.near} of {self.rows} accuracies are within one point of the document's, either way; they "
            f"come from {self.trainings} different settings, since some tables repeat those of others"
        )


def agreement(studies, measured):
    """Return the Agreement of all rows for which the document prints an accuracy."""
    compared = [
        (study, setting)
        for study in studies
        if study.document
        for setting in measured.settings(study.name)
        if setting.difference is not None
    ]
    far = [(study, setting) for study, setting in compared if not setting.is_near]
    trainings = distinct((study.sampling, study.recipe(setting.row)) for study, setting in compared)
    return Agreement(len(compared), len(compared) - len(far), len(trainings), far)


def distinct(items):
    """Return the items without those that repeat another, in order; they need not be hashable."""
    found = []
    for item in items:
        if item not in found:
            found.append(item)
    return found


def best_setting(study, found):
    """Return the first measured Setting that the document calls the best, or else the one with the highest
    accuracy.
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


def read_table(folder, study):
    """Return the Settings of a study from the table of its runs in a folder, without their curves; a row has
    no run if it, or the table, is not there.
    """
    path, runs = Path(folder, f"{study.name}-runs.csv"), []
    if path.exists():
        with open(path, newline="", encoding="utf-8") as file:
            runs = list(csv.DictReader(file))
    found = []
    for row in study.rows:
        own = {int(run["seed"]): run for run in runs if run["row"] == row.label}
        records = {seed: {"outcome": {"error": run["error"] or None}} for seed, run in own.items()}
        figures = {
            seed: {name: float(run[name]) if run[name] else None for name in FIGURES}
            for seed, run in own.items()
            if not run["error"]
        }
        found.append(Setting(row, study.runs_of(row), records, figures))
    return found


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
