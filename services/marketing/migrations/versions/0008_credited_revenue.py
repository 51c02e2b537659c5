"""What of the revenue of campaigns is credited."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_ADDED = (("campaigns", "credited_revenue"), ("campaign_deals", "credited"))


def upgrade() -> None:
    for table, name in _ADDED:
        op.add_column(table, sa.Column(name, sa.Numeric(), server_default="0", nullable=False))


def downgrade() -> None:
    for table, name in _ADDED:
        op.drop_column(table, name)
