"""Shells of the phone app, its service worker, and the static files of the faces.

A shell holds nothing about a person: what it shows comes from the public API, with the caller's own token.
"""

import gzip
from http import HTTPStatus
from typing import Any

from flask import Blueprint, current_app, render_template, request
from werkzeug import Response
from werkzeug.exceptions import NotFound

from api.auth import public
from api.web.compression import takes_gzip
from api.web.shell import CODINGS, CSP, StaticTree, packaged_tree
from api.words.catalogue import translated
from api.words.speaking import accepted_language
from config.settings import Settings

app_pages = Blueprint("app_pages", __name__, template_folder="templates")

TREE = "aimss.static_tree"
"""Key of the application's extension with its static files; tests put other versions there."""

NO_SCRIPT = (
    "AIMSS Monitor needs JavaScript. Without it nothing can be sent from here: please call your care team."
)
FOREVER = "public, max-age=31536000, immutable"
NAME = "AIMSS Monitor"
PAPER = "#fbfaf8"
"""Colour of the window before the first paint; the same as `--paper` of tokens.css."""


@app_pages.get("/app/", strict_slashes=True)
@public
def app() -> Response:
    """Show the phone app."""
    return shell("app", "app/main.js")


@app_pages.get("/activate")
@public
def activate() -> Response:
    """Show the page on which a patient enters an activation code; looking at it does not use up the code."""
    return shell("app", "app/activate.js")


@app_pages.get("/app/sw.js")
@public
def service_worker() -> Response:
    """Serve the service worker, which names the files of this version, or one that removes itself."""
    tree = static_tree()
    is_off = _settings().app_worker_off
    text = render_template("sw_off.js") if is_off else render_template("sw.js.jinja", tree=tree)
    return _checked_each_time(Response(text, mimetype="text/javascript"), "off" if is_off else tree.version)


@app_pages.get("/app/version.json")
@public
def version() -> Response:
    """Tell the version of the app that this server serves."""
    tree = static_tree()
    return _checked_each_time(_json({"version": tree.version}), tree.version)


@app_pages.get("/app/manifest.webmanifest")
@public
def manifest() -> Response:
    """Describe the app for a home screen."""
    tree = static_tree()
    icons = [
        {"src": tree.url(f"icons/{name}.png"), "sizes": f"{size}x{size}", "type": "image/png"} | purpose
        for name, size, purpose in (
            ("app-192", 192, {}),
            ("app-512", 512, {}),
            ("app-maskable-512", 512, {"purpose": "maskable"}),
        )
    ]
    described = {
        "id": "/app/",
        "name": NAME,
        "short_name": "AIMSS",
        "start_url": "/app/",
        "scope": "/app/",
        "display": "standalone",
        "background_color": PAPER,
        "theme_color": PAPER,
        "icons": icons,
    }
    return _checked_each_time(_json(described, "application/manifest+json"), tree.version)


@app_pages.get("/static/<string(length=16):wanted>/<path:name>")
@public
def static_file(wanted: str, name: str) -> Response:
    """Serve a file of this version for ever; a file of another version is not here."""
    tree = static_tree()
    if wanted != tree.version or name not in tree.files:
        raise NotFound
    file = tree.files[name]
    taken = [each for each in CODINGS if file.packed and request.accept_encodings.quality(each) > 0]
    body = tree.compressed(name, taken[0]) if taken else file.body
    response = Response(body, content_type=file.media_type)
    if file.packed:
        response.headers["Vary"] = "Accept-Encoding"
    if taken:
        response.headers["Content-Encoding"] = taken[0]
    response.headers["Cache-Control"] = FOREVER
    response.set_etag(
        f"{tree.version}-{taken[0] if taken else 'plain'}"
    )  # browsers ask anew for a worker's modules
    return response.make_conditional(request)


def static_tree() -> StaticTree:
    """Return the static files that this application serves."""
    found: StaticTree = current_app.extensions.get(TREE) or packaged_tree()
    return found


def shell(face: str, entry: str, no_script: str = NO_SCRIPT) -> Response:
    """Return a page of a face, ``app`` or ``team``: files of this version, in the language of the browser.

    ``no_script`` is the sentence of a browser that runs no scripts.
    """
    tree, language = static_tree(), accepted_language()
    text = render_template(
        "app.html" if face == "app" else "face.html",
        face=face,
        language=language.value,
        name=NAME,
        paper=PAPER,
        tree=tree,
        entry=entry,
        no_script=translated(no_script, language),
    )
    response = Response(text, mimetype="text/html")
    response.headers["Content-Security-Policy"] = CSP
    response.headers["Vary"] = "Accept-Language"
    return _checked_each_time(response, f"{tree.version}-{language.value}")


def _settings() -> Settings:
    found: Settings = current_app.extensions["aimss.settings"]
    return found


def _json(content: dict[str, Any], media_type: str = "application/json") -> Response:
    return Response(current_app.json.dumps(content), mimetype=media_type)


def _checked_each_time(response: Response, etag: str) -> Response:
    """Let browsers keep the answer, but ask each time whether it still holds; compressed where possible."""
    response.vary.add("Accept-Encoding")
    if takes_gzip():
        response.set_data(gzip.compress(response.get_data(), mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Cache-Control"] = "no-cache"
    response.set_etag(etag)
    if response.status_code == HTTPStatus.OK:
        response.make_conditional(request)
    return response
