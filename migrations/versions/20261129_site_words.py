"""Phone number of a site, and its sentences for patients: hours, when entries are read, when it calls."""

import sqlalchemy as sa
from alembic import op

revision = "20261129_site_words"
down_revision = "20261129_exports"
branch_labels = None
depends_on = None

TEXTS = ("hours", "read_when", "called_when", "self_harm_answered_by")


def upgrade() -> None:
    """Bring the schema forward."""
    op.add_column("sites", sa.Column("phone", sa.String(), nullable=True))
    for name in TEXTS:
        op.add_column("sites", sa.Column(name, sa.JSON(), nullable=True))


def downgrade() -> None:
    """Take the schema back."""
    for name in reversed(TEXTS):
        op.drop_column("sites", name)
    op.drop_column("sites", "phone")
