"""The run: every comparison of the report, measured in turns and stored as it proceeds.

The result is one JSON file, which is written after every workload of every part. What an interrupted run has
measured is not measured again.
"""

import json
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from nn.app.files import replacing

from . import anatomy, doctor, growth, machine, race_to_accuracy
from .contenders import identifier, who_can
from .turns import Field
from .workloads import MINI_BATCH, WORKLOADS

RESULTS = Path(__file__).parent / "results"
FORMAT = 2  # of the record; format 1 stored medians


class Run:
    """Measures part after part and saves after each; ``parts`` holds what has been measured.

    rounds: their number in each comparison. impl: a learner's package that also takes part. threads: their
    number for every contender. Results from another machine, other versions or other settings are not reused:
    ``measure`` keeps their file under a name with its date, and says so.
    Raises ValueError if the package does not exist or the file is not such a run.
    """

    def __init__(self, path, *, rounds, impl=None, threads=None, quiet=False):
        self.path, self.rounds, self.impl, self.threads = Path(path), rounds, impl, threads
        self.quiet = quiet
        self.parts, self._other = {}, None
        self._bar = None
        if impl:
            _require_package(impl)
        if self.path.exists():
            saved = read(self.path)
            if saved["machine"] == self._machine():
                self.parts = saved["parts"]
            else:
                self._other = saved

    def _machine(self):
        return {**machine.describe(), "rounds": self.rounds, "threads": self.threads, "impl": self.impl}

    def measure(self, names=None):
        """Measure the named parts, or all; return the whole record."""
        from tqdm import tqdm

        if self._other:
            self._set_aside(self._other)
            self._other = None
        names = names or PARTS
        total = sum(len(PARTS[name].workloads or [name]) for name in names)
        layout = "{n}/{total} [{elapsed}] {desc}"
        off = self.quiet or not sys.stderr.isatty()
        with tqdm(total=total, bar_format=layout, ncols=79, leave=False, disable=off) as self._bar:
            for name in names:
                self._measure(name, PARTS[name])
        return self.record()

    def _set_aside(self, saved):
        """Keep the file of another run under a name with its date, and say in what it differs."""
        date = "".join(c if c.isalnum() else "-" for c in saved["date"])
        kept, place = self.path.with_stem(f"{self.path.stem}-{date}"), 2
        while kept.exists():
            kept, place = self.path.with_stem(f"{self.path.stem}-{date}-{place}"), place + 1
        self.path.rename(kept)
        if self.quiet:
            return
        now, before = self._machine(), saved["machine"]
        names = [name for name in now | before if now.get(name) != before.get(name)]
        short = [name for name in names if not isinstance(now.get(name), (dict, list))]
        changed = [f"{name} {before.get(name)}, now {now.get(name)}" for name in short]
        changed += [f"other {name}" for name in names if name not in short]
        print(
            f"Earlier results are not reused, since they differ ({'; '.join(changed)});\n"
            f"they are kept in {kept}",
            file=sys.stderr,
            flush=True,
        )

    def _measure(self, name, part):
        if part.workloads is None:
            if name not in self.parts:
                self._begin(name)
                self.parts[name] = part.measure(self)
                self.save()
            self._bar.update()
            return
        rows = self.parts.setdefault(name, {})
        for workload in part.workloads:
            if workload not in rows:
                self._begin(f"{name}, {workload}")
                rows[workload] = part.measure(self, workload)
                self.save()
            self._bar.update()

    def record(self):
        """Return everything measured, with the machine and the date."""
        return {
            "format": FORMAT,
            "date": f"{datetime.now():%Y-%m-%d %H:%M}",
            "machine": self._machine(),
            "parts": self.parts,
        }

    def save(self):
        """Write the record into the file."""
        with replacing(self.path, "w", encoding="utf-8") as file:
            file.write(json.dumps(self.record(), indent=1) + "\n")

    def contenders(self, command):
        """Return the contenders to time at a command: all that offer it, and the learner's package if any."""
        return [*who_can(command), *([self.impl] if self.impl else [])]

    def field(self, names, workload, **options):
        """Return the contenders of a workload, started as a Field."""
        options = {"threads": self.threads} | options
        return Field(names, WORKLOADS[workload], **options)

    def _begin(self, what):
        """Show what is being measured: in the bar, or on a separate line if there is no terminal."""
        self._about = what
        self.tell("")
        if self._bar.disable and not self.quiet:
            print(f"measuring {what}", file=sys.stderr, flush=True)

    def tell(self, text):
        """Show in the bar how far the current row is."""
        about = f"{self._about}: {text}" if text else self._about
        self._bar.set_description_str(about[:62])  # tqdm cuts no line without a bar


