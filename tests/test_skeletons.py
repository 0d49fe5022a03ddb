"""The kata as it is handed out: derived from the reference, and in need of NumPy alone."""

import ast
import re
import subprocess
import sys

import pytest

from tests.grading import ROOT
from tests.grading.course.exercises import EXERCISES, LESSONS
from tests.grading.course.skeletons import _for_learners, modules, skeletons
from tests.grading.course.sources import Sources
from tests.grading.course.tables import READMES, readmes


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


def test_docstrings_of_skeletons_leave_out_what_is_of_nn_alone():
    """Such a paragraph has a label, wherever it stands; what is around it stays."""
    assert sum("In nn: " in path.read_text(encoding="utf-8") for path in (ROOT / "nn").glob("*.py")) >= 5
    assert not [name for name, text in skeletons().items() if "In nn:" in text]
    assert (
        _for_learners('"""One.\n\n    In nn: two,\n    three.\n\n    Four.\n    """')
        == '"""One.\n\n    Four.\n    """'
    )
    assert _for_learners('"""One.\n\n    In nn: two.\n    """') == '"""One.\n    """'
    assert _for_learners('"""One, for speed, in nn: alone."""') == '"""One, for speed, in nn: alone."""'


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


@pytest.mark.parametrize("path", READMES)
def test_the_readmes_have_what_follows_from_the_records(path):
    """Signatures, counts and a line: learners type them in, and teachers copy them into their assignments."""
    text = (ROOT / path).read_text(encoding="utf-8")
    assert text == readmes()[path], "python -m tests.grading.skeletons writes it anew"


def test_the_derived_passages_stand_in_the_readmes():
    """The names that are called, and the sums that a reader of the records counts by hand."""
    texts = readmes()
    assert "`relu(z)`" in texts["tests/README.md"]
    assert "`Adam(lr=0.001, beta1=0.9, beta2=0.999, eps=1e-08)`" in texts["tests/README.md"]
    assert "`EarlyStopping(patience, min_delta=0.0)` with `update(loss, params)`" in texts["tests/README.md"]
    table = re.search(
        r"^\| lesson .*\n.*\n\| exercises (.*)\n\| points (.*)\n", texts["kata/README.md"], re.M
    )
    counts, points = ([int(cell) for cell in row.strip(" |").split("|")] for row in table.groups())
    assert (len(counts), sum(counts), sum(points)) == (len(LESSONS), len(EXERCISES), 100)
    for path in ("README.md", "kata/README.md"):
        line = int(re.search(r"^  mine/activations\.py:(\d+)\n    return e / ", texts[path], re.M)[1])
        above = skeletons()["activations.py"].splitlines()[: line - 2]
        assert above[-1].startswith("    raise "), "the example begins where the skeleton raises"
        assert [text for text in above if text.startswith("def ")][-1] == "def softmax(z):"


def test_the_readmes_say_what_the_board_says():
    text = (ROOT / "kata" / "README.md").read_text(encoding="utf-8")
    for status in ("passed", "failing", "to do", "waiting", "not run"):
        assert f"*{status}*" in text, status
    for file in ("README.md", "kata/README.md"):
        shown = (ROOT / file).read_text(encoding="utf-8")
        assert "python -m kata new" in shown
