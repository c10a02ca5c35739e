"""Number of extra check-ins that begin on a day, beside its scores."""

import sqlalchemy as sa
from alembic import op

revision = "20261129_extra_check_ins"
down_revision = "20261129_entry_inputs"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward; the numbers are written as patients are scored again."""
    op.add_column("scores", sa.Column("extra_check_ins", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    """Take the schema back."""
    op.drop_column("scores", "extra_check_ins")
