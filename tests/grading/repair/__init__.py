"""The search for one edit to the learner's own code, or a few, with which everything passes."""

import io
import sys
import warnings
from contextlib import redirect_stderr, redirect_stdout

import numpy as np

from tests.grading.repair.choice import GUESS, LIKELY, SURE, Change, choose
from tests.grading.repair.differences import TextEdit
from tests.grading.repair.program import Program
from tests.grading.repair.search import TRIES, Search
from tests.grading.world import World

__all__ = ["GUESS", "LIKELY", "SURE", "TRIES", "Change", "TextEdit", "search"]


class _Nowhere(io.TextIOBase):
    """Takes what is printed and keeps nothing."""

    def write(self, text):
        return len(text)


def search(source, exercise, tries=TRIES, trusted=()):
    """Return the Changes that make a learner's source pass an exercise, best first; [] if there are none.

    source: a function, a class or a module. trusted: lines that another look has found suspect. A program in
    which nothing is wrong, or that cannot be loaded, has no changes, either.

    Nothing is printed and nothing global stays changed. Endless loops are cut off; one call of NumPy's that
    takes minutes is not, so the caller needs a process to watch over this one.
    """
    return searched(source, exercise, tries, trusted)[0]


def searched(source, exercise, tries=TRIES, trusted=(), preferred=(), without=()):
    """Return the Changes, and the Search that found them, None if the source cannot be loaded.

    preferred: lines that decide between changes that are equally good, and not which are tried first.
    without: names of right variants that are no source of expressions.
    """
    world, outside = World(), sys.gettrace()
    np.random.seed(0)  # noqa: NPY002 - for programs that draw from it; it is put back below
    try:
        with redirect_stdout(_Nowhere()), redirect_stderr(_Nowhere()), warnings.catch_warnings():
            warnings.simplefilter("error")
            warnings.filterwarnings("ignore", category=SyntaxWarning)  # of the text, not of what it does
            warnings.filterwarnings("ignore", "invalid escape", DeprecationWarning)
            try:
                program = Program(source, exercise)
            except (Exception, SystemExit):
                return [], None
            found = Search(program, tries, trusted, without)
            wrong = found.run()
            found.trusted |= frozenset(preferred)
            return choose(found) if wrong else [], found
    finally:
        sys.settrace(outside)
        world.changes()
