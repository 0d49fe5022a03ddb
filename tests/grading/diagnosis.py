"""The diagnosis: what a learner's function does on small inputs, compared with the mistakes of the bank.

Every exercise has probes, small calls with the smallest first. The learner's function, the reference and the
bank's wrong solutions all run on them. Where the learner agrees with a wrong solution on every one, or at
least wherever that mistake shows, its sentence is the diagnosis. In any case the first call on which the
learner and the reference part is shown, with a plain reading of the difference: another shape, a constant
factor, a sign.
"""

import importlib
import warnings
from typing import NamedTuple

import numpy as np

from tests.grading.exercises import EXERCISES

WIDTH = 76


class Outcome(NamedTuple):
    """What one case came to: leaves by place, or an error; and the arguments that were changed."""

    leaves: dict[str, object]
    error: Exception | None
    changed: tuple[str, ...]


class Diagnosis(NamedTuple):
    """What a learner is told: the bank's sentence, where one fits, and the smallest failing call.

    solution: name of the bank's entry, None where nothing fits. unwritten: the exercise is not begun.
    """

    solution: str | None
    sentence: str | None
    evidence: str | None
    unwritten: bool = False

    def __str__(self):
        return "\n".join(part for part in (self.sentence, self.evidence) if part)


def diagnose(name, subject):
    """Compare ``subject``, the function or class that stands for an exercise, with what the bank knows."""
    from tests.solutions import PROBES, WRONG

    if name not in PROBES:
        return Diagnosis(None, None, None)
    expected = observe(PROBES[name], reference(name))
    actual = observe(PROBES[name], subject)
    cases = list(PROBES[name](reference(name)))
    differing = [
        i for i, case in enumerate(cases) if i >= len(actual) or not agree(expected[i], actual[i], case)
    ]
    if not differing:
        return Diagnosis(None, None, None)
    evidence = _evidence(cases[differing[0]], *_at(differing[0], expected, actual))
    best = None
    for solution in WRONG.get(name, ()):
        outcomes = observe(PROBES[name], solution.code)
        if len(outcomes) != len(actual):
            continue
        if all(map(agree, outcomes, actual, cases)):
            return Diagnosis(solution.name, solution.sentence, evidence, solution.unwritten)
        # Not this mistake alone; but is it at least in there, wherever it shows?
        shows = [i for i, case in enumerate(cases) if not agree(outcomes[i], expected[i], case)]
        weight = len(shows) + any(outcomes[i].error is None and not outcomes[i].changed for i in shows)
        begins = differing[0] in shows  # its sentence must be true of the call that is shown
        if begins and weight >= 2 and all(agree(outcomes[i], actual[i], cases[i]) for i in shows):
            best = max(best or (0, None), (weight, solution), key=lambda pair: pair[0])
    if best:
        return Diagnosis(best[1].name, best[1].sentence, evidence)
    return Diagnosis(None, None, evidence)


def reference(name):
    """Return the reference's function or class for an exercise."""
    exercise = EXERCISES[name]
    return getattr(importlib.import_module(f"nn.{exercise.module}"), exercise.function.split(".")[0])


def observe(cases, subject):
    """Run every case on the subject; return the outcomes."""
    outcomes = []
    for case in cases(subject):
        before = {name: array.copy() for name, array in case.arguments.items()}
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
        outcomes.append(Outcome(leaves, error, changed))
    return outcomes


def agree(one, other, case):
    """Tell whether two outcomes of a case are the same, within the case's tolerance."""
    if type(one.error) is not type(other.error) or one.changed != other.changed:
        return False
    if one.leaves.keys() != other.leaves.keys():
        return False
    return all(_same(leaf, other.leaves[place], case) for place, leaf in one.leaves.items())


def _leaves(value, place=""):
    """Take tuples and lists apart, down to arrays and numbers."""
    if isinstance(value, tuple | list):
        yield f"{place}#", len(value)
        for i, part in enumerate(value):
            yield from _leaves(part, f"{place}[{i}]")
    else:
        yield place, value.copy() if isinstance(value, np.ndarray) else value


def _same(one, other, case):
    if type(one) is not type(other):
        return False
    if isinstance(one, np.ndarray | np.generic):
        if one.dtype != other.dtype or one.shape != other.shape:
            return False
    elif not isinstance(one, float | int):
        return one is None or (isinstance(one, str) and one == other)
    return bool(np.all(_close(one, other, case)))


