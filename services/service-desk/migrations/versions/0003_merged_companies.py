"""Companies of contacts that were merged."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_index("ix_people_company_id", "people", ["company_id"])
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
    op.drop_index("ix_people_company_id", table_name="people")
