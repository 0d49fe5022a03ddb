"""The pages: each study as a Markdown page with tables and pictures, and an index that gathers them."""

import re
import textwrap
from pathlib import Path
from statistics import median

from nn.app.files import replacing

from . import pictures, store, summary, times
from .claims import answers, confused_pairs, report_by_digit, spread
from .records import DOCUMENTS
from .summary import NotMeasuredError

VERDICTS = {True: "So it is here", False: "Not so here", None: "Not decided here"}


def write_study(study, measured, folder, data):
    """Write the page of a study, its CSV files, pictures and records into a folder; return the page's path.

    measured: ``summary.Measured``, with one run of the study at least. data: the name of the data.
    """
    folder, found = Path(folder), measured.settings(study.name)
    tables = summary.write_tables(folder, study, found)
    drawn = {}
    if any(setting.figures for setting in found):
        if len(found) > 1:  # one row alone is in the table
            drawn["errors"] = pictures.errors(study, found)
        drawn["loss"] = pictures.curves(study, found, "loss")
        drawn["accuracy"] = pictures.curves(study, found, "accuracy")
        if "confusion" in study.show:
            drawn["confusion"] = pictures.confusions(study, found)
        if "scores" in study.show:
            drawn["scores"] = pictures.scores(study, found)
        if "digits" in study.show and found[0].figures:
            drawn["digits"] = pictures.digits(study, found)
        if "against the ratio" in study.show:
            drawn["ratio"] = pictures.against_ratio(study, found)
    names = {name: f"{study.name}-{name}.png" for name in drawn}
    for name, picture in drawn.items():
        pictures.save(picture, folder / names[name])
    records = f"{study.name}{store.KEPT}"
    times = [measured.times[study.name]] if study.name in measured.times else []
    store.keep(folder / records, [*_trainings(found), *times])
    links = ", ".join(f"[{name}]({name})" for name in (*tables, records))
    path = folder / f"{study.name}.md"
    _write(path, [*_page(study, measured, data, names), "", f"Figures, and all records: {links}."])
    return path


def write_index(studies, folder, data, others=()):
    """Write README.md into a folder, an index of the studies by their tables there; return its path.

    studies: those with a page, by name. others: pairs (name, title) of pages beside them.
    """
    path = Path(folder, "README.md")
    measured = summary.Measured(studies, {}, "", tables=folder)
    lines = [
        *_index(studies.values(), measured, data),
        *(f"- [{title}]({name}.md)" for name, title in others),
    ]
    _write(path, lines)
    return path


def log_line(read):
    """Return a reading as a line of document 001's log."""
    return (
        f"Epoch {read['epoch']:3d} | Cost {read['cost']:.4f} | Train {read['training']['accuracy']:.2%} | "
        f"Test {read['test']['accuracy']:.2%} | LR {read['learning_rate']:.2e}"
    )


def machine_line(machine):
    """Return what figures come from, versions and processor, as an item of a list."""
    versions = ", ".join(f"{name} {machine[name]}" for name in ("numpy", "scikit-learn", "matplotlib"))
    blas, place = ", ".join(machine["blas"]), f"{machine['processor']}, {machine['platform']}"
    return _wrapped(f"- Python {machine['python']}, {versions}, {blas}; {place}.", indent="  ")


