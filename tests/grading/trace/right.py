"""Right values: those that right variants of an exercise compute in a call; what others share with them."""

import numpy as np

from .records import Match

PLAIN = np.array([-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0])  # stand in every formula, and tell nothing
NUMBERS = np.ndarray | np.floating | float | int | np.integer


def of_floats(value):
    """Return the array of a number, or of a list of numbers, in float64; None for anything else."""
    try:
        array = np.asarray(value)
        return array.astype(np.float64) if array.dtype.kind in "fiub" else None
    except (TypeError, ValueError):
        return None


def tells_nothing(array):
    """Return True if an array holds what any program might: nothing, or plain numbers only."""
    return bool(np.all(np.isin(array, PLAIN) | ~np.isfinite(array)))


def generic(value):
    """Return True if a value has enough different entries to be known by them."""
    array = of_floats(value)
    return array is not None and (array.size == 1 or len(np.unique(array)) > 0.6 * array.size)


class RightValues:
    """The values of right variants on one call.

    providers: (variant, site, item, values): what a site of a variant gave, round by round, or the entries of
    a collection that it gave.
    """

    def __init__(self, runs):
        self.providers = []
        for variant, run in runs:
            found = {}
            for event in run.events:
                if isinstance(event.value, NUMBERS) and not isinstance(event.value, bool):
                    found.setdefault((event.site, -1), []).append(event.value)
                for j, item in enumerate(event.value if isinstance(event.value, list) else ()):
                    if isinstance(item, np.ndarray | np.floating | float):
                        found.setdefault((event.site, j), []).append(item)
            self.providers += [(variant, *key, values) for key, values in found.items()]
        self._rows, self._entries = {}, np.zeros(0)
        with np.errstate(all="ignore"):
            self._gather()

    def _gather(self):
        shapes, rows, entries, seen = {}, {}, [np.abs(PLAIN)], set()
        for *_, values in self.providers:
            for value in values:
                array = of_floats(value)
                key = (array.shape, array.tobytes())
                if key in seen:
                    continue
                seen.add(key)
                rows.setdefault(array.size, []).append(array.ravel())
                shapes.setdefault(array.size, []).append(array.shape)
                entries.append(array.ravel())
                if array.ndim and 2 <= array.size <= 2000:  # what a loop that adds up goes through
                    entries += [np.cumsum(array, axis=0).ravel(), np.cumsum(array, axis=-1).ravel()]
        self._rows = {size: (np.array(several), shapes[size]) for size, several in rows.items()}
        joined = np.abs(np.concatenate(entries))
        self._entries = np.unique(joined[np.isfinite(joined)])

    def match(self, value, partly=False, single=False):
        """Return the Match of a value; partly: entries of right values will do."""
        if value is None or isinstance(value, bool | np.bool_ | int | np.integer | str):
            return Match.NEUTRAL
        if isinstance(value, list):
            array = of_floats(value)
            if array is None:
                return max((self.match(item, partly, single) for item in value), default=Match.NEUTRAL)
            value = array if np.asarray(value).dtype.kind == "f" else None
            return self.match(value, partly, single)
        if np.asarray(value).dtype.kind == "c":
            return Match.NONE
        array, kind = of_floats(value), np.asarray(value).dtype.kind
        if np.isnan(array).all() or (tells_nothing(array) and np.all(array == array.flat[0])):
            return Match.NEUTRAL
        return self._match(array, kind, partly, single)

    def _match(self, array, kind, partly, single):
        flat = array.ravel()
        rows, shapes = self._rows.get(array.size, (np.zeros((0, array.size)), []))
        alike = self._alike(rows, flat, single)
        if any(shapes[i] == array.shape for i in alike):
            return Match.EXACT
        turned = array.T.ravel() if array.ndim == 2 else flat
        if len(alike) or len(self._alike(rows, turned, single)):
            return Match.FORM
        if kind == "b":
            return Match.FORM if len(self._alike(rows, 1 - flat, single)) else Match.NONE
        if tells_nothing(array) and kind == "f":
            return Match.NEUTRAL
        if len(self._alike(rows, -flat, single)) or len(self._alike(rows, -turned, single)):
            return Match.SIGN
        if partly and self._known(flat, single):
            return Match.ENTRIES
        if self._broadcast(array, kind, partly, single):
            return Match.FORM
        return Match.FACTOR if array.size > 1 and self._times(rows, flat) else Match.NONE

    @staticmethod
    def _alike(rows, flat, single):
        """Return the indices of the rows that are equal to these entries."""
        with np.errstate(all="ignore"):
            near = np.abs(rows - flat) <= (2e-4 if single else 1e-8) * (1e-3 + np.abs(flat))
            equal = near | (rows == flat) | (np.isnan(rows) & np.isnan(flat))
        return np.flatnonzero(equal.all(axis=1))

    def _known(self, flat, single):
        """Return True if every entry is, up to its sign, one of a right value."""
        x = np.abs(flat[np.isfinite(flat)])
        at = np.clip(np.searchsorted(self._entries, x), 1, len(self._entries) - 1)
        near = np.minimum(np.abs(self._entries[at] - x), np.abs(self._entries[at - 1] - x))
        return bool(np.all(near <= (1e-6 if single else 1e-9) * np.maximum(1e-3, x)))

    def _broadcast(self, array, kind, partly, single):
        """Return True if all rows, or all columns, are one that is right."""
        for axis in range(array.ndim if array.ndim == 2 and kind == "f" else 0):
            first = array.take(0, axis)
            repeated = array.shape[axis] > 1 and (array == array.take([0], axis)).all()
            if repeated and self.match(first, partly, single) <= Match.FORM:
                return True
        return False

    @staticmethod
    def _times(rows, flat):
        """Return True if these entries are a multiple of a right value."""
        if not np.isfinite(flat).all():
            return False
        top = int(np.argmax(np.abs(flat)))
        with np.errstate(all="ignore"):
            ratios = flat[top] / rows[:, top]
            near = np.abs(rows * ratios[:, None] - flat) <= 1e-7 * np.abs(flat[top])
        return bool((near.all(axis=1) & np.isfinite(ratios) & (ratios != 0)).any())

    def provided(self, source, count):
        """Return the values of a source for ``count`` rounds, None if it has not as many."""
        for variant, site, item, values in self.providers:
            if (variant, site, item) == source[:3]:
                way, _, turned = source[3].partition(", ")
                given = dict(_ways(values, count)).get(way)
                return [np.transpose(one) for one in given] if given and turned else given
        return None

    def stand_ins(self, value, count):
        """Yield (source, values): what may stand where a value of this kind stands ``count`` times.

        source: the variant, site and item that the values are from, and the way in which they are handed out.
        """
        seen, number = set(), np.ndim(value) == 0
        whole = number and isinstance(value, int | np.integer) and not isinstance(value, bool)
        for variant, site, item, values in self.providers:
            for way, given in _ways(values, count):
                first = given[0]
                fits = (np.ndim(first) == 0) == number
                if not fits or (number and whole != isinstance(first, int | np.integer)):
                    continue
                if not number and np.size(first) != np.size(value) and np.ndim(first) != np.ndim(value):
                    continue
                options = [(way, given)]
                if np.ndim(first) == 2 and np.shape(first) != np.shape(first)[::-1]:
                    options.append((f"{way}, transposed", [np.transpose(one) for one in given]))
                for name, several in options:
                    key = (np.shape(several[0]), *(np.asarray(one).tobytes() for one in several))
                    if key not in seen:
                        seen.add(key)
                        yield (variant, site, item, name), several


def _ways(values, count):
    """Yield the ways to hand out values in ``count`` rounds: (name, values)."""
    if len(values) == count:
        yield "each", values
        if count > 1:
            yield "reversed", values[::-1]
    elif len(values) == 1 and np.ndim(values[0]):
        array = np.asarray(values[0])
        if len(array) == count:
            yield "rows", list(array)
        if array.ndim == 2 and array.shape[1] == count:
            yield "columns", list(array.T)
        if array.size == count and array.ndim > 1:
            yield "entries", list(array.ravel())
