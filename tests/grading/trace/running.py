"""Running: an instrumented program is called, and what its expressions give is written down in order."""

import ast
import collections
import contextlib
import copy
import io
import itertools
import random
import sys
import traceback
import warnings
from collections import deque

import numpy as np

from tests.grading.world import World

from .instrument import Instrument
from .records import Event, Run
from .source import Source

STEPS = 60_000  # of a run: beyond it, a loop is taken to have no end
LARGEST = 20_000  # entries of an array that is copied
FILE = "<traced>"  # not that of a loaded program, which may run beside
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
            if not self.run.entries:
                named = zip(self.sites[k].names, values, strict=True)
                self.run.held = {name: [*v] if isinstance(v, list) else v for name, v in named}
                self.run.given = {name: snapshot(value) for name, value in self.run.held.items()}
            self.run.entries.append(len(self.run.events))
        for name, value in zip(self.sites[k].names, values, strict=True):
            for item in [value, *value] if isinstance(value, list | tuple) else [value]:
                known = self._known(item)
                anew = outside or known < 0
                self._note(k, item, nth, [known] if known >= 0 else [], outside, register=anew)
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
            whole = owner(value)
            at = max(at, self.run.writer.get(id(whole), -1))
            if at < 0 and whole is not value:
                at = self.run.maker.get(id(whole), -1)
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

    def run(self, script, *, before=None, patch=None, strict=False, forgetful=False):
        """Run a script, which gives the parts of what a subject does by name; return the Run.

        before: a script that is run first. patch: values in the place of a site's own. strict: warnings of
        NumPy are errors, which tell where they arise. forgetful: each call finds the program newly loaded.
        """
        recorder = Recorder(self.sites, self.function)
        run, hooks = recorder.run, recorder.hooks() if patch is None else patching(patch)

        def loaded():
            space = dict(self._space) | hooks
            exec(self._code, space)
            space.update(self._given)
            return space[self.name]

        with quiet(strict) as caught:
            try:
                subject = Forgetful(loaded, self.function).subject() if forgetful else loaded()
                if before is not None:
                    deque(before(subject), 0)
                    run.entries.clear()
                given = script(subject)
                for name, value in given.items() if isinstance(given, dict) else given:
                    if name[0] != "~":
                        run.parts[name], run.when[name] = value, len(run.entries)
                        run.copies[name] = value.copy() if isinstance(value, np.ndarray) else value
            except (Exception, Endless, SystemExit) as error:
                steps = traceback.walk_tb(error.__traceback__)
                lines = [line for frame, line in steps if frame.f_code.co_filename == FILE]
                run.error, run.line = error, lines[-1] if lines else None
        run.after = {name: snapshot(value) for name, value in run.held.items()}
        warned = RuntimeWarning | np.exceptions.ComplexWarning
        run.warned = [str(w.message) for w in caught if issubclass(w.category, warned)]
        return run

    def body(self):
        """Return the tree of the exercise's function, None if there is none."""
        node = self.tree
        for name in self.target.split("."):
            node = next((inner for inner in node.body if getattr(inner, "name", None) == name), None)
            if node is None:
                return None
        return node


class Forgetful:
    """A subject that forgets: a method is called on a new object that has the same ``params``."""

    def __init__(self, loaded, method):
        self.loaded, self.method = loaded, method

    def subject(self):
        """Return what stands in the place of the function, or of the class."""
        first = self.loaded()
        if not isinstance(first, type):
            return lambda *args, **options: self.loaded()(*args, **options)
        return lambda *args, **options: _Object(self, copy.deepcopy((args, options)), first(*args, **options))


class _Object:
    def __init__(self, maker, given, one):
        self._maker, self._given, self._one = maker, given, one

    def __getattr__(self, name):
        return self._anew if name == self._maker.method else getattr(self._one, name)

    def _anew(self, *args, **options):
        given, named = copy.deepcopy(self._given)
        new = self._maker.loaded()(*given, **named)
        for param, old in zip(new.params, self._one.params, strict=True):
            param[...] = old
        return getattr(new, self._maker.method)(*args, **options)


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
