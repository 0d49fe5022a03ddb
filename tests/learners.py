"""What the tests of the kata share: the learner's command in a process of its own, and solutions."""

import os
import subprocess
import sys

from tests.grading import ROOT
from tests.grading.course.exercises import EXERCISES
from tests.grading.course.textbook import filled
from tests.solutions import RIGHT

RIGHT_TANH = "\n\ndef tanh(z):\n    return np.tanh(as_floating(z))\n"


def kata(*arguments, expected=None, cwd=ROOT, **environment):
    """Run the learner's command; return the finished process."""
    done = subprocess.run(
        [sys.executable, "-m", "kata", *map(str, arguments)],
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"} | environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    if expected is not None:
        assert done.returncode == expected, f"exit status {done.returncode}\n{done.stdout}{done.stderr}"
    return done


def solve(folder, name):
    """Write the textbook's body of one exercise into a package."""
    exercise = EXERCISES[name]
    path = folder / f"{exercise.module}.py"
    text = filled(path.read_text(encoding="utf-8"), exercise.function, RIGHT[name][0].code)
    path.write_text(text, encoding="utf-8")
