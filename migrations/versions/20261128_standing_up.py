"""Ways of delivery that are broken by a fault of ours, and the row that readiness writes."""

import sqlalchemy as sa
from alembic import op

revision = "20261128_standing_up"
down_revision = "20261128_safety"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "channel_faults",
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("probe_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "channel IN ('web_push', 'email', 'webhook', 'call_list')", name=op.f("ck_channel_faults_channel")
        ),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_channel_faults")),
    )
    op.create_table(
        "write_probes",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_write_probes")),
    )


def downgrade() -> None:
    """Take the schema back."""
    op.drop_table("write_probes")
    op.drop_table("channel_faults")
