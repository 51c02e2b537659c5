"""Mappings of columns that are kept under a name."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "import_profiles",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("mapping", postgresql.JSONB(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_import_profiles"),
    )
    op.create_index("ix_import_profiles_created_at_id", "import_profiles", ["created_at", "id"])
    op.create_index("uq_import_profiles_name", "import_profiles", ["name"], unique=True)


def downgrade() -> None:
    op.drop_table("import_profiles")
