"""Comparing: whether a part of an outcome is the right one, and in what it differs."""

import numpy as np

DOUBLE, SINGLE = 1e-7, 2e-4  # how far apart results may be that are computed in float64 and in float32


def close(one, other, rtol=DOUBLE):
    """Return True if two snapshots hold the same numbers in the same shape."""
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return all(close(a, b, rtol) for a, b in zip(one, other, strict=True))
    if one is None or other is None or isinstance(one, str | list) or isinstance(other, str | list):
        return type(one) is type(other) and not isinstance(one, list) and one == other
    if np.shape(one) != np.shape(other):
        return False
    atol = rtol if rtol == SINGLE else 1e-9
    with np.errstate(all="ignore"):
        return bool(np.allclose(one, other, rtol=rtol, atol=atol, equal_nan=True))


def difference(mine, right, rtol):
    """Return how a part differs from the right one: "value", "shape", "dtype"; None if it does not."""
    if isinstance(mine, list) != isinstance(right, list) or isinstance(right, list):
        return None if close(mine, right, rtol) else "value"
    if mine is None or right is None or isinstance(mine, str) or isinstance(right, str):
        return None if close(mine, right) else "value"
    if np.shape(mine) != np.shape(right):
        return "shape"
    if not close(mine, right, rtol):
        return "value"
    if isinstance(right, np.ndarray) and right.ndim:
        return None if isinstance(mine, np.ndarray) and _kind(mine) == _kind(right) else "dtype"
    if isinstance(right, float) and not isinstance(mine, float):
        return "dtype"
    return None


def _kind(array):
    """Return what must be the same of two dtypes: any integers will do for integers."""
    return "i" if array.dtype.kind in "iu" else array.dtype


def wrong_parts(mine, right, rtol=0.0):
    """Return {part: how it differs} of two outcomes, in the order of the right one."""
    rtol = rtol or (SINGLE if single(right) else DOUBLE)
    names = [*right, *(name for name in mine if name not in right)]
    found = {}
    for name in names:
        kind = difference(mine[name], right[name], rtol) if name in mine and name in right else "missing"
        if kind:
            found[name] = kind
    return found


def single(outcome):
    """Return True if an outcome was computed in float32."""
    return any(getattr(value, "dtype", None) == np.float32 for value in outcome.values())
