"""Paragraphs, lists and tables in Markdown, for the pages that are made from definitions."""

import textwrap
from collections.abc import Sequence

WIDTH = 100


def paragraph(text: str, *, indent: str = "") -> str:
    """Return the text wrapped at ``WIDTH``; no line begins with an operator, which would be a list.

    >>> paragraph("a mean of " + "x" * 90 + " - 1").splitlines()[0]
    'a mean of'
    """
    for operator in "-+*>":
        text = text.replace(f" {operator} ", f"\0{operator} ")
    lines = textwrap.fill(
        text, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
    return lines.replace("\0", " ")


def bullets(lines: Sequence[str]) -> str:
    """Return a list.

    >>> print(bullets(["one", "two"]))
    - one
    - two
    """
    return "\n".join(paragraph(f"- {line}", indent="  ") for line in lines)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table.

    >>> print(table(["code", "items"], [["bpi-sf", "11"]]))
    | code | items |
    | --- | --- |
    | bpi-sf | 11 |
    """
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
