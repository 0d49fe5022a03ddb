"""Turns: the contenders of a workload, each in a separate process, are timed in turn, round by round."""

import json
import os
import subprocess
import sys
import time
from contextlib import suppress

from nn.app import blas

from . import ROOT

REST = 0.3  # seconds between two turns, in which threads that spin while they wait come to rest


class Field:
    """The contenders of one workload, each in a worker process; absent ones say why.

    threads: how many each may use, None for the library's own choice; with 1, each is bound to one
    processor if the system allows it. kernel: the one that OpenBLAS is to use.
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
            environment |= thread_settings(self.threads)
        command = [sys.executable, "-m", "benchmarks.worker", name, self.workload.name, self.dtype]
        return subprocess.Popen(
            command + ["--one-processor"] * (self.threads == 1),
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
            with suppress(BrokenPipeError):  # what a dead worker has not read may be lost
                worker.stdin.close()

    @property
    def present(self):
        """The contenders that take part."""
        return [name for name in self._workers if name not in self.absent]

    def ask(self, name, *command):
        """Return a contender's answer to a command; if it cannot, return None and note why in ``absent``."""
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

        They are processor time on one thread and clock time on several. The first round warms up (imports,
        compilation, caches) and is not counted. repeats: calls per round; 0 takes as many as fit into 0.2 s.
        """
        times, calls = {}, {}
        for turn in range(rounds + 1):
            for name in self.present:
                if tell:
                    tell(f"{name}, round {turn} of {rounds}")
                arguments = [] if repeats is None else [calls.get(name, 1)]
                timing = self.ask(name, command, *arguments)
                if timing and turn == 0 and repeats is not None:
                    timing = self.ask(name, command, 1)  # the very first call compiled and imported
                    if timing:
                        calls[name] = repeats or max(1, int(0.2 / max(timing["clock"], 1e-6)))
                if timing is None:
                    times.pop(name, None)
                    continue
                if turn:
                    times.setdefault(name, []).append(timing["processor" if self.threads == 1 else "clock"])
                time.sleep(REST if repeats is None else REST / 3)
        return times


def thread_settings(threads):
    """Return the environment variables that limit the threads of every library, as far as it obeys them.

    NPROC is for XLA: its thread pool, which JAX uses, obeys no other variable.
    """
    names = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NPROC")
    tensorflow = ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")
    return dict.fromkeys((*names, *tensorflow), str(threads))
