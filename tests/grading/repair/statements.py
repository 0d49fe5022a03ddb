"""The catalogue: statements that are dropped, moved, or freed of a loop or a condition."""

import ast

from tests.grading.repair.blocks import Block, anew, index_of, parsed
from tests.grading.repair.edits import Edit, load, name_of, names_in
from tests.grading.repair.entries import without_loops
from tests.grading.repair.expressions import LOOPS, expression_edits
from tests.grading.repair.masks import mask_edits
from tests.grading.repair.missing import inserted, of_right_variants, rewritten
from tests.grading.repair.patterns import fill
from tests.grading.trace.trees import copied

DRAWS = ("permutation", "integers", "choice")


def edits_of(function, scope):
    """Yield every edit of the catalogue to a function."""
    first = 1 if ast.get_docstring(function) is not None else 0
    yield from _block(function.body, first, scope, function, None, None)
    yield from mask_edits(function, scope)


def _block(statements, first, scope, function, outer, at):
    """Yield the edits of a list of statements; it belongs to the statement ``at`` of the list ``outer``."""
    block = Block(statements)
    for i in range(first, len(statements)):
        node = statements[i]
        yield from _moves(block, i, first)
        yield from _repeated(block, i)
        if outer is not None and len(statements) > 1:
            yield from _out(statements, node, outer, at)
        if isinstance(node, ast.If):
            yield from _conditions(block, i)
        if isinstance(node, LOOPS):
            yield from _loops(block, i, scope)
        if isinstance(node, ast.Expr | ast.Assign | ast.AugAssign):
            yield from _conditions_around(block, node, scope)
        yield from rewritten(block, node, scope)
        for field in ("body", "orelse"):
            inner = getattr(node, field, None)
            if isinstance(inner, list) and inner and isinstance(inner[0], ast.stmt):
                yield from _block(inner, 0, scope, function, statements, node)
        yield from expression_edits(node, scope)
        yield from of_right_variants(block, node, scope)
    for i in range(first, len(statements) + 1):
        yield from inserted(block, i, first, scope, function)


def _moves(block, i, first):
    statements, node = block.statements, block.statements[i]
    if len(statements) > 1:
        yield block.swap("statement dropped", 1.8, node)
    below, above = len(statements) - 1 - i, i - first
    if below >= 1:
        yield block.shift("statements exchanged", 1.5, node, 1)
    if below >= 2:
        early = 0.7 * _reads_what_comes(node, statements[i + 1 :])
        yield block.shift("statement moved down", 2.2 - early, node, 2)
        yield block.shift("statement moved to the end", 2.4 - early, node, None)
    if below >= 3:
        yield block.shift("statement moved down", 2.4 - early, node, 3)
    late = 0.5 * _reads_what_comes(statements[i - 1], [node]) if above else 0
    if above >= 2:
        yield block.shift("statement moved up", 2.2 - late, node, -2)
    if above >= 3:
        yield block.shift("statement moved up", 2.4 - late, node, -3)


def _reads_what_comes(node, later):
    """Return True if a statement reads what later ones write: it may stand too early."""
    return any(names_in(node, ast.Load) & names_in(other, ast.Store) for other in later if _writes(other))


def _writes(node):
    return isinstance(node, ast.Assign | ast.AugAssign)


def _out(statements, node, outer, at):
    """Move a statement out of the loop or condition that it stands in."""
    for behind in (True, False):

        def moved(now, behind=behind):
            j = index_of(at, now)
            fields = [f for f in ("body", "orelse") if getattr(at, f, None) is statements]
            rest = anew(at, **{f: [n for n in statements if n is not node] for f in fields})
            return [*now[:j], *([rest, node] if behind else [node, rest]), *now[j + 1 :]]

        yield Edit("statement moved out", 1.8, node.lineno, outer, None, moved, f"out {behind}", node)


def _repeated(block, i):
    """Yield what mends two statements that should share something: a draw, a call, an order."""
    statements, node = block.statements, block.statements[i]
    if i + 1 < len(statements):
        calls = [_appended(n) for n in statements[i : i + 2]]
        if all(calls) and ast.unparse(calls[0].func) == ast.unparse(calls[1].func):
            after = statements[i + 1]

            def front(now):
                j = index_of(node, now)
                new = [fill("X.insert(0, Y)", X=call.func.value, Y=call.args[0]) for call in reversed(calls)]
                return [*now[:j], *map(ast.Expr, new), *(n for n in now[j + 1 :] if n is not after)]

            yield block.edit("order", 1.4, node, front, "both in front")
    if not isinstance(node, ast.Assign):
        return
    draw = _draw(node)
    alike = [n for n in statements[i + 1 :] if draw and isinstance(n, ast.Assign) and _draw(n) == draw]
    if alike:

        def once(now):
            j = index_of(node, now)
            new = [
                parsed(ast.unparse(n).replace(draw, "order", 1)) if n is node or n in alike else n
                for n in now
            ]
            return [*new[:j], parsed(f"order = {draw}"), *new[j:]]

        yield block.edit("one draw for both", 1.4, node, once)
    for earlier in statements[:i]:
        pair = (earlier, node)
        several = all(isinstance(n, ast.Assign) and isinstance(n.targets[0], ast.Tuple) for n in pair)
        if several and ast.unparse(earlier.value) == ast.unparse(node.value):

            def merged(now, earlier=earlier):
                both = zip(earlier.targets[0].elts, node.targets[0].elts, strict=False)
                elts = [b if getattr(a, "id", "") == "_" else a for a, b in both]
                new = anew(earlier, targets=[ast.Tuple(elts, ast.Store())])
                return [new if n is earlier else n for n in now if n is not node]

            yield block.edit("the same call twice", 1.5, node, merged)


