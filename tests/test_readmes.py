"""What the READMEs print runs as it is printed: each block of Python, in a process of its own."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from nn.data import load
from nn.experiment import Experiment
from nn.recipes import RECIPES

ROOT = Path(__file__).parents[1]
READMES = [ROOT / "README.md", *sorted(ROOT.glob("*/README.md"))]
BLOCKS = [
    pytest.param(block, id=f"{path.relative_to(ROOT).as_posix()}-{number}")
    for path in READMES
    for number, block in enumerate(
        re.findall(r"^```python\n(.*?)^```$", path.read_text(encoding="utf-8"), re.M | re.S)
    )
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A working folder with the one file that a reader of the READMEs has by then: a trained model."""
    folder = tmp_path_factory.mktemp("reader")
    experiment = Experiment(RECIPES["v2"], load("digits"))
    next(iter(experiment.run()))
    (folder / "results" / "v2-digits").mkdir(parents=True)
    experiment.model.save(folder / "results" / "v2-digits" / "model.npz")
    return folder


def test_every_readme_is_looked_at():
    assert len(READMES) >= 5
    assert len(BLOCKS) >= 4


@pytest.mark.parametrize("block", BLOCKS)
def test_a_block_of_python_runs_as_printed(block, folder):
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{block}"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{block}\n{done.stderr}"


def test_the_readme_of_nn_lists_every_module():
    text = (ROOT / "nn" / "README.md").read_text(encoding="utf-8")
    table = re.search(r"^\| module \|.*?\n\n", text, re.M | re.S).group()
    listed = set(re.findall(r"`(\w+)`", table))
    modules = {path.stem for path in (ROOT / "nn").glob("*.py")} - {"__init__"}
    assert listed == modules, f"missing: {modules - listed}; not there: {listed - modules}"
