"""Slips: how a right program goes wrong by one change to its tree, as learners make them."""

import ast
from collections.abc import Callable
from typing import NamedTuple

OPERATORS = {
    ast.Add: (ast.Sub, ast.Mult), ast.Sub: (ast.Add, ast.Mult), ast.Mult: (ast.Div, ast.Add, ast.MatMult),
    ast.Div: (ast.Mult, ast.FloorDiv), ast.FloorDiv: (ast.Div, ast.Mod), ast.Pow: (ast.Mult, ast.BitXor),
    ast.MatMult: (ast.Mult,), ast.Mod: (ast.FloorDiv,), ast.BitAnd: (ast.BitOr,), ast.BitOr: (ast.BitAnd,),
}  # fmt: skip
COMPARISONS = {
    ast.Lt: (ast.LtE, ast.Gt), ast.LtE: (ast.Lt, ast.GtE), ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE), ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,), ast.In: (ast.NotIn,), ast.NotIn: (ast.In,),
}  # fmt: skip
SIBLINGS = {
    "sum": ("mean", "max"), "mean": ("sum",), "max": ("min", "sum"), "min": ("max",), "exp": ("expm1", "log"),
    "log": ("log1p", "exp"), "log1p": ("log",), "expm1": ("exp",), "sqrt": ("square",), "square": ("sqrt",),
    "maximum": ("minimum",), "minimum": ("maximum",), "zeros_like": ("ones_like",), "zeros": ("ones",),
    "normal": ("uniform",), "standard_normal": ("random",), "any": ("all",), "all": ("any",),
    "argmax": ("argmin",), "outer": ("dot",), "float32": ("float64",), "float64": ("float32",),
    "permutation": ("arange",), "append": ("extend",), "ceil": ("floor",), "as_floating": ("asarray",),
}  # fmt: skip


class Slip(NamedTuple):
    """A slip: its kind, the line of the statement in which it was made, and a function that makes it."""

    kind: str
    line: int
    make: Callable[[], None]


