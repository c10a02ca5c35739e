"""Page of the guidance catalogue, in Markdown."""

import textwrap
from collections.abc import Mapping

from api.domain.guidance.definition import GuidanceItem, Section, Verdict
from api.domain.guidance.registry import CATALOGUE

HEAD = """# Guidance: statements and their evidence

This page is made from the catalogue: `flask --app wsgi guidance > docs/reference/guidance.md`. A
test compares it with the code.

The article this product grew from, written by a machine and never reviewed, advises treatments and
intervals. This page lists every such statement in our own words, with a verdict, and the statements
that the article omits although evidence supports them. **Nothing here is shown to a patient, and
nothing is shown with an alert until the site has approved it.** It does not replace clinical
judgement. The samples of these trials were women; results in men were not read.

| verdict | meaning | a site may |
|---|---|---|
| supported | by trials or a guideline | approve it |
| weak | small, uncontrolled, contradicted or no evidence | approve it; the verdict is shown with it |
| wrong interval | right, but too often | approve it with a note; the right interval is shown |
| wrong indication | it belongs to another disease | not approve it: withheld permanently |

A site admin reads the catalogue with `GET /v1/guidance` and decides with `POST
/v1/guidance/{item}/decisions`: `approved` or `withdrawn`, with a note. Decisions are added, never
overwritten, and audited. An approval holds for the words that were approved: where a later version
of the software changes them, the item is proposed again.

Approved items of the alert's severity appear in `GET /v1/alerts/{id}`, with verdict and evidence.
The severity is that of the patient's newest score, if that is at most 28 days old
(`level_fresh_days`). An alert of severe symptoms counts as severe. Where the severity is not known,
only items for any severity are shown. A red flag or an atypical pattern shows no treatment, because
another cause must be excluded first. *Unverified* marks statements that were not read in a source.
"""

TITLES: Mapping[Section, str] = {
    Section.MILD: "Mild symptoms",
    Section.MODERATE: "Moderate symptoms",
    Section.SEVERE: "Severe symptoms",
    Section.MONITORING: "Monitoring",
    Section.CONSIDERATIONS: "Special considerations",
    Section.PITFALLS: "Pitfalls",
    Section.OMITTED: "Omitted by the article",
}


def page() -> str:
    """Return the page, in Markdown."""
    return "\n".join([HEAD, *map(_section, Section)])


def _section(section: Section) -> str:
    items = [_item(item) for item in CATALOGUE if item.section is section]
    return "\n".join([f"## {TITLES[section]}\n", *items])


def _item(item: GuidanceItem) -> str:
    withheld = " (withheld permanently)" if item.verdict is Verdict.WRONG_INDICATION else ""
    severities = ", ".join(severity.value for severity in item.severities)
    papers = [_wrapped(f"  - {citation.text}") for citation in item.citations] or ["  - none found"]
    lines = [
        f"### `{item.id}`\n",
        f"{_wrapped(item.text)}\n",
        f"- **Verdict**: {item.verdict.value.replace('_', ' ')}{withheld}",
        f"- **Severity**: {severities}",
        _wrapped(f"- **Evidence**: {item.evidence}"),
        *([_wrapped(f"- **Correction**: {item.correction}")] if item.correction else []),
        "- **Sources**:",
        *papers,
    ]
    return "\n".join(lines) + "\n"


def _wrapped(text: str) -> str:
    """Return the text wrapped at 100, with the lines of a list item indented below it."""
    depth = len(text) - len(text.lstrip(" -"))
    return textwrap.fill(
        text, 100, subsequent_indent=" " * depth, break_long_words=False, break_on_hyphens=False
    )
