"""Measures the search on banks of learners' programs: ``python -m tests.grading.repair BANK.py ...``.

A bank has lists MISTAKES, of dicts with id, exercise, source, kinds ("single" or "double") and lines (at
fault), and RIGHT, of dicts with the first three.
"""

import argparse
import runpy
import statistics
import time
from collections import Counter

from tests.grading.repair import TRIES, searched
from tests.grading.trace.outcomes import drawn, fixed

VERDICTS = ("exact", "near", "astray", "silent")


def verdict(lines, fault):
    """Return where a line is that was found, beside those at fault."""
    if not lines:
        return "silent"
    return (
        "exact" if lines[0] in fault else "near" if any(abs(lines[0] - f) <= 1 for f in fault) else "astray"
    )


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m tests.grading.repair", description=__doc__)
    parser.add_argument("banks", nargs="+")
    parser.add_argument("--only", nargs="*", metavar="ID")
    parser.add_argument("--tries", type=int, default=TRIES)
    options = parser.parse_args(arguments)
    records = []
    for path in options.banks:
        bank = runpy.run_path(path)
        for entry in [*bank.get("MISTAKES", []), *(e | {"kinds": "right"} for e in bank.get("RIGHT", []))]:
            if not options.only or entry["id"] in options.only:
                fixed(entry["exercise"]), drawn(entry["exercise"])  # computed once, and not part of the time
                records.append(measure(entry, options.tries))
    summary(records)


def measure(entry, tries):
    """Search for one program, print what was found, and return it as a record."""
    source, fault = entry["source"].strip("\n"), entry.get("lines", [])
    started = time.process_time()
    changes, search = searched(source, entry["exercise"], tries, without=entry.get("without", ()))
    seconds = time.process_time() - started
    lines = changes[0].lines if changes else []
    tried = search.judge.tried if search else 0
    place = verdict(lines, fault)
    print(
        f"{place:7} {entry['kinds']:7} {entry['id']:40} lines {lines} fault {fault} {tried} {seconds:.2f} s"
    )
    for change in changes[:1]:
        hidden = f"; not shown: {change.why}" if change.why else ""
        print(f"        {change.sure}; {', '.join(change.kinds)}{hidden}")
        for edit in change.edits:
            print(f"        {edit.line}: {edit.before.strip()!r} -> {edit.after.strip()!r}", flush=True)
    if not changes and entry["kinds"] != "right":
        heads = [head.expected.ask.label for head in (search.judge.heads if search else [])]
        print(f"        fails: {heads}", flush=True)
    every = [verdict([line], fault) in ("exact", "near") for line in lines]
    shown = bool(changes) and changes[0].shown
    return {
        "kinds": entry["kinds"],
        "place": place,
        "seconds": seconds,
        "tried": tried,
        "every": all(every),
        "shown": shown,
    }


def summary(records):
    """Print how often, by the number of mistakes, and how long."""
    for kinds in dict.fromkeys(r["kinds"] for r in records):
        some = [r for r in records if r["kinds"] == kinds]
        places, times = Counter(r["place"] for r in some), sorted(r["seconds"] for r in some)
        words = ", ".join(f"{place} {places[place]}" for place in VERDICTS)
        every = sum(r["every"] and r["place"] != "silent" for r in some)
        print(f"{kinds}: {len(some)} programs: {words};")
        print(f"    every edit near {every}; a change shown {sum(r['shown'] for r in some)};")
        print(
            f"    tries {sum(r['tried'] for r in some)}; seconds {statistics.median(times):.2f} in median, "
            f"{times[int(0.95 * (len(times) - 1))]:.2f} at 95 %, {times[-1]:.2f} the longest"
        )


if __name__ == "__main__":
    main()
