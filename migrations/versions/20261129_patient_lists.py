"""Indexes for lists of the patients of a site, by name and by status."""

from alembic import op

revision = "20261129_patient_lists"
down_revision = "20261129_expected_levels"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_index(op.f("ix_patients_site_id_status"), "patients", ["site_id", "status"])


def downgrade() -> None:
    """Take the schema back."""
    op.drop_index(op.f("ix_patients_site_id_status"), table_name="patients")
