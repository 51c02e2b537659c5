"""What an order is worth has as many decimals as an amount may have."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    op.alter_column("purchases", "worth", type_=sa.Numeric())


def downgrade() -> None:
    op.alter_column("purchases", "worth", type_=sa.Numeric(18, 2))
