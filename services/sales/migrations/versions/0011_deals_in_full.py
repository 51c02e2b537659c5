"""Deals in full: a place on the board, lines, holds, stalls; what stages ask for; the people of a deal."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"

UNDER_WAY = sa.text("status = 'open' AND NOT stalled AND held_until IS NULL")


def deal_columns() -> list[sa.Column]:
    return [
        sa.Column("rank", sa.Numeric(30, 12), nullable=True),
        sa.Column("amount_from_lines", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("close_pushes", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_step_on", sa.Date(), nullable=True),
        sa.Column("held_until", sa.Date(), nullable=True),
        sa.Column("hold_reason", sa.Text(), nullable=True),
        sa.Column("aging_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_activity_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_interaction_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stalled", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("stalled_because", sa.Text(), nullable=True),
    ]


def upgrade() -> None:
    for column in deal_columns():
        op.add_column("deals", column)
    op.execute(
        "UPDATE deals SET rank = -floor(extract(epoch FROM stage_entered_at) * 1000000),"
        " aging_since = stage_entered_at, last_activity_at = stage_entered_at"
    )
    for name in ("rank", "aging_since", "last_activity_at"):
        op.alter_column("deals", name, nullable=False)
    op.execute("ALTER TABLE deals ADD CONSTRAINT ck_deals_held_until CHECK (held_until IS NULL OR status = 'open')")
    op.drop_index("ix_deals_stage", table_name="deals")
    op.create_index("ix_deals_stage", "deals", ["stage_id", "rank", "id"])
    op.create_index("ix_deals_stage_aging", "deals", ["stage_id", "aging_since"], postgresql_where=UNDER_WAY)
    op.create_index("ix_deals_stage_activity", "deals", ["stage_id", "last_activity_at"], postgresql_where=UNDER_WAY)
    op.create_index("ix_deals_stalled", "deals", ["created_at", "id"], postgresql_where=sa.text("stalled"))
    held = sa.text("held_until IS NOT NULL")
    op.create_index("ix_deals_held_until", "deals", ["held_until"], postgresql_where=held)
    op.add_column("stage_passages", sa.Column("stalled_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("pipelines", sa.Column("idle_days", sa.Integer(), nullable=True))
    op.add_column("stages", sa.Column("max_days", sa.Integer(), nullable=True))
    op.execute("ALTER TABLE stages ADD CONSTRAINT ck_stages_max_days CHECK (max_days > 0)")
    op.add_column("stages", sa.Column("required_fields", sa.ARRAY(sa.Text()), server_default="{}", nullable=False))
    op.add_column("stages", sa.Column("exit_checks", postgresql.JSONB(), server_default="[]", nullable=False))
    _lines_ticks_stakeholders()


def _lines_ticks_stakeholders() -> None:
    op.create_table(
        "deal_lines",
        sa.Column("deal_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=True),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Numeric(14, 3), nullable=False),
        sa.Column("unit_price", sa.Numeric(18, 2), nullable=False),
        sa.Column("discount_percent", sa.Numeric(5, 2), nullable=False),
        sa.Column("amount", sa.Numeric(18, 2), nullable=False),
        sa.CheckConstraint("quantity > 0 AND amount >= 0", name="ck_deal_lines_amount"),
        sa.ForeignKeyConstraint(["deal_id"], ["deals.id"], name="fk_deal_lines_deal_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name="fk_deal_lines_product_id"),
        sa.PrimaryKeyConstraint("deal_id", "position", name="pk_deal_lines"),
    )
    op.create_index("ix_deal_lines_product_id", "deal_lines", ["product_id"])
    op.create_table(
        "deal_ticks",
        sa.Column("deal_id", sa.Uuid(), nullable=False),
        sa.Column("stage_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("ticked_by", sa.Uuid(), nullable=True),
        sa.Column("ticked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["deal_id"], ["deals.id"], name="fk_deal_ticks_deal_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("deal_id", "stage_id", "key", name="pk_deal_ticks"),
    )
    op.create_table(
        "stakeholders",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("deal_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["deal_id"], ["deals.id"], name="fk_stakeholders_deal_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_stakeholders"),
    )
    op.create_index("uq_stakeholders_deal_id_person_id", "stakeholders", ["deal_id", "person_id"], unique=True)
    op.create_index("ix_stakeholders_person_id", "stakeholders", ["person_id"])


def downgrade() -> None:
    for table in ("stakeholders", "deal_ticks", "deal_lines"):
        op.drop_table(table)
    for name in ("exit_checks", "required_fields", "max_days"):
        op.drop_column("stages", name)
    op.drop_column("pipelines", "idle_days")
    op.drop_column("stage_passages", "stalled_at")
    for name in ("held_until", "stalled", "stage_activity", "stage_aging", "stage"):
        op.drop_index(f"ix_deals_{name}", table_name="deals")
    op.create_index("ix_deals_stage", "deals", ["stage_id", "stage_entered_at", "id"])
    for column in deal_columns():
        op.drop_column("deals", column.name)
