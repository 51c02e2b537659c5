"""Whether deals follow a customer out of a pool."""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"


def upgrade() -> None:
    op.add_column("pools", sa.Column("deals", sa.Text(), server_default="stay", nullable=False))
    op.create_check_constraint(op.f("ck_pools_deals"), "pools", "deals IN ('stay', 'follow')")


def downgrade() -> None:
    op.drop_column("pools", "deals")
