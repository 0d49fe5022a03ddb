"""The ladder: what edits, the trace and the bank say of a failing function, weighed against each other.

State speaks first, where calls differ by their history alone; then edits to the learner's own code with which
all tests of the exercise pass; then the first wrong value. Where the bank names a mistake, its sentence
stays, and the place comes from the others. Each claims only what it has run.
"""

import ast
import re
import statistics
from contextlib import suppress
from dataclasses import replace

from tests.grading.course.exercises import EXERCISES
from tests.grading.finding import HINT, LIKELY, SURE, WAITING, Finding, Remark
from tests.grading.repair import SURE as ALONE
from tests.grading.repair import searched
from tests.grading.repair.program import Program
from tests.grading.trace import locate
from tests.grading.trace.outcomes import fixed
from tests.grading.trace.records import SURE as TWO_RULES
from tests.grading.trace.running import unchanged

from .diagnose import diagnose
from .edits import PARTS, Mended
from .marked import Lines, Watched, values_of
from .phrases import asked_by_trace
from .slips import LONGEST
from .suspects import fitting

STATE = {"default", "kept", "used up", "iterator", "shared", "copies", "buffer"}  # rules of the trace
FACTS = {"form", "misplaced", "written", "not delivered", "not returned", "replaced", "rebound", "integers"}
PRAISING = re.compile(r"\bright(ly)?\b|, but ")  # sentences that say something of the rest, too
VAGUE = {"rewritten", "place", "anything", "left_out", "of_no_part"}  # kinds that say little
GUARDS = {"guard", "no guard"}  # a call that must be refused is not: no other mistake explains that
BESIDES = re.compile(r"is (?P<came>.+) where (?P<due>.+) is expected(: (?P<call>.*))?")
WHOLE = {  # reasons to hold an edit back with which it tells no place, either
    "it passes by what was computed",
    "much is rewritten",
    "the function of another exercise",
    "whole blocks dropped",
    "much is changed at once",
}
NEARBY = 4  # lines within which a sure rule knows better than an edit that is held back
TRIED = 3  # changes that the tests are run with
TRIES, FEWEST = 2400, 1100  # edits that are tried, and where an exercise's calls take long
LONG = 400  # lines that run in a call beyond which there are fewer tries


def explain(name, source, finding, tests, subject_of=None, tries=None):
    """Return the findings on an exercise that fails, in the order of execution; [] if nothing is proven.

    source: the learner's module. finding: what is known by the evidence alone. tests: given a source that
    takes the module's place, returns how many tests of the exercise pass if all do, else 0; with ``alone``,
    everything but the exercise is nn's. subject_of: given an exercise, returns the learner's function. tries:
    how many edits, a number that depends on the exercise if it is None.
    """
    with unchanged():
        return _explain(name, source, finding, tests, subject_of, tries)


def _explain(name, source, finding, tests, subject_of, tries):
    try:
        suspects = locate(source, name)
    except Exception:  # a help; the edits and the evidence remain
        suspects = []
    changes, search = searched(
        source, name, tries or _tries(name)
    )  # without the trace's lines, so that it is a second voice
    if search is None:
        return []
    if not search.judge.failing and not suspects:
        return _callee(name, source, tests, subject_of)
    said = _Arbiter(name, source, finding, tests, suspects, changes).findings()
    return [replace(one, certainty=HINT) for one in said] if search.judge.note else said


def _tries(name):
    """Return how many edits are tried: a count, so that every machine comes to the same."""
    effort = statistics.median(expected.effort for expected in fixed(name))
    return round(min(TRIES, max(FEWEST, TRIES * LONG / effort)))


