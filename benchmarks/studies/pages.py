"""The pages: each study as a Markdown page with tables and pictures, and an index that gathers them."""

import re
import textwrap
from collections import Counter
from itertools import combinations
from pathlib import Path
from statistics import mean

from nn.files import replacing

from . import pictures, summary
from .records import DOCUMENTS

ACCURACY = ("accuracy", "precision", "recall", "f1", "training_accuracy")


def write_study(study, found, folder, dataset):
    """Write the page of a study, its CSV files and its pictures into a folder; return the page's path.

    found: its Settings, of which one at least has been measured.
    """
    folder = Path(folder)
    tables = summary.write_tables(folder, study, found)
    drawn = {}
    if any(setting.figures for setting in found):
        drawn["errors"] = pictures.bars(study, found)
        drawn["loss"] = pictures.curves(study, found, "loss")
        drawn["accuracy"] = pictures.curves(study, found, "accuracy")
        if "confusion" in study.show:
            drawn["confusion"] = pictures.confusions(study, found)
        if "digits" in study.show and found[0].figures:
            drawn["digits"] = pictures.digits(study, found, dataset)
        if "against the ratio" in study.show:
            drawn["ratio"] = pictures.against_ratio(study, found)
    names = {name: f"{study.name}-{name}.png" for name in drawn}
    for name, picture in drawn.items():
        pictures.save(picture, folder / names[name])
    links = ", ".join(f"[{table}]({table})" for table in tables)
    lines = [*_page(study, found, dataset, names), "", f"Figures: {links}."]
    path = folder / f"{study.name}.md"
    _write(path, lines)
    return path


def write_index(gathered, folder, dataset, others=()):
    """Write README.md, a table of all studies that have been measured; return its path.

    gathered: pairs (study, its Settings). others: pairs (name, title) of pages beside them.
    """
    path = Path(folder, "README.md")
    _write(path, [*_index(gathered, dataset), *(f"- [{title}]({name}.md)" for name, title in others)])
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


def _page(study, found, dataset, names):
    yield f"# {study.title}"
    yield ""
    of = f"Document {study.document}, study" if study.document else "Study"
    yield f"{of} `{study.name}`: {_measured(found)} on {dataset.name}."
    yield "Figures are means ± standard deviations over runs from different seeds."
    if dataset.name != "mnist" and study.document:
        yield f"The document's figures are those of MNIST: on {dataset.name} only the order can agree."
    yield ""
    for paragraph in filter(None, study.note.split("\n\n")):
        yield _wrapped(paragraph)
        yield ""
    if study.finding and dataset.name == "mnist":
        yield _wrapped(study.finding)
        yield ""
    yield from _main_table(study, found)
    yield from _differences(found, dataset)
    yield from _best(study, found)
    if names:
        yield _image("errors", "Error of every row", names)
    yield from _more_figures(found)
    if "ratio" in study.show:
        yield from _ratios(found)
    if "log" in study.show:
        yield from _log(found)
    if "report" in study.show:
        yield from _report(found)
    for name, title in (
        ("loss", "Loss while training"),
        ("accuracy", "Accuracy while training"),
        ("ratio", "Test accuracy against batch size / learning rate"),
        ("confusion", "Confusions on the test images, first seed"),
        ("digits", "Nine random test images, with the answers of the first seed's network"),
    ):
        if name in names:
            yield f"## {title}"
            yield ""
            yield _image(name, title, names)
            if name == "confusion":
                yield from _confused(study, found)
    yield "## How it was measured"
    yield ""
    yield from _facts(study, found, dataset)


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


def _differences(found, dataset):
    """Yield a sentence for each row more than a point away from its document, and for each failure."""
    for setting in found:
        row = setting.row
        for seed, error in setting.failed.items():
            yield f"- **{row.label}**, seed {seed}, diverged: {error}."
        if dataset.name != "mnist" or setting.difference is None:
            continue  # other data have other figures
        if abs(setting.difference) > summary.TOLERANCE:
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
            spread = best.deviation("accuracy")
            within = (
                "" if spread is None else f", {'less' if lead < 100 * spread else 'more'} than its deviation"
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
        "seconds": "seconds",
    }
    if not any(p.cost for p in printed):
        del names["cost"]
    yield "## More figures"
    yield ""
    beside = any(getattr(p, name, None) is not None for p in printed for name in names if name != "seconds")
    yield _wrapped(
        ("In brackets the document's. " if beside else "")
        + "Precision, recall and F1 are macro means on the test images. Converged: the first epoch whose "
        "validation accuracy is within half a point of its best. Seconds: of training, without evaluations."
    )
    yield ""
    yield from _table_head(["setting", *names.values()])
    for setting in found:
        cells = [setting.row.label]
        for name in names:
            digits = {"converged": 1, "seconds": 2}.get(name, 4)
            document = getattr(setting.row.printed, name, None) if name != "seconds" else None
            cell = _spread(setting, name, 1, digits)
            cells.append(cell + (f" ({document:g})" if document is not None and cell else ""))
        yield _line(cells)
    yield ""


