"""Outcomes: what a call came to, taken apart into numbers and arrays, and how two outcomes differ."""

import warnings
from typing import NamedTuple

import numpy as np

from tests.grading.finding import KINDS
from tests.grading.world import World


class Returned(NamedTuple):
    """What stands among the leaves for an exception that was returned: its name."""

    name: str


class Outcome(NamedTuple):
    """What one case came to: leaves by place, or an error; the arguments that were changed, and the global
    generators that were drawn from or seeded.
    """

    leaves: dict[str, object]
    error: Exception | None
    changed: tuple[str, ...]
    touched: tuple[str, ...] = ()


NOTHING = Outcome({}, None, ())


class Fault(NamedTuple):
    """One way in which two outcomes of a case differ.

    kind: one of KINDS. place: of the leaf that differs, "" for the result as a whole.
    """

    kind: str
    place: str = ""


def observe(cases, subject):
    """Run every case on the subject; return the outcomes."""
    outcomes = []
    for case in cases(subject):
        before = {name: array.copy() for name, array in case.arguments.items()}
        world = World()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                leaves, error = dict(_leaves(case.run())), None
        except (Exception, SystemExit) as raised:
            leaves, error = {}, raised
        changed = tuple(
            name
            for name, array in case.arguments.items()
            if not np.array_equal(array, before[name], equal_nan=array.dtype.kind == "f")
        )
        outcomes.append(Outcome(leaves, error, changed, world.touched()))
        world.changes()  # which puts everything back
    return outcomes


def _leaves(value, place=""):
    """Take tuples and lists apart, down to arrays and numbers; a NumPy float64 is a Python float, and an
    exception that is returned is its name.
    """
    if isinstance(value, tuple | list):
        yield f"{place}#", len(value)
        for i, part in enumerate(value):
            yield from _leaves(part, f"{place}[{i}]")
    elif isinstance(value, float):
        yield place, float(value)
    elif isinstance(value, Exception):
        yield place, Returned(type(value).__name__)
    else:
        yield place, value.copy() if isinstance(value, np.ndarray) else value


def faults(expected, actual, case):
    """Return how an outcome differs from the one expected, what is to be told first in front."""
    if _raised(expected.error) != _raised(actual.error):
        if expected.error is not None:
            return [Fault("refusal")]
        return [Fault("warning" if isinstance(actual.error, Warning) else "exception")]
    found = [Fault("changed")] if expected.changed != actual.changed else []
    if expected.leaves.keys() != actual.leaves.keys():
        found.append(Fault("parts"))
    for place, wanted in expected.leaves.items():
        kind = _difference(wanted, actual.leaves[place], case) if place in actual.leaves else None
        if kind:
            found.append(Fault("parts" if place.endswith("#") else kind, place.removesuffix("#")))
    return sorted(found, key=lambda fault: KINDS.index(fault.kind))


def agree(one, other, case):
    """Return True if two outcomes of a case are the same, types included, within the case's tolerance."""
    return not faults(one, other, case)


def differ(one, other, case):
    """Return True if two outcomes of a case differ in anything."""
    return bool(faults(one, other, case))


def differ_in_values(one, other, case):
    """Return True if two outcomes of a case differ in more than types."""
    return any(fault.kind != "type" for fault in faults(one, other, case))


def _raised(error):
    """Return what counts of an error: its type; of a warning, what it warns of, too."""
    if isinstance(error, Warning):
        return type(error), str(error).split(" encountered")[0]
    return type(error)


def _difference(wanted, got, case):
    """Return in what two leaves differ, one of KINDS; None for nothing."""
    if isinstance(wanted, str | Returned) or wanted is None or not is_numeric(got):
        return None if type(wanted) is type(got) and wanted == got else "parts"
    if np.shape(wanted) != np.shape(got):
        return "shape"
    if not np.all(close(wanted, got, case)):
        return "values"
    return None if type_of(wanted) == type_of(got) else "type"


def is_numeric(value):
    """Return True if a leaf is a number or an array of numbers."""
    return isinstance(value, int | float) or (
        isinstance(value, np.ndarray | np.generic) and value.dtype.kind in "biuf"
    )


def type_of(value):
    """Return what must be the same of two leaves that hold the same numbers."""
    return (type(value), value.dtype) if isinstance(value, np.ndarray) else type(value)


def close(one, other, case):
    """Return for each entry whether two arrays or numbers agree within the case's tolerance."""
    # float32 results may differ by their last digits, whoever computed them
    single = any(getattr(array, "dtype", None) == np.float32 for array in (one, other))
    with np.errstate(all="ignore"):
        rtol = max(case.rtol, 1e-4) if single else case.rtol
        return np.isclose(one, other, rtol=rtol, atol=case.atol, equal_nan=True)
