"""The benchmarks: turns and ratios, a run that goes on where it stopped, report, doctor, command."""

import ast
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks import (
    anatomy,
    charts,
    contenders,
    doctor,
    growth,
    kernels,
    machine,
    regressions,
    report,
    run,
    targets,
    timing,
    turns,
)
from benchmarks.__main__ import main
from benchmarks.contenders import CONTENDERS, Torch
from benchmarks.workloads import MINI_BATCH, WORKLOADS, images
from nn.app import blas, markdown

ROOT = Path(__file__).parents[1]
SMALL, MIDDLE, WIDE = MINI_BATCH


def test_ratios_are_those_of_the_least_rounds():
    found = timing.ratio([1.0, 2.0, 9.0], [2.0, 1.0, 10.0])
    assert found.value == 1.0, "the least rounds are 1 and 1"
    assert (found.low, found.high) == (0.5, 2.0), "round by round ours / theirs is 0.5, 2 and 0.9"
    assert found.spread == pytest.approx((1.45 - 0.7) / 0.9), "quartiles 0.7 and 1.45, median 0.9"
    assert timing.ratio([1.0, 2.0], [1.0, 2.0]).spread is None, "two rounds have no quartiles"


def test_a_ratio_of_least_rounds_lies_within_those_of_single_rounds(rng):
    for _ in range(200):
        ours, theirs = rng.exponential(size=(2, rng.integers(1, 8))) + 0.1
        found = timing.ratio(list(ours), list(theirs))
        assert found.low <= found.value <= found.high, f"{ours} / {theirs}: the bracket must hold the figure"


def test_each_round_calls_everything_and_the_first_one_warms_up():
    calls = []
    found = timing.rounds_in_turn({name: lambda name=name: calls.append(name) for name in "ab"}, 2, calls=3)
    assert calls == list("aaabbb") * 3, "in turn, and one round more than is counted"
    assert {name: len(each) for name, each in found.items()} == {"a": 2, "b": 2}
    calls.clear()
    assert len(timing.rounds(lambda: calls.append("a"), 4, calls=2)) == 4
    assert len(calls) == 10, "five rounds of two calls"
    assert timing.least(lambda: calls.append("b"), seconds=0, fewest=5) >= 0
    assert calls.count("b") == 5, "if there is no time, the fewest"


def test_contenders_are_timed_in_turn_each_in_its_own_process():
    names = ["nn", "bare matrix products", "naive NumPy"]
    with turns.Field(names, WORKLOADS[SMALL], threads=1) as field:
        libraries = field.ask("nn", "environment")
        times = field.turns("gradients", 2, repeats=1)
    assert list(times) == names, "everybody took part"
    assert all(len(seconds) == 2 for seconds in times.values()), "the warm-up is not counted"
    assert all(second > 0 for seconds in times.values() for second in seconds)
    assert [pool["threads"] for pool in libraries["blas"]] in ([1], []), "as many threads as asked for"


def test_who_cannot_take_part_says_why(monkeypatch):
    with turns.Field(["nn", "scikit-learn"], WORKLOADS[SMALL], threads=1) as field:
        assert field.ask("scikit-learn", "gradients", 1) is None, "it does not hand them out"
        assert field.absent == {"scikit-learn": "scikit-learn has no gradients"}
        assert field.present == ["nn"], "the others go on"
    monkeypatch.setitem(sys.modules, "torch", None)  # as if it were not installed
    assert "torch is not installed" in Torch.absent()


def test_a_dead_worker_is_absent_and_the_others_go_on():
    with turns.Field(["nn", "naive NumPy"], WORKLOADS[SMALL], threads=1) as field:
        field._workers["naive NumPy"].kill()
        field._workers["naive NumPy"].wait()
        times = field.turns("forward", 1, repeats=1)
    assert list(times) == ["nn"]
    assert "its process ended" in field.absent["naive NumPy"]


