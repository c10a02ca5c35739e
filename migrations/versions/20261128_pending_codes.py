"""A new secret of one-time codes waits beside the one in use until it is confirmed."""

import sqlalchemy as sa
from alembic import op

revision = "20261128_pending_codes"
down_revision = "20261128_worklist"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward."""
    op.add_column("staff", sa.Column("totp_pending", sa.String(), nullable=True))
    op.add_column("staff", sa.Column("totp_pending_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Take the schema back."""
    op.drop_column("staff", "totp_pending_at")
    op.drop_column("staff", "totp_pending")
