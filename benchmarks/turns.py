"""Turns: contenders are timed one after another, round by round, so that a slow minute is everybody's.

Ratios are taken within each round; their median is the result, and their range is shown beside it.
"""

import json
import os
import subprocess
import sys
import time
from contextlib import suppress
from statistics import median

from nn import blas
from tests.grading.runner import ROOT

REST = 0.3  # seconds between two turns: threads that spin while they wait come to rest


class Field:
    """The contenders of one workload, each in a worker process; absent ones say why.

    threads: how many each may use, None for the library's own choice. kernel: the one that OpenBLAS shall
    use.
    """

    def __init__(self, names, workload, dtype="float32", threads=None, kernel=None):
        self.workload, self.dtype, self.threads, self.kernel = workload, dtype, threads, kernel
        self.absent = {}
        self._workers = {name: self._start(name) for name in names}

    def _start(self, name):
        environment = dict(os.environ, TF_CPP_MIN_LOG_LEVEL="3", TF_ENABLE_ONEDNN_OPTS="1")
        if self.kernel:
            environment[blas.SETTING] = self.kernel
        if self.threads:
            for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
                environment[variable] = str(self.threads)
            environment["TF_NUM_INTRAOP_THREADS"] = environment["TF_NUM_INTEROP_THREADS"] = str(self.threads)
            if self.threads == 1:
                environment["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
        return subprocess.Popen(
            [sys.executable, "-m", "benchmarks.worker", name, self.workload.name, self.dtype],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for worker in self._workers.values():
            worker.kill()
            worker.wait()
            worker.stdout.close()
            with suppress(BrokenPipeError):  # what a dead worker has not read is lost, as it should be
                worker.stdin.close()

    @property
    def present(self):
        """The contenders that take part."""
        return [name for name in self._workers if name not in self.absent]

    def ask(self, name, *command):
        """Have a contender do something; return its answer, None (and why, in ``absent``) where it cannot."""
        worker = self._workers[name]
        try:
            worker.stdin.write(json.dumps(command) + "\n")
            worker.stdin.flush()
            answer = json.loads(worker.stdout.readline())
        except (OSError, ValueError):
            answer = {"absent": f"its process ended with status {worker.poll()}"}
        if "absent" in answer:
            self.absent[name] = answer["absent"]
            return None
        return answer["answer"]

    def turns(self, command, rounds, repeats=None, tell=None):
        """Time a command of every contender in turn; return {name: seconds of each round}.

        The first round warms up (imports, compilation, caches) and is not counted. repeats: calls per round,
        chosen so that a round takes about 0.2 s where it is 0.
        """
        times, calls = {}, {}
        for turn in range(rounds + 1):
            for name in self.present:
                if tell:
                    tell(f"{self.workload.name}, {command}, {name}, round {turn} of {rounds}")
                arguments = [] if repeats is None else [calls.get(name, 1)]
                seconds = self.ask(name, command, *arguments)
                if seconds is None:
                    times.pop(name, None)
                    continue
                if turn == 0 and repeats is not None:
                    seconds = self.ask(name, command, 1)  # the very first call compiled and imported
                    calls[name] = repeats or max(1, int(0.2 / max(seconds, 1e-6)))
                elif turn:
                    times.setdefault(name, []).append(seconds)
                time.sleep(REST if repeats is None else REST / 3)
        return times


def ratios(times, name, other):
    """Return (median, smallest, largest) of two contenders' ratios by round; None where one is absent."""
    if name not in times or other not in times:
        return None
    each = [mine / theirs for mine, theirs in zip(times[name], times[other], strict=True)]
    return median(each), min(each), max(each)
