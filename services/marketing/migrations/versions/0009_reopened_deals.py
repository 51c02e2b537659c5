"""Deals that are open again count for their campaign no more."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("campaign_deals", sa.Column("won", sa.Boolean(), server_default="true", nullable=False))


def downgrade() -> None:
    op.execute("DELETE FROM campaign_deals WHERE NOT won")
    op.drop_column("campaign_deals", "won")