def _close(one, other, case):
    """Tell for each entry whether two arrays or numbers agree within the case's tolerance."""
    # float32 results may differ by their last digits, whoever computed them
    rtol = max(case.rtol, 1e-4) if getattr(one, "dtype", None) == np.float32 else case.rtol
    with np.errstate(all="ignore"):
        return np.isclose(one, other, rtol=rtol, atol=case.atol, equal_nan=True)


def _at(i, expected, actual):
    return expected[i], actual[i] if i < len(actual) else Outcome({}, None, ())


def _evidence(case, expected, actual):
    """Show the first difference between two outcomes of a case, and read it."""
    lines = [*_wrap(f"Smallest failing call: {case.text}")]
    if actual.error is not None:
        kind = "warns" if isinstance(actual.error, Warning) else f"raises {type(actual.error).__name__}"
        lines += _wrap(f"It {kind}: {actual.error}")
    elif expected.error is not None:
        lines += _wrap(f"It must raise {type(expected.error).__name__}, and returns something instead")
    elif actual.changed:
        lines += _wrap(
            f"It changes its argument {', '.join(actual.changed)}: compute in a new array "
            "(`z = z - 1`, not `z -= 1`)"
        )
    else:
        for place, wanted in expected.leaves.items():
            got = actual.leaves.get(place, _MISSING)
            if got is _MISSING:
                kinds = [_kind(leaf) for leaf in actual.leaves.values()]
                shown = ", ".join(kinds[:4]) + (", ..." if len(kinds) > 4 else "")
                lines += _wrap(f"The result has other parts than expected: {shown}")
            elif not _same(wanted, got, case):
                lines += _compare(_part(case.text, place), wanted, got, case)
            else:
                continue
            break
    return "\n".join(lines)


_MISSING = object()


PARTS = {  # what the parts of a result are called
    "cross_entropy(": ("loss", "grad"),
    "mean_squared_error(": ("loss", "grad"),
    "dense_backward(": ("dx", "dW", "db"),
    "dropout(": ("y", "mask"),
    "l2_penalty(": ("penalty", "grads"),
}


def _part(text, place):
    """Return the place of a leaf with the name of the part that it belongs to."""
    names = next((names for call, names in PARTS.items() if call in text.split(" ")[0]), ())
    if place and not place.endswith("#") and names:
        first = int(place[1 : place.index("]")])
        return names[first] + place[place.index("]") + 1 :] if first < len(names) else place
    return place


def _compare(place, wanted, got, case):
    """Show two leaves side by side, the differing entries marked, with a reading of the difference."""
    if place.endswith("#"):
        return _wrap(f"The result must have {wanted} parts; it has {got}")
    name = "the result" if not place else f"part {place} of the result" if place[0] == "[" else place
    if got is None:
        return _wrap(f"Reading: {name} is None." + ("" if place else " Is a `return` missing?"))
    if wanted is None:
        return _wrap(f"Reading: {name} must be None, and is {_kind(got)}: the function works in place")
    if _kind(wanted) != _kind(got) or np.shape(wanted) != np.shape(got):
        lines = [f"{name}: expected {_kind(wanted)}, got {_kind(got)}"]
    else:
        if isinstance(wanted, str | bool):
            return _wrap(f"{name}: expected {wanted}, got {got}")
        lines = [f"{name}:", *_side_by_side(np.asarray(wanted), np.asarray(got), case)]
    if text := reading(wanted, got):
        lines += _wrap(f"Reading: {text}")
    return lines


