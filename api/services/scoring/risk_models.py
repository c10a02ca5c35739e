"""Reads and writes models of the discontinuation risk; a file is never overwritten."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from api.domain.risk.document import UnusableModel, document_of, read_model
from api.domain.risk.model import RiskModel
from api.domain.trajectory.engine import Engine
from api.services.files.atomic_output import UnusableFile, write_whole
from api.services.files.inputs import AnyInput, as_input

MAX_BYTES = 1_000_000


class UnusableModelFile(ValueError):
    """A file holds no usable model, or cannot be written; the message is shown to the user."""


def load_model(file: AnyInput) -> RiskModel:
    """Read a model that ``calibrate`` wrote.

    Raises:
        UnusableModelFile: It cannot be read, is no model, or was changed by hand.
    """
    path = as_input(file)
    try:
        content = path.read_bytes(MAX_BYTES + 1)
    except UnusableFile as error:
        raise UnusableModelFile(str(error)) from error
    if len(content) > MAX_BYTES:
        raise UnusableModelFile(f"{path}: is larger than {MAX_BYTES:,} bytes, which no model is")
    try:
        document = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise UnusableModelFile(f"{path}: is not UTF-8 text") from error
    except json.JSONDecodeError as error:
        where = f"{path}:{error.lineno}: column {error.colno}"
        raise UnusableModelFile(f"{where}: is not JSON: {error.msg}") from error
    except (ValueError, RecursionError) as error:  # a number too long, nested too deeply
        raise UnusableModelFile(f"{path}: is not JSON: {error}") from error
    try:
        return read_model(document)
    except UnusableModel as error:
        raise UnusableModelFile("\n".join(f"{path}: {problem}" for problem in error.problems)) from error


def engine_with(path: Path | None) -> Engine:
    """Return the engine with the model of a file, or with the built-in one for None.

    Raises:
        UnusableModelFile: It holds no model; a server does not start with another than configured.
    """
    return Engine() if path is None else Engine(model=load_model(path))


def refuse_existing(path: Path) -> None:
    """Raise where a file exists already or its folder does not, before any work is done.

    Raises:
        UnusableModelFile: There is something of this name, or no such folder.
    """
    if path.exists():
        raise UnusableModelFile(f"{path}: is there already; a calibrated model is a new file: name another")
    if not path.parent.is_dir():
        raise UnusableModelFile(f"{path}: cannot be written: there is no folder {path.parent}")


def save_model(path: Path, model: RiskModel, made_from: Mapping[str, Any]) -> None:
    """Write a model to a new file.

    Raises:
        UnusableModelFile: It is there already, or cannot be written.
    """
    text = json.dumps(document_of(model, made_from), indent=2, ensure_ascii=False, allow_nan=False)
    refuse_existing(path)
    try:
        with write_whole(path, new=True) as file:
            file.write(text + "\n")
    except UnusableFile as error:
        raise UnusableModelFile(str(error)) from error
