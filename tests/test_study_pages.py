"""The page of a study sets its figures beside the document's, and the index counts them."""

import re
from collections import Counter
from dataclasses import replace
from statistics import mean

import numpy as np
import pytest

from benchmarks.__main__ import main
from benchmarks.studies import (
    index,
    metrics,
    pages,
    sections,
    tables,
)
from benchmarks.studies.document_002 import REMARKS, TABLES
from benchmarks.studies.study import Printed, Row
from nn.app import markdown
from tests.studies import TINY, found, known

pytestmark = pytest.mark.usefixtures("without_mnist")


def test_the_page_sets_ours_beside_the_document(measured, tmp_path, digits):
    settings_found = found(TINY, measured)
    path = pages.write_study(TINY, known(TINY, measured), tmp_path, "digits")
    page = path.read_text(encoding="utf-8")
    accuracies = [100 * figures["accuracy"] for figures in settings_found[1].metrics.values()]
    ours = f"{mean(accuracies):.2f} ({min(accuracies):.2f} to {max(accuracies):.2f})"
    assert f"| late | 2 | {ours} | 99.00 | {mean(accuracies) - 99:+.2f} |" in page
    assert "| 50.00 to 99.90 | +0.00 |" in page
    assert " | 1.0000 | 2.00 | " in page, "a loss of 2 over 128 samples at batch 64 is 1, and both are shown"
    assert "points above" not in page, "the digits need not agree with MNIST"
    assert "The document's best: late." in page
    assert digits.checksum in page
    assert "Seeds: 0 and up, one for each run." in page
    for name in ("numpy", "scikit-learn"):
        assert f"{name} {settings_found[0].records[0]['cost']['machine'][name]}" in page
    pictures_named = [part.split(")")[0] for part in page.split("](")[1:]]
    assert {name for name in pictures_named if name.endswith(".png")} == {
        f"tiny-{what}.png" for what in ("errors", "loss", "accuracy", "confusion")
    }
    assert all((tmp_path / name).is_file() for name in pictures_named)
    assert all(path.stat().st_size < 150_000 for path in tmp_path.iterdir()), "small enough for a repository"


def test_rows_that_differ_have_their_sentence(measured):
    far = replace(TINY.rows[2], printed=Printed(accuracy=0.5))
    settings_found = found(replace(TINY, rows=(*TINY.rows[:2], far)), measured)
    lines = sections.differences(TINY, settings_found, "mnist").splitlines()
    early, late, wide = (abs(100 * setting.difference) for setting in settings_found)
    assert late > 1, "the sentences are for rows more than a point away, and this is one"
    nothing = "No setting that the document states explains it."
    assert lines == [
        f"- **early** is {early:.1f} points above the document. {nothing}",
        f"- **late** is {late:.1f} points below the document. {nothing}",
        f"- **wide** is {wide:.1f} points above the document. It is wide.",
    ]


def test_each_remark_belongs_to_a_row():
    rows = {(table.name, row.label) for table in TABLES for row in table.rows if row.remark}
    assert rows == set(REMARKS)


def test_the_page_of_no_document_compares_with_the_first_row(measured, tmp_path, digits):
    own = replace(TINY, document="", rows=[replace(row, printed=Printed()) for row in TINY.rows], show=())
    settings_found = found(own, measured)
    page = pages.write_study(own, known(own, measured), tmp_path, "digits").read_text(encoding="utf-8")
    assert "| setting | runs | accuracy, % | minus early |" in page
    early, late, _ = (100 * setting.mean("accuracy") for setting in settings_found)
    assert re.search(
        rf"\| late \| 2 \| {late:.2f} \([\d.]+ to [\d.]+\) \| {re.escape(f'{late - early:+.2f}')} \|", page
    )
    assert "document" not in page.lower()


def test_the_page_names_what_is_confused(measured, tmp_path, digits):
    late = found(TINY, measured)[1]
    counts = Counter()
    for seed in (0, 1):
        confusion = np.array(late.records[seed]["outcome"]["readings"]["end"]["confusion"])
        for first in range(10):
            for second in range(first):
                counts[second, first] += confusion[first, second] + confusion[second, first]
    page = pages.write_study(TINY, known(TINY, measured), tmp_path, "digits").read_text(encoding="utf-8")
    (line,) = (line for line in page.splitlines() if line.startswith("Most often taken for each other"))
    pairs = {tuple(map(int, pair)): float(n) for *pair, n in re.findall(r"(\d) and (\d) \(([\d.]+)\)", line)}
    assert pairs == {pair: counts[pair] / 2 for pair in pairs}
    assert sorted(pairs.values()) == sorted(counts[pair] / 2 for pair, _ in counts.most_common(4))


