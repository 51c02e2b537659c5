"""Partners see no customers of the pools: no index on whose partner's they are."""

from alembic import op

revision = "0052"
down_revision = "0051"


def upgrade() -> None:
    op.drop_index("ix_customers_partner_id", table_name="customers")


def downgrade() -> None:
    op.create_index("ix_customers_partner_id", "customers", ["partner_id"])
