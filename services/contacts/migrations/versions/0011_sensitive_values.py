"""What is kept encrypted of a person, and who read it."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "sensitive_values",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("updated_at", _INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_sensitive_values_person_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_sensitive_values"),
    )
    op.create_index("ix_sensitive_values_created_at_id", "sensitive_values", ["created_at", "id"])
    op.create_index("uq_sensitive_values_person_id_field", "sensitive_values", ["person_id", "field"], unique=True)
    op.create_index("ix_sensitive_values_field_digest", "sensitive_values", ["field", "digest"])
    op.create_index("ix_sensitive_values_key_id_id", "sensitive_values", ["key_id", "id"])
    op.create_table(
        "sensitive_accesses",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid()),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Uuid()),
        sa.Column("at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sensitive_accesses"),
    )
    op.create_index("ix_sensitive_accesses_at_id", "sensitive_accesses", ["at", "id"])
    op.create_index("ix_sensitive_accesses_person_id_at", "sensitive_accesses", ["person_id", "at"])


def downgrade() -> None:
    for table in ("sensitive_accesses", "sensitive_values"):
        op.drop_table(table)
