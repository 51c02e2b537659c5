"""The people of an event that tells of many: an erasure finds them by it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    for table in ("arrivals", "event_log"):
        op.add_column(table, sa.Column("person_ids", postgresql.ARRAY(sa.Uuid())))
    op.create_index(
        "ix_event_log_person_ids",
        "event_log",
        ["person_ids"],
        postgresql_using="gin",
        postgresql_where=sa.text("personal IS NOT NULL AND person_ids IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_event_log_person_ids", "event_log")
    for table in ("arrivals", "event_log"):
        op.drop_column(table, "person_ids")
