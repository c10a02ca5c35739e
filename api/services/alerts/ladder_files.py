"""Ladders in files: JSON or TOML in, every problem with its line; the whole document out."""

import json

from api.domain.escalation.ladder import LadderSet
from api.domain.escalation.parse import UnusableLadders, read_ladders
from api.domain.escalation.render import document_of
from api.services.files.inputs import AnyInput
from api.services.policies import parse_files
from api.services.policies.parse_files import UnusableDocument


def load_ladders(path: AnyInput) -> LadderSet:
    """Read a file of ladders: TOML where the name ends so, else JSON.

    Raises:
        UnusableDocument: It cannot be read, or holds no ladders; with every problem and its line.
    """
    text = parse_files.read_text(path, what="ladder")
    try:
        return read_ladders(parse_files.parse(path, text))
    except UnusableLadders as error:
        raise UnusableDocument(parse_files.sentences(path, text, error.problems)) from error


def as_json(ladders: LadderSet) -> str:
    """Return the whole ladders as JSON."""
    return json.dumps(document_of(ladders), indent=2, ensure_ascii=False)
