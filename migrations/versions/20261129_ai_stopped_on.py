"""Day on which a patient stopped the aromatase inhibitor."""

import sqlalchemy as sa
from alembic import op

revision = "20261129_ai_stopped_on"
down_revision = "20261129_level_intervals"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward."""
    op.add_column("patients", sa.Column("ai_stopped_on", sa.Date(), nullable=True))


def downgrade() -> None:
    """Take the schema back."""
    op.drop_column("patients", "ai_stopped_on")
