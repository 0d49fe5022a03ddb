"""Running: an instrumented program is called, and what its expressions give is written down in order."""

import ast
import collections
import contextlib
import io
import itertools
import random
import sys
import traceback
import warnings

import numpy as np

from tests.grading.world import World

from .instrument import Instrument
from .records import Event, Run
from .source import Source

STEPS = 60_000  # of a run: beyond it, a loop is taken to have no end
LARGEST = 20_000  # entries of an array that is copied
FILE = "<traced>"
HOOKS = ("see", "stored", "touched", "enter", "each")
EMPTY = ("np.empty", "np.empty_like", "np.ndarray", "numpy.empty", "numpy.empty_like")
OBJECTS = np.ndarray | np.generic | list | dict | tuple | float


class Endless(BaseException):
    """A run of more steps than any right program takes; no ``except Exception`` holds it up."""


def owner(value):
    """Return the array that owns the memory of a view; any other value as it is."""
    while isinstance(value, np.ndarray) and isinstance(value.base, np.ndarray):
        value = value.base
    return value


def snapshot(value, depth=2):
    """Return a copy that later writes leave alone; None for what is no number and holds none."""
    if isinstance(value, np.ndarray):
        return value.copy() if value.dtype.kind in "fiubc" and value.size <= LARGEST else None
    if isinstance(value, bool | int | float | np.generic):
        return value
    if isinstance(value, list | tuple) and depth and len(value) < 200:
        return [snapshot(entry, depth - 1) for entry in value]
    return None


def same(one, other):
    """Return True if two snapshots hold the same numbers, bit for bit but for NaN."""
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if one is None or other is None or isinstance(one, list) or isinstance(other, list):
        return one is None and other is None
    with np.errstate(all="ignore"):
        floats = all(np.asarray(value).dtype.kind == "f" for value in (one, other))
        return np.shape(one) == np.shape(other) and np.array_equal(one, other, equal_nan=floats)


def patching(patch):
    """Return hooks that note nothing, and only put a patch's values in place."""
    nths, steps = itertools.count(), itertools.count()

    def see(k, value):
        return patch.give(next(nths), value) if k == patch.site else value

    def passed(_, __):
        if next(steps) > STEPS:
            raise Endless(f"more than {STEPS} rounds")

    return {f"{name}__": passed for name in HOOKS} | {"see__": see}


class Recorder:
    """The hooks of an instrumented program in one run, which note every event."""

    def __init__(self, sites, target):
        self.sites, self.target, self.run = sites, target, Run()
        self._steps, self._count = 0, collections.Counter()
        self._last, self._bound = {}, {}

    def hooks(self):
        """Return the names that the instrumented code calls."""
        return {f"{name}__": getattr(self, name) for name in HOOKS}

    def see(self, k, value):
        """Note the value of an expression, and return it."""
        nth = self._step(k)
        if self.sites[k].base in EMPTY and isinstance(value, np.ndarray) and value.dtype.kind in "fiub":
            value.fill(np.nan if value.dtype.kind == "f" else 0)  # what lies in memory may match by chance
        self._note(k, value, nth, self._operands(k, value))
        return value

    def stored(self, k, value):
        """Note what stands in a variable after a write to it."""
        nth = self._step(k)
        at = self._note(k, value, nth, self._operands(k, value))
        if isinstance(value, np.ndarray):
            self.run.writer[id(owner(value))] = at

    def touched(self, k, value):
        """Note what stands in a variable after a call that was given it, if it has changed."""
        known = self._known(value)
        if known >= 0 and not same(self.run.events[known].value, snapshot(value)):
            self.stored(k, value)

    def enter(self, k, values):
        """Note what a function is given; what is not yet known comes from outside."""
        nth = self._step(k)
        outside = sys._getframe(2).f_code.co_filename != FILE
        if outside and self.sites[k].function == self.target:
            self.run.entries.append(len(self.run.events))
            named = zip(self.sites[k].names, values, strict=True)
            self.run.given = {name: snapshot(value) for name, value in named}
        for name, value in zip(self.sites[k].names, values, strict=True):
            for item in [value, *value] if isinstance(value, list | tuple) else [value]:
                known = self._known(item)
                self._note(k, item, nth, [known] if known >= 0 else [], outside, register=known < 0)
            self._bound[self.sites[k].function, name] = len(self.run.events) - 1

    def each(self, k, values):
        """Note what a loop sets its names to, where it is not known already."""
        nth = self._step(k)
        for name, value in zip(self.sites[k].names, values, strict=True):
            if self._known(value) < 0:
                self._note(k, value, nth, self._operands(k, value))
                self._bound[self.sites[k].function, name] = len(self.run.events) - 1

    def _step(self, k):
        self._steps += 1
        if self._steps > STEPS:
            raise Endless(f"more than {STEPS} steps")
        nth = self._count[k]
        self._count[k] += 1
        return nth

    def _known(self, value):
        """Return the last event that gave an object, or wrote into its memory; -1 if there is none."""
        if not (isinstance(value, OBJECTS) or hasattr(value, "__next__")):
            return -1
        at = self.run.maker.get(id(value), -1)
        if isinstance(value, np.ndarray):
            at = max(at, self.run.writer.get(id(owner(value)), -1))
            if at < 0 and owner(value) is not value:
                at = self.run.maker.get(id(owner(value)), -1)
        return at

    def _operands(self, k, value):
        """Return the events that a value was computed from."""
        site, previous = self.sites[k], self._last.get(k, -1)
        found = [self._last[part] for part in site.parts if self._last.get(part, -1) > previous]
        known = self._known(value)
        if known < 0 and site.kind == "Name":
            bound = self._bound.get((site.function, site.text), -1)
            known = bound if bound >= 0 and self.run.kept[bound] is value else -1
        elif site.kind == "Store" and site.names:  # x += ...: what x was before
            known = max(known, self._bound.get((site.function, site.names[0]), -1))
        return [*found, known] if known >= 0 and known not in found else found

    def _note(self, k, value, nth, inputs, outside=False, register=True):
        run, now = self.run, len(self.run.events)
        run.events.append(Event(k, snapshot(value), tuple(inputs), id(value), id(owner(value)), nth, outside))
        run.kept.append(value)
        self._last[k] = now
        for name in self.sites[k].names:
            self._bound[self.sites[k].function, name] = now
        if register and (isinstance(value, OBJECTS) or hasattr(value, "__next__")):
            run.maker[id(value)] = now
            if isinstance(value, list | tuple) and len(value) <= 64:
                for item in value:  # comes from the collection, if from nowhere else
                    if isinstance(item, OBJECTS) and id(item) not in run.maker:
                        run.maker[id(item)] = now
        return now


