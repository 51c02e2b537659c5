"""Registrations of partners and their programmes; what a company's name is matched by, and its domain."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from chassis.company_names import company_key

revision = "0027"
down_revision = "0026"

INSTANT = sa.DateTime(timezone=True)
HOLDS = sa.text("status IN ('submitted', 'returned', 'approved')")
APPROVED = sa.text("status = 'approved'")
BATCH = 5000


def upgrade() -> None:
    _companies()
    op.execute(sa.schema.CreateSequence(sa.Sequence("registration_numbers")))
    _programmes()
    _registrations()


def _companies() -> None:
    op.add_column("companies", sa.Column("name_key", sa.Text(), nullable=True))
    op.add_column("companies", sa.Column("domain", sa.Text(), nullable=True))
    connection = op.get_bind()
    companies = sa.table("companies", sa.column("id"), sa.column("name"), sa.column("name_key"))
    named = sa.select(companies.c.id, companies.c.name).where(companies.c.name.is_not(None)).order_by(companies.c.id)
    keyed = (
        companies.update().where(companies.c.id == sa.bindparam("of")).values({"name_key": sa.bindparam("name_key")})
    )
    rows = connection.execute(named.limit(BATCH)).all()
    while rows:
        connection.execute(keyed, [{"of": row.id, "name_key": company_key(row.name)} for row in rows])
        rows = connection.execute(named.where(companies.c.id > rows[-1].id).limit(BATCH)).all()
    for column in ("name_key", "domain"):
        op.create_index(f"ix_companies_{column}", "companies", [column])


def _kept() -> list[sa.Column]:
    return [
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
    ]


def _programmes() -> None:
    op.create_table(
        "partner_programmes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=True),
        sa.Column("protection_days", sa.Integer(), nullable=False),
        sa.Column("warn_days", sa.Integer(), nullable=False),
        sa.Column("renewals", sa.Integer(), nullable=False),
        sa.Column("manager_id", sa.Uuid(), nullable=True),
        *_kept(),
        sa.PrimaryKeyConstraint("id", name="pk_partner_programmes"),
        sa.CheckConstraint(
            "protection_days > 0 AND warn_days >= 0 AND renewals >= 0", name=op.f("ck_partner_programmes_terms")
        ),
    )
    op.create_index("ix_partner_programmes_created_at_id", "partner_programmes", ["created_at", "id"])
    op.create_index(
        "uq_partner_programmes_partner_id", "partner_programmes", ["partner_id"], unique=True,
        postgresql_nulls_not_distinct=True,
    )  # fmt: skip


def _registrations() -> None:
    statuses = "'submitted', 'returned', 'approved', 'rejected', 'withdrawn', 'expired', 'won', 'lost'"
    texts = ("company_name", "company_key")
    maybe = ("domain", "contact_name", "contact_email", "contact_phone")
    op.create_table(
        "registrations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("registered_by", sa.Uuid(), nullable=True),
        *(sa.Column(column, sa.Text(), nullable=False) for column in texts),
        *(sa.Column(column, sa.Text(), nullable=True) for column in maybe),
        sa.Column("domains", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=True),
        sa.Column("product_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("amount", sa.Numeric(18, 2), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("expected_close", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("conflict", sa.Boolean(), nullable=False),
        *(sa.Column(column, sa.Text(), nullable=True) for column in ("question", "answer", "reason")),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.Column("deal_id", sa.Uuid(), nullable=True),
        sa.Column("protected_until", INSTANT, nullable=True),
        sa.Column("warn_at", INSTANT, nullable=True),
        sa.Column("renewed", sa.Integer(), nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("partner_id", sa.Uuid(), nullable=True),
        *_kept(),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("search_grams", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["deal_id"], ["deals.id"], name="fk_registrations_deal_id"),
        sa.PrimaryKeyConstraint("id", name="pk_registrations"),
        sa.UniqueConstraint("number", name="uq_registrations_number"),
        sa.CheckConstraint(f"status IN ({statuses})", name=op.f("ck_registrations_status")),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_registrations_amount")),
        sa.CheckConstraint(
            "status <> 'approved' OR (deal_id IS NOT NULL AND protected_until IS NOT NULL)",
            name=op.f("ck_registrations_approved"),
        ),
    )
    _indexes()


def _indexes() -> None:
    table = "registrations"
    for column in ("owner_id", "team_id", "partner_id", "person_id", "company_id", "deal_id"):
        op.create_index(f"ix_{table}_{column}", table, [column])
    for column in ("company_key", "contact_email", "contact_phone"):
        op.create_index(f"ix_{table}_{column}", table, [column], postgresql_where=HOLDS)
    op.create_index(f"ix_{table}_domains", table, ["domains"], postgresql_using="gin", postgresql_where=HOLDS)
    op.create_index(f"ix_{table}_protected_until", table, ["protected_until"], postgresql_where=APPROVED)
    op.create_index(f"ix_{table}_warn_at", table, ["warn_at"], postgresql_where=sa.text("warn_at IS NOT NULL"))
    op.create_index(f"uq_{table}_approved_deal_id", table, ["deal_id"], unique=True, postgresql_where=APPROVED)
    op.create_index(f"ix_{table}_created_at_id", table, ["created_at", "id"])
    op.create_index(f"ix_{table}_search_grams", table, ["search_grams"], postgresql_using="gin")


def downgrade() -> None:
    for table in ("registrations", "partner_programmes"):
        op.drop_table(table)
    op.execute(sa.schema.DropSequence(sa.Sequence("registration_numbers")))
    for column in ("domain", "name_key"):
        op.drop_index(f"ix_companies_{column}", table_name="companies")
        op.drop_column("companies", column)