def test_on_one_thread_a_contender_has_one_processor():
    if not hasattr(os, "sched_getaffinity"):
        pytest.skip("this system binds no process to a processor")
    with turns.Field(["naive NumPy"], WORKLOADS[SMALL], threads=1) as field:
        field.ask("naive NumPy", "step", 1)
        bound = os.sched_getaffinity(field._workers["naive NumPy"].pid)
    assert len(bound) == 1, "threads that a library starts unasked have to share it"


def test_arrays_that_are_timed_begin_with_a_line_of_the_cache():
    for shape in ((7,), (3, 5), (128, 10), (784, 128)):
        for dtype in ("float32", "float64"):
            array = kernels._draw(np.dtype(dtype), *shape)
            assert array.ctypes.data % 64 == 0, "elsewhere, equal code takes a fifth longer by chance"
            assert (array.shape, array.dtype) == (shape, dtype), "the same array otherwise"
            assert np.array_equal(array, np.random.default_rng(0).standard_normal(shape).astype(dtype))


@pytest.mark.parametrize(("threads", "seconds"), [(1, 2.0), (None, 7.0)])
def test_processor_time_counts_on_one_thread_and_the_clock_on_several(threads, seconds, monkeypatch):
    monkeypatch.setattr(turns.Field, "_start", lambda field, name: None)
    monkeypatch.setattr(turns.Field, "ask", lambda field, *command: {"clock": 7.0, "processor": 2.0})
    monkeypatch.setattr(turns, "REST", 0)
    field = turns.Field(["nn"], WORKLOADS[SMALL], threads=threads)
    assert field.turns("epoch", 3) == {"nn": [seconds] * 3}, (
        "by the clock, one that had the processor to itself by chance would win; on several threads, the "
        "processor time of all of them would count against whoever uses them"
    )


def test_whoever_is_listed_takes_part():
    class Sleepless(contenders.Naive):
        name = "one more"

    every = {**contenders.CONTENDERS, Sleepless.name: Sleepless}
    for command in ("epoch", "step", "gradients", "forward", "predict"):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(contenders, "CONTENDERS", every)
            assert "one more" in contenders.who_can(command), f"no second list leaves it out of {command}"
    assert "scikit-learn" not in contenders.who_can("gradients"), "it says that it has none"


def test_names_can_be_selected():
    words = [contenders.identifier(name) for name in CONTENDERS]
    words += [workload.identifier for workload in WORKLOADS.values()]
    assert len(set(words)) == len(CONTENDERS) + len(WORKLOADS), "each has one of its own"
    assert all(word.replace("-", "").isalnum() for word in words), (
        "pytest -k takes words without , / and spaces"
    )
    assert "jax-jit-per-step" in words
    assert "784x64x10-b32" in words


def test_made_up_images_do_not_depend_on_the_dtype():
    X32, y32 = images(50, dtype=np.float32)
    X64, y64 = images(50, dtype=np.float64)
    assert X64.dtype == np.float64, "the dtype asked for"
    assert np.array_equal(X32, X64), "the same pixels for all"
    assert np.array_equal(y32, y64), "the same labels for all"
    assert 0.15 < np.mean(X32 > 0) < 0.25, "about a fifth of the pixels is set, as in MNIST"


