"""BLAS: which kernels NumPy's matrix products use, and whether the processor could run better ones."""

import os
from typing import NamedTuple

import numpy as np

# OpenBLAS's names for its x86 kernels without AVX-512, and the kernel for processors that have it.
NARROW = ("Prescott", "Core2", "Nehalem", "Sandybridge", "Haswell", "Zen", "Excavator", "Bulldozer")
WIDE = "SkylakeX"
SETTING = "OPENBLAS_CORETYPE"


class Advice(NamedTuple):
    """A kernel that may be better than the one in use, printed with the setting that selects it."""

    kernel: str  # in use
    better: str

    def __str__(self):
        return f"{SETTING}={self.better} may be faster: NumPy's BLAS uses {self.kernel} kernels here"


def advise():
    """Return an ``Advice`` if OpenBLAS uses narrower kernels than the processor could run, otherwise None.

    It gives no advice if the variable is already set, or if the processor lacks the instructions: a program
    that uses missing instructions crashes.
    """
    used = kernel()
    if SETTING in os.environ or used not in NARROW or not has_avx512():
        return None
    return Advice(used, WIDE)


def kernel():
    """Return the name of the kernels that NumPy's OpenBLAS uses, None for another library."""
    from threadpoolctl import threadpool_info

    for pool in threadpool_info():
        if pool["internal_api"] == "openblas" and "numpy" in pool["filepath"]:
            return pool.get("architecture")
    return None


def has_avx512():
    """Return True if NumPy has found the AVX-512 instructions that OpenBLAS's wide kernels need."""
    return bool({"AVX512_SKX", "X86_V4"} & _instructions())


def has_avx2():
    """Return True if NumPy has found the AVX2 and FMA3 instructions that OpenBLAS's Haswell kernels need."""
    return has_avx512() or "X86_V3" in _instructions() or {"AVX2", "FMA3"} <= _instructions()


def _instructions():
    """Return the names of the vector instructions that NumPy knows and this processor has."""
    extensions = np.show_config(mode="dicts").get("SIMD Extensions", {})
    return {*extensions.get("found", []), *extensions.get("baseline", [])}
