"""The times of a study: taken in turn, compared round by round, kept with the records."""

from dataclasses import replace

import pytest

from benchmarks.__main__ import main
from benchmarks.studies import (
    sections,
    store,
    times,
)
from benchmarks.studies.study import Printed
from tests.studies import BASE, TINY, known

pytestmark = pytest.mark.usefixtures("without_mnist")


def test_times_are_taken_in_turn(digits, monkeypatch):
    """Each round trains every row; the first round and the evaluations do not count."""
    import nn.training

    order, train_epoch = [], nn.training.train_epoch

    def watched(network, *arguments, **options):
        order.append(network.sizes[1])
        return train_epoch(network, *arguments, **options)

    monkeypatch.setattr(nn.training, "train_epoch", watched)
    study = replace(TINY, rows=TINY.rows[1:])
    taken = times.measure(study, digits, rounds=2, epochs=2)
    assert order == [8, 8, 16, 16] * 3
    assert {label: len(seconds) for label, seconds in taken["cpu"].items()} == {"late": 2, "wide": 2}
    assert all(second > 0 for clock in ("cpu", "wall") for row in taken[clock].values() for second in row)
    assert times.is_of(taken, study, digits.checksum)
    assert not times.is_of(taken, replace(study, base=replace(BASE, lr=0.5)), digits.checksum)
    assert not times.is_of(taken, study, "of other data")
    assert times.ratios({"a": [1.0, 2.0, 4.0], "b": [2.0, 2.0, 2.0]}, "b", "a") == (0.5, 1.0, 2.0)


def test_the_page_compares_times_by_round(measured):
    taken = {
        "cpu": {"early": [1.0, 2.0, 4.0], "late": [2.0, 2.0, 2.0], "wide": [3.0, 6.0, 12.0]},
        "epochs": 2,
    }
    study = replace(TINY, rows=tuple(replace(row, printed=Printed(seconds=3.0)) for row in TINY.rows))
    text = "\n".join(sections.time(study, known(study, measured, times={"tiny": taken})))
    assert "| late | 2.0000 | 1.00 (0.50 to 2.00) | 6.0 | 3.00 | 1.00 | 12.00 | 3.00 |" in text
    assert "| wide | 6.0000 | 3.00 (3.00 to 3.00) | 6.0 | 9.00 | 1.00 | 36.00 | 3.00 |" in text
    text = "\n".join(sections.time(study, known(study, measured)))
    assert "--times" in text, "without times, it says how to take them"


def test_times_are_kept_with_the_records(tmp_path, capsys):
    options = ["--data", "digits", "--runs", "1", "--jobs", "1", "--out", str(tmp_path)]
    assert main(["study", "rates-adam", *options]) == 0
    assert main(["study", "rates-adam", "--times", *options]) == 0
    page = (tmp_path / "pages" / "rates-adam.md").read_text(encoding="utf-8")
    assert "| 0.00001 | " in page.split("## Time")[1].split("##")[0]
    kept = store.kept(tmp_path / "pages" / f"rates-adam{store.KEPT}")
    assert [record["study"] for record in kept if "study" in record] == ["rates-adam"]
