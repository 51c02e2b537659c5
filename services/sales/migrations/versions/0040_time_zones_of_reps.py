"""The time zone of a rep."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"


def upgrade() -> None:
    op.add_column("reps", sa.Column("time_zone", sa.Text()))


def downgrade() -> None:
    op.drop_column("reps", "time_zone")
