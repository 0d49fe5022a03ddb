"""Judging a single solution of the bank: the reference with one function replaced, graded in this process."""

import contextlib
import io

import pytest

from tests.grading import ROOT
from tests.grading.course.exercises import EXERCISES, LESSONS
from tests.grading.judging.package import GRADED, Altered
from tests.grading.judging.plugin import RESULTS


class _Judge:
    """Puts the altered package in the place of the one that the options name, and keeps the results."""

    def __init__(self, package):
        self.package, self.results, self.reports = package, None, []

    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(self, config):
        config.stash[GRADED] = self.package

    def pytest_unconfigure(self, config):
        self.results = config.stash.get(RESULTS, None)


def judge_solution(solution):
    """Grade a solution by the tests of its own exercise; return the Result."""
    return grade_solution(solution).all()[solution.exercise]


def grade_solution(solution):
    """Grade a solution by the tests of its own exercise; return the Results, test by test."""
    exercise = EXERCISES[solution.exercise]
    return grade(Altered(exercise.module, exercise.function.split(".")[0], solution.code), exercise)


def grade(package, exercise):
    """Grade a package by the tests of one exercise in this process; return the Results."""
    judge = _Judge(package)
    command = [
        *("-p", "no:cacheprovider", "-p", "no:unraisableexception", "-q", "-s"),
        *(f"--rootdir={ROOT}", f"-c={ROOT}/pyproject.toml", f"--exercise={exercise.name}"),
        f"{ROOT}/tests/lessons/test_{exercise.lesson}_{LESSONS[exercise.lesson]}.py",
    ]
    with contextlib.redirect_stdout(io.StringIO()) as output, pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # they take longer than the tests
        pytest.main(command, plugins=[judge])
    if judge.results is None:
        raise RuntimeError(f"the lessons could not be run: {output.getvalue()}")
    return judge.results
