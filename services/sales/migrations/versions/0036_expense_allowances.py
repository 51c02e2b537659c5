"""Days and kilometres that are paid by a rate."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"

_OF_LINE = {
    "allowance_kind": sa.Text(),
    "allowance_code": sa.Text(),
    "quantity": sa.Numeric(10, 2),
    "unit_rate": sa.Numeric(18, 4),
}


def upgrade() -> None:
    op.create_table(
        "expense_allowances",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("rate", sa.Numeric(18, 4), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_expense_allowances"),
        sa.CheckConstraint("kind IN ('per_diem', 'mileage')", name=op.f("ck_expense_allowances_kind")),
        sa.CheckConstraint("rate > 0", name=op.f("ck_expense_allowances_rate")),
    )
    op.create_index("ix_expense_allowances_created_at_id", "expense_allowances", ["created_at", "id"])
    op.create_index(
        "uq_expense_allowances_kind_code_valid_from", "expense_allowances", ["kind", "code", "valid_from"], unique=True
    )
    for name, type_ in _OF_LINE.items():
        op.add_column("expense_lines", sa.Column(name, type_, nullable=True))


def downgrade() -> None:
    for name in _OF_LINE:
        op.drop_column("expense_lines", name)
    op.drop_table("expense_allowances")
