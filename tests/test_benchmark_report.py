"""The report of the benchmarks: figures beside targets, verdicts, tables, pictures, the README."""

import json

import numpy as np
import pytest

from benchmarks import (
    charts,
    growth,
    machine,
    report,
    run,
    targets,
    timing,
)
from benchmarks.workloads import MINI_BATCH
from nn.app import markdown

SMALL, MIDDLE, WIDE = MINI_BATCH


SECONDS = {  # of the made-up record's least rounds; ours takes 1
    "nn": 1.0,
    "nn, dropout + L2 + clipping": 2.0,
    "naive NumPy": 1.25,
    "bare matrix products": 0.8,
    "scikit-learn": 2.0,
    "PyTorch eager, Adam": 1.25,
    "PyTorch eager, fused Adam": 1.0,
    "JAX, jit per step": 0.8,
}


def timed(least, disturbed=1.1):
    """Seconds of three rounds, the second of which was disturbed."""
    return [least, disturbed * least, least]


def made_up_record():
    """A record with every part, whose ratios to the reference are easy to see."""

    def rows(workloads, without):
        return {
            workload: {
                "times": {name: timed(SECONDS[name]) for name in SECONDS if name not in without},
                "absent": {"Keras": "keras is not installed (No module named 'keras')"},
            }
            for workload in workloads
        }

    memory = {"peak": 9e6, "parameters and state": 4e6, "activations": 2e6, "beyond": 3e6}
    series = {
        "values": [1, 2, 4],
        "seconds per sample": [4e-5, 2e-5, 1e-5],
        "bytes": [1e6, 2e6, 4e6],
        "slope of time": -1.0,
        "slope of memory": 1.0,
    }
    parts = {
        name: rows(part.workloads, () if "forward" in name or "step" in name else ("bare matrix products",))
        for name, part in run.PARTS.items()
        if part.workloads and name != "memory"
    }
    parts |= {
        "doctor": {"kernel": "Zen", "avx512": False, "gains": {"Haswell": 1.0}, "recommended": None},
        "memory": dict.fromkeys(MINI_BATCH, memory),
        "adam": {"50890": [0.95, 1.0, 0.96], "101770": [0.85, 0.85, 0.86], "567434": [0.5, 1.0, 1.5]},
        "time to 97 %": {
            "nn": {"seconds": 2.5, "training": 1.1, "epochs": 3, "accuracy": 0.971},
            "Keras": {"absent": "keras is not installed"},
        },
        "anatomy": {
            "steps": {
                name: {"of it, matrix products": 3e-4, "of it, softmax and loss": 2e-5, "Adam": 5e-5}
                for name in MINI_BATCH
            },
            "passes": {"multiply by a number": 0.08, "add": 0.09, "divide": 0.1, "square root": 0.35},
        },
        "growth": dict.fromkeys(growth.SERIES, series),
    }
    place = {**machine.describe(), "rounds": 3, "threads": None, "impl": None}
    return {"format": run.FORMAT, "date": "2026-01-31 12:00", "machine": place, "parts": parts}


def test_the_report_sets_measured_figures_beside_targets(tmp_path):
    record = made_up_record()
    page = report.make(record, tmp_path)
    text = page.read_text(encoding="utf-8")
    assert page.name == "2026-01-31.md", "named by the day of the run"
    assert f"| epoch / scikit-learn | {SMALL} | 0.50 (0.50-0.50) | 0.5 | yes |" in text
    assert f"| epoch / Keras | {SMALL} | not measured | 0.4 |  |" in text, "absent is not met"
    assert "| Adam, ns per parameter | 50,890 parameters | 0.95 (0.95-1.00) | 0.9 | no |" in text
    assert "| 567,434 parameters | 0.50 (0.50-1.50) | 0.9 | not judged: spread 50 % |" in text
    assert f"| epoch, dropout + L2 + clipping / plain | {MIDDLE} | 2.00 (2.00-2.00) | 1.6 | no |" in text, (
        "the regularized one takes 2 s, the plain one 1"
    )
    assert f"| forward and backward / bare products | {WIDE} | 1.25 (1.25-1.25) | 1.15 | no |" in text
    assert "Keras did not take part: keras is not installed (No module named 'keras')." in text
    assert "| Adam | 50 | 50 | 50 |" in text, "the anatomy of a step, in microseconds"
    flat = " ".join(text.split())
    assert (
        f"**epoch / JAX, jit per step, {SMALL}**: 1.25, 1 at most. A step takes 533 µs; the target" in flat
    ), "an epoch of 1 s in batches of 32 has 1,875 steps"
    assert "allows 427, and the matrix products and Adam alone take 350." in flat, "300 and 50 µs"
    assert "Adam's ten passes alone, over arrays in the cache, take 1.12 ns" in flat, (
        "0.4 + 0.27 + 0.1 + 0.35"
    )
    assert (
        "the target allows 920000, of which the products take 800000. Softmax and loss alone take 20." in flat
    )
    assert np.__version__ in text, "the versions stand in the report"
    for picture in ("2026-01-31-epochs.png", "2026-01-31-growth.png"):
        assert f"({picture})" in text, "the page shows the picture"
        assert (tmp_path / picture).read_bytes().startswith(b"\x89PNG"), "and the picture is there"
    assert not list(tmp_path.glob("*.tmp")), "nothing half-written stays"