def _appended(node):
    call = node.value if isinstance(node, ast.Expr) else None
    return call if isinstance(call, ast.Call) and name_of(call) == "append" and len(call.args) == 1 else None


def _draw(node):
    """Return the text of the first draw from a generator inside of a statement."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute) and inner.func.attr in DRAWS:
            return ast.unparse(inner)
    return None


def _conditions(block, i):
    statements, node = block.statements, block.statements[i]
    kept = "self." in ast.unparse(node.test) and isinstance(node.test, ast.Compare)
    lazy = kept and isinstance(node.test.ops[0], ast.Is | ast.Eq)  # made once, and kept for ever
    yield block.swap("condition dropped", 1.3 if lazy else 2.0, node, *node.body)
    if node.orelse:
        yield block.swap("else alone", 2.2, node, *node.orelse)
        yield block.swap(
            "branches exchanged", 1.2, node, lambda: [anew(node, body=node.orelse, orelse=node.body)]
        )
    test = node.test
    yield Edit(
        "condition negated", 1.2, node.lineno, node, "test", lambda: fill("not X", X=test), "negated", test
    )
    other = (
        node.orelse[0] if len(node.orelse) == 1 else statements[i + 1] if i + 1 < len(statements) else None
    )
    both = [node.body[0] if len(node.body) == 1 else None, other]
    if all(isinstance(n, ast.Return) and n.value is not None for n in both):
        one, two = (n.value for n in both)
        yield block.swap(
            "entry by entry", 1.3, node, lambda: [ast.Return(fill("np.where(T, X, Y)", T=test, X=one, Y=two))]
        )


def _loops(block, i, scope):
    statements, node = block.statements, block.statements[i]
    if i + 1 < len(statements) and not isinstance(statements[i + 1], ast.Return):

        def taken(now):
            j = index_of(node, now)
            return [*now[:j], anew(node, body=[*node.body, now[j + 1]]), *now[j + 2 :]]

        after = statements[i + 1]
        yield Edit("statement moved in", 2.2, after.lineno, statements, None, taken, "in", after)
    if not any(isinstance(n, ast.Break | ast.Continue) for n in ast.walk(node)):
        yield block.swap("loop dropped", 3.0, node, *node.body)
    if not isinstance(node, ast.For):
        return
    if isinstance(node.target, ast.Name):
        yield block.swap(
            "loop over an axis dropped",
            2.2,
            node,
            lambda: [_WithoutIndex(node.target.id).visit(copied(n)) for n in node.body],
        )
    if whole := without_loops(node):
        yield block.swap("entry by entry", 1.3, node, lambda: whole)
    if scope.kind_of(node.iter).startswith("array"):  # a loop over rows, which is meant to see the entries
        entries = lambda: fill("X.ravel()", X=node.iter)  # noqa: E731
        yield Edit("loop over rows", 1.4, node.lineno, node, "iter", entries, "entries", node.iter)
    if not (isinstance(node.iter, ast.Call) and name_of(node.iter) in ("range", "reversed")):
        backwards = lambda: fill("reversed(list(X))", X=node.iter)  # noqa: E731
        yield Edit("range", 1.5, node.lineno, node, "iter", backwards, "backwards", node.iter)
    for name in (
        scope.of_kind("list", "array", names=scope.parameters) if isinstance(node.iter, ast.Name) else ()
    ):
        if name != node.iter.id:
            yield Edit(
                "another name", 1.3, node.lineno, node, "iter", lambda n=name: load(n), name, node.iter
            )


class _WithoutIndex(ast.NodeTransformer):
    """Turns x[i][j] and x[i, j] into x[i]."""

    def __init__(self, name):
        self.name = name

    def visit_Subscript(self, node):
        self.generic_visit(node)
        if isinstance(node.slice, ast.Name) and node.slice.id == self.name:
            if hasattr(node.value, "ctx"):
                node.value.ctx = node.ctx
            return node.value
        if isinstance(node.slice, ast.Tuple):
            kept = [e for e in node.slice.elts if getattr(e, "id", "") != self.name]
            if len(kept) < len(node.slice.elts) and kept:
                node.slice = kept[0] if len(kept) == 1 else ast.Tuple(kept, ast.Load())
        return node


def _conditions_around(block, node, scope):
    tests = [(2.0, fill(f"{name} is not None")) for name in scope.optional]
    tests += [
        (2.4, donor.tree)
        for donor in scope.donors.expressions
        if donor.size < 8 and scope.kind_of(donor.tree) == "bool"
    ]
    for cost, test in tests:
        make = lambda t=test: [ast.copy_location(ast.If(fill(t), [node], []), node)]  # noqa: E731
        yield block.swap("condition around it", cost, node, make, form=ast.unparse(test))
