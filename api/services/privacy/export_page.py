"""The printable page of an export: one light HTML file without scripts, for A4 and Letter."""

from collections.abc import Callable, Iterator
from datetime import datetime
from html import escape
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from api.models.patient import Patient
from api.models.site import Site
from api.services.privacy.export_questionnaires import Questionnaires
from api.services.privacy.export_records import (
    ALERTS,
    ASSESSMENTS,
    ENTRIES,
    MEASUREMENTS,
    Records,
    reason_for_patient,
)
from api.services.privacy.export_words import PAGE, QUESTIONS, answer_words

Say = Callable[[str], str]
"""Translates a sentence into the language of the patient."""

_COLUMNS = ("pain_worst", "stiffness", "dose")
"""Answers with a column of their own; the others follow by name."""

STYLE = """
@page { margin: 15mm }
html { color-scheme: light }
body { font: 11pt/1.4 system-ui, sans-serif; color: #111; background: #fff }
body { margin: 1em auto; max-width: 60em; padding: 0 1em }
h1 { font-size: 18pt }
h2 { font-size: 14pt; break-after: avoid }
table { border-collapse: collapse; width: 100% }
th, td { border: 1px solid #777; padding: .2em .4em; text-align: start; vertical-align: top }
td { overflow-wrap: anywhere }
thead { display: table-header-group }
tr { break-inside: avoid }
.w { text-decoration: line-through }
@media print { body { margin: 0; max-width: none; padding: 0 } }
"""


class TextFile(Protocol):
    """A file that takes text."""

    def write(self, text: str, /) -> object:
        """Write text."""


class SummaryPage:
    """Writes the page of one patient."""

    def __init__(self, file: TextFile, session: Session, *, patient: Patient, site: Site, say: Say) -> None:
        """Write into ``file`` in the language of ``say``."""
        self._file, self._session, self._patient, self._site, self._say = file, session, patient, site, say
        self._zone = ZoneInfo(patient.timezone)
        self._questionnaires = Questionnaires(session, site.id, patient.language)

    def write(self, *, now: datetime) -> None:
        """Write the whole page."""
        title = self._text("title")
        made = self._text("made").replace("{day}", self._moment(now))
        times = self._text("times").replace("{zone}", self._patient.timezone)
        self._file.write(
            f'<!doctype html>\n<html lang="{escape(self._patient.language)}">\n<head><meta charset="utf-8">'
            f'<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"<title>{title}</title><style>{STYLE}</style></head>\n<body><h1>{title}</h1>\n"
            f"<p>{escape(made)} {escape(times)}</p>\n<p>{self._text('warning')}</p>\n"
        )
        self._details()
        day, saved, more = (self._text(name) for name in ("day", "saved", "more"))
        questions = [escape(self._say(QUESTIONS[name])) for name in _COLUMNS]
        self._table("entries", [day, saved, *questions, more], ENTRIES, self._entry)
        what, value, answers = (self._text(name) for name in ("what", "value", "answers"))
        self._table("questionnaires", [day, what, answers], ASSESSMENTS, self._questionnaire)
        self._table("measurements", [day, what, value], MEASUREMENTS, self._measurement)
        reason, opened, closed = (self._text(name) for name in ("reason", "opened", "closed"))
        self._table("notices", [opened, reason, closed], ALERTS, self._notice)
        self._file.write("</body></html>\n")

    def _details(self) -> None:
        patient = self._patient
        known = {"name": patient.name, "reference": patient.reference, "clinic": self._site.name}
        known |= {name: getattr(patient, name) for name in ("birth_year", "ai", "ai_started_on")}
        rows = "".join(
            f"<tr><th scope=row>{self._text(name)}</th><td>{_shown(value)}</td></tr>"
            for name, value in known.items()
            if value is not None
        )
        self._file.write(f"<h2>{self._text('details')}</h2>\n<table>{rows}</table>\n")

    def _table(
        self, name: str, heads: list[str], records: Records, cells: Callable[[Any], list[str]]
    ) -> None:
        self._file.write(f"<h2>{self._text(name)}</h2>\n")
        head = "".join(f"<th scope=col>{each}</th>" for each in heads)
        empty = True
        for row in self._rows(records):
            if empty:
                self._file.write(f"<table><thead><tr>{head}</tr></thead><tbody>\n")
                empty = False
            struck = " class=w" if getattr(row, "withdrawn", False) else ""
            self._file.write(f"<tr{struck}>" + "".join(f"<td>{each}</td>" for each in cells(row)) + "</tr>\n")
        self._file.write(f"<p>{self._text('none')}</p>\n" if empty else "</tbody></table>\n")

    def _rows(self, records: Records) -> Iterator[Any]:
        for page in records.pages(self._session, self._patient):
            yield from page

    def _entry(self, row: Any) -> list[str]:
        given = {name: self._answer(value) for name, value in row.answers.items()}
        more = [
            f"{escape(self._say(QUESTIONS.get(name, name)))}: {words}"
            for name, words in given.items()
            if name not in _COLUMNS
        ]
        if row.withdrawn:
            more.insert(0, self._text("withdrawn"))
        own = [given.get(name, "") for name in _COLUMNS]
        return [_shown(row.local_date), escape(self._moment(row.recorded_at)), *own, "<br>".join(more)]

    def _questionnaire(self, row: Any) -> list[str]:
        asked = self._questionnaires.questions(row.instrument)
        answers = "<br>".join(
            f"{escape(asked.get(item, item))}: {escape(str(value))}" for item, value in row.answers.items()
        )
        name = self._questionnaires.name(row.instrument)
        return [_shown(row.local_date), escape(name), answers]

    def _measurement(self, row: Any) -> list[str]:
        entered = "<br>".join(
            f"{escape(name)}: {escape(str(value))}" for name, value in sorted(row.entered.items())
        )
        return [_shown(row.measured_on), escape(row.kind.replace("_", " ")), entered]

    def _notice(self, row: Any) -> list[str]:
        closed = self._moment(row.closed_at) if row.closed_at else ""
        reason = reason_for_patient(row.kind, row.reason)
        return [
            escape(self._moment(row.opened_at)),
            escape(self._say(reason) if reason else ""),
            escape(closed),
        ]

    def _answer(self, value: Any) -> str:
        return escape(", ".join(self._say(word) for word in answer_words(value)))

    def _moment(self, moment: datetime) -> str:
        return f"{moment.astimezone(self._zone):%Y-%m-%d %H:%M}"

    def _text(self, name: str) -> str:
        return escape(self._say(PAGE[name]))


def _shown(value: Any) -> str:
    return escape(str(value))
