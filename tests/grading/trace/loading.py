"""Loading: a learner's source in the place of nn's own definition, with loops that are counted."""

import ast
import importlib

from tests.grading.course.exercises import EXERCISES, GRADED_MODULES

from .trees import LEAVES, walked

FILE = "<the learner's file>"
TICK = "_tick_of_a_loop"
MOST = 1_000_000
STEPS = 300_000  # of loops, in one run of the program as it is


class TooLong(BaseException):
    """A loop ran on and on. It is no Exception, so that the learner's own ``except`` does not catch it."""


class Loaded:
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
        self.space = namespace(EXERCISES[exercise].module)
        self.space |= {TICK: self._tick, "range": self._range}
        exec(compile(_ticking(ast.parse(source)), FILE, "exec"), self.space)
        self.restored = others_than(exercise)
        self.space.update(self.restored)
        if self.owner not in self.space:
            raise NameError(f"the source does not define {self.function}")

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


def namespace(module):
    """Return what a file of the package can use: all of nn, its own module's names above those of others."""
    space = {}
    for name in (*GRADED_MODULES, "parameters", "arrays", module):
        found = vars(importlib.import_module(f"nn.{name}"))
        space |= {key: value.copy() if type(value) in (dict, list) else value for key, value in found.items()}
    return space


def others_than(exercise):
    """Return nn's functions of the other exercises of a module: a mistake there is another exercise's."""
    module, own = EXERCISES[exercise].module, EXERCISES[exercise].function.split(".")[0]
    names = {e.function for e in EXERCISES.values() if e.module == module and e.function} - {own}
    found = vars(importlib.import_module(f"nn.{module}"))
    return {name: found[name] for name in names if name in found}


_LOOPS = (ast.For, ast.While, ast.comprehension)
_CALL = ast.fix_missing_locations(ast.Expr(ast.Call(ast.Name(TICK, ast.Load()), [], [])))


def loops(tree):
    """Return the loops and comprehensions of a tree."""
    return [node for node in walked(tree, LEAVES) if isinstance(node, _LOOPS)]


class Ticks:
    """Within the block, every one of these loops and comprehensions counts its rounds."""

    def __init__(self, nodes):
        bodies = [n.ifs if isinstance(n, ast.comprehension) else n.body for n in nodes]
        self._conditions = {id(n.ifs) for n in nodes if isinstance(n, ast.comprehension)}
        self._places = {id(body): body for body in bodies}  # an edit may give one body to two loops

    def __enter__(self):
        for key, place in self._places.items():
            place.insert(0, _CALL.value if key in self._conditions else _CALL)

    def __exit__(self, *_):
        for place in self._places.values():
            del place[0]


def _ticking(tree):
    Ticks(loops(tree)).__enter__()
    return tree