def test_text_says_the_same_as_the_tables():
    text = "\n".join(report.headline(made_up_record()))
    lines, text = text.splitlines(), " ".join(text.split())
    assert "| nn | 1 s | 1 s | 1 s |" in lines
    assert "| JAX, jit per step | 1.25 (1.25-1.25) | 1.25 (1.25-1.25) | 1.25 (1.25-1.25) |" in lines
    assert "`nn` is faster than naive NumPy, scikit-learn and PyTorch eager (Adam) on all" in text
    assert "`nn` is level with PyTorch eager (fused Adam) on all" in text
    assert "`nn` is slower than JAX (jit per step) on all" in text


def test_text_tells_the_networks_apart():
    record = made_up_record()
    rows = record["parts"][targets.EPOCHS]
    rows[SMALL]["times"]["JAX, jit per step"] = timed(1.25)
    rows[WIDE]["times"]["JAX, jit per step"] = [0.5, 1.0, 2.0]
    text = " ".join(" ".join(report.headline(record)).split())
    assert f"Compared with JAX (jit per step), `nn` is faster on {SMALL}, slower on {MIDDLE}" in text
    assert f"and too unsteady to judge on {WIDE}." in text
    assert "2.00 (0.50-2.00)†" in text, "and the table marks it"
    for times in rows.values():
        times["times"]["scikit-learn"] = [0.5, 1.0, 2.0]
    assert "Compared with scikit-learn, the rounds were too unsteady to judge on all" in " ".join(
        report.headline(record)
    )


class TestVerdict:
    """A figure that is no measurement meets no target, and misses none."""

    def test_a_steady_figure_is_judged(self):
        assert targets.verdict(0.5, 0.5, 0.1) == "yes", "at most is met by as much"
        assert targets.verdict(0.51, 0.5, 0.1) == "no"

    def test_rounds_that_differ_are_not_judged(self):
        ours = [1.0, 1.0, 5.0, 9.0, 9.0]  # of made-up rounds, half were disturbed
        found = timing.ratio(ours, [1.0] * 5)
        assert targets.verdict(found.value, 2.0, found.spread) == "spread 160 %", (
            "quartiles 1 and 9, median 5"
        )
        one_in_five = timing.ratio([1.0, 1.0, 1.02, 1.01, 40.0], [1.0] * 5)
        assert targets.verdict(one_in_five.value, 2.0, one_in_five.spread) == "yes", (
            "one disturbed round of five changes neither the least nor the quartiles"
        )
        assert targets.verdict(1.0, 2.0, timing.ratio([1.0], [1.0]).spread) == "too few rounds"

    def test_nothing_is_below_the_floor(self):
        assert targets.verdict(0.13, 1.4, 0.05, floor=True) == "below floor", (
            "nobody takes 0.13 of the time of what must be done: the floor was disturbed"
        )
        assert targets.verdict(1.01, 1.4, 0.05, floor=True) == "yes"
        assert targets.verdict(0.13, 1.4, 0.05) == "yes", "beside a peer, it may be"

    def test_every_target_is_judged_by_it(self):
        record = made_up_record()
        record["parts"][targets.PASSES][SMALL]["times"]["bare matrix products"] = timed(8.0)
        record["parts"][targets.EPOCHS][SMALL]["times"]["scikit-learn"] = [2.0, 3.0, 9.0]
        met = {(target.what, target.where): target.verdict for target in targets.targets(record["parts"])}
        assert met["forward and backward / bare products", SMALL] == "below floor", "1 s over a floor of 8 s"
        assert met["epoch / scikit-learn", SMALL] == "spread 53 %", (
            "ratios 0.5, 0.37 and 0.11: quartiles 0.24 and 0.43"
        )

    def test_all_targets_of_comparisons_are_on_one_thread(self):
        assert {part for part, *_ in targets.TARGETS} == {targets.EPOCHS, targets.PASSES}
        assert "one thread" in targets.EPOCHS, "the parts' names say so"
        assert "one thread" in targets.PASSES


