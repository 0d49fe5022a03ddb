"""Which change a teacher would show: not one that is right and silly, and of the others the nearest.

About a quarter of all edits that mend a program are right by chance: ``m = 1`` for a factor that is not
needed, ``log_softmax`` inside of softmax, ``-n in cache``. Of those, only the place is told.
"""

import ast
import inspect
import re
from collections import Counter
from collections.abc import Callable

from tests.grading.course.exercises import EXERCISES
from tests.grading.repair.differences import head
from tests.grading.repair.edits import bag, distance, names_in
from tests.grading.repair.unmeant import PLAIN_NUMBERS, UNMEANT

INVENTED = {
    *("inverse", "root", "power", "function added", "limit", "one off", "term in scope", "negated", "mask"),
    *("every second", "index", "shape", "sum", "division by nothing"),
}
ODD = {
    *(
        "condition around it",
        "loop dropped",
        "else alone",
        "result not kept",
        "another target",
        "branch alone",
    ),
    *("another result added", "another result", "statement of a right variant", "argument passed on"),
    "name in quotes",
}
PLUMBING = {"as_floating", "minibatches", "clip_by_global_norm", "dropout_backward"}
FUNCTIONS = {exercise.function for exercise in EXERCISES.values() if exercise.function}
ROUNDABOUT = re.compile(
    r"reversed\(list|\[v for pair|\[v for W, b|\[g for i|\[1:\]\[|\[:-1\]\[|for new, old in zip"
)
FAR = 99


class Hearing:
    """A hunk before the judge: what stood there, what stands there now, and what right variants write."""

    def __init__(self, hunk, kinds, scope, function):
        self.hunk, self.kinds, self.scope = hunk, kinds, scope
        self.was, self.now = (" ; ".join(ast.unparse(head(s)) for s in part) for part in (hunk.old, hunk.new))
        single = len(hunk.old) == len(hunk.new) == 1
        self.one, self.other = (hunk.old[0], hunk.new[0]) if single else (None, None)
        self.a, self.b = hunk.pair or (None, None)
        self.value = self.b or getattr(self.other, "value", None)
        self.before = self.a or getattr(self.one, "value", None)
        self.added = _words(hunk.new) - _words(hunk.old)
        self.tokens = [d.tokens for d in (*scope.donors.expressions, *scope.donors.statements)]
        self.texts = texts = {d.text for d in (*scope.donors.expressions, *scope.donors.statements)}
        said = [ast.unparse(n) for n in (self.b, self.value) if isinstance(n, ast.expr)]
        self.exact = self.now in texts or any(len(text) > 6 and text in texts for text in said)
        self.locals = names_in(function, ast.Store) - set(scope.parameters)
        self.unused = set(scope.parameters) - names_in(function)

    def closest(self, node):
        """Return in how many tokens the nearest expression of right variants differs."""
        if not isinstance(node, ast.expr):
            return FAR
        mine = bag(node)
        return min((distance(mine, tokens) for tokens in self.tokens), default=FAR)

    def nearer(self, limit):
        """Return True if the change brings the learner's expression near to one of a right variant."""
        far = min(self.closest(self.b), self.closest(self.value))
        return far <= limit and far < self.closest(self.before)

    def new(self, pattern):
        return re.search(pattern, self.now) and not re.search(pattern, self.was)


def _words(statements):
    nodes = [n for s in statements for n in ast.walk(s)]
    return {n.id for n in nodes if isinstance(n, ast.Name)} | {
        n.attr for n in nodes if isinstance(n, ast.Attribute)
    }


def _numbers(node):
    nodes = ast.walk(node) if isinstance(node, ast.AST) else ()
    return {n.value for n in nodes if isinstance(n, ast.Constant) and type(n.value) in (int, float)}


def _calls(nodes):
    return {
        n.func.id
        for s in nodes
        for n in ast.walk(s)
        if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)
    }


# ---- reasons to hold a change back: each a function whose docstring is the reason ----------------


def dropped(it):
    """whole blocks dropped"""
    return not it.hunk.new and isinstance(it.hunk.old[0], ast.If | ast.For | ast.While)


def bypassed(it):
    """it passes by what was computed"""
    if not (it.b and it.kinds & {"expression of a right variant", "statement of a right variant"}):
        return False
    mine = names_in(it.one, ast.Load) & it.locals
    return bool(mine) and not mine & names_in(it.other)


def rewritten(it):
    """much is rewritten"""
    if not (it.b and it.kinds & {"expression of a right variant", "statement of a right variant"}):
        return False
    one, other = bag(it.a), bag(it.b)
    return distance(one, other) > (11 if one <= other else 8)


def global_generator(it):
    """a global generator"""
    return it.new(r"\bnp\.random\b")


def constant_for_a_value(it):
    """a constant in the place of a value"""
    new, old = getattr(it.other, "value", None), getattr(it.one, "value", None)
    constant = isinstance(it.other, ast.Assign) and isinstance(new, ast.Constant)
    return (constant and not isinstance(old, ast.Constant)) or "one or nothing in its place" in it.kinds


def every_second(it):
    """every second entry of something else than parameters"""
    found = it.new(r"\[1?::2\]")
    return found and not re.search(r"(params|grads|weights)\[1?::2\]", it.now)


def other_exercise(it):
    """the function of another exercise"""
    return bool(_calls(it.hunk.new) & it.added & FUNCTIONS - PLUMBING)


