"""When a person's consent ends."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("consent_states", sa.Column("until", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("consent_states", "until")
