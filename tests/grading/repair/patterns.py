"""Rules as they are written: "A * B + C -> A * (B + C)", matched to syntax trees and filled in.

A single capital letter stands for any expression, twice the same for equal ones. P, V, S and L, in the
replacement alone, stand for each array parameter, array, number and list in scope. OP stands for each
operator.
"""

import ast
import functools
from typing import NamedTuple

from tests.grading.trace.trees import copied

OPERATORS = ("+", "-", "*", "/", "**", "@", "//")
IN_SCOPE = "PVSL"


class Rule(NamedTuple):
    """An edit as the catalogue has it.

    value: the kinds of value that what is replaced may have, "?" for one that is unknown; () for any. free:
    the letters of the replacement that stand for names in scope. words: the names that it needs.
    """

    kind: str
    cost: float
    value: tuple[str, ...]
    pattern: ast.AST
    new: tuple[ast.AST, ...]
    free: tuple[str, ...]
    words: frozenset[str]
    text: str


def read(table):
    """Return by the type of their pattern's root the rules of a table; ast.AST stands for any root."""
    rules, kind = {}, ""
    for line in filter(None, map(str.strip, table.splitlines())):
        if line.startswith("["):
            kind = line[1:-1]
            continue
        cost, value, rule = line.split(maxsplit=2)
        for sign in OPERATORS if "OP" in rule else ("",):
            before, after = (part.strip() for part in rule.replace("OP", sign).split("->"))
            pattern = _parsed(before)
            news = tuple(map(_parsed, after.split(";") if after else ()))
            root = ast.AST if _is_variable(pattern) else type(pattern)
            values = () if value == "any" else tuple(value.split(","))
            entry = Rule(kind, float(cost), values, pattern, news, *_names(pattern, news), f"{kind}: {line}")
            rules.setdefault(root, []).append(entry)
    return rules


@functools.cache
def _parsed(text):
    statement = ast.parse(f"def f():\n {text.strip()}").body[0].body[0]
    return statement.value if isinstance(statement, ast.Expr) else statement


def _names(pattern, news):
    """Return the free letters of a rule, and the other names that its replacement needs."""
    bound = {n.id for n in ast.walk(pattern) if isinstance(n, ast.Name)}
    loaded, stored, attributes = set(), set(), set()
    for node in (n for new in news for n in ast.walk(new)):
        if isinstance(node, ast.Name):
            (loaded if isinstance(node.ctx, ast.Load) else stored).add(node.id)
        elif isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "self":
            attributes.add(f"self.{node.attr}")
    needed = loaded - bound - stored
    return tuple(n for n in IN_SCOPE if n in needed), frozenset(needed - set(IN_SCOPE) | attributes)


def _is_variable(node):
    return isinstance(node, ast.Name) and len(node.id) == 1 and node.id.isupper()


def match(pattern, node, bound=None):
    """Return what each capital letter of a pattern stands for in a node; None if the node does not fit."""
    bound = {} if bound is None else bound
    if _is_variable(pattern):
        if not isinstance(node, ast.expr) or isinstance(node, ast.Starred | ast.Slice):
            return None
        known = bound.setdefault(pattern.id, node)
        return bound if known is node or ast.unparse(known) == ast.unparse(node) else None
    if type(pattern) is not type(node):
        return None
    for field in pattern._fields:
        wanted, got = getattr(pattern, field, None), getattr(node, field, None)
        if isinstance(wanted, ast.AST):
            if not isinstance(wanted, ast.expr_context) and match(wanted, got, bound) is None:
                return None
        elif isinstance(wanted, list):
            if len(wanted) != len(got) or any(
                match(w, g, bound) is None for w, g in zip(wanted, got, strict=True)
            ):
                return None
        elif field not in ("type_comment", "kind") and (type(wanted), wanted) != (type(got), got):
            return None
    return bound


def fill(template, **bound):
    """Return the tree of a template with nodes in the place of its names."""
    tree, used = _parsed(template) if isinstance(template, str) else template, set()

    def name(node):
        if node.id not in bound:
            return copied(node)
        value = bound[node.id]
        ctx = getattr(value, "ctx", None)
        if node.id in used or (ctx is not None and type(ctx) is not type(node.ctx)):
            value = copied(value)
            if ctx is not None:
                value.ctx = node.ctx
        used.add(node.id)
        return value

    return copied(tree, name if bound else None)
