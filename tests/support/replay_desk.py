"""Helper for replays: writes the inputs, runs the command, reads the outputs."""

import csv
from pathlib import Path

from click.testing import CliRunner, Result

from api.cli.replay import replay_command

HEADER = "patient,recorded_at,pain_worst"


class Desk:
    """A folder with the files of a replay, and the command to run over them."""

    def __init__(self, folder: Path) -> None:
        """Keep the folder."""
        self.folder = folder

    def run(self, entries: str | bytes, patients: str | None = None, *more: str) -> Result:
        """Write the inputs and replay them."""
        named = ["--entries", self._write("diary.csv", entries)]
        if patients is not None:
            named += ["--patients", self._write("patients.csv", patients)]
        named += ["--alerts", str(self.folder / "alerts.csv"), "--scores", str(self.folder / "scores.csv")]
        return CliRunner().invoke(replay_command, [*named, *more])

    def read(self, name: str) -> list[dict[str, str]]:
        """Return the rows of an output."""
        with (self.folder / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def _write(self, name: str, content: str | bytes) -> str:
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)


def diary(patient: str, answers: list, month: int = 3) -> list[str]:
    """Return a row a day of one month."""
    return [
        f"{patient},2026-{month:02}-{n:02}T20:00:00+00:00,{answer}" for n, answer in enumerate(answers, 1)
    ]


def lines(*rows: str) -> str:
    """Return a file of these rows."""
    return "\n".join([HEADER, *rows, ""])