def _ratios(found):
    """Yield the time of every row as a ratio to the first row's, ours beside the document's."""
    first = found[0]
    if first.mean("seconds") is None:
        return
    yield "## Time"
    yield ""
    yield f"Training time over that of the first row, {first.row.label}. The trainings share the machine: the"
    yield "times are rougher than those of a benchmark."
    yield ""
    yield from _table_head(["setting", "ratio", "document", "seconds", "document"])
    for setting in found:
        seconds, printed = setting.mean("seconds"), setting.row.printed.seconds
        ratio = "" if seconds is None else f"{seconds / first.mean('seconds'):.2f}"
        document = f"{printed / first.row.printed.seconds:.2f}"
        yield _line([setting.row.label, ratio, document, _number(seconds, 2), _number(printed, 2)])
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
        reports = [
            summary.reading(setting.row, setting.records[seed]["outcome"])["per_class"]
            for seed in setting.figures
        ]
        if not reports:
            continue
        yield f"## Report by digit, {setting.row.label}"
        yield ""
        yield from _table_head(["digit", "precision", "recall", "F1", "images"])
        means = {
            digit: {name: mean(report[digit][name] for report in reports) for name in reports[0][digit]}
            for digit in reports[0]
        }
        for digit, row in means.items():
            cells = [f"{row[name]:.4f}" for name in ("precision", "recall", "f1-score")]
            yield _line([digit, *cells, f"{row['support']:.0f}"])
        yield ""
        lowest = {name: min(means, key=lambda digit: means[digit][name]) for name in ("recall", "f1-score")}
        yield f"Here {lowest['recall']} has the lowest recall and {lowest['f1-score']} the lowest F1."
        yield ""


def _confused(study, found):
    """Yield the pairs of digits that were taken for each other most, over all runs of the row drawn."""
    setting = summary.best_setting(study, found)
    pairs = Counter()
    for seed in setting.figures:
        outcome = setting.records[seed]["outcome"]
        confusion, classes = summary.reading(setting.row, outcome)["confusion"], outcome["classes"]
        for i, j in combinations(range(len(classes)), 2):
            pairs[classes[i], classes[j]] += confusion[i][j] + confusion[j][i]
    if len(pairs) > 1:
        named = [
            f"{a} and {b} ({count / len(setting.figures):.1f})" for (a, b), count in pairs.most_common(4)
        ]
        yield f"Taken for each other most often, images a run: {', '.join(named)}."
        yield ""


def _facts(study, found, dataset):
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
    yield f"- Data: {dataset.name}, checksum {dataset.checksum}; {sizes} images{digits} to train on, to watch"
    yield "  and to test on."
    seeds = sorted({seed for setting in found for seed in setting.records})
    yield f"- Seeds: from {seeds[0]}, as many as runs. float32, one thread for each training."
    yield from map(machine_line, _distinct(record["cost"]["machine"] for record in records))
    dates = sorted({record["cost"]["date"] for record in records})
    seconds = sum(record["cost"]["seconds_in_all"] for record in _distinct_trainings(records))
    lasted = f"{seconds / 60:.1f} minutes" if seconds > 60 else f"{seconds:.1f} seconds"
    yield f"- Trained {' to '.join(dict.fromkeys((dates[0], dates[-1])))}: {lasted} on one core."


def _index(gathered, dataset):
    comparable = dataset.name == "mnist"  # other data have other figures
    yield "# The documents' tables, side by side"
    yield ""
    text = f"Every table of the documents, measured with `nn` on {dataset.name}. "
    if comparable:
        text += (
            "Differences are ours less the document's accuracy, in points; the last column counts the rows "
            "whose accuracy is at least the document's less one point. "
        )
    yield _wrapped(text + "The runs are seeds to average over.")
    yield ""
    yield "The documents, each the report of somebody's project:"
    yield ""
    yield from (f"- {number}: {title}" for number, title in DOCUMENTS.items())
    yield ""
    head = ["study", "document", "rows", "runs"]
    yield from _table_head(head + ["worst difference", "at least document - 1"] * comparable)
    met = total = 0
    for study, found in gathered:
        runs = sorted({len(setting.records) for setting in found})
        cells = [f"[{study.title}]({study.name}.md)", study.document or "-", len(found)]
        cells.append(" to ".join(map(str, dict.fromkeys((runs[0], runs[-1])))))
        if comparable:
            reached = [setting.reaches for setting in found if setting.reaches is not None]
            met, total = met + sum(reached), total + len(reached)
            cells += _worst(study, found, reached)
        yield _line(cells)
    yield ""
    if total:
        yield f"Together: {met} of {total} rows ({met / total:.0%})."
        yield ""


def _worst(study, found, reached):
    """Return the cells of the index that compare a study with its document."""
    if not reached:
        return ["", "prints none" if study.document else ""]
    worst = min((s for s in found if s.difference is not None), key=lambda setting: setting.difference)
    return [f"{_points(worst.difference)} ({worst.row.label})", f"{sum(reached)} of {len(reached)}"]


def _measured(found):
    done, wanted = sum(len(setting.records) for setting in found), sum(setting.wanted for setting in found)
    rows = f"{len(found)} row{'s' * (len(found) != 1)}"
    return f"{rows}, {done} runs" if done == wanted else f"{rows}, {done} of {wanted} runs so far"


def _runs(setting):
    done, failed = len(setting.records), len(setting.failed)
    text = f"{done}" if done == setting.wanted else f"{done} of {setting.wanted}"
    return f"{text}, {failed} diverged" if failed else text


def _spread(setting, name, scale, digits):
    value, deviation = setting.mean(name), setting.deviation(name)
    if value is None:
        return ""
    text = f"{scale * value:.{digits}f}"
    return text if deviation is None else f"{text} ± {scale * deviation:.{digits}f}"


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


def _distinct(items):
    found = []
    for item in items:
        if item not in found:
            found.append(item)
    return found


def _distinct_trainings(records):
    return {record["key"]: record for record in records}.values()


def _write(path, lines):
    with replacing(path, "w", encoding="utf-8") as file:
        file.write(re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).rstrip() + "\n")
