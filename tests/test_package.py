"""The package as a whole: what importing it loads, copies under another name, and how it is graded."""

import ast
import importlib
import inspect
import pkgutil
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import nn

ROOT = Path(__file__).parents[1]
EDGES = ("sklearn", "scipy", "matplotlib", "tqdm", "threadpoolctl", "joblib", "pandas")


def python(code, folder):
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code], cwd=folder, capture_output=True, text=True, check=False
    )


def test_importing_the_core_loads_numpy_alone():
    """Nor do a saved model, recipes and data need more, as long as nothing is drawn, measured or fetched."""
    names = [path.stem for path in (ROOT / "nn").glob("*.py") if not path.stem.startswith("_")]
    imports = "; ".join(f"import nn.{name}" for name in ["app.model", "app.recipes", "app.data", *names])
    done = python(f"{imports}; import sys; print([m for m in {EDGES} if m in sys.modules])", ROOT)
    assert done.stdout.strip() == "[]", done.stdout + done.stderr


def test_every_folder_of_nn_is_installed():
    """A package that pyproject.toml forgets is missing from what `pip install .` installs."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    folders = [path.parent.relative_to(ROOT) for path in (ROOT / "nn").rglob("__init__.py")]
    assert sorted(project["tool"]["setuptools"]["packages"]) == sorted(".".join(f.parts) for f in folders)


def test_a_copy_under_another_name_works_alone(tmp_path):
    shutil.copytree(ROOT / "nn", tmp_path / "mine")
    code = """
import sys
import tomllib
import numpy as np
from mine.network import Network
from mine.optimizers import Adam
from mine.training import train_epoch
rng = np.random.default_rng(0)
X, y = rng.normal(size=(20, 3)), rng.integers(2, size=20)
train_epoch(Network((3, 4, 2), rng=rng), Adam(), X, y, batch_size=5, rng=rng)
assert "nn" not in sys.modules
"""
    done = python(code, tmp_path)
    assert done.returncode == 0, done.stderr


MODULES = [name for _, name, _ in pkgutil.walk_packages(nn.__path__, "nn.") if name != "nn.__main__"]


@pytest.mark.parametrize("name", MODULES)
def test_every_public_name_is_documented(name):
    """Each public function, class and method says what it does."""
    module = importlib.import_module(name)
    for name, thing in vars(module).items():
        if name.startswith("_") or getattr(thing, "__module__", None) != module.__name__:
            continue
        assert inspect.getdoc(thing), f"{module.__name__}.{name} has no docstring"
        for method_name, method in vars(thing).items() if inspect.isclass(thing) else ():
            if inspect.isfunction(method) and not method_name.startswith("_"):
                assert inspect.getdoc(method), f"{module.__name__}.{name}.{method_name} has no docstring"


def grade(package, *arguments):
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--impl={package}"]
    done = subprocess.run([*command, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout


def test_a_broken_module_fails_only_its_own_lesson(tmp_path):
    """A syntax error in one file, an unfinished and a missing function in another: the rest is graded."""
    package = tmp_path / "mine"
    shutil.copytree(ROOT / "nn", package)
    (package / "layers.py").write_text("def dense(x, W, b:\n", encoding="utf-8")
    source = (package / "losses.py").read_text(encoding="utf-8")
    source = source.replace("def mean_squared_error", "def elsewhere")
    source = source.replace('"mean_squared_error": mean_squared_error', '"mean_squared_error": elsewhere')
    source += "\n\ndef binary_cross_entropy(logits, targets):\n    raise NotImplementedError\n"
    (package / "losses.py").write_text(source, encoding="utf-8")

    output = grade(package, "tests/lessons/test_1_activations.py", "tests/lessons/test_4_initializers.py")
    assert " passed" in output, output
    assert "failed" not in output, output
    output = grade(package, "tests/lessons/test_3_layers.py")
    assert "waits for layers.py, line 1: SyntaxError" in output, output
    assert " passed" not in output, output
    output = grade(package, "tests/lessons/test_2_losses.py")
    assert "mine.losses has no mean_squared_error" in output, output
    assert "binary_cross_entropy is not written yet" in output, output
    assert " passed" in output, output


def test_another_package_is_graded_by_the_lessons_alone(tmp_path):
    package = tmp_path / "mine"
    shutil.copytree(ROOT / "nn", package)
    output = grade(package, "--collect-only")
    assert "tests/lessons/test_1_activations.py::" in output
    assert "tests/test_" not in output


def test_header_names_the_graded_package(tmp_path):
    package = tmp_path / "mine"
    shutil.copytree(ROOT / "nn", package)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", f"--impl={package}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert f"graded package: mine ({package.resolve()})" in done.stdout, done.stdout


def test_a_package_that_is_not_there_is_one_clear_line():
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--impl=nowhere"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 4
    assert "--impl must be an importable package or a folder" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("folders", "extras"), [(["nn"], []), (["nn", "tests", "benchmarks"], ["test", "peers"])]
)
def test_every_import_is_declared(folders, extras):
    """What another project brings along today it may drop tomorrow, and its oldest version may be too old."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = [
        *project["dependencies"],
        *(name for extra in extras for name in project["optional-dependencies"][extra]),
    ]
    declared = {re.match(r"[\w-]+", requirement)[0] for requirement in declared}
    distributions = {"sklearn": "scikit-learn", "distributed": "dask", "PIL": "pillow"}
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            for name in imported(path) - sys.stdlib_module_names - {"nn", "tests", "benchmarks", "kata"}:
                assert distributions.get(name, name) in declared, f"{path} imports {name}"


def imported(path):
    """Return the top-level names of the modules that a file imports, anywhere in it."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.add(node.module.split(".")[0])
    return names
