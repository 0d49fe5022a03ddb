"""The catalogue: a loop over entries becomes a line for arrays of any shape."""

import ast

from tests.grading.repair.edits import name_of, names_in
from tests.grading.repair.patterns import fill
from tests.grading.trace.trees import copied

OF_ARRAYS = {"max": "np.maximum", "min": "np.minimum", "abs": "np.abs"}


def without_loops(loop):
    """Return the statements that do to whole arrays what nested loops do entry by entry; None if none do."""
    variables, body = [], [loop]
    while len(body) == 1 and isinstance(body[0], ast.For):
        counted = isinstance(body[0].iter, ast.Call) and name_of(body[0].iter) == "range"
        if not counted or not isinstance(body[0].target, ast.Name) or body[0].orelse:
            return None
        variables.append(body[0].target.id)
        body = body[0].body
    statements = [_whole(statement, variables) for statement in body]
    return statements if all(statements) else None


def _whole(node, variables):
    """Return a statement for whole arrays; None if it is more than one write into an entry."""
    if isinstance(node, ast.If):
        return _chosen(node, variables)
    if not isinstance(node, ast.Assign | ast.AugAssign):
        return None
    target = node.targets[0] if isinstance(node, ast.Assign) else node.target
    whole = _Whole(variables).visit(copied(node))
    return whole if _is_entry(target, variables) and not names_in(whole) & set(variables) else None


def _chosen(node, variables):
    """Return the np.where that an ``if`` around the writes into one entry stands for."""
    writes = [_whole(block[0], variables) if len(block) == 1 else None for block in (node.body, node.orelse)]
    test = _Whole(variables).visit(copied(node.test))
    if writes[0] is None or (node.orelse and writes[1] is None) or names_in(test) & set(variables):
        return None
    target, one = _written(writes[0])
    other_target, other = _written(writes[1]) if node.orelse else (target, _loaded(target))
    if ast.unparse(target) != ast.unparse(other_target):
        return None
    made = fill("np.where(T, X, Y)", T=test, X=one, Y=other)
    return ast.copy_location(ast.Assign([target], made), node)


def _written(node):
    """Return what a statement writes to, and the value that it has afterwards."""
    if isinstance(node, ast.Assign):
        return node.targets[0], node.value
    return node.target, ast.BinOp(_loaded(node.target), node.op, node.value)


def _loaded(node):
    node = copied(node)
    node.ctx = ast.Load()
    return node


def _is_entry(target, variables):
    return isinstance(target, ast.Subscript) and bool(names_in(target) & set(variables))


class _Whole(ast.NodeTransformer):
    """Turns x[i], x[i][j] and x[i, j] into x, and functions of numbers into those of arrays."""

    def __init__(self, variables):
        self.variables = variables

    def visit_Subscript(self, node):
        self.generic_visit(node)
        indices = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if all(isinstance(index, ast.Name) and index.id in self.variables for index in indices):
            if hasattr(node.value, "ctx"):
                node.value.ctx = node.ctx
            return node.value
        return node

    def visit_Call(self, node):
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id in OF_ARRAYS:
            node.func = fill(OF_ARRAYS[node.func.id])
        elif isinstance(node.func, ast.Attribute) and getattr(node.func.value, "id", "") == "math":
            node.func.value = ast.Name("np", ast.Load())
        return node
