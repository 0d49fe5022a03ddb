"""Kinds of slips in expressions: each function tells whether one fits, and what is filled in."""

import ast

from .slips import (
    CONVERSIONS,
    REDUCTIONS,
    contains,
    module_of,
    name_of,
    option,
    short,
    subject_of,
    text,
)


def python_s_own(slip):
    own = slip.both(ast.Call) and text(slip.a.func) in ("max", "min", "sum", "abs", "round")
    return {"f": text(slip.a.func)} if own and module_of(slip.b) in ("np", "numpy") else None


def matrix_product(slip):
    products = isinstance(slip.a, ast.Call) and name_of(slip.a) in ("dot", "matmul")
    products = products or (isinstance(slip.a, ast.BinOp) and isinstance(slip.a.op, ast.MatMult))
    return {} if products and _is_times(slip.b) else None


def entry_by_entry(slip):
    products = isinstance(slip.b, ast.Call) and name_of(slip.b) in ("dot", "matmul")
    products = products or (isinstance(slip.b, ast.BinOp) and isinstance(slip.b.op, ast.MatMult))
    return {} if products and _is_times(slip.a) else None


def _is_times(node):
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult)


def global_generator(slip):
    said = text(slip.a)
    found = said in ("np.random", "random") or said.startswith(("np.random.", "random."))
    return {} if found and "default_rng" not in said else None


def functions_of_math(slip):
    return {} if text(slip.a).startswith("math.") and text(slip.b).startswith("np.") else None


def _same_reduction(slip):
    if not slip.both(ast.Call) or name_of(slip.a) not in REDUCTIONS:
        return False
    return name_of(slip.a) == name_of(slip.b) and subject_of(slip.a) == subject_of(slip.b)


def lost_axis(slip):
    same = _same_reduction(slip) and option(slip.a, "axis") == option(slip.b, "axis")
    return {} if same and option(slip.a, "keepdims") != option(slip.b, "keepdims") else None


AXES = {
    "": "the whole array at once",
    "None": "the whole array at once",
    "0": "each column",
    "1": "each row",
    "-1": "each row",
}


def other_axis(slip):
    if not _same_reduction(slip) or option(slip.a, "axis") == option(slip.b, "axis"):
        return None
    mine, theirs = option(slip.a, "axis"), option(slip.b, "axis")
    each = AXES.get(theirs, "other entries")
    needed = (
        f"{each} needs one of its own" if theirs in ("0", "1", "-1") else "one for the whole array is needed"
    )
    return {"does": REDUCTIONS[name_of(slip.a)], "axis": AXES.get(mine, f"axis {mine}"), "needed": needed}


ORDERS = ast.Lt | ast.LtE | ast.Gt | ast.GtE


def once_too_often(slip):
    if not isinstance(slip.a, ast.Call):
        return None
    inner = [text(argument) for argument in slip.a.args]
    if isinstance(slip.a.func, ast.Attribute):
        inner.append(text(slip.a.func.value))
    return {"f": name_of(slip.a), "x": short(slip.b)} if text(slip.b) in inner else None


def transposed(slip):
    for one, other in ((slip.a, slip.b), (slip.b, slip.a)):
        if isinstance(one, ast.Attribute) and one.attr == "T" and text(one.value) == text(other):
            return {}
    return None


def no_copy(slip):
    copies = isinstance(slip.b, ast.Call) and (name_of(slip.b) == "copy" or ".copy()" in text(slip.b))
    copies = copies or (isinstance(slip.b, ast.ListComp) and ".copy()" in text(slip.b))
    return {} if copies and contains(slip.b, slip.a) else None


TYPES = {"astype", "as_floating", "float", "asarray", "int", "float64", "float32", "item"}


def other_dtype(slip):
    converts = isinstance(slip.b, ast.Call) and name_of(slip.b) in TYPES and contains(slip.b, slip.a)
    dtypes = "dtype" in slip.kinds or "converted" in slip.kinds
    return {} if converts or dtypes else None


