"""The BLAS doctor: measures what OpenBLAS's other kernels would gain, and says how to select them.

The widest instructions are not always the fastest: some processors run AVX-512 in two halves. So each kernel
that the processor can run is measured in separate processes, since the choice is made when NumPy loads.
"""

import json
import os
import subprocess
import sys

from nn.app import blas

PROGRAM = """
import json, timeit
import numpy as np
rng = np.random.default_rng(0)
x, W, grad = (rng.random(shape, dtype=np.float32) for shape in ((128, 784), (784, 512), (128, 512)))
print(json.dumps(min(timeit.repeat(lambda: (x @ W, x.T @ grad, grad @ W.T), repeat=150, number=1))))
"""
ROUNDS = 5
WORTH = 1.05  # a smaller gain is no more than the difference between two runs


def examine():
    """Return a dict: the kernel in use, the gain with each other kernel, and the recommended one or None.

    A kernel is tried only if the processor has its instructions.
    """
    used = blas.kernel()
    found = {
        "kernel": used,
        "avx512": blas.has_avx512(),
        "gains": {},
        "recommended": None,
    }
    others = [name for name in _possible() if name != used] if used else []
    own, seconds = [], {name: [] for name in others}
    for _ in range(ROUNDS if others else 0):
        own.append(_seconds(None))
        for name in others:
            seconds[name].append(_seconds(name))
    found["gains"] = {name: min(own) / min(times) for name, times in seconds.items()}
    best = max(found["gains"], key=found["gains"].get, default=None)
    if best and found["gains"][best] >= WORTH:
        found["recommended"] = best
    return found


def tell(found):
    """Return the findings in a sentence or two."""
    used = found["kernel"]
    if used is None:
        return "NumPy does not use OpenBLAS here: there is nothing to set."
    wider = found["avx512"] and used in blas.NARROW
    begin = f"OpenBLAS uses its {used} kernels" + ", though the processor has AVX-512." * wider
    begin += "" if wider else "."
    measured = ", ".join(f"{name} {gain:.2f}" for name, gain in found["gains"].items())
    if not found["recommended"]:
        return f"{begin} Nothing to set" + (f" (speed with others: {measured})." if measured else ".")
    best = found["recommended"]
    return (
        f"{begin} With {blas.SETTING}={best} in the environment, set before Python starts, the products of "
        f"a layer 784-512 at a batch of 128 are {found['gains'][best]:.2f} times as fast on one thread."
    )


def _possible():
    """Return the kernels that this processor can run and whose matrix products differ."""
    return ["Haswell"] * blas.has_avx2() + [blas.WIDE] * blas.has_avx512()


def _seconds(core):
    environment = dict(os.environ, OPENBLAS_NUM_THREADS="1")  # kernels are compared, not threads
    if core:
        environment[blas.SETTING] = core
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)
