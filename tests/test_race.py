"""`race` times every exercise that handles arrays, beside a floor that does no more than is needed."""

import re

import numpy as np
import pytest

from tests.grading.course.exercises import EXERCISES
from tests.grading.desk import race
from tests.grading.judging.package import Package
from tests.learners import kata
from tests.solutions import RACES
from tests.solutions.bank import IN, OUT


def test_race_prints_ratios(solved):
    """Each line has the time and three ratios, all of them numbers above zero."""
    done = kata("--impl", solved, "race", "3", expected=0)
    rows = re.findall(r"^(dense\w*) +([\d.]+) +([\d.]+) +([\d.]+) +([\d.]+)$", done.stdout, re.MULTILINE)
    assert [row[0] for row in rows] == ["dense", "dense_backward"], done.stdout
    assert all(float(figure) > 0 for row in rows for figure in row[1:])


def test_every_exercise_that_handles_arrays_has_a_race():
    """All but step_decay, which computes a single number."""
    assert sorted(RACES) == sorted({name for name, e in EXERCISES.items() if e.function} - {"step_decay"})


@pytest.mark.parametrize("name", RACES)
def test_the_floor_writes_no_more_than_the_result(name, monkeypatch):
    """A floor that does more than is needed is none: results could lie below it."""
    copied = []
    copy = np.copyto
    monkeypatch.setattr(
        np, "copyto", lambda target, source: (copied.append(target.nbytes), copy(target, source))
    )
    call, floor = race.prepare(name, Package("nn"))
    returned = floor()
    if name == "zeros":
        assert np.array_equal(returned, np.zeros((IN, OUT)))
    if not copied or name == "train_epoch":  # whose batches are gathered
        return
    arrays = _arrays([cell.cell_contents for cell in call.__closure__ or ()])
    if name == "EarlyStopping.restore":  # to bring something back that is no longer there
        for array in arrays:
            array += 1
    before = [array.copy() for array in arrays]
    made = [array for array in _arrays([call()]) if not any(array is other for other in arrays)]
    changed = [array for array, old in zip(arrays, before, strict=True) if not np.array_equal(array, old)]
    if name == "EarlyStopping.update":  # what it writes are the copies that it keeps
        made = changed = arrays
    assert sum(copied) <= sum(array.nbytes for array in (*made, *changed)), name


def _arrays(value):
    """Return the arrays in nested lists, tuples and packages of closures."""
    if isinstance(value, np.ndarray):
        return [value]
    return [array for part in value for array in _arrays(part)] if isinstance(value, list | tuple) else []
