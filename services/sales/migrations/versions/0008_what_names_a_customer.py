"""Find what names a person or a company, to let it follow a merge; companies that were merged."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"

INDEXES = (
    ("quotes", "person_id"), ("quotes", "company_id"), ("agreements", "person_id"), ("agreements", "company_id"),
    ("leads", "company_id"), ("people", "company_id"),
)  # fmt: skip


def upgrade() -> None:
    for table, column in INDEXES:
        op.create_index(f"ix_{table}_{column}", table, [column])
    op.create_table(
        "merged_companies",
        sa.Column("old_id", sa.Uuid(), nullable=False),
        sa.Column("new_id", sa.Uuid(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("moved", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("old_id", name="pk_merged_companies"),
    )
    op.create_index("ix_merged_companies_new_id", "merged_companies", ["new_id"])


def downgrade() -> None:
    op.drop_table("merged_companies")
    for table, column in INDEXES:
        op.drop_index(f"ix_{table}_{column}", table_name=table)
