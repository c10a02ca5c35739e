"""Finds safety statements in anything a patient sent, valid or not."""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple
from uuid import UUID

from api.domain.entries.questions import RED_FLAGS
from api.domain.json_values import object_of, pairs_of

FLAGS_FIELD, WISH_FIELD = "red_flags", "wants_to_stop"

MAX_SOURCES = 500
"""The number of items of one body with a key each: a full batch. Further ones share one."""

_KNOWN = frozenset(RED_FLAGS)
_STRING = r'"(?:[^"\\]|\\.)*"'
_FLAGS_IN_TEXT = re.compile(rf'(?<!\\)"{FLAGS_FIELD}"\s*:\s*({_STRING}|\[[^\]\[{{}}]*)')
_WISH_IN_TEXT = re.compile(rf'(?<!\\)"{WISH_FIELD}"\s*:\s*true\b')
_NAMES_IN_TEXT = re.compile(r'"([a-z_]{1,60})"')


class SafetyConcerns(NamedTuple):
    """Stated red flags, in the order of the list, and a wish to stop."""

    red_flags: tuple[str, ...] = ()
    wants_to_stop: bool = False

    @property
    def words(self) -> tuple[str, ...]:
        """Each statement by its name: the flags, and ``wants_to_stop``."""
        return (*self.red_flags, *((WISH_FIELD,) if self.wants_to_stop else ()))


class StatementSource(NamedTuple):
    """An item with safety statements, and the key that identifies it."""

    key: str
    stated: SafetyConcerns


def stated_in_value(value: object) -> SafetyConcerns:
    """Return the safety statements in a JSON value, at any depth.

    A statement is the name of a known red flag in ``red_flags``, alone or in a list, or ``true`` in
    ``wants_to_stop``. Other values of the two fields state nothing here; they make the item a
    rejected one, which the team is shown. A text is an item that was encoded as JSON twice.

    >>> stated_in_value({"red_flags": ["headache", "chest_pain"], "note": 7}).red_flags
    ('chest_pain',)
    """
    if isinstance(value, str):
        return stated_in_text(value)
    flags: set[str] = set()
    wish = False
    for name, member in _members_of(value):
        if name == FLAGS_FIELD:
            listed = member if isinstance(member, list) else [member]
            flags.update(word for word in listed if isinstance(word, str) and word in _KNOWN)
        elif name == WISH_FIELD and member is True:
            wish = True
    return _stated(flags, wish=wish)


def stated_in_text(text: str) -> SafetyConcerns:
    """Return the safety statements in text that is not, or not completely, JSON.

    Searches for the two fields as they are written in JSON, so that a truncated body or one with a
    comma too many or ``NaN`` is still read. Field names or values with escapes are not found.

    >>> stated_in_text('{"red_flags": ["chest_pain"], "pain_worst": ').red_flags
    ('chest_pain',)
    """
    found = (name for listed in _FLAGS_IN_TEXT.findall(text) for name in _NAMES_IN_TEXT.findall(listed))
    return _stated({name for name in found if name in _KNOWN}, wish=bool(_WISH_IN_TEXT.search(text)))


def sources_of(body: object, *, of: UUID, key: str | None = None) -> list[StatementSource]:
    """Return the safety statements in a body that was refused as a whole, item by item.

    Args:
        body: The JSON value that was sent: one item, a batch, or something else.
        of: The patient who sent it.
        key: The id of the entry to be corrected, where the path has one.
    """
    pairs = ((item, stated_in_value(item)) for item in _items_of(body))
    stating = [(item, stated) for item, stated in pairs if stated.words]
    found = [StatementSource(key or key_of(item, of=of), stated) for item, stated in stating[:MAX_SOURCES]]
    if rest := stating[MAX_SOURCES:]:
        together = digest_key(text_of([item for item, _ in rest]), of=of)
        found.append(StatementSource(together, all_stated(stated for _, stated in rest)))
    return found


def key_of(item: object, *, of: UUID) -> str:
    """Return the key of an item: its id if readable, else a digest of patient and item."""
    sent = item.get("id") if isinstance(item, dict) else None
    try:
        if isinstance(sent, str):
            return str(UUID(sent))
    except ValueError:
        pass
    return digest_key(text_of(item), of=of)


def digest_key(text: str, *, of: UUID) -> str:
    """Return the key of an item without a readable id."""
    return "item:" + hashlib.sha256(f"{of}:{text}".encode(errors="surrogatepass")).hexdigest()[:40]


def text_of(item: object) -> str:
    """Return an item as JSON text in ASCII, the same for the same item."""
    try:
        return json.dumps(item, sort_keys=True, ensure_ascii=True)
    except (RecursionError, ValueError):  # nested too deeply: not sent by our app
        return '"nested too deeply to be kept"'


def all_stated(several: Iterable[SafetyConcerns]) -> SafetyConcerns:
    """Return the statements of several sources together."""
    concerns = list(several)
    return _stated(
        {flag for each in concerns for flag in each.red_flags},
        wish=any(each.wants_to_stop for each in concerns),
    )


def _stated(flags: set[str], *, wish: bool) -> SafetyConcerns:
    return SafetyConcerns(tuple(flag for flag in RED_FLAGS if flag in flags), wish)


def _items_of(body: object) -> list[Any]:
    if isinstance(body, list):
        return body
    if isinstance(body, dict):
        sent = [value for name, value in pairs_of(body) if name == "entries"]
        others = [(name, value) for name, value in pairs_of(body) if name != "entries"]
        if any(isinstance(value, list | str) for value in sent):
            items = [item for value in sent for item in (value if isinstance(value, list) else [value])]
            return items + ([object_of(others)] if others else [])
    return [body]


def _members_of(value: object) -> Iterator[tuple[str, Any]]:
    """Yield every member of every object in a JSON value, without recursion."""
    waiting = [value]
    while waiting:
        here = waiting.pop()
        if isinstance(here, dict):
            pairs = pairs_of(here)
            yield from pairs
            waiting.extend(inner for _, inner in pairs if isinstance(inner, dict | list))
        elif isinstance(here, list):
            waiting.extend(inner for inner in here if isinstance(inner, dict | list))
