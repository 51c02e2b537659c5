"""A tree of territories with conditions, members with roles; rules of assignment; when a rep can take leads."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"

OPEN_LEAD = "status IN ('new', 'following', 'dormant', 'shelved')"
COMPANY = ("country", "region", "postcode", "industry")
JSONB = postgresql.JSONB()


def upgrade() -> None:
    for name in COMPANY:
        op.add_column("companies", sa.Column(name, sa.Text(), nullable=True))
    op.add_column("companies", sa.Column("employees", sa.Integer(), nullable=True))
    op.add_column("leads", sa.Column("region", sa.Text(), nullable=True))
    op.add_column("leads", sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True))
    for table, where in (("leads", OPEN_LEAD), ("deals", "status = 'open'")):
        op.add_column(table, sa.Column("territory_id", sa.Uuid(), nullable=True))
        op.create_index(f"ix_{table}_territory_id", table, ["territory_id"], postgresql_where=sa.text(where))
    _territories()
    _rules()
    _calendars()


def downgrade() -> None:
    op.drop_table("rep_availability")
    op.drop_table("work_calendars")
    op.drop_table("assignment_rules")
    op.drop_column("turns", "owed")
    for name in ("weight", "role"):
        op.drop_constraint(op.f(f"ck_territory_members_{name}"), "territory_members")
        op.drop_column("territory_members", name)
    op.drop_constraint(op.f("ck_territories_dates"), "territories")
    for name in ("ends_on", "starts_on", "when", "priority", "parent_id"):
        op.drop_column("territories", name)
    for table in ("deals", "leads"):
        op.drop_index(f"ix_{table}_territory_id", table_name=table)
        op.drop_column(table, "territory_id")
    for name in ("tried_at", "region"):
        op.drop_column("leads", name)
    for name in ("employees", *COMPANY):
        op.drop_column("companies", name)


def _territories() -> None:
    op.add_column("territories", sa.Column("parent_id", sa.Uuid(), nullable=True))
    op.create_foreign_key("fk_territories_parent_id", "territories", "territories", ["parent_id"], ["id"])
    op.create_index("ix_territories_parent_id", "territories", ["parent_id"])
    op.add_column("territories", sa.Column("priority", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("territories", sa.Column("when", JSONB, nullable=True))
    op.add_column("territories", sa.Column("starts_on", sa.Date(), nullable=True))
    op.add_column("territories", sa.Column("ends_on", sa.Date(), nullable=True))
    op.create_check_constraint(op.f("ck_territories_dates"), "territories", "starts_on <= ends_on")
    op.add_column("territory_members", sa.Column("role", sa.Text(), nullable=False, server_default="rep"))
    op.add_column("territory_members", sa.Column("weight", sa.Integer(), nullable=False, server_default="1"))
    op.create_check_constraint(
        op.f("ck_territory_members_role"), "territory_members", "role IN ('manager', 'rep', 'backup')"
    )
    op.create_check_constraint(op.f("ck_territory_members_weight"), "territory_members", "weight > 0")
    op.add_column("turns", sa.Column("owed", JSONB, nullable=False, server_default="{}"))


def _rules() -> None:
    op.create_table(
        "assignment_rules",
        *_head(),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("when", JSONB, nullable=True),
        sa.Column("pool", sa.Text(), nullable=False),
        sa.Column("strategy", sa.Text(), nullable=False),
        sa.Column("members", JSONB, nullable=False),
        sa.Column("within_hours", sa.Boolean(), nullable=False),
        *_tail("assignment_rules"),
        sa.CheckConstraint(
            "strategy IN ('round_robin', 'least_busy', 'weighted')", name=op.f("ck_assignment_rules_strategy")
        ),
        sa.CheckConstraint("pool IN ('territory', 'members', 'everyone')", name=op.f("ck_assignment_rules_pool")),
    )
    op.create_index("ix_assignment_rules_position_id", "assignment_rules", ["position", "id"])
    _indexes("assignment_rules")


def _calendars() -> None:
    op.create_table(
        "work_calendars",
        *_head(),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("hours", JSONB, nullable=False),
        sa.Column("holidays", JSONB, nullable=False),
        sa.Column("workdays", JSONB, nullable=False),
        *_tail("work_calendars"),
    )
    _indexes("work_calendars")
    op.create_table(
        "rep_availability",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("opted_out", sa.Boolean(), nullable=False),
        sa.Column("absences", JSONB, nullable=False),
        sa.Column("max_per_day", sa.Integer(), nullable=True),
        sa.Column("max_open", sa.Integer(), nullable=True),
        sa.Column("calendar_id", sa.Uuid(), nullable=True),
        *_times(),
        sa.ForeignKeyConstraint(["id"], ["reps.id"], name="fk_rep_availability_id"),
        sa.ForeignKeyConstraint(["calendar_id"], ["work_calendars.id"], name="fk_rep_availability_calendar_id"),
        sa.PrimaryKeyConstraint("id", name="pk_rep_availability"),
        sa.CheckConstraint("max_per_day >= 0", name=op.f("ck_rep_availability_max_per_day")),
        sa.CheckConstraint("max_open >= 0", name=op.f("ck_rep_availability_max_open")),
    )
    op.create_index("ix_rep_availability_calendar_id", "rep_availability", ["calendar_id"])
    op.create_index("ix_rep_availability_created_at_id", "rep_availability", ["created_at", "id"])


def _head() -> tuple[sa.Column, ...]:
    return sa.Column("id", sa.Uuid(), nullable=False), sa.Column("name", sa.Text(), nullable=False)


def _times() -> tuple[sa.Column, ...]:
    moments = (sa.Column(name, sa.DateTime(timezone=True), nullable=False) for name in ("created_at", "updated_at"))
    return sa.Column("version", sa.Integer(), nullable=False), *moments


def _tail(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        *_times(),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("search_grams", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.UniqueConstraint("name", name=f"uq_{table}_name"),
    )


def _indexes(table: str) -> None:
    op.create_index(f"ix_{table}_created_at_id", table, ["created_at", "id"])
    op.create_index(f"ix_{table}_search_grams", table, ["search_grams"], postgresql_using="gin")
