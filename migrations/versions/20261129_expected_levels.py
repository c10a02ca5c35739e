"""Levels of symptoms that the team knows of, for each patient."""

import sqlalchemy as sa
from alembic import op

revision = "20261129_expected_levels"
down_revision = "20261129_assessment_looks"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward; code of before goes on under it."""
    op.add_column("patients", sa.Column("expected_levels", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Take the schema back."""
    op.drop_column("patients", "expected_levels")
