"""What each site has decided, from when on; and the intervals of scores."""

import sqlalchemy as sa
from alembic import op

revision = "20261122d"
down_revision = "20261122c"
branch_labels = None
depends_on = None

INTERVALS = ("pain_change_low", "pain_change_high", "risk_90d_low", "risk_90d_high")


def upgrade() -> None:
    """Bring the schema forward; intervals are written as patients are scored again."""
    op.create_table(
        "site_policies",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("effective_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["set_by"], ["staff.id"], name=op.f("fk_site_policies_set_by_staff")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_site_policies_site_id_sites")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_policies")),
        sa.UniqueConstraint(
            "site_id", "effective_from", name=op.f("uq_site_policies_site_id_effective_from")
        ),
    )
    for name in INTERVALS:
        op.add_column("scores", sa.Column(name, sa.Double(), nullable=True))


def downgrade() -> None:
    """Take the schema back."""
    for name in reversed(INTERVALS):
        op.drop_column("scores", name)
    op.drop_table("site_policies")
