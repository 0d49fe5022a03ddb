"""Repeating a call: whether what a test has called shows the mistake that the diagnosis names."""

import copy
import inspect

from tests.grading.course.exercises import EXERCISES

from .calls import recorded
from .outcomes import differ_in_values, faults, observe
from .reference import reference


def last_call(name, subject, i):
    """Return the last call that case i makes of an exercise's function, with the options that its text shows;
    None if there is none.
    """
    from tests.solutions import PROBES

    calls, texts = [], []

    def cases(code):
        case = [*PROBES[name](code)][i]
        texts.append(case.text)
        return [case.shown or case]

    observe(cases, recorded(subject, EXERCISES[name].function, calls))
    if not calls:
        return None
    options = {key: value for key, value in calls[-1].options.items() if f"{key}={value!r}" in texts[0]}
    return calls[-1]._replace(options=options)


def first_wrong(name, subject, calls, mistake):
    """Return the first of these calls on which the subject, a function, and the reference part, and whether
    the bank's entry called ``mistake`` does there what the subject does.

    (None, None) if the subject is a class, whose methods need more than their arguments, or returns what
    cannot be compared. (None, False) if all calls are right.
    """
    from tests.solutions import WRONG

    if inspect.isclass(subject):
        return None, None
    entry = next((entry.code for entry in WRONG[name] if entry.name == mistake), None)
    for call in calls:
        case, expected = _again(call, reference(name))
        _, actual = _again(call, subject)
        if any(inspect.isgenerator(leaf) for leaf in expected.leaves.values()):
            return None, None
        if faults(expected, actual, case):
            there = _again(call, entry)[1] if entry else None
            shows = there and faults(expected, there, case) and not differ_in_values(there, actual, case)
            return call, bool(shows)
    return None, False


def _again(call, code):
    """Repeat a call; return the case that it makes and what comes of it, with the arguments afterwards."""
    from tests.solutions.bank import Case

    args, kwargs = copy.deepcopy((call.args, call.kwargs))
    case = Case("", lambda: (code(*args, **kwargs), [*args], [*kwargs.values()]), {}, 1e-6, 1e-9)
    (outcome,) = observe(lambda _: [case], code)
    return case, outcome
