"""Language of docstrings, comments, messages and pages: plain, neutral and short-lined."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = ("api", "config", "notifications", "tests")
FIRST_CHECKED_MIGRATION = "20261128"
"""Migrations before this day are history and stay as they ran."""

WORDING_OF_FINDINGS = ("api/domain/risk/explain.py",)
"""Modules whose words are part of stored findings: they change with the next name of the engine."""

TO_MEND: tuple[str, ...] = ("docs/reference/api.md",)
"""Folders and files that do not follow the rules yet; the list only ever shrinks."""

GENDERED = re.compile(
    r"\b(she|her|hers|herself|he|him|his|himself|woman|women)\b"
    r"|\bPatientin(nen)?\b|\b(la|una|las|unas) pacientes?\b|\b(la|une|les) patientes?\b",
    re.IGNORECASE,
)
GENDERED_NAMES = frozenset({"she", "her", "hers", "herself", "he", "him", "his", "woman", "women"})
ALLOWED = (
    "quality of life in women undergoing hormonal therapy",  # the title of a paper
    "The samples of these trials were women",  # a fact about the evidence
    # covariates in that reason, covered as well
    "said she wants to stop",
    "against her first four weeks",
    "times her usual interval",
    "% of her days or weeks",
)
"""Phrases that keep a gendered word, each for a reason."""

QUESTION = re.compile(r"(What|How|Whether|When|Who|Whose|Which)\b")
LONGEST_LINE = 100
MOST_WORDS_OF_A_CELL = 25

Found = tuple[str, int, str]
"""File, line and the text that breaks a rule."""


def python_files() -> list[Path]:
    files = [path for folder in SOURCES for path in (ROOT / folder).rglob("*.py")]
    versions = (ROOT / "migrations/versions").glob("*.py")
    new = [path for path in versions if path.name[:8] >= FIRST_CHECKED_MIGRATION]
    return sorted([*files, *new, ROOT / "migrations/env.py", ROOT / "wsgi.py"])


def pages() -> list[Path]:
    return [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]


def is_checked(file: str) -> bool:
    return file != "tests/architecture/test_prose.py" and not file.startswith(TO_MEND)


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def prose_of(path: Path) -> tuple[tuple[int, str], ...]:
    """Return the docstrings, messages and comments of a module, or the lines of any other file."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        return tuple(enumerate(text.splitlines(), 1))
    found = [
        (node.lineno, node.value)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value
    ]
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return (*found, *((token.start[0], token.string) for token in tokens if token.type == tokenize.COMMENT))


def docstrings(path: Path) -> Iterator[tuple[int, str]]:
    """Yield docstrings with their lines, those of attributes included."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Constant)
            and isinstance(node.value.value, str)
        ):
            yield node.lineno, node.value.value.lstrip()


def names(path: Path) -> Iterator[tuple[int, str]]:
    with path.open("rb") as file:
        for token in tokenize.tokenize(file.readline):
            if token.type == tokenize.NAME:
                yield token.start[0], token.string


def prose_lines(page: Path) -> Iterator[tuple[int, str]]:
    """Yield the lines of a page outside tables, code and comments, without the targets of links."""
    in_code = False
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        if line.lstrip().startswith("```"):
            in_code = not in_code
        elif not in_code and not line.startswith(("|", "    ", "<!--")):
            yield number, re.sub(r"https?://\S+", "", re.sub(r"\]\([^)]*\)", "]", line))


def cells(page: Path) -> Iterator[tuple[int, str]]:
    """Yield the cells of tables, without code."""
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("|"):
            for cell in re.sub(r"`[^`]*`,?", "", line).strip("|").split("|"):
                yield number, cell.strip()


def broken(found: Iterator[Found]) -> list[str]:
    return [f"{file}:{line}: {text.strip()[:120]}" for file, line, text in found if is_checked(file)]


def test_patients_are_spoken_of_without_gender() -> None:
    texts = (*python_files(), *pages(), *sorted((ROOT / "api/words").glob("*.toml")))
    assert (
        broken(
            (name_of(path), number, text)
            for path in texts
            if is_checked(name_of(path))
            for number, text in prose_of(path)
            if GENDERED.search(re.sub("|".join(map(re.escape, ALLOWED)), "", text))
        )
        == []
    )


def test_names_have_no_gender() -> None:
    assert (
        broken(
            (name_of(path), number, name)
            for path in python_files()
            if is_checked(name_of(path))
            for number, name in names(path)
            if GENDERED_NAMES & set(name.lower().split("_"))
        )
        == []
    )


def test_a_docstring_begins_with_a_verb_or_a_noun() -> None:
    assert (
        broken(
            (name_of(path), number, text)
            for path in python_files()
            if is_checked(name_of(path))
            for number, text in docstrings(path)
            if QUESTION.match(text)
        )
        == []
    )


def test_lines_of_pages_wrap_at_100() -> None:
    assert (
        broken(
            (name_of(page), number, line)
            for page in pages()
            for number, line in prose_lines(page)
            if len(line) > LONGEST_LINE
        )
        == []
    )


def test_cells_of_tables_hold_phrases() -> None:
    assert (
        broken(
            (name_of(page), number, cell)
            for page in pages()
            for number, cell in cells(page)
            if len(cell.split()) > MOST_WORDS_OF_A_CELL
        )
        == []
    )


@pytest.mark.parametrize("word", ["she", "Her", "Patientin", "una paciente"])
def test_the_check_finds_a_gendered_word(word: str) -> None:
    assert GENDERED.search(f"a text about {word} here")
