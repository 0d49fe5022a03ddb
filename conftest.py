"""The suite's options: which package is graded, which seed the tests draw from, whether slow ones run."""

import zlib

import numpy as np
import pytest

from tests.grading import Package

GRADED = pytest.StashKey[Package]()


def pytest_addoption(parser):
    group = parser.getgroup("nn-kata")
    group.addoption(
        "--impl",
        default="nn",
        metavar="NAME",
        help="package that the lessons grade: an importable name or the path of a folder (default: nn)",
    )
    group.addoption(
        "--seed",
        type=int,
        default=0,
        metavar="N",
        help="seed of the tests' random numbers; the lessons hold for any (default: 0)",
    )
    group.addoption("--slow", action="store_true", help="run the tests that take minutes, too")


def pytest_configure(config):
    config.stash[GRADED] = Package(config.getoption("--impl"))


def pytest_report_header(config):
    package = config.stash[GRADED]
    return f"graded package: {package.name} ({package.path})"


def pytest_collection_modifyitems(config, items):
    if not config.getoption("--slow"):
        for item in items:
            if item.get_closest_marker("slow"):
                item.add_marker(pytest.mark.skip(reason="takes minutes; run it with --slow"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if call.excinfo is not None and call.excinfo.errisinstance(NotImplementedError):
        entry = call.excinfo.traceback[-1]
        report.longrepr = f"{entry.name} is not written yet: {entry.path}:{entry.lineno + 1}"
    return report


@pytest.fixture
def rng(request):
    """A generator of the test's own: what one test draws never depends on another."""
    return np.random.default_rng(
        [request.config.getoption("--seed"), zlib.crc32(request.node.nodeid.encode())]
    )


@pytest.fixture
def graded(request):
    """The package under test; modules are imported when a test first touches them."""
    return request.config.stash[GRADED]


def _module_fixture(name):
    @pytest.fixture(name=name)
    def module(graded):
        return getattr(graded, name)

    module.__doc__ = f"The module ``{name}`` of the package under test."
    return module


activations = _module_fixture("activations")
losses = _module_fixture("losses")
layers = _module_fixture("layers")
initializers = _module_fixture("initializers")
network = _module_fixture("network")
optimizers = _module_fixture("optimizers")
regularization = _module_fixture("regularization")
training = _module_fixture("training")
