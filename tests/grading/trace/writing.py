"""Writing: what must reach the caller and does not, what must stay as it is and does not, and dtypes."""

import ast

import numpy as np

from .compare import close
from .oracle import left_by_a_call
from .records import Clue
from .right import generic
from .running import owner, same
from .source import place_of

READ = ("Enter", "Name", "Attribute", "Each")


def _line(rule, trail, node):
    place = place_of(node)
    return Clue(rule, trail.failure, place, trail.program.source.piece(place).split("\n")[0])


def returned(trail, right):
    """Yield the clues on a result that is computed and not returned, or whose parts are in another order."""
    run, body = trail.run, trail.program.body()
    if body is not None and run.entries and not trail.results(()):
        wanted = [theirs.events[i].value for theirs, i in trail.verdict.returned]
        made = [
            i
            for i, e in enumerate(run.events)
            if trail.site(i).kind not in READ and any(_equal(e.value, value) for value in wanted)
        ]
        if made:
            yield trail.clue("not returned", made[-1])
        elif wanted:
            yield _line("nothing returned", trail, body.body[-1])
    yield from _misplaced(trail, right)
    returns = [node for node in ast.walk(body) if isinstance(node, ast.Return)] if body is not None else ()
    if any(name.endswith("length") for name in trail.failure.parts) and returns:
        yield _line("other parts", trail, returns[-1])


def _equal(value, right):
    return value is not None and not isinstance(value, bool) and close(value, right)


def _misplaced(trail, right):
    """Yield the clue on right parts in wrong places: the expression that puts them together."""
    run, wrong = trail.run, [n for n, how in trail.failure.parts.items() if how != "missing"]
    others = [*right]
    stands = {}  # where the value of a wrong part belongs
    for name in wrong:
        mine = run.copies.get(name)
        homes = [n for n in wrong if n != name and _equal(mine, right.get(n))]
        if not isinstance(mine, np.ndarray) or not homes:
            return
        stands[name] = homes[0]
    if len(set(stands.values())) < 2:
        return
    results = [id(run.parts[name]) for name in others if name in run.parts]
    for i in range(len(run.events)):
        held = run.kept[i]
        if trail.site(i).kind in READ or not isinstance(held, list | tuple) or len(held) < 2:
            continue
        ids = [id(item) for item in held]
        if {id(run.parts[name]) for name in wrong} <= set(ids) and ids == [r for r in results if r in ids]:
            yield trail.clue("misplaced", i)
            return


def arguments(trail):
    """Yield the clues on arguments that were changed although they must not be, or the other way round."""
    run = trail.run
    for position, name in enumerate(run.given):
        right, live = trail.verdict.afterwards(position), run.held[name]
        if right is None:
            continue
        several = isinstance(live, list) and isinstance(run.given[name], list)
        arrays = [*live] if several else [live]
        befores, afters = (v if several else [v] for v in (run.given[name], run.after[name]))
        rights = [v if several and isinstance(v, list) else [v] for v in right]
        for i, array in enumerate(arrays[: min(map(len, (befores, afters, *rights)))]):
            if not isinstance(array, np.ndarray) or befores[i] is None:
                continue
            should, changed = not same(rights[0][i], rights[1][i]), not same(befores[i], afters[i])
            if changed and should and not several:
                yield from _spoiled(trail, position)
            elif changed and not should:
                yield from _written(trail, array, befores[i])
            elif should and not changed:
                yield from _not_delivered(trail, array, f"{name}[{i}]" if several else name, rights[1][i])


def _given(trail, i):
    return trail.site(i).kind == "Enter" and trail.run.events[i].outside


def _spoiled(trail, position):
    """Yield the clue on a write into an array that held already what should stay in it."""
    finals = [left_by_a_call(run, position)[-1:] for _, run in trail.verdict.runs]
    finals = [value for found in finals for _, value in found]
    values = left_by_a_call(trail.run, position)
    fits = [generic(v) and np.size(v) > 1 and any(close(v, final) for final in finals) for _, v in values]
    if any(fits) and not fits[-1]:
        after = len(fits) - fits[::-1].index(True)
        stores = [i for i, _ in values[after:] if trail.site(i).kind == "Store"]
        for i in stores[:1]:
            yield trail.clue("spoiled", i)


