"""Reminders of extra check-ins, and patients who want none."""

import sqlalchemy as sa
from alembic import op

revision = "20261129_ask_again"
down_revision = "20261129_extra_check_ins"
branch_labels = None
depends_on = None

SINCE = "purpose IN ('check_in', 'extra_check_in', 'reassessment')"
BEFORE = "purpose IN ('check_in', 'reassessment')"


def _purposes(condition: str) -> None:
    """Write the purposes anew; SQLite's copy of the table comes without any constraint."""
    with op.batch_alter_table("reminders") as batch:
        if op.get_bind().dialect.name != "sqlite":
            batch.drop_constraint(op.f("ck_reminders_purpose"), type_="check")
        batch.create_check_constraint(op.f("ck_reminders_purpose"), sa.text(condition))


def upgrade() -> None:
    """Bring the schema forward."""
    op.add_column(
        "patients", sa.Column("extra_check_ins", sa.Boolean(), server_default=sa.true(), nullable=False)
    )
    _purposes(SINCE)


def downgrade() -> None:
    """Take the schema back, without the reminders of extra check-ins."""
    op.execute("DELETE FROM reminders WHERE purpose = 'extra_check_in'")
    _purposes(BEFORE)
    op.drop_column("patients", "extra_check_ins")
