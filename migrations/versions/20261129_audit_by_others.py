"""An index of the audit for patients: who else used their data."""

import sqlalchemy as sa
from alembic import op

revision = "20261129_audit_by_others"
down_revision = "20261129_ai_stopped_on"
branch_labels = None
depends_on = None

BY_OTHERS = sa.text("actor_kind <> 'patient'")


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_index(
        "ix_audit_by_others",
        "audit",
        ["patient_id", "id"],
        sqlite_where=BY_OTHERS,
        postgresql_where=BY_OTHERS,
    )


def downgrade() -> None:
    """Take the schema back."""
    op.drop_index("ix_audit_by_others", table_name="audit")
