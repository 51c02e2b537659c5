"""Which built-in fields a new record must have; a row for people, one for companies."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"

_ROWS = """
INSERT INTO required_fields (id, entity, api, form, version, created_at, updated_at) VALUES
    ('019aa0c0-0000-7000-8000-000000000001', 'people', '{}', '{}', 1, now(), now()),
    ('019aa0c0-0000-7000-8000-000000000002', 'companies', '{}', '{}', 1, now(), now())
"""


def upgrade() -> None:
    op.create_table(
        "required_fields",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("api", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("form", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_required_fields"),
        sa.UniqueConstraint("entity", name="uq_required_fields_entity"),
    )
    op.create_index("ix_required_fields_created_at_id", "required_fields", ["created_at", "id"])
    op.execute(_ROWS)


def downgrade() -> None:
    op.drop_table("required_fields")
