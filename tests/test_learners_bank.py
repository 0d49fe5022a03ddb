"""The learners' programs are in order: each stands for an exercise, and its marks fit its source."""

import ast
from collections import Counter
from difflib import SequenceMatcher

import pytest

from tests.grading.course.exercises import EXERCISES
from tests.grading.course.textbook import textbook
from tests.solutions.learners import KINDS, programs, read
from tests.solutions.learners.placing import laid_over

PROGRAMS = programs()
APART = 5  # lines between a line that the teacher rewrites and one at fault; what he adds may be anywhere


def test_ids_are_their_own_and_every_exercise_has_programs():
    twice = [name for name, count in Counter(program.id for program in PROGRAMS).items() if count > 1]
    assert not twice, twice
    assert all(program.id.isidentifier() for program in PROGRAMS), "an id names a folder that is imported"
    exercises = {program.exercise for program in PROGRAMS}
    assert exercises == {name for name, exercise in EXERCISES.items() if exercise.function}
    assert {program.kinds for program in PROGRAMS} == set(KINDS)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.id)
def test_the_marks_of_a_program_fit_its_source(program):
    lines = program.source.split("\n")
    tree = ast.parse(program.source)
    defined = {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    assert EXERCISES[program.exercise].function.split(".")[0] in defined
    if not program.wrong:
        assert (program.truth, program.lines, program.mended) == ("", (), "")
        return
    assert program.truth.endswith(".")
    assert program.lines, "the lines at fault are missing"
    assert list(program.lines) == sorted(set(program.lines))
    for line in program.lines:
        assert 1 < line <= len(lines), f"line {line} of {len(lines)}"
        assert lines[line - 1].strip(), f"line {line} is empty"


@pytest.mark.parametrize("program", [p for p in PROGRAMS if p.mended], ids=lambda program: program.id)
def test_the_teacher_mends_what_is_at_fault(program):
    assert ast.dump(ast.parse(program.mended)) != ast.dump(ast.parse(program.source))
    before, after = program.source.split("\n"), program.mended.split("\n")
    edits = [edit for edit in SequenceMatcher(None, before, after, False).get_opcodes() if edit[0] != "equal"]
    touched = {line for _, first, last, *_ in edits for line in range(first + 1, max(last, first + 1) + 1)}
    assert any(abs(line - fault) <= 1 for line in touched for fault in program.lines), sorted(touched)
    if program.kinds != "hopeless":
        rewritten = {line for _, first, last, *_ in edits for line in range(first + 1, last + 1)}
        far = [line for line in rewritten if min(abs(line - fault) for fault in program.lines) > APART]
        assert not far, f"rewritten, and far from {program.lines}: {far}"


def test_every_program_fits_into_the_plain_solution():
    texts = textbook()
    for program in PROGRAMS:
        pairs = laid_over(texts[f"{EXERCISES[program.exercise].module}.py"], program.source)
        ast.parse("\n".join(line for line, _ in pairs))
        written = program.source.split("\n")
        places = {number: line for line, number in pairs if number}
        assert all(places[line] == written[line - 1] for line in program.lines), program.id


MODULE = '''"""A module."""

import math


def first(x):
    """Say nothing."""
    return x


class Second:
    """Two methods."""

    def one(self):
        return 1

    def two(self):
        return 2


def last(x):
    return x
'''

WITH_HELPERS = """LIMIT = 3


@cached
def first(x):
    return help(x)


def help(x):
    return LIMIT
"""

TWO_METHODS = '''def before():
    return 0


class Second:
    """My own words."""

    shared = []

    def two(self):
        return self.three()

    def three(self):
        return 3


def after():
    return 4
'''


def test_a_function_takes_the_place_of_its_namesake_and_brings_its_helpers():
    source, module = WITH_HELPERS.rstrip("\n"), MODULE.split("\n")
    pairs = laid_over(MODULE, source)
    lines = [line for line, _ in pairs]
    assert lines == [*module[:5], *source.split("\n"), *module[8:]]
    assert [number for _, number in pairs[5:15]] == [*range(1, 11)]


def test_a_class_brings_only_the_methods_that_it_has():
    source, module = TWO_METHODS.rstrip("\n"), MODULE.split("\n")
    written = source.split("\n")
    pairs = laid_over(MODULE, source)
    lines = [line for line, _ in pairs]
    assert lines == [*module[:10], *written[:4], *module[10:16], *written[7:], *module[18:]]
    assert all(line == written[number - 1] for line, number in pairs if number)


def test_a_class_of_new_methods_alone_gets_them_at_its_end():
    source = "class Second:\n    def three(self):\n        return 3"
    lines = [line for line, _ in laid_over(MODULE, source)]
    assert lines[17:20] == ["        return 2", *source.split("\n")[1:]]


def test_a_source_that_replaces_nothing_is_refused():
    with pytest.raises(ValueError, match="a definition of the same name"):
        laid_over(MODULE, "def third(x):\n    return x")


def test_a_bank_in_python_is_read_as_well(tmp_path):
    """Others keep their programs as lists of dicts."""
    path = tmp_path / "bank.py"
    path.write_text(
        "MISTAKES = [{'id': 'a', 'exercise': 'tanh', 'module': 'activations', 'kinds': 'single',\n"
        "  'source': '\\ndef tanh(z):\\n    return z\\n', 'lines': [2], 'truth': 'No tanh.'}]\n"
        "RIGHT = [{'id': 'b', 'exercise': 'tanh', 'source': '\\ndef tanh(z):\\n    return np.tanh(z)\\n'}]\n",
        encoding="utf-8",
    )
    wrong, right = read(path)
    assert wrong.source == "def tanh(z):\n    return z"
    assert (wrong.lines, wrong.kinds, wrong.truth, wrong.mended) == ((2,), "single", "No tanh.", "")
    assert (right.id, right.kinds, right.wrong) == ("b", "right", False)


def test_what_is_mended_keeps_the_methods_that_are_right(tmp_path):
    path = tmp_path / "lesson_1.toml"
    path.write_text(
        "[[program]]\nid = 'a'\nexercise = 'Network.forward'\nkinds = 'single'\nlines = [3]\ntruth = 'One.'\n"
        "source = '''\nclass Network:\n    def one(self):\n        return 2\n\n"
        "    def two(self):\n        return 2\n'''\n"
        "mended = '''\nclass Network:\n    def one(self):\n        return 1\n'''\n",
        encoding="utf-8",
    )
    [program] = read(path)
    assert program.mended == program.source.replace("return 2", "return 1", 1)
