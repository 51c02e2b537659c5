"""Instalments that are open are listed by the day on which they are due."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    still_open = sa.text("paid + released < amount")
    op.create_index("ix_instalments_open", "instalments", ["due_on", "id"], postgresql_where=still_open)


def downgrade() -> None:
    op.drop_index("ix_instalments_open", "instalments")
