"""The catalogue: edits to an expression that depend on what it is, a constant, a name, a call and so on."""

import ast
import itertools

from tests.grading.repair.edits import is_module, load, name_of, names_in
from tests.grading.repair.patterns import fill

GROUPS = (  # functions and methods that are taken for one another
    ("sum", "mean", "max", "min", "prod", "std", "var", "median", "cumsum"),
    *(("amax", "amin", "max"), ("argmax", "argmin", "max"), ("maximum", "minimum", "fmax")),
    *(("exp", "expm1", "log", "log1p"), ("sqrt", "square"), ("abs", "square", "sign")),
    *(("zeros_like", "ones_like", "empty_like"), ("zeros", "ones", "empty"), ("asarray", "array")),
    *(("dot", "multiply", "matmul", "outer"), ("any", "all"), ("floor", "ceil", "round", "trunc")),
    *(("normal", "uniform", "random", "standard_normal"), ("permutation", "shuffle", "arange")),
    *(("logical_and", "logical_or"), ("greater", "greater_equal", "less", "less_equal")),
    *(("add", "subtract", "multiply", "divide"), ("append", "extend", "insert"), ("array_split", "split")),
    *(("hstack", "vstack", "concatenate"), ("sinh", "tanh", "cosh"), ("isfinite", "isnan")),
    *(("reshape", "ravel"), ("sigmoid", "tanh", "relu", "softmax"), ("softmax", "log_softmax", "sigmoid")),
    *(("dropout", "dropout_backward"), ("float32", "float64"), ("range", "len"), ("integers", "choice")),
)
SIBLINGS = {
    one: dict.fromkeys(other for group in GROUPS if one in group for other in group if other != one)
    for one in {name for group in GROUPS for name in group}
}
REDUCTIONS = {
    "sum",
    "mean",
    "max",
    "min",
    "amax",
    "amin",
    "argmax",
    "argmin",
    "any",
    "all",
    "norm",
    "prod",
    "std",
    "var",
    "reduce",
}
CREATORS = {
    "zeros",
    "ones",
    "empty",
    "array",
    "asarray",
    "full",
    "eye",
    "arange",
    "zeros_like",
    "ones_like",
    "empty_like",
}
PLAIN_CALLS = CREATORS | REDUCTIONS | {"len", "range", "float", "int", "zip", "enumerate"}


def _constants(node, scope, edit, called):
    value = node.value
    if isinstance(value, bool):
        yield edit("True or False", 1.0, lambda: ast.Constant(not value))
    elif isinstance(value, int | float):
        near = [value + 1, value - 1, -value, value * 2, value / 2, 0, 1, 0.5, 2]
        if isinstance(value, float) and value not in (0, 1):
            near.append(1 / value)
        for cost, pool in ((1.0, near[:3]), (1.2, near[3:]), (1.4, scope.donors.constants)):
            for other in pool:
                if other != value:
                    yield edit("constant", cost, lambda o=other: _number(o, value), f"{value} {other}")
        for name in scope.parameters:
            if scope.names.get(name, "number") in ("number", "int"):
                yield edit("constant to a parameter", 1.7, lambda n=name: load(n), name)
        yield edit("constant", 1.6, lambda: fill("np.inf"), "inf")
    elif isinstance(value, str):
        for other in scope.donors.strings:
            if other != value:
                yield edit("name in quotes", 1.5, lambda o=other: ast.Constant(o), other)
    elif value is None:
        for name in scope.parameters:
            yield edit("constant to a parameter", 1.7, lambda n=name: load(n), name)


def _number(value, like):
    value = int(value) if isinstance(like, int) and value == int(value) else value
    return ast.UnaryOp(ast.USub(), ast.Constant(-value)) if value < 0 else ast.Constant(value)


