"""When a message was meant to go, what delivery counts, and a pause of planning."""

import sqlalchemy as sa
from alembic import op

revision = "20261122h"
down_revision = "20261122g"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward."""
    op.add_column("outbox", sa.Column("due_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("outbox", sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True))
    # a claim and a retry moved not_before ahead, so only an untried message says when it was meant to go
    op.execute("UPDATE outbox SET due_at = CASE WHEN attempts = 0 THEN not_before ELSE created_at END")
    op.create_table(
        "tallies",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("labels", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("name", "labels", "source", name=op.f("pk_tallies")),
    )
    op.create_table(
        "planning_pauses",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_planning_pauses")),
    )


def downgrade() -> None:
    """Take the schema back."""
    op.drop_table("planning_pauses")
    op.drop_table("tallies")
    op.drop_column("outbox", "tried_at")
    op.drop_column("outbox", "due_at")