class Program:
    """A source, instrumented, which is run in a namespace of its own each time.

    target: the name of the exercise's function, ``function`` or ``Class.method``. space: what the source
    finds around it; given: names that are put in the place of its own.
    """

    def __init__(self, source, target, space, given=None):
        self.source, self.target = Source(source), target
        self.name, self.function = target.split(".")[0], target.split(".")[-1]
        self._space, self._given = space, given or {}
        self.tree = ast.parse(source)
        instrument = Instrument(self.source)
        tree = ast.fix_missing_locations(instrument.visit(ast.parse(source)))
        self.sites = instrument.sites
        self._code = compile(tree, FILE, "exec", dont_inherit=True)

    def run(self, call, *, before=None, patch=None, strict=False):
        """Make a call, a function of the subject; return the Run.

        before: a call that is made first. patch: values in the place of a site's own. strict: warnings of
        NumPy are errors, which tell where they arise.
        """
        recorder = Recorder(self.sites, self.function)
        run, hooks = recorder.run, recorder.hooks() if patch is None else patching(patch)
        space = dict(self._space) | {"__name__": "nn.traced", "__package__": "nn"} | hooks
        with quiet(strict) as caught:
            try:
                exec(self._code, space)
                space.update(self._given)
                if before is not None:
                    before(space[self.name])
                    run.entries.clear()
                run.parts = call(space[self.name])
            except (Exception, Endless, SystemExit) as error:
                steps = [step for step in traceback.extract_tb(error.__traceback__) if step.filename == FILE]
                run.error, run.line = error, steps[-1].lineno if steps else None
        warned = RuntimeWarning | np.exceptions.ComplexWarning
        run.warned = [str(w.message) for w in caught if issubclass(w.category, warned)]
        run.copies = {
            name: value if isinstance(value, str) else snapshot(value) for name, value in run.parts.items()
        }
        return run

    def body(self):
        """Return the tree of the exercise's function, None if there is none."""
        node = self.tree
        for name in self.target.split("."):
            node = next((inner for inner in node.body if getattr(inner, "name", None) == name), None)
            if node is None:
                return None
        return node


@contextlib.contextmanager
def quiet(strict=False):
    """Keep a run to itself: nothing is printed, and random numbers without a seed are the same each time."""
    entropy, fresh = itertools.count(1), np.random.default_rng
    np.random.default_rng = lambda seed=None: fresh(next(entropy) if seed is None else seed)
    np.random.seed(0)  # noqa: NPY002 - learners draw from it
    random.seed(0)
    with warnings.catch_warnings(record=True) as caught, contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        for category in (RuntimeWarning, np.exceptions.ComplexWarning):
            warnings.simplefilter("error" if strict else "always", category)
        try:
            with contextlib.redirect_stderr(io.StringIO()), np.errstate(all="warn", under="ignore"):
                yield caught
        finally:
            np.random.default_rng = fresh


@contextlib.contextmanager
def unchanged():
    """Put back what programs have changed of the world, the random generators above all."""
    world = World()
    try:
        yield
    finally:
        world.changes()
