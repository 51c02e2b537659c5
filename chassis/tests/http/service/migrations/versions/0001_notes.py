from alembic import op

from chassis.db.tables import create_v1, create_v2, drop_v1, drop_v2

revision, down_revision = "0001", None


def upgrade() -> None:
    from notebook.base import Base

    create_v1(op)
    create_v2(op)
    for name in ("shelves", "notes", "lines"):
        Base.metadata.tables[name].create(op.get_bind())


def downgrade() -> None:
    for name in ("lines", "notes", "shelves"):
        op.drop_table(name)
    drop_v2(op)
    drop_v1(op)
