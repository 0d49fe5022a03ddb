"""The trace leaves right programs alone, also those whose formula no other variant has."""

import ast
import importlib

import pytest

from tests.grading.course.exercises import EXERCISES
from tests.grading.trace import locate
from tests.grading.trace.oracle import Oracle, oracle
from tests.solutions import RIGHT

WRITTEN = [name for name, exercise in EXERCISES.items() if exercise.function]


def at_home(monkeypatch, home):
    """Let a variant find around it what its own module has."""
    for module in ("loading", "locating"):
        monkeypatch.setattr(f"tests.grading.trace.{module}.namespace", lambda _: dict(home))


def as_learner(name, solution):
    """Return a right variant's source under the name of its exercise, and what it finds around it."""
    target = EXERCISES[name].function
    home = dict(vars(importlib.import_module(solution.code.__module__)))
    program = next(p for p in Oracle(name).programs if p.name == solution.name)
    node = program.tree.body[0]
    plain = ast.unparse(program.tree).replace(f"super({node.name}", f"super({target.split('.')[0]}")
    tree = ast.parse(plain)
    tree.body[0].name = target.split(".")[0]
    for base in getattr(tree.body[0], "bases", ()):
        home["Base"], base.id = home[base.id], "Base"
    return ast.unparse(tree), home


@pytest.mark.parametrize("name", WRITTEN)
def test_right_variants_are_not_accused(name, monkeypatch):
    for solution in RIGHT[name]:
        source, home = as_learner(name, solution)
        at_home(monkeypatch, home)
        assert locate(source, name) == [], solution.name


@pytest.mark.parametrize("name", WRITTEN)
def test_nor_is_a_variant_that_the_others_do_not_know(name, monkeypatch):
    for solution in RIGHT[name]:
        alone = {"adam_step_with_one_corrected_rate"}  # the only one with epsilon inside of the correction
        if len(RIGHT[name]) > 1 and solution.name not in alone:
            source, home = as_learner(name, solution)
            at_home(monkeypatch, home)
            assert locate(source, name, without=(solution.name,)) == [], solution.name


@pytest.mark.parametrize("name", WRITTEN)
def test_every_variant_is_right_on_every_ask(name):
    known = oracle(name)
    for expected in known.asks:
        verdict = known.at(expected)
        assert len(verdict.runs) == len(known.programs), expected.ask.label
        for _, run in verdict.runs:
            assert verdict.wrong(run)[0] == {}, expected.ask.label


class TestTheCallersOwnWrites:
    """What the caller does to its arrays between two calls is no deed of the learner's."""

    source = """
class EarlyStopping:
    def __init__(self, patience, min_delta=0.0):
        self.patience, self.min_delta = patience, min_delta
        self.best_loss, self.best_epoch, self.kept, self.epoch = math.inf, None, None, -1

    def update(self, loss, params):
        self.epoch += 1
        if loss + self.min_delta > self.best_loss:
            self.best_loss, self.best_epoch = loss, self.epoch
            self.kept = [param.copy() for param in params]
        since = self.epoch - (-1 if self.best_epoch is None else self.best_epoch)
        return since >= self.patience

    def restore(self, params):
        if self.kept is None:
            raise ValueError("nothing to restore")
        for param, kept in zip(params, self.kept):
            param[...] = kept
"""

    def test_no_write_is_named(self):
        suspects = locate(self.source.strip("\n"), "EarlyStopping.update")
        assert suspects
        assert not any("written" in suspect.rules for suspect in suspects)
        assert all(suspect.expression for suspect in suspects)
