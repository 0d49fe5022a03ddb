"""Checks that the lessons share: each says what was expected, what came, and where to look."""

import sys
import warnings
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from tests.grading.finding import Comparison, Finding
from tests.grading.show import render

# Which function a test judges; "{name}" stands for the parameter `name`. about: the kinds of failure that the
# test's docstring explains, "values" by default; it is quoted for no other.
exercise = pytest.mark.exercise
OWN_NUMBERS = ""  # about: a docstring that works through the numbers of its own test explains no other call

OBSERVERS = []  # called with each comparison's error as a share of its tolerance, to measure the margins


class CheckFailed(pytest.fail.Exception):
    """A failure that says what was expected, what came and where to look."""

    def __init__(self, finding):
        super().__init__(render(finding, 10_000), pytrace=False)
        self.finding = finding


def fail(sentence, *, kind="values", look="", part="", comparison=None):
    """Fail with a sentence; kind: what the failure is about (tests.grading.finding.KINDS)."""
    __tracebackhide__ = True
    raise CheckFailed(Finding(kind=kind, sentence=sentence, look=look, part=part, comparison=comparison))


def require(condition, sentence, *, look="", kind="values", part=""):
    """Fail with a sentence unless the condition holds."""
    __tracebackhide__ = True
    if not condition:
        fail(sentence, kind=kind, look=look, part=part)


def require_array(value, *, shape, dtype, what):
    """Fail unless ``value`` is an array of this shape and dtype."""
    __tracebackhide__ = True
    if value is None:
        fail(f"{what} is None: is the `return` missing?", kind="parts", part=what)
    if type(value) is not np.ndarray:  # a subclass could answer every comparison with yes
        kind = (
            "type" if isinstance(value, np.ndarray) else "shape" if isinstance(value, np.generic) else "parts"
        )
        fail(f"{what} must be a plain NumPy array; got {type(value).__name__}", kind=kind, part=what)
    if value.shape != tuple(shape):
        hint = " (it looks transposed)" if value.shape == tuple(shape)[::-1] else ""
        fail(f"{what} must have shape {tuple(shape)}; got {value.shape}{hint}", kind="shape", part=what)
    if value.dtype != dtype:
        fail(
            f"{what} must be {np.dtype(dtype)}; got {value.dtype}. A floating input keeps its dtype, "
            "anything else is computed in float64",
            kind="type",
            part=what,
        )


def require_float(value, what):
    """Fail unless ``value`` is a Python float; np.float64 is one by inheritance."""
    __tracebackhide__ = True
    if not isinstance(value, float):
        fail(
            f"{what} must be a Python float; got {type(value).__name__}: wrap it in float(...)",
            kind="type",
            part=what,
        )


def require_close(actual, expected, *, what, look, rtol=1e-7, atol=1e-12):
    """Fail unless every entry is within atol + rtol * |expected|; the message shows what differs."""
    __tracebackhide__ = True
    if actual is None:
        fail(f"{what} is None: is the `return` missing?", kind="parts", part=what)
    if type(actual) not in (np.ndarray, float, int, list, tuple) and not isinstance(actual, np.generic):
        fail(f"{what} must be a plain NumPy array; got {type(actual).__name__}", kind="parts", part=what)
    actual, expected = np.asarray(actual), np.asarray(expected)
    if actual.shape != expected.shape:
        fail(f"{what} must have shape {expected.shape}; got {actual.shape}.", kind="shape", part=what)
    wrong = ~np.isclose(actual, expected, rtol=rtol, atol=atol)
    _observe(actual, expected, atol + rtol * np.abs(expected))
    if wrong.any():
        if np.allclose(actual, expected, rtol=1e-5, atol=1e-6):
            look = f"{look}. It is nearly right: is something computed in float32, or a small number added?"
        comparison = Comparison.of(what, expected, actual, wrong)
        fail(f"{what} is wrong.", look=look, part=what, comparison=comparison)


