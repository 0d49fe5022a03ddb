"""The terminal: how wide it is, and text, paths and colors that suit it; plain ASCII, in 80 columns."""

import os
import shutil
import sys
import textwrap
import unicodedata
from pathlib import Path

WIDEST, NARROWEST = 79, 59  # characters of a line, whatever the terminal has
STYLES = {"green": "32", "red": "31", "bold": "1", "faint": "2", "plain": ""}  # the codes of a terminal


def width():
    """Return how many characters a line may have: one less than the terminal's columns, 59 to 79."""
    return min(max(shutil.get_terminal_size((WIDEST + 1, 24)).columns - 1, NARROWEST), WIDEST)


class Painter:
    """Writes text in a style by name, if the terminal takes colors; otherwise it leaves the text alone."""

    def __init__(self, color=False):
        self.color = color

    def __call__(self, text, style):
        code = STYLES[style]
        return f"\x1b[{code}m{text}\x1b[0m" if self.color and code else text


PLAIN = Painter()


def shown_as(text, plain):
    """Return text if the console has its characters, else what takes its place."""
    try:
        text.encode(getattr(sys.stdout, "encoding", None) or "ascii")
    except (UnicodeEncodeError, LookupError):
        return plain
    return text


def cut(text, room=None):
    """Return a line that fits, its end replaced by an ellipsis if it is too long."""
    room = room or width()
    return text if len(text) <= room else text[: room - 1] + "…"


def columns(text):
    """Return how many columns a terminal needs for a text: two for wide characters, such as Chinese ones."""
    return sum(2 if unicodedata.east_asian_width(character) in "FW" else 1 for character in text)


def prose(text, room=None, *, label=""):
    """Return lines of wrapped text; what follows a label is indented, so that the labels stand out."""
    indent, lines = "  " if label else "", []
    for paragraph in (f"{label}: {text}" if label and text else text).splitlines():
        lines += textwrap.wrap(
            paragraph,
            room or width(),
            initial_indent=indent if lines else "",
            subsequent_indent=indent,
            break_on_hyphens=False,
        )
    return lines


def fit(text, room=None):
    """Return text whose lines fit: prose is wrapped, what is indented is cut."""
    room, lines = room or width(), []
    for line in text.splitlines():
        fits = len(line) <= room or line.startswith("  ")
        lines += [cut(line, room)] if fits else prose(line, room)
    return "\n".join(lines)


def to_type(label, text):
    """Return a label and a command to type, which stays whole: on a line of its own if there is no room."""
    line = label + text
    return line if len(line) <= width() else f"{label.rstrip()}\n    {text}"


def short(path):
    """Return a path as short as it can be written from the working directory."""
    path = Path(path).resolve()
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        pass
    try:
        return min(str(path), os.path.relpath(path), key=len)
    except ValueError:  # on another drive
        return str(path)
