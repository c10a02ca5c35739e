"""The intervals of the levels of pain and stiffness."""

import sqlalchemy as sa
from alembic import op

revision = "20261129_level_intervals"
down_revision = "20261129_ask_again"
branch_labels = None
depends_on = None

INTERVALS = ("pain_level_low", "pain_level_high", "stiffness_level_low", "stiffness_level_high")


def upgrade() -> None:
    """Bring the schema forward; intervals are written as patients are scored again."""
    for name in INTERVALS:
        op.add_column("scores", sa.Column(name, sa.Double(), nullable=True))


def downgrade() -> None:
    """Take the schema back."""
    for name in reversed(INTERVALS):
        op.drop_column("scores", name)
