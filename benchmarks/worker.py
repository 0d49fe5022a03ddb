"""A worker: one contender in a separate process, which carries out and times commands and sleeps in between.

    python -m benchmarks.worker CONTENDER WORKLOAD DTYPE [--one-processor]

Commands come in and answers go out as JSON, line by line.

Each library has its own threads; in one process they would disturb each other.
"""

import json
import os
import sys
import tracemalloc

import numpy as np

from . import machine
from .contenders import CONTENDERS, graded
from .timing import timed
from .workloads import SAMPLES, WORKLOADS, images


class Worker:
    """Builds the contender when first asked, and answers one command after another."""

    def __init__(self, contender, workload, dtype):
        self.workload = workload
        self.contender = contender(workload, dtype)
        self.X, self.y = images(dtype=dtype)
        size = workload.batch or SAMPLES
        self.batch = np.ascontiguousarray(self.X[:size]), self.y[:size]

    def epoch(self):
        """Time one epoch."""
        return _seconds(lambda: self.contender.epoch(self.X, self.y))

    def step(self, repeats):
        """Time a step on one batch."""
        return _seconds(lambda: self.contender.step(*self.batch), repeats)

    def gradients(self, repeats):
        """Time a forward and backward pass on one batch."""
        return _seconds(lambda: self.contender.gradients(*self.batch), repeats)

    def forward(self, repeats):
        """Time a forward pass on one batch."""
        return _seconds(lambda: self.contender.forward(self.batch[0]), repeats)

    def predict(self, repeats):
        """Time the prediction of 10,000 images."""
        return _seconds(lambda: self.contender.predict(self.X[:10_000]), repeats)

    def memory(self):
        """Return the peak memory of contender and epoch in bytes."""
        tracemalloc.start()
        contender = type(self.contender)(self.workload, self.contender.dtype)
        contender.epoch(self.X, self.y)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return peak

    def environment(self):
        """Return the BLAS libraries that this process has loaded."""
        return machine.libraries()


def _seconds(function, calls=1):
    return timed(function, calls)._asdict()


def main(name, workload, dtype, option=None):
    """Answer commands until there are no more."""
    if option == "--one-processor" and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})  # all threads that a library starts share it
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # so that nothing a library prints gets among the answers
    if name in CONTENDERS:
        contender = CONTENDERS[name]
    else:
        from tests.grading.judging.package import Package

        contender = graded(Package(name))
    problem, worker = contender.absent(), None
    for line in sys.stdin:
        command, *arguments = json.loads(line)
        try:
            if problem is None and worker is None:
                worker = Worker(contender, WORKLOADS[workload], dtype)
            answer = {"absent": problem} if problem else {"answer": getattr(worker, command)(*arguments)}
        except NotImplementedError:
            answer = {"absent": f"{name} has no {command}"}
        except Exception as error:
            answer = {"absent": f"{type(error).__name__}: {error}"}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
