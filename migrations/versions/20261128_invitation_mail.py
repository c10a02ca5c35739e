"""Invitations go by e-mail."""

import sqlalchemy as sa
from alembic import op

revision = "20261128_invitation_mail"
down_revision = "20261128_pending_codes"
branch_labels = None
depends_on = None

BEFORE = (
    "kind IN ('alert', 'not_scored', 'check_in', 'reassessment', 'summary', 'signed_out', "
    "'account_changed', 'probe')"
)
SINCE = BEFORE.replace("'probe'", "'invitation', 'probe'")
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


def downgrade() -> None:
    """Take the schema back; e-mails that only the newer schema can hold are deleted."""
    op.execute("DELETE FROM outbox WHERE kind = 'invitation'")
    _kinds(BEFORE)
