"""The catalogue: what was remembered on the way forward is used on the way back.

A mask is put into a list or a dictionary by one loop, and another loop needs the same one: not a new draw,
and not nothing at all.
"""

import ast

from tests.grading.repair.blocks import Block, parsed
from tests.grading.repair.edits import name_of, names_in

COST = 1.3  # there are few of them


def mask_edits(function, scope):
    """Yield the edits that send a gradient through a mask which the function has remembered."""
    for loop in (n for n in ast.walk(function) if isinstance(n, ast.For | ast.While)):
        masks = [*_remembered(function, loop)]
        for statements in _blocks(loop) if masks else ():
            block = Block(statements)
            for i, node in enumerate(statements):
                for mask, condition in masks:
                    yield from _through(block, i, node, mask, condition, scope)


def _blocks(loop):
    for node in ast.walk(loop):
        for field in ("body", "orelse"):
            if isinstance(block := getattr(node, field, None), list):
                yield block


def _remembered(function, loop):
    """Yield how a loop can read a mask that an earlier one has kept, and the condition under which it was."""
    index = loop.target.id if isinstance(loop, ast.For) and isinstance(loop.target, ast.Name) else None
    places = ("I", "I - 1", "I + 1") if index else ()
    for node, condition, variable in _kept(function):
        if node.lineno >= loop.lineno:
            continue
        if isinstance(node, ast.Expr):  # masks.append(mask)
            kept = ast.unparse(node.value.func.value)
            yield f"{kept}.pop()", condition
            for place in places:
                yield f"{kept}[{place.replace('I', index)}]", condition
        elif variable:  # cache["D" + str(layer)] = mask
            for place in places:
                key = _With(variable, place.replace("I", index)).visit(parsed(ast.unparse(node.targets[0])))
                yield ast.unparse(ast.fix_missing_locations(key)), condition


def _kept(function):
    """Yield the statements that keep a mask, the condition around each, and the variable of its loop."""
    masks = {"mask"} | {name for node in ast.walk(function) for name in _drawn(node)}

    def descend(statements, condition, variable):
        for node in statements:
            if _keeps(node, masks):
                yield node, condition, variable
            inside = ast.unparse(node.test) if isinstance(node, ast.If) else condition
            own = getattr(node.target, "id", None) if isinstance(node, ast.For) else variable
            yield from descend(getattr(node, "body", []), inside, own)
            yield from descend(getattr(node, "orelse", []), condition, own)

    yield from descend(function.body, None, None)


def _drawn(node):
    """Yield the name that a statement gives to a mask: the second result of dropout, or a draw."""
    if isinstance(node, ast.Assign):
        calls = [n for n in ast.walk(node.value) if isinstance(n, ast.Call)]
        target = node.targets[0]
        if isinstance(target, ast.Tuple) and any(name_of(call) == "dropout" for call in calls):
            target = target.elts[-1]
        elif not any(ast.unparse(call.func).startswith("rng.") for call in calls):
            return
        if isinstance(target, ast.Name) and target.id != "_":
            yield target.id


def _keeps(node, masks):
    """Return True for ``masks.append(mask)`` and ``cache[key] = mask``."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and name_of(node.value) == "append":
        return bool(names_in(node.value.args[0]) & masks)
    subscript = isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript)
    return subscript and getattr(node.value, "id", None) in masks


class _With(ast.NodeTransformer):
    def __init__(self, name, text):
        self.name, self.text = name, text

    def visit_Name(self, node):
        return parsed(self.text).value if node.id == self.name else node


def _through(block, i, node, mask, condition, scope):
    """Yield a draw that becomes a look-up, and a look-up where there is none."""
    if not isinstance(node, ast.Assign):
        return
    target = node.targets[0]
    if (
        isinstance(target, ast.Tuple)
        and isinstance(node.value, ast.Call)
        and name_of(node.value) == "dropout"
    ):
        name = ast.unparse(target.elts[0])
        new = f"{name} = dropout_backward({ast.unparse(node.value.args[0])}, {mask})"
        yield block.swap("a remembered mask", COST - 0.3, node, lambda: [parsed(new)], form=new)
    if isinstance(target, ast.Name) and scope.names.get(target.id, "").startswith(("array", "list")):
        used = f"{target.id} = {target.id} * {mask}"
        text = f"if {condition}:\n    {used}" if condition else used
        yield block.insert("a remembered mask", COST, i + 1, lambda: parsed(text), text)
