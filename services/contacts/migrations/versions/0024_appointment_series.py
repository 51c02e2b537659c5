"""Recurring appointments, answers, reminders; e-mails of users."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0024"
down_revision = "0023"

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _series()
    _appointments()
    op.add_column("staff", sa.Column("email", sa.Text()))
    op.create_index("ix_staff_email", "staff", ["email"])


def downgrade() -> None:
    op.drop_index("ix_staff_email", "staff")
    op.drop_column("staff", "email")
    op.drop_table("appointment_reminders")
    for column in ("until", "team_id", "access", "answer"):
        op.drop_column("appointment_users", column)
    for column in ("occurrence_at", "series_id", "remind_before"):
        op.drop_column("appointments", column)
    for table in ("appointment_series_people", "appointment_series_users", "appointment_series"):
        op.drop_table(table)


def _series() -> None:
    op.create_table(
        "appointment_series",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("starts_at", _INSTANT, nullable=False),
        sa.Column("ends_at", _INSTANT, nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("last_at", _INSTANT, nullable=False),
        sa.Column("next_at", _INSTANT),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("note", sa.Text()),
        sa.Column("place", sa.Text()),
        sa.Column("remind_before", postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.Column("person_id", sa.Uuid()),
        sa.Column("company_id", sa.Uuid()),
        sa.Column("deal_id", sa.Uuid()),
        sa.Column("owner_id", sa.Uuid()),
        sa.Column("team_id", sa.Uuid()),
        sa.Column("partner_id", sa.Uuid()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("updated_at", _INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_appointment_series_person_id", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name="fk_appointment_series_company_id", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_appointment_series"),
    )
    for column in ("owner_id", "team_id", "partner_id"):
        op.create_index(f"ix_appointment_series_{column}", "appointment_series", [column])
    op.create_index("ix_appointment_series_created_at_id", "appointment_series", ["created_at", "id"])
    for column in ("next_at", "person_id"):
        where = sa.text(f"{column} IS NOT NULL")
        op.create_index(f"ix_appointment_series_{column}", "appointment_series", [column], postgresql_where=where)
    op.create_table(
        "appointment_series_users",
        sa.Column("series_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        _of("appointment_series_users", "series_id", "appointment_series"),
        sa.PrimaryKeyConstraint("series_id", "user_id", name="pk_appointment_series_users"),
    )
    op.create_index("ix_appointment_series_users_user_id", "appointment_series_users", ["user_id"])
    op.create_table(
        "appointment_series_people",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("series_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        _of("appointment_series_people", "series_id", "appointment_series"),
        _of("appointment_series_people", "person_id", "people"),
        sa.PrimaryKeyConstraint("id", name="pk_appointment_series_people"),
    )
    for column in ("series_id", "person_id"):
        op.create_index(f"ix_appointment_series_people_{column}", "appointment_series_people", [column])


def _appointments() -> None:
    op.add_column(
        "appointments", sa.Column("remind_before", postgresql.ARRAY(sa.Integer()), nullable=False, server_default="{}")
    )
    op.add_column("appointments", sa.Column("series_id", sa.Uuid()))
    op.add_column("appointments", sa.Column("occurrence_at", _INSTANT))
    op.create_foreign_key(
        "fk_appointments_series_id", "appointments", "appointment_series", ["series_id"], ["id"], ondelete="SET NULL"
    )
    op.create_unique_constraint(
        "uq_appointments_series_id_occurrence_at", "appointments", ["series_id", "occurrence_at"]
    )
    for column, default in (("answer", "open"), ("access", "read")):
        op.add_column("appointment_users", sa.Column(column, sa.Text(), nullable=False, server_default=default))
    op.add_column("appointment_users", sa.Column("team_id", sa.Uuid()))
    op.add_column("appointment_users", sa.Column("until", _INSTANT))
    op.create_table(
        "appointment_reminders",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column("minutes_before", sa.Integer(), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        _of("appointment_reminders", "appointment_id", "appointments"),
        sa.PrimaryKeyConstraint("id", name="pk_appointment_reminders"),
        sa.UniqueConstraint(
            "appointment_id", "minutes_before", name="uq_appointment_reminders_appointment_id_minutes_before"
        ),
    )
    op.create_index("ix_appointment_reminders_at", "appointment_reminders", ["at"])


def _of(table: str, column: str, parent: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{parent}.id"], name=f"fk_{table}_{column}", ondelete="CASCADE")
