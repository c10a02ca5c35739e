"""silence."""

import sqlalchemy as sa
from alembic import op

revision = "20261122b"
down_revision = "20261122a"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward; the day is written as patients are scored again by the new engine."""
    with op.batch_alter_table("trajectories", schema=None) as batch:
        batch.add_column(sa.Column("silent_from", sa.Date(), nullable=True))
        batch.create_index(
            op.f("ix_trajectories_silent_from_patient_id"), ["silent_from", "patient_id"], unique=False
        )


def downgrade() -> None:
    """Bring the schema back."""
    with op.batch_alter_table("trajectories", schema=None) as batch:
        batch.drop_index(op.f("ix_trajectories_silent_from_patient_id"))
        batch.drop_column("silent_from")
