"""Documents in files: JSON or TOML in, read strictly, and the line where each problem stands."""

import re
import tomllib
from collections.abc import Iterable
from typing import Any

from api.services import strict_json
from api.services.files.atomic_output import UnusableFile
from api.services.files.inputs import AnyInput, input_of

LARGEST = 1_000_000
_LEAF, _ENDS = 2, ("}", "\n[")  # how deep the parts of a threshold are, and what ends one


class UnusableDocument(Exception):
    """A file cannot be used; ``sentences`` say where and what would be right, a line each."""

    def __init__(self, sentences: list[str]) -> None:
        """Keep the sentences."""
        super().__init__("\n".join(sentences))
        self.sentences = sentences


def read_text(file: AnyInput, *, what: str) -> str:
    """Return the text of a file that holds ``what``.

    Raises:
        UnusableDocument: It cannot be read, is no text, or larger than anything of the kind.
    """
    path = input_of(file)
    try:
        content = path.read_bytes(LARGEST + 1)
        text = content.decode("utf-8-sig")
    except UnusableFile as error:
        raise UnusableDocument([str(error)]) from error
    except UnicodeDecodeError as error:
        raise UnusableDocument([f"{path}: is not UTF-8 text"]) from error
    if len(content) > LARGEST:
        raise UnusableDocument([f"{path}: is larger than {LARGEST:,} bytes, which no {what} is"])
    return text


def parse(file: AnyInput, text: str) -> Any:
    """Return what a file's text says: TOML where its name ends so, else JSON.

    Of standard input, which has no name, all that does not begin with a brace is TOML.

    Raises:
        UnusableDocument: It is neither; with the place.
    """
    path = input_of(file)
    toml = path.path.suffix.lower() == ".toml"
    if path.is_standard_input:
        toml = not text.lstrip().startswith("{")
    try:
        return tomllib.loads(text) if toml else strict_json.read(text.encode())
    except (ValueError, RecursionError) as error:  # both say line and column themselves
        raise UnusableDocument([f"{path}: is not {'TOML' if toml else 'JSON'}: {error}"]) from error


def sentences(file: AnyInput, text: str, problems: Iterable[tuple[str, str]]) -> list[str]:
    """Return the problems of a document, each with its line, in the order of the lines."""
    path = input_of(file)
    where = [(_line_of(text, place), place, what) for place, what in problems]
    return [f"{path}:{line}: {place}: {what}" for line, place, what in sorted(where)]


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
