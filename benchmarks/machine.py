"""The machine: processor, versions, threads and the BLAS kernel in use, recorded with every figure."""

import os
import platform
import sys
from functools import cache
from importlib import metadata
from pathlib import Path

PACKAGES = ("numpy", "scikit-learn", "torch", "jax", "keras", "tensorflow", "matplotlib", "pytest-benchmark")
THREAD_VARIABLES = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_CORETYPE")


def describe():
    """Return a dict of the machine and the versions."""
    return {
        "processor": processor(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "versions": versions(),
        **libraries(),
        "settings": {name: os.environ[name] for name in THREAD_VARIABLES if name in os.environ},
    }


def libraries():
    """Return the BLAS libraries that are loaded, with kernel and threads."""
    from threadpoolctl import threadpool_info

    return {
        "blas": [
            {
                "library": pool["internal_api"],
                "version": pool.get("version"),
                "kernel": pool.get("architecture"),
                "threads": pool["num_threads"],
            }
            for pool in threadpool_info()
            if pool["user_api"] == "blas" and "numpy" in pool["filepath"]
        ]
    }


@cache
def versions():
    """Return the versions of the packages that are installed."""
    found = {}
    for package in PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found


@cache
def processor():
    """Return the processor's name as the system reports it."""
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine() or sys.platform
