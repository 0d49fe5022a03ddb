"""What the tests of the diagnosis share: the finding on some code, and what a finding says."""

from dataclasses import replace

from tests.grading.course.exercises import EXERCISES
from tests.grading.diagnosis import diagnose as diagnosing
from tests.grading.judging.solutions import judge_solution
from tests.grading.show import render, what_is_wrong
from tests.solutions import WRONG, Solution

FUNCTIONS = [name for name, e in EXERCISES.items() if e.function and e.function.islower() and e.lesson < 8]
RETURNING = [name for name in FUNCTIONS if not name.endswith("_step")]
MISTAKES = [solution for name in RETURNING for solution in WRONG[name]]


def diagnose(name, code):
    """Return the finding of the diagnosis; None if there is none."""
    told = diagnosing.diagnose(name, code)
    return told and told.finding


def judged(name, code):
    return judge_solution(Solution("of_a_learner", name, code)).message


def said(finding):
    """Return all that a finding says."""
    return render(finding, 10_000)


def evidence(finding):
    """Return what a finding shows, without the bank's sentence."""
    return "\n".join(what_is_wrong(replace(finding, sentence=""), 10_000))
