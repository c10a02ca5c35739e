"""People a patient lets in, and their sign-ins."""

import sqlalchemy as sa
from alembic import op

revision = "20261129_proxies"
down_revision = "20261129_patient_events"
branch_labels = None
depends_on = None

BEFORE = "kind IN ('staff', 'patient', 'service', 'system')"
SINCE = "kind IN ('staff', 'patient', 'proxy', 'service', 'system')"


def _kinds(condition: str) -> None:
    """Replace the check of kinds of sign-ins; SQLite's copy of the table comes without any check."""
    with op.batch_alter_table("grants") as batch:
        if op.get_bind().dialect.name != "sqlite":
            batch.drop_constraint(op.f("ck_grants_kind"), type_="check")
        batch.create_check_constraint(op.f("ck_grants_kind"), sa.text(condition))


def upgrade() -> None:
    """Bring the schema forward."""
    _kinds(SINCE)
    with op.batch_alter_table("grants") as batch:
        batch.add_column(sa.Column("patient_id", sa.Uuid(), nullable=True))
        batch.add_column(sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True))
        batch.create_foreign_key(op.f("fk_grants_patient_id_patients"), "patients", ["patient_id"], ["id"])
    op.create_table(
        "proxies",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("may_write", sa.Boolean(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("code_digest", sa.String(), nullable=False),
        sa.Column("code_expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("code_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_proxies_site_id_sites")),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_proxies_patient_id_patients")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proxies")),
        sa.UniqueConstraint("code_digest", name=op.f("uq_proxies_code_digest")),
    )
    op.create_index(op.f("ix_proxies_patient_id_created_at"), "proxies", ["patient_id", "created_at"])


def downgrade() -> None:
    """Take the schema back, without the sign-ins of people who were let in."""
    op.drop_table("proxies")
    op.execute("DELETE FROM tokens WHERE grant_id IN (SELECT id FROM grants WHERE kind = 'proxy')")
    op.execute("DELETE FROM grants WHERE kind = 'proxy'")
    with op.batch_alter_table("grants") as batch:
        batch.drop_constraint(op.f("fk_grants_patient_id_patients"), type_="foreignkey")
        batch.drop_column("ends_at")
        batch.drop_column("patient_id")
    _kinds(BEFORE)
