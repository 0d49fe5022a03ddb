"""A program laid over a module: its definitions in the place of those that have the same names."""

import ast

DEFINITIONS = ast.FunctionDef | ast.ClassDef


def laid_over(text, source):
    """Return the lines of a module with a program's definitions in it, as pairs (line, number).

    number: which line of the source it is, counted from 1; 0 for a line of the module. A class keeps the
    methods that the source does not have. What has no counterpart, such as a helper, keeps its place before
    or after its neighbours in the source. Raises ValueError if nothing in the source has a counterpart.
    """
    lines = [(line, 0) for line in text.split("\n")]
    given = [(line, number) for number, line in enumerate(source.split("\n"), 1)]
    edits = _edits(ast.parse(text).body, ast.parse(source).body, given, len(given))
    if not edits:
        raise ValueError("the module must have a definition of the same name as one in the source")
    for first, last, written in sorted(edits, key=lambda edit: edit[0])[::-1]:
        lines[first - 1 : last] = written
    return lines


def _edits(old, new, given, end):
    """Return what replaces what, as (first, last, lines), lines being counted from 1 in the module.

    old, new: the statements of both. given: the source's lines. end: the last of them that belongs to new.
    """
    places = {node.name: node for node in old if isinstance(node, DEFINITIONS)}
    edits, waiting = [], []
    begin = _first(new[0])
    while begin > 1 and given[begin - 2][0].lstrip().startswith("#"):  # comments above belong to it
        begin -= 1
    for i, node in enumerate(new):
        last = node.end_lineno if i + 1 < len(new) else end
        piece, above = given[begin - 1 : last], given[begin - 1 : _first(node) - 1]
        target = places.get(getattr(node, "name", None))
        if _is_docstring(node):
            pass  # the module's own stays
        elif target is None:
            (edits[-1][2] if edits else waiting).extend(piece)
        elif isinstance(target, ast.ClassDef) and not (node.bases or node.decorator_list):
            start, stop = _first(target), target.end_lineno
            edits.append((start, start - 1, _stripped(waiting + above)))
            inner = _edits(target.body, node.body, given, node.end_lineno)
            edits += inner or [(stop + 1, stop, given[node.lineno : node.end_lineno])]
            edits.append((stop + 1, stop, given[node.end_lineno : last]))
            waiting = []
        else:
            edits.append((_first(target), target.end_lineno, _stripped(waiting + piece)))
            waiting = []
        begin = last + 1
    return edits


def _stripped(piece):
    """Return lines without the empty ones at the beginning: the module has its own."""
    while piece and not piece[0][0].strip():
        piece = piece[1:]
    return piece


def _first(node):
    """Return the line on which a statement begins, decorators included."""
    return min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", ()))])


def _is_docstring(node):
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