def test_of_the_grader_the_benchmarks_need_only_the_loader_of_packages():
    for path in sorted((ROOT / "benchmarks").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("tests."):
                assert node.module == "tests.grading.judging.package", (
                    f"{path}:{node.lineno} imports {node.module}"
                )


def test_slopes_are_those_of_the_log_log_plot():
    values = [1, 10, 100, 1000]
    assert growth.slope(values, [5, 1, 100, 10_000]) == pytest.approx(2), (
        "ten times as wide, 100 times as much"
    )
    assert growth.slope(values, [7, 3, 3, 3]) == pytest.approx(0)


class TestRun:
    """A run writes every row as it is measured, and goes on from there."""

    @pytest.fixture
    def measured(self, monkeypatch):
        calls = []

        def rows(run, workload):
            calls.append(workload)
            if len(calls) == 2 and "stop" in calls_stop:
                raise KeyboardInterrupt
            return {"times": {}, "absent": {}}

        calls_stop = set()
        parts = {
            "whole": run.Part(lambda run: calls.append("whole") or {"found": 1}),
            "rows": run.Part(rows, ["a", "b"]),
        }
        monkeypatch.setattr(run, "PARTS", parts)
        return calls, calls_stop

    def test_an_interrupted_run_goes_on(self, measured, tmp_path):
        calls, stop = measured
        calls.append("earlier")  # so that the first row is the second call
        stop.add("stop")
        path = tmp_path / "run.json"
        with pytest.raises(KeyboardInterrupt):
            run.Run(path, rounds=1, quiet=True).measure(["rows"])
        calls.clear()
        stop.clear()
        record = run.Run(path, rounds=1, quiet=True).measure()
        assert calls == ["whole", "a", "b"], "nothing was finished, so everything is measured"
        calls.clear()
        again = run.Run(path, rounds=1, quiet=True).measure()
        assert calls == [], "everything is there: nothing is measured twice"
        assert (
            again["parts"]
            == record["parts"]
            == {
                "rows": {"a": {"times": {}, "absent": {}}, "b": {"times": {}, "absent": {}}},
                "whole": {"found": 1},
            }
        )

    def test_other_settings_make_another_run(self, measured, tmp_path):
        calls, _ = measured
        path = tmp_path / "run.json"
        run.Run(path, rounds=1, quiet=True).measure()
        calls.clear()
        run.Run(path, rounds=2, quiet=True).measure()
        assert calls == ["whole", "a", "b"], "figures of other rounds are not taken over"
        text = json.loads(path.read_text(encoding="utf-8"))
        text["machine"]["versions"]["numpy"] = "1.0"
        path.write_text(json.dumps(text), encoding="utf-8")
        calls.clear()
        run.Run(path, rounds=2, quiet=True).measure()
        assert calls == ["whole", "a", "b"], "figures of another NumPy are not taken over"

    def test_a_damaged_file_is_told(self, tmp_path):
        path = tmp_path / "run.json"
        path.write_text("{", encoding="utf-8")
        with pytest.raises(ValueError, match=r"run\.json is not a run of these benchmarks"):
            run.Run(path, rounds=1)
        path.write_text(json.dumps({"date": "2026-01-31", "machine": {}, "parts": {}}), encoding="utf-8")
        with pytest.raises(ValueError, match="an old or damaged one"):
            run.read(path)


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


class TestDoctor:
    """Kernels are measured only where the processor has their instructions."""

    def examined(self, monkeypatch, used, seconds, avx2=True, avx512=True):
        monkeypatch.setattr(blas, "kernel", lambda: used)
        monkeypatch.setattr(blas, "has_avx2", lambda: avx2)
        monkeypatch.setattr(blas, "has_avx512", lambda: avx512)
        monkeypatch.setattr(doctor, "_seconds", lambda core: seconds[core])
        return doctor.examine()

    def test_narrow_kernels_where_wide_ones_are_faster(self, monkeypatch):
        found = self.examined(monkeypatch, "Haswell", {None: 3.0, "SkylakeX": 2.0})
        assert found["recommended"] == "SkylakeX", "half as long again is worth a setting"
        text = doctor.tell(found)
        assert "though the processor has AVX-512" in text
        assert "OPENBLAS_CORETYPE=SkylakeX" in text
        assert "1.50 times as fast" in text

    def test_nothing_is_tried_without_the_instructions(self, monkeypatch):
        found = self.examined(monkeypatch, "Haswell", {None: 3.0}, avx512=False)
        assert found["recommended"] is None
        assert found["gains"] == {}, "an instruction that the processor lacks would end the program"
        assert doctor.tell(found) == "OpenBLAS uses its Haswell kernels. Nothing to set."

    def test_a_small_gain_is_not_worth_a_setting(self, monkeypatch):
        found = self.examined(monkeypatch, "SkylakeX", {None: 1.02, "Haswell": 1.0})
        assert found["recommended"] is None
        assert "Haswell 1.02" in doctor.tell(found), "but the figure is told"

    def test_another_library_has_nothing_to_set(self, monkeypatch):
        found = self.examined(monkeypatch, None, {})
        assert "does not use OpenBLAS" in doctor.tell(found)

    def test_it_measures_this_machine(self, monkeypatch):
        monkeypatch.setattr(doctor, "ROUNDS", 1)
        found = doctor.examine()
        assert all(gain > 0 for gain in found["gains"].values())
        assert found["kernel"] is None or found["kernel"] in doctor.tell(found)


class TestAdvice:
    """The main job mentions faster kernels in one line, and only where the processor can run them."""

    def advised(self, monkeypatch, used, avx512, setting=None):
        monkeypatch.delenv(blas.SETTING, raising=False)
        if setting:
            monkeypatch.setenv(blas.SETTING, setting)
        monkeypatch.setattr(blas, "kernel", lambda: used)
        monkeypatch.setattr(blas, "has_avx512", lambda: avx512)
        return blas.advise()

    def test_only_narrow_kernels_on_a_wide_processor(self, monkeypatch):
        advice = self.advised(monkeypatch, "Haswell", avx512=True)
        assert (
            str(advice) == "OPENBLAS_CORETYPE=SkylakeX may be faster: NumPy's BLAS uses Haswell kernels here"
        )
        assert self.advised(monkeypatch, "Haswell", avx512=False) is None, "never without the instructions"
        assert self.advised(monkeypatch, "SkylakeX", avx512=True) is None, "nothing to gain"
        assert self.advised(monkeypatch, "Haswell", avx512=True, setting="Haswell") is None, "it was a choice"
        assert self.advised(monkeypatch, None, avx512=True) is None, "another library"

    def test_the_main_job_says_it_once(self, monkeypatch, capsys, tmp_path):
        from nn.__main__ import main

        monkeypatch.setattr(blas, "advise", lambda: blas.Advice("Haswell", "SkylakeX"))
        train = ["train", "v2", "--data", "digits", "--epochs", "1", "--out", str(tmp_path)]
        assert main(train) == 0
        assert capsys.readouterr().out.count("OPENBLAS_CORETYPE=SkylakeX") == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run", "speed"], "there is no part 'speed'; the parts are doctor, epochs"),
        (["run", "--rounds", "0"], "must be a whole number above 0; got '0'"),
        (["run", "--impl", "no_such_package", "adam"], "no_such_package"),
        (["report", "--run", "nowhere.json"], "there is no run in nowhere.json"),
    ],
)
def test_mistakes_are_one_line(arguments, message):
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env=dict(os.environ, COLUMNS="300"),
    )
    assert done.returncode == 2, "a mistake is not a success"
    assert message in done.stderr, "it says what came and what was expected"
    assert "Traceback" not in done.stderr
    assert not done.stdout, "nothing is measured before"


