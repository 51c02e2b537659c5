"""When records were last found right."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_KINDS = {"people": "person_id", "companies": "company_id"}


def upgrade() -> None:
    for of, id_ in _KINDS.items():
        table = f"{of}_verified"
        op.create_table(
            table,
            sa.Column(id_, sa.Uuid(), nullable=False),
            sa.Column("at", sa.DateTime(timezone=True), nullable=False),
            sa.Column("by", sa.Uuid()),
            sa.ForeignKeyConstraint([id_], [f"{of}.id"], name=f"fk_{table}_{id_}", ondelete="CASCADE"),
            sa.PrimaryKeyConstraint(id_, name=f"pk_{table}"),
        )


def downgrade() -> None:
    for of in _KINDS:
        op.drop_table(f"{of}_verified")
