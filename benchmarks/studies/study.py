"""What a study is: jobs to measure, and the page that is made from their records.

There are two kinds, which the command, the runner and the store treat alike. A ``Study`` is a table: a base
recipe, and rows that say what each changes and what the document prints for it. A ``Computed`` study is any
other kind of measurement. Both have a ``name``, a ``title``, a ``document``, and

- ``jobs(data, checksum, runs=None)``: return what to measure, a dict of jobs by place; ``runs`` overrides the
  study's own number
- ``label(place)``: return the name that progress shows for a job
- ``seconds(place, job)``: return about how long it takes on one core, on MNIST
- ``told(outcome)``: return the outcome in a few words
- ``page(measured, folder, data)``: write page, tables, pictures and records into a folder; return the page's
  path. measured: ``summary.Measured``. data: the name of the data
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from nn.app.recipes import Recipe

from .training import estimate, load, machine, settings, train

DOCUMENTS = {  # each is the report of another project that trained networks on MNIST
    "000": "Neural Network from Scratch on MNIST",
    "001": "Neural Network from Scratch - Optimized Version",
    "002": "Neural Network for Digit Classification (MNIST) using NumPy",
    "003": "Exploring Neural Networks: Architecture, Activation & Optimization Techniques",
    "004": "Classification Model for MNIST using only Python and NumPy",
}


SHOW = {  # what a page may have in addition to tables, errors and curves
    "confusion": "the confusion matrix of the best row, or of every row if there are two classes",
    "digits": "nine test images with the network's answers; needs also=('images',)",
    "by digit": "precision, recall and F1 for each digit",
    "log": "a line for each row that is read after an epoch, as document 001 prints it",
    "ratio": "the times of the rows as ratios to the first row's; only these studies are timed",
    "against the ratio": "accuracy against batch size / learning rate",
    "panels": "a plot for each training run",
    "scores": "precision, recall and F1 against epochs; needs also=('scores',)",
}


@dataclass(frozen=True)
class Printed:
    """The numbers of one row as the document prints them; those that it does not print are None."""

    accuracy: float | None = None  # a share, 0 to 1, as are all down to f1
    accuracy_to: float | None = None  # the upper end, if the document prints a range
    training_accuracy: float | None = None
    precision: float | None = None
    recall: float | None = None
    f1: float | None = None
    loss: float | None = None  # as printed
    cost: float | None = None  # the training loss in a log
    epochs: float | None = None  # how many were trained
    seconds: float | None = None  # of training, on the document's machine


@dataclass(frozen=True)
class Row:
    """One setting of a study."""

    label: str  # its name on the page
    printed: Printed = Printed()  # the document's numbers
    changes: dict = field(default_factory=dict)  # fields of the recipe that differ from the study's base
    after: int | None = None  # the epoch after which to measure; None: at the end, with the kept weights
    part: str = "test"  # the samples on which accuracy is measured: "test" or "validation"
    remark: str = ""  # why our result may differ from the document's
    runs: int | None = None  # for slow rows: overrides the study's number


@dataclass(frozen=True)
class Study:
    """One table of a document, or one of our own.

    ``claims`` and ``finding`` are judged on MNIST only, whose figures the documents print.
    Raises ValueError if ``DOCUMENTS`` lacks the document, or ``SHOW`` a name of ``show``.
    """

    name: str
    title: str
    document: str  # its number in ``DOCUMENTS``; "" for a study of our own
    base: Recipe  # the recipe that the rows change
    rows: tuple[Row, ...]
    runs: int = 3  # seeds to average over
    sampling: str = "as loaded"  # how the data are divided: a name in ``training.SAMPLINGS``
    best: tuple[str, ...] = ()  # labels of the rows that the document calls the best
    note: str = ""  # what the document leaves open and what we chose, in paragraphs
    finding: Callable | None = None  # from ``summary.Measured`` on MNIST to a list of Markdown blocks
    claims: tuple = ()  # each a ``claims.Claim``: what the document says in words
    summed_over: int | None = None  # samples over which the document sums its loss, then divides by the batch
    show: tuple[str, ...] = ()  # names in ``SHOW``
    also: tuple[str, ...] = ()  # what each training run also records: names in ``training.ALSO``

    def __post_init__(self):
        if self.document and self.document not in DOCUMENTS:
            raise ValueError(
                f"{self.name}: document must be '' or a number in DOCUMENTS ({', '.join(DOCUMENTS)}); "
                f"got {self.document!r}"
            )
        if unknown := [name for name in self.show if name not in SHOW]:
            raise ValueError(f"{self.name}: show must name {', '.join(SHOW)}; got {unknown[0]!r}")

    def recipe(self, row):
        """Return the recipe of a row."""
        return replace(self.base, **row.changes)

    def runs_of(self, row, runs=None):
        """Return how many seeds a row has; ``runs`` overrides the definitions."""
        return runs or row.runs or self.runs

    def cross_entropy(self, row):
        """Return the document's loss of a row as mean cross-entropy per sample; None if it prints none."""
        loss = row.printed.loss
        if loss is None or self.summed_over is None:
            return loss
        return loss * self.recipe(row).batch_size / self.summed_over

    def jobs(self, data, checksum, runs=None):
        """Return ``{(place of the row, seed): job}``; rows that read one run at other epochs share it."""
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
        """Return the name that progress shows for the training run of a row from a seed."""
        row, seed = place
        return f"{self.name}, {self.rows[row].label}, seed {seed}"

    def seconds(self, place, job):
        """Return a rough estimate of the seconds that a training run takes on one core, on MNIST."""
        return estimate(job, self.rows[place[0]].printed.epochs)

    def told(self, outcome):
        """Return how a training run ended."""
        end = outcome["readings"].get("end")
        return f"test accuracy {end['test']['accuracy']:.2%}" if end else outcome["error"]

    def page(self, measured, folder, data):
        """Write the page of the table; see the top of this module."""
        from . import pages  # which in turn needs what is defined here

        return pages.write_study(self, measured, folder, data)


@dataclass(frozen=True)
class Computed:
    """A measurement that is not a table of training runs."""

    name: str
    title: str
    settings: dict  # the plain values that decide the outcome
    measure: Callable  # from data set and number of runs to a dict that JSON can hold
    blocks: Callable  # from that dict and a folder, where it writes its pictures, to the blocks of the page
    runs: int = 3
    cost: float = 300.0  # about how many seconds it takes on one core, on MNIST
    document: str = ""
    show: tuple[str, ...] = ()

    def jobs(self, data, checksum, runs=None):
        """Return the one job of this study."""
        about = {"data": data, "checksum": checksum, "runs": runs or self.runs}
        return {(): {"study": self.name, "settings": self.settings, **about}}

    def label(self, place):
        """Return the name that progress shows for the measurement."""
        return self.name

    def seconds(self, place, job):
        """Return a rough estimate of the seconds that it takes."""
        return self.cost

    def told(self, outcome):
        """Return that it has ended; its page shows the outcome."""
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