def test_the_page_has_the_log_as_001_prints_it(measured, tmp_path, digits):
    read = {
        "epoch": 5,
        "cost": 0.091,
        "learning_rate": 1e-3,
        "training": {"accuracy": 0.9946},
        "test": {"accuracy": 0.978},
    }
    line = "Epoch   5 | Cost 0.0910 | Train 99.46% | Test 97.80% | LR 1.00e-03"
    assert sections.log_line(read) == line
    page = pages.write_study(TINY, known(TINY, measured), tmp_path, "digits").read_text(encoding="utf-8")
    assert "```\nEpoch   2 | Cost " in page


def test_an_unfinished_study_says_so(measured, tmp_path, digits):
    page = pages.write_study(TINY, known(TINY, measured, runs=3), tmp_path, "digits")
    assert "6 of 9 runs so far" in page.read_text(encoding="utf-8")
    assert "| 2 of 3 |" in page.read_text(encoding="utf-8")


def test_the_index_counts_rows_within_a_point_either_way(measured, tmp_path):
    """Of the three rows, one is far above the document, one far below and one within its range."""
    far_above = replace(TINY, rows=(replace(TINY.rows[0], printed=Printed(accuracy=0.01)), *TINY.rows[1:]))
    tables.write(tmp_path, far_above, found(far_above, measured))
    text = index.write({"tiny": far_above}, tmp_path, "mnist").read_text(encoding="utf-8")
    early, late, _ = found(far_above, measured)
    assert min(early.difference, -late.difference) > 0.01
    worst = early if early.difference > -late.difference else late
    assert "[A tiny study](tiny.md)" in text
    assert f"| {100 * worst.difference:+.2f} ({worst.label}) | 1 of 3 |" in text
    assert "1 of 3 accuracies are within one point" in text
    assert "come from 2 different settings" in " ".join(text.split()), "two rows are one training"
    outside = [line for line in text.splitlines() if line.startswith("- [A tiny study]")]
    assert [line.split("), ")[1].split(":")[0] for line in outside] == ["early", "late"]
    text = index.write({"tiny": far_above}, tmp_path, "digits").read_text(encoding="utf-8")
    assert "[A tiny study](tiny.md) | 000 | 3 | 2 |\n" in text
    assert "of 3" not in text, "the documents' figures are those of MNIST"


def test_a_whole_point_off_is_still_within_a_point():
    row = Row("0.05", Printed(accuracy=0.9054))  # whose ten accuracies have the mean 0.8954
    accuracies = [0.9025, 0.9015, 0.9, 0.898, 0.8965, 0.8945, 0.893, 0.8915, 0.8895, 0.887]
    figures = {seed: {"accuracy": accuracy} for seed, accuracy in enumerate(accuracies)}

    def is_near(printed):
        return metrics.MeasuredRow(replace(row, printed=Printed(accuracy=printed)), 10, {}, figures).is_near

    assert sum(round(10_000 * accuracy) for accuracy in accuracies) == 89_540
    assert is_near(0.9054)
    assert not is_near(0.9055)
    assert is_near(0.8854)
    assert not is_near(0.8853), "a row that is better by more than a point is not near, either"


def test_the_index_lists_what_has_a_page(tmp_path):
    options = ["--data", "digits", "--jobs", "1", "--runs", "1", "--out", str(tmp_path)]
    assert main(["study", "activations-adam", *options]) == 0
    assert main(["study", "binary", *options]) == 0
    index = (tmp_path / "pages" / "README.md").read_text(encoding="utf-8")
    linked = re.findall(r"\]\(([\w.-]+)\.md\)", index)
    assert linked == ["activations-adam", "binary"], "studies that share trainings with these have no page"


def test_markdown_has_the_blocks_of_a_page():
    table = markdown.markdown_table(["", "b"], [["x", 1], ["y", ""]])
    assert table == "|  | b |\n|---|---|\n| x | 1 |\n| y |  |"
    long = markdown.item("word-word " * 20)
    first, second = long.splitlines()
    assert max(len(first), len(second)) <= 110
    assert first.startswith("- word-word"), "an item of a list"
    assert second.startswith("  word-word"), "whose other lines are indented, and no word is broken"
    assert markdown.page(["# Title", table]) == f"# Title\n\n{table}\n"
