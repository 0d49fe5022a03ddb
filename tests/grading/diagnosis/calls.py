"""The calls of an exercise's function: what a test, or a probe, has given to it, so that both compare."""

import copy
import functools
import inspect
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import numpy as np

HERE = Path(__file__)
MOST = 64  # calls that are kept of a test; what goes wrong mostly does so in the first


class Call(NamedTuple):
    """The arguments of a call, as they were before it; options: those by name, of the constructor, too."""

    args: tuple
    kwargs: dict
    options: dict

    @property
    def form(self):
        """Of what kind the arguments are: a test of labels says nothing of a call with rows, and one of huge
        numbers nothing of a call with small ones.

        Integers count in the first argument, whose dtype is that of the result.
        """
        first = getattr(self.dtype, "kind", "f") in "biu"
        huge = any(map(_is_huge, self.args))
        options = {name: _form(value) for name, value in self.kwargs.items()}
        given = [*self.args]
        while given and given[-1] is None:  # as if it had been left out
            given.pop()
        return first, huge, [*map(_form, given)], options

    @property
    def dtype(self):
        """The dtype of the first argument; None if that is no array."""
        return getattr(self.args[0] if self.args else None, "dtype", None)

    def is_like(self, other):
        """Tell whether two calls are of one form, and this one has all choices by name that the other has."""
        chosen = {name: value for name, value in other.options.items() if isinstance(value, str)}
        return self.form == other.form and chosen.items() <= self.options.items()


def _is_huge(value):
    """Return True if an entry is so large that exp of it, or of a difference, may overflow or be 0."""
    return isinstance(value, np.ndarray) and value.dtype.kind == "f" and bool(np.any(np.abs(value) > 500))


def _form(value):
    if isinstance(value, np.ndarray | np.generic):
        return value.ndim
    if isinstance(value, list | tuple):
        return "several", *map(_form, value[:1])
    return "number" if isinstance(value, int | float) else type(value).__name__


def recorded(subject, function, calls):
    """Return ``subject``, a function or class, in a form that appends its calls to the list ``calls``.

    function: as in an exercise, of which the part behind the dot names the method whose calls are meant.
    """
    if not inspect.isclass(subject):
        return _noting(subject, calls) if inspect.isroutine(subject) else subject
    method = function.partition(".")[2]
    own = getattr(subject, method, None)
    if not inspect.isfunction(own):
        return subject
    changed = {name: vars(subject)[name] for name in ("__module__", "__doc__") if name in vars(subject)}
    changed[method] = _noting(own, calls, bound=True)
    with suppress(TypeError):  # a class may forbid to be derived from
        derived = type(subject.__name__, (subject,), changed)
        derived.__qualname__ = subject.__qualname__
        if method != "__init__":
            derived.__init__ = _keeping_options(subject.__init__)
        return derived
    return subject


def _noting(function, calls, bound=False):
    @functools.wraps(function)
    def noting(*args, **kwargs):
        __tracebackhide__ = True
        if len(calls) < MOST:
            with suppress(Exception):  # what cannot be copied cannot be compared
                options = getattr(args[0], "_options_of_the_call", {}) if bound else {}
                call = copy.deepcopy((args[1:] if bound else args, kwargs))
                calls.append(Call(*call, options | kwargs))
        return function(*args, **kwargs)

    return noting


def _keeping_options(init):
    @functools.wraps(init)
    def keeping(self, *args, **kwargs):
        __tracebackhide__ = True
        with suppress(Exception):
            given = inspect.signature(init).bind(self, *args, **kwargs)
            given.apply_defaults()
            self._options_of_the_call = dict([*given.arguments.items()][1:]) | kwargs  # all but self
        init(self, *args, **kwargs)

    return keeping