def require_value_error(call, what, look):
    """Fail unless ``call()``, which is ``what`` in words, raises ValueError."""
    __tracebackhide__ = True
    try:
        result = call()
    except NotImplementedError:
        raise
    except ValueError:
        return
    except Exception as error:
        came = f"it raised {type(error).__name__}: {error}"
    else:
        came = f"it returned {result!r}" if isinstance(result, Exception) else f"it returned {result}"
    fail(f"{what} must raise ValueError; {came}", kind="refusal", look=look)


def within(slack, actual, expected):
    """Return True if a number, or every entry of an array, is within ``slack`` of the one expected."""
    _observe(actual, expected, slack)
    return bool(np.all(np.abs(np.asarray(actual) - expected) <= slack))


def _observe(actual, expected, tolerance):
    if OBSERVERS:
        with np.errstate(all="ignore"):
            shares = np.abs(np.asarray(actual, dtype=np.float64) - expected) / tolerance
        for observer in OBSERVERS:
            observer(
                float(np.max(np.where(np.isnan(shares) & (actual != expected), np.inf, shares), initial=0))
            )


def typed(array):
    """Write a small array as it would be typed after ``from numpy import array, float32``."""

    def entries(part):
        return f"[{', '.join(map(entries, part))}]" if part.ndim else str(part)

    name = "array" if array.dtype in (np.float64, np.dtype(int), np.dtype(bool)) else array.dtype.name
    return f"{name}({entries(array)})"


@contextmanager
def unchanged(**arrays):
    """Fail if the block changes one of the arrays, which are given by the names of the arguments."""
    __tracebackhide__ = True
    before = {name: np.array(array, copy=True) for name, array in arrays.items()}
    yield
    for name, array in arrays.items():
        if not np.array_equal(array, before[name], equal_nan=True):
            fail(
                f"the function changed its argument `{name}`: compute in a new array, or in a copy",
                kind="changed",
                part=name,
            )


class Hidden(NamedTuple):
    """What hides a warning: its name, and where it stands, if that is known."""

    what: str
    path: Path | None = None
    line: int = 0


class _Overflows:
    """Raises a warning for each overflow; if code hides it, ``hidden_by`` of the warning says what does.

    NumPy keeps a state that says how errors are handled. np.errstate and np.seterr, however they were
    imported, let `_make_extobj` make the next such state.
    """

    def __init__(self):
        self._module = np.seterr.__globals__
        self._make, self._hiding = self._module["_make_extobj"], []  # of states that hide: pairs with Hidden

    def __enter__(self):
        self._module["_make_extobj"] = self._made
        self._block = np.errstate(over="log", call=self)
        self._block.__enter__()

    def __exit__(self, *_):
        self._block.__exit__()
        self._module["_make_extobj"] = self._make

    def _by(self):
        state = self._module["_extobj_contextvar"].get()
        return next((by for other, by in self._hiding if other is state), None)

    def _made(self, **kinds):
        if "call" in kinds:  # this class's own, or NumPy's, for its linear algebra
            return self._make(**kinds)
        every, over = kinds.pop("all", None), kinds.pop("over", None)
        if every is not None:
            for name in ("divide", "under", "invalid"):
                kinds[name] = every if kinds.get(name) is None else kinds[name]
        wanted = every if over is None else over
        by = self._by() if wanted is None else _place() if wanted == "ignore" else None
        state = self._make(over="raise" if wanted == "raise" else "log", **kinds)
        if by:
            self._hiding.append((state, by))
        return state

    def write(self, message):
        """Take NumPy's message on an overflow: "Warning: overflow encountered in exp"."""
        message, by = message.removeprefix("Warning: ").strip(), self._by()
        if by is None:
            warnings.warn(message, RuntimeWarning, stacklevel=2)  # raises it, unless a filter is in the way
            by = Hidden("A filter of `warnings`")
        error = RuntimeWarning(message)
        error.hidden_by = by
        raise error


