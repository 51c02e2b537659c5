"""Merges, what is left of the merged, and pairs that may be one person."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "tombstones",
        sa.Column("old_id", sa.Uuid(), nullable=False),
        sa.Column("new_id", sa.Uuid(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("moved", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("old_id", name="pk_tombstones"),
    )
    op.create_index("ix_tombstones_new_id", "tombstones", ["new_id"])
    op.create_table(
        "merges",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("survivor_id", sa.Uuid(), nullable=False),
        sa.Column("loser_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("snapshot", postgresql.JSONB(), nullable=False),
        sa.Column("merged_by", sa.Uuid()),
        sa.Column("undone_at", sa.DateTime(timezone=True)),
        sa.Column("undone_by", sa.Uuid()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_merges"),
    )
    op.create_index("ix_merges_created_at_id", "merges", ["created_at", "id"])
    op.create_index("ix_merges_survivor_id", "merges", ["survivor_id"])
    op.create_index("ix_merges_loser_id", "merges", ["loser_id"])
    op.create_table(
        "duplicates",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("low_id", sa.Uuid(), nullable=False),
        sa.Column("high_id", sa.Uuid(), nullable=False),
        sa.Column("score", sa.SmallInteger(), nullable=False),
        sa.Column("reasons", postgresql.JSONB(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, server_default=sa.text("'open'")),
        sa.Column("dismissed_by", sa.Uuid()),
        sa.Column("dismissed_at", sa.DateTime(timezone=True)),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["low_id"], ["people.id"], name="fk_duplicates_low_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["high_id"], ["people.id"], name="fk_duplicates_high_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_duplicates"),
    )
    op.create_index("ix_duplicates_created_at_id", "duplicates", ["created_at", "id"])
    op.create_index("uq_duplicates_low_id_high_id", "duplicates", ["low_id", "high_id"], unique=True)
    op.create_index("ix_duplicates_high_id", "duplicates", ["high_id"])
    op.create_index("ix_duplicates_state_score_id", "duplicates", ["state", "score", "id"])
    op.create_table(
        "duplicate_sweeps",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_duplicate_sweeps"),
    )
    op.create_index("ix_contact_points_value", "contact_points", ["value"])


def downgrade() -> None:
    op.drop_index("ix_contact_points_value", table_name="contact_points")
    for table in ("duplicate_sweeps", "duplicates", "merges", "tombstones"):
        op.drop_table(table)
