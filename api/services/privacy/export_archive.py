"""The file of an export: a ZIP archive with JSON, tables (CSV) and a page to print."""

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import IO, Any, Protocol, cast
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from api.db.database import Database
from api.domain.access_log import describe_use
from api.domain.enrolment import Language
from api.domain.entries.questions import QUESTIONS
from api.models.patient import Patient
from api.models.site import Site, Team
from api.services.privacy.access_log import roles_of
from api.services.privacy.export_page import Say, SummaryPage
from api.services.privacy.export_questionnaires import Questionnaires
from api.services.privacy.export_records import (
    ALERTS,
    ASSESSMENTS,
    AUDIT,
    EVIDENCE,
    INTERNAL,
    RECORDS,
    Records,
    reason_for_patient,
)

Translate = Callable[[str, Language], str]
"""Returns a sentence in a language."""

_ANSWERS = tuple(question.name for question in QUESTIONS)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""First letters by which a spreadsheet takes a text for a formula."""


class Writer(Protocol):
    """A file that is written from beginning to end."""

    def write(self, data: bytes) -> int:
        """Take bytes."""

    def flush(self) -> None:
        """Pass on what waits."""


def write_archive(
    database: Database, patient_id: UUID, file: Writer, *, translate: Translate, now: datetime
) -> None:
    """Write everything that is kept about a patient, page by page, so that memory stays bounded.

    ``data.json`` has every record, each table the records of one kind, and ``summary.html`` the diary,
    questionnaires, measurements and notices to read or print, in the patient's language.
    """
    with database.read() as session:
        patient = session.get_one(Patient, patient_id)
        site, team = session.get_one(Site, patient.site_id), session.get_one(Team, patient.team_id)
        language = Language(patient.language)
        content = _Content(session, patient, site, lambda text: translate(text, language))
        # the archive only needs `write` and `flush`, as nothing is ever sought
        with ZipFile(cast("IO[bytes]", file), "w", ZIP_DEFLATED) as archive:
            with _member(archive, "data.json", now) as text:
                content.write_json(text, team, now=now)
            for records in RECORDS:
                with _member(archive, f"{records.name}.csv", now) as text:
                    content.write_table(text, records)
            with _member(archive, "summary.html", now) as text:
                SummaryPage(text, session, patient=patient, site=site, say=content.say).write(now=now)


@contextmanager
def _member(archive: ZipFile, name: str, now: datetime) -> Iterator[io.TextIOWrapper]:
    """Open a member of the archive for text; tables begin with the mark by which spreadsheets know UTF-8."""
    info = ZipInfo(name, now.timetuple()[:6])
    info.compress_type, info.external_attr = ZIP_DEFLATED, 0o600 << 16
    encoding = "utf-8-sig" if name.endswith(".csv") else "utf-8"
    with (
        archive.open(info, "w", force_zip64=True) as raw,
        io.TextIOWrapper(raw, encoding=encoding, newline="") as text,
    ):
        yield text


class _Content:
    """The records of one patient as JSON and as tables."""

    def __init__(self, session: Session, patient: Patient, site: Site, say: Say) -> None:
        self.say = say
        self._session, self._patient, self._site = session, patient, site
        self._questionnaires = Questionnaires(session, site.id, patient.language)

    def write_json(self, text: IO[str], team: Team, *, now: datetime) -> None:
        person = {
            name: getattr(self._patient, name)
            for name in inspect(Patient).column_attrs.keys()  # noqa: SIM118 - its items are no keys
            if name not in INTERNAL
        }
        person |= {"clinic": self._site.name, "team": team.name}
        text.write(f'{{"made_at": {_json(now)},\n"patient": {_json(person)}')
        for records in RECORDS:
            text.write(f",\n{_json(records.name)}: [")
            for number, row in enumerate(self._rows(records)):
                text.write(("," if number else "") + "\n" + _json(row))
            text.write("]")
        text.write("}\n")

    def write_table(self, text: IO[str], records: Records) -> None:
        columns = self._columns(records)
        flat = [name for name in columns if name != "answers" or records.name not in _DIARY]
        answers = _ANSWERS if len(flat) < len(columns) else ()
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow([*flat, *answers])
        for row in self._rows(records):
            given = row.get("answers", {}) if answers else {}
            cells = [*(row[name] for name in flat), *(given.get(name) for name in answers)]
            writer.writerow([_cell(each) for each in cells])

    def _rows(self, records: Records) -> Iterator[dict[str, Any]]:
        if records is AUDIT:
            return self._uses()
        rows = records.rows(self._session, self._patient)
        if records in {ALERTS, EVIDENCE}:
            return (row | {"reason": self._reason(row)} for row in rows)
        if records is ASSESSMENTS:
            return (row | self._in_full(row) for row in rows)
        return rows

    def _reason(self, row: Mapping[str, Any]) -> str | None:
        reason = reason_for_patient(row["kind"], row["reason"])
        return self.say(reason) if reason else None

    def _in_full(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Return the full name of a questionnaire and of the questions that were answered."""
        code = row["instrument"]
        asked = self._questionnaires.questions(code)
        questions = {item: asked[item] for item in row["answers"] if item in asked}
        return {"instrument_name": self._questionnaires.name(code), "questions": questions}

    def _uses(self) -> Iterator[dict[str, Any]]:
        """Yield the uses of the patient's data as the access log shows them: by role, in plain words."""
        for page in AUDIT.pages(self._session, self._patient):
            roles = roles_of(self._session, page)
            for row in page:
                role = roles.get(row.actor_id)
                sentence = self.say(describe_use(row.action))
                yield dict(zip(_USES, (row.at, row.actor_kind, role, row.action, sentence), strict=True))

    def _columns(self, records: Records) -> tuple[str, ...]:
        if records is AUDIT:
            return _USES
        in_full = ("instrument_name", "questions") if records is ASSESSMENTS else ()
        return (*records.columns, *in_full)


_USES = ("at", "actor_kind", "role", "action", "sentence")
_DIARY = frozenset({"entries", "entry_versions"})
"""Tables in which each question of an entry has a column."""


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=_plain)


def _plain(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _cell(value: Any) -> str:
    """Return a value as text that no spreadsheet takes for a formula."""
    if value is None:
        return ""
    if isinstance(value, dict | list):
        return _json(value)
    if isinstance(value, bool):
        return str(value).lower()
    text = _plain(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA) else text
