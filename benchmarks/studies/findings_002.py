"""What the figures say about document 002: its claims about times, its choice of images, its patience."""

import contextlib
import math
from statistics import mean, median

from nn.app.markdown import markdown_table, paragraph
from nn.training import EarlyStopping

from .claims import NEAR, Answer, highest
from .metrics import NotMeasuredError


def fastest(study, *labels):
    """Return the answer to a claim that rows of a study have the shortest training."""

    def answer(measured):
        seconds = training_seconds(measured, study)
        named, first = min(labels, key=seconds.get), min(seconds, key=seconds.get)
        ratio = seconds[named] / seconds[first]
        others = [name for name in seconds if name != named]
        second = min(others, key=seconds.get)
        return Answer(
            None if 1 < ratio < 1.1 else first in labels,
            f"a training run takes {seconds[named]:.1f} seconds for {named} and {seconds[second]:.1f} for "
            f"the fastest of the others, {second}.",
        )

    return answer


def optimal(study, *labels):
    """Return the answer to a claim that rows of a study are the optimal option: by our rule, that is the
    fastest row within half a point of the best accuracy.
    """

    def answer(measured):
        rows, seconds = measured.rows(study), training_seconds(measured, study)
        best = highest(rows.values())
        near = [name for name in rows if rows[name].mean("accuracy") >= best.mean("accuracy") - NEAR]
        chosen = min(near, key=seconds.get)
        told = [
            f"{name} is {100 * (best.mean('accuracy') - rows[name].mean('accuracy')):.2f} points below the "
            f"best and takes {seconds[name] / seconds[best.label]:.2f} times its time"
            for name in labels
            if name != best.label
        ]
        also = f" ({'; '.join(told)})" if told else ""
        return Answer(
            chosen in labels,
            "the document gives no rule; the fastest row within half a point of the best accuracy is "
            f"{chosen}{also}.",
        )

    return answer


def training_seconds(measured, study):
    """Return by row the seconds of a training run: processor time of an epoch times the mean epochs."""
    rows, times = measured.rows(study), measured.epoch_times(study)
    return {name: median(times[name]) * rows[name].mean("epochs") for name in rows}


def finding(name, measured):
    """Return what the figures of a table show, in blocks of Markdown."""
    blocks = []
    for part in (draws, *([patience] if name in ("rates-nesterov", "rates-adam") else [])):
        with contextlib.suppress(NotMeasuredError):
            blocks += part(measured)
    return blocks


def draws(measured):
    """Return how far the document's rows lie from ours, and what draws from all 70,000 images change."""
    tables = [name for name, study in measured.studies.items() if study.document == "002"]
    settings = [row for name in tables for row in measured.rows(name).values()]
    high = [row for row in settings if row.printed.accuracy > 0.91]
    gaps = [-100 * row.difference for row in high]
    text = (
        f"The document prints more than 91 % for {len(high)} rows of its twelve tables. In "
        f"{sum(gap > 0 for gap in gaps)} of them its figure is above ours; over all {len(high)}, it is "
        f"{mean(gaps):.2f} points higher on average."
    )
    try:
        pairs = [
            (row, measured.rows(table)[label.removesuffix(" neurons")])
            for label, row in measured.rows("from-all-70000").items()
            for optimizer, table in (("Nesterov, ", "neurons-nesterov"), ("Adam, ", "neurons-adam"))
            if label.startswith(optimizer)
            for label in [label.removeprefix(optimizer)]
        ]
        variances = [row.width("accuracy") ** 2 / len(row.metrics) for pair in pairs for row in pair]
    except NotMeasuredError:
        return [paragraph(text)]
    gains = [100 * (theirs.mean("accuracy") - ours.mean("accuracy")) for theirs, ours in pairs]
    error = 100 * math.sqrt(sum(variances)) / len(pairs)
    missing = mean(-100 * ours.difference for _, ours in pairs)
    text = (
        f"{text} Our images are drawn from MNIST's 60,000 training images, Kaggle's file from all 70,000. "
        f"For six rows, draws [from all images](from-all-70000.md) change our accuracy by {mean(gains):+.2f} "
        f"± {error:.2f} points (mean and standard error), while the document differs from ours by "
        f"{missing:+.2f}. The rest is unexplained. A draw of 2,000 test images has a standard error of 0.6 "
        "points at 93 %, and the document does not say whether its ten runs share one draw."
    )
    return [paragraph(text)]


def patience(measured):
    """Return a table: how well each patience and min_delta would give the document's epochs.

    It is computed from the curves of the tables of rates without early stopping.
    """
    pairs = [("rates-nesterov", "rates-nesterov-to-the-end"), ("rates-adam", "rates-adam-to-the-end")]
    deltas = (0.0, 0.0001, 0.0003, 0.001)
    curves = [
        (stopped.printed.epochs, [history["validation_loss"] for history in row.histories])
        for name, to_the_end in pairs
        for stopped, row in zip(measured.table(name), measured.rows(to_the_end).values(), strict=True)
    ]
    rows = []
    for epochs in (5, 8, 9, 10, 11, 12, 15, 20):
        cells = []
        for delta in deltas:
            errors = [
                mean(stops(curve, epochs, delta) for curve in runs) / printed - 1 for printed, runs in curves
            ]
            cells.append(f"{100 * (math.sqrt(mean(error**2 for error in errors))):.1f} %")
        rows.append([epochs, *cells])
    text = (
        "With another patience or min_delta, the ten rows with early stopping would train for other numbers "
        "of epochs. The table shows how far these would be from the document's, as a root mean square. It is "
        "computed from the curves of the tables without early stopping."
    )
    head = ["patience", *(f"min_delta {delta:g}" for delta in deltas)]
    return [paragraph(text), markdown_table(head, rows)]


def stops(losses, patience, min_delta):
    """Return the epoch, from 1, after which early stopping would end a training run with these losses."""
    stopping = EarlyStopping(patience, min_delta)
    for epoch, loss in enumerate(losses, 1):
        if stopping.update(loss, []):
            return epoch
    return len(losses)
