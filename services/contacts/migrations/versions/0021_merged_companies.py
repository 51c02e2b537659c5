"""Companies are merged, too; what led to a merge."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.add_column("merges", sa.Column("kind", sa.Text(), nullable=False, server_default="person"))
    op.add_column("merges", sa.Column("why", postgresql.JSONB(), nullable=False, server_default=sa.text("'{}'")))
    op.execute("UPDATE merges SET snapshot = snapshot - 'person' || jsonb_build_object('record', snapshot -> 'person')")


def downgrade() -> None:
    op.execute("UPDATE merges SET snapshot = snapshot - 'record' || jsonb_build_object('person', snapshot -> 'record')")
    op.drop_column("merges", "why")
    op.drop_column("merges", "kind")
