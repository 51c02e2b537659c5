"""Why deals are won and lost, against whom, and whose they are."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "close_reasons",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('won', 'lost')", name="ck_close_reasons_kind"),
        sa.PrimaryKeyConstraint("id", name="pk_close_reasons"),
    )
    op.create_index("ix_close_reasons_created_at_id", "close_reasons", ["created_at", "id"])
    op.create_index("uq_close_reasons_kind_name", "close_reasons", ["kind", sa.text("lower(name)")], unique=True)
    op.add_column("deals", sa.Column("reason_id", sa.Uuid(), nullable=True))
    op.add_column("deals", sa.Column("won_reason", sa.Text(), nullable=True))
    op.add_column("deals", sa.Column("reason_detail", sa.Text(), nullable=True))
    op.create_foreign_key("fk_deals_reason_id", "deals", "close_reasons", ["reason_id"], ["id"])
    chosen = sa.text("reason_id IS NOT NULL")
    op.create_index("ix_deals_reason_id", "deals", ["reason_id"], postgresql_where=chosen)
    _competitors()
    op.create_table(
        "deal_credits",
        sa.Column("deal_id", sa.Uuid(), nullable=False),
        sa.Column("rep_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("percent", sa.Numeric(5, 2), nullable=False),
        sa.CheckConstraint("kind IN ('revenue', 'overlay')", name="ck_deal_credits_kind"),
        sa.CheckConstraint("percent > 0 AND percent <= 100", name="ck_deal_credits_percent"),
        sa.ForeignKeyConstraint(["deal_id"], ["deals.id"], name="fk_deal_credits_deal_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("deal_id", "rep_id", "kind", name="pk_deal_credits"),
    )
    op.create_index("ix_deal_credits_rep_id", "deal_credits", ["rep_id"])


def _competitors() -> None:
    op.create_table(
        "competitors",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("website", sa.Text(), nullable=True),
        sa.Column("strengths", sa.Text(), nullable=True),
        sa.Column("weaknesses", sa.Text(), nullable=True),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("search_grams", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_competitors"),
        sa.UniqueConstraint("name", name="uq_competitors_name"),
    )
    op.create_index("ix_competitors_created_at_id", "competitors", ["created_at", "id"])
    op.create_index("ix_competitors_name_id", "competitors", ["name", "id"])
    op.create_index("ix_competitors_search_grams", "competitors", ["search_grams"], postgresql_using="gin")
    op.create_table(
        "deal_competitors",
        sa.Column("deal_id", sa.Uuid(), nullable=False),
        sa.Column("competitor_id", sa.Uuid(), nullable=False),
        sa.Column("threat", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.CheckConstraint("threat IN ('low', 'medium', 'high')", name="ck_deal_competitors_threat"),
        sa.CheckConstraint("outcome IN ('beaten', 'lost_to', 'withdrew')", name="ck_deal_competitors_outcome"),
        sa.ForeignKeyConstraint(["deal_id"], ["deals.id"], name="fk_deal_competitors_deal_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["competitor_id"], ["competitors.id"], name="fk_deal_competitors_competitor_id"),
        sa.PrimaryKeyConstraint("deal_id", "competitor_id", name="pk_deal_competitors"),
    )
    op.create_index("ix_deal_competitors_competitor_id", "deal_competitors", ["competitor_id"])


def downgrade() -> None:
    op.drop_table("deal_credits")
    op.drop_table("deal_competitors")
    op.drop_table("competitors")
    op.drop_index("ix_deals_reason_id", table_name="deals")
    op.drop_constraint("fk_deals_reason_id", "deals", type_="foreignkey")
    for name in ("reason_detail", "won_reason", "reason_id"):
        op.drop_column("deals", name)
    op.drop_table("close_reasons")
