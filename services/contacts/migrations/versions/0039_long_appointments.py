"""Appointments that last longer than two weeks, found by their end."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"


def upgrade() -> None:
    op.create_index(
        "ix_appointment_users_long",
        "appointment_users",
        ["user_id", "ends_at"],
        postgresql_where=sa.text("ends_at - starts_at > '14 days'::interval"),
    )


def downgrade() -> None:
    op.drop_index("ix_appointment_users_long", "appointment_users")
