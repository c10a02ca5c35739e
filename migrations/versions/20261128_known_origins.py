"""Networks and browsers that staff have signed in from; their e-mail addresses in normal form."""

import unicodedata
from contextlib import suppress

import sqlalchemy as sa
from alembic import op

revision = "20261128_known_origins"
down_revision = "20261128_checkpoints"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "known_origins",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_known_origins_staff_id_staff")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_known_origins")),
    )
    op.create_index(op.f("ix_known_origins_last_used_at"), "known_origins", ["last_used_at"], unique=False)
    _normalise_addresses()


def _normalise_addresses() -> None:
    """Write addresses with letters beyond ASCII as they are compared now; one that is taken stays as it is."""
    staff = sa.table("staff", sa.column("id", sa.Uuid), sa.column("email", sa.String))
    rows = op.get_bind().execute(sa.select(staff.c.id, staff.c.email)).all()
    taken = {email for _, email in rows}
    for staff_id, email in rows:
        local, _, host = unicodedata.normalize("NFC", email).lower().rpartition("@")
        with suppress(UnicodeError):
            normal = f"{local}@{host.encode('idna').decode()}"
            if normal not in taken:
                op.execute(staff.update().where(staff.c.id == staff_id).values(email=normal))
                taken.add(normal)


def downgrade() -> None:
    """Take the schema back."""
    op.drop_index(op.f("ix_known_origins_last_used_at"), table_name="known_origins")
    op.drop_table("known_origins")
