"""The records of the course and what is derived from them: a mistake in one is told in a line."""

import re

import pytest

from tests.grading import ROOT
from tests.grading.course import skeletons
from tests.grading.course.exercises import COURSE, EXERCISES, LESSONS, load

RECORD = '''
title = "layers"
closing = "Lesson 3 is done."

[[exercise]]
name = "dense"
points = 2
purpose = "computes sums"
idea = """
One idea,
on two lines.
"""
formula = """
z = x @ W + b
  shapes: (n, k)
"""
outline = """
1. First this, and
   more of it.
2. Then that.
"""
remark = "The textbook formula."
'''


@pytest.fixture
def record(tmp_path):
    """Return a function that loads RECORD with something replaced, as lesson 3."""

    def loaded(old="", new=""):
        assert old in RECORD
        (tmp_path / "lesson_3.toml").write_text(RECORD.replace(old, new, 1), encoding="utf-8")
        return load(tmp_path)

    return loaded


def test_a_record_is_read_as_it_is_meant(record):
    """Paragraphs and steps are joined, formulas keep their lines, and what is not said is the rule."""
    lesson = record()[3]
    (dense,) = lesson.exercises
    assert (lesson.number, lesson.title, lesson.closing, lesson.given) == (
        3,
        "layers",
        "Lesson 3 is done.",
        (),
    )
    assert (dense.lesson, dense.module, dense.function, dense.tested_with) == (3, "layers", "dense", ())
    assert dense.hints == (
        "One idea, on two lines.",
        "z = x @ W + b\n  shapes: (n, k)",
        "1. First this, and more of it.\n2. Then that.",
    )


def test_a_training_has_no_function(record):
    (training,) = record('remark = "The textbook formula."', "training = true")[3].exercises
    assert (training.module, training.function, training.remark) == (None, None, "")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("points = 2", "", "dense: the key 'points' is missing"),
        ("points = 2", 'points = "2"', "dense: points must be a whole number, 0 or more; got '2'"),
        ("points = 2", "points = -1", "dense: points must be a whole number, 0 or more; got -1"),
        ("points = 2", "points = true", "dense: points must be a whole number, 0 or more; got True"),
        ("points", "point", "dense: there is no key 'point'; did you mean points?"),
        ('name = "dense"', "", "exercise 1: the key 'name' is missing"),
        (
            'purpose = "computes sums"',
            'purpose = ""',
            "dense: purpose must be a text that is not empty; got ''",
        ),
        (
            "remark = ",
            "tested_with = ",
            "dense: tested_with must be a list of texts; got 'The textbook formula.'",
        ),
        ('remark = "The textbook formula."', "", "dense: the key 'remark' is missing"),
        (
            "remark",
            "training = true\nremark",
            "dense: the key 'remark' is about a function, and a training has none",
        ),
        ("2. Then", "3. Then", "dense: outline must be steps, numbered from 1; step 2 is '3. Then that.'"),
        ("remark", 'tested_with = ["tanh"]\nremark', "dense: tested_with must name exercises; got 'tanh'"),
        ("title", "titel", "there is no key 'titel'; did you mean title?"),
        ("[[exercise]]", "[exercise]", "exercise must be tables, [[exercise]]; got {'name': 'dense', "),
        ("points = 2", "points =", "Invalid value (at line 7, column 9)"),
    ],
)
def test_what_is_wrong_in_a_record_is_said_in_one_line(record, old, new, said):
    """The file, the exercise and the key, and what was expected."""
    with pytest.raises(ValueError, match=re.escape(f"lesson_3.toml: {said}")) as raised:
        record(old, new)
    assert len(str(raised.value).splitlines()) == 1


def test_no_two_exercises_have_one_name(record, tmp_path):
    (tmp_path / "lesson_2.toml").write_text(RECORD, encoding="utf-8")
    with pytest.raises(ValueError, match=r"^lesson_3\.toml: dense: lesson_2\.toml already describes it$"):
        record()


def test_every_lesson_has_its_record():
    """One record for each file of tests, under its number and title, and points that make a hundred."""
    files = sorted((ROOT / "tests/lessons").glob("test_*_*.py"))
    assert [path.stem for path in files] == [f"test_{number}_{title}" for number, title in LESSONS.items()]
    assert all(lesson.number == number and lesson.exercises for number, lesson in COURSE.items())
    points = sum(exercise.points for exercise in EXERCISES.values())
    assert points == 100, f"the records have {points} points; a new exercise takes them from others, or has 0"


@pytest.fixture
def underived():
    """Derive the skeletons anew in this test, and again after it."""
    skeletons._package.cache_clear()
    yield
    skeletons._package.cache_clear()


def test_the_skeletons_give_what_stays_and_none_of_the_answers():
    """Plumbing is found from the reference's source: what tables and given parts use, and no helper else."""
    package = skeletons._package()
    assert {module: other.answers for module, other in package.items() if module != "network"} == {
        "activations": {"shift_by_maximum"},
        "losses": {"_require_same_shape"},
        "layers": {"parameter_gradients"},
        "initializers": {"_normal", "_uniform"},
        "optimizers": set(),
        "regularization": {"_squared_norm"},
        "training": {"feature_range", "train_batches"},
        "parameters": set(),
    }
    for module, text in skeletons.skeletons().items():
        for answer in getattr(package.get(module.removesuffix(".py")), "answers", ()):
            assert not re.search(rf"\b{answer}\b", text), f"kata/{module} has {answer}"
    assert "lecun_normal" not in skeletons.skeleton("initializers"), "it needs a helper of the answers"


@pytest.mark.parametrize(
    ("name", "changes", "said"),
    [
        ("GIVEN", {"as_flaoting"}, "given must name what nn defines; got as_flaoting"),
        (
            "EXERCISES",
            {"tanh": EXERCISES["tanh"]._replace(function="tang")},
            "the records ask for what nn/activations.py does not define: tang",
        ),
        (
            "EXERCISES",
            {"tanh": EXERCISES["tanh"]._replace(given_before="q")},
            "given_before must be a variable of tanh; got 'q'",
        ),
    ],
)
def test_a_record_that_names_what_is_not_there_derives_no_skeleton(
    name, changes, said, monkeypatch, underived
):
    """A body would be given away, or an exercise would have no place."""
    monkeypatch.setattr(skeletons, name, getattr(skeletons, name) | changes)
    with pytest.raises(ValueError, match=f"^{re.escape(said)}$"):
        skeletons.skeletons()
