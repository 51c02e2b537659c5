"""What a lead asks for, and in which language: rules of assignment ask it."""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"


def upgrade() -> None:
    op.add_column("leads", sa.Column("product", sa.Text(), nullable=True))
    op.add_column("leads", sa.Column("language", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("leads", "language")
    op.drop_column("leads", "product")
