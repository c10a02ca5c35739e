"""The catalogue as a page for people."""

from collections.abc import Mapping
from types import MappingProxyType

from api.domain.guidance.definition import GuidanceItem, Section, Verdict
from api.domain.guidance.registry import CATALOGUE

HEAD = """# Guidance: what was advised, and what the evidence says

This page is made from the catalogue: `flask --app wsgi guidance > docs/guidance.md`. A test holds it against
the code.

The article this product grew from, written by a machine and never reviewed, advises treatments and intervals.
Here is every such statement of it in our own words, with a verdict, and what it leaves out although evidence
supports it. **Nothing here is shown to a patient, and nothing is shown beside an alert until the site has
approved it.** It is no substitute for clinical judgement.

| verdict | meaning | a site may |
|---|---|---|
| supported | trials or a guideline speak for it | approve it |
| weak | small, uncontrolled, contradicted or no evidence | approve it; the verdict is shown with it |
| wrong interval | the right thing, too often | approve it knowingly, with a note; the right one is shown |
| wrong indication | it belongs to another disease | not approve it: withheld for good, with the reason |

A site admin reads the catalogue with `GET /v1/guidance` and decides with
`POST /v1/guidance/{item}/decisions`: `approved` or `withdrawn`, with a note. Decisions are added, never
overwritten, and audited. An approval holds for the words that were approved: where a later version of the
software says something else, the item is proposed again.

Approved items of the alert's severity appear in `GET /v1/alerts/{id}`, with verdict and evidence. The
severity is that of her newest score while that is no older than an answer that counts (28 days,
`level_fresh_days`), and severe for an alert of severe symptoms; where it is not known, only what holds at
any severity is shown. Beside a red flag or an atypical picture no treatment is shown: look for another
cause first. *Unverified* marks what was not read in a source.
"""

TITLES: Mapping[Section, str] = MappingProxyType(
    {
        Section.MILD: "Mild symptoms",
        Section.MODERATE: "Moderate symptoms",
        Section.SEVERE: "Severe symptoms",
        Section.MONITORING: "Monitoring",
        Section.CONSIDERATIONS: "Special considerations",
        Section.PITFALLS: "Pitfalls",
        Section.OMITTED: "Left out by the article",
    }
)


def page() -> str:
    """Return the page, in Markdown."""
    return "\n".join([HEAD, *map(_section, Section)])


def _section(section: Section) -> str:
    items = [_item(item) for item in CATALOGUE if item.section is section]
    return "\n".join([f"## {TITLES[section]}\n", *items])


def _item(item: GuidanceItem) -> str:
    withheld = " (withheld for good)" if item.verdict is Verdict.WRONG_INDICATION else ""
    severities = ", ".join(severity.value for severity in item.severities)
    papers = [f"  - {citation.text}" for citation in item.citations] or ["  - none found"]
    lines = [
        f"### `{item.id}`\n",
        f"{item.words}\n",
        f"- **Verdict**: {item.verdict.value.replace('_', ' ')}{withheld}",
        f"- **Severity**: {severities}",
        f"- **Evidence**: {item.evidence}",
        *([f"- **Right would be**: {item.correction}"] if item.correction else []),
        "- **Sources**:",
        *papers,
    ]
    return "\n".join(lines) + "\n"
