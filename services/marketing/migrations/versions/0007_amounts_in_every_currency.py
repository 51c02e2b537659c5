"""Amounts have as many decimals as their currency; no table is written anew for it."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

AMOUNTS = {
    "campaigns": ("budget", "spent", "attributed_revenue"),
    "campaign_deals": ("amount",),
    "campaign_reports": ("amount",),
    "expenses": ("amount",),
}


def upgrade() -> None:
    for table, columns in AMOUNTS.items():
        for column in columns:
            op.alter_column(table, column, type_=sa.Numeric())


def downgrade() -> None:
    for table, columns in AMOUNTS.items():
        for column in columns:
            op.alter_column(table, column, type_=sa.Numeric(18, 2))
