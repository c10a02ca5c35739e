"""checkpoints."""

import sqlalchemy as sa
from alembic import op

revision = "20261128_checkpoints"
down_revision = "20261128_standing_up"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward; checkpoints come as patients are scored."""
    with op.batch_alter_table("trajectories", schema=None) as batch:
        batch.add_column(sa.Column("revision", sa.Integer(), server_default="0", nullable=False))
        batch.add_column(sa.Column("checkpoints_seq", sa.Integer(), nullable=True))
    op.create_table(
        "trajectory_checkpoints",
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("engine", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patients.id"], name=op.f("fk_trajectory_checkpoints_patient_id_patients")
        ),
        sa.PrimaryKeyConstraint("patient_id", "last_day", name=op.f("pk_trajectory_checkpoints")),
    )


def downgrade() -> None:
    """Bring the schema back."""
    op.drop_table("trajectory_checkpoints")
    with op.batch_alter_table("trajectories", schema=None) as batch:
        batch.drop_column("checkpoints_seq")
        batch.drop_column("revision")
