"""The catalogue: statements written another way, or with what is missing put in front of them."""

import ast
import itertools

from tests.grading.repair.blocks import anew, parsed
from tests.grading.repair.edits import bag, distance, names_in
from tests.grading.repair.expressions import FAR, LOOPS, fits
from tests.grading.repair.patterns import fill, match
from tests.grading.repair.rules_of_statements import STATEMENTS
from tests.grading.trace.trees import copied


def rewritten(block, node, scope):
    """Yield the edits by the rules for statements, and those to what is assigned to or returned."""
    for rule in STATEMENTS.get(type(node), ()):
        bound = match(rule.pattern, node)
        if bound is None or not fits(rule, _kind(node, scope) if rule.value else "", scope):
            continue
        if isinstance(bound.get("T"), ast.Tuple | ast.List):
            continue
        for free in scope.standing_for(rule.free[0]) if rule.free else (None,):
            filled = bound | ({rule.free[0]: free} if rule.free else {})
            form = rule.text + (free.id if rule.free else "")
            yield block.swap(
                rule.kind, rule.cost, node, lambda r=rule, f=filled: [_statement(r, f)], form=form
            )
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        yield from _into_entries(block, node)
    if isinstance(node, ast.Assign | ast.AugAssign | ast.Return | ast.Expr):
        yield from _exchanged(block, node, scope)
    targets = (
        node.targets
        if isinstance(node, ast.Assign)
        else [node.target]
        if isinstance(node, ast.AugAssign)
        else []
    )
    for target in targets[:1]:
        yield from _other_targets(block, node, target, scope)
    if isinstance(node, ast.Expr) and not isinstance(node.value, ast.Constant | ast.Yield):
        yield block.swap(
            "return added",
            1.2 if block.statements[-1] is node else 1.6,
            node,
            lambda: [ast.Return(node.value)],
        )
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        call = node.value
        owner = [call.func.value] if isinstance(call.func, ast.Attribute) else []
        for kept in [*owner, *call.args[:2]]:
            if isinstance(kept, ast.Name) and kept.id not in ("np", "self"):
                make = lambda k=kept: [ast.Assign([ast.Name(k.id, ast.Store())], call)]  # noqa: E731
                yield block.swap("result kept", 1.5, node, make, form=kept.id)


def _exchanged(block, node, scope):
    """Yield the exchange of two names of one kind in what a statement assigns or returns."""
    names = sorted(names_in(node.value, ast.Load) & set(scope.names)) if node.value is not None else ()
    for one, other in itertools.combinations(names, 2):
        kinds = [scope.names[name] for name in (one, other)]
        if kinds[0] and (kinds[0] == kinds[1] or {*kinds} == {"int", "number"}):
            value = _Renamed({one: other, other: one}).visit(copied(node.value))
            new = lambda value=value: [anew(node, value=value)]  # noqa: E731
            yield block.swap("names exchanged", 1.3, node, new, form=f"{one} {other}")


class _Renamed(ast.NodeTransformer):
    """Gives names that are read other names."""

    def __init__(self, names):
        self.names = names

    def visit_Name(self, node):
        read = isinstance(node.ctx, ast.Load)
        return ast.Name(self.names.get(node.id, node.id), node.ctx) if read else node


def _into_entries(block, node):
    """Yield the write into those entries of an array that the value is computed from."""
    picked = (n for n in ast.walk(node.value) if isinstance(n, ast.Subscript))
    indices = {
        ast.unparse(n.slice) for n in picked if isinstance(n.slice, ast.Name | ast.UnaryOp | ast.Tuple)
    }
    for index in sorted(indices):
        text = f"{node.targets[0].id}[{index}]"
        new = lambda t=text: [anew(node, targets=[parsed(f"{t} = 0").targets[0]])]  # noqa: E731
        yield block.swap("a new array to in place", 1.2, node, new, form=text)


def _statement(rule, bound):
    new = fill(rule.new[0], **bound)
    return ast.Expr(new) if isinstance(new, ast.expr) else new


def _kind(node, scope):
    """Return the kind of value that a statement assigns or returns."""
    target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
    if target is None:
        value = getattr(node, "value", None)
        value = value.elts[-1] if isinstance(value, ast.Tuple) else value
        return scope.kind_of(value) if value is not None else ""
    return scope.kind_of(ast.parse(ast.unparse(target), mode="eval").body)


def _other_targets(block, node, target, scope):
    kind = scope.names.get(getattr(target, "id", ""), "")
    if isinstance(target, ast.Name):
        for name, other in scope.names.items():
            if name == target.id:
                continue
            if isinstance(node, ast.AugAssign) and other[:5] == kind[:5]:
                new = lambda n=name: [anew(node, target=ast.Name(n, ast.Store()))]  # noqa: E731
                yield block.swap("another target", 1.9, node, new, form=name)
            elif isinstance(node, ast.Assign) and other.startswith("array"):
                new = lambda n=name: [anew(node, targets=[ast.Name(n, ast.Store())])]  # noqa: E731
                yield block.swap("another target", 2.0, node, new, form=name)
                if name in scope.parameters:
                    whole = parsed(f"{name}[...] = 0").targets
                    new = lambda w=whole: [anew(node, targets=w)]  # noqa: E731
                    yield block.swap("another target", 2.0, node, new, form=f"{name}[...]")
    if isinstance(target, ast.Tuple):
        for i, one in enumerate(target.elts):
            for name in scope.names if isinstance(one, ast.Name) else ():
                if name != one.id:
                    elts = [*target.elts[:i], ast.Name(name, ast.Store()), *target.elts[i + 1 :]]
                    new = lambda e=elts: [anew(node, targets=[ast.Tuple(e, ast.Store())])]  # noqa: E731
                    yield block.swap("another target", 1.7, node, new, form=f"{i} {name}")


