"""Syntax trees, copied and walked many times as quickly as ``copy`` and ``ast`` do it."""

import ast

# Nothing tells two of these apart.
ALIKE = (ast.expr_context, ast.operator, ast.cmpop, ast.unaryop, ast.boolop)
LEAVES = (ast.Name, ast.Constant, *ALIKE)


def copied(node, put=None):
    """Return a copy of a tree; ``put(name)`` returns what is to stand in the place of a name."""
    if put is not None and type(node) is ast.Name:
        return put(node)
    new = type(node).__new__(type(node))
    values = vars(new)
    for name, value in vars(node).items():
        if type(value) is list:
            value = [copied(item, put) if isinstance(item, ast.AST) else item for item in value]
        elif isinstance(value, ast.AST) and not isinstance(value, ALIKE):
            value = copied(value, put)
        values[name] = value
    return new


def walked(tree, but=ALIKE):
    """Return the nodes of a tree; ``but``: the types that are left out."""
    found, left = [], [tree]
    while left:
        node = left.pop()
        found.append(node)
        for value in vars(node).values():
            if type(value) is list:
                left += [item for item in value if isinstance(item, ast.AST) and not isinstance(item, but)]
            elif isinstance(value, ast.AST) and not isinstance(value, but):
                left.append(value)
    return found
