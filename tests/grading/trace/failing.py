"""Failing: the calls on which a program is wrong, the most telling first."""

from .records import Call, Failure

CONTESTED = 1000  # added to the rank of calls on which right variants themselves part


def judge(program, call, verdict, rank, before=None):
    """Make a call; return the Failure, None if its outcome is right. before: a call that is made first."""
    run = program.run(call.run, before=before)
    again, contested = before is not None, bool(verdict.outcomes and verdict.refusals)
    rank += CONTESTED * contested
    if run.error is not None:
        refused = type(run.error).__name__ in verdict.refusals
        return None if refused else Failure(call, "raises", run, {}, rank, again)
    if not verdict.outcomes:
        return Failure(call, "accepts", run, {}, rank, again)
    parts, _ = verdict.wrong(run, call)
    if parts:
        return Failure(call, "parts", run, parts, rank, again)
    if run.warned and not verdict.warns:
        return Failure(call, "warns", run, {}, rank, again)
    return None


def failures(program, oracle):
    """Return the failures of a program on the calls of its exercise, ranked.

    Other values where right programs are free are no failure, if nothing else fails. A call that is right is
    made a second time, and after another one.
    """
    found, right = [], []
    for rank, call in enumerate(oracle.calls):
        failure = judge(program, call, oracle.at(call), rank)
        if failure:
            found.append(failure)
        elif oracle.at(call).outcomes:
            right.append((rank, call))
    if not any(not failure.call.free for failure in found):
        found = [failure for failure in found if not _only_freely(failure)]
    found += _with_a_past(program, oracle, right)
    return sorted(found, key=lambda failure: failure.rank)


def _only_freely(failure):
    kinds = set(failure.parts.values())
    return failure.kind == "parts" and kinds == {"value"} and failure.call.free


def _with_a_past(program, oracle, right):
    """Yield the failure of the first right call that goes wrong after itself, or after another one."""
    for rank, call in right[:2]:
        for before in (call, *(other for _, other in right[:3] if other is not call)):
            failure = judge(program, call, oracle.at(call), rank + CONTESTED // 2, before.run)
            if failure and not _only_freely(failure):
                after = (
                    f"{call.label}, the second time"
                    if before is call
                    else f"{call.label}, after {before.label}"
                )
                yield failure._replace(call=Call(after, call.run, call.run, call.free, call.rtol))
                return
