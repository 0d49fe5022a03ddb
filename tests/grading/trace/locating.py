"""Locating: the rules speak, and what they agree on becomes a list of suspects."""

from tests.grading.course.exercises import EXERCISES

from . import raising, state, writing
from .failing import CONTESTED, failures
from .oracle import Oracle, oracle, surroundings
from .paths import Trail, by_values
from .records import HINT, LIKELY, SURE, Suspect
from .relating import words_of
from .running import Program, unchanged
from .substitution import Substitution
from .words import sentence, shown

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
    "alias": SURE,
    "buffer": LIKELY,
    "misplaced": SURE,
    "written": SURE,
    "not delivered": SURE,
    "not returned": SURE,
    "replaced": SURE,
    "rebound": SURE,
    "form": SURE,
    "branch": SURE,
    "surplus": SURE,
    "refusal": HINT,
    "origin of the error": LIKELY,
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
    "other parts": HINT,
    "first": HINT,
    "unfinished": HINT,
    "returned": HINT,
    "nothing returned": HINT,
}
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
        return _suspects(*_clues(program, known))


def program_of(source, exercise):
    """Return the program; what it defines of other exercises gives way to nn's."""
    target, module = EXERCISES[exercise].function, EXERCISES[exercise].module
    space = surroundings(module)
    others = {e.function for e in EXERCISES.values() if e.function and "." not in e.function}
    given = {name: space[name] for name in others if name in space and name != target}
    return Program(source, target, space, given)


def _clues(program, known):
    """Return the clues of all rules, {rule: clues}, the most telling failures first; and all trails."""
    found = failures(program, known)
    trails = [Trail(program, failure, known.at(_plain(failure, known))) for failure in found]
    clues, substitution = {}, Substitution(program, known, trails)
    alone = all(state.of_the_past(failure) or failure.rank >= CONTESTED for failure in found)
    for trail in trails[:LOOKED_AT]:
        for clue in _of(trail, known, substitution, alone, clues):
            clues.setdefault(clue.rule, []).append(clue)
    return clues, trails


def _plain(failure, known):
    """Return the call of the exercise that a failure is about, also if it was made again."""
    return next((call for call in known.calls if call.run is failure.call.run), failure.call)


def _of(trail, known, substitution, alone, said):
    """Yield the clues on one failure."""
    failure = trail.failure
    right = trail.verdict.wrong(trail.run, failure.call)[1]
    if alone or failure.again:
        yield from state.remembered(trail, known)
    yield from state.exhausted(trail)
    if failure.kind == "raises" and trail.verdict.outcomes:
        yield from raising.raised(trail)
    elif failure.kind == "warns":
        yield from raising.warned(trail, known)
    elif failure.kind in ("accepts", "raises"):  # or another error comes than the one that is due
        yield from raising.accepted(trail, known)
    else:
        yield from state.shared(trail)
        yield from writing.returned(trail, right)
        yield from writing.arguments(trail, right)
        if ("dtype" in failure.parts.values() and len(set(failure.parts.values())) == 1) or _later(
            trail, said
        ):
            yield from writing.dtypes(trail)
        if trail.run.warned and not trail.verdict.warns:
            yield from raising.warned(trail, known)
        yield from by_values(trail)
        statistics = failure.call.rtol > 0  # of large arrays, which take their time
        if not statistics and not {"substitution", "only place", "branch"} & set(said):
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
    if clue.failure.rank >= CONTESTED:
        return HINT
    beside = (best.get(rule) for rule in ("first", "last of the path"))
    if clue.rule == "path" and all(other and other.place.line == clue.place.line for other in beside):
        return LIKELY
    return RULES[clue.rule]


def _suspect(clue, rules, sure, relation):
    part, label = next(iter(clue.failure.parts), ""), clue.failure.call.label
    said = sentence(clue, sure, relation)
    in_words = relation.format("a right value")
    return Suspect(clue.place, clue.text, shown(clue.value), rules, sure, in_words, label, part, said)
