"""Joins of files by patient: unmatched patients of each file, and likely reasons."""

import re
from collections.abc import Callable, Collection
from itertools import islice
from typing import NamedTuple

from api.services.files.atomic_output import UnusableFile

_NAMED = 10
_ZEROS = re.compile(r"(?<!\d)0+(?=\d)")
_POINT_ZERO = re.compile(r"\.0+$")
_MARKS = re.compile(r"[\W_]+")


class FilePatients(NamedTuple):
    """Patients of a file; ``file`` is its role: entries, patients, truth."""

    file: str
    patients: Collection[str]


def describe_unmatched(one: FilePatients, other: FilePatients) -> list[str]:
    """Return sentences on the patients of each file that are missing in the other.

    Ids are compared exactly, in NFC. Where some would match without leading zeros, a trailing ".0",
    capitals or punctuation, the sentence mentions it; they are not joined.

    Raises:
        UnusableFile: Both name patients, and no patient is in both.
    """
    sentences = [*_missing(one, other), *_missing(other, one)]
    if one.patients and other.patients and set(one.patients).isdisjoint(other.patients):
        raise UnusableFile("\n".join([f"no patient is in both {one.file} and {other.file}", *sentences]))
    return sentences


def _missing(here: FilePatients, there: FilePatients) -> list[str]:
    present = set(there.patients)
    missing = sorted(set(here.patients) - present)
    if not missing:
        return []
    named = ", ".join(islice(missing, _NAMED)) + (", …" if len(missing) > _NAMED else "")
    of = f"{len(missing)} of {len(here.patients)} patients in {here.file} are not in {there.file}: {named}"
    return [of + _hint(missing, present - set(here.patients))]


def _hint(missing: Collection[str], unmatched: Collection[str]) -> str:
    for words, simpler in _SIMPLER.items():
        others = {simpler(name) for name in unmatched}
        alike = sum(simpler(name) in others for name in missing)
        if alike:
            return f"; {alike} would be found without regard to {words}"
    return ""


_SIMPLER: dict[str, Callable[[str], str]] = {
    "leading zeros, which spreadsheets remove": lambda name: _ZEROS.sub("", name),
    'a ".0" at the end, as of numbers in pandas': lambda name: _ZEROS.sub("", _POINT_ZERO.sub("", name)),
    "capitals": str.casefold,
    "capitals, blanks and punctuation": lambda name: _ZEROS.sub("", _MARKS.sub("", name.casefold())),
}
