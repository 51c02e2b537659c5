"""From which stage a deal was closed: asked of each when wins and losses are studied."""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"

_LAST = """
    UPDATE deals SET closed_from_id = last.stage_id, closed_from = last.stage
    FROM (
        SELECT DISTINCT ON (deal_id) deal_id, stage_id, stage FROM stage_passages
        WHERE kind = 'open' ORDER BY deal_id, entered_at DESC, id DESC
    ) AS last
    WHERE last.deal_id = deals.id AND deals.status <> 'open'
"""


def upgrade() -> None:
    op.add_column("deals", sa.Column("closed_from_id", sa.Uuid(), nullable=True))
    op.add_column("deals", sa.Column("closed_from", sa.Text(), nullable=True))
    op.execute(_LAST)


def downgrade() -> None:
    op.drop_column("deals", "closed_from")
    op.drop_column("deals", "closed_from_id")
