"""Instrumentation: a program in which every expression shows its value, and every write what it has changed.

``see__(k, value)`` stands around an expression; ``stored__(k, value)`` follows a write, ``touched__`` a call
that may have written; ``enter__`` and ``each__`` stand first in a function and in a loop. k is the site.
"""

import ast

from .records import Site
from .source import place_of

MODULES = {"np", "numpy", "math", "itertools", "functools"}  # their attributes are no values of interest
CONSUMERS = {"list", "tuple", "sum", "max", "min", "sorted", "set", "dict", "any", "all"}


class Instrument(ast.NodeTransformer):
    """Rewrites a tree, and numbers its sites as their values come."""

    def __init__(self, source):
        self.source, self.sites = source, []
        self._parts, self._guards, self._loops, self._function = [], [], 0, ""

    def visit(self, node):
        """Visit a node; an expression that gives a value is seen."""
        if not isinstance(node, ast.expr) or isinstance(node, ast.Constant | ast.JoinedStr):
            return super().visit(node) if not isinstance(node, ast.JoinedStr) else node
        if isinstance(node, ast.Name | ast.Attribute) and _of_a_module(node):
            return node
        outer, self._parts = self._parts, []
        new = super().visit(node)
        inner, self._parts = self._parts, outer
        if isinstance(node, ast.Yield) and inner:
            self._mark(inner[-1], returned=True)
        unseen = ast.Starred | ast.Slice | ast.Yield | ast.YieldFrom | ast.Await | ast.Lambda
        if isinstance(node, unseen) or not isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
            self._parts += inner
            return new
        base = ast.unparse(node.func) if isinstance(node, ast.Call) and _plain(node.func) else ""
        k = self._site(type(node).__name__, node, inner, base=base)
        self._parts.append(k)
        return _call("see__", k, new)

    def _site(self, kind, node, parts=(), **more):
        place = place_of(node)
        if kind == "Enter":
            place = place._replace(end_line=place.line, end_column=place.column)
        guards, loop = tuple(self._guards), self._loops > 0
        text = self.source.piece(place)
        self.sites.append(Site(kind, place, text, tuple(parts), guards, loop, self._function, **more))
        return len(self.sites) - 1

    def _mark(self, k, **more):
        self.sites[k] = self.sites[k]._replace(**more)

    # expressions that are not gone through field by field

    def visit_Call(self, node):
        if isinstance(node.func, ast.Attribute):
            node.func.value = self.visit(node.func.value)
        elif not isinstance(node.func, ast.Name):
            node.func = self.visit(node.func)
        name, args = getattr(node.func, "id", ""), []
        for argument in node.args:
            args.append(self.visit(argument))
            if name in CONSUMERS:
                self._consumed()
        node.args, node.keywords = args, [self.generic_visit(keyword) for keyword in node.keywords]
        return node

    def visit_Subscript(self, node):
        node.value = self.visit(node.value)
        if isinstance(node.slice, ast.Tuple):  # may hold slices, which are no values
            node.slice.elts = [self.visit(index) for index in node.slice.elts]
        else:
            node.slice = self.visit(node.slice)
        return node

    def visit_IfExp(self, node):
        node.test = self.visit(node.test)
        with_guard = self._parts[-1:]
        self._guards += with_guard
        node.body, node.orelse = self.visit(node.body), self.visit(node.orelse)
        self._drop(with_guard)
        return node

    def _comprehension(self, node):
        self._loops += 1
        for generator in node.generators:
            generator.iter = self.visit(generator.iter)
            self._consumed()
            generator.ifs = [self.visit(test) for test in generator.ifs]
        for field in ("key", "value", "elt"):
            if hasattr(node, field):
                setattr(node, field, self.visit(getattr(node, field)))
        self._loops -= 1
        return node

    visit_ListComp = visit_SetComp = visit_GeneratorExp = visit_DictComp = _comprehension  # noqa: N815

    def visit_Lambda(self, node):
        node.body = self.visit(node.body)
        return node

    def _consumed(self):
        if self._parts:
            self._mark(self._parts[-1], consumes=True)

    def _drop(self, guards):
        if guards:
            self._guards.pop()

    # statements

    def visit_FunctionDef(self, node):
        outer = self._parts, self._guards, self._loops, self._function
        self._parts, self._guards, self._loops, self._function = [], [], 0, node.name
        a = node.args
        extra = [argument for argument in (a.vararg, a.kwarg) if argument]
        names = tuple(argument.arg for argument in [*a.posonlyargs, *a.args, *a.kwonlyargs, *extra])
        enter = self._set("enter__", self._site("Enter", node, names=names))
        node.body = [enter, *self._block(node.body)]
        self._parts, self._guards, self._loops, self._function = outer
        return node

    def _block(self, statements):
        visited = []
        for statement in statements:
            self._parts = []
            new = self.visit(statement)
            visited += new if isinstance(new, list) else [new]
        self._parts = []
        return visited

    def visit_ClassDef(self, node):
        node.body = self._block(node.body)
        return node

    def visit_Module(self, node):
        node.body = self._block(node.body)
        return node

    def visit_Assign(self, node):
        touched = _touched(node.value)
        node.value = self.visit(node.value)
        parts = self._parts[:]
        names = tuple(target.id for target in node.targets if isinstance(target, ast.Name))
        if names and parts and self.sites[parts[-1]].place == place_of(node.value):
            self._mark(parts[-1], names=names)
        bases = [base for target in node.targets for base in _bases(target)]
        node.targets = [self.visit(target) for target in node.targets]
        stores = [self._store(node, base, parts) for base in bases]
        return [node, *stores, *(self._store(node, base, parts, hook="touched__") for base in touched)]

    def visit_AnnAssign(self, node):
        if node.value is None:
            return node
        new = ast.Assign([node.target], node.value)
        return self.visit_Assign(ast.copy_location(new, node))

    def visit_AugAssign(self, node):
        target = node.target
        node.value = self.visit(node.value)
        bases = _bases(target) or [target]
        if isinstance(target, ast.Subscript) and _plain(target) and not isinstance(target.slice, ast.Slice):
            bases.append(target)  # in a list of arrays, the array changes
        names = (target.id,) if isinstance(target, ast.Name) else ()
        parts = self._parts[:]
        copies = [ast.parse(ast.unparse(base), mode="eval").body for base in bases]
        node.target = self.visit(target)
        return [node, *(self._store(node, base, parts, names) for base in copies)]

    def visit_Expr(self, node):
        touched = _touched(node.value)
        node.value = self.visit(node.value)
        parts = self._parts[:]
        return [node, *(self._store(node, base, parts, hook="touched__") for base in touched)]

    def _store(self, node, base, parts, names=(), hook="stored__"):
        k = self._site("Store", node, parts, names=names, base=ast.unparse(base))
        value = ast.parse(ast.unparse(base), mode="eval").body
        return ast.copy_location(ast.Expr(_call(hook, k, ast.copy_location(value, node))), node)

    def _set(self, hook, k):
        """Return the statement that shows what names are set to, at the start of a function or a loop."""
        values = ast.Tuple([ast.Name(name, ast.Load()) for name in self.sites[k].names], ast.Load())
        return ast.Expr(_call(hook, k, values))

    def visit_For(self, node):
        node.iter = self.visit(node.iter)
        self._consumed()
        guard = self._parts[-1:]
        names = tuple(dict.fromkeys(n.id for n in ast.walk(node.target) if isinstance(n, ast.Name)))
        names = (
            names
            if not any(isinstance(n, ast.Subscript | ast.Attribute) for n in ast.walk(node.target))
            else ()
        )
        each = self._site("Each", node.target, guard, names=names)
        self._looped(node, guard, each)
        return node

    def visit_While(self, node):
        node.test = self.visit(node.test)
        self._looped(node, self._parts[-1:], self._site("Each", node.test))
        return node

    def _looped(self, node, guard, each):
        self._guards += guard
        self._loops += 1
        node.body = [self._set("each__", each), *self._block(node.body)]
        self._loops -= 1
        self._drop(guard)
        node.orelse = self._block(node.orelse)

    def visit_If(self, node):
        node.test = self.visit(node.test)
        guard = self._parts[-1:]
        self._guards += guard
        node.body, node.orelse = self._block(node.body), self._block(node.orelse)
        self._drop(guard)
        return node

    def visit_With(self, node):
        node.items = [self.generic_visit(item) for item in node.items]
        node.body = self._block(node.body)
        return node

    def visit_Try(self, node):
        for field in ("body", "orelse", "finalbody"):
            setattr(node, field, self._block(getattr(node, field)))
        for handler in node.handlers:
            handler.body = self._block(handler.body)
        return node

    def visit_Match(self, node):
        node.subject = self.visit(node.subject)
        for case in node.cases:
            case.body = self._block(case.body)
        return node

    def visit_Return(self, node):
        if node.value is not None:
            node.value = self.visit(node.value)
            if self._parts and self.sites[self._parts[-1]].place == place_of(node.value):
                self._mark(self._parts[-1], returned=True)
        return node

    def _left(self, node):
        return node

    visit_Raise = visit_Delete = _left  # noqa: N815


