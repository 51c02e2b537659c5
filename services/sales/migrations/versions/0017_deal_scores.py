"""How likely open deals are to be won: what is learnt from closed ones, and the scores."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.create_table(
        "deal_outcomes",
        sa.Column("deal_id", sa.Uuid(), nullable=False),
        sa.Column("won", sa.Boolean(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("facts", postgresql.JSONB(), nullable=False),
        sa.Column("halfway", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(["deal_id"], ["deals.id"], name="fk_deal_outcomes_deal_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("deal_id", name="pk_deal_outcomes"),
    )
    op.create_index("ix_deal_outcomes_closed_at", "deal_outcomes", ["closed_at"])
    op.create_table(
        "deal_frequencies",
        sa.Column("factor", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("won", sa.Integer(), nullable=False),
        sa.Column("lost", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("factor", "value", name="pk_deal_frequencies"),
    )
    op.create_table(
        "deal_scores",
        sa.Column("deal_id", sa.Uuid(), nullable=False),
        sa.Column("probability", sa.Numeric(5, 4), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("scored_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["deal_id"], ["deals.id"], name="fk_deal_scores_deal_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("deal_id", name="pk_deal_scores"),
    )
    op.create_index("ix_deal_scores_probability", "deal_scores", ["probability", "deal_id"])
    op.create_table(
        "scoring_choice",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("factors", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_scoring_choice_one")),
        sa.PrimaryKeyConstraint("id", name="pk_scoring_choice"),
    )


def downgrade() -> None:
    for table in ("scoring_choice", "deal_scores", "deal_frequencies", "deal_outcomes"):
        op.drop_table(table)
