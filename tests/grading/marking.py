"""Lines of code on the screen: with carets under a part, cut around it, and before and after a change."""

import textwrap
from itertools import takewhile
from pathlib import Path

from tests.grading.terminal import PLAIN, WIDEST, columns, cut


def path_to(place, folder=""):
    """Return the path and the number of a line; folder: where its file is."""
    return f"{Path(folder) / place.file}:{place.line}"


def where(place, room=WIDEST, folder="", paint=PLAIN):
    """Return the path and number of a line, the line, and carets under the part of it that is meant.

    There are no lines if there is no place.
    """
    if not place:
        return []
    path = path_to(place, folder)
    lines = [path if len(path) <= room else "…" + path[1 - room :]]
    code = place.source.strip()
    if not code:
        return lines
    indent = len(place.source) - len(place.source.lstrip())
    begin, end = (max(at - indent, 0) for at in _part(place))
    code, begin, end = around(code, begin, end, room - 2)
    lines.append(f"  {code}")
    if begin < end:
        lines.append(f"  {' ' * columns(code[:begin])}{paint('^' * columns(code[begin:end]), 'red')}")
    return lines


def _part(place):
    """Return where in its line the part that a place claims begins and ends: of several lines, the first."""
    length = len(place.source.rstrip())
    end = place.end_column - 1 if place.end_line == place.line else length
    return (place.column - 1, end) if 0 < place.column <= end <= length else (0, 0)


def around(line, begin, end, room):
    """Return a line cut so that one part of it is seen, and where that part then begins and ends."""
    line = line.replace("\t", " ")  # a tab would move what follows
    if len(line) <= room or end < room:
        return cut(line, room), begin, end
    beside = max(room - 2 - (end - begin), 0)  # what is left for the text and an ellipsis on both sides
    first = max(min(begin - beside // 2, len(line) - room + 1), 0)
    if first:
        line, begin, end = "…" + line[first:], begin - first + 1, end - first + 1
    return cut(line, room), begin, min(end, room)


def before_and_after(change, room=WIDEST, paint=PLAIN):
    """Return the lines of a change with their numbers, as a difference: - before, + after."""
    import difflib  # here: few screens need it

    before, after = change.before.splitlines(), change.after.splitlines()
    lines = textwrap.dedent("\n".join([*before, *after])).splitlines()
    before, after = lines[: len(before)], lines[len(before) :]
    rows = []  # number, sign, text, and the text that stands on the other side, "" if there is none
    for kind, i, i_end, j, j_end in difflib.SequenceMatcher(None, before, after, False).get_opcodes():
        old, new = before[i:i_end], after[j:j_end]
        if kind == "equal":
            rows += [(j + k, " ", text, "") for k, text in enumerate(new)]
        else:
            rows += [(i + k, "-", text, "".join(new[k : k + 1])) for k, text in enumerate(old)]
            rows += [(j + k, "+", text, "".join(old[k : k + 1])) for k, text in enumerate(new)]
    wide = len(str(change.line + len(lines)))
    styles = {"-": "red", "+": "green", " ": "plain"}
    shown = []
    for number, sign, text, other in rows:
        begin = _alike(text, other)
        end = len(text) - _alike(text[begin:][::-1], other[begin:][::-1])
        text, _, _ = around(text, begin, end, room - wide - 5)
        shown.append("  " + paint(f"{change.line + number:>{wide}} {sign} {text}", styles[sign]))
    return shown


def _alike(one, other):
    """Return how many characters two texts have in common at their beginnings."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
