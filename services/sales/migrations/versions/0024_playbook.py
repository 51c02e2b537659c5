"""The playbook: plays, what they are about, their editions, votes and uses."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    op.create_table(
        "plays",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("search_grams", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.CheckConstraint("language IN ('zh', 'en')", name="ck_plays_language"),
        sa.CheckConstraint("status IN ('draft', 'published')", name="ck_plays_status"),
        sa.PrimaryKeyConstraint("id", name="pk_plays"),
    )
    op.create_index("ix_plays_created_at_id", "plays", ["created_at", "id"])
    op.create_index("ix_plays_title_id", "plays", ["title", "id"])
    op.create_index("ix_plays_search_grams", "plays", ["search_grams"], postgresql_using="gin")
    _links()
    op.create_table(
        "play_editions",
        sa.Column("play_id", sa.Uuid(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["play_id"], ["plays.id"], name="fk_play_editions_play_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("play_id", "edition", name="pk_play_editions"),
    )
    op.create_table(
        "play_votes",
        sa.Column("play_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("useful", sa.Boolean(), nullable=False),
        sa.Column("voted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["play_id"], ["plays.id"], name="fk_play_votes_play_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("play_id", "user_id", name="pk_play_votes"),
    )
    _uses()


def _links() -> None:
    op.create_table(
        "play_links",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("play_id", sa.Uuid(), nullable=False),
        sa.Column("stage_id", sa.Uuid(), nullable=True),
        sa.Column("product_id", sa.Uuid(), nullable=True),
        sa.Column("competitor_id", sa.Uuid(), nullable=True),
        sa.Column("industry", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "num_nonnulls(stage_id, product_id, competitor_id, industry) = 1", name="ck_play_links_subject"
        ),
        sa.ForeignKeyConstraint(["play_id"], ["plays.id"], name="fk_play_links_play_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["stage_id"], ["stages.id"], name="fk_play_links_stage_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name="fk_play_links_product_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["competitor_id"], ["competitors.id"], name="fk_play_links_competitor_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_play_links"),
    )
    op.create_index(
        "uq_play_links_subject",
        "play_links",
        ["play_id", "stage_id", "product_id", "competitor_id", "industry"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    for column in ("stage_id", "product_id", "competitor_id", "industry"):
        op.create_index(f"ix_play_links_{column}", "play_links", [column])


def _uses() -> None:
    op.create_table(
        "play_uses",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("play_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("deal_id", sa.Uuid(), nullable=True),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["play_id"], ["plays.id"], name="fk_play_uses_play_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["deal_id"], ["deals.id"], name="fk_play_uses_deal_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_play_uses"),
    )
    op.create_index(
        "uq_play_uses_play_id_user_id_deal_id",
        "play_uses",
        ["play_id", "user_id", "deal_id"],
        unique=True,
        postgresql_nulls_not_distinct=True,
    )
    op.create_index("ix_play_uses_deal_id", "play_uses", ["deal_id"])


def downgrade() -> None:
    for table in ("play_uses", "play_votes", "play_editions", "play_links", "plays"):
        op.drop_table(table)
