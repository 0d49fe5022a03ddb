"""The skeletons: the learner's package, derived from the reference function by function.

    python -m tests.grading.skeletons            # write them into kata/
    python -m tests.grading.skeletons --check    # only tell whether kata/ holds them as they are

What is graded keeps its name, its signature without the arguments that exist for speed, and its docstring;
the body becomes `raise NotImplementedError`. What is plumbing stays. The rest is left out.
"""

import argparse
import ast
import re
import sys
import textwrap
from pathlib import Path

from tests.grading.exercises import EXERCISES
from tests.grading.runner import ROOT

MODULES = (
    "activations",
    "losses",
    "layers",
    "initializers",
    "parameters",
    "network",
    "optimizers",
    "regularization",
    "training",
)
PLUMBING = {
    "as_floating",
    "identity",
    "identity_backward",
    "ACTIVATIONS",
    "LOSSES",
    "INITIALIZERS",
    "OUTPUTS",
    "ParameterList",
    "joined",
    "_require_name",
    "_Optimizer",
    "_zeros_like",
    "SGD",
    "Momentum",
    "Nesterov",
    "RMSprop",
    "Adam",
    "OPTIMIZERS",
}
METHODS = {  # what stays of the graded classes, beside the exercises
    "Network": {"_checked", "_as_targets"},
    "EarlyStopping": {"__init__"},
}
NOTES = {  # what a learner must know that the docstring, which is the reference's, cannot say
    "Network.loss_and_grads": "In lesson 5, leave out the penalty and dropout: l2 is 0 there, and rng None. "
    "Lesson 7 adds both.",
}
READY = {"Network.__init__": "layers"}  # the body stays as it is up to the assignment of this name
INSTEAD = {"shift_by_maximum": ("log_softmax", "softmax")}  # imports that a learner needs in a helper's place
PACKAGE = '"""A neural network of your own: every function here is yours to write."""\n'


def skeletons():
    """Return the skeletons' texts by file name."""
    return {"__init__.py": PACKAGE} | {f"{module}.py": skeleton(module) for module in MODULES}


def skeleton(module):
    """Return the skeleton of one module of the reference."""
    return _Skeleton(module, _reference(module)).text()


def _reference(module):
    """Return a module of the reference, with ``arrays`` as a part of ``activations``: a learner's first file
    stands alone.
    """
    source = (ROOT / "nn" / f"{module}.py").read_text(encoding="utf-8")
    if module == "activations":
        arrays = (ROOT / "nn" / "arrays.py").read_text(encoding="utf-8")
        definitions = arrays.partition("import numpy as np\n")[2]
        source = source.replace("\nfrom .arrays import as_floating\n", definitions)
    return source.replace("from .arrays import", "from .activations import")


