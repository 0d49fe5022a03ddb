"""The catalogue: every edit to the expressions of a statement, by rules, by their kind, by right variants."""

import ast
import itertools

from tests.grading.repair.edits import Edit, bag, distance, is_module, load, name_of, names_in
from tests.grading.repair.nodes import SPECIAL
from tests.grading.repair.patterns import fill, match
from tests.grading.repair.rules import EXPRESSIONS

FAR = 9  # an expression of a right variant that differs in more tokens is another program, not an edit
LOOPS = (ast.For, ast.While)


def places(node):
    """Yield (holder, key, expression, parent) of every expression below a statement, its blocks apart."""
    for field, value in ast.iter_fields(node):
        if isinstance(value, ast.expr):
            yield node, field, value, node
            yield from places(value)
        elif isinstance(value, list) and not (value and isinstance(value[0], ast.stmt)):
            for i, entry in enumerate(value):
                if isinstance(entry, ast.expr):
                    yield value, i, entry, node
                    yield from places(entry)
                elif isinstance(entry, ast.keyword | ast.comprehension):
                    yield from places(entry)


def expression_edits(statement, scope):
    """Yield the edits to every expression of a statement."""
    if isinstance(statement, ast.FunctionDef | ast.Raise):
        return
    indices = _indices(statement)
    for holder, key, node, parent in places(statement):
        if not isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
            continue
        if isinstance(parent, ast.JoinedStr | ast.FormattedValue) or isinstance(node, ast.JoinedStr):
            continue

        def edit(kind, cost, make, form="", holder=holder, key=key, node=node):
            return Edit(kind, cost, node.lineno, holder, key, make, form or kind, node)

        if isinstance(node, ast.Tuple) and any(isinstance(e, ast.Slice) for e in node.elts):
            continue  # an index of several axes, which stands nowhere else
        called = isinstance(parent, ast.Call) and key == "func"
        for rule in EXPRESSIONS.get(type(node), ()):
            yield from _by_rule(rule, node, parent, scope, edit)
        for special in SPECIAL.get(type(node), ()):
            yield from special(node, scope, edit, called)
        if called or isinstance(node, ast.Starred | ast.Slice) or is_module(node):
            continue
        if isinstance(node, ast.Attribute) and is_module(node.value):
            continue
        if _lacks_index(node, key, parent, scope):
            for index in indices:
                new = lambda i=index, n=node: fill("X[I]", X=n, I=load(i))  # noqa: E731
                yield edit("index of its neighbour", 1.2, new, index)
        whole = isinstance(node, ast.Name | ast.BinOp | ast.Call | ast.Subscript)
        if whole or not isinstance(parent, ast.Attribute):
            yield from _anywhere(node, parent, scope, edit)


def _lacks_index(node, key, parent, scope):
    """Return True for a name of an array or a list that stands without brackets."""
    if not isinstance(node, ast.Name) or (isinstance(parent, ast.Subscript) and key == "value"):
        return False
    return scope.kind_of(node).startswith(("array", "list"))


def _indices(statement):
    """Return the names that stand alone in the brackets of a statement, in their order."""
    brackets = (n.slice for n in ast.walk(statement) if isinstance(n, ast.Subscript))
    return list(dict.fromkeys(index.id for index in brackets if isinstance(index, ast.Name)))


def fits(rule, kind, scope):
    """Return True if a rule may be applied to a value of this kind."""
    if rule.value and (kind.split(" ")[0] or "?") not in rule.value:
        return False
    return all(word in (scope.attributes if word.startswith("self.") else scope.known) for word in rule.words)


def _by_rule(rule, node, parent, scope, edit, cost=0.0):
    """Yield the edits by one rule, one for each way to fill its free letters in."""
    bound = match(rule.pattern, node)
    if bound is None or not fits(rule, scope.kind_of(node) if rule.value else "", scope):
        return
    names = {n.id for n in bound.values() if isinstance(n, ast.Name)}
    for chosen in itertools.product(*map(scope.standing_for, rule.free)):
        if not {n.id for n in chosen} & names or rule.kind == "count":
            filled = {**bound, **dict(zip(rule.free, chosen, strict=True))}
            yield edit(rule.kind, rule.cost + cost, lambda f=filled: fill(rule.new[0], **f), rule.text)


def _anywhere(node, parent, scope, edit):
    """Yield the edits that put something around an expression, or another one in its place."""
    if _only_measured(node, parent):
        return
    kind, constant = scope.kind_of(node), isinstance(node, ast.Constant)
    if isinstance(node, ast.Compare | ast.BoolOp) and not kind.startswith("array"):
        kind = "bool"
    test = isinstance(parent, ast.If | ast.While | ast.BoolOp | ast.IfExp) or kind == "bool"
    outer = isinstance(parent, ast.stmt | ast.Tuple)
    crowd = len(scope.of_kind("number", "int")) > 4
    for rule in () if constant else EXPRESSIONS[ast.AST]:
        if rule.value != ("bool",) and (kind == "bool" or (test and rule.free)):
            continue
        if scope.large and not outer and (rule.cost > 1.5 or rule.free):
            continue
        if crowd and "S" in rule.free and rule.cost > 1.7:
            continue
        yield from _by_rule(rule, node, parent, scope, edit, 0.3 * (scope.large and not outer))
    mine, size = None, 0
    own = names_in(node) & set(scope.names) - set(scope.parameters)
    for donor in scope.donors.expressions:
        if scope.large and donor.size > 8 and not isinstance(donor.tree, ast.Compare | ast.BoolOp):
            continue
        theirs = scope.kind_of(donor.tree)
        if (kind and theirs and not _alike(kind, theirs)) or (constant and not kind):
            continue
        if mine is None:
            mine = bag(node)
            size = sum(mine.values())
        most = (5 if scope.large else FAR) + 4 * (theirs == "bool" and isinstance(parent, ast.If))
        if abs(donor.size - size) > most or not 0 < (far := distance(mine, donor.tokens)) <= most:
            continue
        if mine <= donor.tokens and ast.unparse(node) in donor.text:  # the learner's own, and what it lacks
            cost = 1.2 + 0.06 * far
        else:  # what passes by all that the learner has computed is dear
            cost = 1.6 + 0.16 * far + 1.5 * bool(own and not own & set(donor.tokens))
        yield edit("expression of a right variant", cost, lambda d=donor: fill(d.tree), donor.text)
    if isinstance(parent, ast.If | ast.While):
        for donor in scope.donors.expressions:
            if donor.size < 10 and scope.kind_of(donor.tree) == "bool":
                for text in ("X or D", "X and D"):
                    new = lambda t=text, d=donor: fill(t, X=node, D=d.tree)  # noqa: E731
                    yield edit("condition added", 1.7, new, f"{text} {donor.text}")


def _only_measured(node, parent):
    """Return True if nothing but the length, shape or dtype of a value is asked for."""
    if isinstance(parent, ast.Attribute):
        return parent.attr in ("shape", "size", "ndim", "dtype")
    return isinstance(parent, ast.Call) and node in parent.args and name_of(parent) == "len"


def _alike(kind, other):
    """Return True if an expression may stand for another: arrays of one shape, tests for tests."""
    if kind.startswith("array") and other.startswith("array"):
        return kind == other
    return (kind == "bool") == (other == "bool")