def _names(node, scope, edit, called):
    if called:
        for other in dict.fromkeys([*SIBLINGS.get(node.id, ()), *scope.donors.functions]):
            if other != node.id and other in scope.known:
                yield edit("another function", 1.6, lambda o=other: load(o), other)
        return
    if is_module(node):
        return
    kind = scope.names.get(node.id, "")
    for name, other in scope.names.items():
        if name != node.id and (other == kind or (not scope.large and (other[:4] == kind[:4] or not kind))):
            yield edit(
                "another name", 1.4 if other == kind else 1.7, lambda n=name: load(n), f"{node.id} {name}"
            )
    for text, other in scope.attributes.items():
        if other[:4] == kind[:4]:
            yield edit("another name", 1.8, lambda t=text: fill(t), f"{node.id} {text}")


def _attributes(node, scope, edit, called):
    for other in SIBLINGS.get(node.attr, ()):
        yield edit("another function", 1.3, lambda o=other: ast.Attribute(node.value, o, ast.Load()), other)
    if called and isinstance(node.value, ast.Name) and node.value.id == "np":
        for other in scope.donors.functions:
            yield edit("another function", 1.7, lambda o=other: load(o), other)
    if isinstance(node.value, ast.Name) and node.value.id == "self" and not called:
        kind = scope.kind_of(node)
        for text, other in scope.attributes.items():
            if text != ast.unparse(node) and (other[:4] == kind[:4] or not kind):
                yield edit("another name", 1.6, lambda t=text: fill(t), text)
        for name, other in scope.names.items():
            if other and other[:4] == kind[:4]:
                yield edit("another name", 1.8, lambda n=name: load(n), name)


def _associations(node, scope, edit, called):
    left, right = node.left, node.right
    if isinstance(left, ast.BinOp):
        yield edit(
            "brackets", 1.0, lambda: ast.BinOp(left.left, left.op, ast.BinOp(left.right, node.op, right))
        )
    if isinstance(right, ast.BinOp):
        yield edit(
            "brackets", 1.0, lambda: ast.BinOp(ast.BinOp(left, node.op, right.left), right.op, right.right)
        )


def _sequences(node, scope, edit, called):
    for i, j in itertools.combinations(range(len(node.elts)), 2):

        def swapped(i=i, j=j):
            elts = list(node.elts)
            elts[i], elts[j] = elts[j], elts[i]
            return type(node)(elts, ast.Load())

        yield edit("order", 1.0, swapped, f"order {i} {j}")
    if len(node.elts) == 3:
        for by in (1, 2):
            yield edit(
                "order",
                1.1,
                lambda by=by: type(node)(node.elts[by:] + node.elts[:by], ast.Load()),
                f"by {by}",
            )
    for i in range(len(node.elts) if len(node.elts) > 1 else 0):
        rest = node.elts[:i] + node.elts[i + 1 :]
        cost = 1.2 if getattr(node.elts[i], "value", 0) == 1 else 1.6
        yield edit("entry dropped", cost, lambda r=rest: type(node)(r, ast.Load()), f"entry {i}")


def _slices(node, scope, edit, called):
    if scope.kind_of(node.slice).startswith("array bool"):
        yield edit("the other entries", 1.1, lambda: fill("X[~M]", X=node.value, M=node.slice))
    if isinstance(node.slice, ast.Slice):
        bounds = {field: getattr(node.slice, field) for field in ("lower", "upper", "step")}
        for field in (f for f, bound in bounds.items() if bound is not None):
            rest = {f: bound for f, bound in bounds.items() if f != field}
            yield edit(
                "slice", 1.5, lambda r=rest: ast.Subscript(node.value, ast.Slice(**r), ast.Load()), field
            )
        if not any(bounds.values()):
            yield edit("slice", 1.6, lambda: fill("X[::-1]", X=node.value))


def _comprehensions(node, scope, edit, called):
    if any(part.ifs for part in node.generators):
        bare = [ast.comprehension(part.target, part.iter, [], 0) for part in node.generators]
        yield edit("condition dropped", 1.5, lambda: type(node)(node.elt, bare))


