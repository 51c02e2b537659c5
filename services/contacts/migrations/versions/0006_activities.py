"""Recurring tasks with reminders and escalation; participants, outcomes and corrections of interactions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _tasks()
    _interactions()


def downgrade() -> None:
    for table in ("interaction_people", "interaction_corrections", "interaction_outcomes", "task_reminders"):
        op.drop_table(table)
    op.drop_index("uq_interactions_appointment_id", "interactions")
    for column in ("user_ids", "task_id", "appointment_id"):
        op.drop_column("interactions", column)
    op.drop_index("ix_tasks_to_escalate", "tasks")
    for column in (
        "remind_before", "escalate_after", "escalate_to", "escalate_at", "escalated_at", "series_id", "occurrence_at",
    ):  # fmt: skip
        op.drop_column("tasks", column)
    op.drop_table("task_series")


def _tasks() -> None:
    op.create_table(
        "task_series",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("starts_at", _INSTANT, nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("last_at", _INSTANT, nullable=False),
        sa.Column("next_at", _INSTANT),
        sa.Column("make_at", _INSTANT),
        sa.Column("made", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("note", sa.Text()),
        sa.Column("priority", sa.Text(), nullable=False),
        sa.Column("remind_before", postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.Column("escalate_after", sa.Integer()),
        sa.Column("escalate_to", sa.Uuid()),
        sa.Column("person_id", sa.Uuid()),
        sa.Column("company_id", sa.Uuid()),
        sa.Column("lead_id", sa.Uuid()),
        sa.Column("deal_id", sa.Uuid()),
        sa.Column("owner_id", sa.Uuid()),
        sa.Column("team_id", sa.Uuid()),
        sa.Column("partner_id", sa.Uuid()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("updated_at", _INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_task_series_person_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name="fk_task_series_company_id", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_task_series"),
    )
    for column in ("owner_id", "team_id", "partner_id"):
        op.create_index(f"ix_task_series_{column}", "task_series", [column])
    op.create_index("ix_task_series_created_at_id", "task_series", ["created_at", "id"])
    for column in ("make_at", "person_id"):
        where = sa.text(f"{column} IS NOT NULL")
        op.create_index(f"ix_task_series_{column}", "task_series", [column], postgresql_where=where)
    op.add_column(
        "tasks", sa.Column("remind_before", postgresql.ARRAY(sa.Integer()), nullable=False, server_default="{}")
    )
    op.add_column("tasks", sa.Column("escalate_after", sa.Integer()))
    for column in ("escalate_to", "series_id"):
        op.add_column("tasks", sa.Column(column, sa.Uuid()))
    for column in ("escalate_at", "escalated_at", "occurrence_at"):
        op.add_column("tasks", sa.Column(column, _INSTANT))
    op.create_foreign_key("fk_tasks_series_id", "tasks", "task_series", ["series_id"], ["id"], ondelete="SET NULL")
    op.create_unique_constraint("uq_tasks_series_id_occurrence_at", "tasks", ["series_id", "occurrence_at"])
    op.create_index(
        "ix_tasks_to_escalate",
        "tasks",
        ["escalate_at"],
        postgresql_where=sa.text("state = 'open' AND escalate_at IS NOT NULL AND escalated_at IS NULL"),
    )
    op.create_table(
        "task_reminders",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("minutes_before", sa.Integer(), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name="fk_task_reminders_task_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_task_reminders"),
        sa.UniqueConstraint("task_id", "minutes_before", name="uq_task_reminders_task_id_minutes_before"),
    )
    op.create_index("ix_task_reminders_at", "task_reminders", ["at"])


def _interactions() -> None:
    op.add_column(
        "interactions", sa.Column("user_ids", postgresql.ARRAY(sa.Uuid()), nullable=False, server_default="{}")
    )
    for column in ("task_id", "appointment_id"):
        op.add_column("interactions", sa.Column(column, sa.Uuid()))
    op.create_index(
        "uq_interactions_appointment_id",
        "interactions",
        ["appointment_id"],
        unique=True,
        postgresql_where=sa.text("appointment_id IS NOT NULL"),
    )
    op.create_table(
        "interaction_people",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("interaction_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["interaction_id"], ["interactions.id"], name="fk_interaction_people_interaction_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_interaction_people_person_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_interaction_people"),
    )
    for column in ("interaction_id", "person_id"):
        op.create_index(f"ix_interaction_people_{column}", "interaction_people", [column])
    op.create_table(
        "interaction_corrections",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("interaction_id", sa.Uuid(), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("actor_id", sa.Uuid()),
        sa.Column("changes", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(
            ["interaction_id"],
            ["interactions.id"],
            name="fk_interaction_corrections_interaction_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_interaction_corrections"),
    )
    op.create_index("ix_interaction_corrections_interaction_id", "interaction_corrections", ["interaction_id"])
    op.create_table(
        "interaction_outcomes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("channels", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("updated_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_interaction_outcomes"),
        sa.UniqueConstraint("name", name="uq_interaction_outcomes_name"),
    )
    op.create_index("ix_interaction_outcomes_created_at_id", "interaction_outcomes", ["created_at", "id"])