def of_right_variants(block, node, scope):
    mine = None
    own = names_in(node, ast.Load) & set(scope.names) - set(scope.parameters)
    for donor in scope.donors.statements:
        alike = type(donor.tree) is type(node) and not isinstance(node, ast.If)
        if not alike and not isinstance(node, LOOPS):
            continue
        mine = mine or bag(node)
        far = distance(mine, donor.tokens)
        if 0 < far <= FAR * (1 + isinstance(node, LOOPS)):
            cost = 1.6 + 0.16 * far + 1.5 * bool(own and not own & set(donor.tokens))
            new = lambda d=donor: [copied(d.tree)]  # noqa: E731
            yield block.swap("statement of a right variant", cost, node, new, form=donor.text)


# ---- what is missing -----------------------------------------------------------------------------


def inserted(block, i, first, scope, function):
    """Yield statements that can stand in front of the i-th."""
    statements = block.statements
    top = statements is function.body

    def insert(kind, cost, text):
        return block.insert(
            kind, cost, i, lambda: parsed(text) if "return" not in text else _return(text), text
        )

    arrays = scope.of_kind("array", names=scope.parameters) if top and i == first else []
    if len(arrays) > 1:
        converted = ", ".join(f"as_floating({name})" for name in arrays)
        yield insert("argument converted", 1.9, f"{', '.join(arrays)} = {converted}")
    for name in scope.parameters if top and i == first else ():
        for helper in scope.helpers:
            yield insert("argument converted", 1.9, f"{name} = self.{helper}({name})")
        kind = scope.names.get(name, "")
        if kind.startswith("array"):
            for text in ("as_floating({0})", "np.asarray({0})", "{0}.copy()"):
                yield insert("argument converted", 2.0, f"{name} = {text.format(name)}")
        elif kind.startswith("list"):
            yield insert("argument converted", 2.0, f"{name} = [v.copy() for v in {name}]")
    if top and i == len(statements) and not isinstance(statements[-1], ast.Return | ast.Raise):
        for name in scope.names:
            yield insert("return added", 1.5, f"return {name}")
    for text in dict.fromkeys(
        [*scope.counted, *(t for t, kind in scope.attributes.items() if kind == "int")]
    ):
        if (scope.attributes.get(text) or scope.names.get(text, "")) in ("int", "number"):
            yield insert("statement added", 2.0, f"{text} = 0")
            yield insert("statement added", 2.1, f"{text} += 1")
            if text in scope.names:
                yield insert("statement added", 1.9, f"{text} = math.sqrt({text})")
                for name in scope.of_kind("array", "list", names=scope.parameters):
                    yield insert("statement added", 2.1, f"{text} = {text} / len({name})")
    for donor in scope.donors.statements:
        guard = isinstance(donor.tree, ast.If) and isinstance(donor.tree.body[0], ast.Raise)
        last = top and i == len(statements) and not isinstance(statements[-1], ast.Return | ast.Raise)
        if (
            (isinstance(donor.tree, ast.Return) and not last)
            or (guard and not (top and i <= first + 4))
            or (not guard and (donor.size > 14 or _overwrites(donor.tree, statements[:i])))
        ):
            continue
        default = isinstance(donor.tree, ast.If) and ast.unparse(donor.tree.test) in {
            f"{name} is None" for name in scope.optional
        }
        if isinstance(donor.tree, ast.Return):
            yield block.insert("return added", 1.6, i, lambda d=donor: copied(d.tree), donor.text)
            continue
        of_guards = 1.8 - 0.5 * _settled(statements, i) + 0.1 * (i - first)
        cost = of_guards if guard else 1.8 if default else 2.4 + 0.1 * donor.size
        kind = "guard added" if guard else "statement added"
        yield block.insert(kind, cost, i, lambda d=donor: copied(d.tree), donor.text)


def _overwrites(node, before):
    """Return True if a statement throws away what those in front of it have put into a name."""
    if not isinstance(node, ast.Assign):
        return False
    stored = {name for target in node.targets for name in names_in(target, ast.Store)}
    made = {name for other in before for name in names_in(other, ast.Store)}
    return bool(stored & made) and not stored & names_in(node, ast.Load)


def _return(text):
    return ast.parse(f"def f():\n {text}").body[0].body[0]


def _settled(statements, i):
    """Return True just behind the guards or the conversions of the arguments: where a guard belongs."""

    def early(node):
        if isinstance(node, ast.If):
            return isinstance(node.body[0], ast.Raise)
        text = ast.unparse(node.value) if isinstance(node, ast.Assign) else ""
        return any(word in text for word in ("as_floating", "asarray", "np.array(", "astype("))

    return i > 0 and early(statements[i - 1]) and not (i < len(statements) and early(statements[i]))
