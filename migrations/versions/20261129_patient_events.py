"""Events for patients: what a site shows of them, and an index of the looks at a diary."""

import sqlalchemy as sa
from alembic import op

revision = "20261129_patient_events"
down_revision = "20261129_erasure_requests"
branch_labels = None
depends_on = None

LOOKS = sa.text("actor_kind = 'staff' AND action IN ('entries.read', 'trajectory.read', 'alert.read')")


def upgrade() -> None:
    """Bring the schema forward; code of before goes on under it, as no new column needs a value."""
    op.add_column("sites", sa.Column("hidden_events", sa.JSON(), nullable=True))
    op.add_column(
        "sites", sa.Column("events_name_staff", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.create_index(
        "ix_audit_looks", "audit", ["patient_id", "at"], sqlite_where=LOOKS, postgresql_where=LOOKS
    )


def downgrade() -> None:
    """Take the schema back."""
    op.drop_index("ix_audit_looks", table_name="audit")
    op.drop_column("sites", "events_name_staff")
    op.drop_column("sites", "hidden_events")
