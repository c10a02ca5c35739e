"""Questionnaires from phones whose clock was ahead: what the phone said beside the corrected moment."""

import sqlalchemy as sa
from alembic import op

revision = "20261128_assessment_clocks"
down_revision = "20261128_restores"
branch_labels = None
depends_on = None

TABLES = ("assessments", "assessment_versions")


def upgrade() -> None:
    """Bring the schema forward; earlier code goes on under it."""
    for table in TABLES:
        op.add_column(table, sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True))
        op.add_column(table, sa.Column("claimed_date", sa.Date(), nullable=True))


def downgrade() -> None:
    """Take the schema back."""
    for table in TABLES:
        op.drop_column(table, "claimed_date")
        op.drop_column(table, "claimed_at")