def reading(wanted, got):
    """Say in a few words how an array differs from the one expected; None where no simple word fits."""
    try:
        wanted, actual = np.asarray(wanted), np.asarray(got)
        if actual.dtype.kind == "b" or wanted.dtype.kind == "b":
            return None
        if actual.dtype.kind not in "fiu":
            return f"it must hold numbers, and holds {actual.dtype}"
    except ValueError:
        return "it is no array of numbers"
    if wanted.shape != actual.shape:
        if wanted.shape == actual.shape[::-1] and _near(actual.T, wanted):
            return "it is transposed: rows are samples"
        if wanted.size == actual.size and _near(actual.reshape(wanted.shape), wanted):
            return f"the values are right, the shape is not: {actual.shape} instead of {wanted.shape}"
        return f"the shape is {actual.shape} instead of {wanted.shape}"
    if _near(actual, wanted):
        if np.asarray(wanted).dtype != actual.dtype:
            return f"the values are right, the dtype is not: {actual.dtype} instead of {wanted.dtype}"
        return f"the values are right, the type is not: a {type(got).__name__}"
    bad = ~np.isfinite(actual) & np.isfinite(wanted)
    if bad.any():
        place = tuple(int(i) for i in np.argwhere(bad)[0])
        where = f" at {list(place)}" if place else ""
        return f"{int(bad.sum())} of {bad.size} entries are {actual[place]}{where}: overflow, 0 / 0 or log(0)"
    if _near(-actual, wanted):
        return "the sign is turned round"
    if actual.ndim == 2 and actual.shape[0] == actual.shape[1] and _near(actual.T, wanted):
        return "it is transposed"
    if actual.size > 1 and not actual.any():
        return "it is 0 everywhere"
    factor = _factor(actual, wanted)
    if factor is not None:
        return f"it is {_fraction(factor)} times what it should be" + (
            ", everywhere" if actual.size > 1 else ""
        )
    difference = actual.astype(float) - wanted
    if difference.size > 1 and np.allclose(difference, difference.flat[0], rtol=1e-4):
        return f"it is {difference.flat[0]:.4g} too large, everywhere".replace("-", "minus ")
    return None


def _near(one, other):
    with np.errstate(all="ignore"):
        return bool(np.allclose(one, other, rtol=1e-4, atol=1e-9, equal_nan=True))


def _factor(actual, wanted):
    """Return the constant by which ``actual`` differs from ``wanted``, None where there is none."""
    nonzero = wanted != 0
    if not nonzero.any() or actual[~nonzero].any():
        return None
    ratios = actual[nonzero] / wanted[nonzero]
    factor = float(ratios.flat[0])
    if ratios.size < 2 and not any(_near(factor, simple) for simple in (2, 0.5, 3, 1 / 3, 4, 0.25)):
        return None  # any number is some multiple of another
    return factor if _near(ratios, factor) else None


def _fraction(value):
    """Write a factor as people say it: 1/3 rather than 0.333."""
    for whole in range(2, 21):
        if abs(value * whole - 1) < 1e-3:
            return f"1/{whole}"
    return f"{value:.4g}"


def _kind(value):
    if isinstance(value, np.ndarray):
        return f"an array {value.shape} of {value.dtype}"
    if value is None:
        return "None"
    return f"a {type(value).__name__}"


def _side_by_side(wanted, got, case):
    """Print two arrays beside each other, or below each other where they are wide; * marks what differs."""
    same = np.broadcast_to(_close(got, wanted, case), got.shape)
    if got.size > 40:
        places = np.argwhere(~same)[:6]
        return [
            f"  at {[*map(int, place)]}: expected {wanted[tuple(place)]:.6g}, got {got[tuple(place)]:.6g} *"
            for place in places
        ] + [f"  ({int((~same).sum())} of {got.size} entries differ)"]
    left, right = _rows(wanted, np.ones_like(same)), _rows(got, same)
    width = max(len("expected"), *map(len, left))
    if width + max(map(len, right)) + 6 > WIDTH:
        return ["  expected", *(f"    {row}" for row in left), "  got", *(f"    {row}" for row in right)]
    return [
        f"  {one:<{width}}    {other}"
        for one, other in zip(["expected", *left], ["got  (* differs)", *right], strict=True)
    ]


def _rows(array, same):
    """Return a line for each row of an array of any dimension."""
    array, same = np.atleast_1d(array), np.atleast_1d(same)
    array, same = array.reshape(-1, array.shape[-1]), same.reshape(-1, array.shape[-1])
    cells = [
        [_number(value) + (" " if ok else "*") for value, ok in zip(*row, strict=True)]
        for row in zip(array, same, strict=True)
    ]
    width = max((len(cell) for row in cells for cell in row), default=0)
    return [" ".join(f"{cell:>{width}}" for cell in row) for row in cells]


def _number(value):
    return str(value) if value.dtype.kind in "bO" else f"{value:.6g}"


def _wrap(text):
    return [text]  # who prints it knows the terminal's width
