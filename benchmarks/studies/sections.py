"""The sections of a study's page: its tables, and answers to what the document says."""

from statistics import median

from nn.app.markdown import item, markdown_table, paragraph

from . import times
from .claims import answers, confused_pairs, scores_by_digit
from .metrics import NotMeasuredError, best_row, plus_minus, reading

VERDICTS = {True: "True here", False: "Not true here", None: "Undecided here"}


def main_table(study, found):
    """Return the table that compares what was measured with what the document prints."""
    printed = [row.printed for row in found]
    with_loss = any(p.loss is not None for p in printed)
    printed_epochs = any(p.epochs is not None for p in printed)
    with_epochs = printed_epochs or study.base.patience
    with_document = any(p.accuracy is not None for p in printed)
    head = ["setting", "runs", "accuracy, %"]
    head += ["document", "difference"] if with_document else []
    head += [f"minus {found[0].label}"] if not study.document else []
    head += ["cross-entropy", "document"] if with_loss else []
    head += ["as printed"] if study.summed_over else []
    head += ["epochs"] if with_epochs else []
    head += ["document"] if printed_epochs else []
    rows = []
    for row in found:
        p = row.printed
        cells = [
            row.label + (" (validation)" if row.part == "validation" else ""),
            _runs(row),
            _told(row, "accuracy", 100, 2),
        ]
        if with_document:
            cells += [document_range(p), points(row.difference)]
        if not study.document:
            cells.append(points(_less(row, found[0])))
        if with_loss:
            cells += [_told(row, "loss", 1, 4), _number(study.cross_entropy(row.definition), 4)]
        if study.summed_over:
            cells.append(_number(p.loss, 2))
        if with_epochs:
            cells.append(_told(row, "epochs", 1, 1))
        if printed_epochs:
            cells.append(_number(p.epochs, 1))
        rows.append(cells)
    return markdown_table(head, rows)


def differences(study, found, data):
    """Return a sentence for each row more than a point away from its document, and for each failure."""
    lines = []
    for row in found:
        for seed, error in row.failed.items():
            lines.append(f"- **{row.label}**, seed {seed}, diverged: {error}.")
        if data != "mnist" or not study.document or row.is_near is not False:
            continue  # other data have other figures
        side = "above" if row.difference > 0 else "below"
        remark = row.definition.remark or "No setting that the document states explains it."
        away = f"{100 * abs(row.difference):.1f} points {side} the document"
        lines.append(item(f"**{row.label}** is {away}. {remark}"))
    return "\n".join(lines)


def best(study, found):
    """Return which row is the best in the document and here; empty if the document names none."""
    measured = [row for row in found if row.metrics]
    if not (study.best and study.document and measured):
        return ""
    named = [row for row in measured if row.label in study.best]
    # The named ones come first, since max takes the first of equal ones.
    first = max([*named, *measured], key=lambda row: row.mean("accuracy"))
    text = f"The document's best: {', '.join(study.best)}. Here: {first.label}."
    if not named or first in named:
        return text
    lead = 100 * (first.mean("accuracy") - max(row.mean("accuracy") for row in named))
    width = first.deviation("accuracy")
    within = "" if width is None else f", {'less' if lead < 100 * width else 'more'} than its deviation"
    return f"{text}\nIt leads by {lead:.2f} points{within}."


def claimed(study, measured):
    """Yield the section with what the document says in words, each answered by the figures."""
    found = answers(study, measured)
    if not found:
        return
    yield "## What the document says"
    yield "Two means count as different only if they are more than two standard errors apart."
    lines = []
    for words, answer in found:
        numbers = answer.numbers[0].upper() + answer.numbers[1:]
        lines.append(item(f"“{words}” **{VERDICTS[answer.holds]}.** {numbers}"))
    yield "\n".join(lines)


def more_metrics(found):
    """Yield the section of the other metrics, ours and the document's."""
    printed = [row.printed for row in found]
    names = {
        "precision": "precision",
        "recall": "recall",
        "f1": "F1",
        "training_accuracy": "training accuracy",
        "validation_accuracy": "validation accuracy",
        "cost": "cost",
        "converged": "converged at epoch",
    }
    if not any(p.cost for p in printed):
        del names["cost"]
    yield "## More figures"
    beside = any(getattr(p, name, None) is not None for p in printed for name in names)
    yield paragraph(
        ("The document's figures are in brackets. " if beside else "")
        + "Precision, recall and F1 are macro means on the test images. A run has converged at the first "
        "epoch whose validation accuracy is within half a point of its best."
    )
    rows = []
    for row in found:
        cells = [row.label]
        for name in names:
            digits = {"converged": 1}.get(name, 4)
            document = getattr(row.printed, name, None)
            cell = _told(row, name, 1, digits)
            cells.append(cell + (f" ({document:g})" if document is not None and cell else ""))
        rows.append(cells)
    yield markdown_table(["setting", *names.values()], rows)


