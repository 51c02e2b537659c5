"""Credit notes and refunds; orders by the lines of their quote, with tax; instalments that tell when they are due."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"

MONEY, QUANTITY = sa.Numeric(18, 2), sa.Numeric(14, 3)
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _orders()
    _instalments()
    op.create_table(
        "number_runs",
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("series", "year", name="pk_number_runs"),
    )
    _credit_notes()
    op.create_table(
        "refunds",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("amount", MONEY, nullable=False),
        sa.Column("refunded_at", INSTANT, nullable=False),
        sa.CheckConstraint("amount > 0", name="ck_refunds_amount"),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name="fk_refunds_order_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("order_id", "reference", name="pk_refunds"),
    )


def _orders() -> None:
    op.add_column("orders", sa.Column("quote_id", sa.Uuid(), nullable=True))
    op.create_foreign_key("fk_orders_quote_id", "orders", "quotes", ["quote_id"], ["id"])
    for name in ("tax", "credited"):
        op.add_column("orders", sa.Column(name, MONEY, server_default="0", nullable=False))
    op.create_check_constraint("ck_orders_credited", "orders", "credited BETWEEN 0 AND total")
    alive = sa.text("status <> 'cancelled'")
    op.create_index("uq_orders_quote_id", "orders", ["quote_id"], unique=True, postgresql_where=alive)
    op.add_column("order_lines", sa.Column("product_id", sa.Uuid(), nullable=True))
    op.create_foreign_key("fk_order_lines_product_id", "order_lines", "products", ["product_id"], ["id"])
    for name, type_ in (
        ("discount", MONEY), ("tax_percent", sa.Numeric(5, 2)), ("tax", MONEY), ("cancelled", QUANTITY),
        ("returned", QUANTITY),
    ):  # fmt: skip
        op.add_column("order_lines", sa.Column(name, type_, server_default="0", nullable=False))
    op.create_check_constraint(
        "ck_order_lines_shipped", "order_lines", "shipped + cancelled <= quantity AND returned <= shipped"
    )
    op.create_check_constraint("ck_order_lines_credited", "order_lines", "cancelled >= 0 AND returned >= 0")


def _instalments() -> None:
    op.add_column("payments", sa.Column("surplus", MONEY, server_default="0", nullable=False))
    op.add_column("instalments", sa.Column("released", MONEY, server_default="0", nullable=False))
    op.add_column("instalments", sa.Column("due_told", sa.Boolean(), server_default="false", nullable=False))
    op.execute("UPDATE instalments SET due_told = true WHERE due_on < CURRENT_DATE OR paid = amount")
    op.drop_constraint("ck_instalments_paid", "instalments", type_="check")
    op.create_check_constraint(
        "ck_instalments_paid", "instalments", "amount > 0 AND paid >= 0 AND released >= 0 AND paid + released <= amount"
    )
    op.create_index("ix_instalments_untold", "instalments", ["due_on"], postgresql_where=sa.text("NOT due_told"))


def _credit_notes() -> None:
    op.create_table(
        "credit_notes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        *(sa.Column(name, MONEY, nullable=False) for name in ("net", "tax", "total", "settled", "refundable")),
        sa.Column("issued_at", INSTANT, nullable=False),
        *(sa.Column(name, sa.Uuid(), nullable=True) for name in ("owner_id", "team_id", "partner_id")),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.CheckConstraint("net >= 0 AND tax >= 0 AND total = net + tax", name="ck_credit_notes_total"),
        sa.CheckConstraint(
            "settled >= 0 AND refundable >= 0 AND total = settled + refundable", name="ck_credit_notes_settled"
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name="fk_credit_notes_order_id"),
        sa.PrimaryKeyConstraint("id", name="pk_credit_notes"),
        sa.UniqueConstraint("number", name="uq_credit_notes_number"),
    )
    for name in ("owner_id", "team_id", "partner_id"):
        op.create_index(f"ix_credit_notes_{name}", "credit_notes", [name])
    op.create_index("ix_credit_notes_created_at_id", "credit_notes", ["created_at", "id"])
    op.create_index("uq_credit_notes_order_id_reference", "credit_notes", ["order_id", "reference"], unique=True)
    op.create_table(
        "credit_note_lines",
        sa.Column("credit_note_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        *(sa.Column(name, QUANTITY, nullable=False) for name in ("cancelled", "returned")),
        sa.Column("tax_percent", sa.Numeric(5, 2), nullable=False),
        *(sa.Column(name, MONEY, nullable=False) for name in ("net", "tax", "total")),
        sa.ForeignKeyConstraint(
            ["credit_note_id"], ["credit_notes.id"], name="fk_credit_note_lines_credit_note_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("credit_note_id", "position", name="pk_credit_note_lines"),
    )


def downgrade() -> None:
    for table in ("refunds", "credit_note_lines", "credit_notes", "number_runs"):
        op.drop_table(table)
    op.drop_index("ix_instalments_untold", "instalments")
    op.drop_constraint("ck_instalments_paid", "instalments", type_="check")
    op.drop_column("instalments", "due_told")
    op.drop_column("instalments", "released")
    op.create_check_constraint("ck_instalments_paid", "instalments", "amount > 0 AND paid BETWEEN 0 AND amount")
    op.drop_column("payments", "surplus")
    for name in ("ck_order_lines_credited", "ck_order_lines_shipped"):
        op.drop_constraint(name, "order_lines", type_="check")
    for name in ("returned", "cancelled", "tax", "tax_percent", "discount", "product_id"):
        op.drop_column("order_lines", name)
    op.drop_constraint("ck_orders_credited", "orders", type_="check")
    for name in ("credited", "tax", "quote_id"):
        op.drop_column("orders", name)
