"""What was credited of a purchase."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"


def upgrade() -> None:
    op.add_column("purchases", sa.Column("credited", sa.Numeric(), server_default="0", nullable=False))


def downgrade() -> None:
    op.drop_column("purchases", "credited")
