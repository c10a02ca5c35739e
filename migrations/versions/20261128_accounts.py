"""Staff are invited and deactivated; staff, teams and sites have versions; keys keep when they were used."""

import json

import sqlalchemy as sa
from alembic import op

revision = "20261128_accounts"
down_revision = "20261128_sign_in"
branch_labels = None
depends_on = None

READS_NAMES = "staff:read"
OF_ADMINS = ("staff:write", "site:write", "services")


def _moment(name: str, *, nullable: bool = True) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    """Bring the schema forward."""
    for table in ("staff", "teams", "sites"):
        op.add_column(table, sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.add_column("staff", _moment("invited_at"))
    op.add_column("staff", _moment("deactivated_at"))
    op.add_column("grants", _moment("last_used_at"))
    op.create_table(
        "invitations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        _moment("created_at", nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        _moment("expires_at", nullable=False),
        sa.Column("by_email", sa.Boolean(), nullable=False),
        _moment("used_at"),
        _moment("revoked_at"),
        sa.ForeignKeyConstraint(["created_by"], ["staff.id"], name=op.f("fk_invitations_created_by_staff")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_invitations_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
    )
    op.create_index(op.f("ix_invitations_staff_id"), "invitations", ["staff_id"], unique=False)
    _give_present_sign_ins_the_new_scopes()


def _give_present_sign_ins_the_new_scopes() -> None:
    """Let staff who are signed in read names, and admins do what their role may now, without signing in anew."""
    live = sa.text(
        "SELECT grants.id, grants.scopes, staff.role FROM grants JOIN staff ON staff.id = grants.subject_id "
        "WHERE grants.kind = 'staff' AND grants.revoked_at IS NULL"
    )
    held = sa.text("UPDATE grants SET scopes = :scopes WHERE id = :id")
    if op.get_bind().dialect.name == "postgresql":
        held = sa.text("UPDATE grants SET scopes = CAST(:scopes AS json) WHERE id = :id")
    for row in op.get_bind().execute(live).all():
        before = json.loads(row.scopes) if isinstance(row.scopes, str) else row.scopes
        more = {READS_NAMES, *(OF_ADMINS if row.role == "site_admin" else ())}
        op.get_bind().execute(held, {"scopes": json.dumps(sorted({*before, *more})), "id": row.id})


def downgrade() -> None:
    """Take the schema back; sign-ins with scopes that are not known then end."""
    op.execute("UPDATE grants SET revoked_at = created_at, revoked_because = 'downgrade' "
               "WHERE revoked_at IS NULL AND (kind = 'staff' OR CAST(scopes AS VARCHAR) LIKE '%staff:read%')")  # fmt: skip
    op.drop_table("invitations")
    op.drop_column("grants", "last_used_at")
    op.drop_column("staff", "deactivated_at")
    op.drop_column("staff", "invited_at")
    for table in ("sites", "teams", "staff"):
        op.drop_column(table, "version")
