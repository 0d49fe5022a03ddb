"""Completing a learner's module: what the skeleton has by now and the module lacks, each in its place."""

import ast

from tests.grading.course.exercises import EXERCISES

IMPORTS = ast.Import | ast.ImportFrom


def completed(text, skeleton):
    """Return a module's text with what its skeleton has and it lacks, and the names of what was added.

    Definitions, rows of tables and methods that are exercises stand behind what they follow in the skeleton.
    The text stays as it is if Python cannot read it, before or afterwards, or if it imports ``*``.
    """
    try:
        tree = ast.parse(text)
        if any(alias.name == "*" for node in tree.body if isinstance(node, IMPORTS) for alias in node.names):
            return text, []
        pieces, added = _lacking(tree, ast.parse(skeleton), skeleton.splitlines())
        lines = text.splitlines()
        for after, piece in sorted(pieces, key=lambda piece: piece[0])[::-1]:  # from the end
            lines[after:after] = piece
        whole = "\n".join(lines) + "\n" if pieces else text
        ast.parse(whole)
    except (SyntaxError, ValueError):
        return text, []
    return whole, added


def _lacking(tree, fresh, lines):
    """Return what a module lacks as pieces, (the line to stand behind, lines), and the names to tell of."""
    bound = {name: node for node in _statements(tree) for name in _names(node)}
    docstring = tree.body[:1] if ast.get_docstring(tree) is not None else []
    top = [*docstring, *(node for node in tree.body if isinstance(node, IMPORTS))]
    start = max((node.end_lineno for node in top), default=0)
    pieces = [(start, [line]) for line in _imports(fresh, bound)]
    named = [(name, node) for node in fresh.body if not isinstance(node, IMPORTS) for name in _names(node)]
    added = _put(pieces, named, bound, start, lines, behind=fresh.body)
    graded = {exercise.function for exercise in EXERCISES.values() if exercise.function}
    for name, node in named:
        own = bound.get(name)
        if isinstance(node, ast.ClassDef) and isinstance(own, ast.ClassDef):
            inner = [(part.name, part) for part in node.body if f"{name}.{_name(part)}" in graded]
            methods = {part.name: part for part in own.body if _name(part)}
            end = own.body[0].end_lineno
            added += [
                f"{name}.{method}" for method in _put(pieces, inner, methods, end, lines, behind=node.body)
            ]
        elif _is_table(node) and _is_table(own) and own.lineno < own.end_lineno:
            rows = [(ast.unparse(key), value) for key, value in _rows(node)]
            there = {ast.unparse(key): value for key, value in _rows(own)}
            begun = ast.Pass(lineno=node.lineno, end_lineno=node.lineno)
            behind = [begun, *node.value.values]
            if _put(pieces, rows, there, own.lineno, lines, behind=behind):
                added.append(name)
    return pieces, added


def _put(pieces, named, own, start, lines, behind):
    """Append a piece for each node of a skeleton that is not among one's own; return their names.

    named: the skeleton's (name, node) in order. start: the line behind which the first of them belongs.
    behind: the nodes that stand there one after another, since a piece begins where the one before it ends.
    """
    added, after = [], start
    ends = sorted(node.end_lineno for node in behind)
    for name, node in named:
        if name in own:
            after = max(after, own[name].end_lineno)
            continue
        begin = max((end for end in ends if end < _first_line(node)), default=0)
        pieces.append((after, lines[begin : node.end_lineno]))
        added.append(name)
    return added


def _imports(fresh, bound):
    """Yield lines that import what the skeleton imports and a module does not."""
    for node in fresh.body:
        if isinstance(node, IMPORTS):
            node.names = [alias for alias in node.names if (alias.asname or alias.name) not in bound]
            if node.names:
                yield ast.unparse(node)


def _statements(tree):
    """Yield the statements of a module, also those under ``if`` and ``try``."""
    queue = list(tree.body)
    while queue:
        node = queue.pop(0)
        yield node
        if isinstance(node, ast.If | ast.Try):
            queue += [*node.body, *node.orelse, *getattr(node, "finalbody", ())]


def _names(node):
    """Return the names that a statement binds."""
    if isinstance(node, IMPORTS):
        return [alias.asname or alias.name for alias in node.names]
    if isinstance(node, ast.Assign):
        return [part.id for target in node.targets for part in ast.walk(target) if isinstance(part, ast.Name)]
    return [node.name] if _name(node) else []


def _name(node):
    return getattr(node, "name", None) if isinstance(node, ast.FunctionDef | ast.ClassDef) else None


def _first_line(node):
    return min([node.lineno, *(decorator.lineno for decorator in getattr(node, "decorator_list", ()))])


def _is_table(node):
    return isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict)


def _rows(table):
    return [pair for pair in zip(table.value.keys, table.value.values, strict=True) if pair[0] is not None]
