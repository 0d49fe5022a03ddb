"""A slip: what a learner wrote, what is right in its place, and what is asked to tell its kind."""

import ast
import copy
from typing import NamedTuple

from tests.grading.repair.differences import hunks as hunks_of
from tests.grading.repair.differences import narrow

CONVERSIONS = {"as_floating", "asarray", "array", "float"}
LONGEST = 50  # characters of the learner's code in a sentence
REDUCTIONS = {
    "sum": "adds up",
    "mean": "averages",
    "max": "takes the largest of",
    "amax": "takes the largest of",
    "min": "takes the smallest of",
    "amin": "takes the smallest of",
    "argmax": "looks for the largest of",
    "argmin": "looks for the smallest of",
    "norm": "takes the norm of",
    "any": "asks whether one is true of",
    "all": "asks whether all are true of",
    "std": "takes the standard deviation of",
    "var": "takes the variance of",
    "prod": "multiplies",
}


class Slip(NamedTuple):
    """Statements before and after; a and b: the smallest expressions that differ, None if there are none.

    header: only the first line of a compound statement differs. next: what new statements stand in front of,
    or, with ``after``, what they follow. kinds: of the catalogue of edits.
    """

    old: tuple[ast.stmt, ...]
    new: tuple[ast.stmt, ...]
    a: ast.expr | None
    b: ast.expr | None
    kinds: frozenset[str]
    header: bool = False
    next: ast.stmt | None = None
    after: bool = False

    @property
    def one(self):
        """The only statement before, None if there are none or several."""
        return self.old[0] if len(self.old) == 1 else None

    @property
    def other(self):
        """The only statement after, None if there are none or several."""
        return self.new[0] if len(self.new) == 1 else None

    @property
    def single(self):
        """Whether one statement stands in the place of one."""
        return self.one is not None and self.other is not None

    @property
    def marked(self):
        """The node that is marked: the expression, or the statement."""
        if isinstance(self.a, ast.Constant) and self.single:
            return _parent(self.one, self.a) or self.a
        return self.a or next(iter(self.old), None) or self.next

    @property
    def marked_right(self):
        """What stands in the place of what is marked, None if that is no expression."""
        if isinstance(self.a, ast.Constant) and self.single:
            return _parent(self.other, self.b) or self.b
        return self.b

    def both(self, *types):
        """Return True if the two expressions are of these types."""
        return isinstance(self.a, types) and isinstance(self.b, types)


def slips(source, changed, kinds):
    """Return the slips in which two sources differ, in the order of the lines."""
    found = []
    for hunk in hunks_of(ast.parse(source).body, ast.parse(changed).body):
        a, b = hunk.pair or (None, None)
        if a is None and len(hunk.old) == len(hunk.new) == 1 and not hunk.header:
            a, b = _values(hunk.old[0], hunk.new[0])
        beside, after = hunk.anchor or hunk.behind, hunk.anchor is None
        for mine, right in _parts(a, b):
            if hunk.old and hunk.new:
                mine, right = _lifted(hunk.old[0], mine), _lifted(hunk.new[0], right)
            found.append(Slip(hunk.old, hunk.new, mine, right, frozenset(kinds), hunk.header, beside, after))
    return found


def _parts(a, b):
    """Return the pairs of expressions in which two differ: of tuples, such as results, one by one."""
    if not (isinstance(a, ast.Tuple) and isinstance(b, ast.Tuple) and len(a.elts) == len(b.elts)):
        return [(a, b)]
    if sorted(map(text, a.elts)) == sorted(map(text, b.elts)):
        return [(a, b)]
    pairs = zip(a.elts, b.elts, strict=True)
    return [narrow(one, other) or (one, other) for one, other in pairs if text(one) != text(other)]


def _lifted(statement, node):
    """Return what a mere number is an argument or an index of; any other expression itself."""
    number = isinstance(node, ast.Constant | ast.UnaryOp) and not isinstance(
        getattr(node, "op", None), ast.Not
    )
    while number and isinstance(parent := _parent(statement, node), ast.Call | ast.Subscript | ast.Slice):
        node = parent
        number = isinstance(node, ast.Slice)
    return node


