"""A call that is shown can be typed in, and what is only described is not announced as a call."""

import ast
import builtins
import re

import numpy as np
import pytest

from tests.diagnoses import FUNCTIONS, MISTAKES, diagnose, evidence
from tests.grading.diagnosis.evidence import named
from tests.grading.diagnosis.outcomes import agree, observe
from tests.grading.diagnosis.reference import reference
from tests.grading.finding import Finding
from tests.grading.show import render
from tests.lessons.checks import typed
from tests.solutions import PROBES, WRONG
from tests.solutions.bank import _emptied

ALL_CASES = [
    case
    for name in PROBES
    for first in PROBES[name](reference(name))
    for case in (first, first.shown)
    if case is not None
]


def test_what_is_announced_as_a_call_needs_no_other_names_than_the_readme_imports():
    names = {"rng": None, "Network": None} | dict.fromkeys([*PROBES, *dir(builtins)])
    exec("from numpy import *", names)
    assert sum(case.typable for case in ALL_CASES) > 200
    for case in ALL_CASES:
        if not case.typable:
            continue
        free = {node.id for node in ast.walk(ast.parse(case.text)) if isinstance(node, ast.Name)}
        assert free - {"p", "batch"} <= names.keys(), case.text


def test_a_sentence_is_continued_where_it_began():
    """Only what has a label is continued with an indent: a colon within a sentence makes none."""
    for solution in MISTAKES:
        assert not re.search("^ ", render(Finding(sentence=solution.sentence), 60), re.M), solution.sentence
    assert re.search("^  ", render(Finding(why="word " * 30), 60), re.M)


@pytest.mark.parametrize("name", PROBES)
def test_every_array_of_a_result_has_a_name(name):
    """A learner knows dW and W1, and counts no parts of a result: "result[1] is wrong" says nothing."""
    cases = list(PROBES[name](reference(name)))
    for case, outcome in zip(cases, observe(PROBES[name], reference(name)), strict=True):
        names = [named(case, place) for place, leaf in outcome.leaves.items() if isinstance(leaf, np.ndarray)]
        assert not [part for part in names if re.search(r"result\[|first|second", part)], case.text


def test_words_are_not_announced_as_a_call():
    shown = evidence(diagnose("he_normal", WRONG["he_normal"][0].code))
    assert shown.startswith("What fails: W.std() for W = he_normal(rng, 300, 100, np.float32)")
    assert evidence(diagnose("relu", WRONG["relu"][0].code)).startswith("Smallest failing call: relu(array(")


NAMES = {"np": np, "inf": np.inf, "nan": np.nan} | {
    name: getattr(np, name) for name in ("array", "linspace", "ones", "dtype", "float32", "float64", "uint8")
}


CALLS = [
    (name, i)
    for name in [*FUNCTIONS, "one_hot", "min_max_scale", "step_decay"]
    for i, case in enumerate(PROBES[name](reference(name)))
    if case.text.startswith(f"{name}(") and case.text.endswith(")")
]


@pytest.mark.parametrize(("name", "i"), CALLS)
def test_a_call_that_is_shown_can_be_typed(name, i):
    """What is printed as the failing call does what the case did, for the reference and for each mistake."""
    case = list(PROBES[name](reference(name)))[i]
    expression = compile(ast.parse(case.text, mode="eval"), "<typed>", "eval")

    def type_in(subject):
        names = NAMES | {name: subject, "rng": np.random.default_rng(7)}

        def run():
            result = eval(expression, names)
            several = name == "dropout" and isinstance(result, tuple)
            return len(result) if several else result  # the case looks at its argument alone

        yield case._replace(run=run, arguments={})

    for code in (reference(name), *(solution.code for solution in WRONG[name])):
        seen = observe(PROBES[name], code)[i]
        (again,) = observe(type_in, code)
        if seen.leaves.get("", 0) is None:  # the case looks whether an error is raised
            again = again._replace(leaves=seen.leaves if again.leaves else {})
        if not case.arguments:  # the case looks at shapes and types
            again = again._replace(leaves={place: _emptied(leaf) for place, leaf in again.leaves.items()})
            seen = seen._replace(leaves={place: _emptied(leaf) for place, leaf in seen.leaves.items()})
        assert agree(seen._replace(changed=()), again, case), f"{code.__name__}: {case.text}"


@pytest.mark.parametrize(
    ("array", "text"),
    [
        (np.array([[1.0, -0.5]]), "array([[1.0, -0.5]])"),
        (np.array([0.1], np.float32), "float32([0.1])"),
        (np.array([2, 0]), "array([2, 0])"),
        (np.array([[200]], np.uint8), "uint8([[200]])"),
        (np.array([1 / 3]), "array([0.3333333333333333])"),
    ],
)
def test_arrays_are_written_as_they_are_typed(array, text):
    assert typed(array) == text
    again = eval(text, dict(NAMES))
    assert again.dtype == array.dtype
    assert np.array_equal(again, array)
