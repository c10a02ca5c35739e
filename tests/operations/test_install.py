"""Installation: locked versions only, whatever the package index has released since."""

import hashlib
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def install_options() -> list[str]:
    """Return the options the Makefile installs with."""
    line = re.search(r"^INSTALL := \S+ -m pip install (.+)$", (ROOT / "Makefile").read_text(), re.M)
    assert line
    return line[1].split()


def wheel(folder: Path, name: str, version: str, needs: str = "") -> str:
    """Write a wheel that holds one empty module; return its line in a lock file."""
    path = folder / f"{name}-{version}-py3-none-any.whl"
    about = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needs}"
    info = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr(f"{name}.py", "")
        made.writestr(f"{info}/METADATA", about)
        made.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        made.writestr(f"{info}/RECORD", f"{name}.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n")
    return f"{name}=={version} --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


def install(folder: Path, lock: str, *options: str) -> subprocess.CompletedProcess[str]:
    """Install a lock file from the wheels in ``folder`` alone."""
    (folder / "lock.txt").write_text(lock)
    command = [sys.executable, "-m", "pip", "install", "--no-index", "--find-links", str(folder)]
    command += ["--target", str(folder / "site"), *options, "-r", str(folder / "lock.txt")]
    env = {"PATH": "", "PIP_CONFIG_FILE": "/dev/null", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    return subprocess.run(command, capture_output=True, text=True, env=env, check=False)


@pytest.fixture
def released(tmp_path: Path) -> tuple[Path, str]:
    """An index on which a package that others take by an extra has a release newer than the locked one."""
    locked = wheel(tmp_path, "meter", "1.0", "Provides-Extra: toml\n")
    wheel(tmp_path, "meter", "2.0", "Provides-Extra: toml\n")
    return tmp_path, locked + wheel(tmp_path, "reader", "1.0", "Requires-Dist: meter[toml]>=1.0\n")


def test_a_newer_release_of_a_locked_package_is_not_installed(released: tuple[Path, str]) -> None:
    folder, lock = released
    done = install(folder, lock, *install_options())
    assert done.returncode == 0, done.stderr
    found = sorted(path.name for path in (folder / "site").glob("*.dist-info"))
    assert found == ["meter-1.0.dist-info", "reader-1.0.dist-info"]


def test_docker_and_the_operators_page_install_alike() -> None:
    options = " ".join(option for option in install_options() if "version-check" not in option)
    wanted = options.replace("--quiet ", "")
    for file in ("Dockerfile", "docs/how-to/operators.md"):
        assert wanted in (ROOT / file).read_text(), file


def test_the_whole_lock_is_pinned_with_hashes() -> None:
    for name in ("requirements-build.txt", "requirements.txt", "requirements-dev.txt"):
        text = (ROOT / name).read_text().replace("\\\n", " ")
        lines = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
        assert lines
        assert [line for line in lines if "==" not in line or "--hash=sha256:" not in line] == []
