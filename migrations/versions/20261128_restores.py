"""Count of restores of the database from a backup."""

import sqlalchemy as sa
from alembic import op

revision = "20261128_restores"
down_revision = "20261128_invitation_mail"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "restores",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("restored_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_restores")),
    )


def downgrade() -> None:
    """Take the schema back."""
    op.drop_table("restores")
