"""Catalogues of the faces: sentences of modules, translations in .po files, and the .json of the browser.

``python -m tests.words`` finds every sentence of the modules, adds those that are new to each .po file,
drops those that are gone, writes the .json files, and lists what waits for a translation. With a file of
lines such as ``"Send" = ["Senden", "Enviar", "Envoyer"]`` (TOML; pairs for singular and plural) it takes the
translations of that file.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

WEB = Path(__file__).parents[2] / "api/web"
STATIC, WORDS = WEB / "static", WEB / "words"
FACES = {"": ("app", "shared"), "team-": ("team", "shared")}
"""Folders of the modules of each face, by the beginning of the names of its .json files."""
OWN = tuple(sorted({folder for folders in FACES.values() for folder in folders}))
"""Folders of our own modules."""
LANGUAGES = ("de", "es", "fr")
CONTEXT = "\x04"
STRING = r'"((?:[^"\\]|\\.)*)"'
CALL = re.compile(r"(?<![\w.$])([tnc])\(\s*")
"""A call of ``t(text)``, ``n(one, many, count)`` or ``c(context, text)`` of shared/words.js."""
LITERALS = {
    "t": re.compile(STRING),
    "n": re.compile(rf"{STRING}\s*,\s*{STRING}"),
    "c": re.compile(rf"{STRING}\s*,\s*{STRING}"),
}
HEADER = """# {name}: translations of the faces. `make words` adds and sorts; translate what is empty.
msgid ""
msgstr ""
"Language: {language}\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=2; plural={plural};\\n"
"""
NAMES = {"de": "Deutsch", "es": "español", "fr": "français"}
PLURALS = {"de": "(n != 1)", "es": "(n != 1)", "fr": "(n > 1)"}


class BadCall(Exception):
    """A sentence that cannot be extracted: it is no plain literal, or a template is among its arguments."""


@dataclass(frozen=True, order=True)
class Sentence:
    """An English sentence, with its plural and its context where it has them."""

    text: str
    context: str = ""
    plural: str = ""

    @property
    def key(self) -> str:
        """Return the key in the .json file."""
        return f"{self.context}{CONTEXT}{self.text}" if self.context else self.text


def modules(folders: Iterable[str] = OWN) -> list[Path]:
    """Return our own modules, or those of some folders."""
    return sorted(
        path for name in folders for path in (STATIC / name).rglob("*.js") if path.name != "words.js"
    )


def sentences(source: str) -> Iterator[Sentence]:
    """Return the sentences of a module.

    >>> [each.text for each in sentences('t("Send"); n("{n} day", "{n} days", count); set("x")')]
    ['Send', '{n} day']
    >>> list(sentences("t(`Send`)"))
    Traceback (most recent call last):
    ...
    tests.words.face_words.BadCall: t(`Send`)

    Raises:
        BadCall: A call has something else than a literal in double quotes, or a template as an argument.
    """
    for call in CALL.finditer(source):
        name, rest = call[1], source[call.end() :]
        found = LITERALS[name].match(rest)
        if found is None or "`" in _arguments(rest):
            raise BadCall(source[call.start() : call.start() + 60].splitlines()[0])
        texts = [json.loads(f'"{text}"') for text in found.groups()]
        if name == "t":
            yield Sentence(texts[0])
        else:
            yield Sentence(texts[0], plural=texts[1]) if name == "n" else Sentence(texts[1], context=texts[0])


def _arguments(rest: str) -> str:
    """Return the arguments of a call up to its closing bracket, without the contents of strings."""
    plain, depth = re.sub(STRING, '""', rest), 0
    for place, character in enumerate(plain):
        depth += (character in "([{") - (character in ")]}")
        if depth < 0:
            return plain[:place]
    return plain


def all_sentences(folders: Iterable[str] = OWN) -> list[Sentence]:
    """Return every sentence of the faces once, or of some folders, sorted."""
    return sorted({each for path in modules(folders) for each in sentences(path.read_text(encoding="utf-8"))})


def read(language: str) -> Catalog:
    """Return the catalogue of a language; an empty one if there is no file."""
    path = WORDS / f"{language}.po"
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def forms(catalogue: Catalog, sentence: Sentence) -> list[str]:
    """Return the translations of a sentence, singular first; empty texts where there are none."""
    found = catalogue.get(sentence.text, sentence.context or None)
    given = [""] if found is None else [found.string] if isinstance(found.string, str) else list(found.string)
    wanted = 2 if sentence.plural else 1
    return (given + [""] * wanted)[:wanted]


def po_text(language: str, catalogue: Catalog, wanted: Iterable[Sentence]) -> str:
    """Return the .po file of a language: sorted, without places or dates, so that two additions merge."""
    parts = [HEADER.format(name=NAMES[language], language=language, plural=PLURALS[language])]
    for each in wanted:
        lines = [f"msgctxt {_quoted(each.context)}"] if each.context else []
        lines.append(f"msgid {_quoted(each.text)}")
        translations = forms(catalogue, each)
        if each.plural:
            lines.append(f"msgid_plural {_quoted(each.plural)}")
            lines += [f"msgstr[{number}] {_quoted(text)}" for number, text in enumerate(translations)]
        else:
            lines.append(f"msgstr {_quoted(translations[0])}")
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def json_text(catalogue: Catalog, wanted: Iterable[Sentence]) -> str:
    """Return the .json file of a language: what is translated, a line for each."""
    kept = {}
    for each in wanted:
        translations = forms(catalogue, each)
        if all(translations):
            kept[each.key] = translations if each.plural else translations[0]
    return json.dumps(kept, ensure_ascii=False, indent=0, separators=(",", ":")) + "\n"


def _translate(catalogue: Catalog, sentence: Sentence, translation: str | list[str]) -> None:
    key = (sentence.text, sentence.plural) if sentence.plural else sentence.text
    context = sentence.context or None
    catalogue.delete(sentence.text, context)
    catalogue.add(key, tuple(translation) if sentence.plural else translation, context=context)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def write(given: Mapping[str, list[str | list[str]]] | None = None) -> list[str]:
    """Write all catalogues with the translations given; return what waits for a translation."""
    wanted, waiting = all_sentences(), []
    (STATIC / "words").mkdir(exist_ok=True)
    for language in LANGUAGES:
        catalogue = read(language)
        for each in wanted:
            if translations := (given or {}).get(each.text):
                _translate(catalogue, each, translations[LANGUAGES.index(language)])
        (WORDS / f"{language}.po").write_text(po_text(language, catalogue, wanted), encoding="utf-8")
        for face, folders in FACES.items():
            of_face = json_text(catalogue, all_sentences(folders))
            (STATIC / f"words/{face}{language}.json").write_text(of_face, encoding="utf-8")
        waiting += [f"{language}: {each.text}" for each in wanted if not all(forms(catalogue, each))]
    return waiting
