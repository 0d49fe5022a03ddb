"""Measuring: how often the first suspect is where the mistake is.

    python -m tests.grading.trace BANK.py [BANK.py ...] [--only ID ...] [--quiet]

A bank has a list MISTAKES of dicts with id, exercise, module, source, lines (those at fault) and kinds, and a
list RIGHT without the last two. exact: the first suspect begins on a line at fault; near: on a neighbour of
one; astray: elsewhere; silent: there is none.
"""

import argparse
import collections
import runpy
import time

from .locating import locate

VERDICTS = ("exact", "near", "astray", "silent")


def main(arguments=None):
    """Measure the banks that are named on the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.grading.trace", description=__doc__.split("\n")[0])
    parser.add_argument("banks", nargs="+")
    parser.add_argument("--only", nargs="*", default=())
    parser.add_argument("--quiet", action="store_true", help="print the counts alone")
    options = parser.parse_args(arguments)
    counts, seconds = collections.defaultdict(collections.Counter), []
    for path in options.banks:
        bank = runpy.run_path(path)
        for entry in [*bank.get("MISTAKES", ()), *bank.get("RIGHT", ())]:
            if options.only and entry["id"] not in options.only:
                continue
            source = entry["source"].strip("\n")
            _warm(entry["exercise"])
            began = time.process_time()
            suspects = locate(source, entry["exercise"], without=tuple(entry.get("without", ())))
            seconds.append(time.process_time() - began)
            lines = entry.get("lines", [])
            verdict = judged(suspects, lines)
            kinds = entry.get("kinds", "right")
            counts[kinds][verdict] += 1
            if suspects and kinds != "right":
                counts[suspects[0].sure][verdict] += 1
                counts[f"rule: {suspects[0].rules[0]}"][verdict] += 1
            if not options.quiet:
                show(entry["id"], verdict, lines, suspects, seconds[-1])
    for name, found in counts.items():
        print(f"{name:30}", *(f"{verdict} {found[verdict]:3}" for verdict in VERDICTS))
    seconds.sort()
    middle, last = seconds[len(seconds) // 2], seconds[int(0.95 * (len(seconds) - 1))]
    print(f"seconds: median {middle:.2f}, 95 % {last:.2f}, longest {seconds[-1]:.2f}, all {sum(seconds):.1f}")


def _warm(exercise):
    """Let the right variants run, which is done once for all programs."""
    from .oracle import oracle

    known = oracle(exercise)
    for expected in known.asks:
        known.at(expected)


def judged(suspects, lines):
    """Return one of VERDICTS."""
    if not suspects:
        return "silent"
    apart = min((abs(suspects[0].line - line) for line in lines), default=99)
    return "exact" if apart == 0 else "near" if apart == 1 else "astray"


def show(name, verdict, lines, suspects, seconds):
    """Print what is said of one program."""
    print(f"{verdict:7} {name} {lines} {seconds:.2f} s")
    for suspect in suspects[:3]:
        print(f"    {suspect.line}: {suspect.expression[:70]} [{suspect.sure}: {', '.join(suspect.rules)}]")
        print(f"        on {suspect.call}, {suspect.part}: {suspect.sentence}")


if __name__ == "__main__":
    main()
