"""What the timed tests share: the package that is timed, one thread, and the facts recorded with a figure."""

import os

import numpy as np
import pytest

from tests.grading.judging.package import GRADED

from . import machine
from .turns import thread_settings

for name, value in thread_settings(1).items():  # before a library starts its threads
    os.environ.setdefault(name, value)


@pytest.fixture
def timed(request):
    """The package that --impl names; its functions are timed."""
    return request.config.stash[GRADED]


@pytest.fixture(params=["float32", "float64"])
def dtype(request):
    """Both dtypes, each timed separately."""
    return np.dtype(request.param)


@pytest.fixture(autouse=True)
def one_thread():
    """Time on one thread, which is steadier and comparable between machines."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        yield


@pytest.fixture
def benchmark(benchmark, one_thread, request):
    """pytest-benchmark's fixture; its ``extra_info``, and so the JSON, records what a figure depends on."""
    about = machine.describe()
    benchmark.extra_info.update(
        processor=about["processor"],
        python=about["python"],
        versions=about["versions"],
        blas=[f"{pool['library']} {pool['version']}, kernel {pool['kernel']}" for pool in about["blas"]],
        threads=1,
        dtype=str(request.getfixturevalue("dtype")) if "dtype" in request.fixturenames else "float32",
    )
    return benchmark
