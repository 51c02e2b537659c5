"""What was called off before it was known, and whom an event of another calendar invites."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0040"
down_revision = "0039"


def upgrade() -> None:
    op.add_column("imported_events", sa.Column("invited", ARRAY(sa.Text())))
    op.create_table(
        "called_off_events",
        sa.Column("scope", sa.Uuid(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("recurrence", sa.Text(), nullable=False),
        sa.Column("organizer", sa.Text(), nullable=False),
        sa.Column("attendee", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("stamped_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("scope", "uid", "recurrence", "organizer", "attendee", name="pk_called_off_events"),
    )


def downgrade() -> None:
    op.drop_table("called_off_events")
    op.drop_column("imported_events", "invited")
