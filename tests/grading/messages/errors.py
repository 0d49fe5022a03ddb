"""Errors: which line of a learner's file raised an exception, and what that means in plain words."""

import linecache
import re
from pathlib import Path

from tests.grading.finding import Place

from .patterns import PATTERNS


def line_of(error, file=None, folder=None):
    """Return the innermost place in ``file`` on the way to an error, else that in ``folder``; None if
    neither was reached.
    """
    steps, step = [], error.__traceback__
    while step is not None:
        steps.append(step)
        step = step.tb_next
    for belongs in (
        lambda path: file is not None and path == Path(file),
        lambda path: folder is not None and Path(folder) in path.parents,
    ):
        for step in reversed(steps):
            code = step.tb_frame.f_code
            if belongs(Path(code.co_filename)):
                text = linecache.getline(code.co_filename, step.tb_lineno).strip()
                return Place(Path(code.co_filename).name, step.tb_lineno, text, code.co_qualname)
    return None


def in_words(error, source=""):
    """Return what an exception means, in a sentence or two; None if no pattern fits.

    source: the line on which it arose; some messages mean different things on different lines.
    """
    message = " ".join(str(error).split())
    for kind, pattern, words in PATTERNS:
        if isinstance(error, kind) and (found := re.search(pattern, message)):
            return words if isinstance(words, str) else words(found, source)
    return None
