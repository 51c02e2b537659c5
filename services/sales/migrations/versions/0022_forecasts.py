"""What is likely to be won, who says so, and what the pipeline looked like each night."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"

CATEGORY = "category IN ('commit', 'best_case', 'pipeline', 'omitted')"


def upgrade() -> None:
    op.create_table(
        "deal_forecasts",
        sa.Column("deal_id", sa.Uuid(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(CATEGORY, name="ck_deal_forecasts_category"),
        sa.ForeignKeyConstraint(["deal_id"], ["deals.id"], name="fk_deal_forecasts_deal_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("deal_id", name="pk_deal_forecasts"),
    )
    op.create_table(
        "stage_forecasts",
        sa.Column("stage_id", sa.Uuid(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.CheckConstraint(CATEGORY, name="ck_stage_forecasts_category"),
        sa.ForeignKeyConstraint(["stage_id"], ["stages.id"], name="fk_stage_forecasts_stage_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("stage_id", name="pk_stage_forecasts"),
    )
    _calls()
    op.create_table(
        "forecast_snapshots",
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("taken_on", name="pk_forecast_snapshots"),
    )
    op.create_table(
        "forecast_states",
        sa.Column("deal_id", sa.Uuid(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("amount", sa.Numeric(18, 2), nullable=False),
        sa.Column("probability", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["deal_id"], ["deals.id"], name="fk_forecast_states_deal_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("deal_id", "from_on", name="pk_forecast_states"),
    )
    current = sa.text("until_on IS NULL")
    op.create_index("uq_forecast_states_current", "forecast_states", ["deal_id"], unique=True, postgresql_where=current)
    op.create_index("ix_forecast_states_due_on", "forecast_states", ["due_on"])


def _calls() -> None:
    op.create_table(
        "forecast_calls",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("amount", sa.Numeric(18, 2), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("partner_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('rep', 'manager')", name="ck_forecast_calls_kind"),
        sa.CheckConstraint("amount >= 0", name="ck_forecast_calls_amount"),
        sa.PrimaryKeyConstraint("id", name="pk_forecast_calls"),
    )
    op.create_index("ix_forecast_calls_created_at_id", "forecast_calls", ["created_at", "id"])
    for name in ("owner_id", "team_id", "partner_id"):
        op.create_index(f"ix_forecast_calls_{name}", "forecast_calls", [name])
    columns = ["begins_on", "period", "subject_id", "kind", "created_at"]
    op.create_index("ix_forecast_calls_begins_on", "forecast_calls", columns)


def downgrade() -> None:
    for name in ("forecast_states", "forecast_snapshots", "forecast_calls", "stage_forecasts", "deal_forecasts"):
        op.drop_table(name)
