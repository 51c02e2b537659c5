"""Appointments of whole days, such as take nobody's time, and times of a series beside its rule."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    for table in ("appointments", "appointment_series"):
        op.add_column(table, sa.Column("all_day", sa.Boolean(), nullable=False, server_default=sa.text("false")))
        op.add_column(table, sa.Column("show_as", sa.Text(), nullable=False, server_default="busy"))
    times = ARRAY(sa.DateTime(timezone=True))
    op.add_column("appointment_series", sa.Column("added", times, nullable=False, server_default="{}"))


def downgrade() -> None:
    op.drop_column("appointment_series", "added")
    for table in ("appointment_series", "appointments"):
        op.drop_column(table, "show_as")
        op.drop_column(table, "all_day")
