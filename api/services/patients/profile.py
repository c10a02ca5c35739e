"""Profile of the caller."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from api.domain.authority import ActorKind, Principal
from api.domain.enrolment import Language
from api.domain.site_texts import SITE_TEXTS, in_language
from api.models.proxy import Proxy
from api.models.site import Site, Team
from api.models.staff import ServiceAccount, Staff
from api.services.access import visibility
from api.services.care.optional_questions import questions_for
from api.services.reminders.due_now import due_tasks

NOTICE = (
    "This is not an emergency line: entries are not read at once. In an emergency call the emergency "
    "number where you are."
)

_OWN_PROFILE = (
    "name", "reference", "status", "ai", "ai_started_on", "timezone", "timezone_follows_phone", "language",
    "check_in_weekday", "check_in_at", "check_in_again_at", "check_in_due_at", "snoozed_until",
    "paused_until", "extra_check_ins", "quiet_from", "quiet_until", "discreet", "email", "enrolled_at",
    "version",
)  # fmt: skip

_SHOWN_TO_PROXY = (
    "name", "status", "ai_started_on", "timezone", "language", "check_in_weekday", "check_in_at",
    "check_in_again_at", "check_in_due_at", "snoozed_until", "paused_until", "version",
)  # fmt: skip
"""Attributes that the app of somebody let in needs, without the patient's address, reference and privacy."""


def profile_of(session: Session, by: Principal, *, now: datetime) -> dict[str, Any]:
    """Return the caller's account or record, with the due tasks of a patient."""
    site = session.get_one(Site, by.site_id)
    known: dict[str, Any] = {"kind": by.kind, "id": by.id, "site": site, "scopes": sorted(by.scopes)}
    if by.kind is ActorKind.PROXY:
        known["proxy"] = session.get_one(Proxy, by.proxy_id)
    if by.is_for_patient:
        return known | _patient(session, by, site, now)
    if by.kind is ActorKind.STAFF:
        return known | _staff(session, by)
    return known | {"name": session.get_one(ServiceAccount, by.id).name}


def _patient(session: Session, by: Principal, site: Site, now: datetime) -> dict[str, Any]:
    patient = visibility.find_patient(session, by, by.id)
    names = _SHOWN_TO_PROXY if by.kind is ActorKind.PROXY else _OWN_PROFILE
    profile = {name: getattr(patient, name) for name in names}
    return profile | {
        "care_team": _care_team(site, Language(patient.language)),
        "due": due_tasks(session, patient, now=now),
        "questions": questions_for(session, patient, now=now),
    }


def _care_team(site: Site, language: Language) -> dict[str, Any]:
    numbers = {name: getattr(site, name) for name in ("phone", "emergency_number", "crisis_line")}
    texts = {name: in_language(getattr(site, name), language) for name in SITE_TEXTS}
    return {"contact": site.contact, "notice": NOTICE, **numbers, **texts}


def _staff(session: Session, by: Principal) -> dict[str, Any]:
    staff = session.get_one(Staff, by.id)
    own = {name: getattr(staff, name) for name in ("name", "email", "email_notices", "language", "role")}
    return own | {
        "team": session.get_one(Team, by.team_id) if by.team_id else None,
        "one_time_codes": staff.totp_confirmed_at is not None,
    }
