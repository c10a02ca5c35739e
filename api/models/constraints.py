"""CHECK constraints over the words of an enumeration."""

from enum import StrEnum


def one_of(column: str, words: type[StrEnum]) -> str:
    """Return the SQL that keeps ``column`` to the words of an enumeration."""
    return f"{column} IN ({', '.join(repr(word.value) for word in words)})"
