"""When a team was last told of an alert, and what the budget holds back."""

import sqlalchemy as sa
from alembic import op

revision = "20261122c"
down_revision = "20261122b"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward."""
    op.add_column("alerts", sa.Column("told_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE alerts SET told_at = climbing_since WHERE told > 0")
    op.create_index(op.f("ix_alerts_site_id_told_at"), "alerts", ["site_id", "told_at"], unique=False)
    op.create_index(
        "ix_alerts_held_back",
        "alerts",
        ["site_id"],
        unique=False,
        postgresql_where=sa.text("told = 0 AND closed_at IS NULL"),
        sqlite_where=sa.text("told = 0 AND closed_at IS NULL"),
    )


def downgrade() -> None:
    """Take the schema back."""
    op.drop_index("ix_alerts_held_back", table_name="alerts")
    op.drop_index(op.f("ix_alerts_site_id_told_at"), table_name="alerts")
    op.drop_column("alerts", "told_at")
