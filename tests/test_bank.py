"""The bank tests the lessons: every mistake is refused and told by name, every right way passes."""

import inspect
import json
import re
import subprocess
import sys
from argparse import Namespace
from collections import Counter

import pytest

from nn.network import Network
from tests.grading import ROOT
from tests.grading.course.exercises import EXERCISES
from tests.grading.course.skeletons import skeletons
from tests.grading.desk import helping, telling
from tests.grading.diagnosis.diagnose import diagnose
from tests.grading.finding import FAILING, PASSED, TODO, Finding, as_data, from_data
from tests.grading.judging.package import Module, Package, refuse
from tests.grading.judging.results import Result
from tests.grading.judging.solutions import grade, judge_solution
from tests.grading.show import render
from tests.grading.terminal import PLAIN
from tests.solutions import PROBES, RACES, RIGHT, WRONG
from tests.solutions.asks import ASKED, DRAWN
from tests.solutions.asks.form import PLAIN as PLAIN_REFERENCES
from tests.solutions.tables import lessons_of

ALL_WRONG = [solution for solutions in WRONG.values() for solution in solutions]
ALL_RIGHT = [solution for solutions in RIGHT.values() for solution in solutions]
FUNCTIONS = [name for name, exercise in EXERCISES.items() if exercise.function]


def _id(solution):
    return f"{solution.exercise}-{solution.name}"


@pytest.mark.parametrize("solution", ALL_WRONG, ids=_id)
def test_wrong_solution_is_refused_by_its_own_diagnosis(solution):
    """A lesson that lets a known mistake through teaches it; a diagnosis of another mistake misleads."""
    result = judge_solution(solution)
    assert result.status == (TODO if solution.unwritten else FAILING), (
        f"{result.status}: {result.passed} of {result.tests} tests passed\n{result.message}"
    )
    data = json.dumps(as_data(result.finding))
    assert repr(from_data(json.loads(data))) == repr(result.finding), "repr: a nan equals nothing"
    told = " ".join(result.message.split())
    assert told.startswith(solution.sentence), f"expected: {solution.sentence}\ntold: {told}"
    assert re.search("Smallest failing call: |What fails: ", told), (
        "the message shows no call on which the solution fails"
    )


@pytest.mark.parametrize("solution", ALL_RIGHT, ids=_id)
def test_right_variant_passes(solution):
    """A lesson that rejects another right way is worse than none."""
    result = judge_solution(solution)
    assert result.status == PASSED, result.message
    told = diagnose(solution.exercise, solution.code)
    assert told is None, f"the probes tell it from the reference: {render(told.finding)}"


class _Alone(Package):
    """The reference, in which one exercise's function is right and no test may use another."""

    def __init__(self, exercise):
        super().__init__("nn")
        self._exercise = exercise

    def __getattr__(self, name):
        return _ModuleOfOne(self, name)


class _ModuleOfOne(Module):
    def __getattr__(self, attribute):
        exercise, value = self._package._exercise, super().__getattr__(attribute)
        if self._name == exercise.module:
            if attribute == exercise.function:
                return value
            if attribute == "Network":
                return _network_of_one(exercise.function.removeprefix("Network."))
            if attribute == "EarlyStopping" or self._name == "optimizers":  # the classes come ready-made
                return value
        return refuse(f"the tests of {exercise.name} use {self._name}.{attribute}")


def _network_of_one(method):
    """Return the reference's Network with every method wrong that an exercise's own does not call."""

    def refusing(name):
        return lambda *arguments: refuse(f"the tests of Network.{method} use Network.{name}")

    others = {"predict", "predict_proba", "loss_and_grads"} - {method}
    wrong = {name: refusing(name) for name in others}
    if method == "loss_and_grads":  # whose tests look at what forward has returned, and not at its numbers
        wrong["forward"] = lambda self, X: Network.forward(self, X) + 1
    return type("NetworkOfOne", (Network,), wrong)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_no_exercise_is_judged_by_another(name):
    """A right function must not be blamed because the yardstick is another one, which is wrong."""
    result = grade(_Alone(EXERCISES[name]), EXERCISES[name]).all()[name]
    assert result.status == PASSED, result.message


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_exercise_has_its_mistakes_and_its_right_ways(name):
    assert len(WRONG[name]) >= 2, f"{name} has {len(WRONG[name])} wrong solutions"
    assert RIGHT[name], f"{name} has no right variant"
    assert name in PROBES, f"{name} has no probes"


def test_the_bank_is_large_and_its_names_are_its_own():
    assert len(ALL_WRONG) > 100
    assert len(ALL_RIGHT) > 40
    twice = [name for name, count in Counter(_id(s) for s in ALL_WRONG + ALL_RIGHT).items() if count > 1]
    assert not twice, twice
    for name in FUNCTIONS:
        sentences = [solution.sentence for solution in WRONG[name]]
        assert len(set(sentences)) == len(sentences), f"two mistakes in {name} are told alike"
        for sentence in sentences:
            assert sentence.isascii(), f"{name}: a sentence must be ASCII: {sentence!r}"
            ended = sentence.endswith((".", "?", ")"))
            assert ended, f"{name}: a sentence must end with a full stop, a question mark or ): {sentence!r}"


