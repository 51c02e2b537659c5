"""Bulk edits, and what each did to whom."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "bulk_edits",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_by", sa.Uuid()),
        sa.Column("actor", postgresql.JSONB(), nullable=False),
        sa.Column("changes", postgresql.JSONB(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("counts", postgresql.JSONB(), nullable=False),
        sa.Column("undo_id", sa.Uuid()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_bulk_edits"),
    )
    op.create_index("ix_bulk_edits_created_at_id", "bulk_edits", ["created_at", "id"])
    op.create_table(
        "bulk_edit_rows",
        sa.Column("edit_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.Text()),
        sa.Column("before", postgresql.JSONB()),
        sa.Column("after", postgresql.JSONB()),
        sa.ForeignKeyConstraint(["edit_id"], ["bulk_edits.id"], name="fk_bulk_edit_rows_edit_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_bulk_edit_rows_person_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("edit_id", "person_id", name="pk_bulk_edit_rows"),
    )
    op.create_index("ix_bulk_edit_rows_person_id", "bulk_edit_rows", ["person_id"])


def downgrade() -> None:
    op.drop_table("bulk_edit_rows")
    op.drop_table("bulk_edits")