def other_side(slip):
    if not slip.both(ast.Compare) or len(slip.a.ops) != 1 or len(slip.b.ops) != 1:
        return None
    same = text(slip.a.left) == text(slip.b.left) and text(slip.a.comparators[0]) == text(
        slip.b.comparators[0]
    )
    sides = [isinstance(node.ops[0], ast.Lt | ast.LtE) for node in (slip.a, slip.b)]
    ordered = isinstance(slip.a.ops[0], ORDERS) and isinstance(slip.b.ops[0], ORDERS)
    return {"l": short(slip.a.left)} if same and ordered and sides[0] != sides[1] else None


def border(slip):
    if not slip.both(ast.Compare) or text(slip.a.left) != text(slip.b.left):
        return None
    same = list(map(text, slip.a.comparators)) == list(map(text, slip.b.comparators))
    return {"l": short(slip.a.left), "r": short(slip.a.comparators[0])} if same else None


def compared_with_another(slip):
    return {} if slip.both(ast.Compare) else None


def asks_too_little(slip):
    return {} if isinstance(slip.b, ast.BoolOp) and contains(slip.b, slip.a) else None


def joined_conditions(slip):
    return {} if isinstance(slip.a, ast.BoolOp) or isinstance(slip.b, ast.BoolOp) else None


def reversed_condition(slip):
    for one, other in ((slip.a, slip.b), (slip.b, slip.a)):
        if isinstance(one, ast.UnaryOp) and isinstance(one.op, ast.Not | ast.Invert):
            return {} if text(one.operand) == text(other) else None
    return None


def number(slip):
    if not isinstance(slip.a, ast.Constant) or isinstance(slip.a.value, str):
        return None
    return {"v": text(slip.a)}


def quoted(slip):
    return {} if isinstance(slip.a, ast.Constant) else None


def other_order(slip):
    if not slip.both(ast.Tuple, ast.List):
        return None
    return {} if sorted(map(text, slip.a.elts)) == sorted(map(text, slip.b.elts)) else None


def other_parts(slip):
    return {} if slip.both(ast.Tuple, ast.List) else None


def other_name(slip):
    named = isinstance(slip.a, ast.Name) and isinstance(slip.b, ast.Name | ast.Attribute)
    return {} if named or slip.both(ast.Attribute) else None


def picks(slip):
    return {} if isinstance(slip.a, ast.Subscript) else None


def picks_nothing(slip):
    return {} if isinstance(slip.b, ast.Subscript) and text(slip.b.value) == text(slip.a) else None


def goes_over(slip):
    fits = isinstance(slip.a, ast.Call) and name_of(slip.a) in ("range", "enumerate", "reversed", "zip")
    return {} if fits else None


def other_reduction(slip):
    if not slip.both(ast.Call) or name_of(slip.a) not in REDUCTIONS or name_of(slip.b) not in REDUCTIONS:
        return None
    axis = AXES.get(option(slip.a, "axis"), "entries")
    return {"does": REDUCTIONS[name_of(slip.a)], "axis": axis}


def other_function(slip):
    """A function of another name, of which something is handed the same thing: else it may be right."""
    if not slip.both(ast.Call) or name_of(slip.a) == name_of(slip.b):
        return None
    given, due = ({*map(text, call.args), subject_of(call)} - {""} for call in (slip.a, slip.b))
    return {"f": name_of(slip.a)} if given & due else None


def arguments_exchanged(slip):
    if not slip.both(ast.Call) or text(slip.a.func) != text(slip.b.func):
        return None
    mine, theirs = (list(map(text, call.args)) for call in (slip.a, slip.b))
    return {"f": name_of(slip.a)} if mine != theirs and sorted(mine) == sorted(theirs) else None


def other_arguments(slip):
    if not slip.both(ast.Call) or text(slip.a.func) != text(slip.b.func):
        return None
    return {"f": name_of(slip.a)}


def one_step_too_many(slip):
    return {"x": short(slip.b)} if contains(slip.a, slip.b) else None


def one_step_missing(slip):
    return {} if contains(slip.b, slip.a) else None


def _names_apart(slip):
    names = [{n.id for n in ast.walk(node) if isinstance(n, ast.Name)} for node in (slip.a, slip.b)]
    return names[0] - names[1], names[1] - names[0]


def left_out(slip):
    extra, lacking = _names_apart(slip)
    return {} if lacking - CONVERSIONS - {"np", "math"} and not extra else None


def of_no_part(slip):
    extra, lacking = _names_apart(slip)
    return {"x": min(extra)} if extra and not lacking else None


def anything(slip):
    return {}
