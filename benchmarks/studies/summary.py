"""The summary: what is known about studies, from records or tables, and how it agrees with the documents."""

from dataclasses import dataclass

from . import store, tables
from .metrics import MeasuredRow, NotMeasuredError, metrics_of


class Measured:
    """All that is known about some studies on one data set.

    - studies: by name
    - records: by key
    - checksum: that of the data
    - runs: their number in each row; None for the studies' own numbers
    - times: by study, what ``times.measure`` returned
    - kept: a folder with files of records, one for each study, that are added to ``records``
    - tables: a folder with tables of runs, which are used for studies without records
    """

    def __init__(self, studies, records, checksum, *, runs=None, times=None, kept=None, tables=None):
        self.studies, self.stored, self.checksum, self.runs = studies, records, checksum, runs
        self.times, self.kept, self.tables = times or {}, kept, tables
        self._found = {}

    def records(self, name):
        """Return ``{place: record}`` for the jobs of a study that have been done."""
        return self._records(name, self.runs)

    def _records(self, name, runs):
        kept = {} if self.kept is None else store.kept_records(self.kept, name)
        known = kept | self.stored
        jobs = self.studies[name].jobs("", self.checksum, runs)
        found = {place: store.find(known, job) for place, job in jobs.items()}
        return {place: record for place, record in found.items() if record is not None}

    def left_out(self, name):
        """Return how many stored runs of a study ``runs`` leaves out."""
        if self.runs is None:
            return 0
        return len(self._records(name, None).keys() - self._records(name, self.runs).keys())

    def table(self, name):
        """Return the MeasuredRows of a study."""
        if name not in self._found:
            self._found[name] = self._table(self.studies[name])
        return self._found[name]

    def rows(self, name):
        """Return the MeasuredRows of a study by their labels.

        Raises NotMeasuredError if one of them has no run.
        """
        for row in self.table(name):
            if not row.metrics:
                raise NotMeasuredError(f"{name}: {row.label}")
        return {row.label: row for row in self.table(name)}

    def epoch_times(self, name):
        """Return the ``times`` of a study as lists by row; raises NotMeasuredError if they were not taken."""
        if name not in self.times:
            raise NotMeasuredError(f"{name}: times")
        return self.times[name]["cpu"]

    def _table(self, study):
        found = [{} for _ in study.rows]
        for (place, seed), record in self.records(study.name).items():
            found[place][seed] = record
        if self.tables is not None and not any(found):
            return tables.read(self.tables, study)
        return [
            MeasuredRow(
                row,
                study.runs_of(row, self.runs),
                records,
                {
                    seed: metrics_of(row, record["outcome"], record["cost"])
                    for seed, record in records.items()
                    if not record["outcome"]["error"]
                },
            )
            for row, records in zip(study.rows, found, strict=True)
        ]


@dataclass(frozen=True)
class Agreement:
    """How the rows of documents compare with ours."""

    rows: int  # those for which the document and we have an accuracy
    near: int  # how many of these are within a point
    trainings: int  # how many different settings they have
    far: list  # pairs of Study and MeasuredRow, for those that are further away

    def sentence(self):
        """Return the counts in words, without a full stop."""
        return (
            f"{self.near} of {self.rows} accuracies are within one point of the document's, above or below; "
            f"the {self.rows} come from {self.trainings} different settings, since some tables repeat rows "
            "of others"
        )


def agreement(studies, measured):
    """Return the Agreement of all rows for which the document prints an accuracy."""
    compared = [
        (study, row)
        for study in studies
        if study.document
        for row in measured.table(study.name)
        if row.difference is not None
    ]
    far = [(study, row) for study, row in compared if not row.is_near]
    trainings = distinct((study.sampling, study.recipe(row.definition)) for study, row in compared)
    return Agreement(len(compared), len(compared) - len(far), len(trainings), far)


def distinct(items):
    """Return the items without those that repeat another, in order; they need not be hashable."""
    found = []
    for item in items:
        if item not in found:
            found.append(item)
    return found
