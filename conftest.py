"""The suite's options: which package is graded, which seed the tests draw from, whether slow ones run."""

import os
import zlib
from pathlib import Path

# Before NumPy is imported: the lessons' products are small, and several threads then wait for one another
# more than they work, above all on a busy machine.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import pytest

from tests.grading.desk import summary
from tests.grading.judging import plugin
from tests.grading.judging.package import GRADED

LESSONS = Path(__file__).parent / "tests" / "lessons"


def pytest_addoption(parser, pluginmanager):
    pluginmanager.register(plugin, "grading")
    pluginmanager.register(summary, "board")
    group = parser.getgroup("nn-kata")
    group.addoption(
        "--seed",
        type=int,
        default=0,
        metavar="N",
        help="seed of the tests' random numbers; the lessons hold for any (default: 0)",
    )
    group.addoption("--slow", action="store_true", help="run the tests that take minutes, too")


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config):
    """Let an idle process take tests from a busy one: they differ by a factor of a thousand in length."""
    if getattr(config.option, "numprocesses", None) and config.option.dist == "no":  # without xdist: nothing
        config.option.dist = "worksteal"


def pytest_report_header(config):
    package = config.stash[GRADED]
    return f"graded package: {package.name} ({package.path})"


def pytest_ignore_collect(collection_path, config):
    """Leave out the tests that are about the reference alone, and what they need, where another is graded."""
    is_file_of_ours = collection_path.suffix == ".py" and collection_path.parent == LESSONS.parent
    return True if is_file_of_ours and config.getoption("--impl") != "nn" else None


def pytest_collection_modifyitems(config, items):
    if not config.getoption("--slow"):
        for item in items:
            if item.get_closest_marker("slow"):
                item.add_marker(pytest.mark.skip(reason="takes minutes; run it with --slow"))


@pytest.fixture
def rng(request):
    """A generator of the test's own: what one test draws never depends on another."""
    name = zlib.crc32(request.node.nodeid.encode())
    return np.random.default_rng([request.config.getoption("--seed"), name])
