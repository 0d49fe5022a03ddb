"""The skeletons: the learner's package, derived from the reference function by function.

What is graded keeps its name, its signature without the arguments that exist for speed, and its docstring
without the paragraphs about the reference alone, which have the label `In nn:` as others have `Source:`; the
body becomes `raise NotImplementedError`. What stays whole is plumbing: the tables of names, what a record
says is given, and what these use themselves. A table loses the entries that need a helper of the answers, as
`lecun_normal` does. The rest is left out.
"""

import ast
import functools
import itertools
import re
import textwrap
from pathlib import Path

from tests.grading import ROOT
from tests.grading.course.exercises import COURSE, EXERCISES, GRADED_MODULES

PACKAGE = '"""A neural network of your own: every function here is yours to write."""\n'
OF_NN = "In nn:"  # the label of a paragraph that is about the reference alone
GIVEN = {name for lesson in COURSE.values() for name in lesson.given}


def skeletons():
    """Return the skeletons' texts by file name."""
    return {"__init__.py": PACKAGE} | {f"{module}.py": skeleton(module) for module in _package()}


def modules():
    """Return the modules of the learner's package: those with something to write, and what these import."""
    return list(_package())


def skeleton(module):
    """Return the skeleton of one module of the reference."""
    return _package()[module].text()


@functools.cache
def _package():
    """Return the modules of the learner's package by name, each with what stays of it.

    Raises ValueError if a record names what the reference does not define.
    """
    found = {module: _Skeleton(module) for module in GRADED_MODULES}
    queue = list(found)
    while queue:
        for module, names in found[queue.pop()].plumbing().items():
            other = found.setdefault(module, _Skeleton(module))
            if not names <= other.kept:
                other.keep(names)
                queue.append(module)
    defined = set().union(*(other.defined for other in found.values()))
    if unknown := sorted(GIVEN - defined):
        raise ValueError(f"given must name what nn defines; got {', '.join(unknown)}")
    return found


def _reference(module):
    """Return the source of a module of the reference, with ``arrays`` as a part of ``activations``, so that a
    learner's first file stands alone.
    """
    source = (ROOT / "nn" / f"{module}.py").read_text(encoding="utf-8")
    if module == "activations":
        arrays = (ROOT / "nn" / "arrays.py").read_text(encoding="utf-8")
        definitions = arrays.partition("import numpy as np\n")[2]
        source = source.replace("\nfrom .arrays import as_floating\n", definitions)
    return source.replace("from .arrays import", "from .activations import")


