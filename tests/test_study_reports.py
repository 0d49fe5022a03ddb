"""The pages of the studies that are committed say what their committed records say."""

import re

import pytest

from benchmarks import ROOT
from benchmarks.__main__ import main
from benchmarks.studies import (
    catalogue,
    command,
    pages,
    store,
    summary,
)
from benchmarks.studies.command import REPORTS
from benchmarks.studies.summary import Measured
from nn.app import markdown
from tests.studies import STUDIES

pytestmark = pytest.mark.usefixtures("without_mnist")


@pytest.fixture(scope="module")
def committed():
    return command.committed()


def test_committed_records_are_small():
    sizes = {path.name: path.stat().st_size for path in REPORTS.glob(f"*{store.KEPT}")}
    assert sizes
    assert max(sizes.values()) < 400 * 1024, sizes


@pytest.mark.parametrize("name", STUDIES)
def test_committed_pages_say_what_their_records_say(committed, name):
    page = REPORTS / f"{name}.md"
    if not committed.records(name):
        pytest.skip("no trainings of this study are committed")
    text = page.read_text(encoding="utf-8")
    names = {what: file for file, what in re.findall(rf"\(({re.escape(name)}-([a-z]+)\.png)\)", text)}
    blocks = pages.blocks(STUDIES[name], committed, "mnist", names)
    assert text.startswith(markdown.page(blocks).rstrip()), (
        "make it again: python -m benchmarks study --stored"
    )


@pytest.mark.parametrize("name", sorted(catalogue.STUDIES.keys() - STUDIES.keys()))
def test_committed_computed_studies_are_found(name):
    study = catalogue.STUDIES[name]
    records = store.kept_records(REPORTS, name)
    (checksum,) = {study.jobs("", known)[()]["checksum"] for known in [command._committed_data()["mnist"]]}
    record = store.find(records, study.jobs("mnist", checksum)[()])
    assert record is not None, "the settings of the study are those of its committed record"
    page = (REPORTS / f"{name}.md").read_text(encoding="utf-8")
    assert f"Measured {record['cost']['date']} in {record['cost']['seconds']:.0f} seconds" in page


def test_the_readme_has_the_table_of_the_studies(capsys):
    assert main(["study", "--table"]) == 0
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert capsys.readouterr().out in readme, "python -m benchmarks study --table prints what it must have"


def test_the_counts_in_the_prose_are_those_of_the_tables():
    studies = [study for name, study in STUDIES.items() if (REPORTS / f"{name}.md").exists()]
    count = summary.agreement(studies, Measured(STUDIES, {}, "", tables=REPORTS))
    for path in ("README.md", "benchmarks/README.md"):
        text = " ".join((ROOT / path).read_text(encoding="utf-8").split())
        assert count.sentence() in text, f"{path} must say: {count.sentence()}"
