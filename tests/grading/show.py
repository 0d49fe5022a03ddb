"""Showing a finding: the one place where its fields become lines of text."""

import sys
import textwrap

from tests.grading.finding import WAITING, Place
from tests.grading.marking import before_and_after, path_to, where
from tests.grading.terminal import PLAIN, WIDEST, cut, prose

LINES = 8  # of what the code printed


def render(finding, room=WIDEST, *, folder="", paint=PLAIN):
    """Return what `check` says of a finding, as text whose lines have at most ``room`` characters.

    folder: where the learner's files are, for their paths. What only `hint` gives away is not in it.
    """
    if finding.status == WAITING:
        return "\n".join(waiting(finding, room))
    own = what_is_wrong(finding, room, folder, paint)
    beside = what_a_test_asks(finding, room)
    gap = [""] if own and finding.test else []
    return "\n".join([*own, *gap, *beside, *_printed(finding, room), *finding.trace.splitlines()])


def waiting(finding, room=WIDEST):
    """Return the lines on an exercise that waits: what for, and where to fix it."""
    if finding.kind != "file":
        return prose(f"waits for {finding.waits_for}", room)
    place = f"waits for {finding.waits_for}, line {finding.place.line}: {finding.sentence}"
    return [*prose(place, room), *(cut(f"  {line}", room) for line in finding.quote)]


def what_is_wrong(finding, room, folder="", paint=PLAIN):
    """Return the lines on the mistake itself: what is wrong, where it is, and the call that shows it."""
    # What happens is what is wrong, if no sentence says it, and comes before the line where it happens.
    leads = finding.place is not None and (not finding.sentence or finding.sentence.endswith(":"))
    narrow = room - 3 if finding.more else room  # beside the numbers
    happens = [
        line for text in (finding.shown, event(finding)) for line in prose(text, narrow if leads else room)
    ]
    value = "Its value in the call below" if finding.typable else "Its value"
    parts = [_mistake(finding, narrow, folder, paint, value, happens if leads else ())]
    parts += [_mistake(one, narrow, folder, paint, value) for one in finding.more]
    lines = numbered(parts)
    words = prose(finding.words, room, label="In plain words")
    if leads:
        lines += words
    if finding.call:
        label = "Smallest failing call" if finding.typable else "What fails"
        lines += prose(finding.call, room, label=label)
    if not leads:
        lines += [*happens, *words]
    if finding.comparison:
        said = finding.sentence.startswith(finding.comparison.name)
        name = [] if said else [f"{finding.comparison.name}:"]
        lines += [*name, *(cut(line, room) for line in side_by_side(finding.comparison, room))]
    lines += prose(_unsaid(finding.reading, finding), room, label="Reading")
    for remark in finding.besides:
        lines += prose(remark.sentence, room)
        if remark.place and remark.place != finding.place:
            lines.append(cut(f"  {path_to(remark.place, folder)}: {remark.place.source.strip()}", room))
    return lines


def _mistake(finding, room, folder, paint, value, happens=()):
    """Return the lines on one mistake: the sentence, the line of code, and the value of the marked part.

    value: what that is called. happens: lines on what happens there.
    """
    lines = [*prose(finding.sentence, room), *happens, *where(finding.place, room, folder, paint)]
    lines += [cut(f"  {line}", room) for line in finding.quote]
    return lines + prose(_unsaid(finding.value, finding), room, label=value)


def event(finding):
    """Return a sentence on what was raised, "" if nothing was, or if the finding's own sentence says it."""
    if not finding.raised or (finding.raised in finding.sentence and finding.error in finding.sentence):
        return ""
    warns = "hides a warning" if finding.hidden else "warns"
    kind = warns if finding.kind == "warning" else f"raises {finding.raised}"
    message = textwrap.shorten(finding.error, 3 * WIDEST, placeholder=" ...")
    return f"It {kind}: {message}" if message else f"It {kind}"


def _unsaid(text, finding):
    """Return a text, "" if the finding's sentence contains it: nothing is said twice."""
    return "" if text.rstrip(".") in finding.sentence else text


def numbered(parts):
    """Return the lines of several parts, each with its number in front; one alone has none."""
    if len(parts) == 1:
        return parts[0]
    return [
        (f"{number}. " if i == 0 else "   ") + line
        for number, lines in enumerate(parts, 1)
        for i, line in enumerate(lines)
    ]


def headline(finding):
    """Return what is wrong in a sentence, whichever field says it; "" if none does."""
    if finding.status == WAITING:
        return " ".join(waiting(finding, sys.maxsize)[:1])
    told = finding.sentence, finding.shown, event(finding)
    if told[0].endswith(":"):  # it leads to what happens
        return " ".join(filter(None, told)).removesuffix(":")
    compared = finding.comparison
    differs = f"{compared.name}: {compared.differing} of {compared.size} entries differ" if compared else ""
    return next(filter(None, (*told, finding.reading, finding.asked, differs, finding.words)), "")


def questions(finding, room=WIDEST, folder="", paint=PLAIN):
    """Return the lines of level 2: what to ask oneself about each line at fault, [] if nothing is known."""
    asked = [one for one in (finding, *finding.more) if one.question]
    narrow = room - 3 if len(asked) > 1 else room
    return numbered(
        [[*where(one.place, narrow, folder, paint), *prose(one.question, narrow)] for one in asked]
    )


def changes(finding, room=WIDEST, folder="", paint=PLAIN):
    """Return the lines of level 3: what mends each line at fault, and why; [] if nothing is known."""
    several = finding, *finding.more
    changed = {one.change: one for one in several if one.change}  # one change may mend both
    if not changed:
        return []
    narrow = room - 3 if len(changed) > 1 else room
    lines = numbered([_change(one, narrow, folder, paint) for one in changed.values()])
    if all(one.change for one in several):  # with some of them alone, nobody has run the tests
        what = {1: "this change", 2: "both changes"}.get(len(changed), "all changes")
        lines += prose(f"With {what} all {finding.change.tests} tests pass.", room)
    thoughts = dict.fromkeys(one.think for one in several if one.change)
    return lines + [line for thought in thoughts for line in prose(thought, room)]


def _change(finding, room, folder, paint):
    """Return the lines on one change: the place, and its lines before and after."""
    place = Place(finding.place.file, finding.change.line) if finding.place else None
    return [*where(place, room, folder), *before_and_after(finding.change, room, paint)]


def what_a_test_asks(finding, room):
    """Return the lines of the test that fails for this reason: its name, its words, where to look and why."""
    lines = [cut(f"Test: {finding.test}", room)] if finding.test else []
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
    precise = digits(entries)
    if len(entries) < comparison.size:
        lines = [
            f"  at {[*entry.index]}: expected {number(entry.expected, precise)}, got "
            f"{number(entry.got, precise)} *"
            for entry in entries
        ]
        return [*lines, f"  ({comparison.differing} of {comparison.size} entries differ)"]
    columns = shape[-1] if shape else 1
    left = _rows([number(entry.expected, precise) for entry in entries], columns)
    marked = [number(entry.got, precise) + (" *"[entry.differs]) for entry in entries]
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


def digits(entries):
    """Return how many digits show a difference in every entry that differs."""
    differing = [entry for entry in entries if entry.differs]
    return next(
        (n for n in (6, 9, 12) if all(number(e.expected, n) != number(e.got, n) for e in differing)), 17
    )


def number(value, digits=6):
    """Write a number with so many digits; 0 has no sign."""
    return str(value) if isinstance(value, bool) else f"{value + 0:.{digits}g}"
