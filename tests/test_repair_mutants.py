"""Mutants: each is wrong, has one slip, on the line that is named, and is the same each time."""

import ast

import pytest

from tests.grading.mutants import bases, mutants
from tests.grading.repair.program import Program
from tests.grading.repair.slips import slips
from tests.grading.trace.outcomes import drawn, fixed, outcome, right


@pytest.fixture(scope="module", params=["softmax", "clip_by_global_norm", "EarlyStopping.update"])
def made(request):
    return request.param, mutants(request.param, 6, seed=3)


def test_a_mutant_is_wrong_and_what_it_comes_from_is_right(made):
    exercise, entries = made
    assert len(entries) == 6
    for entry in entries:
        passed = []
        for source in (entry["source"], entry["mended"]):
            program = Program(source, exercise)
            asks = (*fixed(exercise), *drawn(exercise))
            found = ((program.run(lambda s, a=e.ask: outcome(a, s)), e.outcomes) for e in asks)
            passed.append(all(parts is not None and right(parts, due) for parts, due in found))
        assert passed == [False, True], entry["id"]


def test_the_line_at_fault_is_where_the_texts_part(made):
    for entry in made[1]:
        mine, theirs = (entry[key].split("\n") for key in ("source", "mended"))
        pairs = zip(mine, theirs, strict=False)
        first = next((i for i, (a, b) in enumerate(pairs, 1) if a != b), min(len(mine), len(theirs)))
        assert min(abs(first - line) for line in entry["lines"]) <= 1, entry["id"]
        assert set(entry["lines"]) <= {*range(1, len(mine) + 1)}, entry["id"]


def test_mutants_are_the_same_each_time_and_others_with_another_seed(made):
    exercise, entries = made
    assert mutants(exercise, 6, seed=3) == entries
    assert mutants(exercise, 6, seed=4) != entries


def test_every_slip_leaves_a_program_that_can_be_written():
    (base, *_) = bases("Network.loss_and_grads")
    function = next(n for n in ast.walk(ast.parse(base.source)) if getattr(n, "name", "") == "loss_and_grads")
    text, kinds = ast.unparse(function), set()
    for i in range(len([*slips(function)])):
        again = ast.parse(text).body[0]
        slip = [*slips(again)][i]
        slip.make()
        ast.parse(ast.unparse(ast.fix_missing_locations(again)))
        kinds.add(slip.kind)
    assert len(kinds) > 10
