"""Members of staff to whom alerts are assigned."""

import sqlalchemy as sa
from alembic import op

revision = "20261129_assignments"
down_revision = "20261129_treatments"
branch_labels = None
depends_on = None

TABLES = ("alerts", "alert_events")


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


def downgrade() -> None:
    """Take the schema back; assignments are lost."""
    for table in TABLES:
        op.drop_column(table, "assigned_to")
