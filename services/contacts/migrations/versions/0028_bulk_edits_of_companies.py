"""Bulk edits of companies."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    op.add_column("bulk_edits", sa.Column("entity", sa.Text(), server_default="people", nullable=False))
    op.create_table(
        "bulk_edit_company_rows",
        sa.Column("edit_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.Text()),
        sa.Column("before", postgresql.JSONB()),
        sa.Column("after", postgresql.JSONB()),
        sa.ForeignKeyConstraint(
            ["edit_id"], ["bulk_edits.id"], name="fk_bulk_edit_company_rows_edit_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name="fk_bulk_edit_company_rows_company_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("edit_id", "company_id", name="pk_bulk_edit_company_rows"),
    )
    op.create_index("ix_bulk_edit_company_rows_company_id", "bulk_edit_company_rows", ["company_id"])


def downgrade() -> None:
    op.drop_table("bulk_edit_company_rows")
    op.drop_column("bulk_edits", "entity")