def _page(study, measured, data, names):
    found = measured.settings(study.name)
    yield f"# {study.title}"
    yield ""
    of = f"Document {study.document}, study" if study.document else "Study"
    yield f"{of} `{study.name}`: {_measured(found)} on {data}."
    few = any(len(setting.figures) < summary.FEWEST for setting in found)
    instead = "; of fewer than three runs, the range" if few else ""
    yield f"Figures are means ± standard deviations over runs from different seeds{instead}."
    if data != "mnist" and study.document:
        yield f"The document's figures are those of MNIST: on {data} only the order can agree."
    yield ""
    for paragraph in filter(None, study.note.split("\n\n")):
        yield _wrapped(paragraph)
        yield ""
    if study.finding and data == "mnist":
        yield from _finding(study, measured)
    yield from _main_table(study, found)
    yield from _differences(study, found, data)
    yield from _best(study, found)
    if "errors" in names:
        yield _image("errors", "Error of every row", names)
    if data == "mnist":
        yield from _claims(study, measured)
    yield from _more_figures(found)
    if "ratio" in study.show:
        yield from _times(study, measured)
    if "log" in study.show:
        yield from _log(found)
    if "report" in study.show:
        yield from _report(found)
    for name, title in (
        ("loss", "Loss while training"),
        ("accuracy", "Error while training"),
        ("scores", "Precision, recall and F1 on the validation images while training"),
        ("ratio", "Test accuracy against batch size / learning rate"),
        ("confusion", "Confusions on the test images, first seed"),
        ("digits", "Nine random test images, with the answers of the first seed's network"),
    ):
        if name in names:
            yield f"## {title}"
            yield ""
            yield _image(name, title, names)
            if name == "loss":
                yield _wrapped(CURVES + (TOGETHER if pictures.share_a_panel(study, found) else BANDS))
                yield ""
            if name == "confusion":
                yield from _confused(study, found)
    yield "## How it was measured"
    yield ""
    yield from _facts(study, measured, data)


CURVES = """\
Curves are means over all runs; a run that early stopping has ended counts with the weights that it keeps. """
TOGETHER = "Where two lines coincide, the thicker one lies below."
BANDS = "Bands are one standard deviation to either side."


def _finding(study, measured):
    try:
        text = study.finding(measured)
    except NotMeasuredError:
        return
    for paragraph in text.split("\n\n"):
        yield paragraph if paragraph.startswith("|") else _wrapped(paragraph)
        yield ""


def _claims(study, measured):
    """Yield what the document says in words, each with what the figures say to it."""
    found = answers(study, measured)
    if not found:
        return
    yield "## What the document says"
    yield ""
    yield "Two means differ only if they are more than two standard errors apart."
    yield ""
    for words, answer in found:
        numbers = answer.numbers[0].upper() + answer.numbers[1:]
        yield _wrapped(f"- “{words}” **{VERDICTS[answer.holds]}.** {numbers}", indent="  ")
    yield ""


def _main_table(study, found):
    """Yield what the document prints beside what was measured."""
    printed = [setting.row.printed for setting in found]
    with_loss = any(p.loss is not None for p in printed)
    printed_epochs = any(p.epochs is not None for p in printed)
    with_epochs = printed_epochs or study.base.patience
    with_document = any(p.accuracy is not None for p in printed)
    head = ["setting", "runs", "accuracy, %"]
    head += ["document", "difference"] if with_document else []
    head += [f"less {found[0].row.label}"] if not study.document else []
    head += ["cross-entropy", "document"] if with_loss else []
    head += ["as printed"] if study.summed_over else []
    head += ["epochs"] if with_epochs else []
    head += ["document"] if printed_epochs else []
    yield from _table_head(head)
    for setting in found:
        row, p = setting.row, setting.row.printed
        cells = [
            row.label + (" (validation)" if row.part == "validation" else ""),
            _runs(setting),
            _spread(setting, "accuracy", 100, 2),
        ]
        if with_document:
            cells += [_range(p), _points(setting.difference)]
        if not study.document:
            cells.append(_points(_less(setting, found[0])))
        if with_loss:
            cells += [_spread(setting, "loss", 1, 4), _number(study.cross_entropy(row), 4)]
        if study.summed_over:
            cells.append(_number(p.loss, 2))
        if with_epochs:
            cells.append(_spread(setting, "epochs", 1, 1))
        if printed_epochs:
            cells.append(_number(p.epochs, 1))
        yield _line(cells)
    yield ""


