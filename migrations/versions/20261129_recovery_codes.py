"""Recovery codes of staff, and the idle time after which pages of a site are locked."""

import sqlalchemy as sa
from alembic import op

revision = "20261129_recovery_codes"
down_revision = "20261129_staff_entries"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward; code of before goes on under it."""
    op.create_table(
        "recovery_codes",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_recovery_codes_staff_id_staff")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_recovery_codes")),
    )
    op.create_index(op.f("ix_recovery_codes_staff_id"), "recovery_codes", ["staff_id"])
    op.add_column("sites", sa.Column("idle_lock_minutes", sa.Integer(), server_default="10", nullable=False))


def downgrade() -> None:
    """Take the schema back."""
    op.drop_column("sites", "idle_lock_minutes")
    op.drop_index(op.f("ix_recovery_codes_staff_id"), table_name="recovery_codes")
    op.drop_table("recovery_codes")
