"""The source: its pieces, cut out by their place."""

from .records import Place


class Source:
    """A source text, from which pieces are cut by their place."""

    def __init__(self, text):
        self._lines = [line.encode() for line in text.split("\n")]

    def piece(self, place):
        """Return the text at a place, on one line."""
        first, last = place.line - 1, place.end_line - 1
        lines = self._lines[first : last + 1]
        lines[-1] = lines[-1][: place.end_column]
        lines[0] = lines[0][place.column :]
        return " ".join(line.decode().strip() for line in lines)

    def line(self, number):
        """Return a line without its indentation, and its place."""
        line = self._lines[number - 1] if 0 < number <= len(self._lines) else b""
        text = line.split(b"  #")[0].rstrip()
        return text.decode().strip(), Place(number, len(text) - len(text.lstrip()), number, len(text))


def place_of(node):
    """Return the place of a node."""
    return Place(node.lineno, node.col_offset, node.end_lineno, node.end_col_offset)
