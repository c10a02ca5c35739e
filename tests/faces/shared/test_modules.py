"""Contracts between the modules of the faces: who may fetch, keep, count days, and import whom."""

import re
from pathlib import Path

import pytest

from api.web.shell import packaged_tree

STATIC = Path(__file__).parents[3] / "api/web/static"
OWN = [path for name in ("app", "shared", "team") for path in sorted((STATIC / name).rglob("*.js"))]
each_module = pytest.mark.parametrize("path", OWN, ids=lambda path: path.relative_to(STATIC).as_posix())

LONGEST = 200
FETCH = re.compile(r"(?<![\w.$])fetch\s*\(|XMLHttpRequest|sendBeacon|new WebSocket|new EventSource")
STORE = re.compile(r"(?<![\w$])indexedDB\b|vendor/idb/|openDB\(")
LOCAL = re.compile(r"(?<![\w$])(?:localStorage|sessionStorage)\b")
DAYS = re.compile(r"\.(?:set|get)(?:UTC)?(?:Date|Month|FullYear|Day)\(")
UNSAFE = re.compile(r"\sstyle=|innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function")
IMPORT = re.compile(r"""(?:import|export)\b(?:[^;'"()]*?|\()["']([^"']+)["']""")

FETCHERS = {"shared/api.js", "shared/auth.js", "app/worker.js"}
"""The API's client, the renewal of its token, and the worker, which fetches files."""
FACES = {"app", "team"}
"""Folders of the two faces, which know nothing of each other."""
KEEPERS = {"app/store.js"}
LOOK = {"shared/look.js"}
COUNTERS = {"shared/days.js", "shared/words.js"}


def code_of(path: Path) -> str:
    """Return a module without its comments."""
    text = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.S)
    return re.sub(r"(?m)(^|\s)//.*$", "", text)


def name_of(path: Path) -> str:
    return path.relative_to(STATIC).as_posix()


def imports_of(path: Path) -> list[str]:
    """Return the modules a module imports, by name."""
    found = [match for match in IMPORT.findall(code_of(path)) if match.startswith(".")]
    return [(path.parent / each).resolve().relative_to(STATIC.resolve()).as_posix() for each in found]


@each_module
def test_a_module_is_short_says_what_it_is_and_writes_no_style_or_raw_html(path: Path) -> None:
    lines = path.read_text().splitlines()
    assert len(lines) <= LONGEST
    assert lines[0].startswith(("// ", "/**")), "the first line says what the module is"
    assert UNSAFE.findall(code_of(path)) == []


@each_module
def test_only_the_client_of_the_api_fetches_and_only_the_store_keeps(path: Path) -> None:
    name, code = name_of(path), code_of(path)
    assert name in FETCHERS or FETCH.findall(code) == []
    assert name in KEEPERS or STORE.findall(code) == []
    assert name in LOOK or LOCAL.findall(code) == []


@each_module
def test_only_days_counts_days(path: Path) -> None:
    assert name_of(path) in COUNTERS or DAYS.findall(code_of(path)) == []


@each_module
def test_imports_go_downwards_and_exist(path: Path) -> None:
    name, imported = name_of(path), imports_of(path)
    assert [each for each in imported if each not in packaged_tree().files] == []
    if name.startswith("shared/"):
        assert [each for each in imported if not each.startswith(("shared/", "vendor/"))] == []
    face, _, rest = name.partition("/")
    if face in FACES:
        assert [each for each in imported if each.startswith(tuple(FACES - {face}))] == []
    if face in FACES and rest.startswith("screens/"):
        parts = (f"{face}/{each}.js" for each in ("frame", "app", "parts", "icons", "waits"))
        allowed = (f"{face}/screens/", "shared/", "vendor/lit-html/", *parts)
        assert [each for each in imported if not each.startswith(allowed)] == []
        assert not {"shared/api.js", "shared/auth.js"} & set(imported), "a screen draws what it is given"
    if face in FACES and rest.startswith("acts/"):
        assert [each for each in imported if each.startswith(f"{face}/screens/")] == [], (
            "an act draws nothing"
        )


@pytest.mark.parametrize("face", sorted(FACES))
def test_every_screen_is_pure(face: str) -> None:
    for path in (STATIC / face / "screens").rglob("*.js"):
        assert (
            re.findall(
                r"\bdocument\.|\bwindow\.|\blocation\.|\bnavigator\.|Date\.now|new Date\(\)", code_of(path)
            )
            == []
        ), path.name
