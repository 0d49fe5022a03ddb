"""The diagnosis: what a learner's function does on small inputs, compared with the mistakes of the bank.

Every exercise has probes, small calls with the smallest first. The learner's function, the reference and the
bank's wrong solutions all run on them. Where the learner agrees with a wrong solution on every one, or at
least wherever that mistake shows, its sentence is the diagnosis. In any case the first call on which the
learner and the reference part is shown, with a plain reading of the difference where all calls bear it out.

Values come first: float32 instead of float64, or a NumPy number instead of a Python float, hides no mistake
and is told after it.
"""

import copy
import importlib
import inspect
import itertools
import re
import textwrap
import warnings
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import numpy as np

from tests.grading.calls import Call, recorded
from tests.grading.errors import Line, in_words, line_of
from tests.grading.exercises import EXERCISES
from tests.grading.guards import World

WIDTH = 76


class Outcome(NamedTuple):
    """What one case came to: leaves by place, or an error; the arguments that were changed, and the global
    generators that were drawn from or seeded.
    """

    leaves: dict[str, object]
    error: Exception | None
    changed: tuple[str, ...]
    touched: tuple[str, ...] = ()


class Fault(NamedTuple):
    """One way in which two outcomes of a case differ.

    kind: one of KINDS. place: of the leaf that differs, "" for the result as a whole.
    """

    kind: str
    place: str = ""


# What is told first comes first. "refusal": an error is due, and none or another one came; "parts": the
# result is made of other parts; "changed": an argument is; "type": the values are right, and their dtype or
# type is not.
KINDS = ("exception", "warning", "refusal", "parts", "values", "shape", "changed", "type")
RETURNED = "returned: "  # what stands for an exception among the leaves, before its name


class Diagnosis(NamedTuple):
    """What a learner is told: the bank's sentence, where one fits, and the smallest failing call.

    solution: name of the bank's entry, None where nothing fits. unwritten: the exercise is not begun.
    kind, part: of the fault that is shown, and the part of the result that it is in. test: a part of the
    names of the tests that ask the same. error, line: what was raised, and where in the learner's file.
    call: what the function was given where the fault is shown, None if that is not known.
    """

    solution: str | None = None
    sentence: str | None = None
    evidence: str | None = None
    unwritten: bool = False
    kind: str | None = None
    part: str = ""
    test: str = ""
    error: Exception | None = None
    line: Line | None = None
    call: Call | None = None

    def __str__(self):
        return "\n".join(part for part in (self.sentence, self.evidence) if part)


def diagnose(name, subject):
    """Compare ``subject``, the function or class that stands for an exercise, with what the bank knows."""
    from tests.solutions import PROBES

    if name not in PROBES:
        return Diagnosis()
    expected = observe(PROBES[name], reference(name))
    actual = observe(PROBES[name], subject)
    cases = list(PROBES[name](reference(name)))
    actual += [Outcome({}, None, ())] * (len(cases) - len(actual))
    found = [faults(*outcomes) for outcomes in zip(expected, actual, cases, strict=True)]
    differing = [i for i, there in enumerate(found) if there]
    if not differing:
        return Diagnosis()
    first = next((i for i in differing if found[i][0].kind != "type"), differing[0])
    solution, told_types = _known(name, expected, actual, cases, first)
    case, *outcomes = _shown(name, subject, first) or (cases[first], expected[first], actual[first])
    fault = faults(*outcomes, case)[0]
    kind, place = fault
    error = outcomes[1].error
    line = line_of(error, _file(subject)) if error is not None else None
    lines = _evidence(case, *outcomes, fault, line)
    if text := _reading(place, expected, actual, cases) if kind in ("values", "shape") else None:
        lines += _wrap(f"Reading: {text}")
    for generator in sorted({name for outcome in (*actual, outcomes[1]) for name in outcome.touched}):
        lines += _touching(generator, subject)
    if kind not in ("exception", "warning", "type") and not told_types:
        lines += _types(expected, actual, cases, found, case)
    return Diagnosis(
        solution=solution.name if solution else None,
        sentence=solution.sentence if solution else _exchanged(expected, actual, cases, first),
        evidence="\n".join(lines),
        unwritten=bool(solution and solution.unwritten),
        kind=kind,
        part=named(case, place) if place else "",
        test=case.test,
        error=error,
        line=line,
        call=_call(name, subject, first),
    )


