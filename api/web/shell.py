"""Static files of the faces: one hash for the tree, compressed copies in memory, and what shells need.

Pure: files are read once, nothing is written, and no request is known here. The hash of the whole tree is
part of the address (``/static/<version>/app/main.js``), so that relative imports inside modules stay within
one version, every file may be kept for ever, and a page never mixes modules of two versions. An address
with another hash is answered with 404: a page of an older version has its files in the cache of its service
worker, and one without a worker loads its shell anew; a redirect would mix modules of two versions.
"""

import gzip
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import Path, PurePosixPath

HERE = Path(__file__).parent
VERSION_LENGTH = 16
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types lit-html aimss-worker"
)
"""Content security policy of shells: nothing from elsewhere, nothing inline, no text that becomes code."""

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

STYLES = ("tokens", "base", "fields", "chart", "app", "print")
"""Style sheets of the phone app, in the order of the cascade."""

_COMMENT = re.compile(r"^[ \t]*(?://[^\n]*|/\*(?:(?!\*/).)*\*/[ \t]*$)", re.M | re.S)
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
        """Work out the version."""
        whole = sha256()
        for name, file in sorted(self.files.items()):
            whole.update(f"{name}\0{len(file.body)}\0".encode() + file.body)
        object.__setattr__(self, "version", whole.hexdigest()[:VERSION_LENGTH])
        object.__setattr__(self, "_compressed", {})

    def url(self, name: str) -> str:
        """Return the address of a file, for as long as it has this content."""
        if name not in self.files:
            raise KeyError(name)
        return f"/static/{self.version}/{name}"

    def compressed(self, name: str) -> bytes:
        """Return a file compressed by gzip; made at its first use and kept."""
        kept: dict[str, bytes] = self._compressed  # type: ignore[attr-defined]
        if name not in kept:
            kept[name] = gzip.compress(self.files[name].body, 9, mtime=0)
        return kept[name]

    def modules(self, entry: str) -> list[str]:
        """Return ``entry`` and every module that it imports, directly or not, in the order of discovery."""
        found = [entry]
        for name in found:
            found += [each for each in self._imports(name) if each not in found]
        return found

    def _imports(self, name: str) -> Iterable[str]:
        text = self.files[name].body.decode()
        folder = PurePosixPath(name).parent
        return dict.fromkeys(_joined(folder, path) for path in _IMPORT.findall(text))

    def styles(self) -> list[str]:
        """Return the style sheets of the app."""
        return [f"css/{name}.css" for name in STYLES]

    def precached(self) -> list[str]:
        """Return what the service worker keeps, so that the app opens without a network.

        The catalogues of words are not among them: the worker keeps the one that the app uses.
        """
        pictures = [name for name in ("icons.svg",) if name in self.files]
        return [*self.styles(), *self.modules("app/main.js"), *pictures]


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

    They are a third of what a phone would load. Vendored files keep theirs, which state licences.

    >>> without_comments("// What.\nconst a = 1; // kept\n/**\n * @param b\n */\nconst c = 2;")
    '\nconst a = 1; // kept\n\n\n\nconst c = 2;'
    >>> without_comments("/** @type {any} */ (a).b();\n/** What. */\nc();")
    '/** @type {any} */ (a).b();\n\nc();'
    """
    return _COMMENT.sub(lambda found: "\n" * found[0].count("\n"), code)
