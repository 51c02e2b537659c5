"""Indexes that hold what the forecast and the study count."""

from alembic import op
from sqlalchemy import text

revision = "0035"
down_revision = "0034"

_OF_OPEN = ["id", "status", "stage_id", "pipeline_id", "base_amount", "owner_id", "team_id"]
_OF_CLOSED = ["id", "status", "stage_id", "pipeline_id", "base_amount", "created_at", "owner_id", "team_id"]


def upgrade() -> None:
    op.create_index(
        "ix_deals_due",
        "deals",
        ["expected_close"],
        postgresql_where=text("status = 'open'"),
        postgresql_include=_OF_OPEN,
    )
    op.create_index(
        "ix_deals_closed",
        "deals",
        ["closed_at"],
        postgresql_where=text("closed_at IS NOT NULL"),
        postgresql_include=_OF_CLOSED,
    )
    op.drop_index("ix_deals_closed_at", "deals")


def downgrade() -> None:
    op.create_index("ix_deals_closed_at", "deals", ["closed_at"], postgresql_where=text("closed_at IS NOT NULL"))
    op.drop_index("ix_deals_closed", "deals")
    op.drop_index("ix_deals_due", "deals")
