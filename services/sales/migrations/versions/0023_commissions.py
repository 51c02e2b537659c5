"""What reps earn: plans, who has them, what counts, the ledger, statements."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023"
down_revision = "0022"


def entity(*columns: sa.Column) -> list[sa.Column]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        *columns,
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
    ]


def owned() -> list[sa.Column]:
    return [sa.Column(name, sa.Uuid(), nullable=True) for name in ("owner_id", "team_id", "partner_id")]


def plan_key(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["plan_id"], ["commission_plans.id"], name=f"fk_{table}_plan_id")


def index(table: str, *names: str) -> None:
    for name in names:
        op.create_index(f"ix_{table}_{name}", table, [name])
    op.create_index(f"ix_{table}_created_at_id", table, ["created_at", "id"])


def upgrade() -> None:
    op.create_table(
        "commission_plans",
        *entity(
            sa.Column("name", sa.Text(), nullable=False),
            sa.Column("basis", sa.Text(), nullable=False),
            sa.Column("period", sa.Text(), nullable=False),
            sa.Column("mode", sa.Text(), nullable=False),
            sa.Column("tiers", postgresql.JSONB(), nullable=False),
            sa.Column("product_rates", postgresql.JSONB(), nullable=False),
            sa.Column("accelerator", sa.Numeric(6, 3), nullable=False),
            sa.Column("floor", sa.Numeric(18, 2), nullable=True),
            sa.Column("cap", sa.Numeric(18, 2), nullable=True),
            sa.Column("pays_overlay", sa.Boolean(), nullable=False),
            sa.Column("active", sa.Boolean(), nullable=False),
        ),
        sa.CheckConstraint("basis IN ('won', 'ordered', 'paid')", name="ck_commission_plans_basis"),
        sa.CheckConstraint("period IN ('month', 'quarter')", name="ck_commission_plans_period"),
        sa.CheckConstraint("mode IN ('marginal', 'cliff')", name="ck_commission_plans_mode"),
        sa.PrimaryKeyConstraint("id", name="pk_commission_plans"),
        sa.UniqueConstraint("name", name="uq_commission_plans_name"),
    )
    index("commission_plans")
    op.create_table(
        "commission_assignments",
        *entity(
            sa.Column("plan_id", sa.Uuid(), nullable=False),
            sa.Column("begins_on", sa.Date(), nullable=False),
            sa.Column("ends_on", sa.Date(), nullable=True),
            *owned(),
        ),
        sa.CheckConstraint("ends_on IS NULL OR ends_on > begins_on", name="ck_commission_assignments_ends_on"),
        plan_key("commission_assignments"),
        sa.PrimaryKeyConstraint("id", name="pk_commission_assignments"),
    )
    index("commission_assignments", "plan_id", "owner_id", "team_id", "partner_id")
    op.create_table(
        "commission_bases",
        sa.Column("deal_id", sa.Uuid(), nullable=False),
        sa.Column("rep_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.Numeric(18, 2), nullable=False),
        sa.Column("parts", postgresql.JSONB(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["deal_id"], ["deals.id"], name="fk_commission_bases_deal_id", ondelete="CASCADE"),
        plan_key("commission_bases"),
        sa.PrimaryKeyConstraint("deal_id", "rep_id", "kind", name="pk_commission_bases"),
    )
    op.create_index("ix_commission_bases_rep_id", "commission_bases", ["rep_id", "plan_id", "begins_on"])
    _ledger()


def _ledger() -> None:
    op.create_table(
        "commission_entries",
        *entity(
            sa.Column("plan_id", sa.Uuid(), nullable=False),
            sa.Column("deal_id", sa.Uuid(), nullable=True),
            sa.Column("kind", sa.Text(), nullable=False),
            sa.Column("earned_for", sa.Date(), nullable=False),
            sa.Column("booked_in", sa.Date(), nullable=False),
            sa.Column("base", sa.Numeric(18, 2), nullable=False),
            sa.Column("amount", sa.Numeric(18, 2), nullable=False),
            sa.Column("reason", sa.Text(), nullable=True),
            sa.Column("made_by", sa.Uuid(), nullable=True),
            *owned(),
        ),
        sa.CheckConstraint(
            "kind IN ('earned', 'reversed', 'correction', 'adjustment')", name="ck_commission_entries_kind"
        ),
        sa.ForeignKeyConstraint(["deal_id"], ["deals.id"], name="fk_commission_entries_deal_id", ondelete="SET NULL"),
        plan_key("commission_entries"),
        sa.PrimaryKeyConstraint("id", name="pk_commission_entries"),
    )
    index("commission_entries", "deal_id", "owner_id", "team_id", "partner_id")
    columns = ["owner_id", "plan_id", "earned_for"]
    op.create_index("ix_commission_entries_earned_for", "commission_entries", columns)
    op.create_table(
        "commission_statements",
        *entity(
            sa.Column("plan_id", sa.Uuid(), nullable=False),
            sa.Column("begins_on", sa.Date(), nullable=False),
            sa.Column("ends_before", sa.Date(), nullable=False),
            sa.Column("status", sa.Text(), nullable=False),
            sa.Column("total", sa.Numeric(18, 2), nullable=False),
            sa.Column("approved_by", sa.Uuid(), nullable=True),
            sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
            sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
            sa.Column("reference", sa.Text(), nullable=True),
            *owned(),
        ),
        sa.CheckConstraint("status IN ('draft', 'approved', 'paid')", name="ck_commission_statements_status"),
        plan_key("commission_statements"),
        sa.PrimaryKeyConstraint("id", name="pk_commission_statements"),
    )
    index("commission_statements", "owner_id", "team_id", "partner_id")
    columns = ["owner_id", "plan_id", "begins_on"]
    op.create_index("uq_commission_statements_owner_id", "commission_statements", columns, unique=True)


def downgrade() -> None:
    for name in ("statements", "entries", "bases", "assignments", "plans"):
        op.drop_table(f"commission_{name}")
