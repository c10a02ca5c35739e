"""An index of the looks at questionnaires, and another name for a kind of events for patients."""

import json

import sqlalchemy as sa
from alembic import op

revision = "20261129_assessment_looks"
down_revision = "20261129_audit_filters"
branch_labels = None
depends_on = None

LOOKS = sa.text("actor_kind = 'staff' AND action = 'assessments.read'")
BEFORE, SINCE = "alert.told", "alert.notified"


def _rename(old: str, new: str) -> None:
    """Name a kind of events anew among those that sites hide."""
    sites = sa.table("sites", sa.column("id", sa.Uuid()), sa.column("hidden_events", sa.JSON()))
    connection = op.get_bind()
    for site_id, hidden in connection.execute(sa.select(sites.c.id, sites.c.hidden_events)).all():
        kinds = json.loads(hidden) if isinstance(hidden, str) else hidden
        if kinds and old in kinds:
            renamed = [new if kind == old else kind for kind in kinds]
            connection.execute(sites.update().where(sites.c.id == site_id).values(hidden_events=renamed))


def upgrade() -> None:
    """Bring the schema forward; code of before shows that kind again until it is restarted."""
    op.create_index(
        "ix_audit_questionnaire_looks",
        "audit",
        ["patient_id", "at"],
        sqlite_where=LOOKS,
        postgresql_where=LOOKS,
    )
    _rename(BEFORE, SINCE)


def downgrade() -> None:
    """Take the schema back."""
    _rename(SINCE, BEFORE)
    op.drop_index("ix_audit_questionnaire_looks", table_name="audit")