def _place():
    """Return what hides a warning: np.errstate or np.seterr, and the line that called it."""
    frame, what = sys._getframe(), ""
    while frame.f_code.co_filename in (__file__, np.seterr.__code__.co_filename):
        what, frame = frame.f_code.co_qualname, frame.f_back
    what = "np.seterr" if what == "seterr" else "np.errstate"
    return Hidden(f"`{what}`", Path(frame.f_code.co_filename), frame.f_lineno)


def overflow_shown():
    """Return a block in which an overflow warns even if np.errstate, np.seterr or a filter hides the warning.

    Hiding it does not avoid the overflow. Other kinds of warnings may be hidden as usual: a division by 0 in
    a branch that is not taken does no harm.
    """
    known = {"_make_extobj", "_extobj_contextvar"} <= np.seterr.__globals__.keys()
    return _Overflows() if known else np.errstate(over="warn")  # a NumPy that keeps its state elsewhere


@contextmanager
def no_global_randomness(what):
    """Fail if the block draws from NumPy's global generator or seeds it; leave that as it was."""
    __tracebackhide__ = True
    saved = np.random.get_state()  # noqa: NPY002 - only watched
    watched = np.random.RandomState(20_240_229).get_state()  # a state that no seed in use would give
    np.random.set_state(watched)  # noqa: NPY002
    try:
        yield
        after = np.random.get_state()  # noqa: NPY002
    finally:
        np.random.set_state(saved)  # noqa: NPY002
    if watched[2] != after[2] or not np.array_equal(watched[1], after[1]):
        fail(f"{what} touched NumPy's global generator.", look="draw from `rng`; never call np.random.seed")


def require_new_arrays(function, first, second, *, what):
    """Fail if calling ``function`` with the arguments ``second`` changes what it returned for ``first``."""
    __tracebackhide__ = True
    result = function(*first)
    arrays = [part for part in (result if isinstance(result, tuple | list) else [result]) if np.ndim(part)]
    before = [array.copy() for array in arrays]
    function(*second)
    if not all(map(np.array_equal, arrays, before)):
        fail(
            f"{what}: a second call changed what the first one had returned.",
            look="make a new array at each call, instead of keeping one for all of them",
        )


def numeric_gradient(function, x, step=1e-6):
    """Return d function / d x, entry by entry, by central differences; x (float64) is left as it was."""
    gradient = np.empty_like(x)
    for place in np.ndindex(x.shape):
        gradient[place] = _slope(function, x, _unit(x, place), step)
    return gradient


def require_gradient(function, x, gradient, *, rng, what, look, rtol=1e-5, atol=1e-8):
    """Fail unless ``gradient`` is the derivative of the number ``function()`` by the float64 array x.

    ``function`` takes no argument and reads x, which is changed in place and put back. One random
    projection covers every entry at once; small arrays are then compared entry by entry, so that
    the message can say which are wrong.
    """
    __tracebackhide__ = True
    require_array(gradient, shape=x.shape, dtype=np.float64, what=what)
    # Random lengths tell the entries apart; the gradient's own signs keep them from cancelling one another.
    signs = np.where(gradient == 0, rng.choice([-1.0, 1.0], x.shape), np.sign(gradient))
    direction = signs * rng.uniform(0.5, 1.5, x.shape)
    numeric, analytic = _slope(function, x, direction), float(np.sum(gradient * direction))
    if x.size <= 64:
        require_close(gradient, numeric_gradient(function, x), what=what, look=look, rtol=rtol, atol=atol)
    if not within(atol * np.sqrt(x.size) + rtol * np.sum(np.abs(gradient * direction)), analytic, numeric):
        fail(
            f"{what} is wrong: along a random direction the loss changes by {numeric:.9g} per unit, and the "
            f"gradient says {analytic:.9g}.",
            look=look,
            part=what,
        )


def _slope(function, x, direction, step=1e-6):
    original = x.copy()
    x[...] = original + step * direction
    above = function()
    x[...] = original - step * direction
    below = function()
    x[...] = original
    return (above - below) / (2 * step)


def _unit(x, place):
    direction = np.zeros_like(x)
    direction[place] = 1
    return direction
