"""Notice to a patient about a possible emergency, with the numbers of the site."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.domain.authority import Principal
from api.domain.enrolment import Language
from api.domain.entries.emergency import EmergencyNotice, SiteNumbers, notice_about
from api.models.patient import Patient
from api.models.site import Site


def notice_for(session: Session, by: Principal, flags: tuple[str, ...]) -> EmergencyNotice | None:
    """Return the notice for the patient's ``flags`` in the patient's language, None where none is due."""
    row = session.execute(
        select(Patient.language, Site.contact, Site.emergency_number, Site.crisis_line)
        .join(Site, Site.id == Patient.site_id)
        .where(Patient.id == by.id)
    ).one_or_none()
    if row is None:
        return None
    language, contact, emergency_number, crisis_line = row
    numbers = SiteNumbers(contact, emergency_number, crisis_line)
    return notice_about(flags, numbers=numbers, language=Language(language))
