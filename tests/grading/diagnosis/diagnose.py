"""The diagnosis: what a learner's function does on small inputs, compared with the mistakes of the bank.

Every exercise has probes, small calls with the smallest first. The learner's function, the reference and the
bank's wrong solutions all run on them. If the learner agrees with a wrong solution on every one, or at
least wherever that mistake shows, its sentence is the diagnosis. In any case the first call on which the
learner and the reference part is shown, with a plain reading of the difference if all calls bear it out.

Values come first: float32 instead of float64, or a NumPy number instead of a Python float, hides no mistake
and is told after it.
"""

import inspect
from pathlib import Path
from typing import NamedTuple

from tests.grading.finding import FAILING, TODO, Finding
from tests.grading.messages.errors import line_of

from .again import last_call
from .calls import Call
from .evidence import evidence, global_generators, types_besides
from .matching import known_mistake
from .outcomes import NOTHING, faults, observe
from .readings import exchanged, reading
from .reference import reference


class Diagnosis(NamedTuple):
    """What is told of an exercise.

    test: a part of the names of the tests that ask the same, "" for any. call: what the function was given
    where the fault is shown, None if that is not known.
    """

    finding: Finding
    test: str = ""
    call: Call | None = None


def diagnose(name, subject):
    """Compare ``subject``, the function or class that stands for an exercise, with what the bank knows.

    Returns a ``Diagnosis``; None if no probe tells the subject from the reference.
    """
    from tests.solutions import PROBES

    if name not in PROBES:
        return None
    expected = observe(PROBES[name], reference(name))
    actual = observe(PROBES[name], subject)
    cases = list(PROBES[name](reference(name)))
    actual += [NOTHING] * (len(cases) - len(actual))
    found = [faults(*outcomes) for outcomes in zip(expected, actual, cases, strict=True)]
    differing = [i for i, there in enumerate(found) if there]
    if not differing:
        return None
    first = next((i for i in differing if found[i][0].kind != "type"), differing[0])
    solution, told_types = known_mistake(name, expected, actual, cases, first)
    case, *outcomes = _shown(name, subject, first) or (cases[first], expected[first], actual[first])
    fault = faults(*outcomes, case)[0]
    error = outcomes[1].error
    place = line_of(error, _file(subject)) if error is not None else None
    fields = evidence(case, *outcomes, fault, place)
    if fault.kind in ("values", "shape"):
        fields["reading"] = reading(fault.place, expected, actual, cases)
    besides = global_generators((*actual, outcomes[1]), subject)
    if fault.kind not in ("exception", "warning", "type") and not told_types:
        besides += types_besides(expected, actual, cases, found, case)
    fields["besides"] = tuple(besides)
    if solution:
        status = TODO if solution.unwritten else FAILING
        fields |= {"status": status, "mistake": solution.name, "sentence": solution.sentence}
    else:
        fields["sentence"] = exchanged(expected, actual, cases, first)
    return Diagnosis(Finding(**fields), case.test, last_call(name, subject, first))


def _shown(name, subject, i):
    """Return the case that is shown in place of case i, and what the reference and the subject make of it.

    None if case i is shown itself, or if the other one has no fault.
    """
    from tests.solutions import PROBES

    def cases(code):
        return [case.shown for case in [[*PROBES[name](code)][i]] if case.shown]

    case = next(iter(cases(reference(name))), None)
    if case is None:
        return None
    (expected,), (actual,) = observe(cases, reference(name)), observe(cases, subject)
    return (case, expected, actual) if faults(expected, actual, case) else None


def _file(subject):
    """Return the file that a function or class was written in, None if there is none."""
    try:
        return Path(inspect.getfile(inspect.unwrap(subject)))
    except (TypeError, ValueError):
        return None
