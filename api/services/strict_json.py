"""Parses JSON strictly: no NaN, no half of a surrogate pair, no repeated members."""

import json
from typing import Any

import orjson


def read(content: bytes) -> Any:
    """Return the value of a JSON text.

    Raises:
        ValueError: It is not JSON, or repeats a member; the message has the position.
    """
    try:
        orjson.loads(content)  # unlike json, rejects NaN and half of a surrogate pair
        return json.loads(content, object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        line = f"line {error.lineno}, " if b"\n" in content.strip() else ""
        raise ValueError(f"{error.msg}, at {line}column {error.colno}") from error
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"{twice[:40]!r} is repeated in one object")
    return table
