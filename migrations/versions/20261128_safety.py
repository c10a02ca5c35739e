"""Statements of safety of their own, refused items that are looked at, corrected clocks, emergencies."""

import sqlalchemy as sa
from alembic import op

revision = "20261128_safety"
down_revision = "20261128_accounts"
branch_labels = None
depends_on = None

_WAITING = sa.text("replaced_at IS NULL AND looked_at IS NULL")


def upgrade() -> None:
    """Bring the schema forward; code of before goes on under it, as every new column has a default."""
    op.create_table(
        "safety_statements",
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("said", sa.String(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("local_date", sa.Date(), nullable=False),
        sa.Column("grant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patients.id"], name=op.f("fk_safety_statements_patient_id_patients")
        ),
        sa.PrimaryKeyConstraint("patient_id", "key", "said", name=op.f("pk_safety_statements")),
    )
    for table in ("entries", "entry_versions"):
        op.add_column(table, sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True))
        op.add_column(table, sa.Column("claimed_date", sa.Date(), nullable=True))
    with op.batch_alter_table("rejected_entries", schema=None) as batch:
        batch.add_column(sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("looked_by", sa.Uuid(), nullable=True))
        batch.add_column(sa.Column("times", sa.Integer(), server_default="1", nullable=False))
        batch.create_foreign_key(op.f("fk_rejected_entries_looked_by_staff"), "staff", ["looked_by"], ["id"])
        batch.create_index(
            op.f("ix_rejected_entries_patient_id_received_at"), ["patient_id", "received_at"], unique=False
        )
    op.create_index(
        "ix_rejected_entries_waiting",
        "rejected_entries",
        ["patient_id"],
        postgresql_where=_WAITING,
        sqlite_where=_WAITING,
    )
    op.add_column(
        "alert_evidence", sa.Column("kept", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.add_column("alerts", sa.Column("emergency", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("sites", sa.Column("emergency_number", sa.String(), nullable=True))
    op.add_column("sites", sa.Column("crisis_line", sa.String(), nullable=True))


def downgrade() -> None:
    """Take the schema back."""
    op.drop_column("sites", "crisis_line")
    op.drop_column("sites", "emergency_number")
    op.drop_column("alerts", "emergency")
    op.drop_column("alert_evidence", "kept")
    op.drop_index("ix_rejected_entries_waiting", "rejected_entries")
    with op.batch_alter_table("rejected_entries", schema=None) as batch:
        batch.drop_index(op.f("ix_rejected_entries_patient_id_received_at"))
        batch.drop_constraint(op.f("fk_rejected_entries_looked_by_staff"), type_="foreignkey")
        batch.drop_column("times")
        batch.drop_column("looked_by")
        batch.drop_column("looked_at")
    for table in ("entry_versions", "entries"):
        op.drop_column(table, "claimed_date")
        op.drop_column(table, "claimed_at")
    op.drop_table("safety_statements")
