"""A person has one open lead of the house, and one of each partner."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"

_IS_OPEN = "status IN ('new', 'following', 'dormant', 'shelved', 'recycled')"
_ONE_EACH = "uq_leads_open_person_id_partner_id"


def upgrade() -> None:
    where = sa.text(_IS_OPEN)
    op.create_index(
        _ONE_EACH, "leads", ["person_id", "partner_id"], unique=True, postgresql_where=where,
        postgresql_nulls_not_distinct=True,
    )  # fmt: skip
    op.drop_index("uq_leads_open_person_id", table_name="leads")


def downgrade() -> None:
    op.create_index("uq_leads_open_person_id", "leads", ["person_id"], unique=True, postgresql_where=sa.text(_IS_OPEN))
    op.drop_index(_ONE_EACH, table_name="leads")
