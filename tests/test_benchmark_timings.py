"""The timings of the benchmarks: contenders that agree take turns, and ratios are of least rounds."""

import ast
import json
import os
import subprocess
import sys

import numpy as np
import pytest

from benchmarks import (
    ROOT,
    contenders,
    growth,
    kernels,
    timing,
    turns,
)
from benchmarks.contenders import CONTENDERS, Torch
from benchmarks.workloads import MINI_BATCH, WORKLOADS, images

SMALL, *_ = MINI_BATCH


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
