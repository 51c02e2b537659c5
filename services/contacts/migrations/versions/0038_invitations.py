"""Answers of customers, and invitations in mails that wait for review."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"


def upgrade() -> None:
    for table in ("appointment_people", "appointment_series_people"):
        op.add_column(table, sa.Column("answer", sa.Text(), nullable=False, server_default="open"))
    op.add_column("appointment_people", sa.Column("answered_at", sa.DateTime(timezone=True)))
    op.add_column("mails", sa.Column("invitation", sa.Text()))


def downgrade() -> None:
    op.drop_column("mails", "invitation")
    op.drop_column("appointment_people", "answered_at")
    for table in ("appointment_series_people", "appointment_people"):
        op.drop_column(table, "answer")