def _differences(study, found, data):
    """Yield a sentence for each row more than a point away from its document, and for each failure."""
    for setting in found:
        row = setting.row
        for seed, error in setting.failed.items():
            yield f"- **{row.label}**, seed {seed}, diverged: {error}."
        if data != "mnist" or not study.document or setting.is_near is not False:
            continue  # other data have other figures
        side = "above" if setting.difference > 0 else "below"
        remark = row.remark or "No setting that the document states explains it."
        points = f"{100 * abs(setting.difference):.1f} points {side} the document"
        yield _wrapped(f"- **{row.label}** is {points}. {remark}", indent="  ")
    yield ""


def _best(study, found):
    measured = [setting for setting in found if setting.figures]
    if study.best and study.document and measured:
        named = [setting for setting in measured if setting.row.label in study.best]
        # The named ones first: of equals, max takes the first.
        best = max([*named, *measured], key=lambda setting: setting.mean("accuracy"))
        yield f"The document's best: {', '.join(study.best)}. Here: {best.row.label}."
        if named and best not in named:
            lead = 100 * (best.mean("accuracy") - max(setting.mean("accuracy") for setting in named))
            width = best.deviation("accuracy")
            within = (
                "" if width is None else f", {'less' if lead < 100 * width else 'more'} than its deviation"
            )
            yield f"It leads by {lead:.2f} points{within}."
        yield ""


def _more_figures(found):
    printed = [setting.row.printed for setting in found]
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
    yield ""
    beside = any(getattr(p, name, None) is not None for p in printed for name in names)
    yield _wrapped(
        ("In brackets the document's. " if beside else "")
        + "Precision, recall and F1 are macro means on the test images. Converged: the first epoch whose "
        "validation accuracy is within half a point of its best."
    )
    yield ""
    yield from _table_head(["setting", *names.values()])
    for setting in found:
        cells = [setting.row.label]
        for name in names:
            digits = {"converged": 1}.get(name, 4)
            document = getattr(setting.row.printed, name, None)
            cell = _spread(setting, name, 1, digits)
            cells.append(cell + (f" ({document:g})" if document is not None and cell else ""))
        yield _line(cells)
    yield ""


def _times(study, measured):
    """Yield the training time of every row as a ratio to the first row's, ours beside the document's."""
    found = measured.settings(study.name)
    yield "## Time"
    yield ""
    try:
        taken = measured.epoch_times(study.name)
    except NotMeasuredError:
        yield f"Not measured yet: `python -m benchmarks study {study.name} --times` does."
        yield ""
        return
    first = found[0]
    base, base_epochs = first.row.label, first.mean("epochs")
    rounds = len(taken[base])
    yield _wrapped(
        "Seconds are processor time of one thread, which trained the rows in turn, "
        f"{measured.times[study.name]['epochs']} epochs each, round by round; evaluations do not count. "
        "The ratio "
        f"of an epoch is to that of the first row, {base}, in the same round: the median of {rounds} "
        "rounds, with the least and the greatest. The training's ratio is this median times the ratio of "
        "the mean epochs; ± is what the deviation of the epochs over the seeds makes of it."
    )
    yield ""
    yield from _table_head(
        [
            "setting",
            "s an epoch",
            "an epoch's ratio",
            "epochs",
            "the training's ratio",
            "document",
            "s",
            "document",
        ]
    )
    for setting in found:
        label, printed = setting.row.label, setting.row.printed.seconds
        least, middle, most = times.ratios(taken, label, base)
        seconds, epochs = median(taken[label]), setting.mean("epochs")
        cells = [label, f"{seconds:.4f}", f"{middle:.2f} ({least:.2f} to {most:.2f})"]
        if epochs is None or base_epochs is None:
            cells += ["", ""]
        else:
            width = setting.deviation("epochs")
            plus = "" if width is None else f" ± {middle * width / base_epochs:.2f}"
            cells += [f"{epochs:.1f}", f"{middle * epochs / base_epochs:.2f}{plus}"]
        cells.append(f"{printed / first.row.printed.seconds:.2f}")
        cells += [_number(None if epochs is None else seconds * epochs, 2), _number(printed, 2)]
        yield _line(cells)
    yield ""


