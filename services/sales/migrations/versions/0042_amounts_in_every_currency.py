"""Amounts have as many decimals as their currency. A type without a scale is no other form of the values: no table is
written anew."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"

AMOUNTS = {
    "agreements": ("amount",),
    "approval_rules": ("over_amount",),
    "commission_bases": ("amount",),
    "commission_entries": ("base", "amount"),
    "commission_plans": ("floor", "cap"),
    "commission_statements": ("total",),
    "credit_note_lines": ("net", "tax", "total"),
    "credit_notes": ("net", "tax", "total", "settled", "refundable"),
    "deal_lines": ("unit_price", "amount"),
    "deals": ("amount", "base_amount"),
    "expense_categories": ("max_amount", "receipt_over"),
    "expense_lines": ("amount", "tax", "base_amount"),
    "expense_reports": ("total",),
    "expense_rules": ("over_amount",),
    "forecast_calls": ("amount",),
    "forecast_states": ("amount",),
    "instalments": ("amount", "paid", "released"),
    "order_lines": ("unit_price", "discount", "tax", "amount"),
    "orders": ("total", "tax", "credited"),
    "payments": ("amount", "surplus"),
    "prices": ("unit_price",),
    "quote_lines": ("unit_price", "list_price", "gross", "discount", "tax", "total"),
    "quotes": ("gross", "discount", "net", "tax", "total", "base_total"),
    "realignment_moves": ("value",),
    "refunds": ("amount",),
    "registrations": ("amount",),
    "targets": ("value",),
}


def upgrade() -> None:
    _as(sa.Numeric())


def downgrade() -> None:
    _as(sa.Numeric(18, 2))


def _as(kind: sa.Numeric) -> None:
    for table, columns in AMOUNTS.items():
        for column in columns:
            op.alter_column(table, column, type_=kind)
