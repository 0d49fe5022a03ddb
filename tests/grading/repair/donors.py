"""Ingredients from right variants: constants, functions, expressions and statements in the learner's names.

A variant's parameters are the learner's by position. Its other names are the learner's where the values on
one ask are equal; the rest are replaced by what was assigned to them.
"""

import ast
import builtins
import functools
import sys
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from tests.grading.repair.edits import bag, names_in
from tests.grading.repair.observed import equal_values, watch
from tests.grading.trace.outcomes import outcome
from tests.grading.trace.trees import copied, walked
from tests.solutions import RIGHT

MOST = 4  # variants that are looked at
LARGE, LONG = 40, 60  # nodes of an expression, or a statement, above which it is a program of its own
EXPRESSIONS = (
    *(ast.BinOp, ast.Call, ast.Compare, ast.IfExp, ast.Subscript, ast.ListComp, ast.GeneratorExp),
    *(ast.UnaryOp, ast.Attribute, ast.BoolOp),
)
STATEMENTS = (ast.Assign, ast.AugAssign, ast.If, ast.For, ast.Expr, ast.Return)


class Donor(NamedTuple):
    """A tree of a right variant in the learner's names, its tokens and how many they are."""

    tree: ast.AST
    tokens: Counter
    size: int
    text: str


class Donors(NamedTuple):
    """constants, strings, functions: by name. words: marks of all values that occur in right variants."""

    constants: list
    strings: list[str]
    functions: list[str]
    expressions: list[Donor]
    statements: list[Donor]
    words: set


NONE = Donors([], [], [], [], [], set())


@functools.cache
def _module(path):
    return {
        node.name: node
        for node in ast.parse(Path(path).read_text(encoding="utf-8")).body
        if hasattr(node, "name")
    }


def variants(exercise, without=()):
    """Yield the right variants of an exercise, but for some names: the code, its file, and its tree."""
    for solution in [s for s in RIGHT.get(exercise, ()) if s.name not in without][:MOST]:
        path = sys.modules[solution.code.__module__].__file__
        if tree := _module(path).get(solution.code.__name__):
            yield solution.code, path, tree


def gather(program, function, values, ask, without=()):
    """Return the donors for a function of the learner's, whose names have these values on an ask."""
    found = Donors([], [], [], [], [], set())
    expressions, statements = {}, {}
    own = [argument.arg for argument in function.args.args + function.args.kwonlyargs]
    names = names_in(function, ast.Store) | set(own)
    for code, path, tree in variants(program.exercise, without):
        if isinstance(tree, ast.ClassDef):
            tree = next((n for n in tree.body if getattr(n, "name", "") == program.method), None)
            if tree is None:
                continue
        seen = watch(path, lambda code=code: outcome(ask, code))
        found.words.update(mark for marks in seen.assigned.values() for mark in marks if mark is not None)
        renamed, inlined = _translation(tree, own, names, values, seen.values.get(tree.name, {}))
        known = {*renamed.values(), *program.space, *values, *dir(builtins), "self"}
        sizes = _sizes(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant):
                if isinstance(node.value, int | float) and not isinstance(node.value, bool):
                    found.constants.append(node.value)
                elif isinstance(node.value, str) and node.value.isidentifier():
                    found.strings.append(node.value)
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                found.functions.append(node.func.id)
            loaded = isinstance(getattr(node, "ctx", ast.Load()), ast.Load)
            if isinstance(node, EXPRESSIONS) and loaded and sizes[node] <= LARGE:
                _add(expressions, _translated(node, renamed, inlined), known)
            documents = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
            if isinstance(node, STATEMENTS) and not documents and sizes[node] < LONG:
                _add(statements, _translated(node, renamed, {}), known)
    found.expressions.extend(donor for donor in expressions.values() if len(donor.text) > 3)
    found.statements.extend(statements.values())
    return found._replace(
        constants=list(dict.fromkeys(found.constants)),
        strings=list(dict.fromkeys(found.strings)),
        functions=list(dict.fromkeys(found.functions)),
    )


def _translation(tree, own, names, values, theirs):
    """Return which of a variant's names are which of the learner's, and what stands for those that are
    none.
    """
    parameters = [argument.arg for argument in tree.args.args + tree.args.kwonlyargs]
    renamed, inlined = dict(zip(parameters, own, strict=False)), {}
    assigned = Counter(
        n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    )

    def alike(name):
        return next((n for n, v in values.items() if n in names and equal_values(v, theirs.get(name))), None)

    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
            if name in parameters:
                continue
            if mine := alike(name):
                renamed[name] = mine
            elif assigned[name] == 1 and _sizes(tree)[node.value] < 25:
                inlined[name] = _translated(node.value, renamed, inlined)
    for name in theirs:  # names of loops, too
        mine = None if name in {*renamed, *inlined, *parameters, "self"} else alike(name)
        if mine and mine not in renamed.values():
            renamed[name] = mine
    return renamed, inlined


def _add(found, tree, known):
    """Add a tree, unless it has names that mean nothing in the learner's function."""
    stored = names_in(tree, ast.Store)
    if names_in(tree) - stored <= known:
        text = ast.unparse(tree)
        if text not in found:
            tokens = bag(text)
            found[text] = Donor(ast.fix_missing_locations(tree), tokens, sum(tokens.values()), text)


@functools.cache
def _sizes(tree):
    """Return how many nodes there are in the tree below each node."""
    found = {}

    def count(node):
        found[node] = 1 + sum(map(count, ast.iter_child_nodes(node)))
        return found[node]

    count(tree)
    return found


def _translated(node, renamed, inlined):
    """Return a copy of a tree without its place in a file, some names renamed, others filled in."""

    def put(name):
        if name.id in renamed:
            return ast.Name(renamed[name.id], name.ctx)
        if name.id in inlined and isinstance(name.ctx, ast.Load):
            return copied(inlined[name.id])
        return copied(name)

    new = copied(node, put)
    for inner in walked(new):
        if hasattr(inner, "lineno"):
            inner.lineno = inner.end_lineno = 1
    return new
