"""What staff measure; and a joint disease known before the tablets."""

import sqlalchemy as sa
from alembic import op

revision = "20261122f"
down_revision = "20261122e"
branch_labels = None
depends_on = None

KINDS = "kind IN ('grip_strength', 'range_of_motion', 'vitamin_d', 'bone_density', 'weight')"


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "measurements",
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("measured_on", sa.Date(), nullable=False),
        sa.Column("entered", sa.JSON(), nullable=False),
        sa.Column("canonical", sa.JSON(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(KINDS, name=op.f("ck_measurements_kind")),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patients.id"], name=op.f("fk_measurements_patient_id_patients")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["staff.id"], name=op.f("fk_measurements_recorded_by_staff")
        ),
        sa.PrimaryKeyConstraint("patient_id", "id", name=op.f("pk_measurements")),
    )
    op.create_index(
        op.f("ix_measurements_patient_id_measured_on"),
        "measurements",
        ["patient_id", "measured_on"],
        unique=False,
    )
    op.create_table(
        "measurement_versions",
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("measurement_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("measured_on", sa.Date(), nullable=False),
        sa.Column("entered", sa.JSON(), nullable=False),
        sa.Column("canonical", sa.JSON(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["patient_id", "measurement_id"],
            ["measurements.patient_id", "measurements.id"],
            name=op.f("fk_measurement_versions_patient_id_measurement_id_measurements"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["staff.id"], name=op.f("fk_measurement_versions_recorded_by_staff")
        ),
        sa.ForeignKeyConstraint(
            ["superseded_by"], ["staff.id"], name=op.f("fk_measurement_versions_superseded_by_staff")
        ),
        sa.PrimaryKeyConstraint(
            "patient_id", "measurement_id", "version", name=op.f("pk_measurement_versions")
        ),
    )
    op.add_column("patients", sa.Column("joint_disease", sa.Boolean(), nullable=True))
    op.add_column("patients", sa.Column("joint_disease_note", sa.String(), nullable=True))


def downgrade() -> None:
    """Take the schema back."""
    op.drop_column("patients", "joint_disease_note")
    op.drop_column("patients", "joint_disease")
    op.drop_table("measurement_versions")
    op.drop_index(op.f("ix_measurements_patient_id_measured_on"), table_name="measurements")
    op.drop_table("measurements")
