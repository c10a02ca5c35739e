"""What sites decide about guidance; plans of reassessments, and what was skipped."""

import sqlalchemy as sa
from alembic import op

revision = "20261122g"
down_revision = "20261122f"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "guidance_decisions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("revision", sa.String(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "decision IN ('approved', 'withdrawn')", name=op.f("ck_guidance_decisions_decision")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["staff.id"], name=op.f("fk_guidance_decisions_decided_by_staff")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_guidance_decisions_site_id_sites")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guidance_decisions")),
        sa.UniqueConstraint(
            "site_id", "item", "decided_at", name=op.f("uq_guidance_decisions_site_id_item_decided_at")
        ),
    )
    op.create_table(
        "plans",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=True),
        sa.Column("preset", sa.String(), nullable=True),
        sa.Column("document", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("preset IS NULL OR document IS NULL", name=op.f("ck_plans_one_plan")),
        sa.CheckConstraint(
            "patient_id IS NOT NULL OR preset IS NOT NULL OR document IS NOT NULL",
            name=op.f("ck_plans_a_plan"),
        ),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_plans_patient_id_patients")),
        sa.ForeignKeyConstraint(["set_by"], ["staff.id"], name=op.f("fk_plans_set_by_staff")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_plans_site_id_sites")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plans")),
    )
    op.create_index(
        op.f("ix_plans_site_id_patient_id_effective_from"),
        "plans",
        ["site_id", "patient_id", "effective_from"],
        unique=False,
    )
    op.create_table(
        "plan_skips",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("skipped_by", sa.Uuid(), nullable=False),
        sa.Column("skipped_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patients.id"], name=op.f("fk_plan_skips_patient_id_patients")
        ),
        sa.ForeignKeyConstraint(["skipped_by"], ["staff.id"], name=op.f("fk_plan_skips_skipped_by_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_skips")),
        sa.UniqueConstraint(
            "patient_id", "what", "due_on", name=op.f("uq_plan_skips_patient_id_what_due_on")
        ),
    )


def downgrade() -> None:
    """Take the schema back."""
    for table in ("plan_skips", "plans", "guidance_decisions"):
        op.drop_table(table)
