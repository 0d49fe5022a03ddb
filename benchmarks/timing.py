"""Timing: how a call is timed, and how far a time, or a ratio of two, can be trusted.

Other programs can only make a call slower. So a time is the shortest of its rounds, and a ratio is that of
two such times. The more the ratios of single rounds differ, the less it can be trusted. Functions that are
compared are called in turn, round by round, so that a temporary slowdown affects all of them. On one thread
processor time counts, so that no function gains because it happened to have the processor to itself. On
several threads clock time counts, since processor time would add up all threads.
"""

import os
import time
from statistics import median, quantiles
from timeit import Timer
from typing import NamedTuple

# Processor time of this process; Windows counts it in steps of 16 ms.
PROCESSOR = time.perf_counter if os.name == "nt" else time.process_time
TURN = 1e-3  # seconds of a turn of ``least_in_turn``, about; a call that takes longer is a turn alone
FEW, MANY = 15, 200  # the fewest and the most turns of each function there
ENOUGH = 0.5  # seconds after which the fewest turns are enough


class Seconds(NamedTuple):
    """What one call takes, in clock time and in processor time of all threads."""

    clock: float
    processor: float


def timed(function, calls=1):
    """Return the Seconds of one call, as a mean over ``calls``."""
    used = time.process_time()
    clock = Timer(function).timeit(calls)
    return Seconds(clock / calls, (time.process_time() - used) / calls)


def rounds(function, number, calls=1):
    """Return the clock seconds of one call for each of ``number`` rounds of ``calls`` calls.

    An extra round comes first and warms up.
    """
    return [seconds / calls for seconds in Timer(function).repeat(number + 1, calls)[1:]]


def least(function, *, seconds=0.3, fewest=5):
    """Return the shortest clock time of single calls, which go on for ``seconds`` in all."""
    timer, begun = Timer(function), time.perf_counter()
    found = timer.repeat(fewest, 1)
    while time.perf_counter() - begun < seconds:
        found.append(timer.timeit(1))
    return min(found)


def rounds_in_turn(functions, number, calls=1):
    """Return, by function name, a list with the Seconds of one call in each of ``number`` rounds.

    In each round, every function is called ``calls`` times. An extra round comes first and warms up.
    """
    found = {name: [] for name in functions}
    for _ in range(number + 1):
        for name, function in functions.items():
            found[name].append(timed(function, calls))
    return {name: each[1:] for name, each in found.items()}


def least_in_turn(first, second, clock=PROCESSOR):
    """Return the shortest time of a call of each of two functions, which take turns."""
    timers = Timer(first, timer=clock), Timer(second, timer=clock)
    calls = max(1, int(2 * TURN / max(sum(timer.timeit(1) for timer in timers), 1e-9)))
    found, turns, begun = [float("inf")] * 2, 0, clock()
    while turns < FEW or (turns < MANY and clock() - begun < ENOUGH):
        for place in (0, 1) if turns % 2 else (1, 0):  # the second one finds a warmer cache
            found[place] = min(found[place], timers[place].timeit(calls) / calls)
        turns += 1
    return found


class Ratio(NamedTuple):
    """A time of ours divided by one of theirs, and how far it can be trusted."""

    value: float  # of the shortest rounds
    low: float  # the smallest ratio of single rounds
    high: float  # the largest
    spread: float | None  # interquartile range of these ratios over their median; None below three rounds


def ratio(ours, theirs):
    """Return the Ratio of two lists of seconds, round by round."""
    each = [mine / other for mine, other in zip(ours, theirs, strict=True)]
    return Ratio(min(ours) / min(theirs), min(each), max(each), spread(each))


def spread(each):
    """Return the interquartile range over the median of rounds; None for fewer than three."""
    if len(each) < 3:
        return None
    lower, _, upper = quantiles(each, method="inclusive")
    return (upper - lower) / median(each)
