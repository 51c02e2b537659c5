"""Orders that their customers follow, by carriers and what they say; which document was signed."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("orders", sa.Column("tracking_hash", sa.LargeBinary(), nullable=True))
    op.create_unique_constraint("uq_orders_tracking_hash", "orders", ["tracking_hash"])
    op.add_column("shipments", sa.Column("carrier", sa.Text(), nullable=True))
    op.add_column("shipments", sa.Column("expected_on", sa.Date(), nullable=True))
    op.create_table(
        "shipment_updates",
        sa.Column("shipment_id", sa.Uuid(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "status IN ('in_transit', 'out_for_delivery', 'delayed', 'failed', 'returned')",
            name="ck_shipment_updates_status",
        ),
        sa.ForeignKeyConstraint(
            ["shipment_id"], ["shipments.id"], name="fk_shipment_updates_shipment_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("shipment_id", "at", "status", name="pk_shipment_updates"),
    )
    op.add_column("agreement_signatures", sa.Column("document_hash", sa.Text(), nullable=True))
    op.execute(
        "UPDATE instalments SET released = amount - paid FROM orders "
        "WHERE orders.id = instalments.order_id AND orders.status = 'cancelled'"
    )


def downgrade() -> None:
    op.drop_column("agreement_signatures", "document_hash")
    op.drop_table("shipment_updates")
    op.drop_column("shipments", "expected_on")
    op.drop_column("shipments", "carrier")
    op.drop_constraint("uq_orders_tracking_hash", "orders", type_="unique")
    op.drop_column("orders", "tracking_hash")
