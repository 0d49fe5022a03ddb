"""Explaining: the ladder in the graded process, after the last test of an exercise that fails.

A change is only spoken of if all tests of the exercise pass with it. They run once more, with the same guards
around them, against a package in which the changed module has taken the place of the learner's. Their reports
go nowhere.
"""

import gc
import io
import tempfile
import unittest
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from pathlib import Path

import pytest

from tests.grading.course.exercises import EXERCISES
from tests.grading.diagnosis.ladder import explain
from tests.grading.judging import guards
from tests.grading.judging.package import GRADED, Changed
from tests.grading.world import World

SEVERAL = 6  # exercises that are explained thoroughly in one run
BRIEFLY = 600  # edits that are tried for each of the others
COLLECTED = 20_000  # objects more than before, at which garbage is looked for
COUNT = pytest.StashKey[int]()


def explained(result, items, nextitem, tools):
    """Return the findings of the ladder on a failing exercise, () if nothing is proven.

    items: its tests. nextitem: the test that pytest runs next. tools: what judges, which is put back; of code
    that replaces it, nothing is told.
    """
    exercise, config = EXERCISES[result.name], items[0].config
    package, world = config.stash[GRADED], World()
    config.stash[COUNT] = config.stash.get(COUNT, 0) + 1
    tries = BRIEFLY if config.stash[COUNT] > SEVERAL else None

    def tests(source, alone=False):
        with _changed(package, exercise, source, alone) as changed:
            return _passing(items, nextitem, changed)

    def subject_of(other):
        module = getattr(package, EXERCISES[other].module)
        return getattr(module, EXERCISES[other].function.split(".")[0])

    found = ()
    with _seldom_collecting(), redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        try:
            source = (package.path / f"{exercise.module}.py").read_text(encoding="utf-8")
            found = tuple(explain(exercise.name, source, result.finding, tests, subject_of, tries))
        except BaseException:  # whatever the code raises: a help, without which the evidence must do
            found = ()
        finally:
            replaced = tools.replaced()
            world.changes()
    return () if replaced else found


@contextmanager
def _seldom_collecting():
    """Within the block, look for garbage seldom, and never among what pytest has: trees are many objects."""
    often = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(COLLECTED, *often[1:])
    try:
        yield
    finally:
        gc.set_threshold(*often)
        gc.unfreeze()


@contextmanager
def _changed(package, exercise, source, alone):
    """Within the block, have a package with another text for the exercise's module.

    alone: all else is nn's, the other exercises of the module included.
    """
    folders = [package.path]
    if alone:
        import nn

        folders = [Path(nn.__file__).parent, package.path]
        own = exercise.function.split(".")[0]
        tops = {
            e.function.split(".")[0] for e in EXERCISES.values() if e.function and e.module == exercise.module
        }
        if others := sorted(tops - {own}):
            source += f"\n\nfrom nn.{exercise.module} import {', '.join(others)}\n"
    with tempfile.TemporaryDirectory() as folder:
        changed = Changed(Path(folder), folders, {exercise.module: source})
        try:
            refused = {} if alone else guards.sources_refused(changed.path)
            yield None if refused else changed
        finally:
            changed.forget()


def _passing(items, nextitem, package):
    """Return how many tests pass with a package in the place of the graded one; 0 if any does not."""
    if package is None:
        return 0
    config, passed = items[0].config, 0
    before, config.stash[GRADED] = config.stash[GRADED], package
    try:
        for item in items:
            outcome = _outcome(item, nextitem)
            if outcome is False:
                return 0
            passed += outcome is True
        return passed
    finally:
        config.stash[GRADED] = before


def _outcome(item, nextitem):
    """Run a test once more; return whether it passes, None if it is skipped."""
    properties, sections = list(item.user_properties), list(item._report_sections)
    item._initrequest()
    passed = True
    try:
        item.ihook.pytest_runtest_setup(item=item)
        item.ihook.pytest_runtest_call(item=item)
    except (pytest.skip.Exception, unittest.SkipTest):
        passed = None
    except (Exception, pytest.fail.Exception, SystemExit):
        passed = False
    finally:
        with suppress(Exception, pytest.fail.Exception):
            item.ihook.pytest_runtest_teardown(item=item, nextitem=nextitem)
        item.user_properties[:], item._report_sections[:] = properties, sections
        item._request = item.funcargs = None
    return passed
