"""Policies in files: JSON or TOML in, every problem with its line; the whole document out."""

import json
from pathlib import Path

from api.domain.policies.parse import UnusablePolicy, read_policy
from api.domain.policies.render import document_of
from api.domain.policies.site_policy import BUILT_IN, PolicyDocument
from api.services.files.inputs import AnyInput, Input
from api.services.policies import parse_files
from api.services.policies.parse_files import UnusableDocument


class UnusablePolicyFile(UnusableDocument):
    """A policy file cannot be used; ``sentences`` say where and what would be right, a line each."""


def policy_named(name: str) -> PolicyDocument:
    """Return the built-in policy for ``default``, else the one of the file of this name.

    Raises:
        UnusablePolicyFile: It cannot be read, or is no policy.
    """
    return BUILT_IN if name == BUILT_IN.name else load_policy(Input(Path(name)))


def load_policy(path: AnyInput) -> PolicyDocument:
    """Read a policy file: TOML where the name ends so, else JSON.

    Raises:
        UnusablePolicyFile: It cannot be read, or is no policy; with every problem and its line.
    """
    try:
        text = parse_files.read_text(path, what="policy")
        return read_policy(parse_files.parse(path, text))
    except UnusablePolicy as error:
        raise UnusablePolicyFile(parse_files.sentences(path, text, error.problems)) from error
    except UnusableDocument as error:
        raise UnusablePolicyFile(error.sentences) from error


def as_json(policy: PolicyDocument) -> str:
    """Return the whole policy as JSON."""
    return json.dumps(document_of(policy), indent=2, ensure_ascii=False)


def as_toml(policy: PolicyDocument) -> str:
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


def _plain(value: str | float) -> str:
    return json.dumps(value, ensure_ascii=False)
