"""Environment file: written once with new secrets, read alike by every program, and kept private."""

import re
import stat
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml

from config.secrets import fill, main
from config.settings import Settings

ROOT = Path(__file__).parents[2]
ARGUMENTS = ["--public-url", "https://aimss.example.org", "--subject", "mailto:operator@example.org"]


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """A new environment file."""
    path = tmp_path / "new.env"
    assert main([*ARGUMENTS, "--file", str(path)]) == 0
    return path


def as_a_shell_reads_it(path: Path) -> dict[str, str]:
    shell = ["env", "-i", "bash", "-c", f"set -a; . {path}; env -0"]
    output = subprocess.run(shell, capture_output=True, check=True).stdout.decode()
    return dict(line.split("=", 1) for line in output.split("\0") if "=" in line)


def as_compose_and_systemd_read_it(path: Path) -> dict[str, str]:
    """Both take a value literally, in single quotes or without quotes."""
    found = {}
    for line in path.read_text().splitlines():
        if line and not line.startswith("#"):
            name, value = line.split("=", 1)
            found[name] = value[1:-1] if value.startswith("'") else value
    return found


def test_it_is_complete_for_production_and_readable_by_its_owner_alone(written: Path) -> None:
    settings = Settings.from_env(as_a_shell_reads_it(written))
    assert settings.production
    assert len(settings.secret_key) >= 32
    assert settings.vapid_subject == "mailto:operator@example.org"
    assert stat.S_IMODE(written.stat().st_mode) == 0o600


def test_every_program_reads_the_same_from_it(tmp_path: Path) -> None:
    values = {
        "MAIL_FROM": 'St. Example, "Ward 3" <care@clinic.example>',
        "SMTP_URL": "smtp://clinic:p%40ss$word&#!@mail.example:587",
    }
    path = tmp_path / "quoted.env"
    path.write_text(fill((ROOT / ".env.example").read_text(), values))
    assert values.items() <= as_compose_and_systemd_read_it(path).items()
    assert values.items() <= as_a_shell_reads_it(path).items()


def test_a_value_that_readers_disagree_on_is_refused() -> None:
    with pytest.raises(ValueError, match="single quote"):
        fill("MAIL_FROM=\n", {"MAIL_FROM": "O'Hara <o@clinic.example>"})


def test_the_example_itself_can_be_read_by_a_shell() -> None:
    assert as_a_shell_reads_it(ROOT / ".env.example")["AIMSS_ENV"] == "production"


def test_an_existing_file_is_never_changed(written: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = written.read_text()
    assert main([*ARGUMENTS, "--file", str(written)]) == 1
    assert written.read_text() == before
    assert "exists and is not changed" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ["--public-url", "http://aimss.example.org", "--subject", "mailto:a@example.org"],
        ["--public-url", "https://aimss.example.org", "--subject", "operator@example.org"],
    ],
)
def test_what_browsers_and_push_services_refuse_is_refused(arguments: list[str], tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as refused:
        main([*arguments, "--file", str(tmp_path / ".env")])
    assert refused.value.code == 2
    assert not (tmp_path / ".env").exists()


def test_compose_works_from_it(written: Path) -> None:
    services = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    values = as_compose_and_systemd_read_it(written)
    asked = set(re.findall(r"\$\{(\w+)", (ROOT / "compose.yaml").read_text()))
    assert {name for name in asked if not values.get(name)} == set()
    database = urlsplit(values["DATABASE_URL"])
    assert database.hostname in services
    assert database.password == values["POSTGRES_PASSWORD"]
    assert database.username == services["database"]["environment"]["POSTGRES_USER"]
    assert database.path == "/" + services["database"]["environment"]["POSTGRES_DB"]
    for name in ("web", "migrate", "notifications"):
        assert services[name]["env_file"] == ".env"
    assert "ports" not in services["web"], "only the proxy is reached from outside"
    assert values["PUBLIC_URL"] == f"https://{values['PUBLIC_HOST']}"


def test_neither_git_nor_an_image_takes_it() -> None:
    ignored = subprocess.run(
        ["git", "check-ignore", ".env", ".env.local"], cwd=ROOT, capture_output=True, check=False
    )
    assert ignored.stdout.split() == [b".env", b".env.local"]
    kept_out = (ROOT / ".dockerignore").read_text().splitlines()
    assert {".env", ".env.*", "var"} <= set(kept_out)
