"""Guards: what graded code must leave alone, the world around it and the tools that judge it."""

import ast
import functools
import importlib.util
import sys
from types import FunctionType

import numpy.testing  # noqa: F401 - loaded before graded code is, so that it can be watched

from tests.grading.course.exercises import GRADED_MODULES
from tests.grading.finding import file_to_fix

TOOLS = (
    "builtins",
    "math",
    "numpy",
    "numpy.testing",
    "numpy.linalg",
    "numpy.random",
    "pytest",
    "_pytest.outcomes",
)
BACKDOORS = {
    "importlib",
    "runpy",
    "imp",
    "ctypes",
    "subprocess",
    "multiprocessing",
    "builtins",
    "gc",
    "inspect",
    "unittest",
    "pkgutil",
    "zipimport",
    "code",
    "codeop",
    "pdb",
    "site",
}
READY_MADE = {"nn", "torch", "tensorflow", "keras", "jax", "sklearn", "scipy", "autograd", "cupy"}
BUILTINS = {"__import__", "exec", "eval", "compile", "open", "globals", "breakpoint"}


class Tools:
    """The functions that do the judging, remembered before the graded package is imported."""

    def __init__(self):
        self._modules = {
            name: sys.modules[name]
            for name in list(sys.modules)
            if name in TOOLS or name.startswith(("tests.lessons", "tests.grading", "tests.solutions"))
        }
        self._names = {name: dict(vars(module)) for name, module in self._modules.items()}
        self._codes = {
            (name, key): value.__code__
            for name, names in self._names.items()
            for key, value in names.items()
            if isinstance(value, FunctionType)
        }

    def replaced(self):
        """Put back what was replaced; return a sentence for each, naming it."""
        found = []
        for name, before in self._names.items():
            now = vars(self._modules[name])
            for key, value in before.items():
                if now.get(key) is not value and not key.startswith("__"):
                    setattr(self._modules[name], key, value)
                    found.append(f"{name}.{key}")
        for (name, key), code in self._codes.items():
            function = self._names[name][key]
            if function.__code__ is not code:
                function.__code__ = code
                found.append(f"{name}.{key}")
        return [f"The code replaced {what}, which does the judging: no points for that" for what in found[:3]]


@functools.cache
def audit(folder):
    """Return what ``sources_refused`` finds in a folder, which is looked through once."""
    return sources_refused(folder)


def sources_refused(folder):
    """Look through the sources of a package; return {(module, function): finding} of what is refused.

    function is the top-level function or class in which it stands, None for a module as a whole. Only what is
    imported from the graded modules is read.
    """
    found, modules, queue = {}, set(), [*GRADED_MODULES]
    while queue:
        module = queue.pop()
        path = folder / f"{module}.py"
        if module in modules or not path.is_file():
            continue
        modules.add(module)
        try:
            tree = ast.parse(path.read_text(encoding="utf-8"))
        except (SyntaxError, ValueError):
            continue  # it cannot be imported either, and the lessons say so
        for statement in tree.body:
            owner = statement.name if isinstance(statement, ast.FunctionDef | ast.ClassDef) else None
            for node in ast.walk(statement):
                if isinstance(node, ast.ImportFrom) and node.level == 1:
                    queue += [node.module] if node.module else [name.name for name in node.names]
                elif sentence := _refused(node, folder):
                    found.setdefault((module, owner), file_to_fix(path.name, node.lineno, sentence))
    helpers = [key for key in found if key[0] not in GRADED_MODULES]
    for key in helpers:  # a module beside the graded ones serves them all
        for module in modules:
            found.setdefault((module, None), found[key])
    return found


def _refused(node, folder):
    """Say what is wrong with a node of the source of a package in a folder, None where nothing is."""
    if isinstance(node, ast.Import):
        names = [name.name for name in node.names]
    elif isinstance(node, ast.ImportFrom):
        if node.level > 1:
            return "imports from outside of its own folder. No points while it is there"
        names = [node.module]
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in BUILTINS:
        return f"calls {node.func.id}: plain functions need nothing of the kind. No points while it is there"
    elif (
        isinstance(node, ast.Attribute) and node.attr == "modules" and getattr(node.value, "id", "") == "sys"
    ):
        return "reaches into sys.modules: use what you have imported. No points while it is there"
    else:
        return None
    for name in names:
        top = name.split(".")[0]
        if top == folder.name:
            return (
                f"imports {name}: write `from .{name.partition('.')[2] or 'module'} import ...`, by the dot"
            )
        known = top in sys.stdlib_module_names or top in READY_MADE or importlib.util.find_spec(top)
        if not known:
            continue  # there is no such package, and Python will say so
        if top == "numpy" and "testing" not in name:
            continue
        if top not in sys.stdlib_module_names or top in BACKDOORS:
            return (
                f"imports {name}: NumPy and Python's standard library are all that these exercises need. "
                "No points while it is there"
            )
    return None