def _written(trail, live, given):
    memory = id(owner(live))
    for i in trail.run.first:  # later on, the caller may have changed it
        event = trail.run.events[i]
        if trail.site(i).kind == "Enter":
            continue
        store = trail.site(i).kind == "Store" and event.memory == memory
        if (store or event.identity == id(live)) and event.value is not None and not same(event.value, given):
            held = isinstance(event.value, np.ndarray) and event.value.shape == given.shape
            if held or store:
                yield trail.clue("written", i)
                return


def _not_delivered(trail, live, name, right):
    """The right value is computed and stands in a new array; or the name is bound anew; or nothing is."""
    run, memory = trail.run, id(owner(live))
    for i in reversed(range(run.entries[-1] if run.entries else 0, len(run.events))):
        event = run.events[i]
        fresh = isinstance(event.value, np.ndarray) and event.identity != id(live)
        if fresh and trail.site(i).kind not in READ and close(event.value, right):
            yield trail.clue("not delivered", i)
            return
    body, names = trail.program.body(), {name.split("[")[0].split(" ")[0]}
    for node in ast.walk(body) if body is not None else ():
        bound = isinstance(node, ast.Assign) and any(
            isinstance(t, ast.Name) and t.id in names for t in node.targets
        )
        if bound:
            yield _line("rebound", trail, node)
            return
        if isinstance(node, ast.Assign) and _entry_of(node.targets[0], names):
            yield _line("replaced", trail, node)
            return
    if body is not None and not any(
        trail.site(i).kind == "Store" and e.memory == memory for i, e in enumerate(run.events)
    ):
        yield _line("never written", trail, body.body[-1])


def _entry_of(target, names):
    """Return True for ``grads[i] = ...``: an entry of the caller's list is given another array."""
    if not isinstance(target, ast.Subscript) or not isinstance(target.value, ast.Name):
        return False
    whole = isinstance(target.slice, ast.Slice) or (
        isinstance(target.slice, ast.Constant) and target.slice.value is ...
    )
    return target.value.id in names and not whole


def dtypes(trail):
    """Yield the clue on the first array of the wrong dtype, or on integers that are given fractions."""
    run, parts = trail.run, trail.failure.parts
    behind = sorted(trail.behind(trail.ends(parts)))
    name = next((n for n, how in parts.items() if how == "dtype"), None)
    if name is not None:
        ends = trail.ends([name])
        arrays = [run.events[i].value for i in ends if isinstance(run.events[i].value, np.ndarray)]
        if arrays and arrays[0].ndim:
            yield from _first_of(trail, behind, arrays[0].dtype)
        else:
            for i in ends:
                yield trail.clue("dtype", i)
        return
    for i in behind:
        event = run.events[i]
        if trail.site(i).kind != "Store" or _kind(event.value) not in ("i", "u"):
            continue
        if any(_kind(run.events[o].value) == "f" for o in event.inputs):
            made = [
                j for j in range(i) if run.events[j].memory == event.memory and trail.site(j).kind not in READ
            ]
            yield trail.clue("integers", made[0] if made else i)
            return


def _kind(value):
    numeric = isinstance(value, np.ndarray | np.generic | float)
    return np.asarray(value).dtype.kind if numeric else ""


def _first_of(trail, behind, wrong):
    """Yield the clue on where a dtype comes in; or, if it was given, where it meets the right one."""
    events = trail.run.events

    def off(i):
        return (
            isinstance(events[i].value, np.ndarray)
            and events[i].value.ndim
            and events[i].value.dtype == wrong
        )

    def right(i):
        value = events[i].value
        return isinstance(value, np.ndarray) and value.ndim and value.dtype.kind == "f" and not off(i)

    given = any(off(i) for i in range(len(events)) if i < trail.run.start or _given(trail, i))
    made = [i for i in behind if off(i) and trail.site(i).kind not in READ and i >= trail.run.start]
    comes = [i for i in made if not any(map(off, events[i].inputs))]
    meets = [i for i in made if any(map(off, events[i].inputs)) and any(map(right, events[i].inputs))]
    memory = {events[i].memory for i in trail.ends(trail.failure.parts)}
    own = [i for i in made if events[i].memory in memory]
    for i in [*(() if given else comes), *meets, *own, *made][:1]:
        yield trail.clue("dtype", i)
