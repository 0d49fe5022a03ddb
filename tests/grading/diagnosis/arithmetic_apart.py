"""Kinds of slips in sums and products: each function tells whether one fits, and what is filled in."""

import ast

from .slips import bare, factors, short, terms, text, without


def no_power(slip):
    return {} if isinstance(slip.a, ast.BinOp) and isinstance(slip.a.op, ast.BitXor) else None


def sides_exchanged(slip):
    if not slip.both(ast.BinOp) or type(slip.a.op) is not type(slip.b.op):
        return None
    turned = text(slip.a.left) == text(slip.b.right) and text(slip.a.right) == text(slip.b.left)
    return {} if turned else None


def sign(slip):
    for one, other in ((slip.a, slip.b), (slip.b, slip.a)):
        if isinstance(one, ast.UnaryOp) and isinstance(one.op, ast.USub) and bare(one.operand) == bare(other):
            return {}
    return {} if slip.kinds == {"sign"} else None


def grouped(slip):
    if not slip.both(ast.BinOp) or _operands(slip.a) != _operands(slip.b):
        return None
    operators = [
        sorted(type(n.op).__name__ for n in ast.walk(node) if isinstance(n, ast.BinOp))
        for node in (slip.a, slip.b)
    ]
    return {} if operators[0] == operators[1] else None


def _operands(node):
    """Return what the operators of an expression stand between, sorted."""
    if isinstance(node, ast.BinOp):
        return sorted([*_operands(node.left), *_operands(node.right)])
    return _operands(node.operand) if isinstance(node, ast.UnaryOp) else [text(node)]


JOINED = {
    ast.Add: "added",
    ast.Sub: "subtracted",
    ast.Mult: "multiplied",
    ast.Div: "divided",
    ast.MatMult: "multiplied as matrices",
    ast.Pow: "raised to a power",
    ast.FloorDiv: "divided and rounded down",
    ast.Mod: "divided, and the rest is kept",
}


def other_operator(slip):
    if not slip.both(ast.BinOp) or type(slip.a.op) is type(slip.b.op):
        return None
    if (text(slip.a.left), text(slip.a.right)) != (text(slip.b.left), text(slip.b.right)):
        return None
    joined = JOINED.get(type(slip.a.op), "joined")
    return {"joined": joined, "l": short(slip.a.left), "r": short(slip.a.right)}


def _factors_apart(slip):
    (above, below), (over, under) = factors(slip.a), factors(slip.b)
    extra = without(above, over) + without(below, under)
    lacking = without(over, above) + without(under, below)
    return extra, lacking


def factor_too_many(slip):
    extra, lacking = _factors_apart(slip)
    return {"x": extra[0]} if extra and not lacking else None


def factor_missing(slip):
    extra, lacking = _factors_apart(slip)
    return {} if lacking and not extra else None


def term_too_many(slip):
    extra, lacking = without(terms(slip.a), terms(slip.b)), without(terms(slip.b), terms(slip.a))
    return {"x": extra[0][1]} if extra and not lacking else None


def term_missing(slip):
    extra, lacking = without(terms(slip.a), terms(slip.b)), without(terms(slip.b), terms(slip.a))
    return {} if lacking and not extra else None
