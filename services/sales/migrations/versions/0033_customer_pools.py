"""Customers in public pools; indexes by which the sweeps of the pools find what is due."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"

INSTANT = sa.DateTime(timezone=True)
_TERMS = ("customer_no_follow_up_days", "customer_no_deal_days", "customer_no_close_days", "max_customers")
_KINDS = "'no_follow_up', 'no_deal', 'no_close', 'by_hand'"
_OPEN = "status IN ('new', 'following', 'dormant', 'shelved', 'recycled')"
_LEADS = sa.text(f"{_OPEN} AND owner_id IS NOT NULL AND partner_id IS NULL AND NOT protected")
_CUSTOMERS = sa.text("owner_id IS NOT NULL AND partner_id IS NULL AND pool_id IS NULL AND NOT protected")


def upgrade() -> None:
    for name in _TERMS:
        op.add_column("pools", sa.Column(name, sa.Integer(), nullable=True))
    op.create_check_constraint(
        op.f("ck_pools_customers"), "pools",
        "customer_no_follow_up_days > 0 AND customer_no_deal_days > 0 AND customer_no_close_days > 0"
        " AND max_customers >= 0",
    )  # fmt: skip
    _customers()
    _moves()
    taken = "coalesce(assigned_at, created_at)"
    talked = sa.text(f"greatest({taken}, followed_at)")
    op.create_index("ix_leads_pool_talked", "leads", ["team_id", talked], postgresql_where=_LEADS)
    op.create_index("ix_leads_pool_taken", "leads", ["team_id", sa.text(taken)], postgresql_where=_LEADS)


def downgrade() -> None:
    op.drop_index("ix_leads_pool_taken", table_name="leads")
    op.drop_index("ix_leads_pool_talked", table_name="leads")
    op.execute("DELETE FROM pool_moves WHERE lead_id IS NULL")
    op.drop_index("ix_pool_moves_customer_id_at_id", table_name="pool_moves")
    op.drop_constraint(op.f("ck_pool_moves_of_one"), "pool_moves")
    op.drop_constraint(op.f("ck_pool_moves_rule"), "pool_moves")
    op.create_check_constraint(
        op.f("ck_pool_moves_rule"), "pool_moves", "rule IN ('no_follow_up', 'no_deal', 'by_hand')"
    )
    op.drop_column("pool_moves", "refused")
    op.drop_column("pool_moves", "customer_id")
    op.alter_column("pool_moves", "lead_id", nullable=False)
    op.drop_table("customers")
    op.drop_constraint(op.f("ck_pools_customers"), "pools")
    for name in reversed(_TERMS):
        op.drop_column("pools", name)


def _customers() -> None:
    op.create_table(
        "customers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("told_sequence", sa.BigInteger(), nullable=False),
        *(sa.Column(name, INSTANT, nullable=False) for name in ("idle_since", "no_deal_since", "no_close_since")),
        sa.Column("protected", sa.Boolean(), nullable=False, server_default=sa.text("false")),
        sa.Column("pool_id", sa.Uuid(), nullable=True),
        sa.Column("pooled_at", INSTANT, nullable=True),
        sa.Column("move_id", sa.Uuid(), nullable=True),
        sa.Column("taker_id", sa.Uuid(), nullable=True),
        sa.Column("warned_for", INSTANT, nullable=True),
        sa.Column("reclaim_at", INSTANT, nullable=True),
        sa.Column("warning_id", sa.Uuid(), nullable=True),
        *(sa.Column(name, sa.Uuid(), nullable=True) for name in ("owner_id", "team_id", "partner_id")),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_customers"),
        sa.ForeignKeyConstraint(["pool_id"], ["pools.id"], name="fk_customers_pool_id"),
        sa.CheckConstraint("kind IN ('company', 'person')", name=op.f("ck_customers_kind")),
        sa.CheckConstraint("taker_id IS NULL OR move_id IS NOT NULL", name=op.f("ck_customers_taker")),
        sa.CheckConstraint("move_id IS NULL OR pool_id IS NOT NULL", name=op.f("ck_customers_move")),
    )
    for name, columns, where in (
        ("ix_customers_created_at_id", ["created_at", "id"], None),
        ("ix_customers_owner_id", ["owner_id"], None),
        ("ix_customers_team_id", ["team_id"], None),
        ("ix_customers_partner_id", ["partner_id"], None),
        ("ix_customers_idle", ["team_id", "idle_since"], _CUSTOMERS),
        ("ix_customers_no_deal", ["team_id", "no_deal_since"], _CUSTOMERS),
        ("ix_customers_no_close", ["team_id", "no_close_since"], _CUSTOMERS),
        ("ix_customers_warned", ["id"], sa.text("warned_for IS NOT NULL")),
        ("ix_customers_pool_id_pooled_at_id", ["pool_id", "pooled_at", "id"], sa.text("pool_id IS NOT NULL")),
        ("ix_customers_taker_id", ["taker_id"], sa.text("taker_id IS NOT NULL")),
    ):
        op.create_index(name, "customers", columns, postgresql_where=where)


def _moves() -> None:
    op.alter_column("pool_moves", "lead_id", nullable=True)
    op.add_column("pool_moves", sa.Column("customer_id", sa.Uuid(), nullable=True))
    op.add_column("pool_moves", sa.Column("refused", sa.Text(), nullable=True))
    op.create_check_constraint(op.f("ck_pool_moves_of_one"), "pool_moves", "num_nonnulls(lead_id, customer_id) = 1")
    op.drop_constraint(op.f("ck_pool_moves_rule"), "pool_moves")
    op.create_check_constraint(op.f("ck_pool_moves_rule"), "pool_moves", f"rule IN ({_KINDS})")
    of_customer = sa.text("customer_id IS NOT NULL")
    columns = ["customer_id", "at", "id"]
    op.create_index("ix_pool_moves_customer_id_at_id", "pool_moves", columns, postgresql_where=of_customer)
