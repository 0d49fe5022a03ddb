"""Edits that mend a program, part by part: what each is about, and how it reads in the learner's file."""

import ast
import difflib

from tests.grading.finding import Change, Remark
from tests.grading.repair.differences import Text

from .marked import Values, Watched, span_of, values_of
from .phrases import said_of, said_of_a_place
from .slips import slips

TOGETHER = {"one draw for both", "order"}  # kinds whose edits are one change in several places
MOST = 8  # lines of a change that is shown
PARTS = 3  # mistakes that are told


class Mended:
    """A change that mends a program, and its parts, each a mistake of its own.

    count: the tests that pass with it.
    """

    def __init__(self, source, change, count, exercise, call):
        self.source, self.change, self.count = source, change, count
        self.watched = Watched(change.source, exercise, call)
        self.text = Text(source)
        found = slips(source, change.source, change.kinds if len(change.kinds) == 1 else ())
        one = len(change.kinds) == 1 and len(found) > 1
        together = one or TOGETHER & set(change.kinds) or any("moved" in kind for kind in change.kinds)
        # A statement of another kind in its place belongs to what is changed beside it, whoever knows how.
        places = {slip.marked.lineno for slip in found}
        self.entangled = not together and len(places) > len(change.kinds) and any(map(_replaced, found))
        groups = [found] if together or self.entangled else [[slip] for slip in found[:PARTS]]
        self.parts = [Part(self, group) for group in groups]
        if len(self.parts) > 1 and self._overlap():
            self.parts = [Part(self, found)]

    def _overlap(self):
        """Return True if the changes of two parts are about the same lines."""
        changes = sorted(part.change for part in self.parts if part.change)
        ends = [change.line + change.before.count("\n") for change in changes]
        return any(end >= other.line for end, other in zip(ends, changes[1:], strict=False))

    def without(self, part):
        """Return the source with all edits but those of a part; None if these are another part's, too."""
        own = [edit for edit in self.change.edits if part.has(edit)]
        if any(other.has(edit) for other in self.parts if other is not part for edit in own):
            return None
        return self.text.changed([edit for edit in self.change.edits if edit not in own])


def _replaced(slip):
    kinds = {type(slip.one), type(slip.other)}
    return slip.single and len(kinds) > 1 and kinds != {ast.Assign, ast.AugAssign}


class Part:
    """One mistake of a mended program: the slips that are told as one."""

    def __init__(self, mended, group):
        self.mended, self.slips, self.slip = mended, group, group[0]
        tellable = mended.change.shown and not mended.entangled
        self.said = said_of(self.slip) if tellable else said_of_a_place(self.slip)
        marked = self.slip.marked
        after = not self.slip.old and self.slip.after
        self.line = marked.end_lineno if after else marked.lineno
        self.last = max(self.line, getattr(self.slip.a or self.slip.marked, "end_lineno", self.line))
        if self.slip.a is None and (not self.slip.old or hasattr(self.slip.old[0], "body")):
            self.last = self.line
        self.span = span_of(marked) if self.slip.old else None

    def has(self, edit):
        """Return True if an edit to the text is a part of this."""
        if len(self.mended.parts) == 1:
            return True
        return edit.line <= self.last and self.line <= edit.end_line

    def values(self, watched):
        """Return the Values of the expression that is marked, beside what is right."""
        slip = self.slip
        if slip.a is None:
            return Values()
        right = span_of(slip.marked_right) if self.mended.change.shown else None
        return values_of(watched, span_of(slip.marked), self.mended.watched, right)

    @property
    def change(self):
        """Return the change in whole lines, None if it must not be shown."""
        if not self.mended.change.shown:
            return None
        own = [edit for edit in self.mended.change.edits if self.has(edit)]
        before, after = self.mended.source.split("\n"), self.mended.text.changed(own).split("\n")
        codes = difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
        codes = [code for code in codes if code[0] != "equal"]
        if not codes:
            return None
        (_, i, _, j, _), (*_, k, _, m) = codes[0], codes[-1]
        if k - i > MOST or m - j > MOST:
            return None
        return Change(i + 1, "\n".join(before[i:k]), "\n".join(after[j:m]), self.mended.count)

    def besides(self, lines):
        """Return a remark on each other place at which the same was written."""
        places = [lines.place(slip.marked.lineno) for slip in self.slips[1:]]
        return tuple(Remark("This line belongs to it:", place) for place in places)