def _log(found):
    """Yield the log as document 001 prints it, from the first seed."""
    yield "## Log of the first seed"
    yield ""
    yield "```"
    for setting in found:
        for seed, record in setting.records.items():
            if setting.row.after is not None and seed in setting.figures:
                yield log_line(summary.reading(setting.row, record["outcome"]))
                break
    yield "```"
    yield ""


def _report(found):
    """Yield precision, recall and F1 for every digit, means over the runs."""
    for setting in found:
        if not setting.good:
            continue
        yield f"## Report by digit, {setting.row.label}"
        yield ""
        yield from _table_head(["digit", "precision", "recall", "F1", "images"])
        for digit, row in report_by_digit(setting).items():
            cells = [f"{row[name]:.4f}" for name in ("precision", "recall", "f1-score")]
            yield _line([digit, *cells, f"{row['support']:.0f}"])
        yield ""


def _confused(study, found):
    """Yield the pairs of digits that were taken for each other most, over all runs of the row drawn."""
    setting = summary.best_setting(study, found)
    pairs = confused_pairs(setting)
    if len(pairs) > 1:
        named = [
            f"{a} and {b} ({count / len(setting.figures):.1f})" for (a, b), count in pairs.most_common(4)
        ]
        yield f"Most often taken for each other, images a run: {', '.join(named)}."
        yield ""


def _facts(study, measured, data):
    found = measured.settings(study.name)
    records = [record for setting in found for record in setting.records.values()]
    base, default = study.base, vars(study.base)
    shown = (
        "hidden",
        "optimizer",
        "lr",
        "batch_size",
        "epochs",
        "activation",
        "initializer",
        "l2",
        "dropout",
    )
    shown += ("scaling", "patience", "min_delta", "monitor", "max_grad_norm", "decay_every")
    changed = {name for setting in found for name in setting.row.changes}
    shown += tuple(name for name in ("schedule", "warmup", "shift") if name in changed)
    yield _wrapped(f"- Base: {', '.join(f'{name} {_plain(default[name])}' for name in shown)}.", indent="  ")
    for setting in found:
        if setting.row.changes:
            changes = ", ".join(f"{name} {_plain(value)}" for name, value in setting.row.changes.items())
            after = f", read after epoch {setting.row.after}" if setting.row.after else ""
            yield _wrapped(f"- {setting.row.label}: {changes}{after}.", indent="  ")
    sizes = " or ".join(sorted({" / ".join(f"{n:,}" for n in r["outcome"]["samples"]) for r in records}))
    digits = "" if len(base.digits) == 10 else f" of the digits {' and '.join(map(str, base.digits))}"
    text = f"{sizes} images{digits} to train on, to watch and to test on"
    yield _wrapped(f"- Data: {data}, checksum {measured.checksum}; {text}.", indent="  ")
    seeds = sorted({seed for setting in found for seed in setting.records})
    yield f"- Seeds: from {seeds[0]}, as many as runs. float32, one thread for each training."
    yield from map(machine_line, summary.distinct(record["cost"]["machine"] for record in records))
    dates = sorted({record["cost"]["date"] for record in records})
    seconds = sum(record["cost"]["seconds_in_all"] for record in _trainings(found))
    lasted = f"{seconds / 60:.1f} minutes" if seconds > 60 else f"{seconds:.1f} seconds"
    days = " to ".join(dict.fromkeys((dates[0], dates[-1])))
    yield f"- Trained {days}: {lasted} for all trainings together."


