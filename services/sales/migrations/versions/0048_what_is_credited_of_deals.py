"""What of a won deal is credited; what credit notes and cancelled orders left of deals so far is worked out."""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"

_BEFORE = ["id", "status", "stage_id", "pipeline_id", "base_amount", "created_at", "owner_id", "team_id"]
_COUNTED = [*_BEFORE[:5], "base_credited", *_BEFORE[5:]]
# As `sales.credit_notes.rules.credited` says. What was ordered in another currency than the deal's is left to the next
# change of its order: how that is converted is not for SQL to say.
_CREDITED = """
    WITH noted AS (
        SELECT order_id, sum(net) AS net FROM credit_notes GROUP BY order_id
    ), ordered AS (
        SELECT o.deal_id, bool_and(o.status = 'cancelled') AS cancelled, sum(o.total - o.tax) AS net,
               sum(CASE WHEN o.status = 'cancelled' THEN o.total - o.tax ELSE coalesce(n.net, 0) END) AS less
        FROM orders AS o JOIN deals AS d ON d.id = o.deal_id LEFT JOIN noted AS n ON n.order_id = o.id
        WHERE o.currency = d.currency AND d.status = 'won'
        GROUP BY o.deal_id
    )
    UPDATE deals AS d SET credited = CASE WHEN o.cancelled THEN d.amount
        ELSE least(d.amount, greatest(0, o.less - greatest(0, o.net - d.amount))) END
    FROM ordered AS o WHERE o.deal_id = d.id AND (o.cancelled OR o.less > 0)
"""
_VALUED = """
    UPDATE deals SET base_credited = base_amount - round((amount - credited) * base_rate, scale(base_amount))
    WHERE credited > 0 AND base_amount IS NOT NULL
"""


def upgrade() -> None:
    for name in ("credited", "base_credited"):
        op.add_column("deals", sa.Column(name, sa.Numeric(), server_default="0", nullable=False))
    op.execute(_CREDITED)
    op.execute(_VALUED)
    op.create_check_constraint(op.f("ck_deals_credited"), "deals", "credited BETWEEN 0 AND amount")
    _count_by(_COUNTED)
    op.create_index("ix_orders_credited", "orders", ["created_at", "id"], postgresql_where=sa.text("credited > 0"))


def downgrade() -> None:
    op.drop_index("ix_orders_credited", "orders")
    _count_by(_BEFORE)
    op.drop_constraint(op.f("ck_deals_credited"), "deals")
    for name in ("base_credited", "credited"):
        op.drop_column("deals", name)


def _count_by(columns: list[str]) -> None:
    op.drop_index("ix_deals_closed", "deals")
    where = sa.text("closed_at IS NOT NULL")
    op.create_index("ix_deals_closed", "deals", ["closed_at"], postgresql_where=where, postgresql_include=columns)
