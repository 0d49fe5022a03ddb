"""The benchmarks: turns and ratios, a run that goes on where it stopped, report, doctor, command."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks import doctor, growth, kernels, machine, report, run, turns
from benchmarks.__main__ import main
from benchmarks.contenders import CONTENDERS, Torch
from benchmarks.workloads import MINI_BATCH, WORKLOADS, images
from nn import blas

ROOT = Path(__file__).parents[1]
SMALL, MIDDLE, WIDE = MINI_BATCH


def test_ratios_are_taken_within_each_round():
    times = {"ours": [1.0, 2.0, 9.0], "theirs": [2.0, 1.0, 10.0]}
    assert turns.ratios(times, "ours", "theirs") == (0.9, 0.5, 2.0), (
        "round by round ours / theirs is 0.5, 2 and 0.9: their median, least and greatest; the ratio of "
        "medians would be 1"
    )
    assert turns.ratios(times, "ours", "absent") is None, "who did not take part has no ratio"


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


def test_made_up_images_do_not_depend_on_the_dtype():
    X32, y32 = images(50, dtype=np.float32)
    X64, y64 = images(50, dtype=np.float64)
    assert X64.dtype == np.float64, "the dtype asked for"
    assert np.array_equal(X32, X64), "the same pixels for all"
    assert np.array_equal(y32, y64), "the same labels for all"
    assert 0.15 < np.mean(X32 > 0) < 0.25, "about a fifth of the pixels is set, as in MNIST"


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


def made_up_record():
    """A record with every part, whose ratios to the reference are easy to see."""

    def rows(names, workloads):
        return {
            workload: {
                "times": {
                    name: {"seconds": 1.0, "rounds": [1.0, 1.1], "ratio": [0.5, 0.4, 0.6]} for name in names
                },
                "absent": {"Keras": "keras is not installed (No module named 'keras')"},
            }
            for workload in workloads
        }

    names = ["nn", "nn, dropout + L2 + clipping", *run.PLAIN[1:], *run.PEERS[:-1]]
    memory = {"peak": 9e6, "parameters and state": 4e6, "activations": 2e6, "beyond": 3e6}
    series = {
        "values": [1, 2, 4],
        "seconds per sample": [4e-5, 2e-5, 1e-5],
        "bytes": [1e6, 2e6, 4e6],
        "slope of time": -1.0,
        "slope of memory": 1.0,
    }
    parts = {
        name: rows(names, part.workloads)
        for name, part in run.PARTS.items()
        if part.workloads and name != "memory"
    }
    parts |= {
        "doctor": {"kernel": "Zen", "avx512": False, "gains": {"Haswell": 1.0}, "recommended": None},
        "memory": dict.fromkeys(MINI_BATCH, memory),
        "adam": {"50890": 0.95, "101770": 0.85, "567434": 1.0},
        "time to 97 %": {
            "nn": {"seconds": 2.5, "training": 1.1, "epochs": 3, "accuracy": 0.971},
            "Keras": {"absent": "keras is not installed"},
        },
        "anatomy": {
            "steps": {name: {"Adam": 5e-5, "gathering the batch": 1e-5} for name in MINI_BATCH},
            "passes": {"add": 0.08, "square root": 0.35},
        },
        "growth": dict.fromkeys(growth.SERIES, series),
    }
    place = {**machine.describe(), "rounds": 2, "threads": None, "impl": None}
    return {"date": "2026-01-31 12:00", "machine": place, "parts": parts}


def test_the_report_sets_measured_figures_beside_targets(tmp_path):
    record = made_up_record()
    page = report.make(record, tmp_path)
    text = page.read_text(encoding="utf-8")
    assert page.name == "2026-01-31.md", "named by the day of the run"
    assert f"| epoch, ours / scikit-learn | {SMALL} | 0.50 (0.40-0.60) | 0.5 | yes |" in text
    assert f"| epoch, ours / Keras | {SMALL} | not measured | 0.4 | |" in text, "absent is not met"
    assert "| Adam, ns per parameter, one thread | 50,890 parameters | 0.95 | 0.9 | no |" in text
    assert f"| epoch with dropout, L2, clipping / plain | {MIDDLE} | 2.00 (1.67-2.50) | 1.6 | no |" in text, (
        "the regularized one takes 1 / 0.5 of the time"
    )
    assert "Keras did not take part: keras is not installed (No module named 'keras')." in text
    assert "| Adam | 50 | 50 | 50 |" in text, "the anatomy of a step, in microseconds"
    assert np.__version__ in text, "the versions stand in the report"
    for picture in ("2026-01-31-epochs.png", "2026-01-31-growth.png"):
        assert f"({picture})" in text, "the page shows the picture"
        assert (tmp_path / picture).read_bytes().startswith(b"\x89PNG"), "and the picture is there"
    assert not list(tmp_path.glob("*.tmp")), "nothing half-written stays"


def test_the_table_fits_the_terminal_and_names_the_absent():
    lines = report.table(made_up_record())
    assert any(line.startswith("Keras") and "absent" in line for line in lines), "absent peers are named"
    assert max(map(len, lines)) <= 80, "it fits a narrow terminal"


def test_a_part_alone_makes_a_report(tmp_path):
    record = made_up_record()
    record["parts"] = {"adam": record["parts"]["adam"]}
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
    monkeypatch.setattr(kernels, "SIZES", (50_890, 101_770, 567_434))
    out = tmp_path / "run.json"
    assert main(["run", "adam", "--rounds", "1", "--out", str(out)]) == 0
    printed = capsys.readouterr()
    assert "measuring adam" in printed.err, "where nobody watches, a line tells what is going on"
    assert "Adam, ns per parameter, one thread" in printed.out
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
