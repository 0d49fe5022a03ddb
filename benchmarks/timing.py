"""Timing: how a call is timed, and how far a time, or a ratio of two, can be trusted.

Other programs can only make a call slower. So a time is the least of its rounds, and a ratio is that of two
least rounds; how much the ratios of single rounds differ tells whether it can be trusted. What is compared is
called in turn, round by round, so that a temporary slowdown affects all of it. On one thread processor time
counts, so that nobody gains who had the processor to himself by chance; on several threads the clock counts,
since the processor time of all of them would count against whoever uses them.
"""

import os
import time
from statistics import median, quantiles
from timeit import Timer
from typing import NamedTuple

# Processor time of this process; Windows counts it in steps of 16 ms.
PROCESSOR = time.perf_counter if os.name == "nt" else time.process_time
TURN = 1e-3  # seconds of a turn of ``least_in_turn``, about; a call that takes longer is a turn by itself
FEW, MANY = 15, 200  # its turns of each function
ENOUGH = 0.5  # seconds, after which few turns will do


class Seconds(NamedTuple):
    """What one call takes: by the clock, and of processor time in all threads."""

    clock: float
    processor: float


def timed(function, calls=1):
    """Return the Seconds of one call, a mean over so many."""
    used = time.process_time()
    clock = Timer(function).timeit(calls)
    return Seconds(clock / calls, (time.process_time() - used) / calls)


def rounds(function, number, calls=1):
    """Return the seconds of one call by the clock, for each of a number of rounds of so many calls; a round
    more comes first and warms up.
    """
    return [seconds / calls for seconds in Timer(function).repeat(number + 1, calls)[1:]]


def least(function, *, seconds=0.3, fewest=5):
    """Return the least seconds of a call by the clock, of as many single calls as take so long in all."""
    timer, begun = Timer(function), time.perf_counter()
    found = timer.repeat(fewest, 1)
    while time.perf_counter() - begun < seconds:
        found.append(timer.timeit(1))
    return min(found)


def rounds_in_turn(functions, number, calls=1):
    """Return a list of Seconds of one call, one for each of a number of rounds, by the functions' names.

    In each round every function is called so many times; a round more comes first and warms up.
    """
    found = {name: [] for name in functions}
    for _ in range(number + 1):
        for name, function in functions.items():
            found[name].append(timed(function, calls))
    return {name: each[1:] for name, each in found.items()}


def least_in_turn(first, second, clock=PROCESSOR):
    """Return the least seconds of a call of each of two functions, which take turns."""
    timers = Timer(first, timer=clock), Timer(second, timer=clock)
    calls = max(1, int(2 * TURN / max(sum(timer.timeit(1) for timer in timers), 1e-9)))
    found, turns, begun = [float("inf")] * 2, 0, clock()
    while turns < FEW or (turns < MANY and clock() - begun < ENOUGH):
        for place in (0, 1) if turns % 2 else (1, 0):  # who is second finds a warmer cache
            found[place] = min(found[place], timers[place].timeit(calls) / calls)
        turns += 1
    return found


class Ratio(NamedTuple):
    """Ours / theirs: of the least rounds; the least and the greatest of single rounds; how much those differ.

    spread: the interquartile range of the ratios of single rounds over their median; None for fewer than
    three rounds.
    """

    value: float
    low: float
    high: float
    spread: float | None


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
