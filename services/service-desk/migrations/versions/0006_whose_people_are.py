"""Whose the people of contacts are, with their copies; contacts tells with the next change of each."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_WHOSE = ("owner_id", "team_id", "partner_id")


def upgrade() -> None:
    for name in _WHOSE:
        op.add_column("people", sa.Column(name, sa.Uuid()))


def downgrade() -> None:
    for name in _WHOSE:
        op.drop_column("people", name)
