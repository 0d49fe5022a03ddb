"""Suspects of the trace: which of them can be the mistake that is told, and on which line of the learner's."""

import ast

from tests.grading.course.exercises import EXERCISES
from tests.grading.trace.records import SURE

from .marked import span_of
from .slips import name_of

GIVEN = {"as_floating", "_checked", "_as_targets"}  # what learners have not written
DTYPES = {"dtype", "integers"}  # rules


def fitting(suspects, exercise, finding, lines, function):
    """Return the suspects that can be the mistake which the bank names, all if it names none.

    A sentence on values is about no dtype, and one on this exercise not about the lines of another one.
    lines: the learner's Lines; function: the tree of the exercise's own.
    """
    suspects = caused([used(one, lines, function) for one in suspects], lines.tree)
    if not finding.mistake:
        return suspects
    others = {other.function for other in EXERCISES.values()} - {EXERCISES[exercise].function}
    here = [one for one in suspects if lines.function(one.place.line) not in others]
    return [one for one in here if finding.kind != "values" or one.rules[0] not in DTYPES]


def used(suspect, lines, function):
    """Return a suspect within what is given to learners as one where the exercise's function calls it."""
    given = lines.function(suspect.place.line).split(".")[-1]
    if given not in GIVEN or function is None:
        return suspect
    calls = (node for node in ast.walk(function) if isinstance(node, ast.Call) and name_of(node) == given)
    call = next(calls, None)
    if call is None:
        return suspect
    said = ast.unparse(call)
    sentence = suspect.sentence.replace(f"`{suspect.expression}`", f"`{said}`")
    return suspect._replace(place=span_of(call), expression=said, sentence=sentence)


def caused(suspects, tree):
    """Leave out what only runs because a condition around it, of which the trace is sure, is wrong."""
    branches = {one.place.line for one in suspects if one.sure == SURE and one.rules[0] == "branch"}
    found = [n for n in ast.walk(tree) if isinstance(n, ast.If) and n.lineno in branches]
    within = {line for node in found for line in range(node.body[0].lineno, node.end_lineno + 1)}
    return [one for one in suspects if one.place.line not in within or one.place.line in branches]
