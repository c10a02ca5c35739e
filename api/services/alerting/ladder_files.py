"""Ladders in files: JSON or TOML in, every problem with its line; the whole document out."""

import json

from api.domain.escalation import Ladders
from api.domain.ladder_file import UnusableLadders, read_ladders
from api.domain.ladder_shown import document_of
from api.services.policy import document_files
from api.services.policy.document_files import UnusableDocument
from api.services.replaying.inputs import AnyInput


def load_ladders(path: AnyInput) -> Ladders:
    """Read a file of ladders: TOML where the name ends so, else JSON.

    Raises:
        UnusableDocument: It cannot be read, or holds no ladders; with every problem and its line.
    """
    text = document_files.read_text(path, what="ladder")
    try:
        return read_ladders(document_files.parse(path, text))
    except UnusableLadders as error:
        raise UnusableDocument(document_files.sentences(path, text, error.problems)) from error


def as_json(ladders: Ladders) -> str:
    """Return the whole ladders as JSON."""
    return json.dumps(document_of(ladders), indent=2, ensure_ascii=False)
