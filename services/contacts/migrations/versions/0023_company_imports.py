"""Lists of companies: what an import did to each, for its undo; which records the mapping of a profile is about."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.add_column("imported_companies", sa.Column("created", sa.Boolean(), server_default="true", nullable=False))
    op.add_column("imported_companies", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.add_column("imported_companies", sa.Column("before", postgresql.JSONB(), server_default="{}", nullable=False))
    op.add_column("import_profiles", sa.Column("entity", sa.Text(), server_default="people", nullable=False))


def downgrade() -> None:
    op.drop_column("import_profiles", "entity")
    for column in ("before", "version", "created"):
        op.drop_column("imported_companies", column)