def test_the_command_measures_and_reports(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(anatomy, "SIZES", (50_890, 101_770, 567_434))
    out = tmp_path / "run.json"
    assert main(["run", "adam", "--rounds", "1", "--out", str(out)]) == 0
    printed = capsys.readouterr()
    assert "measuring adam" in printed.err, "where nobody watches, a line tells what is going on"
    assert "Adam, ns per parameter" in printed.out
    assert set(json.loads(out.read_text(encoding="utf-8"))["parts"]["adam"]) == {"50890", "101770", "567434"}
    assert main(["report", "--run", str(out), "--out", str(tmp_path)]) == 0
    page = Path(capsys.readouterr().out.strip())
    assert "## Adam's step" in page.read_text(encoding="utf-8")


def test_contenders_agree_before_they_are_compared():
    X, y = images(WORKLOADS[SMALL].batch)
    present = [cls for cls in CONTENDERS.values() if cls.absent() is None]
    results = {}
    for contender in present:
        try:
            loss, grads = (built := contender(WORKLOADS[SMALL])).gradients(X, y)
        except NotImplementedError:
            continue
        if contender.name not in ("bare matrix products", "nn, dropout + L2 + clipping"):
            results[contender.name] = float(loss), built.numbers(grads)
    assert {"nn", "naive NumPy"} <= results.keys()
    loss, grads = results["naive NumPy"]
    for name, (other, others) in results.items():
        assert other == pytest.approx(loss, rel=1e-5), (
            f"{name} has another loss on the same batch and weights"
        )
        for mine, theirs in zip(grads, others, strict=True):
            assert np.allclose(mine, theirs, atol=1e-6), f"{name} has other gradients"


class TestRegressions:
    """Two versions take turns; what is slower at its best in four measurements is a regression."""

    class Clock:
        """A clock that only made-up calls move."""

        def __init__(self):
            self.now = 0.0

        def __call__(self):
            return self.now

        def call(self, seconds, disturbances=None):
            """Return a function that takes so long, and now and then as much more as the generator says."""

            def function():
                self.now += seconds
                if disturbances is not None and disturbances.random() < 0.8:
                    self.now += disturbances.exponential(10 * seconds)

            return function

    def test_the_least_turn_is_found_under_disturbances(self, rng):
        clock = self.Clock()
        first, second = clock.call(2e-3, rng), clock.call(3e-3, rng)
        assert timing.least_in_turn(first, second, clock) == pytest.approx([2e-3, 3e-3]), (
            "four of five turns are disturbed, and the least ones are not"
        )

    def test_short_calls_are_timed_many_at_once(self):
        clock, calls = self.Clock(), []
        counted = clock.call(1e-6)
        least = timing.least_in_turn(lambda: (calls.append(1), counted()), clock.call(2e-6), clock)
        assert least == pytest.approx([1e-6, 2e-6])
        assert len(calls) > 300 * timing.FEW, "about a millisecond each turn"

    def rows(self, clock, *seconds):
        """Return what is found if the work tree's version takes these seconds, each time it is measured."""
        seconds = iter(seconds)
        return regressions._row(
            lambda version: clock.call(1e-3 if version == "earlier" else next(seconds)),
            "earlier",
            "now",
            clock,
        )

    def test_what_is_slower_once_is_measured_again(self):
        before, now = self.rows(self.Clock(), 1.5e-3, 1e-3)
        assert now == pytest.approx(before), "the second time it was as fast"

    def test_what_is_slower_each_time_is_a_regression(self):
        before, now = self.rows(self.Clock(), *[1.5e-3] * regressions.TRIES)
        assert now / before == pytest.approx(1.5), "a slowdown by half that stays"

    def test_what_the_earlier_version_lacks_is_no_regression(self, capsys):
        def build(version):
            if version == "earlier":
                raise AttributeError("it has no softmax")
            return clock.call(1e-3)

        clock = self.Clock()
        row = regressions._row(build, "earlier", "now", clock)
        assert regressions._printed("softmax", row) == ("softmax", None)
        assert "not there" in capsys.readouterr().out

    @pytest.fixture
    def repository(self, tmp_path):
        """A repository with one commit, of the package `nn` as it is in the work tree."""

        def git(*arguments):
            author = ["-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false"]
            subprocess.run(["git", *author, *arguments], cwd=tmp_path, check=True, capture_output=True)

        if shutil.which("git") is None:
            pytest.skip("git is not installed")
        shutil.copytree(
            ROOT / "nn", tmp_path / "nn", ignore=shutil.ignore_patterns("__pycache__", "pictures")
        )
        git("init", "--quiet")
        git("add", "nn")
        git("commit", "--quiet", "-m", "Begin")
        return tmp_path

    def test_a_revision_is_compared_with_the_work_tree(self, repository, capsys):
        clock = self.Clock()

        def ticking():
            clock.now += 1e-3
            return clock.now

        slower = regressions.compare("HEAD", ["softmax", "step 784x64x10"], repository, ticking)
        printed = capsys.readouterr().out.splitlines()
        assert slower == [], "by a clock that ticks evenly, equal code is equally fast"
        assert [line.split()[0] for line in printed[1:]] == [
            "softmax",
            "log_softmax",
            "softmax_cross_entropy",
            "step",
        ]
        assert all(line.split()[-1] == "1.00" for line in printed[1:]), "the ratio of both"
        assert max(map(len, printed)) < 80, "it fits a narrow terminal"

    def test_the_earlier_code_is_that_of_the_revision(self, repository, tmp_path_factory):
        activations = repository / "nn" / "activations.py"
        activations.write_text("raise ImportError\n", encoding="utf-8")
        folder = regressions.extract("HEAD", tmp_path_factory.mktemp("earlier"), repository)
        assert "def softmax" in (folder / "activations.py").read_text(encoding="utf-8"), "not the work tree's"
        assert folder.name.startswith("nn_"), "a name under which it stands beside the work tree's"

    def test_mistakes_are_one_line(self, repository, tmp_path_factory, monkeypatch, capsys):
        monkeypatch.setattr(regressions, "ROOT", repository)
        with pytest.raises(ValueError, match="git knows no revision HEAD~1 here"):
            regressions.compare("HEAD~1", ["softmax"], repository)
        with pytest.raises(ValueError, match="git knows no revision HEAD here"):
            regressions.compare("HEAD", ["softmax"], tmp_path_factory.mktemp("elsewhere"))
        assert main(["regressions", "HEAD", "-k", "softplus"]) == 2
        assert "no case has softplus in its name; there are sigmoid" in capsys.readouterr().err

    def test_the_command_fails_only_with_a_regression(self, monkeypatch, capsys):
        monkeypatch.setattr(regressions, "compare", lambda revision, words: [])
        assert main(["regressions"]) == 0
        monkeypatch.setattr(regressions, "compare", lambda revision, words: ["softmax"])
        assert main(["regressions", "v1", "-k", "softmax"]) == 1
        assert capsys.readouterr().out.splitlines()[-2:] == [
            "Slower by a quarter or more, in four measurements:",
            "softmax",
        ]


def test_what_a_timing_depends_on_is_kept_beside_it(tmp_path):
    saved = tmp_path / "timings.json"
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "benchmarks", "-q", "-p", "no:cacheprovider"),
            *("-k", "test_kernel and float32 or test_bare_product or nn-784x64x10-b32"),
            *(f"--benchmark-json={saved}", "--benchmark-max-time=1e-9", "--benchmark-min-rounds=1"),
            *("--benchmark-min-time=1e-9", "--benchmark-warmup=off"),
        ],
        cwd=ROOT,
        # A worker of pytest-xdist says so in the environment, and pytest-benchmark then keeps nothing.
        env={name: value for name, value in os.environ.items() if not name.startswith("PYTEST_XDIST")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    timings = json.loads(saved.read_text(encoding="utf-8"))["benchmarks"]
    assert {timing["name"].split("[")[0] for timing in timings} == {
        *("test_kernel", "test_bare_product", "test_pass", "test_epoch", "test_prediction"),
    }
    for saved in timings:
        about = saved["extra_info"]
        for key in ("processor", "python", "versions", "blas", "threads", "dtype"):
            assert key in about, f"{saved['name']} is kept without its {key}"
        assert about["versions"]["numpy"] == np.__version__
        assert about["dtype"] in saved["name"] or saved["name"].startswith("test_epoch")
        assert {"shape", "sizes", "parameters"} & about.keys(), f"{saved['name']} is kept without a size"
        assert not set(saved["param"]) & set(" ,/"), f"{saved['param']} cannot be selected with -k"