@pytest.mark.parametrize("solution", [s for s in ALL_WRONG if inspect.isfunction(s.code)], ids=_id)
def test_a_wrong_function_is_written_as_a_learner_writes_it(solution):
    """No learner spoils the result of a right function. Only classes may: they need their other methods."""
    assert not solution.borrows, f"it calls the reference's {solution.exercise}: write its formula out"


def test_every_exercise_has_three_hints_and_a_remark():
    for name, exercise in EXERCISES.items():
        idea, formula, outline = exercise.hints
        assert all(step.strip() for step in (idea, formula, outline)), f"a hint of {name} is empty"
        longest = max(map(len, formula.splitlines()))
        assert longest <= 77, f"the formula of {name} may have 77 characters in a line; it has {longest}"
        if exercise.function:
            assert "Example" in formula, (
                f"the formula of {name} must have a worked number after the word Example"
            )
        assert bool(exercise.remark) == bool(exercise.function), (
            f"{name} must have a remark if it has a function"
        )


@pytest.mark.parametrize("name", FUNCTIONS)
def test_hints_say_what_the_skeleton_does_not(name):
    """The first hint must be worth asking for: no run of six words stands in the skeleton, too."""
    said = " ".join(_words(skeletons()[f"{EXERCISES[name].module}.py"]))
    words = _words(EXERCISES[name].hints[0])
    runs = [" ".join(words[i : i + 6]) for i in range(len(words) - 5)]
    assert len(runs) > 10, f"the idea of {name} must have 16 words or more; it has {len(words)}"
    same = [run for run in runs if f" {run} " in f" {said} "]
    assert not same, f"the idea of {name} must not repeat six words of the skeleton in a row: {same}"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_outlines_leave_the_code_to_write(name):
    """The last hint is prose: neither it nor any of its steps runs as Python, or stands in the solution."""
    outline = EXERCISES[name].hints[2]
    steps = [line.partition(". ")[2] for line in outline.splitlines()]
    assert len(steps) > 1, f"the outline of {name} must have two steps or more"
    solution = " ".join(inspect.getsource(RIGHT[name][0].code).split())
    for text in (
        outline,
        *steps,
        *(part for step in steps for part in step.split(": ") if " " in part),
    ):
        try:
            compile(text, name, "exec")
        except SyntaxError:
            continue
        pytest.fail(f"the outline of {name} must be words, but this runs as Python: {text!r}")
    for step in steps:
        for quoted in re.findall(r"\S+ [-+*/@=]+ \S+(?: [-+*/@=]+ \S+)*", step):
            assert quoted not in solution, (
                f"the outline of {name} must not quote the plain solution: {quoted}"
            )


def _words(text):
    return re.findall(r"[\w']+", re.sub(r"\n\s*#", " ", text).lower())


@pytest.mark.parametrize("columns", [80, 60])
def test_every_sentence_fits_the_terminal(columns, capsys, monkeypatch, tmp_path):
    """What the bank knows to say is wrapped where it is printed, with its indent."""
    monkeypatch.setenv("COLUMNS", str(columns))
    options = Namespace(folder=tmp_path, paint=PLAIN, command="python -m kata")
    for solution in ALL_WRONG:
        telling.tell(Result(solution.exercise, FAILING, Finding(sentence=solution.sentence)), options)
    for name in EXERCISES:
        for step in ("1", "2", "3"):
            helping.show_hint(EXERCISES[name], int(step), options)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) > len(ALL_WRONG)
    assert [line for line in lines if len(line) >= columns] == []


def test_the_bank_needs_nothing_of_the_grader_but_what_a_finding_is():
    """It is material that the grader reads, so it can be read and changed without it."""
    code = "import sys; from tests.solutions import WRONG; assert len(WRONG); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    used = {name.split(".")[2] for name in done.stdout.split() if name.startswith("tests.grading.")}
    assert used <= {"finding", "marking", "show", "terminal"}


@pytest.mark.parametrize("table", [PROBES, RACES, RIGHT, WRONG, ASKED, DRAWN, PLAIN_REFERENCES])
def test_a_table_reads_all_lessons_that_enter_something_for_an_exercise(table):
    """Else an exercise would have fewer mistakes, or fewer asks, until someone goes through the table."""
    for exercise, entered in table.items():
        for entry in entered if isinstance(entered, list) else [entered]:
            code = getattr(entry, "code", None) or getattr(entry, "prepare", None) or entry
            assert int(code.__module__[-1]) in lessons_of(exercise), f"{exercise}: {code.__module__}"


def test_one_exercise_needs_the_bank_of_its_own_lesson_alone():
    code = "import sys; from tests.solutions import WRONG; WRONG['relu']; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    read = [name for name in done.stdout.split() if name.startswith("tests.solutions.lesson_")]
    assert read == ["tests.solutions.lesson_1"]
