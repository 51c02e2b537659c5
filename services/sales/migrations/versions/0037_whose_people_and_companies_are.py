"""Whose the people and companies of contacts are, with their copies; what the pools know of it already is taken over,
of others contacts tells with the next change."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"

_COPIES = ("people", "companies")
_WHOSE = ("owner_id", "team_id", "partner_id")


def upgrade() -> None:
    for table in _COPIES:
        for name in _WHOSE:
            op.add_column(table, sa.Column(name, sa.Uuid()))
        known = ", ".join(f"{name} = customers.{name}" for name in _WHOSE)
        op.execute(f"UPDATE {table} SET {known} FROM customers WHERE customers.id = {table}.id")  # noqa: S608


def downgrade() -> None:
    for table in _COPIES:
        for name in _WHOSE:
            op.drop_column(table, name)
