"""Changes that are right and that nobody means: each function's docstring is a reason to hold one back."""

import ast
import re
from collections import Counter

from tests.grading.repair.edits import bag, distance, name_of, names_in

FROM_ELSEWHERE = {"expression of a right variant", "statement of a right variant"}
ENDS = ast.Return | ast.Raise | ast.Break | ast.Continue
ORDERS = ast.Lt | ast.LtE | ast.Gt | ast.GtE
LIMITS = {"clip", "maximum", "minimum"}
PLAIN_NUMBERS = {0, 1, 2, -1, 0.5}
TEXT = re.compile(r"['\"][A-Za-z_]+['\"]")


def _nodes(statements, kind):
    return [node for s in statements for node in ast.walk(s) if isinstance(node, kind)]


def _is_text(node):
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def order_of_texts(it):
    """texts are compared by their order"""

    def ordered(statements):
        return sum(
            isinstance(node.ops[0], ORDERS) and any(map(_is_text, (node.left, *node.comparators)))
            for node in _nodes(statements, ast.Compare)
        )

    return ordered(it.hunk.new) > ordered(it.hunk.old)


def foreign_text(it):
    """compared with a text that it never equals"""

    def compared(statements):
        return {
            (ast.unparse(node.left), ast.unparse(node.comparators[0]))
            for node in _nodes(statements, ast.Compare)
            if _is_text(node.comparators[0])
        }

    old, new = compared(it.hunk.old), compared(it.hunk.new)
    kept = {text for _, text in old}
    if isinstance(it.a, ast.Constant) and _is_text(it.a) and not isinstance(it.b, ast.Constant):
        return bool(old)
    return any(
        text in kept and not any(f"{what} == {text}" in donor for donor in it.texts)
        for what, text in new - old
    )


def useless_membership(it):
    """a key or a cache is made useless"""
    old, new = (set(_memberships(part)) for part in (it.hunk.old, it.hunk.new))
    containers = {container for _, container in old}
    known = {donor.replace(" not in ", " in ") for donor in it.texts}
    return bool(old) and any(
        (container not in containers or not what.isidentifier())
        and not any(f"{what} in {container}" in donor for donor in known)
        for what, container in new - old
    )


def _memberships(statements):
    """Yield what is looked for in what, as texts."""
    for node in _nodes(statements, ast.Compare):
        if isinstance(node.ops[0], ast.In | ast.NotIn):
            yield ast.unparse(node.left), ast.unparse(node.comparators[0])


def chance_parameter(it):
    """a parameter that has its place already"""
    if "constant to a parameter" not in it.kinds or it.exact:
        return False
    new = names_in(it.b or it.value) - it.unused if it.b or it.value else set()
    return bool(new - (names_in(it.before) if it.before else set())) and not it.nearer(2)


def iterator(it):
    """an iterator in the place of what can be gone through"""
    return it.new(r"\biter\(")


def limit_from_nowhere(it):
    """a constant of its own"""

    def limits(statements):
        calls = [node for node in _nodes(statements, ast.Call) if name_of(node) in LIMITS]
        numbers = [
            n.value for call in calls for a in call.args for n in ast.walk(a) if isinstance(n, ast.Constant)
        ]
        return {number for number in numbers if type(number) in (int, float)}

    return bool(limits(it.hunk.new) - limits(it.hunk.old) - PLAIN_NUMBERS)


def opposite_taken_away(it):
    """the opposite is taken away"""

    def negated(statement):
        taken = isinstance(statement, ast.AugAssign) and isinstance(statement.op, ast.Sub)
        return taken and ast.unparse(statement.value).startswith("-")

    return any(map(negated, it.hunk.new)) and not any(map(negated, it.hunk.old))


def nothing_left(it):
    """much is rewritten"""
    if not it.kinds & FROM_ELSEWHERE or len(it.hunk.old) != 1 or not it.hunk.new:
        return False
    one, other = it.hunk.old[0], it.hunk.new[0]
    if hasattr(one, "body") and not hasattr(other, "body"):
        return True
    if it.a is None or it.b is None:
        return False
    mine, theirs = _operations(it.a), _operations(it.b)
    if sum(mine.values()) > 1 and not mine & theirs:
        return True
    mine, theirs = _functions(it.a), _functions(it.b)
    whole = isinstance(one, ast.Return) and it.a is one.value
    return bool(whole and mine and theirs and not mine & theirs and distance(bag(it.a), bag(it.b)) > 5)


def _functions(node):
    return {name_of(n) for n in ast.walk(node) if isinstance(n, ast.Call)} - {"as_floating"}


def _operations(node):
    """Return what an expression does, as names of operators and functions, and how often."""
    done = [type(n.op).__name__ for n in ast.walk(node) if isinstance(n, ast.BinOp)]
    return Counter([*done, *(name_of(n) for n in ast.walk(node) if isinstance(n, ast.Call))])


def never_run(function):
    """Return how many statements of a function can never run, and rounds that can never be a second one."""
    found = 0
    for node in ast.walk(function):
        for block in (getattr(node, field, None) for field in ("body", "orelse", "finalbody")):
            ends = [i for i, s in enumerate(block) if isinstance(s, ENDS)] if isinstance(block, list) else []
            found += len(block) - 1 - ends[0] if ends else 0
        if isinstance(node, ast.For | ast.While):
            found += any(isinstance(statement, ast.Return) for statement in node.body)
    return found


UNMEANT = (
    *(
        nothing_left,
        order_of_texts,
        foreign_text,
        useless_membership,
        iterator,
        chance_parameter,
        limit_from_nowhere,
        opposite_taken_away,
    ),
)
