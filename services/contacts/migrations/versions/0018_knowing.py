"""Relationships of people and companies, and what colleagues know of them."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

_INSTANT = sa.DateTime(timezone=True)
_CURRENT = "until IS NULL"


def upgrade() -> None:
    ends = [f"{end}_{one}_id" for end in ("from", "to") for one in ("person", "company")]
    op.create_table(
        "relationships",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        *(sa.Column(end, sa.Uuid()) for end in ends),
        sa.Column("title", sa.Text()),
        sa.Column("department", sa.Text()),
        sa.Column("since", sa.Date()),
        sa.Column("until", sa.Date()),
        sa.Column("note", sa.Text()),
        sa.Column("author_id", sa.Uuid()),
        *_entity(),
        *(
            sa.ForeignKeyConstraint(
                [end],
                ["people.id" if "person" in end else "companies.id"],
                name=f"fk_relationships_{end}",
                ondelete="CASCADE",
            )
            for end in ends
        ),
        sa.PrimaryKeyConstraint("id", name="pk_relationships"),
    )
    op.create_index("ix_relationships_created_at_id", "relationships", ["created_at", "id"])
    for end in ends:
        op.create_index(f"ix_relationships_{end}", "relationships", [end])
    op.create_index(
        "uq_relationships_reports_to",
        "relationships",
        ["from_person_id"],
        unique=True,
        postgresql_where=sa.text(f"kind = 'reports_to' AND {_CURRENT}"),
    )
    op.create_index(
        "uq_relationships_people",
        "relationships",
        ["from_person_id", "to_person_id", "kind"],
        unique=True,
        postgresql_where=sa.text(_CURRENT),
    )
    op.create_table(
        "insights",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid()),
        sa.Column("company_id", sa.Uuid()),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("choice", sa.Text()),
        sa.Column("days", sa.Integer()),
        sa.Column("text", sa.Text()),
        sa.Column("author_id", sa.Uuid()),
        sa.Column("retracted_at", _INSTANT),
        sa.Column("retracted_by", sa.Uuid()),
        *_entity(),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_insights_person_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name="fk_insights_company_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_insights"),
    )
    op.create_index("ix_insights_created_at_id", "insights", ["created_at", "id"])
    for who in ("person", "company"):
        op.create_index(
            f"ix_insights_{who}_id",
            "insights",
            [f"{who}_id", "kind"],
            postgresql_where=sa.text(f"{who}_id IS NOT NULL"),
        )
    op.create_index(
        "ix_insights_kind_choice", "insights", ["kind", "choice"], postgresql_where=sa.text("retracted_at IS NULL")
    )


def downgrade() -> None:
    op.drop_table("insights")
    op.drop_table("relationships")


def _entity() -> tuple[sa.Column, ...]:
    return (
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("updated_at", _INSTANT, nullable=False),
    )
