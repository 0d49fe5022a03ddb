"""The path: from a wrong part of the result back to the first value that no right variant computes."""

import functools
import re

import numpy as np

from .compare import close
from .outcomes import Loose, entry_of
from .records import Clue, Match
from .right import generic
from .running import owner

PASSED_ON = ("Name", "Attribute")  # a value is read there, and was made elsewhere
INDEX = re.compile(r"^grads\[(\d+)\]")
COLLECTED = ("Tuple", "List", "Dict")


class Trail:
    """A failing run beside the right values of its call."""

    def __init__(self, program, failure, verdict):
        self.program, self.failure, self.verdict = program, failure, verdict
        self.run, self.sites = failure.run, program.sites
        self._matches = {}

    @functools.cached_property
    def by_site(self):
        """The events by site, in order."""
        found = {}
        for i, event in enumerate(self.run.events):
            found.setdefault(event.site, []).append(i)
        return found

    def site(self, i):
        """Return the site of an event."""
        return self.sites[self.run.events[i].site]

    def match(self, i):
        """Return the Match of an event's value."""
        found = self._matches.get(i)
        if found is None:
            self._matches[i] = Match.NEUTRAL  # while its own operands are looked at
            found = self._matches[i] = self._match(i)
        return found

    def _match(self, i):
        event, site = self.run.events[i], self.site(i)
        if site.kind == "Enter" and not (event.outside and event.inputs):
            return Match.EXACT if event.outside else Match.NEUTRAL
        if site.kind in COLLECTED:
            return Match.NEUTRAL
        passed = site.kind in ("Subscript", "Store", "Each", *PASSED_ON)
        partly = site.loop or passed or any(self.match(o) == Match.ENTRIES for o in event.inputs)
        found = self.verdict.values.match(event.value, partly, self.verdict.single)
        picked = site.kind == "Subscript" or not generic(event.value)
        if found == Match.ENTRIES and picked and any(self.match(o) >= Match.FACTOR for o in event.inputs):
            return Match.NONE  # parts of right values, picked by wrong ones
        return found

    def wrong(self, i, limit=Match.FACTOR):
        """Return True if a value has less in common with right ones than the limit asks."""
        return self.match(i) >= limit

    def wrong_operands(self, i, limit=Match.FACTOR):
        """Return the operands of an event that are wrong; what tells nothing is looked through."""
        seen, stack, found = set(), list(self.run.events[i].inputs), []
        while stack:
            o = stack.pop()
            if o in seen or o >= i:
                continue
            seen.add(o)
            match = self.match(o)
            if match >= limit:
                found.append(o)
            elif match is Match.NEUTRAL:
                stack += self.run.events[o].inputs
        return found

    def first_wrong(self, limit=Match.FACTOR):
        """Return the first event that is wrong although its operands are not; None if there is none."""
        for i in range(self.run.start, len(self.run.events)):
            if self.wrong(i, limit) and not self.wrong_operands(i, limit):
                return i
        return None

    def told(self):
        """Return the wrong parts that are values, rather than answers to a question."""
        copies = self.run.copies
        return {n for n in self.failure.parts if not isinstance(copies.get(n, True), bool | np.bool_)}

    def ends(self, parts):
        """Return the events that gave these parts of the result their values."""
        found = []
        for name in parts:
            value = self.run.parts.get(name)
            if value is None:
                continue
            i = self.run.maker.get(id(value), -1)
            if isinstance(value, np.ndarray):
                i = max(i, self.run.writer.get(id(owner(value)), -1))
            if i < 0:
                copy = self.run.copies[name]
                held = isinstance(copy, np.ndarray | np.number | float | Loose)
                equal = [j for j, e in enumerate(self.run.events) if close(e.value, copy)] if held else ()
                i = equal[-1] if equal else -1
            if i >= 0 and i not in found:
                found.append(i)
        return found or self.results(parts)

    def results(self, parts):
        """Return the events that gave the last result, or the entries of it that these parts tell of."""
        given = [i for i in range(self.run.start, len(self.run.events)) if self._gives(i)]
        if not given and self.program.function == "__init__":
            return self._stored()
        if not given:
            return []
        found = []
        for name in parts:
            held = self.run.kept[given[-1]]
            if isinstance(held, tuple) and (entry := entry_of(name)) is not None and entry < len(held):
                held = held[entry]
            index = INDEX.search(name)
            if isinstance(held, list) and index and int(index[1]) < len(held):
                held = held[int(index[1])]
            found.append(self.run.maker.get(id(held), -1))
        found = [i for i in dict.fromkeys(found) if i >= 0]
        return found or given[-1:]

    def _stored(self):
        """Return the last event that gave an attribute arrays."""
        stores = [
            i
            for i in range(self.run.start, len(self.run.events))
            if self.site(i).kind == "Store" and self.site(i).base.startswith("self.")
        ]
        arrays = [i for i in stores if isinstance(self.run.events[i].value, np.ndarray | list)]
        return arrays[-1:]

    def _gives(self, i):
        site = self.site(i)
        return site.returned and site.function == self.program.function

    def frontier(self, ends, limit=Match.FACTOR):
        """Walk back from these events through wrong values; return those with right operands, in order."""
        seen, stack, found = set(), list(ends), set()
        while stack:
            i = stack.pop()
            if i in seen:
                continue
            seen.add(i)
            operands = self.wrong_operands(i, limit)
            stack += operands
            if not operands and self.wrong(i, limit):
                found.add(i)
        return sorted(found)

    def behind(self, ends):
        """Return all events that these depend on, by data or by a test."""
        seen, stack = set(), list(ends)
        while stack:
            i = stack.pop()
            if i not in seen:
                seen.add(i)
                stack += self.run.events[i].inputs
                for guard in self.site(i).guards:
                    stack += [j for j in self.by_site.get(guard, ()) if j < i][-1:]
        return seen

    def made(self, i):
        """Return where a value was made that is only read here."""
        while self.site(i).kind in PASSED_ON and self.run.events[i].inputs:
            above = max(self.run.events[i].inputs)
            here, there = self.run.events[i], self.run.events[above]
            owned = here.identity == there.identity or here.memory == there.memory
            if self.site(above).kind == "Enter" or (self.site(i).kind == "Attribute" and not owned):
                break
            i = above
        return i

    def clue(self, rule, i, wanted=None, words=""):
        """Return the Clue of a rule that names an event."""
        i = self.made(i)
        event, site = self.run.events[i], self.site(i)
        nth = event.nth if site.loop else -1
        return Clue(
            rule, self.failure, site.place, site.text, event.value, wanted, words, event.site, (), nth
        )


def by_values(trail):
    """Yield the clues of one failure that follow from values alone."""
    ends = trail.ends(trail.failure.parts)
    yield from _form(trail, ends)
    line = trail.frontier(ends) or trail.frontier(ends, Match.SIGN)
    if line:
        yield trail.clue("path", line[0])
        yield trail.clue("last of the path", line[-1])
    first = trail.first_wrong()
    if first is not None:
        yield trail.clue("first", first)
    elif ends and not line and trail.told() and "value" in trail.failure.parts.values():
        yield trail.clue("unfinished", max(ends))


def _form(trail, ends):
    """Yield the clue on right values in another shape than asked for."""
    if not ends or set(trail.failure.parts.values()) != {"shape"}:
        return
    last = max(ends)
    if all(trail.match(i) in (Match.EXACT, Match.FORM) for i in ends):
        site = trail.site(last)
        yield trail.clue("form", last)._replace(place=site.place, text=site.text)
    elif all(trail.match(i) == Match.NEUTRAL for i in ends):  # zeros, say: where they were made
        memory = trail.run.events[last].memory
        made = [
            i for i, e in enumerate(trail.run.events) if e.memory == memory and trail.site(i).kind == "Call"
        ]
        if made:
            yield trail.clue("form", made[0])
