"""Copies of people are looked for by their ids: no index by which pages of them would be read."""

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.drop_index("ix_people_created_at_id", table_name="people")


def downgrade() -> None:
    op.create_index("ix_people_created_at_id", "people", ["created_at", "id"])