def _exchanged(expected, actual, cases, first):
    """Say that the parts of the result stand in another order, None if they do not.

    So it is if one order fits the shapes in all calls that return as many parts, and the values in the call
    that is shown.
    """
    count = expected[first].leaves.get("#", 0)
    names = cases[first].parts
    if not 2 <= count <= 3 or not isinstance(names, tuple) or count != len(names):
        return None

    def ordered(outcome, order):
        return [outcome.leaves.get(f"[{i}]") for i in order]

    told = [
        pair
        for pair in zip(expected, actual, cases, strict=True)
        if all(there.leaves.get("#") == count for there in pair[:2])
    ]
    for order in itertools.permutations(range(count)):
        if order == tuple(range(count)) or actual[first].leaves.get("#") != count:
            continue
        wanted, got = ordered(expected[first], range(count)), ordered(actual[first], order)
        fits = all(
            _is_numeric(one) and _is_numeric(other) and np.shape(one) == np.shape(other)
            for there, came, _ in told
            for one, other in zip(ordered(there, range(count)), ordered(came, order), strict=True)
        )
        if fits and all(np.all(_close(*pair, cases[first])) for pair in zip(wanted, got, strict=True)):
            returned = ", ".join(names[order.index(i)] for i in range(count))
            return (
                f"The parts of your result are exchanged: you return ({returned}), not ({', '.join(names)})."
            )
    return None


def _call(name, subject, i):
    """Return the last call that case i makes of an exercise's function, with the options that its text shows;
    None if there is none.
    """
    from tests.solutions import PROBES

    calls, texts = [], []

    def cases(code):
        case = [*PROBES[name](code)][i]
        texts.append(case.text)
        return [case.shown or case]

    observe(cases, recorded(subject, EXERCISES[name].function, calls))
    if not calls:
        return None
    options = {key: value for key, value in calls[-1].options.items() if f"{key}={value!r}" in texts[0]}
    return calls[-1]._replace(options=options)


def first_wrong(name, subject, calls, solution):
    """Return the first of these calls on which the subject, a function, and the reference part, and whether
    the bank's entry called ``solution`` does there what the subject does.

    (None, None) if the subject is a class, whose methods need more than their arguments, or returns what
    cannot be compared. (None, False) if all calls are right.
    """
    from tests.solutions import WRONG

    if inspect.isclass(subject):
        return None, None
    entry = next((entry.code for entry in WRONG[name] if entry.name == solution), None)
    for call in calls:
        case, expected = _again(call, reference(name))
        _, actual = _again(call, subject)
        if any(inspect.isgenerator(leaf) for leaf in expected.leaves.values()):
            return None, None
        if faults(expected, actual, case):
            there = _again(call, entry)[1] if entry else None
            shows = there and faults(expected, there, case) and not _differs_in_values(there, actual, case)
            return call, bool(shows)
    return None, False


def _again(call, code):
    """Repeat a call; return the case that it makes and what comes of it, with the arguments afterwards."""
    from tests.solutions.bank import Case

    args, kwargs = copy.deepcopy((call.args, call.kwargs))
    case = Case("", lambda: (code(*args, **kwargs), [*args], [*kwargs.values()]), {}, 1e-6, 1e-9)
    (outcome,) = observe(lambda _: [case], code)
    return case, outcome


def _shown(name, subject, i):
    """Return the case that is shown in place of case i, and what the reference and the subject make of it.

    None if case i is shown itself, or if the other one has no fault.
    """
    from tests.solutions import PROBES

    def cases(code):
        return [case.shown for case in [[*PROBES[name](code)][i]] if case.shown]

    case = next(iter(cases(reference(name))), None)
    if case is None:
        return None
    (expected,), (actual,) = observe(cases, reference(name)), observe(cases, subject)
    return (case, expected, actual) if faults(expected, actual, case) else None