def chance_condition(it):
    """a condition joined by chance"""
    if not (
        isinstance(it.a, ast.BoolOp) and isinstance(it.b, ast.BoolOp) and type(it.a.op) is not type(it.b.op)
    ):
        return False
    subjects = [_words([v]) for v in it.a.values if isinstance(v, ast.Compare)]
    return not it.exact and not (len(subjects) == len(it.a.values) and set.intersection(*subjects))


def key_turned(it):
    """a key or a cache is made useless"""
    subscript = isinstance(it.one, ast.Assign) and any(isinstance(t, ast.Subscript) for t in it.one.targets)
    turned = isinstance(it.a, ast.Tuple) and isinstance(it.b, ast.Tuple) and subscript
    return turned or it.new(r"-\w+ (not )?in ")


def other_kind(it):
    """a value of another kind"""
    if not (it.b and isinstance(it.one, ast.Assign) and it.a is it.one.value):
        return False
    mine, theirs = it.scope.kind_of(it.a), it.scope.kind_of(it.b)
    return mine in ("int", "number") and bool(theirs) and theirs not in ("int", "number")


def count_of_a_count(it):
    """a count of a count"""
    return "count" in it.kinds and it.a is not None and it.scope.kind_of(it.a) == "int"


def condition_dropped(it):
    """a condition is dropped"""
    return "condition dropped" in it.kinds and isinstance(it.hunk.old[0], ast.If) and "self." not in it.was


def threshold(it):
    """a limit that no right variant has"""
    test, new = getattr(it.one, "test", None), getattr(it.other, "test", None)
    if test is None or not it.kinds & {"constant", "comparison"} or it.closest(new) < it.closest(test):
        return False
    turned = (it.new("<") and re.search(">", it.was)) or (it.new(">") and re.search("<", it.was))
    return "constant" in it.kinds or bool(turned)


def odd(it):
    """an unusual change that no right variant knows"""
    passed_on = "argument passed on" in it.kinds and it.added & it.unused
    return bool(it.kinds & ODD) and not it.exact and not passed_on and it.closest(it.value) > 3


def own_constant(it):
    """a constant of its own"""
    new = _numbers(it.b or it.value) - _numbers(it.before) - set(it.scope.donors.constants)
    return bool(new - PLAIN_NUMBERS)


def own_factor(it):
    """a factor of its own"""
    if "factor in scope" not in it.kinds or it.exact:
        return False
    new = names_in(it.b or it.value) - (names_in(it.before) if it.before else set())
    if isinstance(it.a, ast.Constant):
        new -= set().union(*(names_in(statement, ast.Load) for statement in it.hunk.old))
    return bool(new - it.unused) and not it.nearer(4)


def invented(it):
    """invented"""
    if not it.kinds & INVENTED or it.exact:
        return False
    if it.new(r"\[\w+ [+-] 1\]") or re.search(
        r"\.shape$|np\.arange\(len\(", ast.unparse(it.value) if it.value else it.now
    ):
        return False
    return not it.nearer(2)


def roundabout(it):
    """roundabout"""
    found = ROUNDABOUT.search(it.now)
    return found and not ROUNDABOUT.search(it.was) and (not it.exact or "for new, old" in it.now)


def inverse(it):
    """an inverse"""
    return it.new(r"\(1 / \w+\)") and not it.exact


def vain(it):
    """it does nothing"""
    return re.search(r"\*\* -?1\b|\b0 \+|\b1 \* ", it.now) and not re.search(
        r"\*\* -?1\b|\b0 \+|\b1 \* ", it.was
    )


def converted_twice(it):
    """converted twice"""
    return it.now.count(".astype(") > max(1, it.was.count(".astype("))


REASONS: list[Callable] = [
    *(dropped, bypassed, rewritten, global_generator, constant_for_a_value, every_second, other_exercise),
    *(
        chance_condition,
        key_turned,
        other_kind,
        count_of_a_count,
        condition_dropped,
        threshold,
        odd,
        own_constant,
    ),
    *(own_factor, invented, roundabout, inverse, vain, converted_twice),
    *UNMEANT,
]


def why_not(hunk, kinds, scope, function):
    """Return why a change must not be shown, "" if it may."""
    if len(hunk.old) > 2 or len(hunk.new) > 3:
        return "much is changed at once"
    it = Hearing(hunk, kinds, scope, function)
    if not it.hunk.old and it.hunk.new and not kinds & INVENTED:
        return "" if not other_exercise(it) else inspect.getdoc(other_exercise)
    return next((inspect.getdoc(reason) for reason in REASONS if reason(it)), "")


def worth(hunk, kinds, cost, scope, function, trusted):
    """Return how good a change is beside others: the lower, the better."""
    it = Hearing(hunk, kinds, scope, function)
    sides = [sum((bag(head(s)) for s in part), start=Counter()) for part in (hunk.old, hunk.new)]
    gain, exact = 0, False
    if isinstance(it.value, ast.expr) and isinstance(it.before, ast.expr):
        near, far = it.closest(getattr(it.other, "value", it.b)), it.closest(getattr(it.one, "value", it.a))
        gain, exact = max(-3, min(4, far - near)), near == 0
    size = sum(bag(it.a).values()) if it.a else 0  # of equals, the change to a name rather than to a call
    tokens = 0.02 * min(size, 10) + 0.3 * max(2, distance(*sides)) + 0.5 * ("sign" in kinds) + 0.5 * cost
    return tokens - 0.15 * gain - 0.3 * exact - 0.9 * (hunk.line in trusted)
