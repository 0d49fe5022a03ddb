"""Tidying: a change in a teacher's hand, where a value is made and by the names that are there."""

import ast
import copy

from tests.grading.repair.differences import hunks
from tests.grading.repair.edits import load, name_of, names_in

CONVERSIONS = {"float", "as_floating", "array", "asarray"}
METHODS = {"sum", "mean", "max", "min"}
LONGER = {"amax": "max", "amin": "min"}


def tidied(before, after, parts):
    """Return a function with the changes of ``parts`` in another form, None if there is nothing to tidy."""
    text = ast.unparse(after)
    for part in parts:
        if part.pair and not part.header:
            _made(before, after, part)
    for part in hunks(before.body, after.body):
        if part.pair and not part.header:
            _named(before, part)
    return after if ast.unparse(after) != text else None


def unconverted(parts):
    """Leave out the conversions that the changes have added; return True if there are any."""
    found = False
    for part in parts:
        mine = {ast.unparse(node) for node in ast.walk(part.pair[0])} if part.pair else set()
        for node in list(ast.walk(part.pair[1])) if part.pair else ():
            if _converts(node) and ast.unparse(node) not in mine:
                _swap(part.new[0], node, node.args[0])
                found = True
    return found


def _converts(node):
    return (
        isinstance(node, ast.Call)
        and name_of(node) in CONVERSIONS
        and len(node.args) == 1
        and not node.keywords
    )


def _stores(function, name):
    return [
        n
        for n in ast.walk(function)
        if isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Store)
    ]


def _settled(function, value, line):
    """Return True if no name of an expression gets another value from a line on."""
    names = names_in(value)
    later = (n for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))
    return not any(n.id in names and n.lineno >= line for n in later)


def _made(before, after, part):
    """Correct a value where it is made rather than where it is returned."""
    one, other = part.pair
    if not (isinstance(part.old[0], ast.Return) and isinstance(one, ast.Name) and one.id in names_in(other)):
        return
    uses = [n for n in ast.walk(before) if isinstance(n, ast.Name) and n.id == one.id]
    made = [
        s
        for s in after.body
        if isinstance(s, ast.Assign) and len(s.targets) == 1 and ast.unparse(s.targets[0]) == one.id
    ]
    once = sum(isinstance(n, ast.Name) and n.id == one.id for n in ast.walk(other)) == 1
    if len(uses) != 2 or len(made) != 1 or not once:
        return
    others = [load(name) for name in names_in(other) - {one.id}]
    if _settled(before, ast.Tuple(others, ast.Load()), made[0].lineno):
        value, new = made[0].value, copy.deepcopy(other)
        made[0].value = _Put(lambda node: isinstance(node, ast.Name) and node.id == one.id, value).visit(new)
        _swap(part.new[0], other, load(one.id))


class _Put(ast.NodeTransformer):
    def __init__(self, fits, new):
        self.fits, self.new = fits, new

    def visit(self, node):
        return self.new if self.fits(node) else self.generic_visit(node)


def _named(before, part):
    """Write the name of what has been computed already."""
    known = _known(before, part.line)
    mine = {_plain(node) for node in ast.walk(part.pair[0]) if isinstance(node, ast.expr)}

    def fits(node):
        return isinstance(node, ast.expr) and _plain(node) in known and _plain(node) not in mine

    class Names(ast.NodeTransformer):
        def visit(self, node):
            return load(known[_plain(node)]) if fits(node) else self.generic_visit(node)

    _swap(part.new[0], part.pair[1], Names().visit(copy.deepcopy(part.pair[1])))


def _swap(root, old, new):
    """Put one node below a root in the place of another."""
    for node in ast.walk(root):
        for field, value in ast.iter_fields(node):
            if value is old:
                setattr(node, field, new)
            elif isinstance(value, list):
                value[:] = [new if item is old else item for item in value]


def _known(function, line):
    """Return {expression, plainly written: name} of what a function has computed above a line."""
    known = {}
    for statement in function.body:
        if not isinstance(statement, ast.Assign) or statement.lineno >= line or len(statement.targets) != 1:
            continue
        target, value = statement.targets[0], statement.value
        names = [target] if isinstance(target, ast.Name) else getattr(target, "elts", [])
        once = all(isinstance(n, ast.Name) and len(_stores(function, n.id)) == 1 for n in names)
        if not names or not once or not _settled(function, value, statement.lineno):
            continue
        if isinstance(target, ast.Name) and not isinstance(value, ast.Name | ast.Constant):
            known[_plain(value)] = target.id
        elif len(names) == 2 and isinstance(value, ast.Attribute) and value.attr == "shape":
            array = ast.unparse(value.value)
            known |= {f"len({array})": names[0].id, f"{array}.shape[1]": names[1].id}
    return known


class _Plain(ast.NodeTransformer):
    def visit_Call(self, node):
        self.generic_visit(node)
        function = node.func
        if isinstance(function, ast.Attribute):
            function.attr = LONGER.get(function.attr, function.attr)
            numpy = isinstance(function.value, ast.Name) and function.value.id == "np"
            if numpy and function.attr in METHODS and node.args:
                function.value, *node.args = node.args
        return node

    def visit_Subscript(self, node):
        self.generic_visit(node)
        rows = isinstance(node.value, ast.Attribute) and node.value.attr == "shape"
        if rows and ast.unparse(node.slice) == "0":
            return ast.Call(load("len"), [node.value.value], [])
        return node


def _plain(node):
    """Return the text of an expression, the same for several ways to write it."""
    return ast.unparse(ast.fix_missing_locations(_Plain().visit(copy.deepcopy(node))))