def _known(name, expected, actual, cases, first):
    """Return the bank's entry that fits best, None if none does, and whether it has the learner's types, too.

    An entry fits if it agrees with the learner in every case, or in every case in which it differs from the
    reference. The latter proves nothing of the other cases, so a sentence that calls something right needs
    the former. Types do not count where values are wrong, except integers where an entry has integers.
    first: the case that will be shown.
    """
    from tests.solutions import WRONG

    only_types = not any(map(_differs_in_values, expected, actual, cases))
    outcomes = {}
    for solution in WRONG.get(name, ()):
        there = observe_once(name, solution)
        if len(there) == len(actual):
            outcomes[solution] = there
            if all(map(agree, there, actual, cases)):
                return solution, True
    if not only_types:
        for solution, there in outcomes.items():
            if all(map(_as_whole, there, actual)) and not any(map(_differs_in_values, there, actual, cases)):
                return solution, False
    differ = agree_not if only_types else _differs_in_values
    best = 0, None
    for solution, there in outcomes.items():
        shows = [i for i, case in enumerate(cases) if differ(expected[i], there[i], case)]
        weight = len(shows) + any(there[i].error is None and not there[i].changed for i in shows)
        if (
            first in shows  # its sentence must be true of the call that is shown
            and weight >= max(2, best[0] + 1)
            and not any(differ(there[i], actual[i], cases[i]) for i in shows)
            and all(_as_whole(there[i], actual[i]) for i in shows)
            and (only_types or not solution.vouches)
        ):
            best = weight, solution
    return best[1], False


_OBSERVED = {}


def observe_once(name, solution):
    """Return what an entry of the bank does on its exercise's cases; it is run only once."""
    from tests.solutions import PROBES

    if solution not in _OBSERVED:
        _OBSERVED[solution] = observe(PROBES[name], solution.code)
    return _OBSERVED[solution]


def reference(name):
    """Return the reference's function or class for an exercise."""
    exercise = EXERCISES[name]
    return getattr(importlib.import_module(f"nn.{exercise.module}"), exercise.function.split(".")[0])


def _file(subject):
    """Return the file that a function or class was written in, None if there is none."""
    try:
        return Path(inspect.getfile(inspect.unwrap(subject)))
    except (TypeError, ValueError):
        return None


def observe(cases, subject):
    """Run every case on the subject; return the outcomes."""
    outcomes = []
    for case in cases(subject):
        before = {name: array.copy() for name, array in case.arguments.items()}
        world = World()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                leaves, error = dict(_leaves(case.run())), None
        except (Exception, SystemExit) as raised:
            leaves, error = {}, raised
        changed = tuple(
            name
            for name, array in case.arguments.items()
            if not np.array_equal(array, before[name], equal_nan=array.dtype.kind == "f")
        )
        outcomes.append(Outcome(leaves, error, changed, world.touched()))
        world.changes()  # which puts everything back
    return outcomes


def _leaves(value, place=""):
    """Take tuples and lists apart, down to arrays and numbers; a NumPy float64 is a Python float, and an
    exception that is returned its name.
    """
    if isinstance(value, tuple | list):
        yield f"{place}#", len(value)
        for i, part in enumerate(value):
            yield from _leaves(part, f"{place}[{i}]")
    elif isinstance(value, float):
        yield place, float(value)
    elif isinstance(value, Exception):
        yield place, f"{RETURNED}{type(value).__name__}"
    else:
        yield place, value.copy() if isinstance(value, np.ndarray) else value


def agree(one, other, case):
    """Tell whether two outcomes of a case are the same, types included, within the case's tolerance."""
    return not faults(one, other, case)


def agree_not(one, other, case):
    """Tell whether two outcomes of a case differ in anything."""
    return bool(faults(one, other, case))


def _differs_in_values(one, other, case):
    """Tell whether two outcomes of a case differ in more than types."""
    return any(fault.kind != "type" for fault in faults(one, other, case))


def _as_whole(entry, learner):
    """Tell whether every array that holds integers in one outcome does so in the other: a sentence on
    integers that stay integers is about nothing else.
    """
    return all(
        getattr(learner.leaves.get(place), "dtype", leaf.dtype).kind == leaf.dtype.kind
        for place, leaf in entry.leaves.items()
        if isinstance(leaf, np.ndarray) and leaf.dtype.kind in "iu"
    )


def faults(expected, actual, case):
    """Return how an outcome differs from the one expected, what is to be told first in front."""
    if _raised(expected.error) != _raised(actual.error):
        if expected.error is not None:
            return [Fault("refusal")]
        return [Fault("warning" if isinstance(actual.error, Warning) else "exception")]
    found = [Fault("changed")] if expected.changed != actual.changed else []
    if expected.leaves.keys() != actual.leaves.keys():
        found.append(Fault("parts"))
    for place, wanted in expected.leaves.items():
        kind = _difference(wanted, actual.leaves[place], case) if place in actual.leaves else None
        if kind:
            found.append(Fault("parts" if place.endswith("#") else kind, place.removesuffix("#")))
    return sorted(found, key=lambda fault: KINDS.index(fault.kind))


