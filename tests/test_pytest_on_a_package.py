"""pytest's own command grades a learner's package, too, and ends with the board."""

import os
import re
import subprocess
import sys

from tests.grading import ROOT
from tests.learners import RIGHT_TANH, kata, solve


def test_pytest_names_the_nearest_exercise():
    """The names of all exercises on one line would be no help."""
    command = [sys.executable, "-m", "pytest", "--impl=kata", "--exercise", "softmaxx"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 4, done.stdout
    assert "--exercise must be an exercise's name; got 'softmaxx'; did you mean softmax?" in done.stderr


def test_pytest_grades_a_learner_s_package_and_ends_with_the_board(empty):
    """The same grading by pytest's own command, endless loops and all, and where only ASCII can be shown."""
    with (empty / "activations.py").open("a", encoding="utf-8") as file:
        file.write(RIGHT_TANH + "\n\ndef relu(z):\n    import os\n    os._exit(0)\n")
    command = [sys.executable, "-m", "pytest", "tests/lessons/test_1_activations.py", f"--impl={empty}"]
    done = subprocess.run(
        [*command, "-q", "-p", "no:cacheprovider"],
        cwd=ROOT,
        env=os.environ | {"PYTHONIOENCODING": "ascii"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stdout
    assert "relu ended the whole process (exit status 0)" in done.stdout
    assert "the board" in done.stdout
    assert re.search(r"passed +tanh\n", done.stdout)
    assert re.search(r"failing +relu\n", done.stdout)
    assert "1 of 100 points" in done.stdout


def test_the_board_after_a_part_of_the_lessons_knows_the_rest(seen):
    """pytest ran one exercise; what the command has graded before still holds, and trainings wait for all."""
    for name in ("sigmoid", "tanh"):
        solve(seen, name)
    kata("--impl", seen, "check", "1", expected=1)
    command = [sys.executable, "-m", "pytest", "--exercise=tanh", "--in-process", f"--impl={seen}"]
    lessons = ["tests/lessons/test_1_activations.py", "tests/lessons/test_9_convergence.py"]
    done = subprocess.run(
        [*command, *lessons, "-q", "-p", "no:cacheprovider"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "2 of 100 points" in done.stdout, done.stdout
    assert "Next: write sigmoid_backward" in done.stdout


def test_pytest_collects_the_lessons_alone_for_a_learner(empty):
    """A learner has NumPy and pytest: nothing else may be imported on the way."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        f"--impl={empty}",
        "--collect-only",
        "-q",
        "-p",
        "no:cacheprovider",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    files = {line.split("::")[0] for line in done.stdout.splitlines() if "::" in line}
    assert len(files) == 9
    assert all(file.startswith("tests/lessons/") for file in files), files


def test_pytest_passes_a_solved_package(solved):
    lessons = ["tests/lessons/test_3_layers.py", "tests/lessons/test_9_convergence.py"]
    command = [sys.executable, "-m", "pytest", *lessons, f"--impl={solved}", "-k", "not mnist", "-q"]
    done = subprocess.run(
        [*command, "-p", "no:cacheprovider"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    assert re.search(r"3 layers .* 6 of 6 points", done.stdout), done.stdout
    assert re.search(r"9 convergence .* 3 of 3 points", done.stdout), done.stdout