def _callee(name, source, tests, subject_of):
    """Return the finding on another exercise that this one calls, if this one is right by itself."""
    if subject_of is None or not tests(source, alone=True):
        return []
    for other, exercise in EXERCISES.items():
        if other == name or not exercise.function or exercise.lesson > EXERCISES[name].lesson:
            continue
        if exercise.function.split(".")[0] not in source:
            continue
        with suppress(Exception):
            if diagnose(other, subject_of(other)):
                sentence = f"{name} is right by itself: with a right {other}, all of its tests pass."
                return [Finding(status=WAITING, waits_for=other, stage="callee", sentence=sentence)]
    return []


class _Arbiter:
    """Weighs what was found of one program."""

    def __init__(self, name, source, finding, tests, suspects, changes):
        self.name, self.source, self.finding, self.tests = name, source, finding, tests
        self.lines = Lines(f"{EXERCISES[name].module}.py", source)
        self.watched = Watched(source, name, finding.call)
        self.suspects, self.changes = (
            fitting(suspects, name, finding, self.lines, self.watched.program.body()),
            changes,
        )
        self.top = self.suspects[0] if self.suspects else None

    def findings(self):
        """Return what is to be told, in the order of execution."""
        if self.top and self.top.rules[0] in STATE:
            return [self._of_state()]
        first, *others = self._said() or [None]
        return [replace(first, besides=(*self._beside(), *first.besides)), *others] if first else []

    def _said(self):
        mended = self._mended()
        if mended is None:
            return self._traced() if self.top else []
        if not mended.change.shown and (better := self._better_than(mended)):
            return [self._of_suspect(better)]
        said = [self._of_edit(mended, part) for part in mended.parts]
        return self._named(mended, said)

    def _beside(self):
        """Return a remark on the line that makes the type, if a type is what is wrong besides."""
        told = next(filter(None, (BESIDES.search(one.sentence) for one in self.finding.besides)), None)
        if told is None:
            return ()
        place = None
        if told["due"] == "a Python float":
            returns = [n for n in ast.walk(self.watched.program.body()) if isinstance(n, ast.Return)]
            place = self.lines.place(returns[0].lineno) if len(returns) == 1 else None
        elif told["came"] == "float64":  # which no array of the call has
            span = self.watched.made("float64", told["call"] or self.finding.call)
            place = self.lines.place(span.line, span) if span else None
        return (Remark("Its type comes from this line:", place),) if place else ()

    # ---- edits

    def _mended(self):
        """Return the first change with which all tests pass, None if there is none."""
        for change in self.changes[:TRIED]:
            count = self.tests(change.source)
            if count:
                with suppress(SyntaxError, RecursionError):
                    return Mended(self.source, change, count, self.name, self.finding.call)
        return None

    def _near(self, line, last=None):
        """Return True if the trace's first suspect is within a line."""
        return self.top is not None and line - 1 <= self.top.line <= (last or line) + 1

    def _origin(self, part):
        """Return the trace's first suspect if it is where a name got its value that an edit then corrects."""
        name, top = part.slip.a, self.top
        if not isinstance(name, ast.Name) or top is None or top.sure == HINT or part.line <= top.line:
            return None
        if self.lines.function(top.line) != self.lines.function(part.line):
            return None
        for node in ast.walk(self.lines.tree):
            if isinstance(node, ast.Assign | ast.AugAssign) and node.lineno == top.line:
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                if any(getattr(inner, "id", "") == name.id for t in targets for inner in ast.walk(t)):
                    return top
        return None

    def _better_than(self, mended):
        """Return the suspect that knows the place better than a change that must not be shown."""
        agreed = any(self._near(part.line, part.last) for part in mended.parts)
        if mended.change.why in WHOLE and not agreed:
            return self.top
        at = mended.parts[0]
        for suspect in self.suspects[:2]:
            if suspect.sure == HINT or abs(suspect.line - at.line) > NEARBY or len(mended.parts) > 1:
                continue
            if suspect.line != at.line or suspect.rules[0] in FACTS:
                return suspect
        return None

    def _of_edit(self, mended, part):
        origin = self._origin(part)
        alone = len(mended.parts) == 1 and mended.change.sure == ALONE and self.finding.mistake
        agreed = mended.change.shown and (origin or alone or self._near(part.line, part.last))
        said, values = part.said, part.values(self.watched)
        place = (
            self.lines.place(origin.line, origin.place) if origin else self.lines.place(part.line, part.span)
        )
        raised = self.finding.place and self.finding.words and self.finding.place.line == part.line
        here = self.top and self.top.sure != HINT and part.line <= self.top.line <= part.last
        if said.kind in VAGUE and here and self.top.sentence:
            said = said._replace(sentence=self.top.sentence)
        return Finding(
            stage="edit" if len(mended.parts) == 1 else "edits",
            certainty=SURE if agreed else LIKELY,
            sentence="" if raised and said.kind in VAGUE else said.sentence,  # the words say more
            place=place,
            value=values.words,
            question=said.question,
            change=part.change,
            think=said.think if part.change else "",
            besides=part.besides(self.lines),
        )

    def _named(self, mended, said):
        """Let the bank name each of several mistakes, with the others mended; what is shown comes first."""
        if len(said) < 2:
            return said
        shows, others = [], []
        for one, part in zip(said, mended.parts, strict=True):
            found = self._alone(mended, part)
            if found and found.mistake and not PRAISING.search(found.sentence):
                certainty = SURE if mended.change.shown else LIKELY  # two voices
                one = replace(one, mistake=found.mistake, sentence=found.sentence, certainty=certainty)
            (shows if not found or found.call == self.finding.call else others).append(one)
        return shows + others

    def _alone(self, mended, part):
        """Return the finding on a mistake with the others mended, None if there is none."""
        source = mended.without(part)
        with suppress(Exception, SystemExit):
            found = diagnose(self.name, Program(source, self.name).subject) if source else None
            return found.finding if found else None
        return None

    # ---- the trace

    def _traced(self):
        """Return what the trace says of the first line at fault, and of a further one if it is sure of it."""
        first, bank = self._of_suspect(self.top), self.finding
        others = [
            self._of_suspect(one)
            for one in self.suspects[1:]
            if (one.sure == TWO_RULES or one.rules[0] in GUARDS) and one.line != self.top.line
        ]
        if others and bank.mistake:  # whose sentence stays
            first = replace(first, stage="bank", mistake=bank.mistake, sentence=bank.sentence)
        return [first, *others[: PARTS - 1]]

    def _of_suspect(self, suspect):
        rule, expression = suspect.rules[0], _cut(suspect.expression)
        place = self.lines.place(suspect.line, suspect.place)
        question, think = asked_by_trace(rule, expression, suspect.error)
        values = values_of(self.watched, suspect.place)
        three = suspect is self.top and suspect.sure == TWO_RULES and len(suspect.rules) > 1
        three = three and self.finding.mistake and self.finding.typable  # else it is about several calls
        found = Finding(
            stage="trace",
            certainty=HINT if suspect.sure == HINT else SURE if three else LIKELY,
            sentence=suspect.sentence,
            place=place,
            value=values.words,
            question=question,
            think=think,
        )
        raised = self.finding.place
        if rule in ("error", "warning") and raised and raised.line == suspect.line and self.finding.words:
            return replace(found, stage="exception", sentence="", place=place)  # it says all this already
        return found

    def _of_state(self):
        """Return the finding on state, with the change if an edit on this line mends it."""
        found = replace(self._of_suspect(self.top), stage="state", certainty=self.top.sure, value="")
        for change in self.changes[:TRIED]:
            single = len(change.edits) == 1 and abs(change.edits[0].line - self.top.line) <= 1
            count = self.tests(change.source) if single and change.shown else 0
            if count:
                part = Mended(self.source, change, count, self.name, self.finding.call).parts[0]
                return replace(found, change=part.change)
        return found


def _cut(expression):
    return expression if len(expression) <= LONGEST else f"{expression[: LONGEST - 4]} ..."
