"""Setting plans where the clocks of two processes differ."""

from datetime import UTC, datetime, timedelta

from api.db.database import Database
from api.domain.plans.presets import ARTICLE, EVIDENCE
from api.domain.schedule import local_day, zone_of
from api.models.patient import Patient
from api.services.plans import plans
from api.services.plans.plans import PlanRequest
from tests.support.builders import Clinic

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_of_one_day_the_last_plan_counts_also_where_its_clock_is_behind(
    database: Database, clinic: Clinic
) -> None:
    by, behind = clinic.site_admin.principal, NOW - timedelta(seconds=2)
    day = local_day(NOW, zone_of("Europe/Berlin"))
    with database.begin() as session:
        patient = session.get_one(Patient, clinic.patient.id)
        for plan, now in ((ARTICLE, NOW), (EVIDENCE, behind)):
            assert plans.set_for_site(session, by, PlanRequest(plan), now=now)
            assert plans.set_for_patient(session, by, patient, PlanRequest(plan), now=now)
            found = plans.plan_history(session, clinic.site.id, patient.id)
            assert (found.site[-1].plan, found.current(day).plan) == (plan, plan)
