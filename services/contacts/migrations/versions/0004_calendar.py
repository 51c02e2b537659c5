"""Appointments, who attends them, calendar feeds."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "appointments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("note", sa.Text()),
        sa.Column("place", sa.Text()),
        sa.Column("starts_at", _INSTANT, nullable=False),
        sa.Column("ends_at", _INSTANT, nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("forced", sa.Boolean(), nullable=False),
        sa.Column("person_id", sa.Uuid()),
        sa.Column("company_id", sa.Uuid()),
        sa.Column("deal_id", sa.Uuid()),
        sa.Column("owner_id", sa.Uuid()),
        sa.Column("team_id", sa.Uuid()),
        sa.Column("partner_id", sa.Uuid()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("updated_at", _INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_appointments_person_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["company_id"], ["companies.id"], name="fk_appointments_company_id", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_appointments"),
    )
    for column in ("owner_id", "team_id", "partner_id"):
        op.create_index(f"ix_appointments_{column}", "appointments", [column])
    for column in ("created_at", "starts_at"):
        op.create_index(f"ix_appointments_{column}_id", "appointments", [column, "id"])
    for column in ("person_id", "company_id", "deal_id"):
        where = sa.text(f"{column} IS NOT NULL")
        op.create_index(f"ix_appointments_{column}", "appointments", [column], postgresql_where=where)
    op.create_table(
        "appointment_users",
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", _INSTANT, nullable=False),
        sa.Column("ends_at", _INSTANT, nullable=False),
        sa.Column("busy", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointments.id"], name="fk_appointment_users_appointment_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("appointment_id", "user_id", name="pk_appointment_users"),
    )
    op.create_index("ix_appointment_users_user_id_starts_at", "appointment_users", ["user_id", "starts_at"])
    op.create_table(
        "appointment_people",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("appointment_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointments.id"], name="fk_appointment_people_appointment_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_appointment_people_person_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_appointment_people"),
    )
    op.create_index("ix_appointment_people_appointment_id", "appointment_people", ["appointment_id"])
    op.create_index("ix_appointment_people_person_id", "appointment_people", ["person_id"])
    op.create_table(
        "calendar_feeds",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("user_id", name="pk_calendar_feeds"),
        sa.UniqueConstraint("token_hash", name="uq_calendar_feeds_token_hash"),
    )


def downgrade() -> None:
    for table in ("calendar_feeds", "appointment_people", "appointment_users", "appointments"):
        op.drop_table(table)
