"""What an import still costs PostgreSQL: a contact point of one person alone is found by its key, only shared ones by
their value; owners' indexes of companies hold who has one; columns hold by themselves what most new people have there;
references are checked along an index."""

import sqlalchemy as sa
from alembic import op

from chassis.db.references import renew_reference

revision = "0044"
down_revision = "0043"

_REFERENCES = (
    ("contact_points", "person_id", "people"),
    ("people", "company_id", "companies"),
    ("imported_companies", "company_id", "companies"),
)
_DEFAULTS = {"lifecycle": "contact", "reference": sa.text("false"), "tags": "{}", "utm": "{}"}
_OWNED = ("owner_id", "team_id", "partner_id")


def upgrade() -> None:
    op.create_index("ix_contact_points_shared_value", "contact_points", ["value"], postgresql_where=sa.text("shared"))
    op.drop_index("ix_contact_points_value", "contact_points")
    for column in _OWNED:
        op.drop_index(f"ix_companies_{column}", "companies")
        where = sa.text(f"{column} IS NOT NULL")
        op.create_index(f"ix_companies_{column}", "companies", [column], postgresql_where=where)
    for column, value in _DEFAULTS.items():
        op.alter_column("people", column, server_default=value)
    for table, column, parent in _REFERENCES:
        renew_reference(op, table, column, parent)


def downgrade() -> None:
    for column in _DEFAULTS:
        op.alter_column("people", column, server_default=None)
    for column in _OWNED:
        op.drop_index(f"ix_companies_{column}", "companies")
        op.create_index(f"ix_companies_{column}", "companies", [column])
    op.create_index("ix_contact_points_value", "contact_points", ["value"])
    op.drop_index("ix_contact_points_shared_value", "contact_points")
