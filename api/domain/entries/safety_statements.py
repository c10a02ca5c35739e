"""Statements of safety that can be read in anything a patient sent, valid or not."""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple
from uuid import UUID

from api.domain.entries.questions import RED_FLAGS
from api.domain.json_values import object_of, pairs_of

FLAGS_FIELD, WISH_FIELD = "red_flags", "wants_to_stop"

MOST_CARRIERS = 500
"""How many items of one body are known each by its own key: a full batch. Further ones share one."""

_KNOWN = frozenset(RED_FLAGS)
_STRING = r'"(?:[^"\\]|\\.)*"'
_FLAGS_IN_TEXT = re.compile(rf'(?<!\\)"{FLAGS_FIELD}"\s*:\s*({_STRING}|\[[^\]\[{{}}]*)')
_WISH_IN_TEXT = re.compile(rf'(?<!\\)"{WISH_FIELD}"\s*:\s*true\b')
_NAMES_IN_TEXT = re.compile(r'"([a-z_]{1,60})"')


class SafetyConcerns(NamedTuple):
    """What was stated outright: red flags in the order of the list, and the wish to stop."""

    red_flags: tuple[str, ...] = ()
    wants_to_stop: bool = False

    @property
    def words(self) -> tuple[str, ...]:
        """Each statement by its name: the flags, and ``wants_to_stop``."""
        return (*self.red_flags, *((WISH_FIELD,) if self.wants_to_stop else ()))


class StatementSource(NamedTuple):
    """Something sent that states something: under which key it is known, and what it says."""

    key: str
    stated: SafetyConcerns


def stated_in_value(value: object) -> SafetyConcerns:
    """Return what can be read as a statement of safety in a JSON value, at whatever depth.

    Readable is the name of a known red flag in ``red_flags``, alone or in a list, and ``true`` in
    ``wants_to_stop``. Anything else in the two fields states nothing here; it makes the item one
    that is refused, which the team is shown. A value that is a text is an item written as JSON twice.

    >>> stated_in_value({"red_flags": ["headache", "chest_pain"], "note": 7}).red_flags
    ('chest_pain',)
    """
    if isinstance(value, str):
        return stated_in_text(value)
    flags: set[str] = set()
    wish = False
    for name, said in _members_of(value):
        if name == FLAGS_FIELD:
            listed = said if isinstance(said, list) else [said]
            flags.update(word for word in listed if isinstance(word, str) and word in _KNOWN)
        elif name == WISH_FIELD and said is True:
            wish = True
    return _stated(flags, wish=wish)


def stated_in_text(text: str) -> SafetyConcerns:
    """Return what can be read as a statement of safety in text that is no JSON, or not all of it.

    Looks for the two fields as they are written in JSON, so a body that breaks off, has a comma too
    many or ``NaN`` in it is still heard. Field names or values with escapes in them are not found.

    >>> stated_in_text('{"red_flags": ["chest_pain"], "pain_worst": ').red_flags
    ('chest_pain',)
    """
    found = (name for listed in _FLAGS_IN_TEXT.findall(text) for name in _NAMES_IN_TEXT.findall(listed))
    return _stated({name for name in found if name in _KNOWN}, wish=bool(_WISH_IN_TEXT.search(text)))


def carriers_of(body: object, *, of: UUID, key: str | None = None) -> list[StatementSource]:
    """Return what states something in a body that was refused as a whole, item by item.

    Args:
        body: The JSON value that was sent: one item, a batch, or something else.
        of: The patient who sent it.
        key: The id of the entry that was to be corrected, where it is known from the address.
    """
    said = ((item, stated_in_value(item)) for item in _items_of(body))
    stating = [(item, stated) for item, stated in said if stated.words]
    found = [StatementSource(key or key_of(item, of=of), stated) for item, stated in stating[:MOST_CARRIERS]]
    if rest := stating[MOST_CARRIERS:]:
        together = digest_key(text_of([item for item, _ in rest]), of=of)
        found.append(StatementSource(together, all_stated(stated for _, stated in rest)))
    return found


def key_of(item: object, *, of: UUID) -> str:
    """Return what an item is known by: its id where one can be read, else a digest of patient and item."""
    sent = item.get("id") if isinstance(item, dict) else None
    try:
        if isinstance(sent, str):
            return str(UUID(sent))
    except ValueError:
        pass
    return digest_key(text_of(item), of=of)


def digest_key(text: str, *, of: UUID) -> str:
    """Return what something without a readable id is known by."""
    return "item:" + hashlib.sha256(f"{of}:{text}".encode(errors="surrogatepass")).hexdigest()[:40]


def text_of(item: object) -> str:
    """Return an item as JSON text in ASCII, the same for the same item."""
    try:
        return json.dumps(item, sort_keys=True, ensure_ascii=True)
    except (RecursionError, ValueError):  # lists in lists in lists: no phone of ours sends it
        return '"nested too deeply to be kept"'


def all_stated(several: Iterable[SafetyConcerns]) -> SafetyConcerns:
    """Return what any of them states."""
    told = list(several)
    return _stated(
        {flag for each in told for flag in each.red_flags}, wish=any(t.wants_to_stop for t in told)
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
