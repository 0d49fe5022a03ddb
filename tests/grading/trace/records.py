"""The trace's records: what is called, what is seen while it runs, and what is said of it in the end."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, NamedTuple

from tests.solutions.asks import Ask

SURE, LIKELY, HINT = "sure", "likely", "hint"


class Place(NamedTuple):
    """Where a piece of source stands: lines from 1, columns from 0, in bytes, as ``ast`` counts them."""

    line: int
    column: int
    end_line: int
    end_column: int


class Site(NamedTuple):
    """A place in the source at which values are seen.

    kind: the syntax, as ``ast`` calls it; or "Store" for a write, "Enter" for the parameters of a function,
    "Each" for the names that a loop sets. text: the source. parts: the sites directly inside. guards: the
    tests and loops that it stands under. loop: whether it can be reached several times in a call. names: the
    variables that are set to its value. base: what a write changes; what a call calls. consumes: whether what
    it gives is gone through at once. returned: whether a function returns it, or yields it.
    """

    kind: str
    place: Place
    text: str
    parts: tuple[int, ...]
    guards: tuple[int, ...]
    loop: bool
    function: str
    names: tuple[str, ...] = ()
    base: str = ""
    consumes: bool = False
    returned: bool = False


class Event(NamedTuple):
    """A value seen at a site.

    value: a copy, None if it is no number and holds none. inputs: the events it was computed from. identity,
    memory: the ids of the object, and of the array that owns its memory. nth: how often the site was reached
    before. outside: for "Enter", whether the call came from outside of the learner's code.
    """

    site: int
    value: Any
    inputs: tuple[int, ...]
    identity: int
    memory: int
    nth: int
    outside: bool = False


@dataclass
class Run:
    """What came of an ask: the parts, live and copied, or an error and its line; warnings; and the events.

    when: how often the exercise's function had been entered when a part came. kept: the objects that were
    seen, by event; while they live, no two have one id. entries: the events at which the exercise's function
    was entered from outside; given, held, after: its arguments of the first time, as they came, live, and as
    they were in the end. maker, writer: the last event that gave an object, or wrote into an array, by id.
    """

    parts: dict[str, Any] = field(default_factory=dict)
    copies: dict[str, Any] = field(default_factory=dict)
    error: BaseException | None = None
    line: int | None = None
    warned: list[str] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    kept: list[Any] = field(default_factory=list)
    entries: list[int] = field(default_factory=list)
    given: dict[str, Any] = field(default_factory=dict)
    held: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    when: dict[str, int] = field(default_factory=dict)
    maker: dict[int, int] = field(default_factory=dict)
    writer: dict[int, int] = field(default_factory=dict)

    @property
    def first(self):
        """The events of the first call."""
        return range(self.start, self.entries[1] if len(self.entries) > 1 else len(self.events))

    @property
    def start(self):
        """The event with which the exercise's function is entered for the first time."""
        return self.entries[0] if self.entries else 0


class Patch(NamedTuple):
    """Other values in the place of a site's own: ``give(nth, value)`` returns what is to stand there."""

    site: int
    give: Callable[[int, Any], Any]


class Match(IntEnum):
    """What a value has in common with those of right variants, the most first.

    NEUTRAL tells nothing (0, True, a shape). FORM: the same numbers, reshaped or transposed. ENTRIES: all of
    its entries are entries of right values. SIGN, FACTOR: right up to these. NONE: nothing.
    """

    NEUTRAL = 0
    EXACT = 1
    FORM = 2
    ENTRIES = 3
    SIGN = 4
    FACTOR = 5
    NONE = 6


class Failure(NamedTuple):
    """An ask whose outcome is wrong. kind: "raises", "accepts", "warns" or "parts"; parts: how each differs.

    rank: the lower, the more telling the ask. before: an ask that went before, without which it is right.
    """

    ask: Ask
    kind: str
    run: Run
    parts: dict[str, str]
    rank: int
    before: Ask | None = None


class Clue(NamedTuple):
    """What one rule says of a place, and a value that was seen there.

    wanted: the right value; source: where RightValues found it. words: what the rule adds to the sentence.
    site: that of the value, -1 if there is none; nth: in which round of a loop it was seen, -1 outside of
    loops.
    """

    rule: str
    failure: Failure
    place: Place
    text: str
    value: Any = None
    wanted: Any = None
    words: str = ""
    site: int = -1
    source: tuple = ()
    nth: int = -1


class Suspect(NamedTuple):
    """What is told of a place in the learner's source.

    value: what the expression is in that call, in words. rules: those that agree on the line. sure: SURE,
    LIKELY or HINT. relation: how the value relates to the right one. call: the label of the call; part: what
    is wrong of its outcome. sentence: all of it, for the learner. error: the type of an exception and what it
    says, "" if there is none.
    """

    place: Place
    expression: str
    value: str
    rules: tuple[str, ...]
    sure: str
    relation: str
    call: str
    part: str
    sentence: str
    error: str = ""

    @property
    def line(self):
        """The line on which the expression begins."""
        return self.place.line
