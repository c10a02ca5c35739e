"""Skips of reassessments that were undone: what they said is kept."""

import sqlalchemy as sa
from alembic import op

revision = "20261122l"
down_revision = "20261122k"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "plan_skips_undone",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("skipped_by", sa.Uuid(), nullable=False),
        sa.Column("skipped_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_by", sa.Uuid(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patients.id"], name=op.f("fk_plan_skips_undone_patient_id_patients")
        ),
        sa.ForeignKeyConstraint(
            ["skipped_by"], ["staff.id"], name=op.f("fk_plan_skips_undone_skipped_by_staff")
        ),
        sa.ForeignKeyConstraint(
            ["undone_by"], ["staff.id"], name=op.f("fk_plan_skips_undone_undone_by_staff")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_skips_undone")),
    )


def downgrade() -> None:
    """Take the schema back."""
    op.drop_table("plan_skips_undone")
