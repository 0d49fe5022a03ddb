"""State: what survives a call, and makes the next one go another way."""

import ast
import itertools

import numpy as np

from .paths import PASSED_ON
from .records import Clue
from .running import owner, same
from .source import place_of


def of_the_past(failure):
    """Return True if all that is wrong came after a second call."""
    if failure.before is not None:
        return True
    if failure.kind == "raises":
        return len(failure.run.entries) > 1
    return failure.kind == "parts" and all(failure.run.when.get(name, 2) > 1 for name in failure.parts)


def remembered(trail):
    """Yield the clues on what is kept from an earlier call, where the call alone is right."""
    failure, program = trail.failure, trail.program
    if _idempotent(trail):
        for one, other in itertools.pairwise(_calls(trail.run)):
            for i, j in _parting((trail.run, one), (trail.run, other)):
                yield _kept(trail, trail.run, i, j)
                return
    alone = program.run(failure.ask.script, forgetful=failure.before is None)
    left = set(trail.verdict.wrong(alone)[0])
    if alone.error is not None or not left < {*failure.parts, *([""] if failure.kind != "parts" else [])}:
        return
    default = _mutable_default(program)
    if default is not None:
        yield _at(trail, "default", default)
        return
    for one, other in zip(_calls(alone), _calls(trail.run), strict=False):
        for i, j in _parting((alone, one), (trail.run, other)):
            yield _kept(trail, alone, i, j)
            return


def _idempotent(trail):
    """Return True if a method does the same each time in right variants: it only gives back what is kept."""
    runs = [run for _, run in trail.verdict.runs if len(run.entries) > 1]
    pairs = [(run, pair) for run in runs for pair in itertools.pairwise(_calls(run))]
    own = "." in trail.program.target and not hasattr(trail.run.held.get("self"), "params")
    return own and bool(pairs) and not any(any(_parting((r, a), (r, b))) for r, (a, b) in pairs)


def _parting(one, other):
    """Yield the first pair of events in which two calls part, (run, events) each, if not by what is given."""
    (alone, these), (again, those) = one, other
    given = set()
    for i, j in zip(these, those, strict=False):
        mine, theirs = alone.events[i], again.events[j]
        equal = mine.site == theirs.site and same(mine.value, theirs.value)
        if equal and _none(alone, i) == _none(again, j):
            continue
        if theirs.outside or given & set(theirs.inputs):
            given.add(j)
        else:
            yield i, j
            return


def _calls(run):
    """Return the events of each call."""
    ends = [*run.entries[1:], len(run.events)]
    return [range(start, end) for start, end in zip(run.entries, ends, strict=True)]


def _none(run, i):
    return run.kept[i] is None


def _kept(trail, alone, i, j):
    """Return the clue on the event in which a call parts from the same call alone."""
    event = trail.run.events[j]
    if alone.events[i].site != event.site:  # the answer to a test was no number
        guards = trail.site(j).guards or trail.sites[alone.events[i].site].guards
        guard = guards[-1] if guards else event.site
        return _site(trail, "kept", guard)
    read = trail.site(j)
    emptied = _size(alone.events[i].value) > _size(event.value)
    if read.kind in PASSED_ON and emptied:
        for earlier in reversed(range(j)):
            if trail.site(earlier).kind == "Store" and trail.site(earlier).base == read.text:
                return trail.clue("used up", earlier)
    tests = {guard for site in trail.sites for guard in site.guards}
    for k in tests:  # the whole test, rather than what it reads first
        place = trail.sites[k].place
        if place.line == read.place.line and place.column <= read.place.column <= place.end_column:
            return _site(trail, "kept", k)
    return _site(trail, "kept", event.site)


def _size(value):
    return len(value) if isinstance(value, list) else int(value is not None)


def _site(trail, rule, k):
    site = trail.sites[k]
    events = [trail.run.events[i] for i in trail.by_site.get(k, ())]
    return Clue(rule, trail.failure, site.place, site.text, events[-1].value if events else None)


def _at(trail, rule, node):
    place = place_of(node)
    return Clue(rule, trail.failure, place, trail.program.source.piece(place))


def _mutable_default(program):
    body = program.body()
    if body is None:
        return None
    defaults = [*body.args.defaults, *(d for d in body.args.kw_defaults if d is not None)]
    changing = ast.List | ast.Dict | ast.Set
    return next((default for default in defaults if isinstance(default, changing)), None)


def exhausted(trail):
    """Yield the clue on an iterator that is gone through for the second time: where it was made."""
    uses, run = {}, trail.run
    for i, event in enumerate(run.events):
        if hasattr(run.kept[i], "__next__") and not isinstance(run.kept[i], np.ndarray):
            uses.setdefault(event.identity, []).append(i)
    for events in uses.values():
        through = [i for i in events if trail.site(i).consumes]
        if len(through) > 1:
            where = f"line {trail.site(through[1]).place.line}"
            yield trail.clue("iterator", trail.made(events[0]), words=where)
            return


def shared(trail):
    """Yield the clue on arrays of the caller that are kept, handed out or written into under another name."""
    run, parts = trail.run, trail.failure.parts
    given = {}
    for i, event in enumerate(run.events):
        if trail.site(i).kind == "Enter" and event.outside and isinstance(run.kept[i], np.ndarray):
            given.setdefault(event.memory, i)
    results = trail.results(())
    if any("restored" in name for name in parts):
        yield from _kept_arrays(trail, given)
    yield from _copies(trail)
    if any(run.events[i].memory in given for i in results):
        for i, event in enumerate(run.events):
            bound = trail.site(i).names and trail.site(i).kind not in ("Enter", "Store")
            if bound and event.memory in given and isinstance(run.kept[i], np.ndarray):
                yield trail.clue("alias", i)._replace(place=trail.site(i).place, text=trail.site(i).text)
                return
        for i in results:
            yield _site(trail, "alias", run.events[i].site)
    for i in results:
        alike = [e for e in run.events if e.site == run.events[i].site]
        array = isinstance(run.kept[i], np.ndarray)
        if array and len(alike) > 1 and alike[0].memory == alike[-1].memory:
            yield _site(trail, "buffer", run.events[i].site)


def _kept_arrays(trail, given):
    """An attribute is set to the caller's own arrays, which go on changing."""
    run = trail.run
    for i, held in enumerate(run.kept):
        site = trail.site(i)
        if site.kind != "Store" or not site.base.startswith("self."):
            continue
        items = (
            held.values() if isinstance(held, dict) else held if isinstance(held, list | tuple) else [held]
        )
        arrays = [item for item in items if isinstance(item, np.ndarray)]
        if any(given.get(id(owner(item)), i) < i for item in arrays):  # not what is handed back later
            yield trail.clue("shared", i)
            return


def _copies(trail):
    """A property hands out copies: what is written into them is lost."""
    for node in ast.walk(trail.program.tree):
        decorated = isinstance(node, ast.FunctionDef) and node.name == "params" and node.decorator_list
        for inner in ast.walk(node) if decorated and "copy" in ast.unparse(node) else ():
            if isinstance(inner, ast.Return) and inner.value is not None:
                yield _at(trail, "copies", inner)
                return
