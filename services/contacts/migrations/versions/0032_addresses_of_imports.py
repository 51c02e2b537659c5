"""Further addresses that imports bring."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    op.add_column("addresses", sa.Column("import_id", sa.Uuid()))
    there = sa.text("import_id IS NOT NULL")
    op.create_index("ix_addresses_import_id", "addresses", ["import_id"], postgresql_where=there)


def downgrade() -> None:
    op.drop_index("ix_addresses_import_id", "addresses")
    op.drop_column("addresses", "import_id")