def _raised(error):
    """Return what counts of an error: its type; of a warning, what it warns of, too."""
    if isinstance(error, Warning):
        return type(error), str(error).split(" encountered")[0]
    return type(error)


def _difference(wanted, got, case):
    """Return in what two leaves differ, one of KINDS; None for nothing."""
    if isinstance(wanted, str) or wanted is None or not _is_numeric(got):
        return None if type(wanted) is type(got) and wanted == got else "parts"
    if np.shape(wanted) != np.shape(got):
        return "shape"
    if not np.all(_close(wanted, got, case)):
        return "values"
    return None if _type(wanted) == _type(got) else "type"


def _is_numeric(value):
    """Tell whether a leaf is a number or an array of numbers."""
    return isinstance(value, int | float) or (
        isinstance(value, np.ndarray | np.generic) and value.dtype.kind in "biuf"
    )


def _type(value):
    """Return what must be the same of two leaves that hold the same numbers."""
    return (type(value), value.dtype) if isinstance(value, np.ndarray) else type(value)


def _close(one, other, case):
    """Tell for each entry whether two arrays or numbers agree within the case's tolerance."""
    # float32 results may differ by their last digits, whoever computed them
    single = any(getattr(array, "dtype", None) == np.float32 for array in (one, other))
    with np.errstate(all="ignore"):
        rtol = max(case.rtol, 1e-4) if single else case.rtol
        return np.isclose(one, other, rtol=rtol, atol=case.atol, equal_nan=True)


def _evidence(case, expected, actual, fault, line):
    """Return lines that show a fault."""
    lines = _wrap(f"{'Smallest failing call' if case.typable else 'What fails'}: {case.text}")
    name = named(case, fault.place)
    wanted, got = (outcome.leaves.get(fault.place) for outcome in (expected, actual))
    if fault.kind in ("exception", "warning"):
        return lines + raised(actual.error, line)
    if fault.kind == "refusal":
        due = f"It must raise {type(expected.error).__name__} ({expected.error})"
        came = actual.leaves.get("")
        if isinstance(came, str) and came.startswith(RETURNED):
            return lines + _wrap(f"{due}, and returns a {came.removeprefix(RETURNED)} instead: `raise` it")
        if actual.error is None:
            return lines + _wrap(f"{due}, and returns something instead")
        return lines + _wrap(due) + raised(actual.error, line)
    if fault.kind == "changed":
        return lines + _wrap(
            f"It changes its argument {', '.join(actual.changed)}: compute in a new array "
            "(`z = z - 1`, not `z -= 1`)"
        )
    if all(isinstance(leaf, int | float) for leaf in (*expected.leaves.values(), *actual.leaves.values())):
        lists = [[*_numbers(outcome.leaves)] for outcome in (expected, actual)]
        if len(expected.leaves) > 1 and len(actual.leaves) > 1:
            return lines + _wrap("expected {}, got {}".format(*(f"[{', '.join(there)}]" for there in lists)))
    if fault.kind == "parts":
        return lines + _other_parts(name, expected, actual, fault.place)
    if fault.kind == "values":
        return [*lines, f"{name}:", *_side_by_side(np.asarray(wanted), np.asarray(got), case)]
    if fault.kind == "shape":
        shapes = [
            f"shape {shape}" if (shape := np.shape(leaf)) else "a single number" for leaf in (wanted, got)
        ]
        return lines + _wrap("{}: expected {}, got {}".format(name, *shapes))
    return lines + _wrap(f"{name}: the values are right, but it is {_types_apart(wanted, got)}")


def raised(error, line):
    """Return lines on an exception: Python's message, the line on which it arose, and what it means."""
    kind = "warns" if isinstance(error, Warning) else f"raises {type(error).__name__}"
    hidden = getattr(error, "hidden_by", None)
    kind = "hides a warning" if hidden else kind
    message = textwrap.shorten(str(error), 3 * WIDTH, placeholder=" ...")
    lines = _wrap(f"It {kind}: {message}" if message else f"It {kind}")
    if line:
        lines.append(f"  {line}")
    words = in_words(error, line.text if line else "") or ""
    if hidden:
        place = f" in line {hidden.line}" if line and hidden.path == line.path else ""
        words = (
            f"{hidden.what}{place} only keeps the warning back, so that you will not see it when you type "
            f"the call in. The overflow happens all the same. {words}"
        )
    if words:
        lines += _wrap(f"In plain words: {words}".rstrip())
    return lines


