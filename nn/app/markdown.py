"""Markdown: the tables and paragraphs of generated pages."""

import textwrap

WIDTH = 110


def markdown_table(head, rows):
    """Return a table as text. head: n titles. rows: n cells each."""
    lines = [head, *rows]
    ruled = ["| " + " | ".join(map(str, cells)) + " |" for cells in lines]
    return "\n".join([ruled[0], "|" + "---|" * len(head), *ruled[1:]])


def paragraph(text, indent=""):
    """Return a text in lines of at most 110 characters. indent: put before all lines but the first."""
    return textwrap.fill(
        text, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def item(text):
    """Return a text as an item of a list."""
    return paragraph(f"- {text}", indent="  ")


def page(blocks):
    """Return the text of a page: its blocks (headings, paragraphs, lists, tables), an empty line apart."""
    return "\n\n".join(blocks) + "\n"
