"""Each kernel timed separately: activations, losses, dense layer, dropout, clipping, optimizer steps.

Every result is compared with a plain formula before anything is timed. The groups are the tables that
`pytest benchmarks` prints; `--impl kata` times your own code.
"""

import numpy as np
import pytest

from .kernels import IN, KERNELS, OUT, N


@pytest.mark.parametrize("name", KERNELS)
def test_kernel(benchmark, timed, dtype, name):
    case = KERNELS[name].build(timed, dtype)
    case.check()
    benchmark.group = KERNELS[name].group
    benchmark.extra_info.update(case.info)
    benchmark(case.call)


def test_bare_product(benchmark, dtype):
    """The floor of both passes of the dense layer."""
    rng = np.random.default_rng(0)
    x, W = (rng.standard_normal(shape).astype(dtype) for shape in ((N, IN), (IN, OUT)))
    out = np.empty((N, OUT), dtype)
    benchmark.group = KERNELS["dense"].group
    benchmark.extra_info.update(sizes=[IN, OUT], batch=N)
    benchmark(np.matmul, x, W, out=out)
