"""Bodies of events are not compressed."""

from alembic import op

from chassis.db.tables import create_v3, drop_v3

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    create_v3(op)


def downgrade() -> None:
    drop_v3(op)
