"""Showing a finding: the one place where its fields become lines of text."""

import textwrap

from tests.grading.finding import WAITING
from tests.grading.terminal import WIDEST, cut, prose

LINES = 8  # of what the code printed


def render(finding, room=WIDEST):
    """Return a finding as text whose lines have at most ``room`` characters."""
    if finding.status == WAITING:
        return "\n".join(waiting(finding, room))
    own = what_is_wrong(finding, room)
    beside = what_a_test_asks(finding, room)
    gap = [""] if own and finding.test else []
    return "\n".join([*own, *gap, *beside, *_printed(finding, room), *finding.trace.splitlines()])


def waiting(finding, room=WIDEST):
    """Return the lines on an exercise that waits: what for, and where to fix it."""
    if finding.kind != "file":
        return prose(f"waits for {finding.waits_for}", room)
    place = f"waits for {finding.waits_for}, line {finding.place.line}: {finding.sentence}"
    return [*prose(place, room), *(cut(f"  {line}", room) for line in finding.quote)]


def what_is_wrong(finding, room):
    """Return the lines on the mistake itself: the sentence, the call that shows it, and what came of it."""
    lines = prose(finding.sentence, room)
    if finding.call:
        label = "Smallest failing call" if finding.typable else "What fails"
        lines += prose(finding.call, room, label=label)
    lines += prose(finding.shown, room)
    if finding.raised:
        warns = "hides a warning" if finding.hidden else "warns"
        kind = warns if finding.kind == "warning" else f"raises {finding.raised}"
        message = textwrap.shorten(finding.error, 3 * room, placeholder=" ...")
        lines += prose(f"It {kind}: {message}" if message else f"It {kind}", room)
    lines += _line(finding.place, room)
    lines += [cut(f"  {line}", room) for line in finding.quote]
    lines += prose(finding.words, room, label="In plain words")
    if finding.comparison:
        said = finding.sentence.startswith(finding.comparison.name)
        name = [] if said else [f"{finding.comparison.name}:"]
        lines += [*name, *(cut(line, room) for line in side_by_side(finding.comparison, room))]
    lines += prose(finding.reading, room, label="Reading")
    for remark in finding.besides:
        lines += [*prose(remark.sentence, room), *_line(remark.place, room)]
    return lines


def _line(place, room):
    """Return a line of code with its place, in a list; none if there is no place."""
    return [cut(f"  {place.file}:{place.line}: {place.source}", room)] if place else []


def what_a_test_asks(finding, room):
    """Return the lines of the test that fails for this reason: its name, its words, where to look and why."""
    lines = [f"Test: {finding.test}"] if finding.test else []
    lines += prose(finding.asked, room)
    lines += prose(finding.look, room, label="Look at")
    return lines + prose(finding.why, room, label="Why")


def _printed(finding, room):
    """Return what the code printed in the failing test, its first lines."""
    if not finding.printed:
        return []
    more = len(finding.printed) - LINES
    rest = [f"  ... and {more} more lines"] if more > 0 else []
    shown = [cut(f"  {line}", room) for line in finding.printed[:LINES]]
    return ["", "Printed in that test:", *shown, *rest]


def side_by_side(comparison, room=WIDEST):
    """Print two arrays beside each other, or below each other if they are wide; * marks what differs.

    Of a large array, some entries that differ are listed.
    """
    entries, shape = comparison.entries, comparison.shape
    digits = next((n for n in (6, 9, 12) if _told_apart(entries, n)), 17)
    if len(entries) < comparison.size:
        lines = [
            f"  at {[*entry.index]}: expected {number(entry.expected, digits)}, got "
            f"{number(entry.got, digits)} *"
            for entry in entries
        ]
        return [*lines, f"  ({comparison.differing} of {comparison.size} entries differ)"]
    columns = shape[-1] if shape else 1
    left = _rows([number(entry.expected, digits) for entry in entries], columns)
    marked = [number(entry.got, digits) + (" *"[entry.differs]) for entry in entries]
    right = _rows(marked, columns)
    wide = max(map(len, ["expected", *left]))
    if wide + max(map(len, right), default=0) + 6 > room:
        return ["  expected", *(f"    {row}" for row in left), "  got", *(f"    {row}" for row in right)]
    return [
        f"  {one:<{wide}}    {other}".rstrip()
        for one, other in zip(["expected", *left], ["got  (* differs)", *right], strict=True)
    ]


def _rows(cells, columns):
    """Return a line for each row of cells, one column below the other."""
    wide = max(map(len, cells), default=0)
    padded = [f"{cell:>{wide}}" for cell in cells]
    return [" ".join(padded[i : i + columns]) for i in range(0, len(padded), columns)]


def _told_apart(entries, digits):
    """Return True if this many digits show a difference in every entry that differs."""
    return all(
        number(entry.expected, digits) != number(entry.got, digits) for entry in entries if entry.differs
    )


def number(value, digits=6):
    """Write a number with so many digits; 0 has no sign."""
    return str(value) if isinstance(value, bool) else f"{value + 0:.{digits}g}"
