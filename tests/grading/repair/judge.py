"""The judge: what the program fails as it is, and whether a candidate mends it or brings it nearer.

A candidate runs on two or three asks first: one that is quick and least wrong, the one that is farthest
from right, the one that is nearest. What brings no part nearer is dropped; what makes these right is run on
all fixed asks, then on many random calls.
"""

from tests.grading.repair.edits import applied
from tests.grading.trace.outcomes import ERROR, drawn, fixed, outcome, right, score, wrong_parts
from tests.grading.trace.trees import copied

LINES = 800  # of asks, which count as one try; more as several
HEADS, HEAVY = 3, 1500  # asks that a candidate runs on first, and the lines that they may take together
LOOPS = 1000  # rounds from which on they count, beside the lines of the reference
VALIDATED = 2  # candidates that run on the random calls while searching; the others when they are chosen


class Failing:
    """An ask that the program fails: what is expected, how near it is, and the steps that a candidate may
    take.
    """

    def __init__(self, expected, parts, steps):
        self.expected, self.limit = expected, 2000 + 10 * steps
        self.length = expected.effort + (
            steps if steps > LOOPS else 0
        )  # the learner's own rounds, if they are many
        self.score = 0.0 if parts is None else score(parts, expected.outcomes)
        self.parts = parts

    @property
    def effort(self):
        return self.expected.effort


class Judge:
    """Judges edits to a program by its exercise's asks, the cheapest first.

    tried: candidates so far; spent: the same, but those that take many lines count more. refuted: those that
    only random calls showed to be wrong. note: the program fails nothing but what docstrings alone promise.
    mended: the function of the last candidate that was right.
    """

    def __init__(self, program):
        self.program = program
        self.tried = self.refuted = self.mending = 0
        self.spent = 0.0
        self.note, self.mended = False, None

    def survey(self):
        """Run the program as it is: what tests ask, then random calls, then what docstrings alone promise."""
        asks = fixed(self.program.exercise)
        self.asked = [e for e in asks if e.ask.asked]
        self.promised = [e for e in asks if not e.ask.asked]
        self.failing, self.passing = [], []
        for group in (self.asked, drawn(self.program.exercise), self.promised):
            self.note = group is self.promised
            for expected in group:
                parts = self.parts_of(expected)
                if parts is None or not right(parts, expected.outcomes):
                    self.failing.append(Failing(expected, parts, self.program.steps))
                else:
                    self.passing.append(expected)
            if self.failing:
                break
        self.failing.sort(key=lambda f: f.length)
        self.passing = sorted(self.passing, key=lambda e: e.effort)[:: max(1, len(self.passing) // 5)]
        self.kept = [e for e in self.promised if not self.note and self.is_right(e)]
        return bool(self.failing)

    def choose_heads(self):
        """Choose the asks that every candidate runs on, and a few more to tell how near one is."""
        quick = [f for f in self.failing if f.length < 3 * self.failing[0].length + 40]
        first = min(quick, key=lambda f: (f.score <= 0.0, f.length * (1.5 - f.score)))
        ranked = sorted(quick, key=lambda f: f.score)
        self.heads = list(
            {id(f): f for f in (first, ranked[0], ranked[-1], ranked[len(ranked) // 2])}.values()
        )
        while len(self.heads) > 1 and (len(self.heads) > HEADS or sum(f.effort for f in self.heads) > HEAVY):
            self.heads.pop()
        others = [f for f in self.failing[:: max(1, len(self.failing) // 6)] if f not in self.heads]
        self.sample = [f for f in others if f.length < 8 * self.failing[0].length + 80][:6]
        raises = ERROR in (first.parts or {ERROR: ""})
        self.weight = 0.5 if raises else 0.1  # to run at all is no merit of an edit's own

    def parts_of(self, expected, **limit):
        return self.program.run(lambda subject: outcome(expected.ask, subject), **limit)

    def is_right(self, expected):
        parts = self.parts_of(expected)
        return parts is not None and right(parts, expected.outcomes)

    def wrong(self):
        """Return the names of the parts that are wrong in any failing ask."""
        found = set()
        for failing in self.failing:
            found |= (
                {"endless"}
                if failing.parts is None
                else wrong_parts(failing.parts, failing.expected.outcomes)
            )
        return found

    def passes(self, thoroughly=True):
        """Return True if the program, as it now stands, is right on all asks; thoroughly: on random calls,
        too.
        """
        if not all(self.is_right(f.expected) for f in self.failing):
            return False
        if not all(map(self.is_right, [*self.asked, *self.kept])):
            return False
        if thoroughly and not all(map(self.is_right, drawn(self.program.exercise))):
            self.refuted += 1
            return False
        return True

    def verdict(self, home, edits):
        """Apply edits and return True if they mend the program, how much nearer they bring it, None for
        neither.
        """
        self.tried += 1
        self._lines = 0
        try:
            with applied(edits) as fresh:
                verdict = self.program.install(home, fresh) and self._gain()
                if verdict is True:
                    self.mending += 1
                    self.mended = copied(self.program.homes[home].node)
                return verdict
        except Exception:  # a tree that cannot be
            return None
        finally:
            self.spent += max(1.0, self._lines / LINES)

    def _gain(self):
        gain, all_right = 0.0, True
        for head in self.heads:
            self._lines += head.effort
            parts = self.parts_of(head.expected, limit=head.limit)
            if parts is None:
                return None
            now = score(parts, head.expected.outcomes)
            all_right = all_right and now == 1.0
            gain += max(now - head.score, -0.3)
            if gain < -0.02:
                return None
        if all_right and self.passes(thoroughly=self.mending < VALIDATED):
            return True
        if gain <= 1e-6:
            return None
        for other in self.sample:
            self._lines += other.effort
            parts = self.parts_of(other.expected, limit=other.limit)
            gain += (0.0 if parts is None else score(parts, other.expected.outcomes)) - other.score
        return gain
