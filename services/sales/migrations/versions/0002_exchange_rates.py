"""Exchange rates, and what deals come to in the base currency."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "exchange_rates",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("rate", sa.Numeric(precision=18, scale=8), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("rate > 0", name="ck_exchange_rates_rate"),
        sa.PrimaryKeyConstraint("id", name="pk_exchange_rates"),
    )
    op.create_index("ix_exchange_rates_created_at_id", "exchange_rates", ["created_at", "id"], unique=False)
    op.create_index("uq_exchange_rates_currency_valid_from", "exchange_rates", ["currency", "valid_from"], unique=True)
    op.add_column("deals", sa.Column("base_amount", sa.Numeric(precision=18, scale=2), nullable=True))
    op.add_column("deals", sa.Column("base_rate", sa.Numeric(precision=18, scale=8), nullable=True))
    op.create_index(
        "ix_deals_currency_base_rate",
        "deals",
        ["currency", "base_rate"],
        unique=False,
        postgresql_where=sa.text("status = 'open'"),
    )


def downgrade() -> None:
    op.drop_index("ix_deals_currency_base_rate", table_name="deals", postgresql_where=sa.text("status = 'open'"))
    op.drop_column("deals", "base_rate")
    op.drop_column("deals", "base_amount")
    op.drop_index("uq_exchange_rates_currency_valid_from", table_name="exchange_rates")
    op.drop_index("ix_exchange_rates_created_at_id", table_name="exchange_rates")
    op.drop_table("exchange_rates")
