"""Changes of alerts, so that open pages learn of them."""

import sqlalchemy as sa
from alembic import op

revision = "20261129_changes"
down_revision = "20261129_patient_lists"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "changes",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("alert_id", sa.Uuid(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_changes_site_id_sites")),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_changes_patient_id_patients")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_changes")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_changes_site_id_number"), "changes", ["site_id", "number"])
    op.create_index(op.f("ix_changes_changed_at"), "changes", ["changed_at"])


def downgrade() -> None:
    """Take the schema back."""
    op.drop_table("changes")