GLOBAL = {  # the generators that everybody shares: what they are called, and how a line uses them
    "np.random": ("NumPy's global generator", r"\b(?:np|numpy)\.random\.(?=[a-z])(?!default_rng\b)\w+\("),
    "random": ("Python's global generator", r"(?<![\w.])random\.[a-z]\w*\("),
}


def _touching(generator, subject):
    """Return lines that say which global generator is used instead of ``rng``, and in which line first, if it
    can be found.
    """
    called, pattern = GLOBAL[generator]
    lines = _wrap(f"It uses {called}, {generator}: draw from the `rng` that is passed in, and seed nothing.")
    with suppress(OSError, TypeError):  # a source that cannot be found
        source, start = inspect.getsourcelines(inspect.unwrap(subject))
        for number, line in enumerate(source, start):
            if re.search(pattern, line.partition("#")[0]):
                return [*lines, f"  {_file(subject).name}:{number}: {line.strip()}"]
    return lines


def _other_parts(name, expected, actual, place):
    """Say which parts a result should have, and which it has."""
    if actual.leaves.get(place, "") is None:
        return _wrap(f"{name} is None." + ("" if place else " Is a `return` missing?"))
    if expected.leaves.get(place, "") is None:
        return _wrap(f"{name} must be None, and is {_kind(actual.leaves.get(place))}: it works in place")
    if not place or f"{place}#" in expected.leaves:
        shown = [_parts(outcome.leaves, place) for outcome in (expected, actual)]
        return _wrap("{}: expected {}, got {}".format(name, *shown))
    return _wrap(f"{name}: expected {_kind(expected.leaves[place])}, got {_kind(actual.leaves.get(place))}")


def _parts(leaves, place):
    """Describe what a result, or a part of it, consists of."""
    if place in leaves:
        return _kind(leaves[place])
    count = leaves.get(f"{place}#", 0)
    inner = [f"{place}[{i}]" for i in range(count)]
    kinds = [_kind(leaves[part]) if part in leaves else f"a list of {leaves[f'{part}#']}" for part in inner]
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


def _types(expected, actual, cases, found, shown):
    """Return lines about a type that is wrong as well; ``shown`` is the case on the screen."""
    for i, there in enumerate(found):
        leaves = [
            (place, wanted, actual[i].leaves[place])
            for place, wanted in expected[i].leaves.items()
            if _is_numeric(wanted) and _is_numeric(actual[i].leaves.get(place))
        ]
        for place, wanted, got in leaves if there else ():
            if np.shape(wanted) == np.shape(got) and _type(wanted) != _type(got):
                where = "" if cases[i].text == shown.text else f": {cases[i].text}"
                return _wrap(f"Besides, {named(cases[i], place)} is {_types_apart(wanted, got)}{where}")
    return []


def _types_apart(wanted, got):
    """Say which type was expected, and which came."""
    if isinstance(wanted, np.ndarray) and isinstance(got, np.ndarray):
        if wanted.dtype != got.dtype:
            return f"{got.dtype} where {wanted.dtype} is expected"
        return f"{type(got).__name__} where a plain array is expected"
    return f"{_kind(got)} where {_kind(wanted)} is expected"


def _kind(value):
    if isinstance(value, np.ndarray):
        return f"an array {value.shape} of {value.dtype}"
    if value is None:
        return "None"
    if type(value) is float:
        return "a Python float"
    name = type(value).__name__
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def _reading(place, expected, actual, cases):
    """Say in a few words how a part of the result differs in all calls alike; None where no word fits.

    What is true of one call, or of a single entry, may be an accident. A reading must hold wherever the part
    can be compared, and in two calls or more in which several entries differ (in three if the part is a
    number).
    """
    pairs = []
    for wanted, got, case in zip(expected, actual, cases, strict=True):
        leaves = wanted.leaves.get(place), got.leaves.get(place)
        if all(map(_is_numeric, leaves)) and np.any(leaves[0]) and np.all(np.isfinite(leaves[0])):
            pairs.append((*(np.asarray(leaf, np.float64) for leaf in leaves), case))
    differing = [pair for pair in pairs if pair[0].shape != pair[1].shape or not np.all(_close(*pair))]
    telling = [pair for pair in differing if pair[0].size > 1 or pair[0].ndim == 0]
    enough = 3 if telling and telling[0][0].ndim == 0 else 2
    if len(telling) < enough:
        return None
    for holds, text in _readings(*telling[0][:2]):
        if all(holds(wanted, got) for wanted, got, _ in pairs):
            return text
    return None


