"""The pages: each study as a Markdown page, with its tables, pictures and records next to it."""

from pathlib import Path

from nn.app import markdown
from nn.app.files import replacing
from nn.app.markdown import paragraph

from ..saving import save
from . import pictures, provenance, sections, store, tables
from .metrics import FEWEST, NotMeasuredError

CURVES = """\
Curves are means over all runs; a run that early stopping has ended counts with the weights that it keeps. """
TOGETHER = "Where two lines coincide, the dashes of the later one lie on the earlier one."
BANDS = "Bands show one standard deviation to either side."
ONLY = "Claims are judged on MNIST only."
PICTURES = {  # those that have a separate section, and its title
    "loss": "Loss during training",
    "accuracy": "Error during training",
    "scores": "Precision, recall and F1 on the validation images during training",
    "ratio": "Test accuracy against batch size / learning rate",
    "confusion": "Confusions on the test images, first seed",
    "digits": "Nine random test images with the answers of the first seed's network",
}


def write_study(study, measured, folder, data):
    """Write the page of a study, its CSV files, pictures and records into a folder; return the page's path.

    measured: ``summary.Measured``, with at least one run of the study. data: the name of the data.
    """
    folder, found = Path(folder), measured.table(study.name)
    files = tables.write(folder, study, found)
    drawn = _pictures(study, found, data)
    names = {name: f"{study.name}-{name}.png" for name in drawn}
    for name, picture in drawn.items():
        save(picture, folder / names[name])
    times = [measured.times[study.name]] if study.name in measured.times else []
    records = _keep(folder, study, [*provenance.trainings(found), *times])
    links = ", ".join(f"[{name}]({name})" for name in (*files, records))
    return write(
        folder / f"{study.name}.md",
        [*blocks(study, measured, data, names), f"Figures, and all records: {links}."],
    )


def write_computed(study, measured, folder, data):
    """Write the page of a computed study, its pictures and its record into a folder, as ``write_study``."""
    folder = Path(folder)
    (record,) = measured.records(study.name).values()
    kept = _keep(folder, study, [record])
    lines = [
        f"# {study.title}",
        *study.blocks(record["outcome"], folder),
        "## How it was measured",
        provenance.computed_facts(record, measured.checksum, data),
        f"All records: [{kept}]({kept}).",
    ]
    return write(folder / f"{study.name}.md", lines)


def write(path, blocks):
    """Write a page; return its path."""
    with replacing(path, "w", encoding="utf-8") as file:
        file.write(markdown.page(blocks))
    return path


def blocks(study, measured, data, names):
    """Yield the blocks of a study's page. names: the files of its pictures."""
    found = measured.table(study.name)
    yield f"# {study.title}"
    yield "\n".join(_opening(study, found, data))
    for text in filter(None, study.note.split("\n\n")):
        yield paragraph(text)
    if study.finding and data == "mnist":
        yield from _finding(study, measured)
    yield sections.main_table(study, found)
    yield from filter(None, (sections.differences(study, found, data), sections.best(study, found)))
    if "errors" in names:
        yield _image("Error of every row", names["errors"])
    if data == "mnist":
        yield from sections.claimed(study, measured)
    yield from sections.more_metrics(found)
    if "ratio" in study.show:
        yield from sections.time(study, measured)
    if "log" in study.show:
        yield from sections.log(found)
    if "by digit" in study.show:
        yield from sections.by_digit(found)
    for name, title in PICTURES.items():
        if name in names:
            yield f"## {title}"
            yield _image(title, names[name])
            if name == "loss":
                yield paragraph(CURVES + (TOGETHER if pictures.share_a_panel(study, found) else BANDS))
            if name == "confusion":
                yield from sections.confused(study, found)
    yield "## How it was measured"
    yield provenance.facts(study, measured, data)


def _pictures(study, found, data):
    """Return the pictures of a study by name."""
    if not any(row.metrics for row in found):
        return {}
    drawn = (
        {"errors": pictures.errors(study, found)} if len(found) > 1 else {}
    )  # a single row is only in the table
    drawn["loss"] = pictures.curves(study, found, "loss")
    drawn["accuracy"] = pictures.curves(study, found, "accuracy")
    if "confusion" in study.show:
        drawn["confusion"] = pictures.confusions(study, found, data)
    if "scores" in study.show:
        drawn["scores"] = pictures.scores(study, found)
    if "digits" in study.show and found[0].metrics:
        drawn["digits"] = pictures.digits(study, found)
    if "against the ratio" in study.show:
        drawn["ratio"] = pictures.against_ratio(study, found)
    return drawn


def _keep(folder, study, records):
    """Write the records of a study into its file; return the file's name."""
    name = f"{study.name}{store.KEPT}"
    store.keep(folder / name, records)
    return name


def _opening(study, found, data):
    of = f"Document {study.document}, study" if study.document else "Study"
    yield f"{of} `{study.name}`: {_measured(found)} on {data}."
    few = any(len(row.metrics) < FEWEST for row in found)
    instead = ", or the range if there are fewer than three" if few else ""
    yield f"Figures are means ± standard deviations over runs from different seeds{instead}."
    if data != "mnist" and study.document:
        yield f"The document's figures are for MNIST: on {data} only the order of the rows can agree."
    if data != "mnist" and (study.claims or study.finding):
        yield ONLY


def _finding(study, measured):
    try:
        return study.finding(measured)
    except NotMeasuredError:
        return []


def _image(title, name):
    return f"![{title}]({name})"


def _measured(found):
    done, wanted = sum(len(row.records) for row in found), sum(row.wanted for row in found)
    rows = f"{len(found)} row{'s' * (len(found) != 1)}"
    return f"{rows}, {done} runs" if done == wanted else f"{rows}, {done} of {wanted} runs so far"
