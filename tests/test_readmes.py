"""What the READMEs print runs as it is printed: each block of Python, in a process of its own."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from nn.app.data import load
from nn.app.experiment import Experiment
from nn.app.recipes import RECIPES

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


@pytest.mark.parametrize(("place", "folder"), [(0, "nn"), (1, "nn/app")])
def test_the_readme_of_nn_lists_every_module(place, folder):
    """The first table is the book, the second the application."""
    text = (ROOT / "nn" / "README.md").read_text(encoding="utf-8")
    table = re.findall(r"^\| file \|.*?\n\n", text, re.M | re.S)[place]
    listed = set(re.findall(r"`(\w+)`", "".join(row.split("|")[1] for row in table.splitlines()[2:] if row)))
    modules = {path.stem for path in (ROOT / folder).glob("*.py")} - {"__init__", "__main__"}
    assert listed == modules, f"missing: {modules - listed}; not there: {listed - modules}"


def test_the_book_is_listed_in_an_order_in_which_it_can_be_read():
    """No file of the book imports one that comes later, the application or a library but NumPy."""
    text = (ROOT / "nn" / "README.md").read_text(encoding="utf-8")
    book = re.findall(r"^\| `(\w+)` \|", text[: text.index("The application")], re.M)
    for place, name in enumerate(book):
        tree = ast.parse((ROOT / "nn" / f"{name}.py").read_text(encoding="utf-8"))
        imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level]
        assert {node.module for node in imports} <= set(book[:place]), f"{name} imports what comes later"
        libraries = {
            alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
        }
        assert libraries - sys.stdlib_module_names <= {"numpy"}, f"{name} imports more than NumPy"
