"""What a study is: jobs to be measured, and the page that is made of their records.

There are two kinds, which the command, the runner and the store treat alike. A ``Study`` is a table: a base
recipe, and rows that say what each changes and what the document prints for it. A ``Computed`` one is a
measurement of another kind. Both have a ``name``, a ``title``, a ``document``, and

- ``jobs(data, checksum, runs=None)``: what is to be measured, a dict of jobs by place; ``runs`` overrides the
  study's own number
- ``label(place)``: how the progress names it, ``seconds(place, job)``: about how long it takes on one core,
  on MNIST, and ``told(outcome)``: what came out, in a few words
- ``page(measured, folder, data)``: write page, tables, pictures and records into a folder; return the page's
  path. measured: ``summary.Measured``. data: their name
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from nn.app.recipes import Recipe

from .training import estimate, load, machine, settings, train

DOCUMENTS = {  # each the report of somebody's project on MNIST
    "000": "Neural Network from Scratch on MNIST",
    "001": "Neural Network from Scratch - Optimized Version",
    "002": "Neural Network for Digit Classification (MNIST) using NumPy",
    "003": "Exploring Neural Networks: Architecture, Activation & Optimization Techniques",
    "004": "Classification Model for MNIST using only Python and NumPy",
}


@dataclass(frozen=True)
class Printed:
    """The numbers of one row as the document prints them; None where it is silent.

    accuracy, training_accuracy, precision, recall, f1: shares, 0 to 1. accuracy_to: the upper end where the
    document prints a range. loss: as printed. cost: the training loss in a log. epochs: trained. seconds: of
    training, on the document's machine.
    """

    accuracy: float | None = None
    accuracy_to: float | None = None
    training_accuracy: float | None = None
    precision: float | None = None
    recall: float | None = None
    f1: float | None = None
    loss: float | None = None
    cost: float | None = None
    epochs: float | None = None
    seconds: float | None = None


@dataclass(frozen=True)
class Row:
    """One setting of a study.

    label: how the page calls it. printed: the document's numbers. changes: fields of the recipe that differ
    from the study's base. after: the epoch after which the row is read, with the weights of then; None for
    the end, with the weights that are kept. part: "test" or "validation", where the accuracy is measured.
    remark: why ours may differ from the document's. runs: instead of the study's, for slow rows.
    """

    label: str
    printed: Printed = Printed()
    changes: dict = field(default_factory=dict)
    after: int | None = None
    part: str = "test"
    remark: str = ""
    runs: int | None = None


@dataclass(frozen=True)
class Study:
    """One table of a document, or one of our own.

    document: its number, "" for one of our own. base: the recipe that the rows change. runs: seeds to average
    over. sampling: how the data are divided, a name in ``training.SAMPLINGS``. best: labels of the rows that
    the document calls the best. note: what the document leaves open, and what was chosen, in paragraphs.
    finding: a function of ``summary.Measured`` that returns what the figures of MNIST show, a list of blocks
    of Markdown.
    claims: ``claims.Claim``, what the document says in words. summed_over: where the document's loss is a sum
    over so many samples divided by the batch size; None where it is a mean. show: what the page has beyond
    tables, errors and curves: "confusion", "digits", "by digit" (scores), "log", "ratio" (of times), "against
    the ratio", "panels" (a plot for each training), "scores" (precision, recall and F1 against epochs). also:
    what each training records besides, names in ``training.ALSO``.
    """

    name: str
    title: str
    document: str
    base: Recipe
    rows: tuple[Row, ...]
    runs: int = 3
    sampling: str = "as loaded"
    best: tuple[str, ...] = ()
    note: str = ""
    finding: Callable | None = None
    claims: tuple = ()
    summed_over: int | None = None
    show: tuple[str, ...] = ()
    also: tuple[str, ...] = ()

    def recipe(self, row):
        """Return the recipe of a row."""
        return replace(self.base, **row.changes)

    def runs_of(self, row, runs=None):
        """Return how many seeds a row has; ``runs`` overrides the records."""
        return runs or row.runs or self.runs

    def cross_entropy(self, row):
        """Return the document's loss of a row as mean cross-entropy per sample; None where it prints none."""
        loss = row.printed.loss
        if loss is None or self.summed_over is None:
            return loss
        return loss * self.recipe(row).batch_size / self.summed_over

    def jobs(self, data, checksum, runs=None):
        """Return ``{(place of the row, seed): job}``; rows read at other epochs of one training share it."""
        recipes = [settings(self.recipe(row)) for row in self.rows]
        jobs = {}
        for place, (row, recipe) in enumerate(zip(self.rows, recipes, strict=True)):
            same = [other for other, its in zip(self.rows, recipes, strict=True) if its == recipe]
            for seed in range(self.runs_of(row, runs)):
                jobs[place, seed] = {
                    "recipe": recipe,
                    "seed": seed,
                    "data": data,
                    "checksum": checksum,
                    "sampling": self.sampling,
                    "dtype": "float32",
                    "readings": sorted({other.after for other in same} - {None}),
                    "also": list(self.also),
                }
        return jobs

    def label(self, place):
        """Return what the progress calls the training of a row from a seed."""
        row, seed = place
        return f"{self.name}, {self.rows[row].label}, seed {seed}"

    def seconds(self, place, job):
        """Return a rough estimate of the seconds that a training takes on one core, on MNIST."""
        return estimate(job, self.rows[place[0]].printed.epochs)

    def told(self, outcome):
        """Return how a training has ended."""
        end = outcome["readings"].get("end")
        return f"test accuracy {end['test']['accuracy']:.2%}" if end else outcome["error"]

    def page(self, measured, folder, data):
        """Write the page of the table; see the top of this module."""
        from . import pages  # which in turn needs what is defined here

        return pages.write_study(self, measured, folder, data)


@dataclass(frozen=True)
class Computed:
    """A measurement that is not a table of trainings.

    settings: the plain values that decide the outcome. measure: a function of data set and number of runs
    that returns a dict fit for JSON. blocks: a function of that dict and a folder, which writes its pictures
    into the folder and yields the blocks of its page. cost: seconds on one core, on MNIST, about.
    """

    name: str
    title: str
    settings: dict
    measure: Callable
    blocks: Callable
    runs: int = 3
    cost: float = 300.0
    document: str = ""
    show: tuple[str, ...] = ()

    def jobs(self, data, checksum, runs=None):
        """Return the one job of this study."""
        about = {"data": data, "checksum": checksum, "runs": runs or self.runs}
        return {(): {"study": self.name, "settings": self.settings, **about}}

    def label(self, place):
        """Return what the progress calls the measurement."""
        return self.name

    def seconds(self, place, job):
        """Return a rough estimate of the seconds that it takes."""
        return self.cost

    def told(self, outcome):
        """Return that it has ended: its page says how."""
        return "measured"

    def page(self, measured, folder, data):
        """Write the page of the measurement; see the top of this module."""
        from . import pages

        return pages.write_computed(self, measured, folder, data)


def measure(job):
    """Do a job in this process; return its outcome and its cost."""
    if "study" not in job:
        return train(job)
    from .catalogue import STUDIES

    dataset, begun = load(job["data"], job["checksum"]), time.perf_counter()
    outcome = STUDIES[job["study"]].measure(dataset, job["runs"])
    cost = {
        "seconds": time.perf_counter() - begun,
        "date": f"{datetime.now():%Y-%m-%d}",
        "machine": machine(),
    }
    return {"outcome": outcome, "cost": cost}