def _readings(wanted, got):
    """Yield what may be said of a pair of arrays: a condition for this and any other pair, and the words."""
    yield (
        lambda wanted, got: got.ndim == 2 and _near(got.T, wanted),
        "it is transposed",
    )
    yield (
        lambda wanted, got: wanted.size == got.size and _near(got.reshape(wanted.shape), wanted),
        "the values are right, the shape is not",
    )
    yield lambda wanted, got: _near(-got, wanted), "the sign is turned round"
    yield lambda wanted, got: wanted.shape == got.shape and not got.any(), "it is 0 everywhere"
    if wanted.shape != got.shape or not np.all(np.isfinite(got)):
        return
    largest = np.unravel_index(np.argmax(np.abs(wanted)), wanted.shape)
    factor, offset = float(got[largest] / wanted[largest]), float(got[largest] - wanted[largest])
    yield (
        lambda wanted, got: _near(got, factor * wanted),
        f"it is {_fraction(factor)} times what it should be",
    )
    size = f"{abs(offset):.4g} too {'large' if offset > 0 else 'small'}"
    yield lambda wanted, got: _near(got, offset + wanted), f"it is {size}, everywhere"


def _near(one, other):
    with np.errstate(all="ignore"):
        return one.shape == other.shape and bool(np.allclose(one, other, rtol=1e-4, atol=1e-9))


def _fraction(value):
    """Write a factor as people say it: 1/3 rather than 0.333."""
    for whole in range(2, 21):
        if abs(value * whole - 1) < 1e-3:
            return f"1/{whole}"
    return f"{value:.4g}"


def _side_by_side(wanted, got, case):
    """Print two arrays beside each other, or below each other where they are wide; * marks what differs."""
    same = np.broadcast_to(_close(got, wanted, case), got.shape)
    if got.size > 40:
        places = np.argwhere(~same)[:6]
        return [
            f"  at {[*map(int, place)]}: expected {wanted[tuple(place)]:.6g}, got {got[tuple(place)]:.6g} *"
            for place in places
        ] + [f"  ({int((~same).sum())} of {got.size} entries differ)"]
    digits = next((n for n in (6, 9, 12) if _told_apart(wanted, got, same, n)), 17)
    left, right = _rows(wanted, np.ones_like(same), digits), _rows(got, same, digits)
    width = max(len("expected"), *map(len, left))
    if width + max(map(len, right)) + 6 > WIDTH:
        return ["  expected", *(f"    {row}" for row in left), "  got", *(f"    {row}" for row in right)]
    return [
        f"  {one:<{width}}    {other}"
        for one, other in zip(["expected", *left], ["got  (* differs)", *right], strict=True)
    ]


def _told_apart(wanted, got, same, digits):
    """Tell whether this many digits show a difference in every entry that differs."""
    pairs = zip(wanted[~same].flat, got[~same].flat, strict=True)
    return all(_number(one, digits) != _number(other, digits) for one, other in pairs)


def _rows(array, same, digits):
    """Return a line for each row of an array of any dimension."""
    array, same = np.atleast_1d(array), np.atleast_1d(same)
    array, same = array.reshape(-1, array.shape[-1]), same.reshape(-1, array.shape[-1])
    cells = [
        [_number(value, digits) + (" " if ok else "*") for value, ok in zip(*row, strict=True)]
        for row in zip(array, same, strict=True)
    ]
    width = max((len(cell) for row in cells for cell in row), default=0)
    return [" ".join(f"{cell:>{width}}" for cell in row) for row in cells]


def _number(value, digits=6):
    return str(value) if value.dtype.kind == "b" else f"{value + 0:.{digits}g}"  # -0 + 0 is 0


def _wrap(text):
    return [text]  # who prints it knows the terminal's width
