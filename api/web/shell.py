"""Static files of the faces: one hash for the tree, compressed copies in memory, and what shells need.

Pure: files are read once, nothing is written, and no request is known here. The hash of the whole tree is
part of the address (``/static/<version>/app/main.js``), so that relative imports inside modules stay within
one version, every file may be kept for ever, and a page never mixes modules of two versions. An address
with another hash is answered with 404: a page of an older version has its files in the cache of its service
worker, and one without a worker loads its shell anew; a redirect would mix modules of two versions.
"""

import gzip
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from hashlib import sha256
from pathlib import Path, PurePosixPath

import brotli

HERE = Path(__file__).parent
VERSION_LENGTH = 16
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types lit-html aimss-worker"
)
"""Content security policy of shells: nothing from elsewhere, nothing inline, no text that becomes code."""

CODINGS: Mapping[str, Callable[[bytes], bytes]] = {
    "br": brotli.compress,
    "gzip": partial(gzip.compress, compresslevel=9, mtime=0),
}
"""Compressions by their name in HTTP, the smaller first; browsers take Brotli over HTTPS only."""

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
}
"""Content types by ending; a file with another ending is served as bytes."""

PACKED = frozenset({".css", ".js", ".json", ".svg"})
"""Endings of files that compression makes smaller."""

ENTRY = "app/main.js"
"""The module that the page of the app starts with."""

BUNDLE = "later.json"
"""Address of all modules of ``StaticTree.later`` in one file: text by address."""

STYLES: Mapping[str, Sequence[str]] = {
    "app": ("tokens", "base", "fields", "drawing", "chart", "app", "print"),
    "team": ("tokens", "team", "team_work", "team_pages", "drawing", "team_patient", "team_narrow"),
}
"""Style sheets of each face, in the order of the cascade."""

_COMMENT = re.compile(r"^[ \t]*(?://[^\n]*|/\*(?:(?!\*/).)*\*/[ \t]*$)", re.M | re.S)
_LATER = re.compile(r"""\bimport\(\s*["'](\.{1,2}/[^"']+)["']\s*\)""")
_IMPORT = re.compile(r"""(?:^|[;}\n])\s*(?:import|export)\b[^;'"()]*?["'](\.{1,2}/[^"']+)["']""")


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file as it is sent."""

    body: bytes
    media_type: str
    packed: bool
    """True: compression makes it smaller."""


@dataclass(frozen=True)
class StaticTree:
    """The static files of one version."""

    files: Mapping[str, StaticFile]
    version: str = field(init=False)
    """Hash of all names and contents."""

    def __post_init__(self) -> None:
        """Work out the version, and put the modules that come later into one file."""
        files = {name: file for name, file in self.files.items() if name != BUNDLE}
        whole = sha256()
        for name, file in sorted(files.items()):
            whole.update(f"{name}\0{len(file.body)}\0".encode() + file.body)
        object.__setattr__(self, "files", files)
        object.__setattr__(self, "version", whole.hexdigest()[:VERSION_LENGTH])
        object.__setattr__(self, "_compressed", {})
        if ENTRY in files:
            texts = {self.url(name): files[name].body.decode() for name in self.later()}
            files[BUNDLE] = StaticFile(json.dumps(texts).encode(), TYPES[".json"], True)

    def url(self, name: str) -> str:
        """Return the address of a file, for as long as it has this content."""
        if name not in self.files:
            raise KeyError(name)
        return f"/static/{self.version}/{name}"

    def compressed(self, name: str, coding: str) -> bytes:
        """Return a file compressed by ``br`` (Brotli) or ``gzip``; made at its first use and kept."""
        kept: dict[tuple[str, str], bytes] = self._compressed  # type: ignore[attr-defined]
        if (name, coding) not in kept:
            kept[name, coding] = CODINGS[coding](self.files[name].body)
        return kept[name, coding]

    def modules(self, entry: str) -> list[str]:
        """Return ``entry`` and every module that it imports, directly or not, in the order of discovery.

        What is imported when it is first needed is not among them: that is ``later``.
        """
        return self._reached([entry], _IMPORT)

    def later(self) -> list[str]:
        """Return the modules of the app that its page does not load at once: screens not yet opened."""
        at_once = self.modules(ENTRY)
        return [name for name in self._reached(at_once, _IMPORT, _LATER) if name not in at_once]

    def _reached(self, names: Iterable[str], *forms: re.Pattern[str]) -> list[str]:
        found = list(names)
        for name in found:
            found += [each for form in forms for each in self._imports(name, form) if each not in found]
        return found

    def _imports(self, name: str, form: re.Pattern[str]) -> Iterable[str]:
        text = self.files[name].body.decode()
        folder = PurePosixPath(name).parent
        return dict.fromkeys(_joined(folder, path) for path in form.findall(text))

    def styles(self, face: str = "app") -> list[str]:
        """Return the style sheets of a face, ``app`` or ``team``."""
        return [f"css/{name}.css" for name in STYLES[face]]

    def precached(self) -> list[str]:
        """Return what the service worker keeps at once, so that the app opens without a network.

        The modules of ``later`` come to the worker in one file, which is far smaller compressed than all of
        them alone. The catalogues of words are not among them: the worker keeps the one that the app uses.
        """
        pictures = [name for name in ("icons.svg",) if name in self.files]
        return [*self.styles(), *self.modules(ENTRY), *pictures]


def _joined(folder: PurePosixPath, path: str) -> str:
    """Return a relative import of a module in ``folder`` as the name of a file.

    >>> _joined(PurePosixPath("app/screens"), "../../shared/words.js")
    'shared/words.js'
    """
    parts = list(folder.parts)
    for part in path.split("/"):
        if part == "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)


def read_tree(folder: Path = HERE / "static") -> StaticTree:
    """Read all files below ``folder``."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return StaticTree({path.relative_to(folder).as_posix(): _read(path) for path in paths})


@cache
def packaged_tree() -> StaticTree:
    """Return the tree of this package, read once in a process."""
    return read_tree()


def _read(path: Path) -> StaticFile:
    media_type = TYPES.get(path.suffix, "application/octet-stream")
    body = path.read_bytes()
    if path.suffix == ".js" and "vendor" not in path.parts:
        body = without_comments(body.decode()).encode()
    return StaticFile(body, media_type, path.suffix in PACKED)


def without_comments(code: str) -> str:
    r"""Return a module without the lines that are nothing but comment; every line keeps its number.

    They are nearly a quarter of what a phone would load. Vendored files keep theirs, which state licences.

    >>> without_comments("// What.\nconst a = 1; // kept\n/**\n * @param b\n */\nconst c = 2;")
    '\nconst a = 1; // kept\n\n\n\nconst c = 2;'
    >>> without_comments("/** @type {any} */ (a).b();\n/** What. */\nc();")
    '/** @type {any} */ (a).b();\n\nc();'
    """
    return _COMMENT.sub(lambda found: "\n" * found[0].count("\n"), code)
