"""A finding: what is wrong with an exercise, as data, from the failing check to the screen and the report."""

import math
from dataclasses import dataclass, fields, replace
from typing import NamedTuple

PASSED, FAILING, TODO, WAITING, UNKNOWN = "passed", "failing", "to do", "waiting", "not run"

# What a failure is about; what is told first comes first. "refusal": an error is due, and none or another one
# came; "parts": the result is made of other parts; "changed": an argument is; "type": the values are right,
# and their dtype or type is not.
KINDS = ("exception", "warning", "refusal", "parts", "values", "shape", "changed", "type")

# Which part of the diagnosis speaks, in the order in which they are asked, and how sure it is.
STAGES = ("exception", "callee", "bank", "edit", "edits", "state", "trace", "evidence")
CERTAINTIES = SURE, LIKELY, HINT = ("sure", "likely", "hint")

WHOLE = 40  # entries of an array that are all shown; of a larger one, only some that differ
SOME = 6


class Place(NamedTuple):
    """A line of a file, counted from 1; source: its text; function: what it belongs to, "" if nothing.

    column, end_line, end_column: the expression that is meant, in characters counted from 1; end_column is
    the one after its last character. 0 is no such claim; with one, source is the whole line, indented.
    """

    file: str
    line: int
    source: str = ""
    function: str = ""
    column: int = 0
    end_line: int = 0
    end_column: int = 0


class Change(NamedTuple):
    """What mends an exercise: whole lines before and after, "" if one is only added or taken away.

    line: the first one changed, in the file. tests: how many tests of the exercise pass with it; with the
    changes of all findings together, if there are several.
    """

    line: int
    before: str
    after: str
    tests: int


class Remark(NamedTuple):
    """What else is wrong, in a sentence, and the line that it is about, None if it is about no single one."""

    sentence: str
    place: Place | None = None


class Entry(NamedTuple):
    """One entry of two arrays: where it is, and both values."""

    index: tuple[int, ...]
    expected: bool | int | float
    got: bool | int | float
    differs: bool


