"""The lessons are tested, too: a wrong solution must fail in its lesson, a right variant pass them all."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .solutions import RIGHT, WRONG

ROOT = Path(__file__).parents[1]


def package_with(solution, folder):
    """Copy the reference package and replace part of one module; return the copy's path."""
    package = folder / "graded"
    shutil.copytree(ROOT / "nn", package, ignore=shutil.ignore_patterns("__pycache__"))
    path = package / f"{solution.module}.py"
    source = path.read_text(encoding="utf-8")
    for name in re.findall(r"^def (\w+)", solution.code, re.MULTILINE):
        source = (
            f"{source}\n\nREFERENCE = globals().get('REFERENCE', {{}}) | {{'{name}': globals()['{name}']}}\n"
        )
    path.write_text(f"{source}\n\n{solution.code}\n", encoding="utf-8")
    return package


def run_lessons(package, lessons):
    """Grade a package by some of the lessons in a process of its own; return the finished process."""
    files = [str(next(ROOT.glob(f"tests/lessons/test_{number}_*.py"))) for number in lessons]
    command = [sys.executable, "-m", "pytest", *files, f"--impl={package}"]
    options = ["-q", "-x", "--tb=line", "-p", "no:cacheprovider"]
    return subprocess.run(command + options, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("solution", WRONG, ids=lambda solution: solution.name)
def test_wrong_solution_fails_in_its_lesson(solution, tmp_path):
    """A lesson that lets a known mistake through teaches it."""
    done = run_lessons(package_with(solution, tmp_path), [solution.lesson])
    assert done.returncode == 1, f"exit status {done.returncode}, expected 1 for failed tests\n{done.stdout}"
    assert re.search(r"\d+ failed", done.stdout), done.stdout


@pytest.mark.parametrize("solution", RIGHT, ids=lambda solution: solution.name)
def test_right_variant_passes(solution, tmp_path):
    """A lesson that rejects another right way is worse than none."""
    done = run_lessons(package_with(solution, tmp_path), range(1, 9))
    assert done.returncode == 0, done.stdout
