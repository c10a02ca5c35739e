"""Policies in files: JSON or TOML in, every problem with its line; the whole document out."""

import json
import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from api.domain.policy_file import UnusablePolicy, read_policy
from api.domain.policy_shown import document_of
from api.domain.site_policy import BUILT_IN, SitePolicy

LARGEST = 1_000_000
_LEAF, _ENDS = 2, ("}", "\n[")  # how deep the parts of a threshold are, and what ends one


class UnusablePolicyFile(Exception):
    """A policy file cannot be used; ``sentences`` say where and what would be right, a line each."""

    def __init__(self, sentences: list[str]) -> None:
        """Keep the sentences."""
        super().__init__("\n".join(sentences))
        self.sentences = sentences


def policy_named(name: str) -> SitePolicy:
    """Return the built-in policy for ``default``, else the one of the file of this name.

    Raises:
        UnusablePolicyFile: It cannot be read, or is no policy.
    """
    return BUILT_IN if name == BUILT_IN.name else load_policy(Path(name))


def load_policy(path: Path) -> SitePolicy:
    """Read a policy file: TOML where the name ends so, else JSON.

    Raises:
        UnusablePolicyFile: It cannot be read, or is no policy; with every problem and its line.
    """
    try:
        content = path.read_bytes()[: LARGEST + 1]
        text = content.decode("utf-8-sig")
    except OSError as error:
        raise UnusablePolicyFile([f"{path}: cannot be read: {error.strerror}"]) from error
    except UnicodeDecodeError as error:
        raise UnusablePolicyFile([f"{path}: is not UTF-8 text"]) from error
    if len(content) > LARGEST:
        raise UnusablePolicyFile([f"{path}: is larger than {LARGEST:,} bytes, which no policy is"])
    return _read(path, text)


def as_json(policy: SitePolicy) -> str:
    """Return the whole policy as JSON."""
    return json.dumps(document_of(policy), indent=2, ensure_ascii=False)


def as_toml(policy: SitePolicy) -> str:
    """Return the whole policy as TOML.

    A JSON string is a TOML string, and numbers are the same in both.
    """
    document = document_of(policy)
    lines = [f"name = {_plain(document['name'])}", "", "[tiers]"]
    lines += [f"{kind} = {_plain(tier)}" for kind, tier in document["tiers"].items()]
    for part in ("thresholds", "budget"):
        for name, threshold in document[part].items():
            lines += ["", f"[{part}.{name}]"]
            lines += [f"{key} = {_plain(value)}" for key, value in threshold.items()]
    return "\n".join(lines)


def _read(path: Path, text: str) -> SitePolicy:
    parse = _parse_toml if path.suffix.lower() == ".toml" else _parse_json
    try:
        return read_policy(parse(text))
    except UnusablePolicy as error:
        where = [(_line_of(text, place), place, what) for place, what in error.problems]
        told = [f"{path}:{line}: {place}: {what}" for line, place, what in sorted(where)]
        raise UnusablePolicyFile(told) from error
    except json.JSONDecodeError as error:
        at = f"{path}:{error.lineno}:{error.colno}"
        raise UnusablePolicyFile([f"{at}: is not JSON: {error.msg}"]) from error
    except (ValueError, RecursionError) as error:  # TOML says line and column itself
        kind = "TOML" if parse is _parse_toml else "JSON"
        raise UnusablePolicyFile([f"{path}: is not {kind}: {error}"]) from error


_parse_toml: Callable[[str], Any] = tomllib.loads


def _parse_json(text: str) -> Any:
    return json.loads(text, object_pairs_hook=_once, parse_constant=_refuse)


def _once(pairs: list[tuple[str, Any]]) -> Mapping[str, Any]:
    table = dict(pairs)
    if len(table) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"{twice!r} is said twice in one table")
    return table


def _refuse(word: str) -> None:
    raise ValueError(f"{word} is no number of JSON")


def _line_of(text: str, place: str) -> int:
    """Return the line where a place of the document stands, as far down its path as it is there."""
    at, end = 0, len(text)
    for depth, key in enumerate(place.split(".")):
        if depth == _LEAF:  # not the same word of the next table
            end = min((stop for mark in _ENDS if (stop := text.find(mark, at)) >= 0), default=end)
        found = re.compile(rf'(?<![\w-])"?{re.escape(key)}"?\s*(?=[:=.\]])').search(text, at, end)
        if found is None:
            break
        at = found.start()
    return text.count("\n", 0, at) + 1


def _plain(value: str | float) -> str:
    return json.dumps(value, ensure_ascii=False)
