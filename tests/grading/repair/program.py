"""The learner's program: its functions as trees that can be edited and put in place, in a world of nn's
own.
"""

import ast
import importlib
from typing import NamedTuple

from tests.grading.course.exercises import EXERCISES, GRADED_MODULES

FILE = "<the learner's file>"
TICK = "_tick_of_a_loop"
MOST = 1_000_000
SMALL = 150  # nodes
STEPS = 300_000  # of loops, in one run of the program as it is
GIVEN = ("as_floating", "_checked", "_as_targets", "_require_name")  # by the skeletons, for nobody to write


class TooLong(BaseException):
    """A loop ran on and on. It is no Exception, so that the learner's own ``except`` does not catch it."""


class Home(NamedTuple):
    """A function that can be edited: the class that it belongs to, if any, and its tree."""

    owner: ast.ClassDef | None
    node: ast.FunctionDef


class Program:
    """A learner's source, run in the place of nn's own definition.

    source: a function, a class or a whole module. It sees everything of nn, except that it has its own
    version of the exercise, and of what is no exercise. Loading it may raise whatever its top level raises.
    """

    def __init__(self, source, exercise):
        self.source, self.exercise = source, exercise
        self.tree = ast.parse(source)
        self.function = EXERCISES[exercise].function
        self.owner, _, self.method = self.function.partition(".")
        self.steps, self.limit = 0, STEPS
        module = EXERCISES[exercise].module
        self.space = namespace(module)
        self.space |= {TICK: self._tick, "range": self._range}
        exec(compile(_ticking(ast.parse(source)), FILE, "exec"), self.space)
        self._restore_other_exercises(module)
        self.homes = {}
        for node in self.tree.body:
            if isinstance(node, ast.FunctionDef) and node.name not in self.restored:
                self.homes[node.name] = Home(None, node)
            elif isinstance(node, ast.ClassDef):
                for inner in node.body:
                    if isinstance(inner, ast.FunctionDef) and not inner.decorator_list:
                        self.homes[f"{node.name}.{inner.name}"] = Home(node, inner)
        self.supers = {name for name, home in self.homes.items() if "super()" in ast.unparse(home.node)}
        if self.owner not in self.space or self.function not in self.homes:
            raise NameError(f"the source does not define {self.function}")

    def _restore_other_exercises(self, module):
        own = vars(importlib.import_module(f"nn.{module}"))
        others = {e.function for e in EXERCISES.values() if e.module == module and e.function} - {self.owner}
        self.restored = {name for name in others if name in own}
        self.space.update((name, own[name]) for name in self.restored)

    @property
    def subject(self):
        return self.space[self.owner]

    def _tick(self):
        self.steps += 1
        if self.steps > self.limit:
            raise TooLong
        return True

    def _range(self, *bounds):
        """What the program takes for ``range``: nobody here counts to a million."""
        found = range(*bounds)
        if found and abs(found[-1] - found[0]) > MOST * abs(found.step):
            raise TooLong
        return found

    def run(self, action, limit=STEPS):
        """Return what ``action(subject)`` returns, None if its loops take more steps than the limit."""
        self.steps, self.limit = 0, limit
        try:
            return action(self.subject)
        except (TooLong, MemoryError):
            return None

    def install(self, name):
        """Compile a function, as its tree now stands, into its place; return True if that can be done."""
        owner, node = self.homes[name]
        whole = owner is not None and name in self.supers
        with _Ticks(node):
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


def namespace(module):
    """Return what a file of the package can use: all of nn, its own module's names above those of others."""
    space = {}
    for name in (*GRADED_MODULES, "parameters", "arrays", module):
        found = vars(importlib.import_module(f"nn.{name}"))
        space |= {key: value.copy() if type(value) in (dict, list) else value for key, value in found.items()}
    return space


class _Ticks:
    """Within the block, every loop and comprehension of a function counts its rounds."""

    def __init__(self, tree):
        nodes = _branches(tree)
        self.loops = [n.body for n in nodes if isinstance(n, ast.For | ast.While)]
        self.conditions = [n.ifs for n in nodes if isinstance(n, ast.comprehension)]

    def __enter__(self):
        for places, wrap in ((self.loops, ast.Expr), (self.conditions, lambda call: call)):
            for place in places:
                call = ast.Call(ast.Name(TICK, ast.Load()), [], [])
                place.insert(0, ast.fix_missing_locations(wrap(call)))

    def __exit__(self, *_):
        for place in self.loops + self.conditions:
            del place[0]


def _ticking(tree):
    _Ticks(tree).__enter__()
    return tree


LEAVES = (ast.Name, ast.Constant, ast.expr_context, ast.operator, ast.cmpop, ast.unaryop, ast.boolop)


def _branches(tree):
    """Return the nodes of a tree that hold others: ``ast.walk`` takes many times as long."""
    found, left = [], [tree]
    while left:
        node = left.pop()
        found.append(node)
        for value in vars(node).values():
            if type(value) is list:
                left += [item for item in value if isinstance(item, ast.AST) and not isinstance(item, LEAVES)]
            elif isinstance(value, ast.AST) and not isinstance(value, LEAVES):
                left.append(value)
    return found
