"""In which language users read."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"


def upgrade() -> None:
    op.add_column("staff", sa.Column("locale", sa.Text()))


def downgrade() -> None:
    op.drop_column("staff", "locale")