def read(path):
    """Return the record of a run.

    Raises ValueError if the file is damaged or something else.
    """
    try:
        record = json.loads(Path(path).read_text(encoding="utf-8"))
        if record["format"] == FORMAT and {"date", "machine", "parts"} <= record.keys():
            return record
    except (ValueError, TypeError, KeyError, AttributeError):
        pass
    raise ValueError(
        f"{path} is not a run of these benchmarks, or an old or damaged one; --fresh starts a new one"
    )


def _require_package(name):
    import pytest

    from tests.grading.judging.package import Package

    try:
        Package(name)
    except pytest.UsageError as error:
        raise ValueError(error) from error


class Part(NamedTuple):
    """What is measured: ``measure(run)``, or ``measure(run, workload)`` for each of the workloads."""

    measure: Callable
    workloads: list[str] | None = None


def _turns(command, repeats=None, workloads=WORKLOADS, **options):
    """Return a part that times one command of all contenders that offer it."""

    def measure(run, workload):
        calls = (
            1 if repeats == 0 and WORKLOADS[workload].batch is None else repeats
        )  # one call takes long enough
        return _row(run, run.contenders(command), workload, command, calls, **options)

    return Part(measure, list(workloads))


def _recommended(run, workload):
    """Time epochs under the BLAS kernel that the doctor recommends; an empty row if it recommends none.

    Ours is compared only with the two fastest peers, which do not use that library.
    """
    kernel = run.parts.get("doctor", {}).get("recommended")
    if kernel is None:
        return {"times": {}, "absent": {}}
    names = ["nn", "PyTorch eager, fused Adam", "JAX, jit per step", *([run.impl] if run.impl else [])]
    return _row(run, names, workload, "epoch", kernel=kernel, threads=1)


def _row(run, names, workload, command, repeats=None, **options):
    """Return the seconds of each contender by round, and the absent contenders."""
    with run.field(names, workload, **options) as field:
        times = field.turns(command, run.rounds, repeats=repeats, tell=run.tell)
    return {"times": times, "absent": field.absent}


def _memory(run, workload):
    """Return the peak memory of an epoch, with and without what must be held."""
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


PARTS = {
    "doctor": Part(lambda run: doctor.examine()),
    "epochs": _turns("epoch", workloads=MINI_BATCH),
    "epochs, one thread": _turns("epoch", workloads=MINI_BATCH, threads=1),
    "epochs, recommended kernel": Part(_recommended, MINI_BATCH),
    "forward and backward": _turns("gradients", 0),
    "forward and backward, one thread": _turns("gradients", 0, threads=1),
    "forward": _turns("forward", 0),
    "step": _turns("step", 0),
    "step, float64": _turns("step", 0, dtype="float64"),
    "prediction of 10,000": _turns("predict", 0, workloads=MINI_BATCH),
    "memory": Part(_memory, MINI_BATCH),
    "adam": Part(lambda run: anatomy.adam()),
    "anatomy": Part(lambda run: anatomy.measure(run.tell)),
    "time to 97 %": Part(lambda run: race_to_accuracy.measure(run.tell)),
    "growth": Part(lambda run: growth.measure(run.tell)),
}
WORDS = {identifier(name): name for name in PARTS}  # as they are typed, without spaces and commas
SHORT = [  # what the targets are about
    "doctor",
    "epochs, one thread",
    "epochs, recommended kernel",
    "forward and backward, one thread",
    "memory",
    "adam",
    "anatomy",
]
