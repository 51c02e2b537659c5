"""What expense reports of sales spent on campaigns."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "campaign_reports",
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.Numeric(18, 2), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name="fk_campaign_reports_campaign_id"),
        sa.PrimaryKeyConstraint("report_id", "campaign_id", name="pk_campaign_reports"),
    )
    op.create_index("ix_campaign_reports_campaign_id", "campaign_reports", ["campaign_id"])


def downgrade() -> None:
    op.drop_table("campaign_reports")
