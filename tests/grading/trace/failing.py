"""Failing: the asks on which a program is wrong, the most telling first."""

from .loading import Loaded
from .outcomes import drawn, outcome, right
from .records import Failure
from .running import quiet

FIRST, EFFORT = 8, 9000  # failing asks that are traced, and the lines that they may take together
QUICK = 3000  # lines
PROMISED = 1000  # added to the rank of asks that docstrings alone promise


def ranked(asks):
    """Return asks, the most telling first: quick ones, general ones, those in float64."""

    def key(expected):
        ask, effort = expected.ask, expected.effort
        return not ask.asked, effort > QUICK, not ask.general, "float32" in ask.label, effort

    return sorted(asks, key=key)


def judge(program, verdict, rank, before=None):
    """Run a program on an ask; return the Failure, None if its outcome is right. before: goes before."""
    ask = verdict.expected.ask
    run = program.run(ask.script, before=before.script if before else None)
    refused = any("raises ValueError" in parts for parts in verdict.expected.outcomes)
    rank += PROMISED * (not ask.asked)
    parts, _ = verdict.wrong(run)
    if refused:
        return Failure(ask, "accepts", run, {}, rank, before) if run.error is not None or parts else None
    if run.error is not None:
        return Failure(ask, "raises", run, {}, rank, before)
    if parts:
        return Failure(ask, "parts", run, parts, rank, before)
    return Failure(ask, "warns", run, {}, rank, before) if run.warned else None


def failures(program, source, oracle):
    """Return the failures of a program on the asks of its exercise, ranked, each with its verdict.

    All asks are run first without a trace, one after the other: what fails there and is right by itself has
    something that an earlier call has left.
    """
    asks, loaded = ranked(oracle.asks), _loaded(source, oracle.exercise)
    with quiet(strict=True):
        wrong = [(rank, e) for rank, e in enumerate(asks) if not _passes(loaded, e)]
        if not wrong:
            again = [e for e in asks if e.ask.asked and e.effort <= QUICK]
            wrong = [(rank, e) for rank, e in enumerate(again) if not _passes(loaded, e)]
        if not wrong:
            wrong = [(len(asks), e) for e in drawn(oracle.exercise) if not _passes(loaded, e)][:1]
    found, alone, effort = [], [], 0
    for rank, expected in wrong[:FIRST]:
        effort += expected.effort
        if found and effort > EFFORT:
            break
        failure = judge(program, oracle.at(expected), rank)
        if failure:
            found.append((failure, oracle.at(expected)))
        else:
            alone.append((rank, expected))
    return found or [*_with_a_past(program, oracle, alone, asks)]


def _loaded(source, exercise):
    try:
        return Loaded(source, exercise)
    except (Exception, SystemExit):
        return None


def _passes(loaded, expected):
    if loaded is None:
        return False
    parts = loaded.run(lambda subject: outcome(expected.ask, subject))
    return parts is not None and right(parts, expected.outcomes)


def _with_a_past(program, oracle, alone, asks):
    """Yield the failure of the first ask that goes wrong after itself, or after another one."""
    for rank, expected in alone[:3]:
        for before in (expected, *(other for other in asks[:3] if other is not expected)):
            failure = judge(program, oracle.at(expected), rank, before.ask)
            if failure:
                after = f"{expected.ask.label}, the second time"
                if before is not expected:
                    after = f"{expected.ask.label}, after {before.ask.label}"
                yield failure._replace(ask=expected.ask._replace(label=after)), oracle.at(expected)
                return
