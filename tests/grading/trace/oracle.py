"""The oracle: what is right on each ask of an exercise, and what right variants compute on the way."""

import ast
import functools
import importlib
import inspect

import numpy as np

from tests.grading.course.exercises import EXERCISES
from tests.solutions import RIGHT

from .compare import differences
from .outcomes import Array, Loose, fixed
from .right import RightValues
from .running import Program, owner


class Verdict:
    """What is right on an ask. runs: of the right variants, (number, run). values: theirs, RightValues.

    single: whether float32 is computed in.
    """

    def __init__(self, expected, programs):
        self.expected = expected
        runs = [(variant, program.run(expected.ask.script)) for variant, program in enumerate(programs)]
        self.runs = [(variant, run) for variant, run in runs if run.error is None]
        self.values, self.programs, self.of_all = RightValues(self.runs), programs, [run for _, run in runs]
        self.single = any(map(_single, expected.outcomes)) or any(_single(run.given) for _, run in self.runs)

    def wrong(self, run):
        """Return how a run differs from the outcome that is nearest: ({part: how}, the right parts)."""
        ended = run.error is not None
        choices = [(differences(run.copies, one, ended), one) for one in self.expected.outcomes]
        found, one = min(choices, key=lambda pair: len(pair[0]))
        return found, {name: v.value if isinstance(v, Array | Loose) else v for name, v in one.items()}

    @property
    def returned(self):
        """The events that gave the results of right variants: (run, event)."""
        found = []
        for program, run in zip(self.programs, self.of_all, strict=True):
            given = [i for i, e in enumerate(run.events) if _gives(program, e.site)]
            found += [(run, i) for i in given[-1:]]
        return found

    def afterwards(self, position):
        """Return how right variants find an argument, and how they leave it; None if they do not agree."""
        found = []
        for _, run in self.runs:
            if position < len(run.given):
                name = [*run.given][position]
                found.append((run.given[name], run.after[name]))
        return found[0] if found else None


def left_by_a_call(run, position):
    """Return the values that a first call wrote into an argument: (event, value), in order."""
    arrays = [*run.held.values()][position : position + 1]
    memory = {id(owner(array)) for array in arrays if isinstance(array, np.ndarray)}
    events = ((i, run.events[i]) for i in run.first if run.events[i].memory in memory)
    whole = ((i, e) for i, e in events if np.shape(e.value) == np.shape(arrays[0]))
    return [(i, e.value) for i, e in whole if run.writer.get(e.memory, -1) >= 0 and e.value is not None]


def _gives(program, k):
    return program.sites[k].returned and program.sites[k].function == program.function


def _single(parts):
    values = (value.value if isinstance(value, Array) else value for value in parts.values())
    return any(isinstance(v, Loose) or getattr(v, "dtype", None) == np.float32 for v in values)


class Oracle:
    """The right variants of an exercise; without: the names of those that are left out."""

    def __init__(self, exercise, without=()):
        self.exercise, self.asks = exercise, fixed(exercise)
        target = EXERCISES[exercise].function
        self.programs = [
            Program(*_source(solution.code, target), vars(importlib.import_module(solution.code.__module__)))
            for solution in RIGHT[exercise]
            if solution.name not in without
        ]
        self._verdicts = {}

    def at(self, expected):
        """Return the verdict on an ask, which is reached once."""
        if id(expected) not in self._verdicts:
            self._verdicts[id(expected)] = Verdict(expected, self.programs)
        return self._verdicts[id(expected)]


@functools.cache
def oracle(exercise):
    """Return the oracle of an exercise."""
    return Oracle(exercise)


@functools.cache
def _definitions(module):
    """Return the definitions of a module of the bank by name."""
    tree = ast.parse(inspect.getsource(importlib.import_module(module)))
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}


def _source(code, target):
    """Return the source of a right variant without its decorators, and the name of its function."""
    node = _definitions(code.__module__)[code.__name__]
    kept, node.decorator_list = node.decorator_list, []
    source = ast.unparse(node)
    node.decorator_list = kept
    return source, ".".join([code.__name__, *target.split(".")[1:]])
