"""Quotes approved along the line of managers, by deputies, and over limits by seller, product, price book and line."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0026"
down_revision = "0025"

MONEY = sa.Numeric(18, 2)
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("reps", sa.Column("roles", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False))
    op.add_column("rep_availability", sa.Column("deputy_id", sa.Uuid(), nullable=True))
    op.create_foreign_key("fk_rep_availability_deputy_id", "rep_availability", "reps", ["deputy_id"], ["id"])
    op.create_index("ix_rep_availability_deputy_id", "rep_availability", ["deputy_id"])
    op.create_table(
        "reporting_lines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("manager_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.CheckConstraint("id <> manager_id", name="ck_reporting_lines_manager"),
        sa.ForeignKeyConstraint(["id"], ["reps.id"], name="fk_reporting_lines_id"),
        sa.ForeignKeyConstraint(["manager_id"], ["reps.id"], name="fk_reporting_lines_manager_id"),
        sa.PrimaryKeyConstraint("id", name="pk_reporting_lines"),
    )
    op.create_index("ix_reporting_lines_created_at_id", "reporting_lines", ["created_at", "id"])
    op.create_index("ix_reporting_lines_manager_id", "reporting_lines", ["manager_id"])
    op.drop_constraint("uq_approval_rules_step", "approval_rules", type_="unique")
    op.add_column("approval_rules", sa.Column("manager_level", sa.Integer(), nullable=True))
    op.add_column("approval_rules", sa.Column("seller_role", sa.Text(), nullable=True))
    op.add_column("approval_rules", sa.Column("product_id", sa.Uuid(), nullable=True))
    op.add_column("approval_rules", sa.Column("book_id", sa.Uuid(), nullable=True))
    op.add_column("approval_rules", sa.Column("per_line", sa.Boolean(), server_default="false", nullable=False))
    op.create_foreign_key("fk_approval_rules_product_id", "approval_rules", "products", ["product_id"], ["id"])
    op.create_foreign_key("fk_approval_rules_book_id", "approval_rules", "price_books", ["book_id"], ["id"])
    op.add_column("quote_approvals", sa.Column("approver_id", sa.Uuid(), nullable=True))
    op.add_column("quote_lines", sa.Column("list_price", MONEY, nullable=True))
    op.add_column("quote_lines", sa.Column("book_id", sa.Uuid(), nullable=True))


def downgrade() -> None:
    op.drop_column("quote_lines", "book_id")
    op.drop_column("quote_lines", "list_price")
    op.drop_column("quote_approvals", "approver_id")
    for name in ("per_line", "book_id", "product_id", "seller_role", "manager_level"):
        op.drop_column("approval_rules", name)
    op.create_unique_constraint("uq_approval_rules_step", "approval_rules", ["step"])
    op.drop_table("reporting_lines")
    op.drop_column("rep_availability", "deputy_id")
    op.drop_column("reps", "roles")
