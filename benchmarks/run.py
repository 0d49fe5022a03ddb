"""The run: every comparison of the report, measured in turns and written down as it goes.

The outcome is one JSON file, written after every workload of every part. What is there already, from an
interrupted run, is not measured again.
"""

import json
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import NamedTuple

from tests.grading.progress import write

from . import anatomy, doctor, growth, machine, race_to_accuracy
from .contenders import CONTENDERS
from .turns import Field, ratios
from .workloads import MINI_BATCH, WORKLOADS

RESULTS = Path(__file__).parent / "results"
PEERS = ["scikit-learn", "PyTorch eager, Adam", "PyTorch eager, fused Adam", "JAX, jit per step", "Keras"]
PLAIN = ["nn", "naive NumPy", "bare matrix products"]


class Run:
    """Measures part after part and saves after each; ``parts`` holds what has been measured.

    rounds: of each comparison. impl: a learner's package that takes part, too. threads: for every contender.
    What was measured on another machine, or with other versions or settings, is not taken over.
    Raises ValueError for a package that is not there, and for a file that is not such a run.
    """

    def __init__(self, path, *, rounds, impl=None, threads=None, quiet=False):
        self.path, self.rounds, self.impl, self.threads = Path(path), rounds, impl, threads
        self.quiet = quiet
        self.parts = {}
        if impl:
            _require_package(impl)
        if self.path.exists():
            saved = read(self.path)
            if saved["machine"] == self._machine():
                self.parts = saved["parts"]

    def _machine(self):
        return {**machine.describe(), "rounds": self.rounds, "threads": self.threads, "impl": self.impl}

    def measure(self, names=None):
        """Measure the parts named, all where none is; return the whole record."""
        for name in names or PARTS:
            self._measure(name, PARTS[name])
        self._tell("")
        return self.record()

    def _measure(self, name, part):
        if part.workloads is None:
            if name not in self.parts:
                self._begin(name)
                self.parts[name] = part.measure(self)
                self.save()
            return
        rows = self.parts.setdefault(name, {})
        for workload in part.workloads:
            if workload not in rows:
                self._begin(f"{name}, {workload}")
                rows[workload] = part.measure(self, workload)
                self.save()

    def record(self):
        """Return everything measured, with the machine and the date."""
        return {
            "date": f"{datetime.now():%Y-%m-%d %H:%M}",
            "machine": self._machine(),
            "parts": self.parts,
        }

    def save(self):
        """Write the record down."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        write(self.path, json.dumps(self.record(), indent=1) + "\n")

    def contenders(self, *names):
        """Return these names and the learner's package, where there is one."""
        return [*names, *([self.impl] if self.impl else [])]

    def field(self, names, workload, **options):
        """Return the contenders of a workload, ready to be asked."""
        options = {"threads": self.threads} | options
        return Field(names, WORKLOADS[workload], **options)

    def _begin(self, what):
        """Say what is measured now: in the line that changes, or in one of its own where nobody watches."""
        if sys.stderr.isatty():
            self._tell(what)
        elif not self.quiet:
            print(f"measuring {what}", file=sys.stderr, flush=True)

    def _tell(self, text):
        if not self.quiet and sys.stderr.isatty():
            print(f"\r{text:<79.79}", end="" if text else "\r", file=sys.stderr, flush=True)


def read(path):
    """Return the record of a run.

    Raises ValueError where the file is damaged or something else.
    """
    try:
        record = json.loads(Path(path).read_text(encoding="utf-8"))
        if {"date", "machine", "parts"} <= record.keys():
            return record
    except (ValueError, AttributeError):
        pass
    raise ValueError(f"{path} is not a run of these benchmarks, or damaged; --fresh begins another")


def _require_package(name):
    import pytest

    from tests.grading.package import Package

    try:
        Package(name)
    except pytest.UsageError as error:
        raise ValueError(error) from error


