"""Words: a sentence for each rule, about an expression and its value, and never about what to type."""

import ast
import re

import numpy as np

from .records import HINT

# {e}: the expression. {call}: the call. {part}: what is wrong of its outcome. {words}: what the rule adds.
SENTENCES = {
    "default": "`{e}` is made once, when the function is defined: every call finds in it what the calls "
    "before it have left there.",
    "kept": "`{e}` comes out differently in a second call than in a first one: something that an earlier "
    "call left is used again.",
    "used up": "`{e}` takes away what the object should keep: the next call finds it gone.",
    "iterator": "What `{e}` gives can be gone through once only, and {words} goes through it a second time.",
    "shared": "`{e}` keeps the caller's own arrays: what is written into them later changes what was kept.",
    "copies": "`{e}` hands out copies: what is written into them changes nothing in the object.",
    "alias": "`{e}` is the caller's own array, or a view of it, and not a new one.",
    "buffer": "`{e}` hands out an array that the next call overwrites.",
    "misplaced": "`{e}` holds the right parts, in another order than asked for.",
    "written": "`{e}` changes an array of the caller, which should stay as it is.",
    "spoiled": "`{e}` changes an array that already held what should stay in it.",
    "not delivered": "`{e}` has the right value, but in a new array: the one that the caller looks at stays "
    "as it was.",
    "not returned": "`{e}` has the right value, but the function does not return it.",
    "nothing returned": "The function comes to its end without returning a result.",
    "replaced": "`{e}` puts a new array into the list. The one that stood there, which the caller holds, "
    "stays as it was.",
    "rebound": "`{e}` gives the name to a new array. The caller's array stays as it was.",
    "never written": "Nothing is written into the array that the caller looks at.",
    "form": "With {call}, the numbers of `{e}` are right, but its shape is not the one asked for.",
    "branch": "With {call}, `{e}` gives the wrong answer{rounds}: with the other one, the outcome is right.",
    "surplus": "In some of its rounds, the loop over `{e}` adds what does not belong there: without that, "
    "more of the outcome is right.",
    "refusal": "With {call}, `{e}` is true, and the call is refused although it is in order.",
    "error": "With {call}, this line fails. {words}",
    "origin of the error": "With {call}, the function fails in line {line}. {words} The values on that line "
    "come from `{e}`, the first that right solutions do not compute.",
    "origin of the index": "With {call}, the function fails in line {line}. {words} The index comes from "
    "the loop over `{e}`.",
    "warning": "With {call}, NumPy gives a warning here. {words}",
    "origin of the warning": "With {call}, NumPy gives a warning. {words} The values there come from `{e}`, "
    "the first that right solutions do not compute.",
    "dtype": "With {call}, `{e}` is {dtype}, and so {part} is not of the dtype asked for.",
    "integers": "With {call}, `{e}` holds integers, and fractions are written into it: what follows the "
    "point is lost.",
    "guard": "`{e}` lets a call with {call} pass, which should be refused.",
    "no guard": "Nothing refuses a call with {call}.",
    "path": "With {call}, your values agree with those of right solutions up to here. On the way to {part}, "
    "`{e}` is the first that does not.",
    "first": "With {call}, `{e}` is the first value that no right solution computes. It need not be wrong.",
    "substitution": "With {call}, another value of `{e}` would make more of the outcome right.",
    "only place": "With {call}, another value of `{e}` would make the outcome right.",
    "unfinished": "With {call}, no value on the way to {part} is wrong by itself, and yet {part} is: a step "
    "seems to be missing after `{e}`.",
    "other parts": "With {call}, `{e}` gives a result with other parts than asked for.",
    "returned": "With {call}, the result cannot be used. {words}",
}
WITH_A_VALUE = {
    "path",
    "first",
    "substitution",
    "only place",
    "form",
    "origin of the error",
    "origin of the warning",
}
LONGEST = 60
ORDINALS = ("first", "second", "third")


def sentence(clue, sure, relation):
    """Return what a learner reads of a clue; relation: how the value relates to a right one, in {}."""
    rule = clue.rule.removesuffix(" and substitution")
    text = SENTENCES[rule].format(
        e=short(clue.text),
        call=label_of(clue),
        part=part_in_words(clue),
        words=clue.words,
        line=clue.failure.run.line,
        dtype=getattr(clue.value, "dtype", "of another dtype"),
        rounds=" in some rounds" if clue.words == "rounds" else "",
    )
    value = shown(clue.value)
    if rule not in WITH_A_VALUE or not value:
        return text
    it = "It leaves" if _is_statement(clue.text) else "It is"
    if clue.nth >= 0:
        ordinal = ORDINALS[clue.nth] if clue.nth < len(ORDINALS) else f"{clue.nth + 1}th"
        it = f"The {ordinal} time, {it.lower()}"
    return f"{text} {it} {value}{_beside(clue, sure, relation)}."


