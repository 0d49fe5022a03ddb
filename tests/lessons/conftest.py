"""What the lessons have in common: the graded modules as fixtures, and failures told in a few plain lines."""

import linecache
import textwrap
from inspect import getdoc

import pytest

from tests.grading import GRADED


@pytest.fixture
def graded(request):
    """The package under test; its modules are imported when a test first touches them."""
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


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Let the message lead: no source of the test, no traceback, unless --tb asks for one."""
    report = yield
    if report.failed and item.config.getoption("tbstyle") == "auto":
        message = _explain(call.excinfo, item.config.stash[GRADED].path)
        if why := getdoc(item.function):
            message += f"\nWhy: {why.splitlines()[0]}"
        report.longrepr = "\n".join(map(_wrapped, message.splitlines()))
    return report


def _explain(excinfo, package):
    """Say what went wrong: a check's own message, or where an exception arose and what came before it."""
    message = str(excinfo.value)
    if excinfo.errisinstance((AssertionError, pytest.fail.Exception)):
        return message.split("\nassert ")[0]  # pytest appends the expression; the message has said it better
    inside = [entry for entry in excinfo.traceback if entry.path.parent == package]
    entry = inside[-1] if inside else excinfo.traceback[-1]
    source = linecache.getline(str(entry.path), entry.lineno + 1).strip()
    if excinfo.errisinstance(NotImplementedError):
        return f"{entry.name} is not written yet: {entry.path}:{entry.lineno + 1}"
    if inside:
        return (
            f"{entry.name} raised {excinfo.typename}: {message}\n  {entry.path}:{entry.lineno + 1}: {source}"
        )
    if "unpack" in message:
        return f"A result has other parts than the lesson expects ({message}).\n  expected: {source}"
    return f"{excinfo.typename}: {message}\n  in the lesson: {source}"


def _wrapped(line):
    if line.startswith(("Look at: ", "Why: ")):
        return textwrap.fill(line, 79, subsequent_indent="  ")
    return line