def _call(name, k, value):
    new = ast.Call(ast.Name(name, ast.Load()), [ast.Constant(k), value], [])
    return ast.copy_location(new, value) if hasattr(value, "lineno") else new


def _of_a_module(node):
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name) and node.id in MODULES


def _plain(node):
    """Return True if an expression can be evaluated once more without an effect."""
    plain = ast.Name | ast.Attribute | ast.Subscript | ast.Constant | ast.BinOp | ast.UnaryOp | ast.Tuple
    inner = (n for n in ast.walk(node) if isinstance(n, ast.expr))
    return all(isinstance(n, plain) for n in inner)


def _bases(target):
    """Return what an assignment to a target writes into, apart from names."""
    if isinstance(target, ast.Tuple | ast.List):
        return [base for element in target.elts for base in _bases(element)]
    if isinstance(target, ast.Subscript) and _plain(target.value):
        return [ast.parse(ast.unparse(target.value), mode="eval").body]
    if isinstance(target, ast.Attribute) and _plain(target.value):
        whole = target.value if target.attr in ("flat", "shape", "T") else target
        return [ast.parse(ast.unparse(whole), mode="eval").body]
    return []


def _touched(call):
    """Return the variables that a call may write into: its arguments, and what its method belongs to."""
    if not isinstance(call, ast.Call):
        return []
    given = [*call.args, *(keyword.value for keyword in call.keywords)]
    if isinstance(call.func, ast.Attribute):
        given.append(call.func.value)
    names = [node for node in given if isinstance(node, ast.Name | ast.Attribute | ast.Subscript)]
    copies = [ast.parse(ast.unparse(node), mode="eval").body for node in names if _plain(node)]
    return [node for node in copies if not _of_a_module(node)]
