"""Deals that were closed before their currency had a rate are found by it."""

from alembic import op
from sqlalchemy import text

revision = "0038"
down_revision = "0037"


def upgrade() -> None:
    op.create_index(
        "ix_deals_unvalued",
        "deals",
        ["currency", "closed_at"],
        postgresql_where=text("base_rate IS NULL AND closed_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_deals_unvalued", "deals")
