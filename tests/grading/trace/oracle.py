"""The oracle: what right variants of an exercise come to on each call, and the values that they compute."""

import ast
import functools
import importlib
import inspect
from typing import NamedTuple

from tests.grading.course.exercises import EXERCISES
from tests.solutions import RIGHT

from . import calls_of_epochs, calls_of_networks, calls_of_steps  # noqa: F401 - which enter theirs
from .calls import CALLS
from .compare import single, wrong_parts
from .records import Call
from .right import RightValues
from .running import Program


class Verdict(NamedTuple):
    """What right variants come to on a call.

    outcomes: the different ones. refusals: the names of the errors that some raise. warns: whether one warns
    itself. values: RightValues. single: whether float32 is computed in.
    """

    outcomes: list[dict]
    refusals: frozenset[str]
    warns: bool
    values: RightValues
    single: bool

    def wrong(self, run, call):
        """Return how a run's parts differ from the outcome nearest to them: ({part: how}, outcome)."""
        choices = [(wrong_parts(run.copies, right, call.rtol), right) for right in self.outcomes]
        return min(choices, key=lambda pair: len(pair[0]), default=({}, {}))


class Oracle:
    """The right variants of an exercise; without: the names of those that are left out."""

    def __init__(self, exercise, without=()):
        self.exercise, self.calls = exercise, CALLS[exercise]
        target = EXERCISES[exercise].function
        self.programs = [
            Program(*_source(solution.code, target), vars(importlib.import_module(solution.code.__module__)))
            for solution in RIGHT[exercise]
            if solution.name not in without
        ]
        self._verdicts = {}

    def at(self, call: Call) -> Verdict:
        """Return the verdict on a call, which is reached once."""
        if call not in self._verdicts:
            runs = [(variant, program.run(call.run)) for variant, program in enumerate(self.programs)]
            refusals = frozenset(type(run.error).__name__ for _, run in runs if run.error is not None)
            good = [(variant, run) for variant, run in runs if run.error is None]
            outcomes = []
            for _, run in good:
                if all(wrong_parts(run.copies, right, call.rtol) for right in outcomes):
                    outcomes.append(run.copies)
            warns, f32 = any(run.warned for _, run in good), any(map(single, outcomes))
            self._verdicts[call] = Verdict(outcomes, refusals, warns, RightValues(good), f32)
        return self._verdicts[call]


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


@functools.cache
def surroundings(module):
    """Return what a learner's definition finds around it: the names of nn's module and of the skeleton."""
    space = dict(vars(importlib.import_module(f"nn.{module}")))
    for name, value in vars(importlib.import_module(f"kata.{module}")).items():
        home = getattr(value, "__module__", "") or ""
        if name not in space and not name.startswith("__"):
            twin = home.replace("kata.", "nn.", 1)
            of_kata = home.startswith("kata.")
            space[name] = getattr(importlib.import_module(twin), name, value) if of_kata else value
    return {
        name: value for name, value in space.items() if name == "__builtins__" or not name.startswith("__")
    }
