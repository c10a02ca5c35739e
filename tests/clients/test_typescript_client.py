"""openapi-fetch over the types that openapi-typescript makes of the committed document, on a real server."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.clients.conftest import Served

HERE = Path(__file__).parent / "typescript"
DOCUMENT = Path(__file__).parents[2] / "docs/openapi.json"


def _run(*command: str | Path, folder: Path, **env: str) -> str:
    done = subprocess.run(
        command, cwd=folder, env=os.environ | env,
        capture_output=True, text=True, check=False, timeout=240,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def npm() -> str:
    """npm, which a desk may lack and CI may not."""
    found = shutil.which("npm")
    if found is None:
        assert "CI" not in os.environ, "CI needs Node.js for the TypeScript client"
        pytest.skip("Node.js is not installed: the TypeScript client is not tried here")
    return found


def test_it_sends_single_duplicate_batch_refused_and_conflicting_entries(
    npm: str, served: Served, tmp_path: Path
) -> None:
    for name in ("package.json", "package-lock.json", "tsconfig.json", "drive.ts"):
        shutil.copy(HERE / name, tmp_path)
    _run(npm, "ci", "--no-audit", "--no-fund", "--prefer-offline", folder=tmp_path)
    tools = tmp_path / "node_modules/.bin"
    _run(tools / "openapi-typescript", DOCUMENT, "-o", "schema.d.ts", folder=tmp_path)
    _run(tools / "tsc", folder=tmp_path)
    said = _run("node", "built/drive.js", folder=tmp_path, ADDRESS=served.address, TOKEN=served.patient_token)
    assert "every answer was as its type says" in said
