"""Substitution: where a right value in the place of the learner's own makes the result right."""

import numpy as np

from .compare import close
from .paths import PASSED_ON
from .records import Clue, Match, Patch

TRIES = 900  # runs for one program
ROUNDS = 80  # of a test whose answers are turned one by one


class Substitution:
    """Tries right values in the place of a program's own, in one failing ask and, to be sure, in another."""

    def __init__(self, program, trails):
        self.program, self.trails = program, trails
        self._tries = 0

    def clues(self, trail):
        """Yield the clues of one failure: the place, the only place, or the question answered wrongly."""
        if not trail.told():
            return
        mending = sorted(self._mending(trail), key=lambda found: found[0])  # the fewest wrong parts first
        if not mending:
            return
        least = mending[0][0]
        best = [found for found in mending if found[0] == least]
        sites = self.program.sites
        for rule in ("branch", "surplus"):
            mended = [k for _, k, source, _ in mending if source == rule]
            computed = [k for k in mended if sites[k].kind not in PASSED_ON]
            for k in (computed or mended)[-1:]:
                yield self._clue(rule, trail, sites[k].guards[-1] if rule == "surplus" else k)
        places = {}
        for _, k, source, wanted in best:
            if source not in ("branch", "surplus"):
                places.setdefault(k, (wanted, source) if not least else (None, ()))
        ordered = [k for k in places if self._wrong(trail, k)] or [*reversed(places)]
        for k in ordered[:1]:
            only = len({sites[one].place.line for one in places}) == 1 and not least
            yield self._clue("only place" if only else "substitution", trail, k, *places[k])
        for k in ordered[1:]:
            yield self._clue("another place", trail, k, *places[k])

    def _clue(self, rule, trail, k, wanted=None, source=()):
        site = self.program.sites[k]
        found = [i for i in trail.by_site.get(k, ()) if i >= trail.run.start]
        if site.kind in PASSED_ON and found and rule in ("substitution", "only place"):
            return trail.clue(rule, found[-1])
        value = trail.run.events[found[0]].value if found else None
        words = "rounds" if len(found) > 1 else ""
        return Clue(rule, trail.failure, site.place, site.text, value, wanted, words, k, source)

    def _events(self, trail, k):
        found = trail.by_site.get(k, ())
        return [trail.run.events[i] for i in found if i >= trail.run.start]

    def _wrong(self, trail, k):
        return any(trail.wrong(i) for i in trail.by_site.get(k, ()) if i >= trail.run.start)

    def _mending(self, trail):
        """Yield (parts left, site, source, value) for each site at which another value mends something."""
        sites, start = self.program.sites, trail.run.start
        last = {k: events[-1] for k, events in trail.by_site.items() if events[-1] >= start}
        seen = [k for k in last if sites[k].kind not in ("Store", "Enter", "Each")]
        seen = {k: self._events(trail, k) for k in sorted(seen, key=last.get)}
        numeric = np.ndarray | np.generic | float | int
        seen = {k: events for k, events in seen.items() if isinstance(events[0].value, numeric)}
        answers = {k for k, events in seen.items() if isinstance(events[0].value, bool | np.bool_)}
        for k in seen:
            if k in answers and self._turned(trail, k):
                yield 0, k, "branch", None
            left = self._surplus(trail, k)
            if left is not None:
                yield len(left), k, "surplus", None
        for k, events in seen.items():
            if k in answers:
                continue
            for source, values in self._stand_ins(trail, events):
                if self._tries >= TRIES:
                    return
                self._tries += 1
                left = self._left(trail, k, values)
                if left is None or not set(left) < set(trail.failure.parts):
                    continue
                if self._elsewhere(trail, k, source):
                    yield len(left), k, source, values[0] if len(values) == 1 else None
                    if not left:
                        break

    def _stand_ins(self, trail, events):
        """Yield the right values that may stand where these events are, and are others."""
        for source, values in trail.verdict.values.stand_ins(events[0].value, len(events)):
            if not all(close(one, event.value) for one, event in zip(values, events, strict=True)):
                yield source, values

    def _left(self, trail, k, values):
        """Return the parts that are wrong with these values in a site's place; None if that fails."""

        def give(nth, value):
            given = values[nth] if nth < len(values) else value
            return given.copy() if isinstance(given, np.ndarray) else given

        return self._patched(trail, Patch(k, give))

    def _patched(self, trail, patch):
        run = self._run(trail, patch)
        return None if run.error is not None else trail.verdict.wrong(run)[0]

    def _run(self, trail, patch):
        ask, before = trail.failure.ask, trail.failure.before
        return self.program.run(ask.script, patch=patch, before=before.script if before else None)

    def _others(self, trail):
        """Return other failures that should be mended by the same values."""
        parts = set(trail.failure.parts)
        others = [other for other in self.trails if other is not trail]
        return [o for o in others if o.failure.kind == "parts" and parts & set(o.failure.parts)]

    def _elsewhere(self, trail, k, source):
        """Return True if the same values of the same right variant mend another call, too."""
        for other in self._others(trail)[:1]:
            events = self._events(other, k)
            if not events:
                return True
            for given, values in self._stand_ins(other, events):
                if given[:3] == source[:3]:
                    left = self._left(other, k, values)
                    if left is not None and set(left) < set(other.failure.parts):
                        break
            else:
                return False
        return True

    def _turned(self, trail, k):
        """Return True if the other answer to a question, where it is wrong, mends this call and two more."""
        short = [one for one in self._others(trail) if len(one.by_site.get(k, ())) <= ROUNDS]
        return all(self._mended_by_answers(one, k) for one in [trail, *short[:2]])

    def _mended_by_answers(self, trail, k):
        """Turn each answer, in order, if fewer entries are wrong then; return True if none is in the end."""
        count, wrong = len(trail.by_site.get(k, ())), set()
        if not 1 <= count <= ROUNDS:
            return False
        best = _entries(trail.verdict, trail.run)
        for nth in range(count):
            patch = self._turn(k, wrong | {nth})
            run = self._run(trail, patch)
            left = best if run.error is not None else _entries(trail.verdict, run)
            if left < best:
                wrong, best = wrong | {nth}, left
        return bool(wrong) and self._patched(trail, self._turn(k, wrong)) == {}

    @staticmethod
    def _turn(k, rounds):
        return Patch(k, lambda nth, value: not value if nth in rounds else value)

    def _surplus(self, trail, k):
        """Return the parts that stay wrong if what is added in the wrong rounds of a loop is 0 there.

        None if that mends nothing, or some rounds are not right.
        """
        site, left = self.program.sites[k], None
        added = any(other.kind == "Store" and k in other.parts[-1:] for other in self.program.sites)
        if not (site.loop and site.guards and added):
            return None
        for one in [trail, *self._others(trail)[:1]]:
            rounds = [i for i in one.by_site.get(k, ()) if i >= one.run.start]
            wrong = {nth for nth, i in enumerate(rounds) if one.match(i) == Match.NONE}
            if not wrong or len(wrong) == len(rounds):
                return None
            patch = Patch(k, lambda nth, value, wrong=wrong: value * 0 if nth in wrong else value)
            remains = self._patched(one, patch)
            if remains is None or not set(remains) < set(one.failure.parts):
                return None
            left = remains if left is None else left
        return left


def _entries(verdict, run):
    """Count the entries of an outcome that are wrong."""
    total, (wrong, right) = 0, verdict.wrong(run)
    for name in wrong:
        one, other = run.copies.get(name), right.get(name)
        same = isinstance(one, np.ndarray) and np.shape(one) == np.shape(other)
        size = len(other) if isinstance(other, list | tuple) else getattr(other, "size", 1)
        total += int(np.sum(~np.isclose(one, other, equal_nan=True))) if same else max(1, size)
    return total
