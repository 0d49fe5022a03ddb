"""Mutants: right programs with one slip each, to measure what finds mistakes that nobody has seen before.

    python -m tests.grading.mutants BANK.py --count 200 --seed 1

writes a bank of MISTAKES that ``python -m tests.grading.trace`` and ``python -m tests.grading.repair`` read.
Each comes from a right variant or from nn's own code, by one change to its syntax tree; what still passes all
asks is left out. ``without`` names the variant that it comes from, so that nobody finds its way back to it.
"""

import argparse
import ast
import contextlib
import inspect
import io
import random
import sys
import textwrap
import warnings
from pathlib import Path
from typing import NamedTuple

import numpy as np

from tests.grading.course.exercises import EXERCISES
from tests.grading.repair.program import Program
from tests.grading.repair.slips import slips
from tests.grading.trace.outcomes import drawn, fixed, outcome, right
from tests.solutions import RIGHT
from tests.solutions.tables import subject_of


class Base(NamedTuple):
    """A right program: the exercise, its source, the name of the variant ("" for nn's own code)."""

    exercise: str
    source: str
    variant: str


def bases(exercise):
    """Yield the right programs of an exercise, as ``ast.unparse`` writes them."""
    target = EXERCISES[exercise].function.split(".")[0]
    for solution in RIGHT.get(exercise, ()):
        yield from _base(exercise, target, solution.code, solution.name)
    yield from _base(exercise, target, subject_of(exercise), "")


def _base(exercise, target, code, variant):
    tree = ast.parse(textwrap.dedent(inspect.getsource(code)))
    (node,) = tree.body
    node.decorator_list, old, node.name = [], node.name, target
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name) and inner.id == old:
            inner.id = target
        if isinstance(inner, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(inner) is not None:
            inner.body = inner.body[1:] or [ast.Pass()]
    if _function(tree, exercise) is not None:
        source = ast.unparse(tree)
        if _passes(source, exercise):
            yield Base(exercise, source, variant)


def _function(tree, exercise):
    """Return the exercise's own function, None if the program only inherits it."""
    name = EXERCISES[exercise].function.split(".")[-1]
    found = (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name == name)
    return next(found, None)


@contextlib.contextmanager
def _quietly():
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed), warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def _passes(source, exercise):
    """Return True if a program is right on all asks; a program that cannot be loaded is not."""
    with _quietly():
        np.random.seed(0)  # noqa: NPY002 - for mutants that draw from it
        try:
            program = Program(source, exercise)
        except (Exception, SystemExit):
            return False
        for expected in (*fixed(exercise), *drawn(exercise)):
            parts = program.run(lambda subject, ask=expected.ask: outcome(ask, subject))
            if parts is None or not right(parts, expected.outcomes):
                return False
    return True


def mutants(exercise, count, seed):
    """Return up to ``count`` mutants of an exercise, of as many kinds as there are."""
    chance, found = random.Random(f"{exercise} {seed}"), {}
    programs = [*bases(exercise)]
    pool = {}
    for base in programs:
        for i, slip in enumerate(slips(_function(ast.parse(base.source), exercise))):
            pool.setdefault(slip.kind, []).append((base, i))
    kinds = sorted(pool)
    chance.shuffle(kinds)
    tries = 0
    while len(found) < count and kinds and tries < 12 * count:
        kind = kinds[tries % len(kinds)]
        tries += 1
        if not pool[kind]:
            continue
        base, i = pool[kind].pop(chance.randrange(len(pool[kind])))
        tree = ast.parse(base.source)
        slip = [*slips(_function(tree, exercise))][i]
        slip.make()
        source = ast.unparse(ast.fix_missing_locations(tree))
        new = source != base.source and source not in found
        if new and _loads(source, exercise) and not _passes(source, exercise):
            found[source] = _entry(exercise, base, slip, source)
    return list(found.values())


def _loads(source, exercise):
    with _quietly():
        try:
            Program(source, exercise)
        except (Exception, SystemExit):
            return False
    return True


def _entry(exercise, base, slip, source):
    lines = [slip.line] if "statement" not in slip.kind else [slip.line - 1, slip.line, slip.line + 1]
    lines = [line for line in lines if 1 <= line <= len(source.strip("\n").splitlines())]
    name = f"{exercise}-{base.variant or 'nn'}-{slip.kind}-{slip.line}".replace(" ", "_")
    return {
        "id": name, "exercise": exercise, "module": EXERCISES[exercise].module, "kinds": "single",
        "truth": slip.kind, "lines": lines, "without": [base.variant] if base.variant else [],
        "source": source, "mended": base.source,
    }  # fmt: skip


def main(arguments=None):
    """Write a bank of mutants."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.grading.mutants", description=__doc__.split("\n")[0]
    )
    parser.add_argument("bank", help="the file to write")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    written = [name for name, exercise in EXERCISES.items() if exercise.function]
    each = -(-options.count // len(written))
    entries = [entry for name in written for entry in mutants(name, each, options.seed)]
    random.Random(options.seed).shuffle(entries)
    text = '"""Right programs with one slip each."""\n\nMISTAKES = [\n'
    text += "".join(f"    {entry!r},\n" for entry in entries[: options.count])
    Path(options.bank).write_text(f"{text}]\n", encoding="utf-8")
    print(f"{min(len(entries), options.count)} mutants of {len(written)} exercises")


if __name__ == "__main__":
    sys.exit(main())