class _Skeleton:
    """A module of the reference and what stays of it: ``kept``, names of its top level.

    offered: what learners may import for their own code. answers: helpers of what they are to write.
    """

    def __init__(self, module):
        source = _reference(module)
        self.lines, self.tree = source.splitlines(), ast.parse(source)
        self.nodes = {_name(node): node for node in self.tree.body if _name(node)}
        self.graded = {e.function: e for e in reversed(EXERCISES.values()) if e.module == module}
        self.defined = self.nodes.keys() | {
            f"{name}.{method.name}"
            for name, node in self.nodes.items()
            if isinstance(node, ast.ClassDef)
            for method in node.body
            if isinstance(method, ast.FunctionDef)
        }
        if unknown := sorted(self.graded.keys() - self.defined):
            raise ValueError(f"the records ask for what nn/{module}.py does not define: {', '.join(unknown)}")
        self.heads = {function.split(".")[0] for function in self.graded}
        tables = {name for name, node in self.nodes.items() if _is_table(node)}
        self.offered = self.heads | tables | (GIVEN & self.nodes.keys())
        staying = self._closure(self.offered, lambda node: [] if _is_table(node) else self._stays(node))
        self.answers = (self._closure(self.heads, self._all) & self.nodes.keys()) - staying
        self.kept = set()
        self.keep(self.offered)

    def keep(self, names):
        """Keep definitions, and what they use."""
        self.kept |= self._closure(names, self._stays) & self.nodes.keys()

    def plumbing(self):
        """Return what the code that stays imports from other modules of the package: names by module."""
        used = self._closure(self.kept, self._stays)
        imports = {}
        for node in self._relative():
            if names := {alias.name for alias in node.names} & used:
                imports.setdefault(node.module, set()).update(names)
        return imports

    def _relative(self):
        return [node for node in self.tree.body if isinstance(node, ast.ImportFrom) and node.level]

    def _closure(self, names, parts):
        """Return these names and all that their definitions use, themselves or through one another.

        parts: a method that returns the parts of a definition that count.
        """
        used, queue = set(), list(names)
        while queue:
            name = queue.pop()
            if name not in used:
                used.add(name)
                if name in self.nodes:
                    queue += _names(*parts(self.nodes[name]))
        return used

    def _all(self, node):
        return [node]

    def _stays(self, node):
        """Return the parts of a definition that the skeleton has, too."""
        if _name(node) not in self.heads:
            return [value for _, value in self._entries(node)] if _is_table(node) else [node]
        if isinstance(node, ast.FunctionDef):
            return self._stays_of(node, node.name)
        methods = [(part, f"{node.name}.{getattr(part, 'name', None)}") for part in node.body]
        return [
            part
            for method, name in methods
            if name in self.graded or self._given(method, name)
            for part in (self._stays_of(method, name) if name in self.graded else [method])
        ]

    def _stays_of(self, node, name):
        """Return the parts of a graded function that stay: its arguments, and what of its body is given."""
        return [node.args, *self._ready(node, name)]

    def _ready(self, node, name):
        """Return the statements of a graded function that its record says are given."""
        until = self.graded[name].given_before
        if not until:
            return []
        ready = list(itertools.takewhile(lambda statement: until not in _targets(statement), node.body))
        if len(ready) == len(node.body):
            raise ValueError(f"given_before must be a variable of {name}; got {until!r}")
        return ready

    @staticmethod
    def _given(method, name):
        """Return True for what stays of a graded class beside its exercises."""
        return name in GIVEN or not isinstance(method, ast.FunctionDef) or method.name == "__init__"

    def _entries(self, table):
        """Return the (key, value) pairs of a table without those that need a helper of the answers."""
        pairs = zip(table.value.keys, table.value.values, strict=True)
        return [pair for pair in pairs if not self._closure(_names(pair[1]), self._stays) & self.answers]

    def text(self):
        """Return the skeleton as Python source."""
        docstring = self.tree.body[0]
        parts = [_for_learners(self._segment(docstring)), "\n".join(self._imports())]
        for node in self.tree.body[1:]:
            if _name(node) in self.kept:
                gap = "\n" if isinstance(node, ast.Assign) and not _is_table(node) else "\n\n"
                parts.append(gap + self._definition(node))
        text = "\n".join(part for part in parts if part is not None)
        return re.sub(r"\n{4,}", "\n\n\n", text).rstrip() + "\n"

    def _imports(self):
        """Return the lines that import what stays, and what learners may need for the rest."""
        used, staying = (self._closure(self.kept, parts) for parts in (self._all, self._stays))
        groups, package = {"library": [], "numpy": [], "package": []}, {}
        for node in self.tree.body:
            if isinstance(node, ast.Import):
                names = [alias for alias in node.names if (alias.asname or alias.name) in used]
                if names:
                    group = "numpy" if names[0].name == "numpy" else "library"
                    groups[group].append(ast.unparse(ast.Import(names)))
        for node in self._relative():
            names = {alias.name for alias in node.names}
            if other := _package().get(node.module):
                needed = set().union(*map(other.instead_of, names & used)) | names & staying
                package.setdefault(node.module, set()).update(needed)
        for module, names in package.items():
            if names:
                names = sorted(names, key=lambda name: (not name.isupper(), name.islower(), name))
                groups["package"].append(f"from .{module} import {', '.join(names)}")
        return ["", *"\n\n".join("\n".join(lines) for lines in groups.values() if lines).split("\n")]

    def instead_of(self, name):
        """Return what learners import where the reference imports a name: for a helper, those who call it."""
        if name in self.answers:
            return {head for head in self.heads if name in self._closure([head], self._all)}
        return {name} & self.offered

    def _definition(self, node):
        if _name(node) in self.heads:
            return self._class(node) if isinstance(node, ast.ClassDef) else self._function(node, node.name)
        if _is_table(node):
            return self._table(node)
        return _without_speed(self._segment(node))

    def _class(self, node):
        body = [f"class {node.name}:", _for_learners(self._segment(node.body[0]))]
        for method in node.body[1:]:
            name = f"{node.name}.{getattr(method, 'name', None)}"
            if name in self.graded:
                body.append("\n" + self._function(method, name))
            elif self._given(method, name):
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
        if ready := [statement for statement in self._ready(node, name) if statement in statements]:
            lines.append("\n".join(self.lines[ready[0].lineno - 1 : ready[-1].end_lineno]) + "\n")
        indent = " " * (node.col_offset + 4)
        if note := self.graded[name].note:
            mark = f"{indent}# "
            lines.append(textwrap.fill(note, 100, initial_indent=mark, subsequent_indent=mark))
        lines.append(f"{indent}raise NotImplementedError")
        return "\n".join(lines)

    def _table(self, node):
        """Return a table of names without the entries that the learner's package does not have."""
        rows = [
            f"    {ast.unparse(key)}: {ast.unparse(value)},".replace("'", '"')
            for key, value in self._entries(node)
        ]
        return "\n".join([f"{node.targets[0].id} = {{", *rows, "}"])

    def _segment(self, node):
        return "\n".join(self.lines[node.lineno - 1 : node.end_lineno])


def _name(node):
    if isinstance(node, ast.Assign):
        return getattr(node.targets[0], "id", None)
    return getattr(node, "name", None)


def _names(*nodes):
    """Return the names that stand in parts of a source."""
    return {part.id for node in nodes for part in ast.walk(node) if isinstance(part, ast.Name)}


def _is_table(node):
    """Return True for an assignment of a dictionary, as in ``LOSSES = {...}``."""
    return isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict)


def _targets(node):
    targets = node.targets if isinstance(node, ast.Assign) else []
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _without_speed(code):
    """Drop ``*, out=...`` from a signature, and ``out=out`` from the calls that pass it on."""
    return re.sub(r", \*, out=(None|\([^)]*\))|, out=out\b", "", code)


def _for_learners(docstring):
    """Return a docstring, with its quotes, without the paragraphs that begin with the label OF_NN."""
    text, quotes = docstring[:-3], docstring[-3:]
    end = text[len(text.rstrip()) :]  # before the closing quotes
    kept = [part for part in text.split("\n\n") if not part.lstrip().startswith(OF_NN)]
    return "\n\n".join(kept).rstrip() + end + quotes


def write(folder, *, overwrite=True):
    """Write the skeletons into a folder, which is made."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in skeletons().items():
        if overwrite or not (folder / name).exists():
            (folder / name).write_text(text, encoding="utf-8")
