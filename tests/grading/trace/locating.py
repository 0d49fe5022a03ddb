"""Locating: the rules speak, and what they agree on becomes a list of suspects."""

from tests.grading.course.exercises import EXERCISES

from . import raising, state, writing
from .failing import PROMISED, failures
from .loading import namespace, others_than
from .oracle import Oracle, oracle
from .paths import Trail, by_values
from .records import HINT, LIKELY, SURE, Suspect
from .relating import words_of
from .running import Program, unchanged
from .substitution import Substitution
from .words import label_of, sentence, shown

LOOKED_AT = 6  # failures

# The rules, those that are believed first in front, and how sure each is by itself; the modules that yield
# them say what they rest on. "path" is LIKELY if "first" names the same line.
RULES = {
    "default": SURE,
    "kept": SURE,
    "used up": SURE,
    "iterator": SURE,
    "shared": SURE,
    "copies": SURE,
    "written": SURE,
    "alias": SURE,
    "buffer": LIKELY,
    "misplaced": SURE,
    "other parts": LIKELY,
    "spoiled": SURE,
    "not delivered": SURE,
    "not returned": SURE,
    "replaced": SURE,
    "rebound": SURE,
    "form": SURE,
    "branch": SURE,
    "surplus": SURE,
    "refusal": HINT,
    "origin of the error": LIKELY,
    "origin of the index": LIKELY,
    "error": LIKELY,
    "dtype": SURE,
    "integers": SURE,
    "path and substitution": SURE,
    "path": HINT,
    "first and substitution": SURE,
    "origin of the warning": LIKELY,
    "warning": LIKELY,
    "guard": HINT,
    "no guard": HINT,
    "only place": LIKELY,
    "substitution": HINT,
    "never written": HINT,
    "first": HINT,
    "unfinished": HINT,
    "returned": HINT,
    "nothing returned": HINT,
}
LONG = 2500  # lines of an ask that takes too long to be run again and again
RELATED = 2  # suspects whose values are compared with right ones


def locate(source, exercise, *, without=()):
    """Return the Suspects of a program that fails an exercise, the first to look at in front.

    source: the learner's module, or the definition alone. exercise: its name. without: names of right
    variants whose values are left out. The list is empty if no call goes wrong. Nothing is printed, and
    nothing is left changed. Raises SyntaxError if the source is no Python.
    """
    known = Oracle(exercise, without) if without else oracle(exercise)
    program = program_of(source, exercise)
    with unchanged():
        return _suspects(*_clues(program, source, known))


def program_of(source, exercise):
    """Return the program; what it defines of other exercises gives way to nn's."""
    target, module = EXERCISES[exercise].function, EXERCISES[exercise].module
    return Program(source, target, namespace(module), others_than(exercise))


def _clues(program, source, known):
    """Return the clues of all rules, {rule: clues}, the most telling failures first; and all trails."""
    trails = [Trail(program, failure, verdict) for failure, verdict in failures(program, source, known)]
    clues, substitution = {}, Substitution(program, trails)
    alone = all(state.of_the_past(trail.failure) for trail in trails)
    told = any(trail.told() for trail in trails)
    for trail in trails[:LOOKED_AT]:
        for clue in _of(trail, substitution, alone, told, clues):
            clues.setdefault(clue.rule, []).append(clue)
    return clues, trails


def _of(trail, substitution, alone, told, said):
    """Yield the clues on one failure. alone: all come of the past; told: some tell a value that is wrong."""
    failure = trail.failure
    right = trail.verdict.wrong(trail.run)[1]
    if alone:
        yield from state.remembered(trail)
    yield from state.exhausted(trail)
    if failure.kind == "raises":
        yield from raising.raised(trail)
    elif failure.kind == "warns":
        yield from raising.warned(trail)
    elif failure.kind == "accepts":
        yield from raising.accepted(trail)
    else:
        yield from state.shared(trail)
        yield from writing.returned(trail, right)
        yield from writing.arguments(trail)
        if ("dtype" in failure.parts.values() and len(set(failure.parts.values())) == 1) or _later(
            trail, said
        ):
            yield from writing.dtypes(trail)
        if trail.run.warned:
            yield from raising.warned(trail)
        if trail.told() or not told:
            yield from by_values(trail)
        quick = trail.verdict.expected.effort < LONG
        if quick and not {"substitution", "only place", "branch"} & set(said):
            yield from substitution.clues(trail)


def _later(trail, said):
    """Return True if nothing but a dtype or integers tell this call from those that are right."""
    return trail.failure.rank > 0 and not said


def _suspects(clues, trails):
    """Return the suspects that clues come to, one a line."""
    best = {rule: said[0] for rule, said in clues.items()}
    mending = [
        clue for rule in ("only place", "substitution", "another place") for clue in clues.get(rule, ())
    ]
    for rule in ("path", "first"):
        if rule in best:
            line = [clue for clue in mending if clue.place.line == best[rule].place.line]
            exact = [clue for clue in line if clue.site == best[rule].site]
            if exact:
                best[rule] = best[rule]._replace(wanted=exact[0].wanted, source=exact[0].source)
            if line:
                both = f"{rule} and substitution"
                best[both] = best[rule]._replace(rule=both)
    ordered = [best[rule] for rule in RULES if rule in best]
    ordered.sort(key=lambda clue: (_sure(clue, best) == HINT, clue.failure.rank))
    first_of_line = {}
    for clue in ordered:
        first_of_line.setdefault(clue.place.line, clue)
    suspects = []
    for line, clue in first_of_line.items():
        rules = tuple(other.rule for other in ordered if other.place.line == line)
        relation = words_of(clue, trails) if len(suspects) < RELATED else ""
        suspects.append(_suspect(clue, rules, _sure(clue, best), relation))
    return suspects


def _sure(clue, best):
    """Return how sure a clue is: two rules agree, or one proves itself; one rule; or less."""
    if clue.failure.rank >= PROMISED:
        return HINT
    beside = (best.get(rule) for rule in ("first", "last of the path"))
    if clue.rule == "path" and all(other and other.place.line == clue.place.line for other in beside):
        return LIKELY
    return RULES[clue.rule]


def _suspect(clue, rules, sure, relation):
    part, label = next(iter(clue.failure.parts), ""), label_of(clue)
    said = sentence(clue, sure, relation)
    in_words = relation.format("a right value")
    error = clue.failure.run.error
    raised = f"{type(error).__name__}: {error}" if error is not None else ""
    value = (
        "" if clue.rule == "error" else shown(clue.value)
    )  # what a line has made before it fails says nothing
    return Suspect(clue.place, clue.text, value, rules, sure, in_words, label, part, said, raised)
