"""Requests of patients to have their data erased, and messages about them."""

import sqlalchemy as sa
from alembic import op

revision = "20261129_erasure_requests"
down_revision = "20261129_callbacks"
branch_labels = None
depends_on = None

BEFORE = (
    "kind IN ('alert', 'not_scored', 'check_in', 'reassessment', 'summary', 'signed_out', "
    "'account_changed', 'invitation', 'probe')"
)
SINCE = BEFORE.replace("'account_changed'", "'erasure_requested', 'account_changed'")
OTHERS = {
    "channel": "channel IN ('web_push', 'email', 'webhook', 'call_list')",
    "state": "state IN ('pending', 'delivered', 'dead', 'cancelled', 'rehearsed')",
}
OPEN = sa.text("state = 'open'")


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
    op.create_table(
        "erasure_requests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(), server_default="open", nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'withdrawn', 'accepted', 'refused')", name=op.f("ck_erasure_requests_state")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_erasure_requests_site_id_sites")),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patients.id"], name=op.f("fk_erasure_requests_patient_id_patients")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["staff.id"], name=op.f("fk_erasure_requests_decided_by_staff")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure_requests")),
    )
    op.create_index(
        op.f("ix_erasure_requests_patient_id_requested_at"),
        "erasure_requests",
        ["patient_id", "requested_at"],
    )
    op.create_index(
        op.f("ix_erasure_requests_site_id_state_requested_at"),
        "erasure_requests",
        ["site_id", "state", "requested_at"],
    )
    op.create_index(
        "uq_erasure_requests_one_open",
        "erasure_requests",
        ["patient_id"],
        unique=True,
        postgresql_where=OPEN,
        sqlite_where=OPEN,
    )


def downgrade() -> None:
    """Take the schema back; messages that only the newer schema can hold are deleted."""
    op.drop_table("erasure_requests")
    op.execute("DELETE FROM outbox WHERE kind = 'erasure_requested'")
    _kinds(BEFORE)
