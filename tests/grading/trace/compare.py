"""Comparing: whether two values are the same numbers, and in what a part of an outcome differs from the right
one.
"""

import numpy as np

from . import outcomes
from .outcomes import Array, Loose

DOUBLE, SINGLE = 1e-7, 2e-4  # how far apart values may be that are computed in float64 and in float32


def close(one, other, rtol=DOUBLE):
    """Return True if two snapshots hold the same numbers in the same shape."""
    one, other = (value.value if isinstance(value, Loose) else value for value in (one, other))
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return all(close(a, b, rtol) for a, b in zip(one, other, strict=True))
    if type(one) is np.ndarray and type(other) is np.ndarray and _apart_at_once(one, other, rtol):
        return False
    if not (_numeric(one) and _numeric(other)):
        return type(one) is type(other) and not isinstance(one, list) and one == other
    if np.shape(one) != np.shape(other):
        return False
    atol = rtol if rtol == SINGLE else 1e-9
    with np.errstate(all="ignore"):
        return bool(np.allclose(one, other, rtol=rtol, atol=atol, equal_nan=True))


def _apart_at_once(one, other, rtol):
    """Return True if the shapes or the first entries of two arrays of floats tell that they differ."""
    if one.dtype.kind != "f" or other.dtype.kind != "f":
        return False
    if one.shape != other.shape:
        return True
    a, b = (one.item(0), other.item(0)) if one.size else (0.0, 0.0)
    return abs(a - b) > 2 * rtol * (1 + abs(b))  # never of NaN and infinities, which take a closer look


def _numeric(value):
    if isinstance(value, np.ndarray):
        return value.dtype.kind in "fiubc"
    return isinstance(value, bool | int | float | complex | np.number | np.bool_)


def difference(mine, wanted):
    """Return how a part differs from an expected one: "value", "shape", "dtype"; None if it does not."""
    if outcomes.close(mine, wanted):
        return None
    wanted = wanted.value if isinstance(wanted, Array | Loose) else wanted
    mine = mine.value if isinstance(mine, Loose) else mine
    if isinstance(wanted, str | tuple | list):
        return _named(mine, wanted)
    if not _numeric(wanted) or isinstance(wanted, bool) or not _numeric(mine):
        return "value"
    if np.shape(mine) != np.shape(wanted):
        return "shape"
    single = any(getattr(value, "dtype", None) == np.float32 for value in (mine, wanted))
    return "dtype" if close(mine, wanted, SINGLE if single else DOUBLE) else "value"


def _named(mine, wanted):
    """Return how a form that is told in words differs: (type, shape, dtype), or one of them."""
    if isinstance(mine, str) and isinstance(wanted, str):
        return "dtype" if _is_dtype(mine) and _is_dtype(wanted) else "value"
    if isinstance(mine, list | tuple) and isinstance(wanted, list | tuple) and len(mine) == len(wanted):
        if wanted and all(isinstance(n, int) for n in wanted):
            return "shape" if isinstance(wanted, tuple) else "value"
        kinds = {_named(a, b) for a, b in zip(mine, wanted, strict=True) if a != b}
        return kinds.pop() if len(kinds) == 1 else "value"
    return "shape" if isinstance(mine, tuple) and isinstance(wanted, tuple) else "value"


def _is_dtype(text):
    try:
        np.dtype(text)
    except TypeError:
        return False
    return True


def differences(parts, expected, ended):
    """Return {part: how it differs}. ended: whether an exception came, after which parts are missing."""
    found = {}
    for name in [*expected, *(name for name in parts if name not in expected)]:
        if name[0] == "~" or (ended and name not in parts):
            continue
        kind = difference(parts[name], expected[name]) if name in parts and name in expected else "missing"
        if kind:
            found[name] = kind
    return found
