"""A list of statements that is edited as a whole: what is swapped, moved or put in, found by identity."""

import ast

from tests.grading.repair.edits import Edit


def index_of(node, block):
    """Return where a statement stands now, other edits having perhaps moved it.

    Raises LookupError if it is gone.
    """
    for i, other in enumerate(block):
        if other is node:
            return i
    raise LookupError("the statement is gone")


def anew(node, **fields):
    """Return a statement with some fields changed."""
    return ast.copy_location(type(node)(**({f: getattr(node, f) for f in node._fields} | fields)), node)


def parsed(text):
    return ast.parse(text).body[0]


class Block:
    """A list of statements that is edited, and the edits to it as a whole."""

    def __init__(self, statements):
        self.statements = statements

    def edit(self, kind, cost, node, make, form=""):
        return Edit(kind, cost, node.lineno, self.statements, None, make, form or kind, node)

    def swap(self, kind, cost, node, *new, form=""):
        """Put other statements, or what a function returns, in the place of one."""

        def make(now):
            i = index_of(node, now)
            return [*now[:i], *(new[0]() if len(new) == 1 and callable(new[0]) else new), *now[i + 1 :]]

        return self.edit(kind, cost, node, make, form)

    def shift(self, kind, cost, node, by):
        """Move a statement down by so many places; by None: to the end."""

        def make(now):
            i = index_of(node, now)
            rest = now[:i] + now[i + 1 :]
            j = len(rest) - 1 if by is None else i + by
            return [*rest[:j], node, *rest[j:]]

        return self.edit(kind, cost, node, make, f"{kind} {by}")

    def insert(self, kind, cost, i, make, form):
        """Put a statement in front of the one that stands at ``i`` now."""
        anchor = self.statements[i] if i < len(self.statements) else None
        node = anchor or self.statements[-1]
        line = anchor.lineno if anchor is not None else node.end_lineno

        def put(now):
            j = len(now) if anchor is None else index_of(anchor, now)
            return [*now[:j], make(), *now[j:]]

        return Edit(kind, cost, line, self.statements, None, put, form, node)
