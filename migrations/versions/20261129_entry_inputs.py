"""Marks of entries: how they came in, and whose report they are; the site's sign-off of optional questions."""

import sqlalchemy as sa
from alembic import op

revision = "20261129_entry_inputs"
down_revision = "20261128_assessment_clocks"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward; code of before goes on under it, as every new column has a default."""
    for table in ("entries", "entry_versions"):
        op.add_column(table, sa.Column("via", sa.String(), server_default="app", nullable=False))
        op.add_column(table, sa.Column("reported_by", sa.String(), server_default="patient", nullable=False))
    op.create_table(
        "site_questions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("effective_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["set_by"], ["staff.id"], name=op.f("fk_site_questions_set_by_staff")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_site_questions_site_id_sites")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_questions")),
        sa.UniqueConstraint(
            "site_id", "effective_from", name=op.f("uq_site_questions_site_id_effective_from")
        ),
    )


def downgrade() -> None:
    """Take the schema back."""
    op.drop_table("site_questions")
    for table in ("entry_versions", "entries"):
        op.drop_column(table, "reported_by")
        op.drop_column(table, "via")
