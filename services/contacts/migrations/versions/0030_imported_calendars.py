"""Events of other calendars that were taken over, and times that a series leaves out."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    op.add_column(
        "appointment_series",
        sa.Column("excluded", postgresql.ARRAY(sa.DateTime(timezone=True)), server_default="{}", nullable=False),
    )
    op.create_table(
        "imported_events",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("recurrence", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("stamped_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shape", sa.Text(), nullable=False),
        sa.Column("appointment_id", sa.Uuid()),
        sa.Column("series_id", sa.Uuid()),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointments.id"], name="fk_imported_events_appointment_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["series_id"], ["appointment_series.id"], name="fk_imported_events_series_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "uid", "recurrence", name="pk_imported_events"),
    )
    for column in ("uid", "appointment_id", "series_id"):
        op.create_index(f"ix_imported_events_{column}", "imported_events", [column])


def downgrade() -> None:
    op.drop_table("imported_events")
    op.drop_column("appointment_series", "excluded")
