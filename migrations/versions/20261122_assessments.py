"""Answered questionnaires, their history and scores; and the wording a site holds a licence for."""

import sqlalchemy as sa
from alembic import op

revision = "20261122e"
down_revision = "20261122d"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "assessments",
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("instrument", sa.String(), nullable=False),
        sa.Column("instrument_version", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("local_date", sa.Date(), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("change_seq", sa.Integer(), nullable=False),
        sa.Column("scorer", sa.String(), nullable=True),
        sa.Column("grant_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "status IN ('partial', 'complete', 'withdrawn')", name=op.f("ck_assessments_status")
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patients.id"], name=op.f("fk_assessments_patient_id_patients")
        ),
        sa.PrimaryKeyConstraint("patient_id", "id", name=op.f("pk_assessments")),
    )
    op.create_index(
        op.f("ix_assessments_patient_id_change_seq"), "assessments", ["patient_id", "change_seq"], unique=True
    )
    op.create_index(
        op.f("ix_assessments_patient_id_instrument_local_date"),
        "assessments",
        ["patient_id", "instrument", "local_date"],
        unique=False,
    )
    op.create_index(
        op.f("ix_assessments_instrument_scorer"), "assessments", ["instrument", "scorer"], unique=False
    )
    op.create_table(
        "assessment_versions",
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("instrument_version", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("local_date", sa.Date(), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["patient_id", "assessment_id"],
            ["assessments.patient_id", "assessments.id"],
            name=op.f("fk_assessment_versions_patient_id_assessments"),
        ),
        sa.PrimaryKeyConstraint(
            "patient_id", "assessment_id", "version", name=op.f("pk_assessment_versions")
        ),
    )
    op.create_table(
        "assessment_scores",
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("of_version", sa.Integer(), nullable=False),
        sa.Column("scorer", sa.String(), nullable=False),
        sa.Column("instrument_version", sa.String(), nullable=False),
        sa.Column("scores", sa.JSON(), nullable=False),
        sa.Column("unscored", sa.JSON(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("scored_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["patient_id", "assessment_id"],
            ["assessments.patient_id", "assessments.id"],
            name=op.f("fk_assessment_scores_patient_id_assessments"),
        ),
        sa.PrimaryKeyConstraint(
            "patient_id", "assessment_id", "of_version", "scorer", name=op.f("pk_assessment_scores")
        ),
    )
    op.create_table(
        "instrument_wordings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("instrument", sa.String(), nullable=False),
        sa.Column("instrument_version", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("licence", sa.String(), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("loaded_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["loaded_by"], ["staff.id"], name=op.f("fk_instrument_wordings_loaded_by_staff")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_instrument_wordings_site_id_sites")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instrument_wordings")),
    )
    op.create_index(
        op.f("ix_instrument_wordings_site_id_instrument_language_loaded_at"),
        "instrument_wordings",
        ["site_id", "instrument", "language", "loaded_at"],
        unique=False,
    )


def downgrade() -> None:
    """Take the schema back."""
    for table in ("instrument_wordings", "assessment_scores", "assessment_versions", "assessments"):
        op.drop_table(table)
