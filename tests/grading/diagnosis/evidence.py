"""Evidence: the fields of a finding that show how two outcomes of a call differ."""

import inspect
import re
from contextlib import suppress
from pathlib import Path

import numpy as np

from tests.grading.finding import Comparison, Place, Remark
from tests.grading.messages.errors import in_words

from .outcomes import Returned, close, is_numeric, type_of


def evidence(case, expected, actual, fault, place):
    """Return the fields that show a fault of a case; place: where an error arose, None if nowhere known."""
    name = named(case, fault.place)
    fields = {
        "kind": fault.kind,
        "call": case.text,
        "typable": case.typable,
        "part": name if fault.place else "",
    }
    wanted, got = (outcome.leaves.get(fault.place) for outcome in (expected, actual))
    if fault.kind in ("exception", "warning"):
        fields |= error_fields(actual.error, place)
        if fault.kind == "warning" and "uint8" in case.text:
            fields["words"] += (
                " NumPy's exp of bytes is only float16: convert them to a floating array first."
            )
        return fields
    if fault.kind == "refusal":
        due = f"{type(expected.error).__name__} ({expected.error})"
        fields |= {"expected": due, "shown": f"It must raise {due}"}
        came = actual.leaves.get("")
        if isinstance(came, Returned):
            shown = f"{fields['shown']}, and returns {kind_of(came)} instead: `raise` it"
            return fields | {"got": kind_of(came), "shown": shown}
        if actual.error is None:
            return fields | {"shown": f"{fields['shown']}, and returns something instead"}
        return fields | error_fields(actual.error, place)
    if fault.kind == "changed":
        text = f"It changes its argument {', '.join(actual.changed)}: compute in a new array"
        first = actual.changed[0] if actual.changed else "z"
        return fields | {"shown": f"{text}, or in a copy (`{first} = {first}.copy()`)"}
    if all(isinstance(leaf, int | float) for leaf in (*expected.leaves.values(), *actual.leaves.values())):
        lists = [f"[{', '.join(_numbers(outcome.leaves))}]" for outcome in (expected, actual)]
        if len(expected.leaves) > 1 and len(actual.leaves) > 1:
            return fields | _apart("", *lists)
    if fault.kind == "parts":
        return fields | _other_parts(name, expected, actual, fault.place)
    if fault.kind == "values":
        wanted, got = np.asarray(wanted), np.asarray(got)
        return fields | {"comparison": Comparison.of(name, wanted, got, ~close(got, wanted, case))}
    if fault.kind == "shape":
        return fields | _apart(name, _shape(wanted), _shape(got))
    wanted, got = types_apart(wanted, got)
    text = f"{name}: the values are right, but it is {got} where {wanted} is expected"
    return fields | {"expected": wanted, "got": got, "shown": text}


def error_fields(error, place):
    """Return the fields on an exception: its name and message, where it arose, and what it means."""
    words = in_words(error, place.source if place else "") or ""
    hidden = getattr(error, "hidden_by", None)
    if hidden:
        where = f" in line {hidden.line}" if place and hidden.path and hidden.path.name == place.file else ""
        words = (
            f"{hidden.what}{where} only hides the warning, so you will not see it when you type in the "
            f"call. The overflow still happens. {words}"
        ).rstrip()
    fields = {"raised": type(error).__name__, "error": str(error), "place": place, "words": words}
    return fields | {"hidden": hidden is not None}


GLOBAL = {  # the generators that everybody shares: what they are called, and how a line uses them
    "np.random": ("NumPy's global generator", r"\b(?:np|numpy)\.random\.(?=[a-z])(?!default_rng\b)\w+\("),
    "random": ("Python's global generator", r"(?<![\w.])random\.[a-z]\w*\("),
}


def global_generators(outcomes, subject):
    """Return a remark on each global generator that is used instead of ``rng``, with the first line that uses
    it if it can be found.
    """
    remarks = []
    for generator in sorted({name for outcome in outcomes for name in outcome.touched}):
        called, pattern = GLOBAL[generator]
        text = f"It uses {called}, {generator}: draw from the `rng` that is passed in, and seed nothing."
        remarks.append(Remark(text, _first_line(subject, pattern)))
    return remarks


