"""Whole passes of each contender: forward, forward and backward, step, epoch, prediction.

Loss and gradients of every contender are compared with the naive version before anything is timed. These
tests run one after another; for ratios that you can trust, see `python -m benchmarks run`.
"""

import numpy as np
import pytest

from . import naive
from .contenders import CONTENDERS, graded, identifier
from .workloads import WORKLOADS, images, initial

FULL_BATCH = 6000  # samples: a tenth of the training set is enough to time v1's one step
NAMES = [name for name, contender in CONTENDERS.items() if "predict" in contender.commands]


@pytest.fixture(params=NAMES, ids=identifier)
def contender(request, timed):
    """Return a contender's class; ours is the package that --impl names."""
    kind = CONTENDERS[request.param]
    if reason := kind.absent():
        pytest.skip(reason)
    return graded(timed) if request.param == "nn" else kind


@pytest.fixture(params=WORKLOADS.values(), ids=lambda workload: workload.identifier)
def workload(request):
    return request.param


@pytest.fixture(autouse=True)
def sizes(contender, workload, benchmark):
    """Record with the figure which contender is timed, on which network and batch.

    The contender comes first: if it is absent, the test is skipped before a benchmark must be used.
    """
    batch = workload.batch or FULL_BATCH
    benchmark.extra_info.update(contender=contender.name, sizes=list(workload.sizes), batch=batch)


def built_or_skipped(contender, workload, dtype=np.float32):
    """Return the contender built for a workload; skip the test if it cannot be built."""
    try:
        return contender(workload, dtype)
    except NotImplementedError as error:
        pytest.skip(str(error))


def batch_of(workload, dtype):
    X, y = images(workload.batch or FULL_BATCH, dtype=dtype)
    return X, y


def require_same(built, workload, X, y, dtype):
    """Fail unless a contender's loss and gradients, or its answers, are those of the naive version."""
    params = initial(workload, dtype)
    wide = [param.astype(np.float64) for param in params]
    scores = naive.forward(wide, X.astype(np.float64), workload.activation)[-1]
    if built.name == "bare matrix products":
        return  # it computes nothing that could be right
    tolerance = {"rtol": 1e-3, "atol": 1e-4} if dtype == np.float32 else {"rtol": 1e-6, "atol": 1e-8}
    try:
        np.testing.assert_allclose(built.forward(X), scores, **tolerance)
    except NotImplementedError:
        best = np.sort(scores, axis=1)
        clear = best[:, -1] - best[:, -2] > 1e-3
        np.testing.assert_array_equal(built.predict(X)[clear], np.argmax(scores, axis=1)[clear])
    try:
        loss, grads = built.gradients(X, y)
    except NotImplementedError:
        return
    expected, expected_grads = naive.loss_and_grads(wide, X.astype(np.float64), y, workload.activation)
    np.testing.assert_allclose(float(loss), expected, **tolerance)
    for actual, wanted in zip(built.numbers(grads), expected_grads, strict=True):
        np.testing.assert_allclose(actual, wanted, **tolerance)


@pytest.mark.parametrize("what", ["forward", "gradients", "step"])
def test_pass(benchmark, contender, workload, dtype, what):
    """One batch."""
    X, y = batch_of(workload, dtype)
    built = built_or_skipped(contender, workload, dtype)
    require_same(built, workload, X, y, dtype)
    benchmark.group = f"{what}, {workload.name}, {dtype}"
    arguments = [X] if what == "forward" else [X, y]
    try:
        getattr(built, what)(*arguments)
    except NotImplementedError:
        pytest.skip(f"{built.name} has no {what} of its own")
    benchmark(getattr(built, what), *arguments)


def test_epoch(benchmark, contender, workload):
    """6,000 samples, a tenth of an epoch; a contender that trains learns a simple task."""
    X, _ = images(6000)
    y = (X[:, :392].sum(axis=1) > X[:, 392:].sum(axis=1)).astype(int)  # brighter above than below?
    built = built_or_skipped(contender, workload)
    benchmark.group = f"epoch of 6,000, {workload.name}"
    benchmark.pedantic(built.epoch, args=(X, y), rounds=3, warmup_rounds=1)
    if built.name != "bare matrix products" and workload.batch:
        right = float(np.mean(built.predict(X) == y))
        assert right > 0.7, f"after four epochs {right:.0%} of a simple task are right"


def test_prediction(benchmark, contender, workload, dtype):
    """Classes of 10,000 images."""
    X, y = images(10_000, dtype=dtype)
    built = built_or_skipped(contender, workload, dtype)
    require_same(built, workload, X[:500], y[:500], dtype)
    benchmark.group = f"prediction of 10,000, {workload.name}, {dtype}"
    benchmark(built.predict, X)
