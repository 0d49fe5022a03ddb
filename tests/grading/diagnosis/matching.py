"""Matching: which mistake of the bank a learner's outcomes show."""

import numpy as np

from .outcomes import agree, differ, differ_in_values, observe

_OBSERVED = {}


def observed(name, solution):
    """Return what an entry of the bank does on its exercise's cases; it is run only once."""
    from tests.solutions import PROBES

    if solution not in _OBSERVED:
        _OBSERVED[solution] = observe(PROBES[name], solution.code)
    return _OBSERVED[solution]


def known_mistake(name, expected, actual, cases, first):
    """Return the bank's entry that fits best, None if none does, and whether it has the learner's types, too.

    An entry fits if it agrees with the learner in every case, or in every case in which it differs from the
    reference. The latter proves nothing of the other cases, so a sentence that calls something right needs
    the former. Types do not count where values are wrong, except integers where an entry has integers.
    first: the case that will be shown.
    """
    from tests.solutions import WRONG

    only_types = not any(map(differ_in_values, expected, actual, cases))
    outcomes = {}
    for solution in WRONG.get(name, ()):
        there = observed(name, solution)
        if len(there) == len(actual):
            outcomes[solution] = there
            if all(map(agree, there, actual, cases)):
                return solution, True
    if not only_types:
        for solution, there in outcomes.items():
            if all(map(_as_whole, there, actual)) and not any(map(differ_in_values, there, actual, cases)):
                return solution, False
    apart = differ if only_types else differ_in_values
    best = 0, None
    for solution, there in outcomes.items():
        shows = [i for i, case in enumerate(cases) if apart(expected[i], there[i], case)]
        weight = len(shows) + any(there[i].error is None and not there[i].changed for i in shows)
        if (
            first in shows  # its sentence must be true of the call that is shown
            and weight >= max(2, best[0] + 1)
            and not any(apart(there[i], actual[i], cases[i]) for i in shows)
            and all(_as_whole(there[i], actual[i]) for i in shows)
            and (only_types or not solution.vouches)
        ):
            best = weight, solution
    return best[1], False


def _as_whole(entry, learner):
    """Return True if every array that holds integers in one outcome does so in the other: a sentence on
    integers that stay integers is about nothing else.
    """
    return all(
        getattr(learner.leaves.get(place), "dtype", leaf.dtype).kind == leaf.dtype.kind
        for place, leaf in entry.leaves.items()
        if isinstance(leaf, np.ndarray) and leaf.dtype.kind in "iu"
    )
