"""Repeating a call: what is wrong where a test has called a function, and whether it is what is told."""

import copy
import inspect
from typing import NamedTuple

from tests.grading.course.exercises import EXERCISES

from .calls import Call, recorded
from .outcomes import Fault, differ_in_values, faults, observe
from .readings import relation
from .reference import reference


class Wrong(NamedTuple):
    """A call on which a function and the reference part.

    fault: what is told of it first. relation: how the values are related. shows: whether the bank's entry
    does there what the function does.
    """

    call: Call
    fault: Fault
    relation: frozenset
    shows: bool

    def is_like(self, other):
        """Tell whether two calls go wrong alike: in the same part, in the same way, for like arguments."""
        return (self.fault, self.relation) == (other.fault, other.relation) and self.call.is_like(other.call)


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
    """Return the first of these calls on which the subject, a function, and the reference part, as a
    ``Wrong``; None if all of them are right.

    mistake: the name of the bank's entry that the subject is compared with, None for none. Raises TypeError
    if the subject is a class, whose methods need more than their arguments, or returns a generator.
    """
    from tests.solutions import WRONG

    if inspect.isclass(subject):
        raise TypeError("the calls of a method cannot be repeated")
    entry = next((entry.code for entry in WRONG[name] if entry.name == mistake), None)
    for call in calls:
        case, expected = _again(call, reference(name))
        _, actual = _again(call, subject)
        if any(inspect.isgenerator(leaf) for leaf in expected.leaves.values()):
            raise TypeError("a generator cannot be compared")
        if found := faults(expected, actual, case):
            there = _again(call, entry)[1] if entry else None
            place = found[0].place
            related = relation(expected.leaves.get(place), actual.leaves.get(place))
            return Wrong(call, found[0], related, _shows(expected, there, actual, case))
    return None


def _shows(expected, there, actual, case):
    """Return True if the outcome ``there``, of the bank's entry, is wrong as the actual one is.

    Where an error is due, it is the mistake that there is an answer, whatever that is.
    """
    if there is None or not (found := faults(expected, there, case)):
        return False
    if found[0].kind == "refusal":
        return type(there.error) is type(actual.error)
    return not differ_in_values(there, actual, case)


def _again(call, code):
    """Repeat a call; return the case that it makes and what comes of it, with the arguments afterwards."""
    from tests.solutions.bank import Case

    args, kwargs = copy.deepcopy((call.args, call.kwargs))
    case = Case("", lambda: (code(*args, **kwargs), [*args], [*kwargs.values()]), {}, 1e-6, 1e-9)
    (outcome,) = observe(lambda _: [case], code)
    return case, outcome
