"""Quotes, their approvals and the limits that call for them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from chassis.clock import now
from chassis.ids import uuid7

revision = "0004"
down_revision = "0003"

LIMITS = (
    {"step": 1, "role": "sales_manager", "over_percent": 10, "over_amount": 1_000_000},
    {"step": 2, "role": "admin", "over_percent": 25, "over_amount": None},
)


def upgrade() -> None:
    op.execute(sa.schema.CreateSequence(sa.Sequence("quote_numbers")))
    op.create_table(
        "approval_rules",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("over_percent", sa.Numeric(precision=5, scale=2), nullable=True),
        sa.Column("over_amount", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("over_percent IS NOT NULL OR over_amount IS NOT NULL", name="ck_approval_rules_over"),
        sa.PrimaryKeyConstraint("id", name="pk_approval_rules"),
        sa.UniqueConstraint("step", name="uq_approval_rules_step"),
    )
    op.create_index("ix_approval_rules_created_at_id", "approval_rules", ["created_at", "id"], unique=False)
    op.create_table(
        "quotes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("deal_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("company_id", sa.Uuid(), nullable=True),
        sa.Column("contact_name", sa.Text(), nullable=True),
        sa.Column("company_name", sa.Text(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=True),
        sa.Column("discount_percent", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.Column("gross", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("discount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("net", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("tax", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("total", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("base_total", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("submitted_by", sa.Uuid(), nullable=True),
        sa.Column("token_hash", sa.LargeBinary(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("viewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decline_reason", sa.Text(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("partner_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("search_grams", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.CheckConstraint(
            "status IN ('draft', 'pending', 'approved', 'sent', 'accepted', 'declined', 'superseded')",
            name="ck_quotes_status",
        ),
        sa.CheckConstraint(
            "net >= 0 AND tax >= 0 AND total = net + tax AND net = gross - discount", name="ck_quotes_total"
        ),
        sa.ForeignKeyConstraint(["deal_id"], ["deals.id"], name="fk_quotes_deal_id"),
        sa.PrimaryKeyConstraint("id", name="pk_quotes"),
        sa.UniqueConstraint("token_hash", name="uq_quotes_token_hash"),
    )
    op.create_index("ix_quotes_created_at_id", "quotes", ["created_at", "id"], unique=False)
    op.create_index("ix_quotes_deal_id_created_at", "quotes", ["deal_id", "created_at"], unique=False)
    op.create_index("ix_quotes_owner_id", "quotes", ["owner_id"], unique=False)
    op.create_index("ix_quotes_partner_id", "quotes", ["partner_id"], unique=False)
    op.create_index("ix_quotes_search_grams", "quotes", ["search_grams"], unique=False, postgresql_using="gin")
    op.create_index("ix_quotes_team_id", "quotes", ["team_id"], unique=False)
    op.create_index(
        "uq_quotes_accepted", "quotes", ["deal_id"], unique=True, postgresql_where=sa.text("status = 'accepted'")
    )
    op.create_index("uq_quotes_number_revision", "quotes", ["number", "revision"], unique=True)
    op.create_table(
        "quote_approvals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("quote_id", sa.Uuid(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("delegate_id", sa.Uuid(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "status IN ('waiting', 'approved', 'rejected', 'recalled')", name="ck_quote_approvals_status"
        ),
        sa.ForeignKeyConstraint(["quote_id"], ["quotes.id"], name="fk_quote_approvals_quote_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_quote_approvals"),
    )
    op.create_index(
        "ix_quote_approvals_waiting",
        "quote_approvals",
        ["role"],
        unique=False,
        postgresql_where=sa.text("status = 'waiting'"),
    )
    op.create_index(
        "uq_quote_approvals_quote_id_round_step", "quote_approvals", ["quote_id", "round", "step"], unique=True
    )
    op.create_table(
        "quote_lines",
        sa.Column("quote_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=True),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=14, scale=3), nullable=False),
        sa.Column("unit_price", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("discount_percent", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.Column("tax_percent", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.Column("gross", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("discount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("tax", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("total", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name="fk_quote_lines_product_id"),
        sa.ForeignKeyConstraint(["quote_id"], ["quotes.id"], name="fk_quote_lines_quote_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("quote_id", "position", name="pk_quote_lines"),
    )
    op.create_index("ix_quote_lines_product_id", "quote_lines", ["product_id"], unique=False)
    made = now()
    rules = sa.table("approval_rules", *map(sa.column, ("id", "version", "created_at", "updated_at", *LIMITS[0])))
    entity = {"version": 1, "created_at": made, "updated_at": made}
    op.bulk_insert(rules, [{"id": uuid7()} | entity | limit for limit in LIMITS])


def downgrade() -> None:
    op.drop_index("ix_quote_lines_product_id", table_name="quote_lines")
    op.drop_table("quote_lines")
    op.drop_index("uq_quote_approvals_quote_id_round_step", table_name="quote_approvals")
    op.drop_index(
        "ix_quote_approvals_waiting", table_name="quote_approvals", postgresql_where=sa.text("status = 'waiting'")
    )
    op.drop_table("quote_approvals")
    op.drop_index("uq_quotes_number_revision", table_name="quotes")
    op.drop_index("uq_quotes_accepted", table_name="quotes", postgresql_where=sa.text("status = 'accepted'"))
    op.drop_index("ix_quotes_team_id", table_name="quotes")
    op.drop_index("ix_quotes_search_grams", table_name="quotes", postgresql_using="gin")
    op.drop_index("ix_quotes_partner_id", table_name="quotes")
    op.drop_index("ix_quotes_owner_id", table_name="quotes")
    op.drop_index("ix_quotes_deal_id_created_at", table_name="quotes")
    op.drop_index("ix_quotes_created_at_id", table_name="quotes")
    op.drop_table("quotes")
    op.drop_index("ix_approval_rules_created_at_id", table_name="approval_rules")
    op.drop_table("approval_rules")
    op.execute(sa.schema.DropSequence(sa.Sequence("quote_numbers")))
