"""Alerts of the kind ``callback``: a patient asks for a call."""

import sqlalchemy as sa
from alembic import op

revision = "20261129_callbacks"
down_revision = "20261129_site_words"
branch_labels = None
depends_on = None

BEFORE = (
    "kind IN ('red_flag', 'wish_to_stop', 'severe_symptoms', 'worsening', 'likely_discontinuation', "
    "'adherence_gap', 'atypical', 'silence')"
)
SINCE = BEFORE.replace("'silence')", "'silence', 'callback')")
OTHERS = {
    "tier": "tier IN ('same_day', 'routine', 'self_care')",
    "status": "status IN ('open', 'acknowledged', 'snoozed', 'resolved', 'retracted')",
    "outcome": (
        "outcome IS NULL OR outcome IN ('called_self_care', 'called_no_action', 'visit_booked', 'referred', "
        "'sent_to_emergency', 'treatment_reviewed', 'other_cause_found', 'could_not_reach', 'already_known', "
        "'false_alert')"
    ),
}


def _kinds(words: str) -> None:
    """Write the kinds of alerts anew; SQLite's copy of the table comes without any constraint."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    with op.batch_alter_table("alerts") as batch:
        if not is_sqlite:
            batch.drop_constraint(op.f("ck_alerts_kind"), type_="check")
        for name, condition in ({"kind": words} | (OTHERS if is_sqlite else {})).items():
            batch.create_check_constraint(op.f(f"ck_alerts_{name}"), sa.text(condition))


def upgrade() -> None:
    """Bring the schema forward; code of before goes on under it."""
    _kinds(SINCE)


def downgrade() -> None:
    """Take the schema back; requests for a call are lost."""
    alerts = sa.table("alerts", sa.column("id"), sa.column("kind"))
    messages = sa.table("outbox", sa.column("id"), sa.column("alert_id"))
    links = sa.table("used_links", sa.column("message_id"))
    gone = sa.select(alerts.c.id).where(alerts.c.kind == "callback")
    about = sa.select(messages.c.id).where(messages.c.alert_id.in_(gone))
    op.execute(links.delete().where(links.c.message_id.in_(about)))
    for name in ("outbox", "alert_events", "alert_evidence"):
        rows = sa.table(name, sa.column("alert_id"))
        op.execute(rows.delete().where(rows.c.alert_id.in_(gone)))
    op.execute(alerts.delete().where(alerts.c.kind == "callback"))
    _kinds(BEFORE)
