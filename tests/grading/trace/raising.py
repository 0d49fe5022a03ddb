"""Raising: where an exception or a warning comes from, and which check lets a wrong call pass."""

import ast
import re

import numpy as np

from tests.grading.messages.errors import in_words

from .paths import PASSED_ON, Trail
from .records import Clue, Match
from .source import place_of

SHAPES = re.compile(r"broadcast|shape|dimension|aligned|mismatch|axis|index")
OUT_OF_BOUNDS = re.compile(r"index (-?\d+) is out of bounds")
SINGLE = re.compile(r"not subscriptable|not iterable|has no len|unsized|0-dimensional|scalar")
CASTS = re.compile(r"Cannot cast")
MADE = ("Call", "IfExp", "BinOp", "BoolOp")


def raised(trail):
    """Yield the clues on an exception: the line, and the first wrong value that led to it."""
    run, program = trail.run, trail.program
    words = said(run.error, program.source.line(run.line or 0)[0])
    if run.line is None:
        if run.events:
            yield trail.clue("returned", len(run.events) - 1, words=words)
        return
    guard = _refusing(program, run.line)
    if guard is not None:
        yield _clue("refusal", trail, guard, words=words)
        return
    at_once = isinstance(run.error, NameError | AttributeError | SyntaxError | RecursionError)
    front = None if at_once else _origin(trail, run.line)
    if front is not None and trail.site(trail.made(front)).kind not in PASSED_ON:
        yield trail.clue("origin of the error", front, words=words)
    if front is None and (loop := _of_a_loop(trail, run.line)):
        yield loop._replace(words=words)
    text, place = program.source.line(run.line)
    here = [i for i in range(len(run.events)) if trail.site(i).place.line == run.line]
    value = run.events[here[-1]].value if here else None
    yield Clue("error", trail.failure, place, text, value, None, words)


def _origin(trail, line):
    """Return the first event on the way to a line's values that is wrong, or wrong in its shape."""
    run = trail.run
    here = [i for i in range(run.start, len(run.events)) if trail.site(i).place.line == line][-12:]
    front = trail.frontier([i for i in here if trail.wrong(i)])
    if not front:
        front = [i for i in _of_another_kind(trail, here) if trail.site(i).place.line < line]
    if not front and SHAPES.search(str(run.error)):
        shaped = trail.frontier([i for i in here if trail.wrong(i, Match.FORM)], Match.FORM)
        front = [i for i in shaped if trail.site(trail.made(i)).place.line < line]
    return front[0] if front else None


def _of_a_loop(trail, line):
    """Return the event of what a loop goes through, if it hands out an index that is out of bounds."""
    found = OUT_OF_BOUNDS.search(str(trail.run.error))
    if not isinstance(trail.run.error, IndexError) or not found:
        return None
    tree, source = trail.program.tree, trail.program.source
    brackets = [n.slice for n in ast.walk(tree) if isinstance(n, ast.Subscript) and n.lineno == line]
    indices = {n.id for index in brackets for n in getattr(index, "elts", [index]) if isinstance(n, ast.Name)}
    for loop in ast.walk(tree):
        around = isinstance(loop, ast.For) and loop.lineno < line <= loop.end_lineno
        if not around or getattr(loop.target, "id", None) not in indices:
            continue
        place = place_of(loop.iter)
        last = [e.value for i, e in enumerate(trail.run.events) if trail.site(i).names == (loop.target.id,)]
        if last and last[-1] == int(found[1]):
            return _clue("origin of the index", trail, loop.iter, source.piece(place))
    return None


def _of_another_kind(trail, here):
    """Return where the values of a line were made that are of no use on it: None, a number, integers."""
    run, message = trail.run, str(trail.run.error)
    if CASTS.search(message):
        arrays = [i for i in trail.run.first if isinstance(run.kept[i], np.ndarray) and run.kept[i].ndim]
        made = [i for i in arrays if trail.site(i).kind in MADE and run.kept[i].dtype.kind in "iu"]
        return made[:1]
    nothing = [i for i in here if run.kept[i] is None and trail.site(i).kind != "Enter"]
    made = [trail.made(i) for i in nothing if run.kept[i] is None]
    found = [i for i in made if trail.site(i).kind in MADE]
    if not found and SINGLE.search(message):
        numbers = [i for i in here if isinstance(run.kept[i], int | float | np.number)]
        read = [i for i in numbers if trail.site(i).kind == "Name" and trail.made(i) != i]
        found = [trail.made(i) for i in read[-1:]]
    return [i for i in found if trail.site(i).kind != "Enter"]


def _refusing(program, line):
    """Return the test of the ``if`` that leads to a ``raise`` on this line, None if it is no such line."""
    found = None
    for node in ast.walk(program.tree):
        if isinstance(node, ast.If) and any(isinstance(s, ast.Raise) and s.lineno == line for s in node.body):
            found = node.test
    return found


def warned(trail):
    """Yield the clues on a warning: the line, and the first wrong value that led to it."""
    before = trail.failure.before
    run = trail.program.run(trail.failure.ask.script, strict=True, before=before.script if before else None)
    if run.error is None or run.line is None:
        return
    text, place = trail.program.source.line(run.line)
    words = said(run.error, text)
    strict = Trail(trail.program, trail.failure._replace(run=run), trail.verdict)
    front = _origin(strict, run.line)
    if front is not None:
        yield strict.clue("origin of the warning", front, words=words)
    yield Clue("warning", trail.failure, place, text, None, None, words)


def accepted(trail):
    """Yield the clue on a call that must be refused: the check that lets it pass, or that there is none."""
    body = trail.program.body()
    if body is None:
        return
    nodes = [node for node in ast.walk(body) if isinstance(node, ast.If)]
    guards = [node for node in nodes if any(isinstance(s, ast.Raise) for s in node.body)]
    asked = set(re.findall(r"[a-z_]+", trail.failure.ask.label.lower()))
    stems = {word[:5] for word in asked}

    def about(node):
        words = set(re.findall(r"[a-z]+", ast.unparse(node).lower()))
        return len(stems & {word[:5] for word in words}), node.lineno

    if guards:
        yield _clue("guard", trail, max(guards, key=about).test)
        return
    plain = [s for s in body.body if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))]
    refused = {a.arg for a in body.args.args if a.arg in asked} or (
        {"targets"} if "labels" in asked else set()
    )
    reads = (s for s in plain if any(getattr(n, "id", "") in refused for n in ast.walk(s)))
    yield _clue("no guard", trail, next(reads, (plain or body.body)[0]))


def _clue(rule, trail, node, words=""):
    place = place_of(node)
    values = [e.value for i, e in enumerate(trail.run.events) if trail.site(i).place == place]
    value = values[-1] if values else None
    return Clue(rule, trail.failure, place, trail.program.source.piece(place), value, None, words)


def said(error, line):
    """Return an error in plain words, or in its own."""
    own = f"{type(error).__name__}: {' '.join(str(error).split())}" if str(error) else type(error).__name__
    if type(error).__name__ == "Endless":
        return "A loop does not end."
    return in_words(error, line) or own.removesuffix(".") + "."
