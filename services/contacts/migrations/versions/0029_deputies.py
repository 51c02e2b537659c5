"""Deputies of who leaves; the history of the owners of series."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"

_INSTANT = sa.DateTime(timezone=True)
_SERIES = ("task_series", "appointment_series")


def upgrade() -> None:
    op.create_table(
        "deputies",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("deputy_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("updated_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_deputies"),
        sa.CheckConstraint("id <> deputy_id", name=op.f("ck_deputies_other")),
    )
    op.create_index("ix_deputies_created_at_id", "deputies", ["created_at", "id"])
    op.add_column("staff", sa.Column("handed_over", sa.Boolean(), nullable=False, server_default=sa.text("false")))
    for table in _SERIES:  # as of people and companies: found by who takes over after somebody has left
        op.execute(
            f"CREATE TRIGGER {table}_owner_change AFTER UPDATE OF owner_id, team_id, partner_id ON {table} FOR EACH ROW"
            " WHEN ((OLD.owner_id, OLD.team_id, OLD.partner_id) IS DISTINCT FROM"
            " (NEW.owner_id, NEW.team_id, NEW.partner_id)) EXECUTE FUNCTION note_owner_change()"
        )


def downgrade() -> None:
    for table in _SERIES:
        op.execute(f"DROP TRIGGER {table}_owner_change ON {table}")
    op.drop_column("staff", "handed_over")
    op.drop_table("deputies")
