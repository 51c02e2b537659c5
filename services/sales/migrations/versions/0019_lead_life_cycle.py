"""The life of a lead in full: reasons, history, qualification, coming back into the queue."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"

BEFORE = ("new", "following", "dormant", "shelved")
OPEN = (*BEFORE, "recycled")
CLOSED = ("converted", "lost")


def indexes(open_: tuple[str, ...], worked: tuple[str, ...]) -> None:
    is_open = f"status IN {open_}"
    for name in ("ck_leads_status", "ck_leads_ck_leads_status"):  # the first migration's went through the convention
        op.execute(f"ALTER TABLE leads DROP CONSTRAINT IF EXISTS {name}")
    op.execute(f"ALTER TABLE leads ADD CONSTRAINT ck_leads_status CHECK (status IN {(*open_, *CLOSED)})")
    for name in ("uq_leads_open_person_id", "ix_leads_silence", "ix_leads_waiting", "ix_leads_territory_id"):
        op.drop_index(name, table_name="leads")
    op.create_index("uq_leads_open_person_id", "leads", ["person_id"], unique=True, postgresql_where=sa.text(is_open))
    op.create_index("ix_leads_territory_id", "leads", ["territory_id"], postgresql_where=sa.text(is_open))
    op.create_index("ix_leads_silence", "leads", ["last_activity_at"], postgresql_where=sa.text(f"status IN {worked}"))
    op.create_index(
        "ix_leads_waiting", "leads", ["created_at"], postgresql_where=sa.text(f"owner_id IS NULL AND {is_open}")
    )


def upgrade() -> None:
    op.create_table(
        "lead_reasons",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("recycle_after_days", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("step IN ('lost', 'shelved')", name="ck_lead_reasons_step"),
        sa.CheckConstraint("recycle_after_days > 0", name="ck_lead_reasons_recycle_after_days"),
        sa.UniqueConstraint("step", "label", name="uq_lead_reasons_step_label"),
        sa.PrimaryKeyConstraint("id", name="pk_lead_reasons"),
    )
    op.create_index("ix_lead_reasons_created_at_id", "lead_reasons", ["created_at", "id"])
    op.create_table(
        "lead_changes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("from_status", sa.Text(), nullable=True),
        sa.Column("to_status", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("reason_id", sa.Uuid(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name="fk_lead_changes_lead_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["reason_id"], ["lead_reasons.id"], name="fk_lead_changes_reason_id"),
        sa.PrimaryKeyConstraint("id", name="pk_lead_changes"),
    )
    op.create_index("ix_lead_changes_lead_id_at", "lead_changes", ["lead_id", "at"])
    op.create_index("ix_lead_changes_to_status_at", "lead_changes", ["to_status", "at"])
    for column in lead_columns():
        op.add_column("leads", column)
    op.create_foreign_key("fk_leads_reason_id", "leads", "lead_reasons", ["reason_id"], ["id"])
    op.create_index("ix_leads_recycle_at", "leads", ["recycle_at"], postgresql_where=sa.text("recycle_at IS NOT NULL"))
    indexes(OPEN, ("new", "following", "recycled"))
    op.create_index("ix_companies_lower_name", "companies", [sa.text("lower(name)")])


def lead_columns() -> list[sa.Column]:
    return [
        sa.Column("reason_id", sa.Uuid(), nullable=True),
        sa.Column("last_source", sa.Text(), nullable=True),
        sa.Column("last_campaign_id", sa.Uuid(), nullable=True),
        sa.Column("qualification", postgresql.JSONB(), server_default="{}", nullable=False),
        sa.Column("qualification_score", sa.Integer(), nullable=True),
        sa.Column("qualified_by", sa.Uuid(), nullable=True),
        sa.Column("qualified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recycle_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recycled", sa.Integer(), server_default="0", nullable=False),
    ]


def downgrade() -> None:
    op.drop_index("ix_companies_lower_name", table_name="companies")
    op.execute("UPDATE leads SET status = 'new' WHERE status = 'recycled'")
    indexes(BEFORE, ("new", "following"))
    op.drop_index("ix_leads_recycle_at", table_name="leads")
    for column in reversed(lead_columns()):
        op.drop_column("leads", column.name)
    op.drop_table("lead_changes")
    op.drop_table("lead_reasons")
