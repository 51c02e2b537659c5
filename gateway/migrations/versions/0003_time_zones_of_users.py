"""The time zone and the locale of a user."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("users", sa.Column("time_zone", sa.Text()))
    op.add_column("users", sa.Column("locale", sa.Text()))


def downgrade() -> None:
    op.drop_column("users", "locale")
    op.drop_column("users", "time_zone")
