"""Receipts of expenses, as files."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    op.create_table(
        "expense_receipts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("partner_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_expense_receipts"),
    )
    for column in ("owner_id", "team_id", "partner_id", "sha256"):
        op.create_index(f"ix_expense_receipts_{column}", "expense_receipts", [column])
    op.create_index("ix_expense_receipts_created_at_id", "expense_receipts", ["created_at", "id"])
    op.create_index("uq_expense_receipts_owner_id_sha256", "expense_receipts", ["owner_id", "sha256"], unique=True)
    op.add_column("expense_lines", sa.Column("receipt_id", sa.Uuid(), nullable=True))
    op.create_foreign_key("fk_expense_lines_receipt_id", "expense_lines", "expense_receipts", ["receipt_id"], ["id"])
    op.create_index("ix_expense_lines_receipt_id", "expense_lines", ["receipt_id"])


def downgrade() -> None:
    op.drop_column("expense_lines", "receipt_id")
    op.drop_table("expense_receipts")
