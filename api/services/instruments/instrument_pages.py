"""Reference page of each questionnaire, made from its definition and worked examples."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from api.domain.instruments.change import shown
from api.domain.instruments.definition import Instrument, Item, Option, Wording
from api.domain.instruments.scoring import score
from api.domain.instruments.spans import spans
from api.services.instruments.interpretation_text import scores_section
from api.services.instruments.jsonl_scoring import as_line, score_line
from api.services.instruments.markdown import bullets, paragraph, table

WORDINGS: Mapping[Wording, str] = {
    Wording.OURS: "our own words",
    Wording.ATTRIBUTED: "shipped, with attribution",
    Wording.NOT_SHIPPED: "not shipped",
}


@dataclass(frozen=True, slots=True)
class WorkedExample:
    """Answers to one questionnaire, and the scores to show; scores are computed again."""

    name: str
    answers: Mapping[str, object]
    options: Mapping[str, object]
    scores: Sequence[str]


def page(instrument: Instrument, source: str, examples: Sequence[WorkedExample]) -> str:
    """Return the page of an instrument, in Markdown.

    Args:
        instrument: The questionnaire.
        source: Source of the worked examples.
        examples: At least one; the first is shown line by line.
    """
    head = [
        f"# {instrument.name}",
        paragraph(
            f"`{instrument.code}`, version {instrument.version}. Made from the definition by `make pages`; "
            "[all instruments](README.md)."
        ),
        paragraph(f"**Recall:** {instrument.recall_period}."),
        *([paragraph(f"**Retired:** it {instrument.retired.notice}.")] if instrument.retired else []),
    ]
    parts = [*head, *_items(instrument), *scores_section(instrument), *_rules(instrument)]
    parts += _examples(instrument, source, examples)
    parts += ["## Cautions", bullets(instrument.cautions)] if instrument.cautions else []
    licence = instrument.licence
    terms = paragraph(f"Wording: {_worded(instrument)}. {licence.terms} ({licence.source}).")
    parts += ["## Licence", terms]
    return "\n\n".join([*parts, "## Sources", bullets(instrument.sources)]) + "\n"


def index(instruments: Sequence[Instrument]) -> str:
    """Return the table of all instruments, in Markdown."""
    rows = [
        [
            f"[{each.name}]({each.code}.md){' (retired)' if each.retired else ''}",
            f"`{each.code}`",
            _item_count(each),
            ", ".join(f"`{of.id}`" for of in each.scores if of.standard_error_of is None),
            _worded(each),
        ]
        for each in instruments
    ]
    return table(["instrument", "code", "items", "scores", "wording"], rows)


def _item_count(instrument: Instrument) -> str:
    numbers, lists = (
        sum(item.is_on_form and bool(item.choices) is listed for item in instrument.items)
        for listed in (False, True)
    )
    return f"{numbers} and {lists} lists" if lists else str(numbers)


def _worded(instrument: Instrument) -> str:
    words = WORDINGS[instrument.licence.wording]
    worded = sum(bool(item.texts) for item in instrument.items)
    return f"{worded} of {len(instrument.items)} items {words}" if worded else words


def _items(instrument: Instrument) -> list[str]:
    values = {item.id: (_takes(item), " / ".join(item.texts.values())) for item in instrument.items}
    rows: list[tuple[list[str], tuple[str, str]]] = []
    for span in spans(values):
        value = span.value
        if rows and rows[-1][1] == value and not value[1]:
            rows[-1][0].append(span.long)
        else:
            rows.append(([span.long], value))
    worded = any(text for _, (_, text) in rows)
    cells = [[", ".join(names), answer, *([text or "–"] if worded else [])] for names, (answer, text) in rows]
    note = "The wording is not here: a site that holds a licence [loads its own text](README.md#wording)."
    columns = ["items", "answer", *(["wording"] if worded else [])]
    return ["## Items", *([] if worded else [note]), table(columns, cells)]


def _takes(item: Item) -> str:
    if item.choices:
        return "a list of some of " + ", ".join(f"`{choice}`" for choice in item.choices)
    number = "whole number" if item.is_integer else "number"
    note = "" if item.is_on_form else "; accepted, not on this form"
    return f"{number}, {item.lowest:g} to {item.highest:g}{note}"


def _rules(instrument: Instrument) -> list[str]:
    rules = [
        "## How it is scored",
        paragraph(instrument.algorithm),
        paragraph(f"**Missing answers.** {instrument.missing_rule} A blank is never 0."),
    ]
    return rules + [
        paragraph(f"**Option `{option.name}`**: {_option(option)}.") for option in instrument.options
    ]


def _option(option: Option) -> str:
    if isinstance(option.default, bool):
        return f"{option.description}; true or false, {str(option.default).lower()} by default"
    span = f"{option.lowest} to {option.highest}"
    return f"{option.description}; {span}, {option.default} by default"


def _examples(instrument: Instrument, source: str, examples: Sequence[WorkedExample]) -> list[str]:
    first = examples[0]
    request = {"instrument": instrument.code, "version": instrument.version, "answers": dict(first.answers)}
    request |= {"options": dict(first.options)} if first.options else {}
    lines = "".join(f"    {as_line(line).decode()}" for line in (request, score_line(request)))
    file = f"[{instrument.code}.csv](../../../tests/data/instruments/{instrument.code}.csv)"
    return [
        "## Worked examples",
        paragraph(f"From {file}: {source}."),
        f"*{first.name}*, as a line for `flask --app wsgi score` and its answer:",
        lines.rstrip("\n"),
        "All of them (`-` not scored; `q1..3` is q1, q2 and q3):",
        bullets([_case(instrument, example) for example in examples]),
    ]


def _case(instrument: Instrument, example: WorkedExample) -> str:
    answers = [f"{span.short}={_plain(span.value)}" for span in spans(example.answers)]
    options = " ".join(f"{name}={_plain(value)}" for name, value in example.options.items())
    found = score(instrument, example.answers, example.options).scores
    shown_scores = {name: found[name] for name in example.scores}
    scores = " ".join(f"{name}={'-' if v is None else shown(v)}" for name, v in shown_scores.items())
    given = f"`{' '.join(answers)}`" if answers else "no answer"
    return f"{example.name}: {given}{f' with `{options}`' if options else ''} gives `{scores}`"


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return f"{value:g}"
    return "+".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
