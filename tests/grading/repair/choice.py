"""The choice: candidates that pass, said as changes to the learner's text, the most natural first."""

import ast
import copy
from typing import NamedTuple

from tests.grading.repair.differences import Text, TextEdit, as_text, hunks
from tests.grading.repair.natural import why_not, worth
from tests.grading.repair.program import Program
from tests.grading.repair.simple import does_nothing, simplified
from tests.grading.repair.tidy import tidied, unconverted
from tests.grading.repair.unmeant import never_run
from tests.grading.trace.outcomes import drawn, fixed, outcome, right

SURE, LIKELY, GUESS = "sure", "likely", "guess"
SINGLES, SEVERAL = 60, 6  # candidates that are looked at
EARLIER = 0.01  # of equal checks, what each line is worth by which one comes sooner
NEATER = 0.2  # of two forms of a change, what the one in a teacher's hand is better by
WORTHLESS = {"sign", "factor", "power", "operator", "one off", "function added", "converted"}
SAID = 5  # changes that are returned


class Change(NamedTuple):
    """A change to the learner's program with which every ask is right.

    edits: to the text, in the order of the lines. kinds: of the catalogue. mends: the parts that were
    wrong. shown: whether the words may be told, or only the place, because the change is right but silly;
    why says in what way. sure: "sure" for a single natural change that has no equal elsewhere, "likely" for
    others that may be shown, "guess" for the rest. note: nothing was wrong but what docstrings alone
    promise. source: the program with the change.
    """

    edits: tuple[TextEdit, ...]
    kinds: tuple[str, ...]
    mends: tuple[str, ...]
    shown: bool
    sure: str
    why: str
    note: bool
    source: str

    @property
    def lines(self):
        """The lines of the learner's source that are changed, or beside which something is missing."""
        return [edit.line for edit in self.edits]


class _Option(NamedTuple):
    rank: float
    text: list
    hunks: list
    kinds: tuple
    why: str
    source: str


def choose(search):
    """Return the Changes that the candidates of a search stand for, best first."""
    singles = sorted((c for c in search.found if len(c.edits) == 1), key=lambda c: c.cost)[:SINGLES]
    several = sorted((c for c in search.found if len(c.edits) > 1), key=lambda c: c.cost)[:SEVERAL]
    options = {}
    for candidate in singles or map(search.minimised, several):
        for option in _options(search, candidate):
            known = options.get(option.source) if option else None
            if option and (known is None or (bool(option.why), option.rank) < (bool(known.why), known.rank)):
                options[option.source] = option
    options = _of_copies(options)
    mends, said = tuple(sorted(search.judge.wrong())), []
    for option in sorted(options.values(), key=lambda o: (bool(o.why), o.rank)):
        if len(said) < SAID and _passes(search, option.source):
            said.append(option)
    places = {hunk.line for option in options.values() if not option.why for hunk in option.hunks}
    alone = bool(places) and max(places) - min(places) <= 1
    return [
        Change(
            edits=tuple(sorted(option.text)),
            kinds=option.kinds,
            mends=mends,
            shown=not option.why,
            sure=GUESS if option.why else SURE if alone and len(option.hunks) == 1 else LIKELY,
            why=option.why,
            note=search.judge.note,
            source=option.source,
        )
        for option in said
    ]


def _of_copies(options):
    """Hold back all changes but copies where a copy mends: any other value is then only a copy, too."""
    copies = [option for option in options.values() if option.kinds == ("copy",) and not option.why]
    lines = {hunk.line for option in copies for hunk in option.hunks}
    why = "it only makes a new array"
    return {
        source: option._replace(why=option.why or why)
        if lines & {hunk.line for hunk in option.hunks} and set(option.kinds) & WORTHLESS
        else option
        for source, option in options.items()
    }


def _options(search, candidate):
    """Yield a candidate in its simplest form, and the same in a teacher's hand; None if it cannot be said."""
    program = search.program
    path = _path(program.tree, program.homes[candidate.home].node)
    before = _at(ast.parse(program.source), path)
    after = _simple(before, copy.deepcopy(candidate.tree))
    plain = _option(search, candidate, path, before, after)
    neat = copy.deepcopy(after)
    if plain and tidied(before, neat, hunks(before.body, neat.body)):
        after = _simple(before, neat)
        yield _option(search, candidate, path, before, after, plain.rank)
    bare = copy.deepcopy(after)
    if plain and unconverted(hunks(before.body, bare.body)):
        yield _option(search, candidate, path, before, _simple(before, bare), plain.rank - NEATER)
    yield plain


def _simple(before, after):
    """Return a function whose new statements are in their simplest form."""
    for part in hunks(before.body, after.body):
        for statement in part.new:
            new = simplified(statement)
            _replace(after, statement, None if does_nothing(new) else new)
    return after


def _option(search, candidate, path, before, after, plain=None):
    """Return the option that a candidate in one of its forms stands for, None if it cannot be said.

    plain: the rank of a form that is less neat.
    """
    intended = ast.parse(search.program.source)
    _at(intended, path[:-1]).body[path[-1]] = after
    ast.fix_missing_locations(intended)
    parts = hunks(before.body, after.body)
    text = as_text(search.program.source, parts, intended) if parts else None
    if text is None:
        return None
    kinds = {edit.kind for edit in candidate.edits}
    scope = search.scopes[candidate.home]
    reasons = [why_not(part, kinds, scope, before) for part in parts]
    reasons += ["it leaves lines that never run"] if never_run(after) > never_run(before) else []
    total = sum(worth(part, kinds, candidate.cost, scope, before, search.trusted) for part in parts)
    source = Text(search.program.source).changed(text)
    why = next(filter(None, reasons), "")
    total += EARLIER * sum(part.line for part in parts if "guard added" in kinds)
    total = total if plain is None else min(total, plain) - NEATER
    return _Option(total, text, parts, tuple(sorted(kinds)), why, source)


def _path(tree, node):
    """Return how a function is reached from the module: the indices of the bodies."""
    for i, top in enumerate(tree.body):
        if top is node:
            return (i,)
        if isinstance(top, ast.ClassDef) and any(inner is node for inner in top.body):
            return i, next(j for j, inner in enumerate(top.body) if inner is node)
    raise LookupError(f"{node.name} is no function of the module")


def _at(tree, path):
    for i in path:
        tree = tree.body[i]
    return tree


def _replace(function, old, new):
    """Put a statement in the place of another, or, for None, leave it out."""
    for node in ast.walk(function):
        for block in (getattr(node, field, None) for field in ("body", "orelse")):
            if isinstance(block, list):
                for i, statement in enumerate(block):
                    if statement is old and (new is not None or len(block) > 1):
                        block[i : i + 1] = [] if new is None else [new]
                        return


def _passes(search, source):
    """Return True if the changed text, loaded anew, is right on every ask that it must be right on."""
    try:
        program = Program(source, search.program.exercise)
    except (Exception, SystemExit):
        return False
    asks = [e for e in fixed(program.exercise) if e.ask.asked or search.judge.note or e in search.judge.kept]
    for expected in (*asks, *drawn(program.exercise)):
        parts = program.run(lambda subject, ask=expected.ask: outcome(ask, subject))
        if parts is None or not right(parts, expected.outcomes):
            return False
    return True
