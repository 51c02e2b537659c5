"""Collaborators: who else works with a person or a company."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "collaborators",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid()),
        sa.Column("company_id", sa.Uuid()),
        sa.Column("user_id", sa.Uuid()),
        sa.Column("team_id", sa.Uuid()),
        sa.Column("access", sa.Text(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True)),
        sa.Column("include_people", sa.Boolean(), nullable=False),
        sa.Column("granted_by", sa.Uuid()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_collaborators_person_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name="fk_collaborators_company_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_collaborators"),
    )
    op.create_index("ix_collaborators_created_at_id", "collaborators", ["created_at", "id"])
    op.create_index("ix_collaborators_user_id", "collaborators", ["user_id"])
    op.create_index("ix_collaborators_team_id", "collaborators", ["team_id"])
    for record in ("person", "company"):
        for grantee in ("user", "team"):
            where = sa.text(f"{record}_id IS NOT NULL AND {grantee}_id IS NOT NULL")
            op.create_index(
                f"uq_collaborators_{record}_{grantee}",
                "collaborators",
                [f"{record}_id", f"{grantee}_id"],
                unique=True,
                postgresql_where=where,
            )


def downgrade() -> None:
    op.drop_table("collaborators")
