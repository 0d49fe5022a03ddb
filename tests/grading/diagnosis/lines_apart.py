"""Kinds of slips in statements: each function tells whether one fits, and what is filled in."""

import ast

from .slips import contains, short, text


def one_order_each(slip):
    return {} if "one draw for both" in slip.kinds else None


def missing_check(slip):
    new = slip.new[0] if slip.new and not slip.old else None
    return {} if isinstance(new, ast.If) and isinstance(new.body[0], ast.Raise) else None


def missing_step(slip):
    return {"n": short(slip.next)} if not slip.old else None


def moved(slip):
    texts = [sorted(map(text, part)) for part in (slip.old, slip.new)]
    several = len(slip.old) > 1 and texts[0] == texts[1]
    return {} if several or any("moved" in kind or "swapped" in kind for kind in slip.kinds) else None


def superfluous(slip):
    return {} if not slip.new else None


def written_into(slip):
    """In place where a new array is needed."""
    fits = isinstance(slip.one, ast.AugAssign) and isinstance(slip.other, ast.Assign)
    if not fits or not contains(slip.other.value, slip.one.target):
        return None
    return {"x": text(slip.one.target)}


def not_added_up(slip):
    fits = isinstance(slip.one, ast.Assign) and isinstance(slip.other, ast.AugAssign)
    if not fits or contains(slip.one.value, slip.one.targets[0]):
        return None
    return {"x": text(slip.other.target)}


def added_up(slip):
    fits = isinstance(slip.one, ast.AugAssign) and isinstance(slip.other, ast.Assign)
    return {"x": text(slip.one.target)} if fits else None


def given_a_name(slip):
    """A new array where the old one must change."""
    if not isinstance(slip.one, ast.Assign):
        return None
    name = slip.one.targets[0]
    into = isinstance(slip.other, ast.AugAssign) and contains(slip.one.value, name)
    sliced = isinstance(slip.other, ast.Assign) and isinstance(slip.other.targets[0], ast.Subscript)
    if not (
        isinstance(name, ast.Name) and (into or (sliced and text(slip.other.targets[0].value) == text(name)))
    ):
        return None
    return {"x": text(name)}


def other_operation(slip):
    """An augmented assignment with another operator."""
    fits = isinstance(slip.one, ast.AugAssign) and isinstance(slip.other, ast.AugAssign)
    return {} if fits and type(slip.one.op) is not type(slip.other.op) else None


def other_target(slip):
    fits = isinstance(slip.one, ast.Assign) and isinstance(slip.other, ast.Assign)
    if not fits or text(slip.one.value) != text(slip.other.value):
        return None
    return {"x": text(slip.one.targets[0])}


def turned_loop(slip):
    fits = slip.header and isinstance(slip.one, ast.For)
    return {"i": short(slip.one.iter)} if fits else None


def rewritten(slip):
    return {} if not slip.single or slip.a is None else None
