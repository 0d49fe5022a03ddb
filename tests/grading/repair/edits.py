"""An edit: one node of a syntax tree, or one list of statements, put in the place of another and taken back.

What an edit puts there is made only when it is applied, so that listing a thousand of them costs little, and
from the nodes that then stand there, so that two edits can be applied together.
"""

import ast
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

from tests.grading.trace.trees import walked

WORD = re.compile(r"\w+")
MODULES = ("np", "math")
TOKEN = re.compile(r"\w+\.?\d*|\*\*|//|[^\w\s]")


@dataclass(eq=False, slots=True)
class Edit:
    """What to put where: ``make()`` at ``holder.key`` or ``holder[key]``; with key None, ``make(list)``
    makes a list of statements anew from the list as it then stands.

    kind: its name in the catalogue. cost: how unlikely it is. line: in the learner's source. form: the rule
    that it follows. node: what is replaced; edits of one form to nodes that look alike are the same slip
    made twice.
    """

    kind: str
    cost: float
    line: int
    holder: Any
    key: str | int | None
    make: Callable
    form: str
    node: ast.AST

    def at(self, cost):
        """Return the same edit at another cost."""
        return Edit(self.kind, cost, self.line, self.holder, self.key, self.make, self.form, self.node)


class Candidate(NamedTuple):
    """Edits to one function that are tried together, what they cost, and how much nearer they bring it.

    tree: of a candidate that passes, the function as it then stood. (Edits upon edits cannot be applied
    again: the nodes in which they stand are made anew each time.)
    """

    home: str
    edits: tuple[Edit, ...]
    cost: float
    gain: float = 0.0
    tree: ast.AST | None = None

    @property
    def lines(self):
        return {edit.line for edit in self.edits}

    @property
    def kinds(self):
        return {edit.kind for edit in self.edits}


def put(edit, value):
    """Put a value at an edit's place; return the one that stood there."""
    if edit.key is None:
        old, edit.holder[:] = edit.holder[:], value
    elif isinstance(edit.holder, list):
        old, edit.holder[edit.key] = edit.holder[edit.key], value
    else:
        old = getattr(edit.holder, edit.key)
        setattr(edit.holder, edit.key, value)
    return old


@contextmanager
def applied(edits) -> Iterator[list[ast.AST]]:
    """Apply edits within the block, in their order, and take them back afterwards; give what is new."""
    done, fresh = [], []
    try:
        for edit in edits:
            new = edit.make(list(edit.holder)) if edit.key is None else edit.make()
            old = put(edit, new)
            done.append((edit, old))
            for root in new if edit.key is None else [new]:
                if edit.key is not None or not any(root is kept for kept in old):
                    locate(root, edit.line)
                    fresh.append(root)
        yield fresh
    finally:
        for edit, old in reversed(done):
            put(edit, old)


def locate(root, line):
    """Give new nodes the line of the edit that made them."""
    for node in walked(root):
        if "lineno" in node._attributes and getattr(node, "lineno", 1) <= 1:
            node.lineno = node.end_lineno = line
            node.col_offset = node.end_col_offset = 0


def bag(node):
    """Return the tokens of a tree, or of its text, and how often each occurs."""
    text = node if isinstance(node, str) else ast.unparse(node)
    return Counter(token for token in TOKEN.findall(text) if token not in "()'\"")


def distance(one, other):
    """Return in how many tokens two bags differ."""
    apart = sum(other.values())
    for token, count in one.items():
        there = other.get(token, 0)
        apart += abs(count - there) - there
    return apart


def masked(node):
    """Return the text of a node without its names and numbers."""
    return WORD.sub("n", ast.unparse(node))


def load(name):
    return ast.Name(name, ast.Load())


def name_of(call):
    """Return the last name of what is called."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def is_module(node):
    return isinstance(node, ast.Name) and node.id in (*MODULES, "self")


def names_in(node, ctx=ast.expr_context):
    """Return the names that occur in a tree, or only those that are loaded or stored."""
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ctx)}
