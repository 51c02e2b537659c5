"""Scores follow what is changed a moment later: what was."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"


def upgrade() -> None:
    op.create_table(
        "score_due",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("scored", sa.Text(), nullable=False),
        sa.Column("of_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_score_due"),
    )


def downgrade() -> None:
    op.drop_table("score_due")
