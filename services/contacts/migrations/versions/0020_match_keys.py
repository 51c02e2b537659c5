"""Duplicates of companies; keys by which duplicates are found; rules by which exact ones are merged."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.add_column("duplicates", sa.Column("exact", sa.Boolean(), nullable=False, server_default=sa.text("false")))
    op.create_index("ix_duplicates_exact", "duplicates", ["id"], postgresql_where=sa.text("exact AND state = 'open'"))
    op.create_table(
        "company_duplicates",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("low_id", sa.Uuid(), nullable=False),
        sa.Column("high_id", sa.Uuid(), nullable=False),
        sa.Column("score", sa.SmallInteger(), nullable=False),
        sa.Column("reasons", postgresql.JSONB(), nullable=False),
        sa.Column("exact", sa.Boolean(), nullable=False, server_default=sa.text("false")),
        sa.Column("state", sa.Text(), nullable=False, server_default=sa.text("'open'")),
        sa.Column("dismissed_by", sa.Uuid()),
        sa.Column("dismissed_at", sa.DateTime(timezone=True)),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["low_id"], ["companies.id"], name="fk_company_duplicates_low_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["high_id"], ["companies.id"], name="fk_company_duplicates_high_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_company_duplicates"),
    )
    op.create_index("ix_company_duplicates_created_at_id", "company_duplicates", ["created_at", "id"])
    op.create_index("uq_company_duplicates_low_id_high_id", "company_duplicates", ["low_id", "high_id"], unique=True)
    op.create_index("ix_company_duplicates_high_id", "company_duplicates", ["high_id"])
    op.create_index("ix_company_duplicates_state_score_id", "company_duplicates", ["state", "score", "id"])
    op.create_index(
        "ix_company_duplicates_exact", "company_duplicates", ["id"],
        postgresql_where=sa.text("exact AND state = 'open'"),
    )  # fmt: skip
    for table in ("match_keys_of_people", "match_keys_of_companies"):
        op.create_table(
            table,
            sa.Column("key", sa.BigInteger(), nullable=False),
            sa.Column("record_id", sa.Uuid(), nullable=False),
            sa.PrimaryKeyConstraint("key", "record_id", name=f"pk_{table}"),
        )
        op.create_index(f"ix_{table}_record_id", table, ["record_id"])
    op.create_table(
        "merge_rules",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("changed_by", sa.Uuid()),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("kind", name="pk_merge_rules"),
    )
    op.create_index("ix_companies_updated_at_id", "companies", ["updated_at", "id"])
    op.execute("DELETE FROM duplicate_sweeps")  # everybody is looked at once more, and gets keys


def downgrade() -> None:
    op.drop_index("ix_companies_updated_at_id", table_name="companies")
    for table in ("merge_rules", "match_keys_of_companies", "match_keys_of_people", "company_duplicates"):
        op.drop_table(table)
    op.drop_index("ix_duplicates_exact", table_name="duplicates")
    op.drop_column("duplicates", "exact")
