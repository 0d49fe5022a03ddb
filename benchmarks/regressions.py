"""Regressions: kernels and passes of `nn` timed against those of an earlier revision, call by call in turn.

Times measured an hour apart differ more by what the machine was doing than by the code. So both versions run
in one process, in turns of about a millisecond of processor time, and their shortest turns are compared:
other work of the machine can only make a turn slower. Whatever looks slower is measured again with new
arrays, and the shortest turns of all tries decide.
"""

import io
import subprocess
import tempfile
import zipfile
from pathlib import Path

import numpy as np

from tests.grading.judging.package import Package, Refused

from . import ROOT
from .contenders import graded
from .kernels import KERNELS
from .timing import PROCESSOR, least_in_turn
from .workloads import WORKLOADS, images

WORSE = 1.25  # times the earlier time: from here on it is a regression
TRIES = 4  # measurements, each with new arrays, before something is called slower
STEPS = 4  # of an epoch


def compare(revision, words=(), root=ROOT, clock=PROCESSOR):
    """Compare the work tree's `nn` with a revision's and print a table; return the names that are slower now.

    words: take only cases with one of them in their name. Raises ValueError if git does not know the revision
    or cannot be run, if the revision has no package `nn`, or if no case has such a name.
    """
    from threadpoolctl import threadpool_limits

    cases = {name: build for name, build in _cases().items() if not words or any(w in name for w in words)}
    if not cases:
        raise ValueError(f"no case has {' or '.join(words)} in its name; there are {', '.join(_cases())}")
    with tempfile.TemporaryDirectory() as folder, threadpool_limits(1):
        earlier, now = Package(str(extract(revision, folder, root))), Package(str(Path(root) / "nn"))
        print(
            f"{'float32, one thread, microseconds':<36}{revision:>13.12}{'now':>10}{'ratio':>8}", flush=True
        )
        rows = ((name, _row(build, earlier, now, clock)) for name, build in cases.items())
        return [name for name, ratio in (_printed(*row) for row in rows) if ratio and ratio >= WORSE]


def _row(build, earlier, now, clock):
    """Return the shortest times of both versions; that of the earlier one is None if it lacks the case."""
    current = build(now)
    current()
    try:
        build(earlier)()
    except (Exception, Refused):
        return None, least_in_turn(current, current, clock)[1]
    kept = [(build(earlier), current)]
    least = least_in_turn(*kept[0], clock)
    while least[1] >= WORSE * least[0] and len(kept) < TRIES:
        # The arrays may lie badly in the caches. As long as they are kept, new ones get other memory.
        second, first = build(now), build(earlier)
        kept.append((first, second))
        least = [min(pair) for pair in zip(least, least_in_turn(first, second, clock), strict=True)]
    return least


def _printed(name, least):
    """Print a row; return the name and the ratio, None if there is nothing to compare with."""
    before, now = least
    if before is None:
        print(f"{name:<36}{'not there':>13}{1e6 * now:>10.1f}", flush=True)
        return name, None
    mark = "  slower" if now >= WORSE * before else ""
    print(f"{name:<36}{1e6 * before:>13.1f}{1e6 * now:>10.1f}{now / before:>8.2f}{mark}", flush=True)
    return name, now / before


def extract(revision, folder, root=ROOT):
    """Write a revision's `nn` into a folder, under a unique name; return its path."""
    commit = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if commit is None:
        raise ValueError(f"git knows no revision {revision} here; name an earlier revision as git does")
    archive = _git(root, "archive", "--format=zip", commit.decode().strip(), "nn")
    if archive is None:
        raise ValueError(f"revision {revision} has no package nn")
    with zipfile.ZipFile(io.BytesIO(archive)) as files:
        files.extractall(folder)
    return (Path(folder) / "nn").rename(Path(folder) / f"nn_{commit.decode()[:12]}")


def _git(root, *arguments):
    """Return what git prints; None if it fails."""
    try:
        done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, check=False)
    except FileNotFoundError:
        raise ValueError("git is needed to get an earlier revision, but it cannot be found") from None
    return done.stdout if done.returncode == 0 else None


def _cases():
    """Return {name: build}; ``build(package)`` returns the function to time."""
    return {
        **{name: _kernel(kernel) for name, kernel in KERNELS.items()},
        **{
            f"{command} {workload.identifier}": _pass(command, workload)
            for command in ("forward", "gradients", "step", "predict", "epoch")
            for workload in WORKLOADS.values()
        },
    }


def _kernel(kernel):
    return lambda package: kernel.build(package, np.dtype("float32")).call


def _pass(command, workload):
    def build(package):
        batch = workload.batch or 1000
        X, y = images(batch * STEPS if command == "epoch" else batch)
        arguments = [X] if command in ("forward", "predict") else [X, y]
        function = getattr(graded(package)(workload), command)
        return lambda: function(*arguments)

    return build
