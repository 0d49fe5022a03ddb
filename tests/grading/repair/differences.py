"""What differs between two trees, as small as it can be said, and as edits to the learner's own text."""

import ast
import difflib
import itertools
import textwrap
from typing import NamedTuple

MOST_TRIED = 16  # ways to put brackets around what is new
BLOCKS = ("body", "orelse", "finalbody", "handlers")


class TextEdit(NamedTuple):
    """A piece of the learner's text, from (line, column) to (end_line, end_column), and what replaces it.

    Lines count from 1 and columns, in characters, from 0.
    """

    line: int
    column: int
    end_line: int
    end_column: int
    before: str
    after: str


class Hunk(NamedTuple):
    """Statements before and after, and the smallest pair of expressions that differ, if there is one.

    header: of a compound statement, only its first line differs. anchor: what new statements stand in front
    of; behind: what they stand behind, at the end of a block.
    """

    old: tuple[ast.stmt, ...]
    new: tuple[ast.stmt, ...]
    pair: tuple[ast.expr, ast.expr] | None = None
    header: bool = False
    anchor: ast.stmt | None = None
    behind: ast.stmt | None = None

    @property
    def line(self):
        if self.old:
            return self.pair[0].lineno if self.pair else self.old[0].lineno
        return self.anchor.lineno if self.anchor else self.behind.end_lineno


