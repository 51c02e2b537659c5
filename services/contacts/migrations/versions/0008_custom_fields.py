"""Custom fields of people and companies."""

from alembic import op

from chassis import custom

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    custom.create_tables_v1(op)
    for table in ("people", "companies"):
        custom.create_v1(op, table)


def downgrade() -> None:
    for table in ("companies", "people"):
        custom.drop_v1(op, table)
    custom.drop_tables_v1(op)
