"""E-mail and webhooks beside push, receipts, the keys subscriptions were made with, and stopped channels."""

import sqlalchemy as sa
from alembic import op

revision = "20261122i"
down_revision = "20261122h"
branch_labels = None
depends_on = None

BEFORE = {
    "channel": "channel IN ('web_push', 'call_list')",
    "kind": "kind IN ('alert', 'not_scored', 'check_in', 'reassessment')",
    "state": "state IN ('pending', 'delivered', 'dead', 'cancelled')",
}
SINCE = {
    "channel": "channel IN ('web_push', 'email', 'webhook', 'call_list')",
    "kind": "kind IN ('alert', 'not_scored', 'check_in', 'reassessment', 'probe')",
    "state": "state IN ('pending', 'delivered', 'dead', 'cancelled', 'rehearsed')",
}
LANGUAGES = "language IN ('en', 'de', 'es', 'fr')"
RECEIPTS = ("shown_at", "opened_at", "dismissed_at")
TRUST = ("last_receipt_at", "probed_at", "distrusted_at")


def _checks(batch, words) -> None:
    """Write the outbox's constraints anew; SQLite's copy of the table comes without them."""
    for name, condition in words.items():
        if op.get_bind().dialect.name != "sqlite":
            batch.drop_constraint(op.f(f"ck_outbox_{name}"), type_="check")
        batch.create_check_constraint(op.f(f"ck_outbox_{name}"), sa.text(condition))


def _moment(name: str) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=True)


def upgrade() -> None:
    """Bring the schema forward."""
    with op.batch_alter_table("outbox") as batch:
        _checks(batch, SINCE)
        for name in RECEIPTS:
            batch.add_column(_moment(name))
    op.create_index(op.f("ix_outbox_subscription_id"), "outbox", ["subscription_id"], unique=False)
    op.create_index(op.f("ix_outbox_site_id_settled_at"), "outbox", ["site_id", "settled_at"], unique=False)
    op.add_column("subscriptions", sa.Column("vapid_key", sa.String(), nullable=True))
    for name in TRUST:
        op.add_column("subscriptions", _moment(name))
    op.add_column("patients", sa.Column("email", sa.String(), nullable=True))
    op.add_column("patients", _moment("email_gone_at"))
    op.add_column("staff", sa.Column("email_notices", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.add_column("staff", _moment("email_gone_at"))
    op.add_column("staff", sa.Column("language", sa.String(), server_default="en", nullable=False))
    if op.get_bind().dialect.name != "sqlite":  # which would have to copy a table others point at
        op.create_check_constraint(op.f("ck_staff_language"), "staff", sa.text(LANGUAGES))
    op.create_table(
        "webhooks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        _moment("retired_at"),
        sa.Column("retired_because", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_webhooks_site_id_sites")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhooks")),
    )
    op.create_index(op.f("ix_webhooks_site_id"), "webhooks", ["site_id"], unique=False)
    op.create_table(
        "channel_stops",
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.CheckConstraint(SINCE["channel"], name=op.f("ck_channel_stops_channel")),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_channel_stops")),
    )


def downgrade() -> None:
    """Take the schema back; what only the newer schema can hold is let go."""
    op.drop_table("channel_stops")
    op.drop_index(op.f("ix_webhooks_site_id"), table_name="webhooks")
    op.drop_table("webhooks")
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(op.f("ck_staff_language"), "staff", type_="check")
    for name in ("language", "email_gone_at", "email_notices"):
        op.drop_column("staff", name)
    for name in ("email_gone_at", "email"):
        op.drop_column("patients", name)
    for name in (*TRUST, "vapid_key"):
        op.drop_column("subscriptions", name)
    op.execute("DELETE FROM outbox WHERE channel IN ('email', 'webhook') OR kind = 'probe'")
    op.execute("UPDATE outbox SET state = 'cancelled' WHERE state = 'rehearsed'")
    op.drop_index(op.f("ix_outbox_site_id_settled_at"), table_name="outbox")
    op.drop_index(op.f("ix_outbox_subscription_id"), table_name="outbox")
    with op.batch_alter_table("outbox") as batch:
        for name in RECEIPTS:
            batch.drop_column(name)
        _checks(batch, BEFORE)
