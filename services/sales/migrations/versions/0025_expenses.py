"""Expense reports, their lines and approvals, categories and limits."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0025"
down_revision = "0024"

MONEY = sa.Numeric(18, 2)
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.execute(sa.schema.CreateSequence(sa.Sequence("expense_numbers")))
    op.create_table(
        "expense_categories",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("max_amount", MONEY, nullable=True),
        sa.Column("receipt_over", MONEY, nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        *_kept(),
        sa.PrimaryKeyConstraint("id", name="pk_expense_categories"),
        sa.UniqueConstraint("name", name="uq_expense_categories_name"),
    )
    op.create_index("ix_expense_categories_created_at_id", "expense_categories", ["created_at", "id"])
    op.create_table(
        "expense_rules",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("over_amount", MONEY, nullable=False),
        *_kept(),
        sa.PrimaryKeyConstraint("id", name="pk_expense_rules"),
        sa.UniqueConstraint("step", name="uq_expense_rules_step"),
    )
    op.create_index("ix_expense_rules_created_at_id", "expense_rules", ["created_at", "id"])
    _reports()
    _lines()
    _approvals()


def _kept() -> list[sa.Column]:
    return [
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
    ]


def _reports() -> None:
    statuses = "'draft', 'pending', 'approved', 'rejected', 'reimbursed'"
    op.create_table(
        "expense_reports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("total", MONEY, nullable=False),
        sa.Column("submitted_at", INSTANT, nullable=True),
        sa.Column("reimbursed_at", INSTANT, nullable=True),
        sa.Column("reimbursed_by", sa.Uuid(), nullable=True),
        sa.Column("payment_reference", sa.Text(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("partner_id", sa.Uuid(), nullable=True),
        *_kept(),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("search_grams", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_expense_reports"),
        sa.UniqueConstraint("number", name="uq_expense_reports_number"),
        sa.CheckConstraint(f"status IN ({statuses})", name=op.f("ck_expense_reports_status")),
        sa.CheckConstraint("total >= 0", name=op.f("ck_expense_reports_total")),
    )
    for column in ("owner_id", "team_id", "partner_id"):
        op.create_index(f"ix_expense_reports_{column}", "expense_reports", [column])
    op.create_index("ix_expense_reports_created_at_id", "expense_reports", ["created_at", "id"])
    op.create_index("ix_expense_reports_search_grams", "expense_reports", ["search_grams"], postgresql_using="gin")


def _lines() -> None:
    op.create_table(
        "expense_lines",
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("spent_on", sa.Date(), nullable=False),
        sa.Column("category_id", sa.Uuid(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("amount", MONEY, nullable=False),
        sa.Column("tax", MONEY, nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("base_rate", sa.Numeric(18, 8), nullable=False),
        sa.Column("base_amount", MONEY, nullable=False),
        sa.Column("receipt", sa.Text(), nullable=True),
        sa.Column("deal_id", sa.Uuid(), nullable=True),
        sa.Column("campaign_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["report_id"], ["expense_reports.id"], name="fk_expense_lines_report_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["category_id"], ["expense_categories.id"], name="fk_expense_lines_category_id"),
        sa.ForeignKeyConstraint(["deal_id"], ["deals.id"], name="fk_expense_lines_deal_id"),
        sa.PrimaryKeyConstraint("report_id", "position", name="pk_expense_lines"),
        sa.CheckConstraint("amount > 0 AND tax BETWEEN 0 AND amount", name=op.f("ck_expense_lines_amount")),
    )
    for column in ("spent_on", "category_id", "deal_id", "campaign_id"):
        op.create_index(f"ix_expense_lines_{column}", "expense_lines", [column])


def _approvals() -> None:
    op.create_table(
        "expense_approvals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("role", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["report_id"], ["expense_reports.id"], name="fk_expense_approvals_report_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_expense_approvals"),
        sa.CheckConstraint(
            "status IN ('waiting', 'approved', 'rejected', 'recalled')", name=op.f("ck_expense_approvals_status")
        ),
    )
    op.create_index(
        "uq_expense_approvals_report_id_round_step", "expense_approvals", ["report_id", "round", "step"], unique=True
    )


def downgrade() -> None:
    for table in ("expense_approvals", "expense_lines", "expense_reports", "expense_rules", "expense_categories"):
        op.drop_table(table)
    op.execute(sa.schema.DropSequence(sa.Sequence("expense_numbers")))
