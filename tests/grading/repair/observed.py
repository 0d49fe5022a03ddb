"""What was seen of a run: the lines that ran, each function's names and their values, where it first
raised.
"""

import math
import sys
import warnings
from dataclasses import dataclass, field

import numpy as np


@dataclass
class Seen:
    """lines: numbers of the file that ran. values: by function, the names and values at its end. assigned: by
    line, marks of what was assigned or returned there. raised: the line of the first exception.
    """

    lines: set[int] = field(default_factory=set)
    values: dict[str, dict] = field(default_factory=dict)
    assigned: dict[int, list] = field(default_factory=dict)
    raised: int | None = None


def watch(file, action):
    """Run ``action()`` and return what was seen of the functions in a file."""
    seen, before = Seen(), {}

    def local(frame, event, argument):
        seen.lines.add(frame.f_lineno)
        if event in ("line", "return"):
            line, names = before.get(frame, (None, {}))
            now = dict(frame.f_locals)
            if line is not None:
                new = [value for name, value in now.items() if names.get(name) is not value]
                seen.assigned.setdefault(line, []).extend(map(mark, new))
            if event == "return" and argument is not None:
                seen.assigned.setdefault(frame.f_lineno, []).extend(_marks(argument))
            before[frame] = frame.f_lineno, now
            seen.values.setdefault(frame.f_code.co_name, {}).update(now)
        elif event == "exception" and seen.raised is None:
            seen.raised = frame.f_lineno
        return local

    def enter(frame, event, argument):
        return local if frame.f_code.co_filename == file else None

    outside = sys.gettrace()
    sys.settrace(enter)
    try:
        action()
    finally:
        sys.settrace(outside)
    return seen


def mark(value):
    """Return what equal arrays and numbers have in common, up to rounding; None for anything else."""
    if isinstance(value, np.ndarray) and value.dtype.kind in "fiu" and value.size < 400:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return value.shape, *np.round(value.astype(np.float64), 5).ravel().tolist()
    if isinstance(value, int | float | np.number) and not isinstance(value, bool):
        return round(float(value), 6) if math.isfinite(value) else None
    return None


def _marks(value):
    return [found for v in value for found in _marks(v)] if isinstance(value, tuple | list) else [mark(value)]


def kind_of_value(value):
    """Return in a word, and its shape, what sort of thing a value is: what may stand for what."""
    if isinstance(value, np.ndarray):
        return f"array{' bool' if value.dtype.kind == 'b' else ''} {value.shape}"
    for types, kind in (
        ((bool, np.bool_), "bool"),
        ((int, np.integer), "int"),
        ((float, np.floating), "number"),
        ((list, tuple), "list"),
        (str, "str"),
        ((np.dtype, type), "dtype"),
        (np.random.Generator, "generator"),
        (type(None), "none"),
    ):
        if isinstance(value, types):
            return kind
    return "function" if callable(value) else "other"


def equal_values(one, other):
    """Return True if two names may stand for the same thing: equal arrays, numbers or texts."""
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        return one.shape == other.shape and one.dtype == other.dtype and bool(np.array_equal(one, other))
    return type(one) is type(other) and isinstance(one, int | float | str) and one == other
