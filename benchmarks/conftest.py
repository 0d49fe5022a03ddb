"""What the timed suites have in common: the package that is timed, and arrays of usual size."""

import numpy as np
import pytest

from tests.grading.package import GRADED


@pytest.fixture
def timed(request):
    """The package that --impl names; its functions are timed."""
    return request.config.stash[GRADED]


@pytest.fixture(params=["float32", "float64"])
def dtype(request):
    """Both dtypes, each in a timing of its own."""
    return np.dtype(request.param)


@pytest.fixture(autouse=True)
def one_thread():
    """Time on one thread: steadier, and comparable between machines."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        yield
