"""Lists and tables in Markdown, for the pages that are made from definitions."""

from collections.abc import Sequence


def bullets(lines: Sequence[str]) -> str:
    """Return a list.

    >>> print(bullets(["one", "two"]))
    - one
    - two
    """
    return "\n".join(f"- {line}" for line in lines)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table.

    >>> print(table(["code", "items"], [["bpi-sf", "11"]]))
    | code | items |
    | --- | --- |
    | bpi-sf | 11 |
    """
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
