"""Tickets, conversation, service levels, surveys, entitlements, and copies of users and people.

Also a calendar and four policies to begin with, which can be changed or switched off over the API.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from chassis.db.tables import create_v1, drop_v1

revision = "0001"
down_revision = None

INSTANT = sa.DateTime(timezone=True)
OWNED = ("owner_id", "team_id", "partner_id")
SEARCHABLE = (
    ("search_text", sa.Text(), False),
    ("search_grams", postgresql.ARRAY(sa.Text()), False),
)


def upgrade() -> None:
    create_v1(op)
    op.execute(sa.schema.CreateSequence(sa.Sequence("ticket_serials")))
    op.execute(sa.schema.CreateSequence(sa.Sequence("assignment_turns")))
    _agents()
    _people()
    _calendars()
    _policies()
    _entitlements()
    _tickets()
    _messages()
    _clocks()
    _surveys()
    _beginnings()


def downgrade() -> None:
    for table in (
        "surveys",
        "sla_clocks",
        "messages",
        "tickets",
        "entitlements",
        "sla_policies",
        "calendars",
        "people",
        "agents",
    ):
        op.drop_table(table)
    op.execute(sa.schema.DropSequence(sa.Sequence("assignment_turns")))
    op.execute(sa.schema.DropSequence(sa.Sequence("ticket_serials")))
    drop_v1(op)


def _agents() -> None:
    _table(
        "agents",
        ("name", sa.Text(), False),
        ("email", sa.Text(), True),
        ("roles", postgresql.JSONB(), False),
        ("team_id", sa.Uuid(), True),
        ("active", sa.Boolean(), False),
        ("available", sa.Boolean(), False),
        ("heard", sa.BigInteger(), False),
        *SEARCHABLE,
    )
    _index("agents", "team_id")


def _people() -> None:
    _table(
        "people",
        ("name", sa.Text(), True),
        ("email", sa.Text(), True),
        ("phone", sa.Text(), True),
        ("company_id", sa.Uuid(), True),
        ("company_name", sa.Text(), True),
        ("erased", sa.Boolean(), False),
        ("heard", sa.BigInteger(), False),
    )


def _calendars() -> None:
    _table(
        "calendars",
        ("name", sa.Text(), False),
        ("zone", sa.Text(), False),
        ("hours", postgresql.JSONB(), False),
        ("holidays", postgresql.JSONB(), False),
        ("workdays", postgresql.JSONB(), False),
    )
    op.create_unique_constraint("uq_calendars_name", "calendars", ["name"])


def _policies() -> None:
    _table(
        "sla_policies",
        ("name", sa.Text(), False),
        ("rank", sa.Integer(), False),
        ("active", sa.Boolean(), False),
        ("priority", sa.Text(), True),
        ("kind", sa.Text(), True),
        ("first_response_minutes", sa.Integer(), True),
        ("resolution_minutes", sa.Integer(), True),
        ("risk_percent", sa.Integer(), False),
        ("calendar_id", sa.Uuid(), False),
    )
    op.create_unique_constraint("uq_sla_policies_name", "sla_policies", ["name"])
    _refers("sla_policies", "calendar_id", "calendars")
    _index("sla_policies", "calendar_id")
    op.create_index("ix_sla_policies_active", "sla_policies", ["rank"], postgresql_where=sa.text("active"))


def _entitlements() -> None:
    _table(
        "entitlements",
        ("name", sa.Text(), False),
        ("product", sa.Text(), True),
        ("person_id", sa.Uuid(), True),
        ("company_id", sa.Uuid(), True),
        ("deal_id", sa.Uuid(), True),
        ("holder_name", sa.Text(), True),
        ("starts_on", sa.Date(), False),
        ("ends_on", sa.Date(), False),
        *((name, sa.Uuid(), True) for name in OWNED),
        *SEARCHABLE,
    )
    op.create_unique_constraint("uq_entitlements_deal_id", "entitlements", ["deal_id"])
    _index("entitlements", "person_id", "company_id", *OWNED)


def _tickets() -> None:
    _table(
        "tickets",
        ("number", sa.Text(), False),
        ("subject", sa.Text(), False),
        ("state", sa.Text(), False),
        ("priority", sa.Text(), False),
        ("kind", sa.Text(), False),
        ("channel", sa.Text(), False),
        ("product", sa.Text(), True),
        ("person_id", sa.Uuid(), True),
        ("company_id", sa.Uuid(), True),
        ("deal_id", sa.Uuid(), True),
        ("requester_name", sa.Text(), True),
        ("requester_email", sa.Text(), True),
        ("requester_phone", sa.Text(), True),
        ("company_name", sa.Text(), True),
        ("origin", sa.Text(), True),
        ("entitlement_id", sa.Uuid(), True),
        ("policy_id", sa.Uuid(), True),
        ("sla_state", sa.Text(), False),
        ("next_due", INSTANT, True),
        ("level", sa.Integer(), False),
        ("times_reopened", sa.Integer(), False),
        ("resolution", sa.Text(), True),
        ("first_responded_at", INSTANT, True),
        ("resolved_at", INSTANT, True),
        ("closes_at", INSTANT, True),
        ("closed_at", INSTANT, True),
        *((name, sa.Uuid(), True) for name in OWNED),
        *SEARCHABLE,
    )
    op.create_check_constraint("state", "tickets", "state IN ('new', 'open', 'pending', 'resolved', 'closed')")
    op.create_check_constraint("priority", "tickets", "priority IN ('low', 'normal', 'high', 'urgent')")
    op.create_unique_constraint("uq_tickets_number", "tickets", ["number"])
    op.create_unique_constraint("uq_tickets_origin", "tickets", ["origin"])
    _refers("tickets", "entitlement_id", "entitlements")
    _refers("tickets", "policy_id", "sla_policies")
    _index("tickets", "person_id", "company_id", "deal_id", "entitlement_id", *OWNED)
    op.create_index("ix_tickets_state_created_at_id", "tickets", ["state", "created_at", "id"])
    unresolved = sa.text("state IN ('new', 'open', 'pending')")
    op.create_index("ix_tickets_unresolved_by_owner", "tickets", ["owner_id"], postgresql_where=unresolved)
    for column in ("next_due", "closes_at"):
        op.create_index(f"ix_tickets_{column}", "tickets", [column], postgresql_where=sa.text(f"{column} IS NOT NULL"))


def _messages() -> None:
    _table(
        "messages",
        ("ticket_id", sa.Uuid(), False),
        ("direction", sa.Text(), False),
        ("public", sa.Boolean(), False),
        ("channel", sa.Text(), False),
        ("author_id", sa.Uuid(), True),
        ("author_name", sa.Text(), True),
        ("body", sa.Text(), False),
    )
    op.create_check_constraint("direction", "messages", "direction IN ('in', 'out')")
    op.create_check_constraint("note", "messages", "public OR direction = 'out'")
    _refers("messages", "ticket_id", "tickets", ondelete="CASCADE")
    op.create_index("ix_messages_ticket_id_created_at_id", "messages", ["ticket_id", "created_at", "id"])


def _clocks() -> None:
    _table(
        "sla_clocks",
        ("ticket_id", sa.Uuid(), False),
        ("calendar_id", sa.Uuid(), False),
        ("metric", sa.Text(), False),
        ("target", sa.Interval(), False),
        ("risk_percent", sa.Integer(), False),
        ("left", sa.Interval(), False),
        ("due_at", INSTANT, True),
        ("risk_at", INSTANT, True),
        ("look_at", INSTANT, True),
        ("warned_at", INSTANT, True),
        ("breached_at", INSTANT, True),
        ("stopped_at", INSTANT, True),
        ("met", sa.Boolean(), True),
    )
    _refers("sla_clocks", "ticket_id", "tickets", ondelete="CASCADE")
    _refers("sla_clocks", "calendar_id", "calendars")
    _index("sla_clocks", "calendar_id")
    op.create_index("uq_sla_clocks_ticket_id_metric", "sla_clocks", ["ticket_id", "metric"], unique=True)
    op.create_index("ix_sla_clocks_look_at", "sla_clocks", ["look_at"], postgresql_where=sa.text("look_at IS NOT NULL"))


def _surveys() -> None:
    _table(
        "surveys",
        ("ticket_id", sa.Uuid(), False),
        ("person_id", sa.Uuid(), True),
        ("kind", sa.Text(), False),
        ("token_hash", sa.LargeBinary(), False),
        ("expires_at", INSTANT, False),
        ("score", sa.Integer(), True),
        ("comment", sa.Text(), True),
        ("answered_at", INSTANT, True),
        *((name, sa.Uuid(), True) for name in OWNED),
    )
    op.create_check_constraint("score", "surveys", "score BETWEEN 1 AND 5")
    op.create_unique_constraint("uq_surveys_token_hash", "surveys", ["token_hash"])
    _refers("surveys", "ticket_id", "tickets", ondelete="CASCADE")
    _index("surveys", "ticket_id", "person_id", *OWNED)


def _beginnings() -> None:
    """Monday to Friday, 9 to 18 in Shanghai; nine business hours are a day."""
    op.execute(
        """
        INSERT INTO calendars (id, name, zone, hours, holidays, workdays, version, created_at, updated_at)
        SELECT '01900000-0000-7000-8000-000000000001', 'Office hours', 'Asia/Shanghai',
               jsonb_object_agg(day, '[["09:00", "18:00"]]'::jsonb), '[]', '[]', 1, now(), now()
        FROM unnest(ARRAY['mon', 'tue', 'wed', 'thu', 'fri']) AS day
        """
    )
    op.execute(
        """
        INSERT INTO sla_policies (id, name, rank, active, priority, first_response_minutes, resolution_minutes,
                                  risk_percent, calendar_id, version, created_at, updated_at)
        SELECT ('01900000-0000-7000-8000-00000000010' || rank)::uuid, name, rank * 10, true, priority, first, whole,
               80, '01900000-0000-7000-8000-000000000001', 1, now(), now()
        FROM (VALUES (1, 'Urgent', 'urgent', 30, 240), (2, 'High', 'high', 60, 540),
                     (3, 'Normal', 'normal', 240, 1080), (4, 'Low', 'low', 540, 2700))
             AS policy (rank, name, priority, first, whole)
        """
    )


def _table(name: str, *columns: tuple[str, sa.types.TypeEngine, bool]) -> None:
    """A table with the columns of an Entity, and the indexes that come with it."""
    op.create_table(
        name,
        sa.Column("id", sa.Uuid(), nullable=False),
        *(sa.Column(column, type_, nullable=nullable) for column, type_, nullable in columns),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
    )
    op.create_index(f"ix_{name}_created_at_id", name, ["created_at", "id"])
    if SEARCHABLE[0] in columns:
        op.create_index(f"ix_{name}_search_grams", name, ["search_grams"], postgresql_using="gin")


def _index(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(f"ix_{table}_{column}", table, [column])


def _refers(table: str, column: str, to: str, ondelete: str | None = None) -> None:
    op.create_foreign_key(f"fk_{table}_{column}", table, to, [column], ["id"], ondelete=ondelete)
