"""Who works on a deal besides its owner."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "deal_members",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("deal_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("access", sa.Text(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("granted_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("(user_id IS NULL) <> (team_id IS NULL)", name="ck_deal_members_grantee"),
        sa.ForeignKeyConstraint(["deal_id"], ["deals.id"], name="fk_deal_members_deal_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_deal_members"),
    )
    op.create_index(
        "uq_deal_members_deal_id_user_id_team_id",
        "deal_members",
        ["deal_id", "user_id", "team_id"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    op.create_index("ix_deal_members_user_id", "deal_members", ["user_id"])
    op.create_index("ix_deal_members_team_id", "deal_members", ["team_id"])


def downgrade() -> None:
    op.drop_table("deal_members")
