"""Where the fault may lie: which lines make an edit to them cheaper or dearer than it would be elsewhere."""

import ast
from typing import NamedTuple

from tests.grading.repair.edits import names_in
from tests.grading.repair.observed import watch
from tests.grading.trace.loading import FILE
from tests.grading.trace.outcomes import close, entry_of, outcome


class Suspicion(NamedTuple):
    """Sets of lines. ran: in a failing ask. raised: where the first exception came from. vouched: all that
    was assigned there occurs in right variants, too. only_failing: they ran in failing asks alone. feeding:
    only right parts of the result come from there. trusted: the caller's, from a trace.
    """

    ran: set[int]
    raised: int | None
    vouched: set[int]
    only_failing: set[int]
    feeding: set[int]
    trusted: frozenset[int]

    def surcharge(self, edit):
        """Return what an edit costs more, or less, because of its line."""
        line, cost = edit.line, 0.0
        if self.ran and line not in self.ran and "added" not in edit.kind:
            cost += 0.2 if self.raised and line > self.raised else 3  # behind an exception, nothing ran
        cost -= 0.5 * (line == self.raised)
        cost += 0.5 * (line in self.vouched)
        cost -= 0.6 * (line in self.only_failing)
        cost += 0.7 * (line in self.feeding)
        cost -= 0.4 * (line in self.trusted)
        return cost - 0.0005 * line  # of equals the later: what is missing is missed there


def suspect(program, home, scope, seen, passing, entries, trusted):
    """Return the suspicion of a function's lines.

    seen: of failing asks. passing: asks that the program passes. entries: of the result, by number, those
    that are right everywhere.
    """
    calm = set()
    for ask in passing:
        calm |= watch(FILE, lambda ask=ask: program.run(lambda subject: outcome(ask, subject))).lines
    words = scope.donors.words
    vouched = {
        line
        for line, marks in seen.assigned.items()
        if any(m is not None for m in marks) and all(m is None or m in words for m in marks)
    }
    function = program.homes[home].node
    only = seen.lines - calm if calm else set()
    return Suspicion(seen.lines, seen.raised, vouched, only, _feeding(function, entries), trusted)


def right_entries(observed):
    """Return the entries of the result that are right in all outcomes: (parts, expected) each."""
    right, wrong = set(), set()
    for parts, expected in observed:
        for name, wanted in expected.items():
            if (entry := entry_of(name)) is not None:
                fits = parts is not None and name in parts and close(parts[name], wanted)
                (right if fits else wrong).add(entry)
    return right - wrong if wrong else set()


def _feeding(function, entries):
    """Return the lines from which these entries of the returned tuple come, by the names used and set
    there.
    """
    sources = {}  # by name: the lines that set it, and the names that they use
    for node in ast.walk(function):
        if isinstance(node, ast.Assign | ast.AugAssign | ast.For):
            used = names_in(node.iter if isinstance(node, ast.For) else node.value)
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for name in set().union(*map(names_in, targets)):
                sources.setdefault(name, []).append((node.lineno, used))
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            owner = getattr(node.value.func, "value", None)
            if isinstance(owner, ast.Name):  # what is appended to a list
                sources.setdefault(owner.id, []).append((node.lineno, names_in(node.value)))
    returned = [
        n.value for n in ast.walk(function) if isinstance(n, ast.Return) and isinstance(n.value, ast.Tuple)
    ]

    def lines_of(chosen):
        todo = [n for t in returned for i, e in enumerate(t.elts) if chosen(i) for n in names_in(e)]
        known, lines = set(), set()
        while todo:
            name = todo.pop()
            if name not in known:
                known.add(name)
                for line, used in sources.get(name, ()):
                    lines.add(line)
                    todo += used
        return lines

    return lines_of(lambda i: i in entries) - lines_of(lambda i: i not in entries) if entries else set()
