"""Origin of questionnaires, and patients whose check-ins the team asks for by telephone."""

import sqlalchemy as sa
from alembic import op

revision = "20261129_staff_entries"
down_revision = "20261129_assignments"
branch_labels = None
depends_on = None

_TABLES = ("assessments", "assessment_versions")


def upgrade() -> None:
    """Bring the schema forward; code of before goes on under it, as every new column has a default."""
    for table in _TABLES:
        op.add_column(table, sa.Column("via", sa.String(), server_default="app", nullable=False))
        op.add_column(table, sa.Column("reported_by", sa.String(), server_default="patient", nullable=False))
    op.add_column(
        "patients", sa.Column("by_telephone", sa.Boolean(), server_default=sa.false(), nullable=False)
    )


def downgrade() -> None:
    """Take the schema back."""
    op.drop_column("patients", "by_telephone")
    for table in _TABLES:
        op.drop_column(table, "reported_by")
        op.drop_column(table, "via")