class _Skeleton:
    def __init__(self, module, source):
        self.lines = source.splitlines()
        self.tree = ast.parse(source)
        self.graded = {e.function: e.name for e in reversed(EXERCISES.values()) if e.module == module}
        self.kept = {
            name
            for name in map(_name, self.tree.body)
            if name in PLUMBING or any(function.split(".")[0] == name for function in self.graded)
        }

    def text(self):
        docstring = self.tree.body[0]
        parts = [_for_learners(self._segment(docstring)), "\n".join(self._imports())]
        for node in self.tree.body[1:]:
            if _name(node) in self.kept:
                gap = (
                    "\n" if isinstance(node, ast.Assign) and not isinstance(node.value, ast.Dict) else "\n\n"
                )
                parts.append(gap + self._definition(node))
        text = "\n".join(part for part in parts if part is not None)
        return re.sub(r"\n{4,}", "\n\n\n", text).rstrip() + "\n"

    def _imports(self):
        used = self._used(self.kept)
        groups, package = {"library": [], "numpy": [], "package": []}, {}
        for node in self.tree.body:
            if isinstance(node, ast.Import):
                names = [alias for alias in node.names if (alias.asname or alias.name) in used]
                if names:
                    group = "numpy" if names[0].name == "numpy" else "library"
                    groups[group].append(ast.unparse(ast.Import(names)))
            elif isinstance(node, ast.ImportFrom) and node.level:
                names = {alias.name for alias in node.names if alias.name in used}
                for name in names & INSTEAD.keys():
                    names = names - {name} | set(INSTEAD[name])
                names &= _names_in(node.module)
                if node.module == "parameters":  # only the optimizers need to know
                    names &= self._used(self.kept & PLUMBING)
                if names:
                    package.setdefault(node.module, set()).update(names)
        for module, names in package.items():
            names = sorted(names, key=lambda name: (not name.isupper(), name.islower(), name))
            groups["package"].append(f"from .{module} import {', '.join(names)}")
        return ["", *"\n\n".join("\n".join(lines) for lines in groups.values() if lines).split("\n")]

    def _used(self, definitions):
        """Return the names that definitions of this module use, themselves or through one another."""
        nodes = {_name(node): node for node in self.tree.body}
        used, queue = set(), list(definitions)
        while queue:
            node = nodes.get(queue.pop())
            names = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)} if node else set()
            queue += names - used
            used |= names
        return used

    def _definition(self, node):
        if isinstance(node, ast.ClassDef) and node.name in METHODS:
            return self._class(node)
        if isinstance(node, ast.FunctionDef) and node.name in self.graded:
            return self._function(node, node.name)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict):
            return self._table(node)
        return _without_speed(_for_learners(self._segment(node)))

    def _class(self, node):
        body = [f"class {node.name}:", _for_learners(self._segment(node.body[0]))]
        for method in node.body[1:]:
            name = f"{node.name}.{method.name}"
            if name in self.graded:
                body.append("\n" + self._function(method, name))
            elif method.name in METHODS[node.name]:
                body.append("\n" + self._segment(method))
        return "\n".join(body)

    def _function(self, node, name):
        """Return a function's signature and docstring, and a place for its body."""
        docstring = ast.get_docstring(node) is not None
        statements = node.body[1:] if docstring else node.body
        signature = "\n".join(self.lines[node.lineno - 1 : node.body[0].lineno - 1])
        lines = [_without_speed(signature)]
        if docstring:
            lines.append(_for_learners(self._segment(node.body[0])))
        if name in READY:
            end = next(item.lineno for item in statements if READY[name] in _targets(item))
            lines.append("\n".join(self.lines[statements[0].lineno - 1 : end - 1]).rstrip() + "\n")
        indent = " " * (node.col_offset + 4)
        if name in NOTES:
            mark = f"{indent}# "
            lines.append(textwrap.fill(NOTES[name], 100, initial_indent=mark, subsequent_indent=mark))
        lines.append(f"{indent}raise NotImplementedError")
        return "\n".join(lines)

    def _table(self, node):
        """Return a table of names without the entries that the learner's package does not have."""
        values = node.value.values
        rows = [
            f"    {ast.unparse(key)}: {ast.unparse(value)},".replace("'", '"')
            for key, value in zip(node.value.keys, values, strict=True)
            if {part.id for part in ast.walk(value) if isinstance(part, ast.Name)} <= self.kept
        ]
        return "\n".join([f"{node.targets[0].id} = {{", *rows, "}"])

    def _segment(self, node):
        return "\n".join(self.lines[node.lineno - 1 : node.end_lineno])


def _name(node):
    if isinstance(node, ast.Assign):
        return node.targets[0].id
    return getattr(node, "name", None)


def _names_in(module):
    """Return the names that a module of the learner's package has."""
    return _Skeleton(module, _reference(module)).kept


def _targets(node):
    targets = node.targets if isinstance(node, ast.Assign) else []
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _without_speed(code):
    """Drop ``*, out=...`` from a signature, and ``out=out`` from the calls that pass it on."""
    return re.sub(r", \*, out=(None|\([^)]*\))|, out=out\b", "", code)


def _for_learners(text):
    """Drop what docstrings tell of speed: sentences from "For speed," to the end of their paragraph."""
    text = re.sub(r'(?<=\n)[ ]*For speed,.*?(?=\n\n|\n[ ]*""")', "", text, flags=re.DOTALL)
    text = re.sub(r'[ \n]+For speed,.*?(?=\n\n|\n[ ]*""")', "", text, flags=re.DOTALL)
    return re.sub(r'\n+(\s*""")$', r"\n\1", text)


def write(folder, *, overwrite=True):
    """Write the skeletons into a folder, which is made."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in skeletons().items():
        if overwrite or not (folder / name).exists():
            (folder / name).write_text(text, encoding="utf-8")


def main(arguments=None):
    """Write the skeletons into kata/, or check them."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.grading.skeletons", description=__doc__.split("\n")[0]
    )
    parser.add_argument("--check", action="store_true", help="change nothing; fail if a skeleton differs")
    if not parser.parse_args(arguments).check:
        write(ROOT / "kata")
        return 0
    differing = [
        name
        for name, text in skeletons().items()
        if not (ROOT / "kata" / name).is_file() or (ROOT / "kata" / name).read_text(encoding="utf-8") != text
    ]
    if differing:
        print(
            f"kata/ is no longer what python -m tests.grading.skeletons makes of nn: {', '.join(differing)}"
        )
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
