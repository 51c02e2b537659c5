"""What is credited of deals, and orders with what became of them. After it, one rebuild."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("deal_states", sa.Column("credited", sa.Numeric(), server_default="0", nullable=False))
    op.create_table(
        "order_states",
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("total", sa.Numeric(), nullable=False),
        sa.Column("credited", sa.Numeric(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("partner_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("generation", "id", name="pk_order_states"),
    )


def downgrade() -> None:
    op.drop_table("order_states")
    op.drop_column("deal_states", "credited")
