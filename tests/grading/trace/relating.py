"""Relating: the values of a clue beside right ones, call by call and round by round."""

import numpy as np

from .relations import pair_of, related

CANDIDATES = 300  # right values that a value is compared with
CALLS = 3


def words_of(clue, trails):
    """Return how a clue's value relates to a right one in words, {} being that; "" if in no simple way.

    It must hold in the clue's own call and in another one.
    """
    if clue.site < 0:
        return ""
    own = [trail for trail in trails if trail.failure is clue.failure]
    others = [trail for trail in trails if trail.failure.kind == "parts" and trail not in own]
    called = [trail for trail in [*own, *others] if not trail.verdict.single and trail.failure.before is None]
    called = [trail for trail in called if _events(trail, clue.site)][:CALLS]
    if len(called) < 2 or called[0] not in own:
        return ""
    if clue.source:
        return related(_pairs(called, clue.site, clue.source), proven=True)
    seen = set()
    for variant, site, item, values in called[0].verdict.values.providers:
        key = np.asarray(values[0]).tobytes()
        if np.size(values[0]) < 2 or key in seen or len(seen) > CANDIDATES:
            continue
        seen.add(key)
        pairs = _pairs(called, clue.site, (variant, site, item, "each"))
        if words := related(pairs, proven=False):
            return words
    return ""


def _events(trail, site):
    return [trail.run.events[i] for i in trail.by_site.get(site, ()) if i >= trail.run.start]


def _pairs(trails, site, source):
    """Return the pairs of all rounds in all calls; none if fewer than two calls have the right value."""
    pairs, calls = [], 0
    for trail in trails:
        events = _events(trail, site)
        values = trail.verdict.values.provided(source, len(events)) or []
        given = trail.run.given
        found = [pair_of(e.value, right, given) for e, right in zip(events, values, strict=False)]
        if found and None not in found:
            pairs += found
            calls += 1
    return pairs if calls > 1 else []
