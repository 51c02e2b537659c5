"""Orders that were placed by a quote before they named it."""

from alembic import op

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    op.execute(
        "UPDATE orders SET quote_id = quotes.id FROM quotes WHERE quotes.deal_id = orders.deal_id "
        "AND quotes.status = 'accepted' AND quotes.currency = orders.currency AND quotes.total = orders.total "
        "AND orders.quote_id IS NULL AND NOT orders.additional AND orders.status <> 'cancelled'"
    )


def downgrade() -> None:
    """What is known now does no harm."""
