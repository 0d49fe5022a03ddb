"""The kata as it is handed out: derived from the reference, and in need of NumPy alone."""

import ast
import re
import subprocess
import sys

import pytest

from tests.grading import ROOT
from tests.grading.course.exercises import EXERCISES, LESSONS
from tests.grading.course.skeletons import modules, skeletons
from tests.grading.course.sources import Sources


@pytest.mark.parametrize("name", skeletons())
def test_the_kata_has_not_drifted_from_the_reference(name):
    """What is not yet filled in must be what `python -m tests.grading.skeletons` derives from nn."""
    found, derived = ((ROOT / "kata" / name).read_text(encoding="utf-8"), skeletons()[name])
    if found == derived:
        return
    found, derived = (dict(_parts(ast.parse(text))) for text in (found, derived))
    for place, (head, body) in derived.items():
        assert place in found, f"kata/{name} has no {place}"
        assert found[place][0] == head, f"the signature or docstring of {place} in kata/{name} has drifted"
        if "NotImplementedError" not in body:
            assert found[place][1] == body, f"{place} in kata/{name} is plumbing and has drifted"


def _parts(tree, prefix=""):
    """Yield (name, (head, body)) of every definition, as text that comments and blank lines do not change."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            yield f"{prefix}{node.name}", (ast.get_docstring(node), "")
            yield from _parts(node, f"{prefix}{node.name}.")
        elif isinstance(node, ast.FunctionDef):
            head = ast.unparse(node.args) + str(ast.get_docstring(node))
            yield f"{prefix}{node.name}", (head, "\n".join(map(ast.unparse, node.body[1:] or node.body)))
        elif isinstance(node, ast.Assign):
            yield ast.unparse(node.targets[0]), ("", ast.unparse(node))


def test_skeletons_have_the_reference_s_signatures(empty):
    """Same names, same arguments; those that exist for speed are gone."""
    for module in modules():
        files = [module, "arrays"] if module == "activations" else [module]  # a learner's first file has both
        reference = dict(pair for file in files for pair in _signatures(ROOT / "nn" / f"{file}.py"))
        for name, arguments in _signatures(empty / f"{module}.py"):
            expected = re.sub(r", \*, out=(None|\(.*?\))", "", reference[name])
            assert arguments == expected, f"{module}.{name}({arguments})"
    written = {name for module in modules() for name, _ in _signatures(empty / f"{module}.py")}
    missing = {exercise.function for exercise in EXERCISES.values()} - {None} - written
    assert not missing, missing


def _signatures(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        owners = [node] if isinstance(node, ast.ClassDef) else []
        for owner in owners:
            for method in owner.body:
                if isinstance(method, ast.FunctionDef):
                    yield f"{owner.name}.{method.name}", ast.unparse(method.args)
        if isinstance(node, ast.Module):
            for function in node.body:
                if isinstance(function, ast.FunctionDef):
                    yield function.name, ast.unparse(function.args)


def test_kata_imports_numpy_only():
    """The learner's package needs nothing but NumPy, and never the reference."""
    names = ", ".join(f"kata.{module}" for module in modules())
    code = f"import sys; old = set(sys.modules); import numpy; own = set(sys.modules); import {names}; " + (
        "print([n for n in set(sys.modules) - own if not n.startswith('kata') "
        "and n.split('.')[0] not in sys.stdlib_module_names | {'numpy'}])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_skeleton_says_what_its_lesson_leaves_out(untouched):
    """The docstring is the reference's and asks for everything; lesson 5 asks for less."""
    text = Sources(untouched).text(EXERCISES["Network.loss_and_grads"])
    assert "In lesson 5, leave out the penalty and dropout" in text
    stopping = (untouched / "training.py").read_text(encoding="utf-8")
    assert "self._epoch, self._best = -1, None  # the last epoch seen" in stopping


def test_the_recipe_for_classes_has_the_true_counts():
    """Teachers copy these numbers into their assignments."""
    text = (ROOT / "kata" / "README.md").read_text(encoding="utf-8")
    rows = {
        row[1]: [int(cell) for cell in row[2].split("|")]
        for row in re.finditer(r"^\| (lesson|exercises|points) \|([ \d|]+)\|$", text, re.MULTILINE)
    }
    lessons = [[e for e in EXERCISES.values() if e.lesson == lesson] for lesson in LESSONS]
    assert rows == {
        "lesson": list(LESSONS),
        "exercises": [len(own) for own in lessons],
        "points": [sum(exercise.points for exercise in own) for own in lessons],
    }
    assert len(EXERCISES) == 49, "the number is in words at the top: Forty-nine exercises in nine lessons"
    assert "Forty-nine exercises\nin nine lessons" in text
    for file in ("README.md", "kata/README.md"):
        for status in ("passed", "failing", "to do", "waiting", "not run"):
            assert file == "README.md" or f"*{status}*" in text, status
        shown = (ROOT / file).read_text(encoding="utf-8")
        assert "python -m kata new" in shown
