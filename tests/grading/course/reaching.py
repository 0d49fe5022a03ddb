"""Reach: what code an exercise calls, which exercises that are, and whether any of it has changed."""

import ast
import functools
import hashlib

from tests.grading.course.exercises import EXERCISES
from tests.grading.course.sources import Sources

_written = functools.lru_cache(4096)(ast.dump)  # of definitions, which are asked for again and again


class Reach(Sources):
    """The sources of a package, with what each exercise reaches in them by the names that it uses."""

    def helpers(self, exercise):
        """Return the sources of the helpers that an exercise's function calls in its own module."""
        exercises = {other.function for other in EXERCISES.values()}
        lines = self.module(exercise.module)[0].splitlines()
        texts = []
        for module, name in sorted(self._closure(exercise.module, exercise.function)):
            node = self._node(module, name)
            known = module != exercise.module or name in exercises or name == "as_floating"
            if not known and isinstance(node, ast.FunctionDef):
                texts.append("\n".join(lines[node.lineno - 1 : node.end_lineno]))
        return texts

    def needs(self, exercise):
        """Return the names of the exercises that this one calls, directly or through others."""
        names = {}
        for other in EXERCISES.values():
            if other.function:
                names.setdefault((other.module, other.function), other.name)
        reached = self._closure(exercise.module, exercise.function) if exercise.function else ()
        return {names[key] for key in reached if key in names} - {exercise.name}

    def judged_with(self, exercise):
        """Return the names of the exercises that must be right before this one can be judged.

        These are all that its function reaches and that its tests call besides, and all that those are judged
        with in turn; for a training, every function.
        """
        if exercise.function is None:
            return {name for name, other in EXERCISES.items() if other.function}
        found, queue = set(), [exercise.name]
        while queue:
            name = queue.pop()
            if name not in found:
                found.add(name)
                queue += [*self._once(self._needed, name), *EXERCISES[name].tested_with]
        return found - {exercise.name}

    def _needed(self, name):
        return self.needs(EXERCISES[name])

    def fingerprint(self, exercise):
        """Return a digest of all code that an exercise's function reaches; comments do not count.

        An exercise without a function of its own, a training, reaches everything.
        """
        return self._once(self._fingerprint, exercise.name)

    def _fingerprint(self, name):
        exercise = EXERCISES[name]
        digest = hashlib.sha256()
        if exercise.function is None:
            for path in sorted(self.folder.glob("*.py")):
                digest.update(self._once(self._whole, path.stem))
            return digest.hexdigest()
        owner = exercise.function.split(".")[0]  # the tests of a method call the others
        for module in sorted(self._once(self._imports, exercise.module)):
            digest.update(self._once(self._top_level, module))
        for module, name in sorted(self._closure(exercise.module, owner)):
            digest.update(self._once(self._definition, module, name))
        return digest.hexdigest()

    def _whole(self, module):
        """Return a module as bytes that comments and blank lines do not change."""
        text, tree = self.module(module)
        return f"{module} {_written(tree) if tree else text}".encode()

    def _definition(self, module, name):
        """Return a definition as bytes that comments and blank lines do not change."""
        node = self._node(module, name)
        return f"{module}.{name} {_written(node) if node else self.module(module)[0]}".encode()

    def _top_level(self, module):
        """Return what decides whether a module can be imported: all but the bodies of what it defines."""
        text, tree = self.module(module)
        if tree is None:
            return text.encode()
        defined = (ast.FunctionDef, ast.ClassDef)
        names = [node.name if isinstance(node, defined) else _written(node) for node in tree.body]
        return " ".join(names).encode()

    def _closure(self, module, name):
        """Return every (module, name) of this package that a definition reaches by the names it uses."""
        reached, queue = set(), [(module, name)]
        while queue:
            pair = queue.pop()
            if pair in reached:
                continue
            if not isinstance(self._node(*pair), ast.ImportFrom):
                reached.add(pair)
            queue += self._once(self._used, *pair)
        return reached

    def _used(self, module, name):
        """Return the (module, name) pairs that a definition uses itself."""
        bindings, node = self._bindings(module), self._node(module, name)
        if isinstance(node, ast.ImportFrom):
            return self._imported(node, name)
        owner = name.split(".")[0]
        used = [(module, f"{owner}.__init__")] if node is not None and "." in name else []
        for part in ast.walk(node) if node is not None else ():
            if isinstance(part, ast.Name) and part.id in bindings:
                used.append((module, part.id))
            of_self = isinstance(part, ast.Attribute) and getattr(part.value, "id", None) == "self"
            if of_self and self._node(module, f"{owner}.{part.attr}"):
                used.append((module, f"{owner}.{part.attr}"))
        return used

    @staticmethod
    def _imported(node, name):
        """Return what a relative import stands for; other packages are no concern of ours."""
        if node.level != 1:
            return []
        original = next((alias.name for alias in node.names if (alias.asname or alias.name) == name), name)
        return [(node.module, original)] if node.module else []
