"""Simplification: what an edit does in vain is left out, as a teacher would write it."""

import ast

from tests.grading.repair.patterns import fill, match, read

RULES = read("""
[simpler]
0 any  X + 0 -> X
0 any  0 + X -> X
0 any  X - 0 -> X
0 any  0 - X -> -X
0 any  X * 1 -> X
0 any  1 * X -> X
0 any  X / 1 -> X
0 any  X ** 1 -> X
0 any  X ** 3 / X -> X ** 2
0 any  X ** 2 / X -> X
0 any  X * X ** 2 / X -> X ** 2
0 any  +X -> X
0 any  --X -> X
0 any  X + -Y -> X - Y
0 any  -X + Y -> Y - X
0 any  X - -Y -> X + Y
0 any  X - -Y * Z -> X + Y * Z
0 any  X - -Y / Z -> X + Y / Z
0 any  1 - (1 - X) -> X
0 any  X + 1 - 1 -> X
0 any  X - 1 + 1 -> X
0 any  -(X - Y) -> Y - X
0 any  -(X * (Y - Z)) -> X * (Z - Y)
0 any  X * (1 / Y) -> X / Y
0 any  1 / X * Y -> Y / X
0 any  not not X -> X
0 any  not X == Y -> X != Y
0 any  not X != Y -> X == Y
0 any  not X is Y -> X is not Y
0 any  not X is not Y -> X is Y
0 any  not X in Y -> X not in Y
0 any  not X not in Y -> X in Y
0 any  as_floating(as_floating(X)) -> as_floating(X)
0 any  as_floating(np.asarray(X)) -> as_floating(X)
0 any  float(float(X)) -> float(X)
0 any  list(list(X)) -> list(X)
0 any  reversed(list(reversed(X))) -> X
0 any  X.copy().copy() -> X.copy()
0 any  X.astype(Y).astype(Y) -> X.astype(Y)
0 any  range(0, X) -> range(X)
0 any  [v.copy() for v in list(X)] -> [v.copy() for v in X]
0 any  [v.copy() for v in X.copy()] -> [v.copy() for v in X]
0 any  X.T.T -> X
0 any  (X.T @ Y).T -> Y.T @ X
0 any  (X @ Y.T).T -> Y @ X.T
0 any  X.T.dot(Y).T -> Y.T.dot(X)
0 any  X.dot(Y.T).T -> Y.dot(X.T)
0 any  np.dot(X.T, Y).T -> np.dot(Y.T, X)
0 any  np.dot(X, Y.T).T -> np.dot(Y, X.T)
""")
ROUNDS = 4


class _Simple(ast.NodeTransformer):
    def generic_visit(self, node):
        super().generic_visit(node)
        if isinstance(node, ast.Call):
            node.keywords = [k for k in node.keywords if not _is_default(k)]
        for rule in RULES.get(type(node), ()):
            bound = match(rule.pattern, node)
            if bound is not None:
                return fill(rule.new[0], **bound)
        return _cancelled(_folded(node))


def _is_default(keyword):
    return keyword.arg == "keepdims" and isinstance(keyword.value, ast.Constant) and not keyword.value.value


def _is_number(node):
    return isinstance(node, ast.Constant) and type(node.value) in (int, float)


def _folded(node):
    """Return the number that an operation on two numbers makes, if it is short to write."""
    if isinstance(node, ast.BinOp) and _is_number(node.left) and _is_number(node.right):
        try:
            value = eval(compile(ast.fix_missing_locations(ast.Expression(node)), "<numbers>", "eval"))
        except (ArithmeticError, TypeError, ValueError):
            return node
        if type(value) in (int, float) and len(repr(value)) < 8:
            return ast.Constant(value) if value >= 0 else ast.UnaryOp(ast.USub(), ast.Constant(-value))
    return node


def _cancelled(node):
    """Return a product without a factor that it is divided by as well."""
    if not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div)):
        return node
    above, below = _product(node)
    for divisor in below:
        twin = next(
            (f for f in above if ast.unparse(f) == ast.unparse(divisor) and not isinstance(f, ast.Call)), None
        )
        if twin is not None:
            above = [f for f in above if f is not twin and getattr(f, "value", None) != 1] or [
                ast.Constant(1)
            ]
            new = above[0]
            for factor in above[1:]:
                new = ast.BinOp(new, ast.Mult(), factor)
            for other in (d for d in below if d is not divisor):
                new = ast.BinOp(new, ast.Div(), other)
            return new
    return node


def _product(node):
    """Return the factors above and below the line of a chain of * and /."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div):
        above, below = _product(node.left)
        up, down = _product(node.right)
        return (above + up, below + down) if isinstance(node.op, ast.Mult) else (above + down, below + up)
    return [node], []


def does_nothing(statement):
    """Return True for x = x, x += 0 and x *= 1."""
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        return ast.unparse(statement.targets[0]) == ast.unparse(statement.value)
    if isinstance(statement, ast.AugAssign) and _is_number(statement.value):
        neutral = 0 if isinstance(statement.op, ast.Add | ast.Sub) else 1
        return statement.value.value == neutral
    return False


def simplified(statement):
    """Return a statement in its simplest form."""
    for _ in range(ROUNDS):
        before = ast.unparse(ast.fix_missing_locations(statement))
        statement = _Simple().visit(statement)
        if ast.unparse(ast.fix_missing_locations(statement)) == before:
            break
    return statement
