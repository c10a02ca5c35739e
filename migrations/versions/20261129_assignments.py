"""Members of staff to whom alerts are assigned."""

import sqlalchemy as sa
from alembic import op

revision = "20261129_assignments"
down_revision = "20261129_treatments"
branch_labels = None
depends_on = None

TABLES = ("alerts", "alert_events")
BEFORE = ["site_id", "status", "priority", "opened_at", "id", "told", "tier", "patient_id"]


def _cover(columns: list[str]) -> None:
    """Make the index that covers the worklist anew; it covers the alerts that are not closed."""
    op.drop_index("ix_alerts_waiting", table_name="alerts")
    op.create_index(
        "ix_alerts_waiting",
        "alerts",
        columns,
        postgresql_where=sa.text("closed_at IS NULL"),
        sqlite_where=sa.text("closed_at IS NULL"),
    )


def upgrade() -> None:
    """Bring the schema forward; SQLite adds the column with its reference, without a copy of the table."""
    for table in TABLES:
        if op.get_bind().dialect.name == "sqlite":
            op.execute(
                f"ALTER TABLE {table} ADD COLUMN assigned_to CHAR(32) "
                f"CONSTRAINT fk_{table}_assigned_to_staff REFERENCES staff (id)"
            )
            continue
        op.add_column(table, sa.Column("assigned_to", sa.Uuid(), nullable=True))
        op.create_foreign_key(op.f(f"fk_{table}_assigned_to_staff"), table, "staff", ["assigned_to"], ["id"])
    alerts = sa.table("alerts", sa.column("status"), sa.column("acknowledged_by"), sa.column("assigned_to"))
    taken = alerts.update().where(alerts.c.status == "acknowledged")
    op.execute(taken.values(assigned_to=alerts.c.acknowledged_by))
    _cover([*BEFORE, "kind", "assigned_to"])


def downgrade() -> None:
    """Take the schema back; assignments are lost."""
    _cover(BEFORE)
    for table in TABLES:
        op.drop_column(table, "assigned_to")
