"""The run: every comparison of the report, measured in turns and written down as it goes.

The outcome is one JSON file. A part that is there already, from an interrupted run, is not measured again.
"""

import json
import sys
from datetime import datetime
from pathlib import Path
from statistics import median

from tests.grading.progress import write

from . import doctor, growth, machine, race_to_accuracy
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
    """

    def __init__(self, path, *, rounds, impl=None, threads=None, quiet=False):
        self.path, self.rounds, self.impl, self.threads = Path(path), rounds, impl, threads
        self.quiet = quiet
        self.parts = {}
        if self.path.exists():
            saved = json.loads(self.path.read_text(encoding="utf-8"))
            if saved["machine"] == self._machine():
                self.parts = saved["parts"]

    def _machine(self):
        return {**machine.describe(), "rounds": self.rounds, "threads": self.threads, "impl": self.impl}

    def measure(self, names=None):
        """Measure the parts named, all where none is; return the whole record."""
        for name, part in PARTS.items():
            if (names and name not in names) or name in self.parts:
                continue
            self._tell(name)
            self.parts[name] = part(self)
            self.save()
        self._tell("")
        return self.record()

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

    def _tell(self, text):
        if not self.quiet and sys.stderr.isatty():
            print(f"\r{text:<79.79}", end="" if text else "\r", file=sys.stderr, flush=True)


def _epochs(run):
    """Time whole epochs of every contender, and those of the regularized network."""
    rows = {}
    for workload in MINI_BATCH:
        names = run.contenders("nn", "nn with dropout, L2, clipping", "naive NumPy", *PEERS)
        with run.field(names, workload) as field:
            times = field.turns("epoch", run.rounds, tell=run._tell)
            rows[workload] = _rows(times, "nn", field)
    return rows


def _epochs_one_thread(run):
    """Time the epochs with one thread each, without the slowest."""
    rows = {}
    for workload in MINI_BATCH:
        with run.field(run.contenders("nn", *PEERS), workload, threads=1) as field:
            rows[workload] = _rows(field.turns("epoch", run.rounds, tell=run._tell), "nn", field)
    return rows


def _steps(command, dtype="float32"):
    def part(run):
        rows = {}
        for workload in WORKLOADS:
            peers = [name for name in PEERS if name not in ("scikit-learn", "Keras")]
            with run.field(run.contenders(*PLAIN, *peers), workload, dtype=dtype) as field:
                repeats = 0 if WORKLOADS[workload].batch else 1
                times = field.turns(command, run.rounds, repeats=repeats, tell=run._tell)
                rows[workload] = _rows(times, "nn", field)
        return rows

    return part


def _predictions(run):
    rows = {}
    for workload in MINI_BATCH:
        with run.field(run.contenders(*PLAIN, *PEERS), workload) as field:
            times = field.turns("predict", run.rounds, repeats=0, tell=run._tell)
            rows[workload] = _rows(times, "nn", field)
    return rows


def _memory(run):
    """Return what an epoch takes at its peak beyond parameters, Adam's state and one batch's activations."""
    rows = {}
    for workload in MINI_BATCH:
        with run.field(["nn"], workload) as field:
            peak = field.ask("nn", "memory")
        spec = WORKLOADS[workload]
        held = 4 * spec.parameters * 3  # parameters, and Adam's two moments
        activations = 4 * spec.batch * (sum(spec.sizes) + sum(spec.sizes[1:]))
        rows[workload] = {
            "peak": peak,
            "parameters and state": held,
            "activations": activations,
            "beyond": peak - held - activations,
        }
    return rows


def _adam(run):
    """Return the nanoseconds that Adam's step takes for each parameter, one thread, by size."""
    from .kernels import nanoseconds_per_parameter

    return nanoseconds_per_parameter()


def _rows(times, own, field):
    """Return for each contender the median seconds and the ratios of ``own`` to it."""
    rows = {}
    for name, seconds in times.items():
        ratio = ratios(times, own, name)
        rows[name] = {"seconds": median(seconds), "rounds": seconds, "ratio": ratio}
    return {"times": rows, "absent": field.absent}


PARTS = {
    "doctor": lambda run: doctor.examine(),
    "epochs": _epochs,
    "epochs, one thread": _epochs_one_thread,
    "forward and backward": _steps("gradients"),
    "forward": _steps("forward"),
    "step": _steps("step"),
    "step, float64": _steps("step", "float64"),
    "prediction of 10,000": _predictions,
    "memory": _memory,
    "adam": _adam,
    "time to 97 %": lambda run: race_to_accuracy.measure(run._tell),
    "growth": lambda run: growth.measure(run._tell),
}
assert set(PLAIN) | set(PEERS) <= set(CONTENDERS)
