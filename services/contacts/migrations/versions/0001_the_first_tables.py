"""The contacts service's tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from chassis.db.tables import create_v1, drop_v1

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the chassis' tables and those of contacts."""
    create_v1(op)
    op.create_table(
        "cancelled_tasks",
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("task_id", name="pk_cancelled_tasks"),
    )
    op.create_table(
        "companies",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("namesake", sa.Boolean(), nullable=False),
        sa.Column("domain", sa.Text()),
        sa.Column("industry", sa.Text()),
        sa.Column("employees", sa.Integer()),
        sa.Column("phone", sa.Text()),
        sa.Column("country", sa.Text()),
        sa.Column("region", sa.Text()),
        sa.Column("city", sa.Text()),
        sa.Column("postcode", sa.Text()),
        sa.Column("address", sa.Text()),
        sa.Column("note", sa.Text()),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("tags", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("owner_id", sa.Uuid()),
        sa.Column("team_id", sa.Uuid()),
        sa.Column("partner_id", sa.Uuid()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("search_grams", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_companies"),
    )
    op.create_index("ix_companies_created_at_id", "companies", ["created_at", "id"])
    op.create_index("ix_companies_owner_id", "companies", ["owner_id"])
    op.create_index("ix_companies_partner_id", "companies", ["partner_id"])
    op.create_index("ix_companies_search_grams", "companies", ["search_grams"], postgresql_using="gin")
    op.create_index("ix_companies_team_id", "companies", ["team_id"])
    op.create_index(
        "uq_companies_domain",
        "companies",
        ["domain"],
        unique=True,
        postgresql_where=sa.text("domain IS NOT NULL"),
    )
    op.create_index(
        "uq_companies_name_key",
        "companies",
        ["name_key"],
        unique=True,
        postgresql_where=sa.text("NOT namesake"),
    )
    op.create_table(
        "imported_people",
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("created", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("job_id", "person_id", name="pk_imported_people"),
    )
    op.create_table(
        "purchases",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("worth", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("order_id", name="pk_purchases"),
    )
    op.create_index("ix_purchases_person_id", "purchases", ["person_id"])
    op.create_table(
        "rehearsed_keys",
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("job_id", "key", name="pk_rehearsed_keys"),
    )
    op.create_table(
        "staff",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("team_id", sa.Uuid()),
        sa.Column("partner_id", sa.Uuid()),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("released", sa.Boolean(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", name="pk_staff"),
    )
    op.create_table(
        "timeline",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid()),
        sa.Column("company_id", sa.Uuid()),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid()),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_timeline"),
    )
    op.create_index(
        "ix_timeline_company_id_at_id",
        "timeline",
        ["company_id", "at", "id"],
        postgresql_where=sa.text("company_id IS NOT NULL"),
    )
    op.create_index(
        "ix_timeline_person_id_at_id",
        "timeline",
        ["person_id", "at", "id"],
        postgresql_where=sa.text("person_id IS NOT NULL"),
    )
    op.create_table(
        "people",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("job_title", sa.Text()),
        sa.Column("company_id", sa.Uuid()),
        sa.Column("company_name", sa.Text()),
        sa.Column("lifecycle", sa.Text(), nullable=False),
        sa.Column("grade", sa.Text()),
        sa.Column("rfm", postgresql.JSONB(none_as_null=True, astext_type=sa.Text())),
        sa.Column("reference", sa.Boolean(), nullable=False),
        sa.Column("tags", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("country", sa.Text()),
        sa.Column("region", sa.Text()),
        sa.Column("city", sa.Text()),
        sa.Column("postcode", sa.Text()),
        sa.Column("address", sa.Text()),
        sa.Column("note", sa.Text()),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("campaign_id", sa.Uuid()),
        sa.Column("utm", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("entered_by", sa.Uuid()),
        sa.Column("owner_id", sa.Uuid()),
        sa.Column("team_id", sa.Uuid()),
        sa.Column("partner_id", sa.Uuid()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("search_grams", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name="fk_people_company_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_people"),
    )
    op.create_index("ix_people_company_id", "people", ["company_id"])
    op.create_index("ix_people_created_at_id", "people", ["created_at", "id"])
    op.create_index(
        "ix_people_grade_created_at_id",
        "people",
        ["grade", "created_at", "id"],
        postgresql_where=sa.text("grade IS NOT NULL"),
    )
    op.create_index(
        "ix_people_lifecycle_created_at_id",
        "people",
        ["lifecycle", "created_at", "id"],
        postgresql_where=sa.text("lifecycle <> 'contact'"),
    )
    op.create_index("ix_people_name_id", "people", ["name", "id"])
    op.create_index("ix_people_owner_id", "people", ["owner_id"])
    op.create_index(
        "ix_people_owner_id_created_at_id",
        "people",
        ["owner_id", "created_at", "id"],
        postgresql_where=sa.text("owner_id IS NOT NULL"),
    )
    op.create_index("ix_people_partner_id", "people", ["partner_id"])
    op.create_index("ix_people_search_grams", "people", ["search_grams"], postgresql_using="gin")
    op.create_index(
        "ix_people_tags", "people", ["tags"], postgresql_using="gin", postgresql_where=sa.text("tags <> '{}'")
    )
    op.create_index("ix_people_team_id", "people", ["team_id"])
    op.create_index("ix_people_updated_at_id", "people", ["updated_at", "id"])
    op.create_table(
        "consents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("evidence_id", sa.Uuid()),
        sa.Column("recorded_by", sa.Uuid()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_consents_person_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_consents"),
    )
    op.create_index("ix_consents_created_at_id", "consents", ["created_at", "id"])
    op.create_index("ix_consents_person_id_purpose_at", "consents", ["person_id", "purpose", "at"])
    op.create_index(
        "uq_consents_evidence",
        "consents",
        ["person_id", "purpose", "evidence_id"],
        unique=True,
        postgresql_where=sa.text("evidence_id IS NOT NULL"),
    )
    op.create_table(
        "contact_points",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("typed", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_contact_points_person_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("key", name="pk_contact_points"),
    )
    op.create_index("ix_contact_points_person_id", "contact_points", ["person_id"])
    op.create_table(
        "interactions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid()),
        sa.Column("company_id", sa.Uuid()),
        sa.Column("lead_id", sa.Uuid()),
        sa.Column("deal_id", sa.Uuid()),
        sa.Column("ticket_id", sa.Uuid()),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("duration_minutes", sa.Integer()),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("content", sa.Text()),
        sa.Column("outcome", sa.Text()),
        sa.Column("next_step", sa.Text()),
        sa.Column("next_step_at", sa.DateTime(timezone=True)),
        sa.Column("author_id", sa.Uuid()),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Uuid()),
        sa.Column("team_id", sa.Uuid()),
        sa.Column("partner_id", sa.Uuid()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("search_grams", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name="fk_interactions_company_id", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_interactions_person_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_interactions"),
    )
    op.create_index("ix_interactions_at_id", "interactions", ["at", "id"])
    op.create_index("ix_interactions_company_id_at_id", "interactions", ["company_id", "at", "id"])
    op.create_index("ix_interactions_created_at_id", "interactions", ["created_at", "id"])
    op.create_index(
        "ix_interactions_deal_id",
        "interactions",
        ["deal_id"],
        postgresql_where=sa.text("deal_id IS NOT NULL"),
    )
    op.create_index(
        "ix_interactions_lead_id",
        "interactions",
        ["lead_id"],
        postgresql_where=sa.text("lead_id IS NOT NULL"),
    )
    op.create_index("ix_interactions_owner_id", "interactions", ["owner_id"])
    op.create_index("ix_interactions_partner_id", "interactions", ["partner_id"])
    op.create_index("ix_interactions_person_id_at_id", "interactions", ["person_id", "at", "id"])
    op.create_index("ix_interactions_search_grams", "interactions", ["search_grams"], postgresql_using="gin")
    op.create_index("ix_interactions_team_id", "interactions", ["team_id"])
    op.create_index(
        "ix_interactions_ticket_id",
        "interactions",
        ["ticket_id"],
        postgresql_where=sa.text("ticket_id IS NOT NULL"),
    )
    op.create_table(
        "tasks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("note", sa.Text()),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("priority", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid()),
        sa.Column("company_id", sa.Uuid()),
        sa.Column("lead_id", sa.Uuid()),
        sa.Column("deal_id", sa.Uuid()),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True)),
        sa.Column("completed_by", sa.Uuid()),
        sa.Column("outcome", sa.Text()),
        sa.Column("reminded_at", sa.DateTime(timezone=True)),
        sa.Column("owner_id", sa.Uuid()),
        sa.Column("team_id", sa.Uuid()),
        sa.Column("partner_id", sa.Uuid()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("search_grams", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name="fk_tasks_company_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_tasks_person_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_tasks"),
    )
    op.create_index("ix_tasks_created_at_id", "tasks", ["created_at", "id"])
    op.create_index("ix_tasks_deal_id", "tasks", ["deal_id"], postgresql_where=sa.text("deal_id IS NOT NULL"))
    op.create_index("ix_tasks_due_at_id", "tasks", ["due_at", "id"])
    op.create_index("ix_tasks_lead_id", "tasks", ["lead_id"], postgresql_where=sa.text("lead_id IS NOT NULL"))
    op.create_index("ix_tasks_open_due_at", "tasks", ["due_at", "id"], postgresql_where=sa.text("state = 'open'"))
    op.create_index(
        "ix_tasks_open_owner_id_due_at",
        "tasks",
        ["owner_id", "due_at", "id"],
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index("ix_tasks_owner_id", "tasks", ["owner_id"])
    op.create_index("ix_tasks_partner_id", "tasks", ["partner_id"])
    op.create_index("ix_tasks_person_id", "tasks", ["person_id"])
    op.create_index("ix_tasks_search_grams", "tasks", ["search_grams"], postgresql_using="gin")
    op.create_index("ix_tasks_team_id", "tasks", ["team_id"])
    op.create_index(
        "ix_tasks_to_remind",
        "tasks",
        ["due_at"],
        postgresql_where=sa.text("state = 'open' AND reminded_at IS NULL"),
    )


def downgrade() -> None:
    """Drop them."""
    for table in (
        "tasks",
        "interactions",
        "contact_points",
        "consents",
        "people",
        "timeline",
        "staff",
        "rehearsed_keys",
        "purchases",
        "imported_people",
        "companies",
        "cancelled_tasks",
    ):
        op.drop_table(table)
    drop_v1(op)
