"""Treatments before the present one, why the present one ended, and whether patients see them."""

import sqlalchemy as sa
from alembic import op

revision = "20261129_treatments"
down_revision = "20261129_proxies"
branch_labels = None
depends_on = None

DRUGS = "ai IS NULL OR ai IN ('anastrozole', 'letrozole', 'exemestane')"
REASONS = (
    "why_stopped IS NULL OR why_stopped IN "
    "('side_effects', 'patient_choice', 'planned_end', 'pause', 'medical', 'other')"
)


def upgrade() -> None:
    """Bring the schema forward; what stands in a patient's row stays there, as the present treatment."""
    op.create_table(
        "past_treatments",
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("ai", sa.String(), nullable=True),
        sa.Column("began_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=False),
        sa.Column("why_stopped", sa.String(), nullable=True),
        sa.CheckConstraint(DRUGS, name=op.f("ck_past_treatments_ai")),
        sa.CheckConstraint(REASONS, name=op.f("ck_past_treatments_why_stopped")),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patients.id"], name=op.f("fk_past_treatments_patient_id_patients")
        ),
        sa.PrimaryKeyConstraint("patient_id", "number", name=op.f("pk_past_treatments")),
    )
    op.add_column("patients", sa.Column("ai_why_stopped", sa.String(), nullable=True))
    op.add_column(
        "sites", sa.Column("shows_treatments", sa.Boolean(), server_default=sa.true(), nullable=False)
    )


def downgrade() -> None:
    """Take the schema back; treatments before the present one are lost."""
    op.drop_column("sites", "shows_treatments")
    op.drop_column("patients", "ai_why_stopped")
    op.drop_table("past_treatments")
