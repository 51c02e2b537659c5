"""The time zone of a colleague."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    op.add_column("staff", sa.Column("time_zone", sa.Text()))


def downgrade() -> None:
    op.drop_column("staff", "time_zone")