def _beside(clue, sure, relation):
    """Return what is said of the right value after the learner's own."""
    if relation:
        phrase = relation.format("what is needed" if clue.source else "a value that right solutions compute")
        return f"; {phrase}"
    numbers = np.ndim(clue.wanted) == 0 and np.ndim(clue.value) == 0
    if clue.source and clue.wanted is not None and sure != HINT and numbers:
        return f"; with {_number(clue.wanted)} in its place, {part_in_words(clue)} would be right"
    if clue.source and clue.wanted is not None and np.shape(clue.wanted) != np.shape(clue.value):
        return f"; {_kind(clue.wanted)} is needed"
    return ""


def _kind(value):
    return f"an array of shape {value.shape}" if np.ndim(value) else "a single number"


def _is_statement(text):
    try:
        ast.parse(text, mode="eval")
    except SyntaxError:
        return True
    return False


def shown(value):
    """Return a value in words: a number, or the shape and the first entries of an array; "" for others."""
    if isinstance(value, bool | np.bool_ | int | float | np.number):
        return _number(value)
    if isinstance(value, np.ndarray) and value.size:
        first = ", ".join(_number(entry) for entry in value.ravel()[:3])
        return f"an array of shape {value.shape}, [{first}{', ...' if value.size > 3 else ''}]"
    return ""


def _number(value):
    value = value.item() if isinstance(value, np.generic) else value
    return f"{value + 0:.4g}" if isinstance(value, float) else str(value)


def short(text):
    """Return an expression, cut if it is long."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 4]} ..."


def label_of(clue):
    """Return what was asked, in words."""
    return call_in_words(clue.failure.ask.label.removesuffix(" refused"))


def call_in_words(label):
    """Return the label of an ask as it reads in a sentence, after "with"."""
    for pattern, words in LABELS:
        label = pattern.sub(words, label)
    return label


def _options(found):
    """Return {'lr': 0.1, 'rho': 0.7} as it stands in a call."""
    return "".join(f", {name}={value!r}" for name, value in ast.literal_eval(found[1]).items())


def _stopping(found):
    """Return what early stopping is asked: the losses, shortened, and how it was made."""
    losses = ", ".join(f"{float(loss):.3g}" for loss in found[1].split(", ")[:3])
    more = ", ..." if found[1].count(",") > 2 else ""
    return f"the losses {losses}{more} (patience={found[2]}, min_delta={found[3]})"


LABELS = [
    (re.compile(r"^(\w+_(?:normal|uniform)|zeros) of \((\d+), (\d+)\)(?= \{|$)"), r"\1(rng, \2, \3)"),
    (re.compile(r"^minibatches of (\(\d+, \d+)\)$"), r"minibatches\1, rng)"),
    (re.compile(r"^one_hot of \((\d+), (\d+)\)$"), r"one_hot of \1 labels in \2 classes"),
    (re.compile(r"^train_epoch of \((\d+), (\d+)\)(?= \{)"), r"train_epoch on \1 samples in batches of \2"),
    (re.compile(r"^(l2_penalty) of (\w+) ([\d.]+)$"), r"\1 of \2 weights, strength=\3"),
    (re.compile(r"^clip of (.*)$"), r"clip_by_global_norm of \1"),
    (re.compile(r"^(dropout) of (\(.*\)) ([\d.]+)$"), r"\1 of an array \2, rate=\3"),
    (re.compile(r" (\{.*\})$"), _options),
    (re.compile(r"^early stopping \[(.*)\] (\S+) (\S+)$"), _stopping),
    (
        re.compile(r"^(\w+) of (\(.*\)) (\w+) (\w+) (identity|sigmoid)(?: l2=(\S+) (\w+))?$"),
        lambda m: (
            f"{m[1]} of a network {m[2]} with {m[3]}, {m[4]}" + (f", l2={m[6]}, {m[7]}" if m[6] else "")
        ),
    ),
    (re.compile(r"^(\w+) of ((?:float|int|uint)\d+ \(.*)$"), r"\1 on \2"),
]


def part_in_words(clue):
    """Return the first wrong part of the outcome in words."""
    part = next(iter(clue.failure.parts), "the outcome").replace("result[", "results[")
    name, _, when = part.partition(" ")
    if when == "afterwards":
        return f"`{name}` after the call"
    return (
        part
        if part == "the outcome"
        else f"the {part}"
        if when or name in ("result", "loss")
        else f"`{part}`"
    )