def test_bars_show_the_same_seconds_as_the_table():
    figure = charts.epoch_bars(made_up_record()["parts"][targets.EPOCHS])
    for ax in figure.axes:
        names = [label.get_text() for label in figure.axes[0].get_yticklabels()]
        bars = {name: bar.get_width() for name, bar in zip(names, ax.patches, strict=True)}
        assert bars == {name: SECONDS[name] for name in names}, "each bar ends at the least round"
        assert ax.lines[0].get_xdata()[-1] == pytest.approx(1.1), "its line at the slowest"


def test_publishing_brings_the_readme_up_to_date(tmp_path):
    readme = tmp_path / "README.md"
    readme.write_text(f"before\n{report.BEGIN}\nold figures\n{report.END}\nafter\n", encoding="utf-8")
    page = report.publish(made_up_record(), tmp_path, readme)
    text = readme.read_text(encoding="utf-8")
    assert text.startswith(f"before\n{report.BEGIN}\n"), "what stands around it stays"
    assert text.endswith(f"{report.END}\nafter\n")
    assert "old figures" not in text
    assert "| scikit-learn | 0.50 (0.50-0.50) |" in text
    assert page.name == "comparison.md", "a name that links can rely on"
    record = run.read(tmp_path / "comparison.json")
    assert page.read_text(encoding="utf-8") == markdown.page(report.page_blocks(record, "comparison")), (
        "the record beside it makes the same page again"
    )
    del record["parts"]["growth"]
    report.publish(record, tmp_path, readme)
    assert not (tmp_path / "comparison-growth.png").exists(), "no picture of an earlier run stays"
    assert (tmp_path / "comparison-epochs.png").exists()


def test_each_panel_of_the_growth_says_what_it_shows():
    figure = charts.growth(made_up_record()["parts"]["growth"])
    shown = [axes.get_title().splitlines()[0] for axes in figure.axes]
    assert shown == [f"{what} against {name}" for what in ("Time", "Memory") for name in growth.SERIES]


def test_the_readme_shows_the_published_report():
    text = report.README.read_text(encoding="utf-8")
    quoted = text.split(report.BEGIN)[1].split(report.END)[0].strip()
    page = (report.REPORTS / f"{report.NAME}.md").read_text(encoding="utf-8")
    in_short = page.split("## In short\n")[1].split("\n## ")[0].strip()
    assert quoted == in_short, "other figures than the report's: python -m benchmarks report --publish"
    saved = report.REPORTS / f"{report.NAME}.json"
    if saved.exists():
        made = markdown.page(report.page_blocks(run.read(saved), report.NAME))
        assert page == made, "the page is not what its record makes: python -m benchmarks report --publish"


def test_the_table_fits_the_terminal_and_names_the_absent():
    record = made_up_record()
    for what, verdicts in (("all judged", record), ("none judged", unsteady(record))):
        assert max(map(len, report.table(verdicts))) < 80, f"{what}: it fits a narrow terminal"
    lines = report.table(record)
    assert any(line.startswith("Keras") and "absent" in line for line in lines), "absent peers are named"
    assert any(line.endswith("below floor") for line in report.table(unsteady(record))), "verdicts are shown"


def unsteady(record):
    """The record with a floor that was disturbed, and with rounds that differ much."""
    record = json.loads(json.dumps(record))
    for row in record["parts"][targets.EPOCHS].values():
        row["times"] = {name: [10.0, 100.0, 1000.0] for name in row["times"]}
    for row in record["parts"][targets.PASSES].values():
        row["times"]["bare matrix products"] = timed(10.0, 1.0)
        row["times"]["nn"] = timed(1.0, 1.0)
    return record


def test_a_part_alone_makes_a_report(tmp_path):
    record = made_up_record()
    record["parts"] = {"adam": record["parts"]["adam"]}
    assert any("Adam, ns per parameter" in line for line in report.table(record)), "and a table"
    text = report.make(record, tmp_path).read_text(encoding="utf-8")
    assert "0.95" in text, "what was measured stands there"
    assert not list(tmp_path.glob("*.png")), "no picture of what was not measured"
