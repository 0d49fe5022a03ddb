"""The records that a study is made of: a base recipe, and rows that say what each changes and what the
document prints for it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from nn.app.recipes import Recipe

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
    finding: a function of ``summary.Measured`` that returns what the figures of MNIST show, in paragraphs.
    claims: ``claims.Claim``, what the document says in words. summed_over: where the document's loss is a sum
    over so many samples divided by the batch size; None where it is a mean. show: what the page has beyond
    tables, errors and curves: "confusion", "digits", "report", "log", "ratio" (of times), "against the
    ratio", "panels" (a plot for each training), "scores" (precision, recall and F1 against epochs). also:
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
