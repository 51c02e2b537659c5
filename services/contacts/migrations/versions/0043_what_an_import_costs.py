"""What an import of many people costs PostgreSQL: references by the statement, owners' indexes of who has one, bodies of
events as they are."""

import sqlalchemy as sa
from alembic import op

from chassis.db.references import create_reference, drop_reference
from chassis.db.tables import create_v3, drop_v3

revision = "0043"
down_revision = "0042"

_REFERENCES = (
    ("contact_points", "person_id", "people", "CASCADE"),
    ("people", "company_id", "companies", "SET NULL"),
    ("imported_companies", "company_id", "companies", "CASCADE"),
)


def upgrade() -> None:
    create_v3(op)
    for table, column, parent, ondelete in _REFERENCES:
        op.drop_constraint(f"fk_{table}_{column}", table, type_="foreignkey")
        create_reference(op, table, column, parent, ondelete=ondelete)
    op.drop_index("ix_people_owner_id", "people")  # the one in the order of the list holds the same
    for column in ("team_id", "partner_id"):
        op.drop_index(f"ix_people_{column}", "people")
        where = sa.text(f"{column} IS NOT NULL")
        op.create_index(f"ix_people_{column}", "people", [column], postgresql_where=where)


def downgrade() -> None:
    for column in ("owner_id", "team_id", "partner_id"):
        if column != "owner_id":
            op.drop_index(f"ix_people_{column}", "people")
        op.create_index(f"ix_people_{column}", "people", [column])
    for table, column, parent, ondelete in reversed(_REFERENCES):
        drop_reference(op, table, column, parent)
        op.create_foreign_key(f"fk_{table}_{column}", table, parent, [column], ["id"], ondelete=ondelete)
    drop_v3(op)
