"""Who is told when, as each site decides it; who is on call; and links that were used."""

import sqlalchemy as sa
from alembic import op

revision = "20261122j"
down_revision = "20261122i"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward; a site without ladders of its own has the built-in ones."""
    op.create_table(
        "site_ladders",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("effective_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["set_by"], ["staff.id"], name=op.f("fk_site_ladders_set_by_staff")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_site_ladders_site_id_sites")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_ladders")),
        sa.UniqueConstraint("site_id", "effective_from", name=op.f("uq_site_ladders_site_id_effective_from")),
    )
    op.create_table(
        "rotas",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["changed_by"], ["staff.id"], name=op.f("fk_rotas_changed_by_staff")),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name=op.f("fk_rotas_site_id_sites")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rotas")),
        sa.UniqueConstraint("site_id", "name", name=op.f("uq_rotas_site_id_name")),
    )
    op.create_table(
        "rota_shifts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rota_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("begins_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("begins_at < ends_at", name=op.f("ck_rota_shifts_forward")),
        sa.ForeignKeyConstraint(["rota_id"], ["rotas.id"], name=op.f("fk_rota_shifts_rota_id_rotas")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_rota_shifts_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rota_shifts")),
    )
    op.create_index(
        op.f("ix_rota_shifts_rota_id_ends_at"), "rota_shifts", ["rota_id", "ends_at"], unique=False
    )
    op.create_table(
        "used_links",
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("used_by", sa.Uuid(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["outbox.id"], name=op.f("fk_used_links_message_id_outbox")),
        sa.ForeignKeyConstraint(["used_by"], ["staff.id"], name=op.f("fk_used_links_used_by_staff")),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_used_links")),
    )
    op.create_index(op.f("ix_alerts_site_id_opened_at"), "alerts", ["site_id", "opened_at"], unique=False)


def downgrade() -> None:
    """Take the schema back."""
    op.drop_index(op.f("ix_alerts_site_id_opened_at"), table_name="alerts")
    op.drop_table("used_links")
    op.drop_index(op.f("ix_rota_shifts_rota_id_ends_at"), table_name="rota_shifts")
    op.drop_table("rota_shifts")
    op.drop_table("rotas")
    op.drop_table("site_ladders")
