"""The records of a study: written whole, believed only undamaged, kept beside the pages."""

import hashlib
import json

import pytest

from benchmarks.__main__ import main
from benchmarks.studies import (
    command,
    metrics,
    runner,
    store,
    tables,
)
from benchmarks.studies.study import Computed
from nn.app.data import load
from tests.studies import FAILING, TINY, found, job, outcomes

pytestmark = pytest.mark.usefixtures("without_mnist")


@pytest.mark.parametrize("damage", ["truncated", "altered", "foreign", "empty"])
def test_a_damaged_file_is_measured_again(tmp_path, damage):
    checksum = load("digits").checksum
    runner.run([TINY], "digits", checksum, tmp_path, runs=1)
    before = outcomes(tmp_path)
    path = sorted(tmp_path.glob("trainings/*.json"))[0]
    text = path.read_text(encoding="utf-8")
    record = json.loads(text)
    record["outcome"]["readings"]["end"]["test"]["accuracy"] += 0.001
    damaged = {
        "truncated": text[: len(text) // 2],
        "altered": json.dumps(record),
        "foreign": sorted(tmp_path.glob("trainings/*.json"))[1].read_text(encoding="utf-8"),
        "empty": "",
    }
    path.write_text(damaged[damage], encoding="utf-8")
    assert runner.run([TINY], "digits", checksum, tmp_path, runs=1) == (1, 1)
    assert outcomes(tmp_path) == before


def test_a_record_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    store.write(tmp_path, job(), {"outcome": {"a": 1}, "cost": {}})

    def broken(content, file):
        file.write('{"outcome": ')
        raise OSError("disk full")

    monkeypatch.setattr(json, "dump", broken)
    with pytest.raises(OSError, match="disk full"):
        store.write(tmp_path, job(), {"outcome": {"a": 2}, "cost": {}})
    assert [path.suffix for path in (tmp_path / "trainings").iterdir()] == [".json"], "no half file is left"
    assert store.read(tmp_path, job())["outcome"] == {"a": 1}


def test_records_are_kept_beside_the_page_and_make_it_again(tmp_path, monkeypatch, capsys):
    """A clone has the pages and what is kept beside them, neither trainings nor data."""
    options = ["study", "binary", "--data", "digits", "--runs", "3", "--out", str(tmp_path / "out")]
    reports, again = tmp_path / "reports", tmp_path / "again"
    assert main([*options, "--jobs", "1", "--pages", str(reports)]) == 0
    monkeypatch.setattr(command, "REPORTS", reports)
    monkeypatch.setattr("nn.app.data.load", None)
    clone = ["study", "binary", "--stored", "--runs", "3", "--out", str(tmp_path / "nothing")]
    assert main([*clone, "--pages", str(again)]) == 0
    assert {path.name for path in again.iterdir()} == {path.name for path in reports.iterdir()}
    for path in reports.iterdir():
        assert (again / path.name).read_bytes() == path.read_bytes(), f"{path.name} came out otherwise"


def test_records_that_are_kept_come_back(tmp_path, measured):
    records = list(store.stored(measured).values())
    first, second = tmp_path / f"first{store.KEPT}", tmp_path / f"second{store.KEPT}"
    store.keep(first, records)
    store.keep(second, reversed(records))
    assert first.read_bytes() == second.read_bytes(), "their order does not matter"
    assert sorted(store.kept(first), key=lambda r: r["key"]) == sorted(records, key=lambda r: r["key"])
    assert store.kept_records(tmp_path, "first") == store.stored(measured)
    altered = json.loads(json.dumps(records))
    altered[0]["outcome"]["epochs"] += 1
    store.keep(first, altered)
    assert len(store.kept_records(tmp_path, "first")) == len(records) - 1, "an altered record is not believed"
    first.write_bytes(first.read_bytes()[:100])
    with pytest.raises(ValueError, match=r"first.jsonl.gz are damaged"):
        store.kept_records(tmp_path, "first")


def test_curves_are_rounded_where_they_are_measured(measured):
    for record in store.stored(measured).values():
        for values in record["outcome"]["history"].values():
            assert all(value is None or value == float(f"{value:.6g}") for value in values)


FAILED = {0: {"outcome": {"error": "it diverged"}}}


def test_figures_come_back_from_the_table_of_runs(measured, tmp_path):
    whole = found(TINY, measured)
    tables.write(tmp_path, TINY, whole)
    for from_table, setting in zip(tables.read(tmp_path, TINY), whole, strict=True):
        assert from_table.metrics == setting.metrics
        assert not from_table.failed
        with pytest.raises(metrics.NotMeasuredError, match="the curves of"):
            from_table.histories  # noqa: B018
    tables.write(tmp_path, FAILING, [metrics.MeasuredRow(FAILING.rows[0], 1, FAILED, {})])
    steep, calm = tables.read(tmp_path, FAILING)
    assert steep.failed == {0: "it diverged"}
    assert calm.records == calm.metrics == {}


def test_the_bare_result_of_an_earlier_version_is_found(tmp_path):
    """Its key and its digest are what that version computed; the digest is of the result alone."""
    another = Computed("another", "Another study", {"steps": 3}, None, None)
    (job,) = another.jobs("mnist", "sum").values()
    said = json.dumps({"checksum": "sum", "runs": 3, "settings": {"steps": 3}}, sort_keys=True)
    key = hashlib.sha256(said.encode()).hexdigest()[:24]
    digest = hashlib.sha256(b'{"answer": 7}').hexdigest()[:24]
    earlier = {"key": key, "result": {"answer": 7}, "digest": digest}
    earlier |= {"seconds": 1.0, "n_jobs": 2, "date": "2026-01-01", "machine": {}}
    store.write_json(tmp_path / "others" / f"another-{key}.json", earlier)
    record = store.read(tmp_path, job)
    assert record["outcome"] == {"answer": 7}
    assert record["cost"]["n_jobs"] == 2
    store.keep(tmp_path / f"another{store.KEPT}", [record])
    assert store.find(store.kept_records(tmp_path, "another"), job) == record, "kept, it is like any other"
    store.write_json(tmp_path / "others" / f"another-{key}.json", earlier | {"result": {"answer": 8}})
    assert store.read(tmp_path, job) is None, "an altered result is not believed"
