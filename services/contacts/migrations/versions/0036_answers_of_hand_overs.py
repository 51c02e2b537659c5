"""What each service was asked to hand over, and has answered; a hand-over waits until all have."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0036"
down_revision = "0035"

_INSTANT = sa.DateTime(timezone=True)
_TAKE_OVER = """
INSERT INTO hand_over_answers (hand_over_id, service, asked_at, answered_at, moved)
SELECT id, service, created_at, (elsewhere->service->>'at')::timestamptz, coalesce(elsewhere->service->'moved', '{}')
FROM hand_overs, unnest(include) AS service WHERE service IN ('sales', 'service-desk')
"""
_WAITING = """
UPDATE hand_overs SET state = 'waiting', ended_at = NULL WHERE state = 'done' AND EXISTS (
    SELECT FROM hand_over_answers WHERE hand_over_id = id AND answered_at IS NULL
)
"""


def upgrade() -> None:
    op.add_column("hand_overs", sa.Column("reminded_at", _INSTANT))
    op.create_table(
        "hand_over_answers",
        sa.Column("hand_over_id", sa.Uuid(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("asked_at", _INSTANT, nullable=False),
        sa.Column("answered_at", _INSTANT),
        sa.Column("moved", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("hand_over_id", "service", name="pk_hand_over_answers"),
        sa.ForeignKeyConstraint(
            ["hand_over_id"], ["hand_overs.id"], name="fk_hand_over_answers_hand_over_id_hand_overs", ondelete="CASCADE"
        ),
    )
    op.execute(_TAKE_OVER)
    op.execute(_WAITING)


def downgrade() -> None:
    op.execute("UPDATE hand_overs SET state = 'done', ended_at = updated_at WHERE state = 'waiting'")
    op.drop_table("hand_over_answers")
    op.drop_column("hand_overs", "reminded_at")