def _arguments(node, scope, edit, called):
    """Yield what can be done to the arguments of any call."""
    name, args, keywords = name_of(node), node.args, node.keywords
    method = isinstance(node.func, ast.Attribute) and not is_module(node.func.value)

    def again(args=args, keywords=keywords):
        return ast.Call(node.func, list(args), list(keywords))

    for i in range(len(args) - 1):
        swapped = [*args[:i], args[i + 1], args[i], *args[i + 2 :]]
        yield edit("arguments exchanged", 1.1, lambda a=swapped: again(a), f"exchanged {i}")
    for i, argument in enumerate(args):
        rest = args[:i] + args[i + 1 :]
        if not isinstance(argument, ast.Starred):
            yield edit("call dropped", 1.5 if i == 0 else 1.9, lambda a=argument: a, f"call dropped {i}")
        if rest:
            yield edit("argument dropped", 1.7, lambda r=rest: again(r), f"argument {i}")
    if method:
        yield edit("call dropped", 1.5, lambda: node.func.value)
    for i, keyword in enumerate(keywords):
        rest = keywords[:i] + keywords[i + 1 :]
        yield edit("argument dropped", 1.3, lambda r=rest: again(keywords=r), str(keyword.arg))
    if name not in PLAIN_CALLS:
        used = set().union(*(names_in(argument) for argument in [*args, *(k.value for k in keywords)]))
        for parameter in (p for p in scope.parameters if p not in used):
            yield edit("argument passed on", 1.9, lambda p=parameter: again([*args, load(p)]), parameter)
            if isinstance(node.func, ast.Name) or method:
                given = [*keywords, ast.keyword(parameter, load(parameter))]
                yield edit("argument passed on", 1.9, lambda g=given: again(keywords=g), f"{parameter}=")
    if len(args) == 1 and name in ("asarray", "array", "as_floating"):
        for helper in scope.helpers:
            yield edit("another function", 1.5, lambda h=helper: fill(f"self.{h}(X)", X=args[0]), helper)


def _arrays(node, scope, edit, called):
    """Yield axis and keepdims of reductions, dtype and shape of new arrays."""
    name = name_of(node)
    given = {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}

    def keyed(**more):
        kept = [keyword for keyword in node.keywords if keyword.arg not in more]
        new = [ast.keyword(key, fill(text)) for key, text in more.items()]
        return ast.Call(node.func, list(node.args), [*kept, *new])

    if name in REDUCTIONS:
        for axis in ("0", "1", "-1"):
            if given.get("axis") != axis:
                yield edit("axis", 1.1, lambda a=axis: keyed(axis=a), f"axis {axis}")
                yield edit(
                    "axis and keepdims", 1.3, lambda a=axis: keyed(axis=a, keepdims="True"), f"both {axis}"
                )
        if "keepdims" not in given:
            yield edit("keepdims", 1.0, lambda: keyed(keepdims="True"))
    if name in CREATORS:
        arrays = [f"{name}.dtype" for name in scope.of_kind("array", names=scope.parameters)]
        named = ["dtype"] if "dtype" in scope.parameters else []
        for text in (*arrays, *named, "float", "int", "np.float64"):
            yield edit("dtype", 1.3, lambda t=text: keyed(dtype=t), f"dtype {text}")
    drawn = isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value).endswith(("rng", "random"))
    for i, argument in enumerate(node.args if drawn or name in CREATORS else ()):
        if isinstance(argument, ast.Tuple | ast.Attribute | ast.Subscript):
            for other in scope.of_kind("array"):
                new = [*node.args[:i], fill("X.shape", X=load(other)), *node.args[i + 1 :]]
                yield edit(
                    "shape", 1.4, lambda n=new: ast.Call(node.func, n, node.keywords), f"{other}.shape"
                )


SPECIAL = {
    ast.Constant: [_constants],
    ast.Name: [_names],
    ast.Attribute: [_attributes],
    ast.BinOp: [_associations],
    ast.Tuple: [_sequences],
    ast.List: [_sequences],
    ast.Subscript: [_slices],
    ast.ListComp: [_comprehensions],
    ast.GeneratorExp: [_comprehensions],
    ast.Call: [_arguments, _arrays],
}