def time(study, measured):
    """Yield the section of times: every row's as a ratio to the first row's, ours and the document's."""
    found = measured.table(study.name)
    yield "## Time"
    try:
        taken = measured.epoch_times(study.name)
    except NotMeasuredError:
        yield f"Not measured yet: `python -m benchmarks study {study.name} --times` measures it."
        return
    first = found[0]
    base, base_epochs = first.label, first.mean("epochs")
    rounds = len(taken[base])
    yield paragraph(
        "Seconds are processor time of one thread, which trained the rows in turn, "
        f"{measured.times[study.name]['epochs']} epochs each, round by round; evaluations do not count. "
        f"The ratio of an epoch compares it with an epoch of the first row, {base}, in the same round: the "
        f"table shows the median of {rounds} rounds, with the smallest and the largest ratio. The ratio of a "
        "training run is this median times the ratio of the mean epochs; ± follows from the deviation of the "
        "epochs over the seeds."
    )
    rows, of_document = [], first.printed.seconds is not None
    for row in found:
        label, printed = row.label, row.printed.seconds
        least, middle, most = times.ratios(taken, label, base)
        seconds, epochs = median(taken[label]), row.mean("epochs")
        cells = [label, f"{seconds:.4f}", f"{middle:.2f} ({least:.2f} to {most:.2f})"]
        if epochs is None or base_epochs is None:
            cells += ["", ""]
        else:
            width = row.deviation("epochs")
            plus = "" if width is None else f" ± {middle * width / base_epochs:.2f}"
            cells += [f"{epochs:.1f}", f"{middle * epochs / base_epochs:.2f}{plus}"]
        if of_document:
            cells.append("" if printed is None else f"{printed / first.printed.seconds:.2f}")
        cells.append(_number(None if epochs is None else seconds * epochs, 2))
        rows.append(cells + [_number(printed, 2)] * of_document)
    head = ["setting", "s per epoch", "ratio of an epoch", "epochs", "ratio of a training run"]
    head += ["document", "s in all", "document"] if of_document else ["s in all"]
    yield markdown_table(head, rows)


def log(found):
    """Yield the section with a log like document 001's, from the first seed."""
    lines = []
    for row in found:
        if row.definition.after is not None and row.metrics:
            first = row.records[next(iter(row.metrics))]
            lines.append(log_line(reading(row.definition, first["outcome"])))
    yield "## Log of the first seed"
    yield "\n".join(["```", *lines, "```"])


def log_line(read):
    """Return a reading as a line like those of document 001's log."""
    return (
        f"Epoch {read['epoch']:3d} | Cost {read['cost']:.4f} | Train {read['training']['accuracy']:.2%} | "
        f"Test {read['test']['accuracy']:.2%} | LR {read['learning_rate']:.2e}"
    )


def by_digit(found):
    """Yield a section for each row with precision, recall and F1 for every digit, means over the runs."""
    for row in found:
        if row.good:
            yield f"## Report by digit, {row.label}"
            names = ("precision", "recall", "f1-score")
            scores = scores_by_digit(row).items()
            rows = (
                [digit, *(f"{each[name]:.4f}" for name in names), f"{each['support']:.0f}"]
                for digit, each in scores
            )
            yield markdown_table(["digit", "precision", "recall", "F1", "images"], rows)


def confused(study, found):
    """Yield the pairs of digits confused most often, over all runs of the row that is drawn."""
    row = best_row(study, found)
    pairs = confused_pairs(row)
    if len(pairs) > 1:
        named = [f"{a} and {b} ({count / len(row.metrics):.1f})" for (a, b), count in pairs.most_common(4)]
        runs = len(row.metrics)
        per_run = (
            f"images per run, the mean of {runs} runs; the picture counts one run" if runs > 1 else "images"
        )
        yield f"Most often taken for each other ({per_run}): {', '.join(named)}."


def _runs(row):
    done, failed = len(row.records), len(row.failed)
    text = f"{done}" if done == row.wanted else f"{done} of {row.wanted}"
    return f"{text}, {failed} diverged" if failed else text


def _told(row, name, scale, digits):
    return "" if row.mean(name) is None else plus_minus(row, name, scale, digits)


def document_range(printed):
    """Return the accuracy that a document prints, or both ends of its range; empty if it prints none."""
    if printed.accuracy is None:
        return ""
    low = f"{100 * printed.accuracy:.2f}"
    return low if printed.accuracy_to is None else f"{low} to {100 * printed.accuracy_to:.2f}"


def _number(value, digits):
    return "" if value is None else f"{value:.{digits}f}"


def points(difference):
    """Return a difference of shares in points, with its sign; empty if there is none."""
    return "" if difference is None else f"{100 * difference:+.2f}"


def _less(row, first):
    """Return the accuracy minus the first row's; None for the first row itself, or if one is missing."""
    ours, base = row.mean("accuracy"), first.mean("accuracy")
    return None if row is first or ours is None or base is None else ours - base
