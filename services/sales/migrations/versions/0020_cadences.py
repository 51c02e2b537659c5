"""Cadences by grade and source; follow-ups that are escalated."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0019"


def columns() -> dict[str, list[sa.Column]]:
    return {
        "leads": [
            sa.Column("cadence_id", sa.Uuid(), nullable=True),
            sa.Column("cadence_choice", postgresql.JSONB(), nullable=True),
            sa.Column("cadence_since", sa.DateTime(timezone=True), nullable=True),
        ],
        "follow_ups": [
            sa.Column("titles", postgresql.JSONB(), server_default="{}", nullable=False),
            sa.Column("channel", sa.Text(), nullable=True),
            sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
            sa.Column("escalated_to", sa.Uuid(), nullable=True),
            sa.Column("escalation_id", sa.Uuid(), nullable=True),
        ],
        "people": [
            sa.Column("grade", sa.Text(), nullable=True),
            sa.Column("graded_sequence", sa.BigInteger(), server_default="0", nullable=False),
        ],
        "reps": [sa.Column("manages", sa.Boolean(), server_default="false", nullable=False)],
    }


def upgrade() -> None:
    op.create_table(
        "cadences",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("grades", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("sources", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("steps", postgresql.JSONB(), nullable=False),
        sa.Column("working_days", sa.Boolean(), nullable=False),
        sa.Column("dormant_days", sa.Integer(), nullable=False),
        sa.Column("recycle_after_days", sa.Integer(), nullable=True),
        sa.Column("escalate_after_days", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("dormant_days > 0", name="dormant_days"),
        sa.PrimaryKeyConstraint("id", name="pk_cadences"),
        sa.UniqueConstraint("name", name="uq_cadences_name"),
    )
    op.create_index("ix_cadences_created_at_id", "cadences", ["created_at", "id"])
    for table, added in columns().items():
        for column in added:
            op.add_column(table, column)
    op.create_foreign_key("fk_leads_cadence_id", "leads", "cadences", ["cadence_id"], ["id"])
    planned = sa.text("state = 'planned'")
    op.create_index("ix_follow_ups_due_at", "follow_ups", ["due_at", "id"], postgresql_where=planned)


def downgrade() -> None:
    op.drop_index("ix_follow_ups_due_at", table_name="follow_ups")
    for table, added in columns().items():
        for column in reversed(added):
            op.drop_column(table, column.name)
    op.drop_table("cadences")
