"""The marked expression: where it stands in the learner's file, and what it is on the call that is shown."""

import ast
from typing import Any, NamedTuple

import numpy as np

from tests.grading.finding import Place
from tests.grading.trace import program_of
from tests.grading.trace.records import Place as Span
from tests.grading.trace.relations import pair_of, related
from tests.grading.trace.source import place_of

FEW = 6  # entries of an array that are shown one by one
CASES = 12  # calls in which an expression is looked for
PAIRS = 3  # calls in which it is compared with what is right
LONG = 4000  # events of a run beyond which no other call is looked at


class Values(NamedTuple):
    """What an expression is on a call, and what a mended program has in its place, None if that is not known.

    call: the text of another call than the one that is shown, "" for that one. relation: how the two relate
    in several calls, {} being the right value. moment: in which round of a loop, "" for the only one.
    """

    mine: Any = None
    right: Any = None
    call: str = ""
    relation: str = ""
    moment: str = ""

    @property
    def words(self):
        """Return them in words; "" if there is nothing to show."""
        mine = described(self.mine)
        if not mine:
            return ""
        needed = self._needed()
        if not needed and (types := _types(self.mine, self.right)) and self.right is not None:
            mine, needed = f"{mine} of {types[0]}", f"; {types[1]} is needed"
        moment = f" {self.moment}" if self.moment else ""
        return f"{mine}{moment}{needed}" + (f" (with {self.call})" if self.call else "")

    def _needed(self):
        """Return what is needed instead, in words, "" if there is nothing short to say."""
        if self.right is not None and _alike(self.mine, self.right):
            return ""  # the relation shows in other calls alone
        if self.relation:
            found = self.relation.format("what is needed")
            return f"; {found}" if not found.startswith("it is") else found.replace("it is", ",", 1)
        right = described(self.right)
        if not right or (_shape(self.mine) == _shape(self.right) and _size(self.mine) > FEW):
            return ""
        if right == described(self.mine):
            return ""
        return f"; {right} is needed"


def _alike(one, other):
    """Return True if two values hold the same numbers."""
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_alike, one, other))
    with np.errstate(all="ignore"):
        one, other = (value if isinstance(value, list) else np.asarray(value) for value in (one, other))
        if isinstance(one, list) or isinstance(other, list) or one.shape != other.shape:
            return False
        if one.dtype.kind in "biuf" and other.dtype.kind in "biuf":
            return bool(np.allclose(one, other, rtol=1e-6, atol=0, equal_nan=True))
        return bool(np.array_equal(one, other))


def _shape(value):
    """Return the shape of a number or an array; of a list, its length."""
    return len(value) if isinstance(value, list) else np.shape(value)


def _size(value):
    return len(value) if isinstance(value, list) else np.size(value)


def _types(mine, right):
    """Return the dtypes of two values that differ in nothing else, None if they do not differ."""
    one, other = (getattr(value, "dtype", type(value).__name__) for value in (mine, right))
    return (one, other) if one != other else None


def described(value):
    """Return a value in words: a number, a few of them, or the shape of an array; "" for anything else."""
    if isinstance(value, bool | np.bool_ | int | float | np.number):
        return _number(value)
    if isinstance(value, np.ndarray) and value.dtype.kind in "fiub":
        if value.ndim and 0 < value.size <= FEW:
            return _entries(value)
        return f"an array {value.shape}" if value.ndim else _number(value[()])
    if isinstance(value, list) and value and all(isinstance(v, int | float | np.number) for v in value):
        return f"[{', '.join(map(_number, value[:FEW]))}{', ...' if len(value) > FEW else ''}]"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    return ""


def _entries(array):
    inner = map(_number if array.ndim == 1 else _entries, array)
    return f"[{', '.join(inner)}]"


def _number(value):
    value = value.item() if isinstance(value, np.generic) else value
    return f"{value + 0:.4g}" if isinstance(value, float) else str(value)


