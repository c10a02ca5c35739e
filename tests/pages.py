"""The pages of `docs` that are made from definitions: `make pages` writes them, a test holds them to it."""

from pathlib import Path

from api.domain.guidance import page as guidance
from api.domain.instruments.fingerprint import newest
from api.domain.instruments.registry import INSTRUMENTS
from api.services.questionnaires import instrument_pages
from api.services.questionnaires.instrument_pages import WorkedExample
from tests.domain.instruments.worked_examples import examples_of, source_of

DOCS = Path(__file__).parents[1] / "docs"
INDEX = DOCS / "instruments/README.md"
BEGIN, END = "<!-- made by `make pages`: the table -->\n", "<!-- the table ends -->\n"


def generated() -> dict[Path, str]:
    """Return the text of every page that is made, by its file."""
    present = list(newest(INSTRUMENTS).values())
    pages = {DOCS / f"instruments/{each.code}.md": _page(each) for each in present}
    head, _, rest = INDEX.read_text(encoding="utf-8").partition(BEGIN)
    _, _, foot = rest.partition(END)
    table = f"{head}{BEGIN}\n{instrument_pages.index(present)}\n\n{END}{foot}"
    return pages | {INDEX: table, DOCS / "guidance.md": guidance.page()}


def _page(instrument) -> str:
    examples = [
        WorkedExample(each.name, each.answers, each.options, tuple(each.scores))
        for each in examples_of(instrument.code)
    ]
    return instrument_pages.page(instrument, source_of(instrument.code), examples)


if __name__ == "__main__":
    for file, text in generated().items():
        file.write_text(text, encoding="utf-8")