def _parent(statement, node):
    """Return the expression directly around another one, None if there is none."""
    for outer in ast.walk(statement):
        if isinstance(outer, ast.expr):
            inner = [k.value if isinstance(k, ast.keyword) else k for k in ast.iter_child_nodes(outer)]
            if any(child is node for child in inner):
                return outer
    return None


def _values(one, other):
    """Return the values of two statements of which nothing else differs."""
    same = type(one) is type(other) and isinstance(one, ast.Assign | ast.Return | ast.AugAssign)
    if not same or one.value is None or other.value is None:
        return None, None
    targets = [ast.dump(t) for t in getattr(one, "targets", [])] == [
        ast.dump(t) for t in getattr(other, "targets", [])
    ]
    augmented = isinstance(one, ast.AugAssign)
    if not targets or (
        augmented and ast.dump(one.op) + ast.dump(one.target) != ast.dump(other.op) + ast.dump(other.target)
    ):
        return None, None
    return narrow(one.value, other.value) or (one.value, other.value)


def text(node):
    """Return the source of a node, on one line."""
    if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
        return f"return {', '.join(map(ast.unparse, node.value.elts))}"
    return ast.unparse(node).split("\n")[0] if isinstance(node, ast.AST) else ""


def bare(node):
    """Return the text of an expression without what converts it."""

    class Bare(ast.NodeTransformer):
        def visit_Call(self, call):
            self.generic_visit(call)
            return call.args[0] if name_of(call) in CONVERSIONS and len(call.args) == 1 else call

    return ast.unparse(Bare().visit(copy.deepcopy(node)))


def short(node):
    """Return the source of a node, cut if it is long."""
    said = text(node)
    return said if len(said) <= LONGEST else f"{said[: LONGEST - 4]} ..."


def name_of(call):
    """Return the last name of what is called, "" if it has none."""
    function = getattr(call, "func", None)
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def module_of(call):
    """Return what stands in front of the dot of what is called, "" if nothing does."""
    function = getattr(call, "func", None)
    return text(function.value) if isinstance(function, ast.Attribute) else ""


def subject_of(call):
    """Return the array that a function or method goes over, as text."""
    if module_of(call) in ("np", "numpy", "np.linalg", "math", ""):
        return text(call.args[0]) if call.args else ""
    return module_of(call)


def option(call, name):
    """Return the text of an argument by name (axis by its place, too), "" if it is not given."""
    for keyword in call.keywords:
        if keyword.arg == name:
            return text(keyword.value)
    of_array = module_of(call) in ("np", "numpy")
    at = 1 if of_array else 0
    if (
        name == "axis"
        and name_of(call) in REDUCTIONS
        and len(call.args) > at
        and module_of(call) != "np.linalg"
    ):
        return text(call.args[at])
    return ""


def contains(large, small):
    """Return True if an expression occurs in another one."""
    said = text(small)
    return any(text(node) == said for node in ast.walk(large) if isinstance(node, ast.expr))


def leaves(node):
    """Return the names and numbers of an expression, sorted."""
    return sorted(text(n) for n in ast.walk(node) if isinstance(n, ast.Name | ast.Constant))


def factors(node):
    """Return what an expression multiplies and what it divides by, as texts."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div):
        above, below = factors(node.left)
        more, less = factors(node.right)
        if isinstance(node.op, ast.Div):
            more, less = less, more
        return above + more, below + less
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        above, below = factors(node.operand)
        return above, below
    return [text(node)], []


def terms(node):
    """Return the terms of a sum, with their signs, as texts."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        right = terms(node.right)
        if isinstance(node.op, ast.Sub):
            right = [(-sign, said) for sign, said in right]
        return terms(node.left) + right
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return [(-sign, said) for sign, said in terms(node.operand)]
    return [(1, text(node))]


def without(some, others):
    """Return the list ``some`` without the entries that are in ``others``, as often as they are there."""
    left = list(others)
    return [one for one in some if not (one in left and not left.remove(one))]