class Comparison(NamedTuple):
    """Two arrays, or numbers, of one shape.

    differing: how many entries differ. entries: all of a small array, some that differ of a large one.
    """

    name: str
    shape: tuple[int, ...]
    differing: int
    entries: tuple[Entry, ...]

    @classmethod
    def of(cls, name, expected, got, differs):
        """Compare arrays of one shape; ``differs`` says for each entry whether it is wrong."""
        import numpy as np  # here, so that the process that only watches a grading starts without it

        expected, got = np.asarray(expected), np.asarray(got)
        differs = np.broadcast_to(differs, got.shape)
        places = np.ndindex(got.shape) if got.size <= WHOLE else map(tuple, np.argwhere(differs)[:SOME])
        entries = tuple(
            Entry(tuple(map(int, i)), expected[i].item(), got[i].item(), bool(differs[i])) for i in places
        )
        return cls(name, got.shape, int(differs.sum()), entries)

    @property
    def size(self):
        """How many entries the arrays have."""
        return math.prod(self.shape)


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What is to be said of an exercise that does not pass.

    status: FAILING, TODO, WAITING or UNKNOWN. kind: one of KINDS; "file" if Python cannot read the module;
    "refused" if the code does what graded code may not; "" if it is of no kind. sentence: what is wrong, for
    the learner. mistake: the bank's name for it, None if it has none.
    call: what shows it; typable: whether that is Python to be typed in. comparison: the values; expected,
    got: in words, if it is about something else than values; shown: a sentence that says both.
    raised, error: the exception's name and message; hidden: whether the code keeps a warning back; words:
    what they mean. place: where in the learner's files.
    reading: how the result differs in all calls alike. besides: what else is wrong.
    test: the test that fails for the same reason; asked: what it says; look, why: where to look, and why the
    test asks it. part: what the test calls the part of the result that it looks at.
    waits_for: the exercise, function or file that must be fixed first. quote: lines of code, as they stand.
    printed: what the code printed in that test. trace: a traceback, if one was asked for.
    stage: one of STAGES, "" if it is not known; certainty: one of CERTAINTIES, see ``sure``. value: what
    stands at the place in the call that is shown, in words. question: what kind of mistake it is, and a
    question. change: what mends it; think: a question why it does. more: the other mistakes that were proven.
    """

    status: str = FAILING
    kind: str = ""
    sentence: str = ""
    mistake: str | None = None
    call: str = ""
    typable: bool = False
    comparison: Comparison | None = None
    expected: str = ""
    got: str = ""
    shown: str = ""
    raised: str = ""
    error: str = ""
    hidden: bool = False
    place: Place | None = None
    words: str = ""
    reading: str = ""
    besides: tuple[Remark, ...] = ()
    test: str = ""
    asked: str = ""
    part: str = ""
    look: str = ""
    why: str = ""
    waits_for: str = ""
    quote: tuple[str, ...] = ()
    printed: tuple[str, ...] = ()
    trace: str = ""
    stage: str = ""
    certainty: str = ""
    value: str = ""
    question: str = ""
    change: Change | None = None
    think: str = ""
    more: tuple["Finding", ...] = ()

    @property
    def sure(self):
        """Return how sure the finding is, also if nothing is said of that."""
        return self.certainty or (SURE if self.stage == "bank" else HINT)

    def asked_by(self, test):
        """Return this finding with what a test that fails for the same reason says.

        Its words are left out if they would only repeat what is said already, and its sentence if it tells
        of other numbers than the call that is shown: one with a comparison only names what was compared.
        """
        other_error = self.kind == "refusal" and self.raised  # the test may have met with yet another
        if (
            self.sentence
            or self.kind in ("exception", "warning", "changed")
            or self.got == "None"
            or other_error
        ):
            return replace(self, test=test.test)
        asked = test.sentence if test.comparison or not self.call else ""
        return replace(self, test=test.test, asked=asked, look=test.look, why=test.why)

    def explained_by(self, said):
        """Return this finding with what was proven of the learner's own code, findings in their order.

        A sentence of the bank stays, and so does what shows the mistake. What a test advises is left out.
        """
        if not said:
            return self
        first, *others = said
        if first.status == WAITING:
            return first
        names = ("place", "stage", "certainty", "value", "question", "change", "think")
        proven = {name: getattr(first, name) for name in names}
        besides = first.besides
        if self.raised and self.place and first.place and self.place.line != first.place.line:
            what = "warning" if self.kind == "warning" else "exception"
            besides = (Remark(f"The {what} arises here:", self.place), *besides)
        if self.mistake and not others:
            proven |= {"stage": "bank"}
        else:
            proven |= {"sentence": first.sentence or self.sentence, "mistake": first.mistake or self.mistake}
        proven |= {"look": "", "why": ""}
        return replace(self, **proven, besides=(*self.besides, *besides), more=tuple(others))


def file_to_fix(file, line, sentence, quote=()):
    """Return the finding on a file that must be fixed before any exercise in it can be judged."""
    place = Place(file, line, quote[0] if quote else "")
    return Finding(
        status=WAITING, kind="file", waits_for=file, place=place, sentence=sentence, quote=tuple(quote)
    )


def as_data(finding):
    """Return a finding as what JSON can hold: only the fields that say something."""
    if finding is None:
        return None
    values = {field.name: getattr(finding, field.name) for field in fields(finding)}
    values["more"] = tuple(map(as_data, finding.more))
    return {name: value for name, value in values.items() if value not in ("", None, (), False)}


def from_data(data):
    """Return the finding that ``as_data`` was made of, also after a way through JSON."""
    if data is None:
        return None
    data = dict(data)
    if data.get("place"):
        data["place"] = Place(*data["place"])
    if data.get("change"):
        data["change"] = Change(*data["change"])
    if data.get("more"):
        data["more"] = tuple(map(from_data, data["more"]))
    if data.get("besides"):
        data["besides"] = tuple(
            Remark(sentence, Place(*place) if place else None) for sentence, place in data["besides"]
        )
    if data.get("comparison"):
        name, shape, differing, entries = data["comparison"]
        entries = tuple(Entry(tuple(index), *values) for index, *values in entries)
        data["comparison"] = Comparison(name, tuple(shape), differing, entries)
    return Finding(**{key: tuple(value) if type(value) is list else value for key, value in data.items()})
