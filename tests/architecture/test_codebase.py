"""Rules of this codebase: layers, names, sizes, settings."""

import ast
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path

import pytest

from api.domain.alerts.finding import FindingKind
from api.domain.delivery.messages import MessageKind
from api.domain.errors import DomainError
from api.errors import PROBLEMS
from config.settings import MissingSettings, Settings

ROOT = Path(__file__).parents[2]
MODULES = sorted(
    path for folder in ("api", "config", "notifications") for path in (ROOT / folder).rglob("*.py")
)


def subclasses(kind: type) -> set[type]:
    return {kind for sub in kind.__subclasses__() for kind in {sub} | subclasses(sub)}


def test_every_error_has_a_problem_and_says_what_it_means() -> None:
    assert subclasses(DomainError) == set(PROBLEMS)
    assert all(error.__doc__ for error in PROBLEMS)


def test_requests_flow_down_and_the_domain_is_pure() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports; raise SystemExit(lint_imports())"],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("word", ["datetime.now", "date.today", "random", "open(", "logging", "print("])
def test_the_domain_has_no_clock_chance_or_io(word: str) -> None:
    found = [
        f"{path.name}:{number}"
        for path in (ROOT / "api/domain").rglob("*.py")
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if word in line and not re.search(r'^\s*(#|""")|at random|\w' + re.escape(word), line)
    ]
    assert found == []


SAME_NAME_ON_PURPOSE: frozenset[str] = frozenset()
"""Class names that stand for two things, each with its reason beside it; at most eight."""


def test_a_class_name_stands_for_one_thing() -> None:
    homes: dict[str, list[str]] = defaultdict(list)
    for path in MODULES:
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef):
                homes[node.name].append(path.relative_to(ROOT).as_posix())
    assert len(SAME_NAME_ON_PURPOSE) <= 8
    assert {name for name, files in homes.items() if len(files) > 1} == SAME_NAME_ON_PURPOSE


def imports_of(path: Path) -> set[str]:
    """The modules of this project that a module imports when it is loaded or run."""
    known = {".".join(each.relative_to(ROOT).with_suffix("").parts) for each in MODULES}
    named = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            named |= {node.module, *(f"{node.module}.{each.name}" for each in node.names)}
        elif isinstance(node, ast.Import):
            named |= {each.name for each in node.names}
    return named & known


def rings(graph: Mapping[str, set[str]]) -> list[set[str]]:
    """The sets of nodes of a graph that reach each other, larger than one."""
    reach = {node: set(targets) for node, targets in graph.items()}
    for middle in graph:
        for node in graph:
            if middle in reach[node]:
                reach[node] |= reach[middle]
    groups = {frozenset({node, *(far for far in reach[node] if node in reach[far])}) for node in graph}
    return [set(group) for group in groups if len(group) > 1]


def test_no_modules_import_each_other_in_a_ring() -> None:
    graph = {".".join(path.relative_to(ROOT).with_suffix("").parts): imports_of(path) for path in MODULES}
    assert rings(graph) == []


@pytest.mark.parametrize("inside", ["api.services", "api.domain", "notifications", "api", "config"])
def test_no_packages_import_each_other_in_a_ring(inside: str) -> None:
    graph: dict[str, set[str]] = defaultdict(set)
    for path in MODULES:
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        if module.startswith(f"{inside}."):
            package = module.removeprefix(f"{inside}.").partition(".")[0]
            near = {each for each in imports_of(path) if each.startswith(f"{inside}.")}
            targets = {each.removeprefix(f"{inside}.").partition(".")[0] for each in near}
            graph[package] |= targets - {package}
            for target in targets:
                graph.setdefault(target, set())
    assert rings(graph) == []


def test_rings_are_found() -> None:
    assert rings({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == [{"a", "b", "c"}]


def test_no_module_is_longer_than_300_lines() -> None:
    assert [path for path in MODULES if len(path.read_text().splitlines()) > 300] == []


def test_apscheduler_and_pywebpush_have_one_home_each() -> None:
    homes = {
        library: [
            path.relative_to(ROOT).as_posix()
            for path in MODULES
            if re.search(rf"^\s*(from|import) {library}", path.read_text(), re.M)
        ]
        for library in ("apscheduler", "pywebpush")
    }
    assert homes == {
        "apscheduler": ["notifications/scheduler.py"],
        "pywebpush": ["notifications/channels/web_push.py"],
    }


def test_the_example_environment_names_every_variable_the_settings_read() -> None:
    read = set(re.findall(r'"([A-Z][A-Z_]+)"', (ROOT / "config/settings.py").read_text())) - {"INFO"}
    example = set(re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.M))
    by_compose = set(re.findall(r"\$\{(\w+)", (ROOT / "compose.yaml").read_text()))
    assert example == read | by_compose | {"FLASK_SKIP_DOTENV"}


def test_production_names_every_missing_variable_at_once() -> None:
    with pytest.raises(MissingSettings, match="DATABASE_URL, PUBLIC_URL, SECRET_KEY, VAPID_PRIVATE_KEY"):
        Settings.from_env({"AIMSS_ENV": "production"})


def test_secrets_are_not_in_the_repr_of_the_settings() -> None:
    secret = {"secret_key", "vapid_private_key", "vapid_previous_keys", "smtp_url"}
    settings = Settings(
        secret_key="hush",
        vapid_private_key="hush",
        vapid_previous_keys=("hush",),
        smtp_url="smtp://a:hush@mail.example",
        mail_from="a@mail.example",
    )
    assert "hush" not in repr(settings)
    assert {field.name for field in fields(settings) if not field.repr} == secret


def test_the_readmes_commands_exist() -> None:
    readme, makefile = (ROOT / "README.md").read_text(), (ROOT / "Makefile").read_text()
    named = set(re.findall(r"^\s*make ([a-z-]+)", readme, re.M))
    assert {"run", "test"} <= named
    assert named <= set(re.findall(r"^([a-z-]+):", makefile, re.M))


def test_the_terms_of_the_contract_are_those_of_the_product() -> None:
    assert {kind.value for kind in FindingKind} == {
        "red_flag", "severe_symptoms", "worsening", "adherence_gap",
        "wish_to_stop", "likely_discontinuation", "silence", "atypical",
        "callback",
    }  # fmt: skip


def test_every_message_kind_has_neutral_words() -> None:
    from notifications.templates import TITLES  # noqa: PLC0415

    assert all(set(titles) == set(MessageKind) for titles in TITLES.values())


def test_nothing_committed_names_a_machine() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    paths = [ROOT / name for name in listed.split() if not name.startswith("api/web/static/vendor/")]
    named = [
        path.name
        for path in paths
        if path.is_file() and re.search(rb"(^|[^A-Za-z0-9_.-])/(work|farm)/", path.read_bytes(), re.M)
    ]
    assert named == []
