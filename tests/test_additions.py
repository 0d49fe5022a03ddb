"""Adding to the course touches as few files as the contributors' page says, and all the rest follows."""

import os
import re
import shutil
import subprocess
import sys

import pytest

from tests.additions import ADAGRAD, SOFTPLUS, add
from tests.grading import ROOT
from tests.grading.course.exercises import EXERCISES

README = (ROOT / "tests" / "README.md").read_text(encoding="utf-8")
DERIVED = {"README.md", "kata/README.md", "tests/README.md"}
ADDITIONS = {"activation": (SOFTPLUS, "activations", 1), "optimizer": (ADAGRAD, "optimizers", 6)}


def _texts(folder):
    paths = [path for end in ("py", "toml", "md") for path in folder.rglob(f"*.{end}")]
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in paths}


def _run(folder, *arguments, expected=0):
    """Run a module of Python in a folder; return what it prints."""
    done = subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=folder,
        env=os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == expected, f"{arguments}\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module", params=ADDITIONS)
def extended(request, tmp_path_factory):
    """A copy of the repository with an addition and what is derived; its kind, and the files that changed."""
    folder = tmp_path_factory.mktemp(request.param)
    ignored = shutil.ignore_patterns("__pycache__", ".progress.json")
    for name in ("nn", "tests", "kata", "benchmarks"):
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    for name in ("README.md", "conftest.py", "pyproject.toml"):
        shutil.copy(ROOT / name, folder)
    before = _texts(folder)
    add(ADDITIONS[request.param][0], folder)
    _run(folder, "tests.grading.skeletons")
    after = _texts(folder)
    return folder, request.param, {file for file, text in after.items() if text != before.get(file)}


def test_an_addition_touches_as_many_files_as_the_page_says(extended):
    """By hand; a module of kata and the tables of the READMEs are derived."""
    _, kind, changed = extended
    addition, module, _ = ADDITIONS[kind]
    assert changed - DERIVED == {*addition, f"kata/{module}.py"}
    said = int(re.search(rf"^\| an? {kind} with .* \| (\d) \|", README, re.MULTILINE)[1])
    points = {file for file in addition if file.endswith(".toml")}
    assert len(addition) - (len(points) - 1) == said, "points from another lesson touch its record besides"
    assert said <= 5


def test_what_is_tested_by_rule_holds_with_an_addition(extended):
    """The lesson, the bank, the skeletons, the READMEs and the lengths of files."""
    folder, kind, _ = extended
    _, module, lesson = ADDITIONS[kind]
    names = "softplus" if kind == "activation" else "adagrad"
    told = _run(folder, "pytest", f"tests/lessons/test_{lesson}_{module}.py", "-q")
    assert " passed" in told, told
    told = _run(folder, "pytest", "tests/lessons", "-q", "-k", names)
    assert int(re.search(r"(\d+) passed", told)[1]) > 15, told
    told = _run(folder, "pytest", "tests/test_bank.py", "-q", "-k", f"{names} or three_hints or bank_is")
    assert int(re.search(r"(\d+) passed", told)[1]) > 7, told
    _run(
        folder,
        "pytest",
        "tests/test_skeletons.py",
        "tests/test_course.py",
        "tests/test_architecture.py",
        "-q",
    )


@pytest.mark.slow
def test_every_test_holds_with_an_addition(extended):
    """The whole suite: whatever counts exercises or points takes them from the records."""
    folder = extended[0]
    _run(folder, "pytest", "tests", "-q", "-x", "--deselect", "tests/test_additions.py")


@pytest.mark.parametrize("extended", ["activation"], indirect=True)
def test_a_learner_meets_the_addition_everywhere(extended):
    """Board, hint, check, solution and race, in the order of the record."""
    folder = extended[0]
    _run(folder, "kata", "new")
    assert "softplus, hint 1 of 3: the idea\n" in _run(folder, "kata", "hint", "softplus")
    assert "softplus: to do\n" in _run(folder, "kata", "check", "softplus", expected=1)
    path = folder / "mine" / "activations.py"
    skeleton = path.read_text(encoding="utf-8")

    def write(body):
        start = skeleton.index("raise NotImplementedError", skeleton.index("def softplus("))
        rest = skeleton[start:].removeprefix("raise NotImplementedError")
        path.write_text(skeleton[:start] + body + rest, encoding="utf-8")

    write("return np.log(1 + np.exp(as_floating(z)))")
    told = _run(folder, "kata", "check", "softplus", expected=1)
    assert "It overflows far above 0: let exp see minus the absolute value of the sum." in " ".join(
        told.split()
    )
    write("return np.logaddexp(0, as_floating(z))")
    told = _run(folder, "kata", "check", "softplus")
    assert "softplus: passed, 1 point (" in told, told
    assert "np.logaddexp is stable by itself." in _run(folder, "kata", "solution", "softplus", "--fast")
    assert re.search(r"^softplus +[\d.]+ +[\d.]+", _run(folder, "kata", "race", "softplus"), re.M)
    told = _run(folder, "kata", expected=1)
    assert "1 of 100 points" in told, told
    lesson = sum(exercise.points for exercise in EXERCISES.values() if exercise.lesson == 1)
    assert f"1 of {lesson} points" in told, "the points come from other exercises of the lesson"
    order = [told.index(f" {name}") for name in ("relu_backward", "softplus_backward", "leaky_relu")]
    assert order == sorted(order), told
