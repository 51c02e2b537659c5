"""With whom contacts shares people and companies."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "collaborators",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid()),
        sa.Column("company_id", sa.Uuid()),
        sa.Column("user_id", sa.Uuid()),
        sa.Column("team_id", sa.Uuid()),
        sa.Column("access", sa.Text(), nullable=False),
        sa.Column("include_people", sa.Boolean(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True)),
        sa.Column("heard", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_collaborators"),
    )
    for grantee in ("user", "team"):
        op.create_index(f"ix_collaborators_{grantee}_id", "collaborators", [f"{grantee}_id"])
        for record in ("person", "company"):
            columns = [f"{record}_id", f"{grantee}_id"]
            where = sa.text(f"{record}_id IS NOT NULL AND {grantee}_id IS NOT NULL")
            name = f"uq_collaborators_{record}_{grantee}"
            op.create_index(name, "collaborators", columns, unique=True, postgresql_where=where)


def downgrade() -> None:
    op.drop_table("collaborators")