class Watched:
    """A program whose expressions are looked at while the exercise's cases run.

    call: the text of the case that is shown to the learner.
    """

    def __init__(self, source, exercise, call):
        self.program, self.exercise, self.call = program_of(source, exercise), exercise, call
        self._runs = {}

    def texts(self):
        """Return the texts of the first cases, that of the shown one in front."""
        from tests.solutions import PROBES

        found = []

        def listing(subject):
            for case in PROBES[self.exercise](subject):
                found.extend(one.text for one in (case.shown, case) if one is not None)
            return {}

        self.program.run(listing)
        return list(dict.fromkeys([*([self.call] if self.call in found else []), *found]))[:CASES]

    def events(self, span, text):
        """Return the values that an expression had in a case, round by round; what the case gave."""
        if text not in self._runs:
            self._runs[text] = self.program.run(lambda subject: self._case(subject, text))
        run = self._runs[text]
        sites = {
            k for k, site in enumerate(self.program.sites) if site.place == span and site.kind != "Enter"
        }
        values = [e.value for e in run.events[run.start :] if e.site in sites]
        return [value for value in values if value is not None], run.given

    def made(self, dtype, text):
        """Return the span of the first expression with an array of a dtype in a case, None if none has."""
        self.events(None, text)
        run = self._runs[text]
        for event in run.events[run.start :]:
            site = self.program.sites[event.site]
            if site.kind != "Enter" and str(getattr(event.value, "dtype", "")) == dtype:
                return site.place
        return None

    def length(self, text):
        """Return how much happened in a case that was run."""
        return len(self._runs[text].events)

    def _case(self, subject, text):
        from tests.solutions import PROBES

        for case in PROBES[self.exercise](subject):
            for one in (case.shown, case):
                if one is not None and one.text == text:
                    return {"result": one.run()}
        return {}


def values_of(watched, span, mended=None, there=None):
    """Return the Values of an expression: on the shown call if it is reached in it, else on the next.

    mended: the Watched program that is right; there: the span of what it has in the expression's place.
    """
    pairs, shown = [], None
    for text in watched.texts():
        mine, given = watched.events(span, text)
        right = mended.events(there, text)[0] if mended and there else []
        if not mine:
            continue
        nth = next((i for i, two in enumerate(zip(mine, right, strict=False)) if not _alike(*two)), 0)
        if shown is None:
            shown = Values(
                mine[nth],
                right[nth] if nth < len(right) else None,
                "" if text == watched.call else text,
                moment=_moment(nth, len(mine)),
            )
            if not right:
                return shown
        pair = pair_of(mine[nth], right[nth], given) if nth < len(right) else None
        if pair is not None and not any(map(_is_bool, (mine[nth], right[nth]))) and not _alike(*pair[:2]):
            pairs.append(pair)
        if len(pairs) == PAIRS or watched.length(text) > LONG:
            break
    if shown is None:
        return Values()
    return shown._replace(relation=related(pairs, proven=True))


def _is_bool(value):
    """Return True for yes or no, once or in each entry: no arithmetic relates such values."""
    return np.asarray(value).dtype.kind == "b"


def _moment(nth, count):
    if count < 2:
        return ""
    names = ("first", "second", "third")
    return f"the {names[nth] if nth < len(names) else f'{nth + 1}th'} time"


class Lines:
    """A learner's file: places in it, as characters counted from 1."""

    def __init__(self, file, source):
        self.file, self.source = file, source
        self.lines = source.split("\n")
        self.tree = ast.parse(source)

    def place(self, line, span=None):
        """Return the Place of a line; span: the trace's span of an expression that begins there."""
        text = self.lines[line - 1].rstrip() if 0 < line <= len(self.lines) else ""
        found = Place(self.file, line, text, self.function(line))
        if span is None or span.line != line or self._covers(span):
            return found
        last = min(span.end_line, len(self.lines))
        return found._replace(
            column=self._characters(line, span.column) + 1,
            end_line=last,
            end_column=self._characters(last, span.end_column) + 1,
        )

    def _covers(self, span):
        """Return True if a span is a whole block of lines, of which nothing need be marked."""
        return span.end_line - span.line > 3

    def _characters(self, line, column):
        return len(self.lines[line - 1].encode()[:column].decode(errors="ignore"))

    def function(self, line):
        """Return the name of the function that a line belongs to, with its class; "" if there is none."""
        names, body = [], self.tree.body
        while body:
            inner = next((n for n in body if getattr(n, "lineno", line + 1) <= line <= n.end_lineno), None)
            if isinstance(inner, ast.FunctionDef | ast.ClassDef):
                names.append(inner.name)
            body = getattr(inner, "body", None) if isinstance(inner, ast.FunctionDef | ast.ClassDef) else None
        return ".".join(names)


def span_of(node):
    """Return the span of an expression, None if it stands nowhere."""
    return place_of(node) if isinstance(node, ast.AST) and hasattr(node, "lineno") else None


__all__ = ["Lines", "Span", "Values", "Watched", "described", "span_of", "values_of"]
