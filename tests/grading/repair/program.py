"""The learner's program: its functions as trees that can be edited, and put in place while it is loaded."""

import ast
from typing import NamedTuple

from tests.grading.trace.loading import FILE, Loaded, Ticks, loops

SMALL = 150  # nodes
GIVEN = ("as_floating", "_checked", "_as_targets", "_require_name")  # by the skeletons, for nobody to write


class Home(NamedTuple):
    """A function that can be edited: the class that it belongs to, if any, and its tree."""

    owner: ast.ClassDef | None
    node: ast.FunctionDef


class Program(Loaded):
    """A loaded program. homes: its functions that can be edited, by name, methods as ``Class.method``."""

    def __init__(self, source, exercise):
        super().__init__(source, exercise)
        self.homes = {}
        for node in self.tree.body:
            if isinstance(node, ast.FunctionDef) and node.name not in self.restored:
                self.homes[node.name] = Home(None, node)
            elif isinstance(node, ast.ClassDef):
                for inner in node.body:
                    if isinstance(inner, ast.FunctionDef) and not inner.decorator_list:
                        self.homes[f"{node.name}.{inner.name}"] = Home(node, inner)
        self.supers = set()
        if "super()" in source:
            self.supers = {name for name, home in self.homes.items() if "super()" in ast.unparse(home.node)}
        self._loops = {name: loops(home.node) for name, home in self.homes.items()}
        if self.function not in self.homes:
            raise NameError(f"the source does not define {self.function}")

    def install(self, name, fresh=None):
        """Compile a function, as its tree now stands, into its place; return True if that can be done.

        fresh: what differs from the tree that was installed without it, which has been searched for loops.
        """
        owner, node = self.homes[name]
        whole = owner is not None and name in self.supers
        if fresh is None:
            self._loops[name] = loops(node)
        with Ticks([*self._loops[name], *(loop for root in fresh or () for loop in loops(root))]):
            try:
                code = compile(ast.Module([owner if whole else node], []), FILE, "exec")
            except (SyntaxError, ValueError, TypeError, RecursionError):
                return False
        if owner is None or whole:
            exec(code, self.space)
        else:
            local = {}
            exec(code, self.space, local)
            setattr(self.space[owner.name], node.name, local[node.name])
        return True

    def is_helper(self, name):
        """Return True for a small function beside the exercise's own: the slip may be there as well as in a
        call.
        """
        owner, node = self.homes[name]
        return owner is None and name != self.function and sum(1 for _ in ast.walk(node)) < SMALL

    def order(self):
        """Return the functions to edit: the exercise's own, those that it needs, the constructor last."""
        names, found = [self.function], []
        if self.owner != self.function:
            names.append(f"{self.owner}.__init__")
        while names:
            name = names.pop(0)
            if name in found or name not in self.homes:
                continue
            found.append(name)
            owner, node = self.homes[name]
            for inner in ast.walk(node):
                if isinstance(inner, ast.Attribute):
                    own = isinstance(inner.value, ast.Name) and inner.value.id == "self" and owner is not None
                    names += [
                        home
                        for home in self.homes
                        if home == f"{owner.name if own else None}.{inner.attr}"
                        or (not own and home.endswith(f".{inner.attr}"))
                    ]
                elif isinstance(inner, ast.Name):
                    names += [inner.id, f"{inner.id}.__init__"]
        found = [name for name in found if name.split(".")[-1] not in GIVEN]
        return sorted(found, key=lambda name: name.endswith("__init__") and name != self.function)