def _first_line(subject, pattern):
    """Return the place of the first line of a function that a pattern fits, None if there is none."""
    with suppress(OSError, TypeError):  # a source that cannot be found
        subject = inspect.unwrap(subject)
        lines, start = inspect.getsourcelines(subject)
        for number, line in enumerate(lines, start):
            if re.search(pattern, line.partition("#")[0]):
                return Place(Path(inspect.getfile(subject)).name, number, line.strip(), subject.__qualname__)
    return None


def _apart(name, wanted, got):
    """Return the fields on what was expected and what came, in words."""
    told = f"{name}: " if name else ""
    return {"expected": wanted, "got": got, "shown": f"{told}expected {wanted}, got {got}"}


def _shape(leaf):
    return f"shape {np.shape(leaf)}" if np.shape(leaf) else "a single number"


def _other_parts(name, expected, actual, place):
    """Return the fields on which parts a result should have, and which it has."""
    if actual.leaves.get(place, "") is None:
        return {"got": "None", "shown": f"{name} is None." + ("" if place else " Is a `return` missing?")}
    if expected.leaves.get(place, "") is None:
        kind = kind_of(actual.leaves.get(place))
        text = f"{name} must be None, but is {kind}: the function works in place"
        return {"expected": "None", "got": kind, "shown": text}
    if not place or f"{place}#" in expected.leaves:
        return _apart(name, *(_parts(outcome.leaves, place) for outcome in (expected, actual)))
    return _apart(name, kind_of(expected.leaves[place]), kind_of(actual.leaves.get(place)))


def _parts(leaves, place):
    """Describe what a result, or a part of it, consists of."""
    if place in leaves:
        return kind_of(leaves[place])
    count = leaves.get(f"{place}#", 0)
    inner = [f"{place}[{i}]" for i in range(count)]
    kinds = [kind_of(leaves[part]) if part in leaves else f"a list of {leaves[f'{part}#']}" for part in inner]
    shown = ", ".join(kinds[:4]) + (", ..." if len(kinds) > 4 else "")
    return f"{count} part{'s' if count != 1 else ''}" + (f" ({shown})" if kinds else "")


def _numbers(leaves):
    return (f"{leaf:.6g}" for place, leaf in leaves.items() if not place.endswith("#"))


def named(case, place):
    """Return the name of a part of a case's result: ``dW`` rather than ``result[1]``."""
    if not place:
        return "the result"
    names, indices = case.parts, [int(index) for index in re.findall(r"\d+", place)]
    while indices and isinstance(names, tuple) and indices[0] < len(names):
        names = names[indices.pop(0)]
    name = names if isinstance(names, str) else "result"
    return name + "".join(f"[{index}]" for index in indices)


def types_besides(expected, actual, cases, found, shown):
    """Return a remark on a type that is wrong as well, in a list; ``shown``: the case on the screen."""
    for i, there in enumerate(found):
        leaves = [
            (place, wanted, actual[i].leaves[place])
            for place, wanted in expected[i].leaves.items()
            if is_numeric(wanted) and is_numeric(actual[i].leaves.get(place))
        ]
        for place, wanted, got in leaves if there else ():
            if np.shape(wanted) == np.shape(got) and type_of(wanted) != type_of(got):
                where = "" if cases[i].text == shown.text else f": {cases[i].text}"
                due, came = types_apart(wanted, got)
                text = f"Besides, {named(cases[i], place)} is {came} where {due} is expected{where}"
                return [Remark(text)]
    return []


def types_apart(wanted, got):
    """Return which type was expected, and which came."""
    if isinstance(wanted, np.ndarray) and isinstance(got, np.ndarray):
        if wanted.dtype != got.dtype:
            return str(wanted.dtype), str(got.dtype)
        return "a plain array", type(got).__name__
    return kind_of(wanted), kind_of(got)


def kind_of(value):
    """Describe what a value is: an array of some shape and dtype, a Python float, None."""
    if isinstance(value, np.ndarray):
        return f"an array {value.shape} of {value.dtype}"
    if value is None:
        return "None"
    if type(value) is float:
        return "a Python float"
    if isinstance(value, Returned):
        return f"a {value.name}"
    name = type(value).__name__
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"
