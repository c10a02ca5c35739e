"""When each patient is looked at next, her pauses, and how far asking for each thing has come."""

import sqlalchemy as sa
from alembic import op

revision = "20261122k"
down_revision = "20261122j"
branch_labels = None
depends_on = None

BEFORE = {"kind": "kind IN ('alert', 'not_scored', 'check_in', 'reassessment', 'probe')"}
SINCE = {"kind": "kind IN ('alert', 'not_scored', 'check_in', 'reassessment', 'summary', 'probe')"}
OTHERS = {
    "channel": "channel IN ('web_push', 'email', 'webhook', 'call_list')",
    "state": "state IN ('pending', 'delivered', 'dead', 'cancelled', 'rehearsed')",
}
STEPS = "step IS NULL OR step IN ('asked', 'again', 'snoozed', 'nudged', 'other_way', 'unheard')"
CLOSED = (
    "closed_because IS NULL OR closed_because IN "
    "('done', 'skipped', 'missed', 'superseded', 'heard', 'left', 'lapsed')"
)
OF_PATIENTS = (
    sa.Column("check_in_again_at", sa.Time(), nullable=True),
    sa.Column("follows_phone", sa.Boolean(), server_default=sa.true(), nullable=False),
    sa.Column("look_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("is_prompted", sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column("snoozed_until", sa.DateTime(timezone=True), nullable=True),
    sa.Column("paused_until", sa.Date(), nullable=True),
)
OF_REMINDERS = (
    sa.Column("asked_on", sa.Date(), nullable=True),
    sa.Column("step", sa.String(), nullable=True),
    sa.Column("stepped_on", sa.Date(), nullable=True),
    sa.Column("times", sa.Integer(), server_default="0", nullable=False),
    sa.Column("message", sa.String(), nullable=True),
    sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
    sa.Column("closed_because", sa.String(), nullable=True),
)


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _kinds(words: dict[str, str]) -> None:
    """Write the outbox's kinds anew; SQLite's copy of the table comes without any constraint."""
    with op.batch_alter_table("outbox") as batch:
        if not _is_sqlite():
            batch.drop_constraint(op.f("ck_outbox_kind"), type_="check")
        for name, condition in (words | OTHERS if _is_sqlite() else words).items():
            batch.create_check_constraint(op.f(f"ck_outbox_{name}"), sa.text(condition))


def upgrade() -> None:
    """Bring the schema forward; what was asked before is asked no more."""
    _kinds(SINCE)
    for column in OF_PATIENTS:
        op.add_column("patients", column._copy())
    op.create_index(op.f("ix_patients_look_at"), "patients", ["look_at"], unique=False)
    for column in OF_REMINDERS:
        op.add_column("reminders", column._copy())
    op.create_index(op.f("ix_reminders_step_closed_at"), "reminders", ["step", "closed_at"], unique=False)
    if not _is_sqlite():  # which would have to copy the table
        op.create_check_constraint(op.f("ck_reminders_step"), "reminders", sa.text(STEPS))
        op.create_check_constraint(op.f("ck_reminders_closed_because"), "reminders", sa.text(CLOSED))
    op.execute(
        "UPDATE reminders SET step = 'asked', times = 1, closed_at = created_at, closed_because = 'lapsed'"
    )


def downgrade() -> None:
    """Bring the schema back; a summary becomes what it would have been, a check-in."""
    if not _is_sqlite():
        op.drop_constraint(op.f("ck_reminders_closed_because"), "reminders", type_="check")
        op.drop_constraint(op.f("ck_reminders_step"), "reminders", type_="check")
    op.drop_index(op.f("ix_reminders_step_closed_at"), table_name="reminders")
    for column in reversed(OF_REMINDERS):
        op.drop_column("reminders", column.name)
    op.drop_index(op.f("ix_patients_look_at"), table_name="patients")
    for column in reversed(OF_PATIENTS):
        op.drop_column("patients", column.name)
    op.execute("UPDATE outbox SET kind = 'check_in' WHERE kind = 'summary'")
    _kinds(BEFORE)
