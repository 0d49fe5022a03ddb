"""Phrases: what a learner reads of a slip, and what is asked of it, from the table of phrases."""

import re
import tomllib
from pathlib import Path
from typing import NamedTuple

from . import arithmetic_apart, lines_apart, values_apart
from .slips import short

TABLE = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
OF_TRACE = TABLE.pop("of_trace")
PLACE_ALONE = (
    "What is wrong sits in `{e}`, or in what it is made of: with another value in its place, all calls come "
    "out right."
)


ERRORS = {  # kinds of exception that have a question of their own
    "index": re.compile("^IndexError.*(out of|too many)"),
    "key": re.compile("^KeyError"),
    "name": re.compile("^(NameError|UnboundLocalError|AttributeError)"),
    "division": re.compile("^ZeroDivisionError"),
    "shape": re.compile("^(ValueError|IndexError).*(broadcast|shape|dimension|aligned|mismatch|axis)"),
    "type": re.compile("^TypeError"),
}


class Said(NamedTuple):
    """The kind of a slip by name, and what is said of it at each level."""

    kind: str
    sentence: str
    question: str
    think: str


def said_of(slip):
    """Return what is said of a slip: the first kind of the table that fits."""
    statement = next(iter(slip.old), None)
    common = {"e": short(slip.a or statement), "s": short(statement)}
    for kind, texts in TABLE.items():
        found = _test(kind)(slip)
        if found is not None:
            return Said(kind, **{level: text.format(**common | found) for level, text in texts.items()})
    raise LookupError("the last kind of the table fits anything")


def _test(kind):
    homes = (lines_apart, arithmetic_apart, values_apart)
    return next(getattr(home, kind) for home in homes if hasattr(home, kind))


def said_of_a_place(slip):
    """Return what is said of a slip of which only the place may be told."""
    expression = short(slip.marked)
    return Said("place", PLACE_ALONE.format(e=expression), *asked_by_trace("any", expression))


def asked_by_trace(rule, expression, error=""):
    """Return the question on a place that a rule of the trace has found, and the question why.

    error: the type of an exception and what it says.
    """
    rule = rule.removesuffix(" and substitution")
    if rule.endswith("warning"):
        rule = "warning"
    elif rule == "origin of the index":
        rule = "index"
    elif rule.endswith("error"):
        rule = next((kind for kind, pattern in ERRORS.items() if pattern.search(error)), "error")
    texts = OF_TRACE.get(rule, OF_TRACE["any"])
    return tuple(texts[level].format(e=expression) for level in ("question", "think"))
