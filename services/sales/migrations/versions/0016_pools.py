"""Public pools, and the leads that lie in them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _pools()
    for name in ("pooled_at", "warned_for", "reclaim_at"):
        op.add_column("leads", sa.Column(name, INSTANT, nullable=True))
    op.add_column("leads", sa.Column("protected", sa.Boolean(), nullable=False, server_default="false"))
    op.add_column("leads", sa.Column("pool_id", sa.Uuid(), nullable=True))
    op.create_foreign_key("fk_leads_pool_id", "leads", "pools", ["pool_id"], ["id"])
    op.create_check_constraint(op.f("ck_leads_pooled"), "leads", "pool_id IS NULL OR owner_id IS NULL")
    pooled = sa.text("pool_id IS NOT NULL")
    op.create_index("ix_leads_pool_id_score_id", "leads", ["pool_id", "score", "id"], postgresql_where=pooled)
    _moves()


def downgrade() -> None:
    op.drop_table("pool_moves")
    op.drop_index("ix_leads_pool_id_score_id", table_name="leads")
    op.drop_constraint(op.f("ck_leads_pooled"), "leads")
    op.drop_constraint("fk_leads_pool_id", "leads")
    for name in ("pool_id", "protected", "reclaim_at", "warned_for", "pooled_at"):
        op.drop_column("leads", name)
    op.drop_table("pool_teams")
    op.drop_table("pools")


def _pools() -> None:
    op.create_table(
        "pools",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("no_follow_up_days", sa.Integer(), nullable=True),
        sa.Column("no_deal_days", sa.Integer(), nullable=True),
        sa.Column("warn_days", sa.Integer(), nullable=False),
        sa.Column("claims_per_day", sa.Integer(), nullable=True),
        sa.Column("max_held", sa.Integer(), nullable=True),
        sa.Column("cool_down_days", sa.Integer(), nullable=False),
        sa.Column("masked", sa.Boolean(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("search_grams", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_pools"),
        sa.UniqueConstraint("name", name="uq_pools_name"),
        sa.CheckConstraint("no_follow_up_days > 0 AND no_deal_days > 0", name=op.f("ck_pools_days")),
        sa.CheckConstraint("warn_days >= 0 AND cool_down_days >= 0", name=op.f("ck_pools_waits")),
        sa.CheckConstraint("claims_per_day >= 0 AND max_held >= 0", name=op.f("ck_pools_limits")),
    )
    op.create_index("ix_pools_created_at_id", "pools", ["created_at", "id"])
    op.create_index("ix_pools_search_grams", "pools", ["search_grams"], postgresql_using="gin")
    op.create_table(
        "pool_teams",
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("pool_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", name="pk_pool_teams"),
        sa.ForeignKeyConstraint(["pool_id"], ["pools.id"], name="fk_pool_teams_pool_id", ondelete="CASCADE"),
    )
    op.create_index("ix_pool_teams_pool_id", "pool_teams", ["pool_id"])


def _moves() -> None:
    op.create_table(
        "pool_moves",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.Column("pool_id", sa.Uuid(), nullable=True),
        sa.Column("from_pool_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=True),
        sa.Column("rep_id", sa.Uuid(), nullable=True),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_pool_moves"),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name="fk_pool_moves_lead_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["pool_id"], ["pools.id"], name="fk_pool_moves_pool_id"),
        sa.ForeignKeyConstraint(["from_pool_id"], ["pools.id"], name="fk_pool_moves_from_pool_id"),
        sa.CheckConstraint(
            "kind IN ('reclaimed', 'given_back', 'transferred', 'claimed', 'assigned', 'closed', 'protected',"
            " 'unprotected')",
            name=op.f("ck_pool_moves_kind"),
        ),
        sa.CheckConstraint("rule IN ('no_follow_up', 'no_deal', 'by_hand')", name=op.f("ck_pool_moves_rule")),
    )
    for name, columns, where in (
        ("ix_pool_moves_pool_id_at_id", ["pool_id", "at", "id"], None),
        ("ix_pool_moves_from_pool_id", ["from_pool_id"], "from_pool_id IS NOT NULL"),
        ("ix_pool_moves_lead_id_at_id", ["lead_id", "at", "id"], None),
        ("ix_pool_moves_claims", ["rep_id", "at"], "kind = 'claimed'"),
    ):
        op.create_index(name, "pool_moves", columns, postgresql_where=sa.text(where) if where else None)
