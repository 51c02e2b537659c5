"""Orders on their way: shipments, instalments, payments."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "instalments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("paid", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("overdue_told", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount > 0 AND paid BETWEEN 0 AND amount", name="ck_instalments_paid"),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name="fk_instalments_order_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_instalments"),
    )
    op.create_index("ix_instalments_created_at_id", "instalments", ["created_at", "id"], unique=False)
    op.create_index(
        "ix_instalments_due_on",
        "instalments",
        ["due_on"],
        unique=False,
        postgresql_where=sa.text("paid < amount AND NOT overdue_told"),
    )
    op.create_index("uq_instalments_order_id_position", "instalments", ["order_id", "position"], unique=True)
    op.create_table(
        "payments",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount > 0", name="ck_payments_amount"),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name="fk_payments_order_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("order_id", "reference", name="pk_payments"),
    )
    op.create_table(
        "shipments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("lines", postgresql.JSONB(), nullable=False),
        sa.Column("shipped_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name="fk_shipments_order_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_shipments"),
    )
    op.create_index("ix_shipments_created_at_id", "shipments", ["created_at", "id"], unique=False)
    op.create_index("uq_shipments_order_id_reference", "shipments", ["order_id", "reference"], unique=True)
    op.add_column(
        "order_lines", sa.Column("shipped", sa.Numeric(precision=14, scale=3), server_default="0", nullable=False)
    )
    op.add_column("orders", sa.Column("status", sa.Text(), server_default="placed", nullable=False))
    op.add_column("orders", sa.Column("cancel_reason", sa.Text(), nullable=True))
    op.execute(
        "ALTER TABLE orders ADD CONSTRAINT ck_orders_status "
        "CHECK (status IN ('placed', 'part_shipped', 'shipped', 'delivered', 'cancelled'))"
    )


def downgrade() -> None:
    op.execute("ALTER TABLE orders DROP CONSTRAINT ck_orders_status")
    op.drop_column("orders", "cancel_reason")
    op.drop_column("orders", "status")
    op.drop_column("order_lines", "shipped")
    op.drop_index("uq_shipments_order_id_reference", table_name="shipments")
    op.drop_index("ix_shipments_created_at_id", table_name="shipments")
    op.drop_table("shipments")
    op.drop_table("payments")
    op.drop_index("uq_instalments_order_id_position", table_name="instalments")
    op.drop_index(
        "ix_instalments_due_on",
        table_name="instalments",
        postgresql_where=sa.text("paid < amount AND NOT overdue_told"),
    )
    op.drop_index("ix_instalments_created_at_id", table_name="instalments")
    op.drop_table("instalments")
