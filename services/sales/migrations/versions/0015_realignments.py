"""Re-alignments of territories, and what each of them moves."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"

JSONB = postgresql.JSONB()
TEXTS = postgresql.ARRAY(sa.Text())
STATUSES = "'draft', 'planning', 'planned', 'running', 'done', 'undoing', 'undone'"
MOVED = ("from_owner", "to_owner", "from_territory", "to_territory")
STATES = "'planned', 'moved', 'skipped', 'undone', 'kept'"


def upgrade() -> None:
    op.create_table(
        "realignments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("changes", JSONB, nullable=False),
        sa.Column("records", TEXTS, nullable=False),
        sa.Column("keep", TEXTS, nullable=False),
        sa.Column("when", JSONB, nullable=True),
        sa.Column("basis", sa.Text(), nullable=True),
        sa.Column("before", JSONB, nullable=True),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("run_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("search_grams", TEXTS, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_realignments"),
        sa.CheckConstraint(f"status IN ({STATUSES})", name=op.f("ck_realignments_status")),
    )
    op.create_index("ix_realignments_created_at_id", "realignments", ["created_at", "id"])
    op.create_index("ix_realignments_search_grams", "realignments", ["search_grams"], postgresql_using="gin")
    op.create_table(
        "realignment_moves",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("realignment_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.Uuid(), nullable=True) for name in MOVED),
        sa.Column("value", sa.Numeric(18, 2), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["realignment_id"], ["realignments.id"], name="fk_realignment_moves_realignment_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_realignment_moves"),
        sa.CheckConstraint("kind IN ('leads', 'deals')", name=op.f("ck_realignment_moves_kind")),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f("ck_realignment_moves_state")),
    )
    record = ["realignment_id", "kind", "record_id"]
    op.create_index("uq_realignment_moves_record", "realignment_moves", record, unique=True)
    state = ["realignment_id", "state", "kind", "id"]
    op.create_index("ix_realignment_moves_state", "realignment_moves", state)


def downgrade() -> None:
    op.drop_table("realignment_moves")
    op.drop_table("realignments")
