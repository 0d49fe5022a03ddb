"""The index: a page that lists all studies, made from their tables in a folder."""

from pathlib import Path

from nn.app.markdown import markdown_table, paragraph

from . import pages, summary
from .catalogue import STUDIES
from .metrics import plus_minus
from .sections import document_range, points
from .study import DOCUMENTS, Study


def write(studies, folder, data):
    """Write README.md into a folder; return its path. studies: by name, those that have a page there."""
    measured = summary.Measured(studies, {}, "", tables=folder)
    trained = [study for study in studies.values() if isinstance(study, Study)]
    others = [f"- [{study.title}]({study.name}.md)" for study in studies.values() if study not in trained]
    return pages.write(
        Path(folder, "README.md"), [*_blocks(trained, measured, data), *filter(None, ["\n".join(others)])]
    )


def _blocks(studies, measured, data):
    documented = [study for study in studies if study.document]
    comparable = data == "mnist" and bool(documented)  # the documents' figures are for MNIST
    whole = {study.name for study in STUDIES.values() if study.document} <= {
        study.name for study in documented
    }
    yield "# The documents' tables, side by side" if documented else "# Studies"
    which = "all tables of the documents" if whole else "tables of the documents" if documented else "studies"
    if documented and len(documented) < len(studies):
        which += ", and studies of our own"
    printed = ", or for the validation images if the document prints these" if documented else ""
    yield paragraph(
        f"These are {which}, trained with `nn` on {data}. Each figure is a mean over "
        "runs with different seeds; the seed decides the images for training and validation, the initial "
        "weights and the order of the batches. All choices were made on validation images. The accuracies "
        f"are for the test images{printed}. Each page ends "
        "with the settings, the machine and the records of all runs, from which `python -m benchmarks study "
        f"{'--all' if whole else 'NAME'} --stored` makes the pages again."
    )
    if comparable:
        yield paragraph(
            "A difference is our accuracy minus the document's, in points. The last column counts the rows "
            "that are within one point of the document's, above or below."
        )
    listed = {
        number: title for number, title in DOCUMENTS.items() if any(s.document == number for s in studies)
    }
    if listed:
        yield "The documents are reports of other projects:"
        yield "\n".join(f"- {number}: {title}" for number, title in listed.items())
    if not studies:
        return
    head = ["study", "document", "rows", "runs"]
    rows = []
    for study in studies:
        found = measured.table(study.name)
        runs = sorted({len(row.records) for row in found})
        cells = [f"[{study.title}]({study.name}.md)", study.document or "-", len(found)]
        cells.append(" to ".join(map(str, dict.fromkeys((runs[0], runs[-1])))))
        rows.append([*cells, *(_worst(study, found) if comparable else [])])
    yield markdown_table(head + ["largest difference", "within a point"] * comparable, rows)
    if comparable:
        yield from _together(studies, measured)


def _together(studies, measured):
    """Yield how many rows are within a point of their document, and which are not."""
    count = summary.agreement(studies, measured)
    if not count.rows:
        return
    yield paragraph(f"Together, {count.sentence()}.")
    if count.far:
        yield "These rows are further away:"
        yield "\n".join(
            f"- [{study.title}]({study.name}.md), {row.label}: {plus_minus(row)} %, the document "
            f"{document_range(row.printed)} %."
            for study, row in count.far
        )


def _worst(study, found):
    """Return the cells of the index that compare a study with its document."""
    compared = [row for row in found if row.difference is not None]
    if not compared or not study.document:
        return ["", "prints none" if study.document else ""]
    worst = max(compared, key=lambda row: abs(row.difference))
    near = sum(row.is_near for row in compared)
    return [f"{points(worst.difference)} ({worst.label})", f"{near} of {len(compared)}"]
