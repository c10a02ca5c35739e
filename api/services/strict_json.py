"""JSON from outside, read strictly: no NaN, no half characters, nothing said twice."""

import json
from typing import Any

import orjson


def read(content: bytes) -> Any:
    """Return what JSON text says.

    Raises:
        ValueError: It is not JSON, or says something twice; in words, with the place.
    """
    try:
        orjson.loads(content)  # refuses what the standard library takes: NaN, half characters
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
        raise ValueError(f"{twice[:40]!r} is said twice in one object")
    return table
