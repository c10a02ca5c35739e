"""Units of systemd: they start existing modules, restart them, and stop at a wrong setting."""

import configparser
import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UNITS = sorted((ROOT / "config/deploy").glob("*.service"))


def unit(path: Path) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(path)
    return parser


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_unit_starts_a_module_that_exists_and_never_gives_up(path: Path) -> None:
    found = unit(path)
    module = found["Service"]["ExecStart"].split(" -m ")[1].split()[0]
    assert importlib.util.find_spec(module)
    assert found["Service"]["Restart"] == "always"
    assert found["Unit"]["StartLimitIntervalSec"] == "0"
    assert found["Service"]["RestartPreventExitStatus"] == str(os.EX_CONFIG)


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
def test_systemd_understands_the_unit(path: Path, tmp_path: Path) -> None:
    here = path.read_text().replace("/srv/aimss/.venv/bin/python", "/bin/sh")
    copy = tmp_path / path.name
    copy.write_text(here)
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(copy)], capture_output=True, text=True, check=False
    )
    about_it = [line for line in done.stderr.splitlines() if path.name in line]
    assert about_it == []
