"""Leads, territories, pipelines, deals and orders; the default pipeline."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from chassis.clock import now
from chassis.db.tables import create_v1, drop_v1
from chassis.ids import uuid7

revision = "0001"
down_revision = None

STAGES = (
    ("Qualified", "open", 10),
    ("Needs analysed", "open", 25),
    ("Proposal", "open", 50),
    ("Negotiation", "open", 75),
    ("Won", "won", 100),
    ("Lost", "lost", 0),
)


def upgrade() -> None:
    create_v1(op)
    op.execute(sa.schema.CreateSequence(sa.Sequence("order_numbers")))
    op.create_table(
        "companies",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("known_sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_companies"),
    )
    op.create_table(
        "leads",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("company_name", sa.Text(), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("postcode", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("territory", sa.Text(), nullable=True),
        sa.Column("assignment", postgresql.JSONB(), nullable=True),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("follow_step", sa.Integer(), nullable=False),
        sa.Column("followed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_activity_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deal_id", sa.Uuid(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("partner_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("search_grams", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.CheckConstraint(
            "status IN ('new', 'following', 'dormant', 'shelved', 'converted', 'lost')",
            name="ck_leads_status",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_leads"),
    )
    op.create_index("ix_leads_campaign_id", "leads", ["campaign_id"])
    op.create_index("ix_leads_created_at_id", "leads", ["created_at", "id"])
    op.create_index("ix_leads_owner_id_created_at_id", "leads", ["owner_id", "created_at", "id"])
    op.create_index("ix_leads_partner_id", "leads", ["partner_id"])
    op.create_index("ix_leads_person_id", "leads", ["person_id"])
    op.create_index("ix_leads_score_id", "leads", ["score", "id"])
    op.create_index("ix_leads_search_grams", "leads", ["search_grams"], postgresql_using="gin")
    op.create_index(
        "ix_leads_silence",
        "leads",
        ["last_activity_at"],
        postgresql_where=sa.text("status IN ('new', 'following')"),
    )
    op.create_index("ix_leads_status_created_at_id", "leads", ["status", "created_at", "id"])
    op.create_index("ix_leads_team_id", "leads", ["team_id"])
    op.create_index(
        "ix_leads_waiting",
        "leads",
        ["created_at"],
        postgresql_where=sa.text("owner_id IS NULL AND status IN ('new', 'following', 'dormant', 'shelved')"),
    )
    op.create_index(
        "uq_leads_open_person_id",
        "leads",
        ["person_id"],
        unique=True,
        postgresql_where=sa.text("status IN ('new', 'following', 'dormant', 'shelved')"),
    )
    op.create_table(
        "people",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("company_id", sa.Uuid(), nullable=True),
        sa.Column("company_name", sa.Text(), nullable=True),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("postcode", sa.Text(), nullable=True),
        sa.Column("erased", sa.Boolean(), nullable=False),
        sa.Column("known_sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_people"),
    )
    op.create_index("ix_people_email", "people", ["email"])
    op.create_index("ix_people_phone", "people", ["phone"])
    op.create_table(
        "pipelines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_pipelines"),
        sa.UniqueConstraint("name", name="uq_pipelines_name"),
    )
    op.create_index("ix_pipelines_created_at_id", "pipelines", ["created_at", "id"])
    op.create_index(
        "uq_pipelines_is_default",
        "pipelines",
        ["is_default"],
        unique=True,
        postgresql_where=sa.text("is_default"),
    )
    op.create_table(
        "reps",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("takes_leads", sa.Boolean(), nullable=False),
        sa.Column("known_sequence", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("search_grams", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_reps"),
    )
    op.create_index("ix_reps_created_at_id", "reps", ["created_at", "id"])
    op.create_index("ix_reps_search_grams", "reps", ["search_grams"], postgresql_using="gin")
    op.create_index("ix_reps_takes_leads", "reps", ["id"], postgresql_where=sa.text("takes_leads"))
    op.create_table(
        "territories",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("postcode_prefix", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("search_grams", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_territories"),
        sa.UniqueConstraint("name", name="uq_territories_name"),
    )
    op.create_index("ix_territories_created_at_id", "territories", ["created_at", "id"])
    op.create_index("ix_territories_position_id", "territories", ["position", "id"])
    op.create_index("ix_territories_search_grams", "territories", ["search_grams"], postgresql_using="gin")
    op.create_table(
        "turns",
        sa.Column("round", sa.Text(), nullable=False),
        sa.Column("last_rep_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("round", name="pk_turns"),
    )
    op.create_table(
        "follow_ups",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("interaction_id", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name="fk_follow_ups_lead_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_follow_ups"),
    )
    op.create_index("ix_follow_ups_lead_id", "follow_ups", ["lead_id"])
    op.create_index(
        "uq_follow_ups_planned",
        "follow_ups",
        ["lead_id", "step"],
        unique=True,
        postgresql_where=sa.text("state = 'planned'"),
    )
    op.create_table(
        "stages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("pipeline_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("probability", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('open', 'won', 'lost')", name="ck_stages_kind"),
        sa.CheckConstraint("probability BETWEEN 0 AND 100", name="ck_stages_probability"),
        sa.ForeignKeyConstraint(["pipeline_id"], ["pipelines.id"], name="fk_stages_pipeline_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_stages"),
    )
    op.create_index("ix_stages_pipeline_id_position", "stages", ["pipeline_id", "position"])
    op.create_table(
        "territory_members",
        sa.Column("territory_id", sa.Uuid(), nullable=False),
        sa.Column("rep_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["rep_id"], ["reps.id"], name="fk_territory_members_rep_id"),
        sa.ForeignKeyConstraint(
            ["territory_id"], ["territories.id"], name="fk_territory_members_territory_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("territory_id", "rep_id", name="pk_territory_members"),
    )
    op.create_index("ix_territory_members_rep_id", "territory_members", ["rep_id"])
    op.create_table(
        "touches",
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.Column("form_key", sa.Text(), nullable=True),
        sa.Column("campaign_id", sa.Uuid(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("utm", postgresql.JSONB(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name="fk_touches_lead_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("submission_id", name="pk_touches"),
    )
    op.create_index("ix_touches_lead_id", "touches", ["lead_id"])
    op.create_table(
        "deals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("pipeline_id", sa.Uuid(), nullable=False),
        sa.Column("stage_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("stage_entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expected_close", sa.Date(), nullable=True),
        sa.Column("priority", sa.Text(), nullable=False),
        sa.Column("next_step", sa.Text(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("company_id", sa.Uuid(), nullable=True),
        sa.Column("contact_name", sa.Text(), nullable=True),
        sa.Column("company_name", sa.Text(), nullable=True),
        sa.Column("lead_id", sa.Uuid(), nullable=True),
        sa.Column("campaign_id", sa.Uuid(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("product", sa.Text(), nullable=True),
        sa.Column("lost_reason", sa.Text(), nullable=True),
        sa.Column("ordered", sa.Boolean(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("partner_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("search_grams", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.CheckConstraint("status IN ('open', 'won', 'lost')", name="ck_deals_status"),
        sa.CheckConstraint("amount >= 0", name="ck_deals_amount"),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name="fk_deals_lead_id"),
        sa.ForeignKeyConstraint(["pipeline_id"], ["pipelines.id"], name="fk_deals_pipeline_id"),
        sa.ForeignKeyConstraint(["stage_id"], ["stages.id"], name="fk_deals_stage_id"),
        sa.PrimaryKeyConstraint("id", name="pk_deals"),
        sa.UniqueConstraint("lead_id", name="uq_deals_lead_id"),
    )
    op.create_index("ix_deals_amount_id", "deals", ["amount", "id"])
    op.create_index(
        "ix_deals_board",
        "deals",
        ["pipeline_id", "stage_id", "currency"],
        postgresql_include=["amount", "owner_id", "team_id"],
        postgresql_where=sa.text("status = 'open'"),
    )
    op.create_index("ix_deals_campaign_id", "deals", ["campaign_id"])
    op.create_index("ix_deals_closed_at", "deals", ["closed_at"], postgresql_where=sa.text("closed_at IS NOT NULL"))
    op.create_index("ix_deals_company_id", "deals", ["company_id"])
    op.create_index("ix_deals_created_at_id", "deals", ["created_at", "id"])
    op.create_index("ix_deals_expected_close_id", "deals", ["expected_close", "id"])
    op.create_index("ix_deals_owner_id_created_at_id", "deals", ["owner_id", "created_at", "id"])
    op.create_index("ix_deals_partner_id", "deals", ["partner_id"])
    op.create_index("ix_deals_person_id", "deals", ["person_id"])
    op.create_index("ix_deals_search_grams", "deals", ["search_grams"], postgresql_using="gin")
    op.create_index("ix_deals_stage", "deals", ["stage_id", "stage_entered_at", "id"])
    op.create_index("ix_deals_status_created_at_id", "deals", ["status", "created_at", "id"])
    op.create_index("ix_deals_team_id", "deals", ["team_id"])
    op.create_table(
        "orders",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("deal_id", sa.Uuid(), nullable=False),
        sa.Column("additional", sa.Boolean(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("company_id", sa.Uuid(), nullable=True),
        sa.Column("contact_name", sa.Text(), nullable=True),
        sa.Column("company_name", sa.Text(), nullable=True),
        sa.Column("campaign_id", sa.Uuid(), nullable=True),
        sa.Column("total", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("partner_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("search_grams", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.CheckConstraint("total >= 0", name="ck_orders_total"),
        sa.ForeignKeyConstraint(["deal_id"], ["deals.id"], name="fk_orders_deal_id"),
        sa.PrimaryKeyConstraint("id", name="pk_orders"),
        sa.UniqueConstraint("number", name="uq_orders_number"),
    )
    op.create_index("ix_orders_company_id", "orders", ["company_id"])
    op.create_index("ix_orders_created_at_id", "orders", ["created_at", "id"])
    op.create_index("ix_orders_deal_id_created_at", "orders", ["deal_id", "created_at"])
    op.create_index("ix_orders_owner_id", "orders", ["owner_id"])
    op.create_index("ix_orders_partner_id", "orders", ["partner_id"])
    op.create_index("ix_orders_person_id", "orders", ["person_id"])
    op.create_index("ix_orders_placed_at_id", "orders", ["placed_at", "id"])
    op.create_index("ix_orders_search_grams", "orders", ["search_grams"], postgresql_using="gin")
    op.create_index("ix_orders_team_id", "orders", ["team_id"])
    op.create_index("uq_orders_deal_id", "orders", ["deal_id"], unique=True, postgresql_where=sa.text("NOT additional"))
    op.create_table(
        "stage_passages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("deal_id", sa.Uuid(), nullable=False),
        sa.Column("stage_id", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("moved_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["deal_id"], ["deals.id"], name="fk_stage_passages_deal_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_stage_passages"),
    )
    op.create_index("ix_stage_passages_deal_id_entered_at", "stage_passages", ["deal_id", "entered_at"])
    op.create_index(
        "uq_stage_passages_current",
        "stage_passages",
        ["deal_id"],
        unique=True,
        postgresql_where=sa.text("left_at IS NULL"),
    )
    op.create_table(
        "order_lines",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=14, scale=3), nullable=False),
        sa.Column("unit_price", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name="fk_order_lines_order_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("order_id", "position", name="pk_order_lines"),
    )
    _make_default_pipeline()


def downgrade() -> None:
    for table in (
        "order_lines",
        "stage_passages",
        "orders",
        "deals",
        "touches",
        "territory_members",
        "stages",
        "follow_ups",
        "turns",
        "territories",
        "reps",
        "pipelines",
        "people",
        "leads",
        "companies",
    ):
        op.drop_table(table)
    op.execute(sa.schema.DropSequence(sa.Sequence("order_numbers")))
    drop_v1(op)


def _make_default_pipeline() -> None:
    pipeline_id, made = uuid7(), now()
    pipelines = sa.table(
        "pipelines", *map(sa.column, ("id", "name", "is_default", "version", "created_at", "updated_at"))
    )
    stages = sa.table("stages", *map(sa.column, ("id", "pipeline_id", "name", "kind", "probability", "position")))
    row = {
        "id": pipeline_id,
        "name": "Sales",
        "is_default": True,
        "version": 1,
        "created_at": made,
        "updated_at": made,
    }
    op.bulk_insert(pipelines, [row])
    for position, (name, kind, probability) in enumerate(STAGES, start=1):
        row = {"id": uuid7(), "pipeline_id": pipeline_id, "name": name, "kind": kind}
        op.bulk_insert(stages, [row | {"probability": probability, "position": position}])
