"""Reminders that somebody put off."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    op.create_table(
        "snoozes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid()),
        sa.Column("appointment_id", sa.Uuid()),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name="fk_snoozes_task_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointments.id"], name="fk_snoozes_appointment_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_snoozes"),
        sa.UniqueConstraint("task_id", "user_id", name="uq_snoozes_task_id_user_id"),
        sa.UniqueConstraint("appointment_id", "user_id", name="uq_snoozes_appointment_id_user_id"),
    )
    op.create_index("ix_snoozes_at", "snoozes", ["at"])


def downgrade() -> None:
    op.drop_table("snoozes")
