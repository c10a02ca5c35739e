"""worklist."""

import sqlalchemy as sa
from alembic import op

revision = "20261128_worklist"
down_revision = "20261128_known_origins"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward."""
    op.drop_index("ix_alerts_site_id_closed_at_priority_opened_at", table_name="alerts")
    op.create_index(
        "ix_alerts_waiting",
        "alerts",
        ["site_id", "status", "priority", "opened_at", "id", "told", "tier", "patient_id"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NULL"),
        sqlite_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        "ix_assessments_not_scored",
        "assessments",
        ["status", "patient_id"],
        unique=False,
        postgresql_where=sa.text("scorer IS NULL"),
        sqlite_where=sa.text("scorer IS NULL"),
    )


def downgrade() -> None:
    """Bring the schema back."""
    op.drop_index("ix_assessments_not_scored", table_name="assessments")
    op.drop_index("ix_alerts_waiting", table_name="alerts")
    op.create_index(
        "ix_alerts_site_id_closed_at_priority_opened_at",
        "alerts",
        ["site_id", "closed_at", "priority", "opened_at"],
        unique=False,
    )