def _index(studies, measured, data):
    comparable = data == "mnist"  # other data have other figures
    yield "# The documents' tables, side by side"
    yield ""
    text = (
        f"Every table of the documents, trained with `nn` on {data}. A figure is a mean over runs, each "
        "from a seed of its own that decides the images to train on and to watch, the initial weights and "
        "the order of the batches. All choices were made on validation images; the accuracies are those of "
        "the test images, or of the validation images if the document prints these. Each page ends with "
        "the settings, the machine and the records of all runs, from which `python -m benchmarks study "
        "--all --stored` makes the pages again."
    )
    yield _wrapped(text)
    yield ""
    if comparable:
        yield _wrapped(
            "A difference is ours less the document's accuracy, in points. The last column counts the rows "
            "that are within one point of the document, either way."
        )
        yield ""
    yield "The documents, each the report of somebody's project:"
    yield ""
    yield from (f"- {number}: {title}" for number, title in DOCUMENTS.items())
    yield ""
    head = ["study", "document", "rows", "runs"]
    yield from _table_head(head + ["largest difference", "within a point"] * comparable)
    for study in studies:
        found = measured.settings(study.name)
        runs = sorted({len(setting.records) for setting in found})
        cells = [f"[{study.title}]({study.name}.md)", study.document or "-", len(found)]
        cells.append(" to ".join(map(str, dict.fromkeys((runs[0], runs[-1])))))
        if comparable:
            cells += _worst(study, found)
        yield _line(cells)
    yield ""
    if comparable:
        yield from _together(studies, measured)


def _together(studies, measured):
    """Yield how many rows are within a point of their document, and those that are not."""
    count = summary.agreement(studies, measured)
    if not count.rows:
        return
    yield _wrapped(f"Together, {count.sentence()}.")
    yield ""
    if count.far:
        yield "The rows outside:"
        yield ""
        for study, setting in count.far:
            values = f"{spread(setting)} %, the document {_range(setting.row.printed)} %"
            yield f"- [{study.title}]({study.name}.md), {setting.row.label}: {values}."
        yield ""


def _worst(study, found):
    """Return the cells of the index that compare a study with its document."""
    compared = [setting for setting in found if setting.difference is not None]
    if not compared or not study.document:
        return ["", "prints none" if study.document else ""]
    worst = max(compared, key=lambda setting: abs(setting.difference))
    near = sum(setting.is_near for setting in compared)
    return [f"{_points(worst.difference)} ({worst.row.label})", f"{near} of {len(compared)}"]


def _measured(found):
    done, wanted = sum(len(setting.records) for setting in found), sum(setting.wanted for setting in found)
    rows = f"{len(found)} row{'s' * (len(found) != 1)}"
    return f"{rows}, {done} runs" if done == wanted else f"{rows}, {done} of {wanted} runs so far"


def _runs(setting):
    done, failed = len(setting.records), len(setting.failed)
    text = f"{done}" if done == setting.wanted else f"{done} of {setting.wanted}"
    return f"{text}, {failed} diverged" if failed else text


def _spread(setting, name, scale, digits):
    return "" if setting.mean(name) is None else spread(setting, name, scale, digits)


def _range(printed):
    if printed.accuracy is None:
        return ""
    low = f"{100 * printed.accuracy:.2f}"
    return low if printed.accuracy_to is None else f"{low} to {100 * printed.accuracy_to:.2f}"


def _number(value, digits):
    return "" if value is None else f"{value:.{digits}f}"


def _points(difference):
    return "" if difference is None else f"{100 * difference:+.2f}"


def _less(setting, first):
    """Return the accuracy less the first row's; None for that itself, or without one of them."""
    ours, base = setting.mean("accuracy"), first.mean("accuracy")
    return None if setting is first or ours is None or base is None else ours - base


def _wrapped(text, indent=""):
    return textwrap.fill(text, 110, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def _plain(value):
    if value is None:
        return "none"
    if isinstance(value, tuple):
        return "-".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def _table_head(names):
    yield _line(names)
    yield "|" + "---|" * len(names)


def _line(cells):
    return "| " + " | ".join(map(str, cells)) + " |"


def _image(name, title, names):
    return f"![{title}]({names[name]})\n"


def _trainings(found):
    """Return the records of a study's rows, each training once."""
    records = (record for setting in found for record in setting.records.values())
    return list({record["key"]: record for record in records}.values())


def joined(lines):
    """Return the text of a page."""
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).rstrip() + "\n"


def _write(path, lines):
    with replacing(path, "w", encoding="utf-8") as file:
        file.write(joined(lines))