class Part(NamedTuple):
    """What is measured: ``measure(run)``, or ``measure(run, workload)`` for each of the workloads."""

    measure: Callable
    workloads: list[str] | None = None


def _epochs(run, workload):
    """Time whole epochs of every contender, and those of the regularized network."""
    names = run.contenders("nn", "nn, dropout + L2 + clipping", "naive NumPy", *PEERS)
    return _turns(run, names, workload, "epoch")


def _epochs_one_thread(run, workload):
    """Time the epochs with one thread each, without the slowest."""
    return _turns(run, run.contenders("nn", *PEERS), workload, "epoch", threads=1)


def _epochs_recommended(run, workload):
    """Time epochs under the BLAS kernel that the doctor recommends; an empty row where there is none."""
    kernel = run.parts.get("doctor", {}).get("recommended")
    if kernel is None:
        return {"times": {}, "absent": {}}
    names = run.contenders("nn", "PyTorch eager, fused Adam", "JAX, jit per step")
    return _turns(run, names, workload, "epoch", kernel=kernel)


def _steps(command, **options):
    """Return a part that times one command on a batch."""

    def measure(run, workload):
        peers = [name for name in PEERS if name not in ("scikit-learn", "Keras")]
        repeats = 0 if WORKLOADS[workload].batch else 1
        return _turns(run, run.contenders(*PLAIN, *peers), workload, command, repeats, **options)

    return Part(measure, list(WORKLOADS))


def _predictions(run, workload):
    """Time the prediction of 10,000 images."""
    return _turns(run, run.contenders(*PLAIN, *PEERS), workload, "predict", repeats=0)


def _turns(run, names, workload, command, repeats=None, **options):
    """Return for each contender the seconds by round, and the ratios of ours to it."""
    with run.field(names, workload, **options) as field:
        times = field.turns(command, run.rounds, repeats=repeats, tell=run._tell)
    rows = {
        name: {"seconds": median(seconds), "rounds": seconds, "ratio": ratios(times, "nn", name)}
        for name, seconds in times.items()
    }
    return {"times": rows, "absent": field.absent}


def _memory(run, workload):
    """Return what an epoch takes at its peak beyond parameters, Adam's state and one batch's activations."""
    with run.field(["nn"], workload) as field:
        peak = field.ask("nn", "memory")
    spec = WORKLOADS[workload]
    held = 4 * spec.parameters * 3  # parameters, and Adam's two moments
    activations = 4 * spec.batch * (sum(spec.sizes) + sum(spec.sizes[1:]))
    return {
        "peak": peak,
        "parameters and state": held,
        "activations": activations,
        "beyond": peak - held - activations,
    }


def _adam(run):
    """Return the nanoseconds that Adam's step takes for each parameter, one thread, by size."""
    from .kernels import nanoseconds_per_parameter

    return nanoseconds_per_parameter()


PARTS = {
    "doctor": Part(lambda run: doctor.examine()),
    "epochs": Part(_epochs, MINI_BATCH),
    "epochs, one thread": Part(_epochs_one_thread, MINI_BATCH),
    "epochs, recommended kernel": Part(_epochs_recommended, MINI_BATCH),
    "forward and backward": _steps("gradients"),
    "forward and backward, one thread": _steps("gradients", threads=1),
    "forward": _steps("forward"),
    "step": _steps("step"),
    "step, float64": _steps("step", dtype="float64"),
    "prediction of 10,000": Part(_predictions, MINI_BATCH),
    "memory": Part(_memory, MINI_BATCH),
    "adam": Part(_adam),
    "anatomy": Part(lambda run: anatomy.measure(run._tell)),
    "time to 97 %": Part(lambda run: race_to_accuracy.measure(run._tell)),
    "growth": Part(lambda run: growth.measure(run._tell)),
}
SHORT = ["doctor", "epochs", "forward and backward", "memory", "adam"]  # what the targets are about
assert set(PLAIN) | set(PEERS) <= set(CONTENDERS)
