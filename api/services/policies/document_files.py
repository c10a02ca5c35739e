"""Site documents in files: JSON or TOML in, with the line of every problem; the whole document out."""

import json
import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from api.domain.documents import Content, DocumentFormat, UnusableDocument
from api.domain.policies.render import POLICY_FORMAT, document_of
from api.domain.policies.site_policy import BUILT_IN, PolicyDocument
from api.services import strict_json
from api.services.files.atomic_output import UnusableFile
from api.services.files.inputs import AnyInput, Input, as_input

MAX_BYTES = 1_000_000
_LEAF, _ENDS = 2, ("}", "\n[")  # depth of the parts of a threshold, and the marks that end a threshold


class UnusableDocumentFile(Exception):
    """A file that does not hold a usable document; ``lines`` describe the problems, one each."""

    def __init__(self, lines: list[str]) -> None:
        """Keep the lines."""
        super().__init__("\n".join(lines))
        self.lines = lines


def load_document(file: AnyInput, kind: DocumentFormat[Content]) -> Content:
    """Read a document from a file: TOML where its name ends so, else JSON.

    Standard input, which has no name, is TOML unless it begins with a brace.

    Raises:
        UnusableDocumentFile: The file cannot be read, or its document cannot be used; with the line of
            every problem.
    """
    source = as_input(file)
    text = _read_text(source, kind.noun)
    try:
        return kind.read(_parse(source, text))
    except UnusableDocument as error:
        raise UnusableDocumentFile(_lines(source, text, error.problems)) from error


def dump_json(content: Content, kind: DocumentFormat[Content]) -> str:
    """Return a whole document as JSON."""
    return json.dumps(kind.dump(content), indent=2, ensure_ascii=False)


def policy_named(name: str) -> PolicyDocument:
    """Return the built-in policy for ``default``, else the policy of the file with this name.

    Raises:
        UnusableDocumentFile: The file cannot be read, or does not hold a policy.
    """
    return BUILT_IN if name == BUILT_IN.name else load_document(Input(Path(name)), POLICY_FORMAT)


def policy_toml(policy: PolicyDocument) -> str:
    """Return the whole policy as TOML.

    A JSON string is a TOML string, and numbers are the same in both.
    """
    document = document_of(policy)
    lines = [f"name = {_toml_scalar(document['name'])}", "", "[tiers]"]
    lines += [f"{kind} = {_toml_scalar(tier)}" for kind, tier in document["tiers"].items()]
    for part in ("thresholds", "budget"):
        for name, threshold in document[part].items():
            lines += ["", f"[{part}.{name}]"]
            lines += [f"{key} = {_toml_scalar(value)}" for key, value in threshold.items()]
    return "\n".join(lines)


def _read_text(source: Input, noun: str) -> str:
    try:
        content = source.read_bytes(MAX_BYTES + 1)
        text = content.decode("utf-8-sig")
    except UnusableFile as error:
        raise UnusableDocumentFile([str(error)]) from error
    except UnicodeDecodeError as error:
        raise UnusableDocumentFile([f"{source}: is not UTF-8 text"]) from error
    if len(content) > MAX_BYTES:
        raise UnusableDocumentFile([f"{source}: is larger than {MAX_BYTES:,} bytes, which no {noun} is"])
    return text


def _parse(source: Input, text: str) -> Any:
    is_toml = source.path.suffix.lower() == ".toml"
    if source.is_standard_input:
        is_toml = not text.lstrip().startswith("{")
    try:
        return tomllib.loads(text) if is_toml else strict_json.read(text.encode())
    except (ValueError, RecursionError) as error:  # its message has line and column
        raise UnusableDocumentFile([f"{source}: is not {'TOML' if is_toml else 'JSON'}: {error}"]) from error


def _lines(source: Input, text: str, problems: Iterable[tuple[str, str]]) -> list[str]:
    """Return the problems of a document with their line numbers, in the order of the lines."""
    numbered = sorted((_line_number(text, path), path, reason) for path, reason in problems)
    return [f"{source}:{number}: {path}: {reason}" for number, path, reason in numbered]


def _line_number(text: str, path: str) -> int:
    """Return the line of a field, or of the innermost table around it that the text contains."""
    start, end = 0, len(text)
    for depth, key in enumerate(path.split(".")):
        if depth == _LEAF:  # not the same key of the next table
            end = min((stop for mark in _ENDS if (stop := text.find(mark, start)) >= 0), default=end)
        found = re.compile(rf'(?<![\w-])"?{re.escape(key)}"?\s*(?=[:=.\]])').search(text, start, end)
        if found is None:
            break
        start = found.start()
    return text.count("\n", 0, start) + 1


def _toml_scalar(value: str | float) -> str:
    return json.dumps(value, ensure_ascii=False)
