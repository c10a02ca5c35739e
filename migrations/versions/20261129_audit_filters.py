"""Indexes of the audit log, to filter it by time, actor and action."""

from alembic import op

revision = "20261129_audit_filters"
down_revision = "20261129_recovery_codes"
branch_labels = None
depends_on = None

_INDEXES = {
    "ix_audit_site_id_at": ["site_id", "at"],
    "ix_audit_site_id_actor_id_id": ["site_id", "actor_id", "id"],
    "ix_audit_site_id_action_id": ["site_id", "action", "id"],
}


def upgrade() -> None:
    """Bring the schema forward."""
    for name, columns in _INDEXES.items():
        op.create_index(op.f(name), "audit", columns)


def downgrade() -> None:
    """Take the schema back."""
    for name in reversed(_INDEXES):
        op.drop_index(op.f(name), table_name="audit")
