"""Custom fields of leads and deals."""

from alembic import op

from chassis import custom

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    custom.create_tables_v1(op)
    for table in ("leads", "deals"):
        custom.create_v1(op, table)


def downgrade() -> None:
    for table in ("deals", "leads"):
        custom.drop_v1(op, table)
    custom.drop_tables_v1(op)
