"""Roles, further addresses, parent companies, and how a company is reached."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"

_ROLES = {"server_default": sa.text("'{}'"), "nullable": False}
_LIST = {"server_default": sa.text("'[]'"), "nullable": False}


def upgrade() -> None:
    op.add_column("people", sa.Column("department", sa.Text()))
    op.add_column("people", sa.Column("roles", postgresql.ARRAY(sa.Text()), **_ROLES))
    op.add_column("people", sa.Column("address_kind", sa.Text()))
    for column in (
        sa.Column("parent_id", sa.Uuid()),
        sa.Column("roles", postgresql.ARRAY(sa.Text()), **_ROLES),
        sa.Column("phones", postgresql.JSONB(), **_LIST),
        sa.Column("email", sa.Text()),
        sa.Column("emails", postgresql.JSONB(), **_LIST),
        sa.Column("address_kind", sa.Text()),
        sa.Column("campaign_id", sa.Uuid()),
        sa.Column("utm", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("entered_by", sa.Uuid()),
    ):
        op.add_column("companies", column)
    op.execute(
        "UPDATE companies SET phones = jsonb_build_array("
        " jsonb_build_object('value', phone, 'typed', phone, 'label', 'work')) WHERE phone IS NOT NULL"
    )
    op.create_foreign_key(
        "fk_companies_parent_id", "companies", "companies", ["parent_id"], ["id"], ondelete="SET NULL"
    )
    op.create_index(
        "ix_companies_parent_id", "companies", ["parent_id"], postgresql_where=sa.text("parent_id IS NOT NULL")
    )
    for table in ("people", "companies"):
        op.create_index(
            f"ix_{table}_roles", table, ["roles"], postgresql_using="gin", postgresql_where=sa.text("roles <> '{}'")
        )
    op.create_table(
        "addresses",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid()),
        sa.Column("company_id", sa.Uuid()),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("country", sa.Text()),
        sa.Column("region", sa.Text()),
        sa.Column("city", sa.Text()),
        sa.Column("postcode", sa.Text()),
        sa.Column("address", sa.Text()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_addresses_person_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name="fk_addresses_company_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_addresses"),
    )
    op.create_index("ix_addresses_created_at_id", "addresses", ["created_at", "id"])
    for who in ("person", "company"):
        op.create_index(
            f"ix_addresses_{who}_id", "addresses", [f"{who}_id"], postgresql_where=sa.text(f"{who}_id IS NOT NULL")
        )


def downgrade() -> None:
    op.drop_table("addresses")
    for column in ("entered_by", "utm", "campaign_id", "address_kind", "emails", "email", "phones", "roles",
                   "parent_id"):  # fmt: skip
        op.drop_column("companies", column)
    for column in ("address_kind", "roles", "department"):
        op.drop_column("people", column)
