"""Sources: a package's files, where each exercise stands in them, and what cannot be read."""

import ast
import functools
import re
import warnings
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from tests.grading.course.exercises import GRADED_MODULES
from tests.grading.finding import file_to_fix

KEPT = 64  # texts of modules that are not read anew each time: a package has ten


class Place(NamedTuple):
    """Where a function stands: its file and the lines from its first to its last, counted from 1."""

    path: Path
    line: int
    end: int


class Sources:
    """The sources of a package, read once; a file that cannot be parsed has no tree, only its text.

    texts: modules whose text is given here rather than read from the folder.
    """

    def __init__(self, folder, texts=None):
        self.folder, self._texts = Path(folder), dict(texts or {})
        self._modules, self._known = {}, {}

    def module(self, name):
        """Return (text, tree) of a module, tree being None where it is missing or no Python."""
        if name not in self._modules:
            path = self.folder / f"{name}.py"
            try:
                text = self._texts.get(name) or path.read_text(encoding="utf-8")
            except OSError:
                text = ""
            except UnicodeDecodeError as error:
                text = f"not UTF-8: {error}"  # no Python either
            self._modules[name] = text, _tree(text)
        return self._modules[name]

    def problem(self, exercise):
        """Return the finding on what cannot be read of an exercise's files; None if all can."""
        modules = [exercise.module] if exercise.function else GRADED_MODULES
        reached = set().union(*(self._once(self._imports, module) for module in modules))
        problems = (self._once(self._unreadable, module) for module in sorted(reached))
        return next(filter(None, problems), None)

    def _unreadable(self, module):
        """Return the finding on what Python cannot read in a module, None if it can read all of it."""
        return _refused(self.module(module)[0], f"{module}.py")

    def place(self, exercise):
        """Return the place of an exercise's function, None if there is none."""
        if not exercise.function:
            return None
        if self._once(self._unreadable, exercise.module):
            return self._place_in_text(exercise)
        node = self._node(exercise.module, exercise.function)
        if node is None:
            return None
        first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
        return Place(self.folder / f"{exercise.module}.py", first, node.end_lineno)

    def _place_in_text(self, exercise):
        """Find a function in a file that cannot be parsed: from its ``def`` to what follows."""
        lines = self.module(exercise.module)[0].splitlines()
        owner, _, name = exercise.function.rpartition(".")
        within = range(len(lines))
        if owner:
            begins = [i for i in within if re.match(rf"class\s+{owner}\b", lines[i])]
            within = range(begins[-1] + 1, len(lines)) if begins else ()
            ends = [i for i in within if _begins(lines[i], 0)]
            within = range(within.start, ends[0] if ends else len(lines)) if begins else ()
        begins = [i for i in within if re.match(rf"\s*def\s+{name}\b", lines[i])]
        if not begins:
            return None
        first = begins[-1]
        indent = len(lines[first]) - len(lines[first].lstrip())
        end = next((i for i in range(first + 1, within.stop) if _begins(lines[i], indent)), within.stop)
        while not lines[end - 1].strip():
            end -= 1
        return Place(self.folder / f"{exercise.module}.py", first + 1, end)

    def text(self, exercise):
        """Return the source of an exercise's function, None where there is none."""
        place = self.place(exercise)
        if place is None:
            return None
        lines = self.module(exercise.module)[0].splitlines()
        return "\n".join(lines[place.line - 1 : place.end])

    def _once(self, function, *arguments):
        """Return what a method of this object says of a definition, which most exercises ask for."""
        key = function.__name__, *arguments
        if key not in self._known:
            self._known[key] = function(*arguments)
        return self._known[key]

    def _imports(self, module):
        """Return the modules of this package that importing a module imports, itself among them."""
        found, queue = set(), [module]
        while queue:
            module = queue.pop()
            if module in found:
                continue
            found.add(module)
            _, tree = self.module(module)
            for node in tree.body if tree else ():
                if isinstance(node, ast.ImportFrom) and node.level == 1 and node.module:
                    queue.append(node.module)
        return found

    def _node(self, module, name):
        """Return the definition of a name, or of ``Class.method``, in a module."""
        node = self._bindings(module).get(name.split(".")[0])
        for part in name.split(".")[1:]:
            body = getattr(node, "body", [])
            node = next((item for item in body if getattr(item, "name", None) == part), None)
        return node

    def _bindings(self, module):
        """Return the top-level definitions of a module by name: functions, classes, assignments, imports."""
        return self._once(self._bound, module)

    def _bound(self, module):
        _, tree = self.module(module)
        found = {}
        for node in tree.body if tree else ():
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                found[node.name] = node
            elif isinstance(node, ast.Assign):
                found.update((target.id, node) for target in node.targets if isinstance(target, ast.Name))
            elif isinstance(node, ast.ImportFrom):
                found.update((alias.asname or alias.name, node) for alias in node.names)
        return found


@functools.lru_cache(KEPT)
def _tree(text):
    """Return the tree of a module's text, which nobody changes; None if it is no Python."""
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError):
        return None


@functools.lru_cache(KEPT)
def _refused(text, path):
    """Compile a module's text; return the finding on it if Python refuses it, else None."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an odd escape in a string is no error yet
            compile(text, path, "exec", dont_inherit=True)
    except SyntaxError as error:
        line, quote = error.lineno or 1, ()
        whole = "".join(text.splitlines()[line - 1 : line])
        if bare := whole.strip():
            column = max((error.offset or 1) - 1 - (len(whole) - len(whole.lstrip())), 0)
            start = max(column - 50, 0)  # of a long line, the part around the caret
            quote = bare[start:].expandtabs(1), f"{' ' * (column - start)}^"
        found = file_to_fix(path, line, f"{type(error).__name__}: {error.msg}", quote)
        if not error.offset:
            return found
        first, last, end = error.offset, error.end_lineno or line, error.end_offset or 0
        if (last, end) <= (line, first):  # a point rather than a part
            last, end = line, first + 1
        marked = {"source": whole, "column": first, "end_line": last, "end_column": end}
        return replace(found, place=found.place._replace(**marked))
    except ValueError as error:  # a null byte
        return file_to_fix(path, 1, f"{type(error).__name__}: {error}")
    return None


def _begins(line, indent):
    """Tell whether a line begins another definition at most as deep as ``indent``, or one of the tables."""
    depth = len(line) - len(line.lstrip())
    return depth <= indent and bool(re.match(r"\s*(@|(async\s+)?def\s|class\s|[A-Z][A-Z_]+\s*=)", line))
