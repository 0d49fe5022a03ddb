"""What is known of the function that is edited: kinds of its names and expressions, and where it is
suspect.
"""

import ast
import builtins
import warnings
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

import numpy as np

from tests.grading.repair import donors
from tests.grading.repair.edits import load, name_of, names_in
from tests.grading.repair.observed import Seen, kind_of_value, watch
from tests.grading.trace.loading import FILE, TooLong
from tests.grading.trace.outcomes import outcome

CHANGING = {"pop", "append", "insert", "shuffle", "permutation", "step", "loss_and_grads", "extend", "update"}
LARGE = 330  # nodes of a function for which the cheaper half of the catalogue must do


class Scope(NamedTuple):
    """names, attributes: with the kind of value that each had. kind_of: the same for an expression, "" if
    it is unknown. parameters: without self. optional: those that are None unless given. helpers: methods of
    one argument beside this one. counted: what is counted up with += and the like.
    """

    names: dict[str, str]
    attributes: dict[str, str]
    kind_of: Callable[[ast.AST], str]
    parameters: list[str]
    optional: list[str]
    helpers: list[str]
    counted: list[str]
    donors: donors.Donors
    known: frozenset[str]
    large: bool

    def of_kind(self, *kinds, names=None):
        """Return the names whose values are of one of these kinds."""
        chosen = self.names if names is None else names
        return [name for name in chosen if self.names.get(name, "").split(" ")[0] in kinds]

    def standing_for(self, letter):
        """Return the trees that a free letter of a rule stands for."""
        names = {
            "P": lambda: self.of_kind("array", names=self.parameters),
            "V": lambda: self.of_kind("array"),
            "S": lambda: self.of_kind("number", "int"),
            "L": lambda: self.of_kind("list"),
        }[letter]()
        return [load(name) for name in names]


def explore(program, home, asks, with_donors=True, without=()):
    """Return the scope of a function as the program runs on some asks, and what was seen of the first.

    without: names of right variants that give nothing.
    """
    owner, function = program.homes[home]
    seen = [watch(FILE, lambda ask=ask: program.run(lambda subject: outcome(ask, subject))) for ask in asks]
    values = {}
    for one in reversed(seen):
        values |= one.values.get(function.name, {})
    parameters = [a.arg for a in function.args.args + function.args.kwonlyargs if a.arg != "self"]
    stored = names_in(function, ast.Store)
    names = {
        n: kind_of_value(values[n]) if n in values else ""
        for n in [*parameters, *sorted(stored)]
        if n != "self"
    }
    attributes = {}
    if owner is not None and "self" in values:
        attributes = {f"self.{name}": kind_of_value(v) for name, v in vars(values["self"]).items()}
    found = donors.gather(program, function, values, asks[0], without) if with_donors else donors.NONE
    nodes = list(ast.walk(function))
    own = [
        n.value
        for n in nodes
        if isinstance(n, ast.Constant) and isinstance(n.value, str) and n.value.isidentifier()
    ]
    called = [n.func.id for n in nodes if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)]
    found = found._replace(
        strings=list(dict.fromkeys(found.strings + own)),
        functions=[f for f in dict.fromkeys(found.functions + called) if _is_function(f, program.space)],
    )
    scope = Scope(
        names=names,
        attributes=attributes,
        kind_of=_kinds(names, values, program.space),
        parameters=parameters,
        optional=_optional(function),
        helpers=_helpers(program, home),
        counted=list(dict.fromkeys(ast.unparse(n.target) for n in nodes if isinstance(n, ast.AugAssign))),
        donors=found,
        known=frozenset({*names, *program.space, *dir(builtins), "self" if owner is not None else ""}),
        large=len(nodes) > LARGE,
    )
    first = Seen(
        lines=set().union(*(one.lines for one in seen)), assigned=seen[0].assigned, raised=seen[0].raised
    )
    return scope, first


def _is_function(name, space):
    return callable(space.get(name)) or name in ("len", "range", "float", "sum", "max", "min")


def _optional(function):
    arguments = function.args
    paired = zip(
        arguments.args[len(arguments.args) - len(arguments.defaults) :], arguments.defaults, strict=True
    )
    paired = [*paired, *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)]
    return [a.arg for a, default in paired if isinstance(default, ast.Constant) and default.value is None]


def _helpers(program, home):
    owner = program.homes[home].owner
    return [
        node.name
        for other, node in program.homes.values()
        if owner is not None
        and other is owner
        and len(node.args.args) == 2
        and node.name.startswith("_")
        and node.name != "__init__"
    ]


def _kinds(names, values, space):
    """Return the function that tells the kind of an expression, by computing it with the values seen last."""
    memory, known = {}, {}  # by text; by node, each with its kind

    def kind_of(node):
        if isinstance(node, ast.Name):
            return names.get(node.id, "function" if callable(space.get(node.id)) else "")
        if isinstance(node, ast.Constant):
            return kind_of_value(node.value)
        if id(node) not in known:
            known[id(node)] = node, computed(node)
        return known[id(node)][1]

    def computed(node):
        text = ast.unparse(node)
        if text not in memory:
            memory[text] = ""
            if not any(
                isinstance(n, ast.Call) and (name_of(n) in CHANGING or "rng" in ast.unparse(n))
                for n in ast.walk(node)
            ):
                with suppress(Exception, TooLong), np.errstate(all="ignore"), warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    code = compile(ast.Expression(node), FILE, "eval")
                    memory[text] = kind_of_value(eval(code, space, dict(values)))
        return memory[text]

    return kind_of
