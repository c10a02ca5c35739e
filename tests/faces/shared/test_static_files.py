"""Static files: one version at a time, kept for ever, compressed; shells name exactly what they need."""

import gzip
import hashlib
import json
import re
from pathlib import Path

import brotli
import pytest
from flask.testing import FlaskClient

from api.app import create_app
from api.db.database import Database
from api.web.shell import STYLES, StaticFile, StaticTree, packaged_tree
from config.settings import Settings

STATIC = Path(__file__).parents[3] / "api/web/static"


@pytest.fixture
def client(sqlite: Database) -> FlaskClient:
    """A browser that is not signed in."""
    return create_app(Settings(secret_key="for tests only"), database=sqlite).test_client()


def a_tree(**files: str) -> StaticTree:
    return StaticTree(
        {name: StaticFile(body.encode(), "text/javascript", True) for name, body in files.items()}
    )


def test_the_version_changes_with_any_content_or_name() -> None:
    versions = {
        a_tree(a="1").version,
        a_tree(a="2").version,
        a_tree(b="1").version,
        a_tree(a="1", b="").version,
    }
    assert len(versions) == 4


def test_a_file_of_this_version_is_kept_for_ever_and_comes_compressed(client: FlaskClient) -> None:
    url = packaged_tree().url("app/main.js")
    plain = client.get(url)
    assert plain.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    for taken, unpack in ("gzip, br", brotli.decompress), ("gzip", gzip.decompress):
        packed = client.get(url, headers={"Accept-Encoding": taken})
        assert packed.headers["Content-Encoding"] == taken.split(", ")[-1]
        assert unpack(packed.data) == plain.data
        assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
        assert len(packed.data) < len(plain.data) / 1.5
        again = client.get(url, headers={"Accept-Encoding": taken, "If-None-Match": packed.headers["ETag"]})
        assert again.status_code == 304, "a worker asks again for what the page has"


def test_code_is_served_as_it_was_written_but_for_comments(client: FlaskClient) -> None:
    served = client.get(packaged_tree().url("app/main.js")).text.splitlines()
    written = (STATIC / "app/main.js").read_text().splitlines()
    assert len(served) == len(written)
    assert [line for line in served if line] == [
        line for line, text in zip(written, served, strict=True) if text
    ]
    library = client.get(packaged_tree().url("vendor/lit-html/lit-html.js"))
    assert library.data == (STATIC / "vendor/lit-html/lit-html.js").read_bytes()


def test_a_file_of_another_version_is_not_here(client: FlaskClient) -> None:
    answer = client.get("/static/0123456789abcdef/app/main.js")
    assert answer.status_code == 404
    assert answer.headers["Cache-Control"] == "no-store"
    assert client.get(f"/static/{packaged_tree().version}/../pages.py").status_code == 404


def test_a_shell_is_asked_for_each_time_and_holds_the_strict_policy(client: FlaskClient) -> None:
    for path in ("/app/", "/activate", "/team/"):
        shell = client.get(path)
        assert shell.headers["Cache-Control"] == "no-cache"
        policy = shell.headers["Content-Security-Policy"]
        assert "require-trusted-types-for 'script'" in policy
        assert "unsafe" not in policy
        again = client.get(path, headers={"If-None-Match": shell.headers["ETag"]})
        assert again.status_code == 304
        assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=", shell.text)


def test_a_shell_names_every_module_it_will_import(client: FlaskClient) -> None:
    named = re.findall(r'rel="modulepreload" href="/static/\w+/([^"]+)"', client.get("/app/").text)
    assert set(named) == set(packaged_tree().modules("app/main.js")) - {"app/main.js"}
    assert {"vendor/lit-html/lit-html.js", "shared/words.js", "app/screens/today.js"} <= set(named)
    assert "app/screens/curve.js" not in named, "it is fetched when the patient opens it"
    named = re.findall(r'rel="modulepreload" href="/static/\w+/([^"]+)"', client.get("/team/").text)
    assert set(named) == set(packaged_tree().modules("team/main.js")) - {"team/main.js"}
    assert {each.partition("/")[0] for each in named} == {"shared", "team", "vendor"}


def test_imports_are_followed_whatever_their_form() -> None:
    tree = a_tree(
        **{
            "app/main.js": 'import { a } from "./a.js";import b from"../b.js"\nexport * from "./c.js";',
            "app/a.js": 'import "./d.js"; const open = () => import("./e.js");',
            "b.js": "",
            "app/c.js": 'const x = "./not.js";',
            "app/d.js": "",
            "app/e.js": 'import "./d.js"; import "../f.js";',
            "f.js": "1",
        }
    )
    assert tree.modules("app/main.js") == ["app/main.js", "app/a.js", "b.js", "app/c.js", "app/d.js"]
    assert tree.later() == ["app/e.js", "f.js"]
    bundle = json.loads(tree.files["later.json"].body)
    assert bundle[tree.url("f.js")] == "1"
    assert len(bundle) == 2


def test_the_worker_names_every_file_of_the_app(client: FlaskClient) -> None:
    worker = client.get("/app/sw.js")
    assert worker.mimetype == "text/javascript"
    assert worker.headers["Cache-Control"] == "no-cache"
    files = re.findall(r'"/static/\w+/([^"]+)"', worker.text)
    assert {"app/main.js", *(f"css/{name}.css" for name in STYLES["app"])} <= set(files)
    assert all(name in packaged_tree().files for name in files)
    of_worker = packaged_tree().modules("app/worker.js")  # which the browser keeps with the worker
    at_once_or_later = {*files, *packaged_tree().later(), *of_worker}
    screens = {path.relative_to(STATIC).as_posix() for path in (STATIC / "app").rglob("*.js")}
    entries = {"app/activate.js"}  # of a page that needs the network
    assert screens - at_once_or_later == entries, "a module that nothing imports"


def test_version_and_manifest_are_told(client: FlaskClient) -> None:
    assert client.get("/app/version.json").json == {"version": packaged_tree().version}
    manifest = json.loads(client.get("/app/manifest.webmanifest").data)
    assert (manifest["start_url"], manifest["scope"], manifest["display"]) == ("/app/", "/app/", "standalone")
    assert all(client.get(icon["src"]).status_code == 200 for icon in manifest["icons"])


@pytest.mark.parametrize("library", ["lit-html", "idb"])
def test_vendored_files_are_those_that_were_published(library: str) -> None:
    folder = STATIC / "vendor" / library
    listed = dict(reversed(line.split("  ")) for line in (folder / "VERSION").read_text().splitlines()[1:])
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} - {
        "VERSION"
    }
    assert found == set(listed)
    assert "LICENSE" in found
    for name, digest in listed.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest, name


@pytest.mark.parametrize("path", sorted((STATIC / "css").glob("*.css")), ids=lambda path: path.name)
def test_css_has_logical_properties_only_and_no_colour_outside_the_tokens(path: Path) -> None:
    text = re.sub(r"/\*.*?\*/|env\([^)]*\)", "", path.read_text(), flags=re.S)
    sides = "left|right|top|bottom"
    physical = rf"(?:margin|padding|border|inset)-(?:{sides})|(?<![-\w])(?:{sides}|width|height)\s*:"
    assert re.findall(physical, text) == []
    assert re.findall(r"text-align:\s*(?:left|right)|float:", text) == []
    if path.name != "tokens.css":
        assert re.findall(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl|oklch)a?\(", text) == []