def slips(function):
    """Yield the Slips that can be made in a function; making one changes its tree."""
    names = sorted(
        {n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    )
    names += [a.arg for a in function.args.args + function.args.kwonlyargs if a.arg != "self"]
    yield from _in_block(function.body, names)


def _in_block(block, names):
    for i, node in enumerate(block):
        yield from _of_statement(block, i)
        if not isinstance(node, ast.Raise):
            for holder, key, inner in _expressions(node):
                for kind, make in _of_expression(inner, names):
                    yield Slip(kind, inner.lineno, lambda h=holder, k=key, m=make: _put(h, k, m()))
        for field in ("body", "orelse"):
            below = getattr(node, field, None)
            if isinstance(below, list) and below and isinstance(below[0], ast.stmt):
                yield from _in_block(below, names)


def _put(holder, key, value):
    if isinstance(holder, list):
        holder[key] = value
    else:
        setattr(holder, key, value)


def _expressions(node):
    for field, value in ast.iter_fields(node):
        if isinstance(value, ast.expr):
            yield node, field, value
            yield from _expressions(value)
        elif isinstance(value, list) and not (value and isinstance(value[0], ast.stmt)):
            for i, entry in enumerate(value):
                if isinstance(entry, ast.expr):
                    yield value, i, entry
                if isinstance(entry, ast.expr | ast.keyword | ast.comprehension):
                    yield from _expressions(entry)


def _of_statement(block, i):
    node, line = block[i], block[i].lineno

    def slip(kind, make):
        return Slip(kind, line, make)

    if len(block) > 1 and not isinstance(node, ast.Return | ast.FunctionDef):
        yield slip("statement dropped", lambda: block.pop(i))
    if i + 1 < len(block) and not isinstance(block[i + 1], ast.Return):
        yield slip("statements exchanged", lambda: block.insert(i, block.pop(i + 1)))
    if isinstance(node, ast.Return) and node.value is not None:
        yield slip("return missing", lambda: block.__setitem__(i, ast.Expr(node.value)))
        if isinstance(node.value, ast.Tuple):
            yield slip("order", lambda: node.value.elts.reverse())
    if isinstance(node, ast.AugAssign):
        yield slip(
            "+= to =", lambda: block.__setitem__(i, ast.Assign([node.target], node.value, lineno=line))
        )
        load = ast.parse(ast.unparse(node.target), mode="eval").body
        new = lambda: ast.Assign([node.target], ast.BinOp(load, node.op, node.value), lineno=line)  # noqa: E731
        yield slip("no longer in place", lambda: block.__setitem__(i, new()))
        for other in OPERATORS.get(type(node.op), ())[:1]:
            yield slip("operator", lambda o=other: setattr(node, "op", o()))
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        target = node.targets[0]
        if isinstance(target, ast.Subscript):
            yield slip("no longer in place", lambda: node.targets.__setitem__(0, _loaded(target.value)))
            yield slip("= to +=", lambda: block.__setitem__(i, ast.AugAssign(target, ast.Add(), node.value)))
    if isinstance(node, ast.If):
        yield slip("condition negated", lambda: setattr(node, "test", ast.UnaryOp(ast.Not(), node.test)))
        yield slip("condition dropped", lambda: block.__setitem__(slice(i, i + 1), node.body))


def _loaded(node):
    return ast.Name(node.id, ast.Store()) if isinstance(node, ast.Name) else node


def _of_expression(node, names):
    if isinstance(node, ast.BinOp):
        for other in OPERATORS.get(type(node.op), ()):
            yield "operator", lambda o=other: ast.BinOp(node.left, o(), node.right)
        if isinstance(node.op, ast.Sub | ast.Div | ast.MatMult | ast.Pow):
            yield "operands exchanged", lambda: ast.BinOp(node.right, node.op, node.left)
        if isinstance(node.left, ast.BinOp):
            one = node.left
            yield "brackets", lambda: ast.BinOp(one.left, one.op, ast.BinOp(one.right, node.op, node.right))
        if isinstance(node.right, ast.BinOp):
            two = node.right
            yield "brackets", lambda: ast.BinOp(ast.BinOp(node.left, node.op, two.left), two.op, two.right)
        yield "operand dropped", lambda: node.left
        yield "operand dropped", lambda: node.right
    elif isinstance(node, ast.UnaryOp):
        yield "sign", lambda: node.operand
    elif isinstance(node, ast.Constant) and type(node.value) in (int, float):
        for value in (node.value + 1, node.value - 1, node.value * 2):
            if value != node.value:
                yield "constant", lambda v=value: ast.Constant(v)
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        for other in names:
            if other != node.id and node.id in names:
                yield "another name", lambda o=other: ast.Name(o, ast.Load())
    elif isinstance(node, ast.Compare):
        for other in COMPARISONS.get(type(node.ops[0]), ()):
            yield "comparison", lambda o=other: ast.Compare(node.left, [o(), *node.ops[1:]], node.comparators)
    elif isinstance(node, ast.BoolOp):
        other = ast.Or if isinstance(node.op, ast.And) else ast.And
        yield "and or or", lambda: ast.BoolOp(other(), node.values)
        yield "condition dropped", lambda: node.values[0]
    elif isinstance(node, ast.IfExp):
        yield "branches exchanged", lambda: ast.IfExp(node.test, node.orelse, node.body)
    elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
        for other in SIBLINGS.get(node.attr, ()):
            yield "another function", lambda o=other: ast.Attribute(node.value, o, ast.Load())
        if node.attr == "T":
            yield "transpose", lambda: node.value
    elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
        yield "index dropped", lambda: node.value
    elif isinstance(node, ast.Call):
        yield from _of_call(node)


def _of_call(node):
    def again(args=node.args, keywords=node.keywords):
        return ast.Call(node.func, list(args), list(keywords))

    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    if isinstance(node.func, ast.Name):
        for other in SIBLINGS.get(name, ()):
            func = ast.parse(f"np.{other}" if other == "asarray" else other, mode="eval").body
            yield "another function", lambda f=func: ast.Call(f, node.args, node.keywords)
    for i in range(len(node.args) - 1):
        args = [*node.args[:i], node.args[i + 1], node.args[i], *node.args[i + 2 :]]
        yield "arguments exchanged", lambda a=args: again(a)
    if len(node.args) == 1 and not node.keywords and not isinstance(node.args[0], ast.Starred):
        yield "call dropped", lambda: node.args[0]
    if isinstance(node.func, ast.Attribute) and not node.args and name in ("copy", "sum", "mean", "ravel"):
        yield "call dropped", lambda: node.func.value
    for i, keyword in enumerate(node.keywords):
        rest = node.keywords[:i] + node.keywords[i + 1 :]
        yield f"{keyword.arg or 'keywords'} dropped", lambda r=rest: again(keywords=r)
        if keyword.arg == "axis":
            for axis in (0, 1, -1):
                if ast.unparse(keyword.value) != str(axis):
                    new = [*rest, ast.keyword("axis", ast.Constant(axis))]
                    yield "axis", lambda n=new: again(keywords=n)
