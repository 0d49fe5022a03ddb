"""The asks hold: whatever is right passes all of them, and every mistake of the bank fails one."""

import contextlib
import importlib
import io

import numpy as np
import pytest

from tests.grading.course.exercises import EXERCISES
from tests.grading.trace.outcomes import drawn, fixed, outcome, right, wrong_parts
from tests.solutions import RIGHT, WRONG
from tests.solutions.asks import ASKED, DRAWN, Ask, drawn_asks, fixed_asks
from tests.solutions.asks.form import calling
from tests.solutions.asks.lesson_4 import SCALED
from tests.solutions.tables import subject_of

FUNCTIONS = [name for name, exercise in EXERCISES.items() if exercise.function]
ALL_WRONG = [solution for found in WRONG.values() for solution in found if not solution.unwritten]
ALL_RIGHT = [solution for found in RIGHT.values() for solution in found]


def _id(solution):
    return f"{solution.exercise}-{solution.name}"


def failures(exercise, subject):
    """Yield the asks that a subject fails, with the parts that are wrong."""
    for expected in (*fixed(exercise), *drawn(exercise)):
        parts = outcome(expected.ask, subject)
        if not right(parts, expected.outcomes):
            yield expected.ask, sorted(wrong_parts(parts, expected.outcomes))


@pytest.mark.parametrize("solution", ALL_RIGHT, ids=_id)
def test_right_variants_pass_all_asks(solution):
    assert next(failures(solution.exercise, solution.code), None) is None


@pytest.mark.parametrize("exercise", FUNCTIONS)
def test_the_reference_passes_all_asks(exercise):
    """For speed it may keep its state in another form than the plain references: what counts is what it
    does.
    """
    assert next(failures(exercise, subject_of(exercise)), None) is None


@pytest.mark.parametrize("solution", ALL_WRONG, ids=_id)
def test_wrong_solutions_fail_an_ask_that_the_lessons_ask(solution):
    with contextlib.redirect_stdout(io.StringIO()):
        asked = any(ask.asked for ask, _ in failures(solution.exercise, solution.code))
    assert asked, "no ask tells this mistake from a right solution"


@pytest.mark.parametrize("exercise", FUNCTIONS)
def test_every_exercise_has_fixed_and_random_asks(exercise):
    assert exercise in DRAWN
    assert len(drawn_asks(exercise)) >= (40 if exercise in SCALED else 200)  # forty of a dozen layers each
    labels = [ask.label for ask in fixed_asks(exercise)]
    assert len(set(labels)) >= 3, labels


@pytest.mark.parametrize("exercise", FUNCTIONS)
def test_asks_are_the_same_each_time(exercise):
    once, again = ([ask.label for ask in drawn_asks(exercise)] for _ in range(2))
    assert once == again


@pytest.mark.parametrize("exercise", FUNCTIONS)
def test_asks_know_the_function_of_an_exercise(exercise):
    home = importlib.import_module(f"nn.{EXERCISES[exercise].module}")
    assert subject_of(exercise) is getattr(home, EXERCISES[exercise].function.split(".")[0])


def test_asks_are_of_exercises_alone():
    assert {*ASKED, *DRAWN} <= set(FUNCTIONS)


def test_a_call_notes_changed_arguments_and_results_that_are_written_over():
    kept = np.zeros(3)

    def over(x):
        kept[...] = x
        x += 1
        return kept

    parts = outcome(Ask("twice", calling(np.arange(3.0), twice=True)), over)
    assert not parts["arguments unchanged"]
    assert not parts["first result kept"]