def hunks(old, new):
    """Return what differs between two lists of statements."""
    texts = [list(map(ast.unparse, statements)) for statements in (old, new)]
    if (at := _exchanged(old, *texts)) is not None:
        return [Hunk((old[at],), ()), _inserted([new[at + 1]], old, at + 2)]
    found = []
    for tag, i, j, k, m in difflib.SequenceMatcher(None, *texts, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        mine, theirs = old[i:j], new[k:m]
        while len(mine) < len(theirs) and mine and not _like(mine[0], theirs[0]):
            found.append(_inserted([theirs[0]], old, i))
            theirs = theirs[1:]
        paired = min(len(mine), len(theirs))
        for one, other in zip(mine[:paired], theirs[:paired], strict=True):
            found += _statement(one, other)
        if len(mine) > paired:
            found += [Hunk((one,), ()) for one in mine[paired:]]
        elif len(theirs) > paired:
            found.append(_inserted(theirs[paired:], old, j))
    return found


def _exchanged(old, before, after):
    """Return where a line has changed places with the block behind it: then the line moves, not the block."""
    for at in range(len(old) - 1 if len(before) == len(after) else 0):
        swapped = [*before[:at], before[at + 1], before[at], *before[at + 2 :]]
        if swapped == after and not hasattr(old[at], "body") and hasattr(old[at + 1], "body"):
            return at
    return None


def _like(one, other):
    """Return True if a statement is rather a changed form of another than a new one."""
    return (
        type(one) is type(other)
        and difflib.SequenceMatcher(None, ast.unparse(one), ast.unparse(other)).ratio() > 0.5
    )


def _inserted(new, old, at):
    if at < len(old):
        return Hunk((), tuple(new), anchor=old[at])
    return Hunk((), tuple(new), behind=old[-1])


def head(node):
    """Return a compound statement without its blocks, any other as it is."""
    if not hasattr(node, "body"):
        return node
    fields = {f: getattr(node, f) for f in node._fields}
    fields |= {f: [ast.Pass()] if f == "body" else [] for f in BLOCKS if f in fields}
    return ast.copy_location(type(node)(**fields), node)


def _statement(one, other):
    if ast.unparse(one) == ast.unparse(other):
        return []
    if type(one) is type(other) and hasattr(one, "body"):
        found = []
        if ast.unparse(head(one)) != ast.unparse(head(other)):
            found.append(Hunk((one,), (other,), narrow(head(one), head(other)), header=True))
        for field in BLOCKS:
            mine, theirs = getattr(one, field, []), getattr(other, field, [])
            if bool(mine) != bool(theirs):
                return [Hunk((one,), (other,))]
            found += hunks(mine, theirs)
        return found
    return [Hunk((one,), (other,), narrow(one, other))]


def narrow(one, other):
    """Return the smallest pair of expressions in which two trees differ, None if there is no single one."""
    pair = None
    while type(one) is type(other):
        found = list(_fields(one, other))
        if len(found) != 1 or found[0] is None:
            break
        one, other = found[0]
        if any(map(_is_index, found[0])):
            break
        if isinstance(one, ast.expr) and isinstance(other, ast.expr):
            pair = one, other
    return pair


def _is_index(node):
    """Return True for what cannot be written outside of square brackets: ``:`` and ``:, rows``."""
    return any(isinstance(n, ast.Slice) for n in (node, *getattr(node, "elts", ())))


def _fields(one, other):
    """Yield the pairs of children that differ; None for a difference that is no child's."""
    for field in one._fields:
        if field in (*BLOCKS, "ctx", "type_comment", "kind"):
            continue
        mine, theirs = getattr(one, field, None), getattr(other, field, None)
        if isinstance(mine, list) and isinstance(theirs, list):
            if len(mine) != len(theirs):
                yield None
                continue
            pairs = zip(mine, theirs, strict=True)
        else:
            pairs = [(mine, theirs)]
        for a, b in pairs:
            if isinstance(a, ast.AST) and isinstance(b, ast.AST):
                if ast.dump(a) != ast.dump(b):
                    whole = isinstance(a, ast.expr | ast.keyword | ast.comprehension | ast.arguments)
                    yield (a, b) if whole and field != "func" else None
            elif a != b:
                yield None


# ---- as text -------------------------------------------------------------------------------------


class Text:
    """The learner's source, in which trees have places."""

    def __init__(self, source):
        self.source, self.lines = source, source.split("\n")

    def _column(self, line, offset):
        return len(self.lines[line - 1].encode()[:offset].decode())

    def span(self, node):
        start = node.lineno, self._column(node.lineno, node.col_offset)
        return *start, node.end_lineno, self._column(node.end_lineno, node.end_col_offset)

    def piece(self, line, column, end_line, end_column):
        lines = self.lines[line - 1 : end_line]
        lines[-1] = lines[-1][:end_column]
        lines[0] = lines[0][column:]
        return "\n".join(lines)

    def replace(self, span, after):
        return TextEdit(*span, self.piece(*span), after)

    def edits(self, hunk, brackets=False):
        """Return the edit to the text that a hunk stands for."""
        if hunk.pair:
            after = ast.unparse(hunk.pair[1])
            if isinstance(hunk.pair[1], ast.Tuple) and hunk.pair[1].elts:
                after = after[1:-1]
            return self.replace(self.span(hunk.pair[0]), f"({after})" if brackets else after)
        if not hunk.old:
            anchor = hunk.anchor or hunk.behind
            line, column, end_line, end_column = self.span(anchor)
            text = self._written(hunk.new, self.lines[line - 1][:column])
            if hunk.anchor:
                return self.replace((line, column, line, column), text + "\n" + self.lines[line - 1][:column])
            return self.replace((end_line, end_column) * 2, "\n" + self.lines[line - 1][:column] + text)
        if not hunk.new:
            line, _, end_line, _ = self.span(hunk.old[0])
            if end_line < len(self.lines):
                return self.replace((line, 0, end_line + 1, 0), "")
            return self.replace(
                (line - 1, len(self.lines[line - 2]), end_line, len(self.lines[end_line - 1])), ""
            )
        span = self.span(hunk.old[0])
        if hunk.header:
            first = hunk.old[0].body[0]
            ended = self.lines[span[0] - 1 : first.lineno - 1]
            if not ended:
                raise ValueError("a compound statement on one line")
            while len(ended) > 1 and not ended[-1].split("#")[0].rstrip().endswith(":"):
                ended.pop()
            new = ast.unparse(head(hunk.new[0])).split("\n")[0]
            end = span[0] + len(ended) - 1
            return self.replace((span[0], span[1], end, len(ended[-1])), new)
        return self.replace(span, self._written(hunk.new, self.lines[span[0] - 1][: span[1]]))

    def _written(self, statements, indent):
        text = "\n".join(ast.unparse(ast.fix_missing_locations(s)) for s in statements)
        return textwrap.indent(text, indent).lstrip()

    def means(self, changed, intended, touched):
        """Return True if a changed source means a tree, in which only what is on touched lines is new."""
        tree, lines = ast.parse(changed), changed.split("\n")
        if len(tree.body) != len(intended.body):
            return False
        for got, wanted in zip(tree.body, intended.body, strict=True):
            if any(wanted.lineno <= line <= wanted.end_lineno for line in touched):
                if ast.dump(got) != ast.dump(ast.parse(ast.unparse(wanted)).body[0]):
                    return False
            elif lines[got.lineno - 1 : got.end_lineno] != self.lines[wanted.lineno - 1 : wanted.end_lineno]:
                return False  # to compare texts takes less time than to compare trees
        return True

    def changed(self, edits):
        """Return the source with edits applied, the last first."""
        lines = "\n".join(self.lines)
        starts = [0]
        for line in self.lines:
            starts.append(starts[-1] + len(line) + 1)
        for edit in sorted(edits, key=lambda e: (e.line, e.column), reverse=True):
            start, end = starts[edit.line - 1] + edit.column, starts[edit.end_line - 1] + edit.end_column
            lines = lines[:start] + edit.after + lines[end:]
        return lines


def as_text(source, parts, intended):
    """Return the edits to the text that make it mean the tree that is intended; None if that cannot be
    said.
    """
    text = Text(source)
    for brackets in itertools.islice(itertools.product((False, True), repeat=len(parts)), MOST_TRIED):
        try:
            edits = [text.edits(*pair) for pair in zip(parts, brackets, strict=True)]
            if text.means(text.changed(edits), intended, {part.line for part in parts}):
                return edits
        except (SyntaxError, ValueError, UnicodeDecodeError):
            continue
    return None
