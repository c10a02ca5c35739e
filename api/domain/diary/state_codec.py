"""Codec of states: named tuples to nested lists that JSON can store, and back.

A codec is derived once from the annotations of a type. Fields are stored by position, without their
names, so renaming one changes nothing; adding, removing or moving one needs a new
``engine.FORMAT``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from types import NoneType, UnionType
from typing import Annotated, Any, Generic, TypeVar, get_args, get_origin, get_type_hints
from uuid import UUID

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Codec(Generic[T]):
    """A pair of functions; ``load(dump(value))`` equals ``value``, also through JSON."""

    dump: Callable[[T], Any]
    load: Callable[[Any], T]


_AS_IT_IS: Codec[Any] = Codec(lambda value: value, lambda stored: stored)
_SCALARS: dict[Any, Codec[Any]] = {
    datetime: Codec(datetime.isoformat, datetime.fromisoformat),
    UUID: Codec(str, UUID),
}

HEX: Codec[int] = Codec(lambda number: f"{number:x}", lambda stored: int(stored, 16))
"""For ``Annotated``: stores a number that may exceed 53 bits as text."""


def codec_of(kind: Any) -> Codec[Any]:
    """Return the codec of a type: of ``Annotated[type, codec]``, the given one.

    Args:
        kind: A named tuple, a tuple, an optional one of these, or a scalar.

    >>> codec_of(tuple[tuple[int, datetime | None], ...]).dump(((1, None), (2, datetime(2026, 3, 1))))
    [[1, None], [2, '2026-03-01T00:00:00']]
    """
    origin, args = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return next(each for each in args[1:] if isinstance(each, Codec))
    if origin is UnionType:
        (some,) = (each for each in args if each is not NoneType)
        return _optional(codec_of(some))
    if origin is tuple and args[-1] is ...:
        return _series(codec_of(args[0]))
    if origin is tuple:
        return _record(tuple, [codec_of(each) for each in args])
    if hasattr(kind, "_fields"):
        return _record(kind._make, [codec_of(each) for each in _types_of(kind)])
    return _SCALARS.get(kind, _AS_IT_IS)


def flat_codec_of(kind: Any) -> Codec[Any]:
    """Return the codec that stores a named tuple, with those inside it, as one flat list.

    >>> from typing import NamedTuple
    >>> Pair = NamedTuple("Pair", [("left", int), ("right", int)])
    >>> codec = flat_codec_of(NamedTuple("Some", [("pair", Pair), ("other", int)]))
    >>> codec.dump(codec.load([1, 2, 3]))
    [1, 2, 3]
    """
    parts, at = [], 0
    for each in _types_of(kind):
        width = len(getattr(each, "_fields", " "))
        parts.append((getattr(each, "_make", None), at, at + width))
        at += width

    def dump(value: Any) -> list[Any]:
        stored: list[Any] = []
        for part, (make, _, _) in zip(value, parts, strict=True):
            stored += (part,) if make is None else part
        return stored

    def load(stored: list[Any]) -> Any:
        return kind(*[stored[i] if make is None else make(stored[i:end]) for make, i, end in parts])

    return Codec(dump, load)


def _types_of(kind: Any) -> list[Any]:
    return list(get_type_hints(kind, include_extras=True).values())


def _optional(codec: Codec[Any]) -> Codec[Any]:
    dump, load = codec.dump, codec.load
    if codec is _AS_IT_IS:
        return codec
    return Codec(
        lambda value: None if value is None else dump(value),
        lambda stored: None if stored is None else load(stored),
    )


def _series(codec: Codec[Any]) -> Codec[Any]:
    if codec is _AS_IT_IS:
        return Codec(list, tuple)
    return Codec(lambda values: [*map(codec.dump, values)], lambda stored: tuple(map(codec.load, stored)))


def _record(make: Callable[[Any], Any], codecs: list[Codec[Any]]) -> Codec[Any]:
    """Return the codec of a tuple with a field for each of ``codecs``."""
    dumps = [(at, codec.dump) for at, codec in enumerate(codecs) if codec is not _AS_IT_IS]
    loads = [(at, codec.load) for at, codec in enumerate(codecs) if codec is not _AS_IT_IS]

    def dump(value: Any) -> list[Any]:
        stored = [*value]
        for at, dump_field in dumps:
            stored[at] = dump_field(stored[at])
        return stored

    def load(stored: Any) -> Any:
        fields = [*stored]
        for at, load_field in loads:
            fields[at] = load_field(fields[at])
        return make(fields)

    return Codec(dump, load) if dumps else Codec(list, make)
