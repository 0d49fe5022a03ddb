"""The BLAS doctor: measures what wider kernels would gain, each in its own process, and how to get them."""

import json
import os
import subprocess
import sys
from statistics import median

from nn import blas

PROGRAM = """
import json, time
import numpy as np
rng = np.random.default_rng(0)
x, W = rng.random((128, 784), dtype=np.float32), rng.random((784, 512), dtype=np.float32)
times = []
for _ in range(5):
    x @ W
for _ in range(200):
    begun = time.perf_counter()
    x @ W
    times.append(time.perf_counter() - begun)
from threadpoolctl import threadpool_info
kernels = [p.get("architecture") for p in threadpool_info() if p["internal_api"] == "openblas"]
print(json.dumps([sorted(times)[100], kernels[0] if kernels else None]))
"""
ROUNDS = 3


def examine():
    """Return a dict: the kernel in use, the one recommended or None, and the measured gain or None.

    The wide kernels are tried only where the processor has their instructions.
    """
    current = os.environ.get(blas.SETTING)
    used = blas.kernel()
    better = blas.WIDE if used in blas.NARROW and blas.has_avx512() else None
    report = {
        "kernel": used,
        "setting": current,
        "recommended": better,
        "gain": None,
        "avx512": blas.has_avx512(),
    }
    if better:
        gains = [_seconds(current) / _seconds(better) for _ in range(ROUNDS)]
        report["gain"] = median(gains)
    return report


def tell(report):
    """Return the findings in a sentence or two."""
    if report["kernel"] is None:
        return "NumPy does not use OpenBLAS here: there is nothing to set."
    if not report["recommended"]:
        reason = "the widest for this processor" if report["avx512"] else "and the processor has no AVX-512"
        return f"OpenBLAS uses its {report['kernel']} kernels, {reason}: nothing to set."
    setting = f"{blas.SETTING}={report['recommended']}"
    gain = report["gain"]
    if gain < 1.05:
        return (
            f"OpenBLAS uses its {report['kernel']} kernels though the processor has AVX-512; with {setting} "
            f"a product was {gain:.2f} times as fast, so it may stay as it is."
        )
    return (
        f"OpenBLAS uses its {report['kernel']} kernels though the processor has AVX-512. With {setting} in "
        "the environment, set before Python starts, a product of 128 x 784 by 784 x 512 is "
        f"{gain:.2f} times as fast."
    )


def _seconds(core):
    environment = {name: value for name, value in os.environ.items() if name != blas.SETTING}
    environment["OPENBLAS_NUM_THREADS"] = "1"  # kernels are compared, not threads
    if core:
        environment[blas.SETTING] = core
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)[0]
