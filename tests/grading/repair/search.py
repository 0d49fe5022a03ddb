"""The search: edits tried one by one, joined where they mend different parts, until all asks are right.

The budget is a number of tries, so that a program gets the same answer on every machine.
"""

import itertools

from tests.grading.repair.edits import Candidate, applied, masked
from tests.grading.repair.judge import Judge
from tests.grading.repair.scope import explore
from tests.grading.repair.statements import edits_of
from tests.grading.repair.suspicion import right_entries, suspect

TRIES = 3000
DEAR = 2.7  # an edit of this cost is half a rewriting: two small ones may be the better answer
ENOUGH = 60  # candidates that pass: one of them will be natural
AT_ONCE = 240  # joins while single edits are still tried


class Search:
    """The search for edits that make a program pass. ``found`` has the candidates that do."""

    def __init__(self, program, tries=TRIES, trusted=(), without=()):
        self.program, self.tries, self.trusted = program, tries, frozenset(trusted)
        self.without = without
        self.judge = Judge(program)
        self.found, self.progress, self.listed, self.scopes = [], [], {}, {}
        self.base = Candidate("", (), 0.0)
        self.at_home = program.function

    def run(self):
        """Fill ``found``; return False for a program in which nothing is wrong."""
        if not self.judge.survey():
            return False
        self.judge.choose_heads()
        for home in self.program.order():
            if self.left() > 0 and (not self.found or self.program.is_helper(home)):
                self.singles(home)
        if not self.found or min(c.cost for c in self.found) > DEAR:
            self.several()
        return True

    def left(self):
        return self.tries - self.judge.spent

    def attempt(self, home, edits, cost):
        """Try edits on top of the base; keep what mends. Return the verdict."""
        if home != self.at_home:  # what was tried in another function is still in its place there
            self.program.install(self.at_home)
            self.at_home = home
        verdict = self.judge.verdict(home, edits)
        if verdict is True:
            edits = (*self.base.edits, *edits)
            self.found.append(Candidate(home, edits, self.base.cost + cost, tree=self.judge.mended))
        return verdict

    # ---- single edits ----------------------------------------------------------------------------

    def catalogue(self, home):
        """Return the edits of a function as it now stands, cheapest first."""
        asks = [head.expected.ask for head in self.judge.heads]
        own = home == self.program.function
        scope, seen = explore(self.program, home, asks, own, self.without)
        entries = right_entries((f.parts, f.expected.outcomes[0]) for f in self.judge.failing)
        passing = [expected.ask for expected in self.judge.passing]
        suspicion = suspect(self.program, home, scope, seen, passing, entries, self.trusted)
        self.scopes.setdefault(home, scope)
        listed = edits_of(self.program.homes[home].node, scope)
        return sorted(
            (edit.at(edit.cost + suspicion.surcharge(edit)) for edit in listed),
            key=lambda e: e.cost,
        )

    def singles(self, home):
        """Try every edit to a function; join those that help at once with others that helped elsewhere."""
        self.listed[home] = listed = self.catalogue(home)
        later = min(2, self.program.order().index(home))
        stop, best, joins = self.tries * (0.65 + 0.08 * later), 0.0, 0
        going_on = False  # after the first that mends the program: another may be more natural
        for edit in listed:
            if self.found and not going_on:
                going_on, stop = True, min(self.judge.spent + self.tries / 2, self.tries)
            if self.judge.spent > stop or len(self.found) > ENOUGH:
                break
            if self.found and edit.cost > min(c.cost for c in self.found) + 1.3:
                break
            verdict = self.attempt(home, (edit,), edit.cost)
            if not verdict or verdict is True:
                continue
            if not self.found and verdict > 0.3 * best:
                partners = [c for c in self.progress if c.home == home and edit.line not in c.lines]
                for other in sorted(partners, key=lambda c: -c.gain)[:3]:
                    if joins < AT_ONCE and self.left() > 0:
                        joins += 1
                        self.attempt(home, (*other.edits, edit), other.cost + edit.cost)
            best = max(best, verdict)
            self.progress.append(Candidate(home, (edit,), edit.cost, verdict))
        self.program.install(home)

    # ---- several edits ---------------------------------------------------------------------------

    def done(self):
        return self.left() <= 0 or any(len(c.edits) > 1 for c in self.found)

    def rank(self, candidate):
        return self.judge.weight * candidate.cost - candidate.gain

    def several(self):
        """Join edits that made progress; then the same edit in several places; then edits upon the best."""
        spread, seen = [], {}
        for candidate in sorted(self.progress, key=self.rank):  # few of each line and gain: they are alike
            place = round(candidate.gain, 6), *candidate.lines
            seen[place] = seen.get(place, 0) + 1
            if seen[place] <= 2:
                spread.append(candidate)
        heads = spread[:24]
        joins = [pair for pair in itertools.combinations(heads, 2) if pair[0].home == pair[1].home]
        for a, b in sorted(joins, key=lambda pair: -(pair[0].gain + pair[1].gain))[:150]:
            if self.done():
                break
            self.attempt(a.home, a.edits + b.edits, a.cost + b.cost)
        piles = [self.pile(head, heads) for head in heads[:4] if not self.done()]
        if not self.found:
            self.twins()
            starts = {c.edits: c for c in [*filter(None, piles), *spread[:10]]}
            for head in sorted(starts.values(), key=self.rank)[:12]:
                if self.done():
                    break
                self.second_round(head)
        if not self.found:
            self.cheap_pairs()
        for home in self.listed:
            self.program.install(home)

    def pile(self, head, others):
        """Put one edit that helped upon the other, as long as it helps: three small slips, too."""
        for other in others:
            if self.done() or len(head.edits) > 3:
                break
            if other.home == head.home and not set(other.edits) & set(head.edits):
                edits, cost = head.edits + other.edits, head.cost + other.cost
                verdict = self.attempt(head.home, edits, cost)
                if verdict and verdict is not True and verdict > head.gain + 1e-6:
                    head = Candidate(head.home, edits, cost, verdict)
        return head if len(head.edits) > 1 else None

    def twins(self):
        """Try the same edit in several places: whoever makes a slip once makes it in the next line, too."""
        for home, listed in self.listed.items():
            groups, texts = {}, {}
            for edit in itertools.takewhile(lambda e: e.cost < 2.0, listed):
                if id(edit.node) not in texts:
                    texts[id(edit.node)] = masked(edit.node)
                groups.setdefault((edit.form, texts[id(edit.node)]), []).append(edit)
            for group in sorted(groups.values(), key=lambda g: g[0].cost):
                if not (2 <= len(group) <= 12 and len({edit.line for edit in group}) > 1):
                    continue
                pairs = [pair for pair in itertools.combinations(group, 2) if pair[0].line != pair[1].line]
                for chosen in ([tuple(group)] if len(group) > 2 else []) + pairs:
                    if self.left() <= self.tries / 8 or self.done():
                        return
                    self.attempt(home, chosen, chosen[0].cost + 0.7 * len(chosen))

    def second_round(self, head, depth=2):
        """List the edits anew on the edited tree; if none mends it, go on from the best of them once more."""
        better = []
        limit = self.judge.spent + max(self.left() / 3, self.tries / 10)
        try:
            with applied(head.edits):
                if not self.program.install(head.home):
                    return
                self.base = head
                for edit in self.catalogue(head.home):
                    if self.done() or self.judge.spent > limit:
                        break
                    verdict = self.attempt(head.home, (edit,), edit.cost)
                    if verdict and verdict is not True and verdict > head.gain + 1e-5:
                        edits = (*head.edits, edit)
                        better.append(Candidate(head.home, edits, head.cost + edit.cost, verdict))
        except LookupError:  # a statement that an edit names is gone
            return
        finally:
            self.base = Candidate("", (), 0.0)
            self.program.install(head.home)
        if better and depth > 1 and not self.done():
            self.second_round(min(better, key=self.rank), depth - 1)

    def cheap_pairs(self):
        """Try all pairs of cheap edits to the exercise's own function, in the order of their cost."""
        home = self.program.function
        cheap = [edit for edit in self.listed.get(home, ()) if edit.cost < 2.0][:160]
        for a, b in sorted(itertools.combinations(cheap, 2), key=lambda pair: pair[0].cost + pair[1].cost):
            if self.done():
                break
            self.attempt(home, (a, b), a.cost + b.cost)

    def minimised(self, candidate):
        """Return a candidate without the edits that it can do without."""
        for edit in candidate.edits if len(candidate.edits) > 1 else ():
            fewer = tuple(other for other in candidate.edits if other is not edit)
            if fewer and self.judge.verdict(candidate.home, fewer) is True:
                cost = candidate.cost - edit.cost
                candidate = candidate._replace(edits=fewer, cost=cost, tree=self.judge.mended)
        self.program.install(candidate.home)
        return candidate
