"""Successors of refresh tokens, patients whose last device was signed out, and notices about sign-ins."""

import sqlalchemy as sa
from alembic import op

revision = "20261128_sign_in"
down_revision = "20261122l"
branch_labels = None
depends_on = None

BEFORE = "kind IN ('alert', 'not_scored', 'check_in', 'reassessment', 'summary', 'probe')"
SINCE = (
    "kind IN ('alert', 'not_scored', 'check_in', 'reassessment', 'summary', 'signed_out', "
    "'account_changed', 'probe')"
)
OTHERS = {
    "channel": "channel IN ('web_push', 'email', 'webhook', 'call_list')",
    "state": "state IN ('pending', 'delivered', 'dead', 'cancelled', 'rehearsed')",
}


def _kinds(condition: str) -> None:
    """Replace the outbox's check of kinds; SQLite's copy of the table comes without any check."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    with op.batch_alter_table("outbox") as batch:
        if not is_sqlite:
            batch.drop_constraint(op.f("ck_outbox_kind"), type_="check")
        for name, each in ({"kind": condition} | (OTHERS if is_sqlite else {})).items():
            batch.create_check_constraint(op.f(f"ck_outbox_{name}"), sa.text(each))


def upgrade() -> None:
    """Bring the schema forward."""
    _kinds(SINCE)
    op.add_column("tokens", sa.Column("successor", sa.String(), nullable=True))
    op.add_column("patients", sa.Column("signed_out_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("patients", sa.Column("signed_out_because", sa.String(), nullable=True))
    marked = sa.text("signed_out_at IS NOT NULL")
    op.create_index(
        "ix_patients_signed_out", "patients", ["site_id"], postgresql_where=marked, sqlite_where=marked
    )


def downgrade() -> None:
    """Take the schema back; notices that only the newer schema can hold are deleted."""
    op.drop_index("ix_patients_signed_out", table_name="patients")
    op.drop_column("patients", "signed_out_because")
    op.drop_column("patients", "signed_out_at")
    op.drop_column("tokens", "successor")
    op.execute("DELETE FROM outbox WHERE kind IN ('signed_out', 'account_changed')")
    _kinds(BEFORE)
