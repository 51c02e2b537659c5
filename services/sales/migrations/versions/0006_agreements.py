"""Agreements with customers and their signatures."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.execute(sa.schema.CreateSequence(sa.Sequence("agreement_numbers")))
    op.create_table(
        "agreements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("deal_id", sa.Uuid(), nullable=False),
        sa.Column("quote_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("company_id", sa.Uuid(), nullable=True),
        sa.Column("company_name", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("remind_days", sa.Integer(), nullable=False),
        sa.Column("reminded_for", sa.Date(), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("partner_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("search_grams", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.CheckConstraint("status IN ('draft', 'signed', 'ended')", name="ck_agreements_status"),
        sa.CheckConstraint("ends_on >= starts_on", name="ck_agreements_ends_on"),
        sa.ForeignKeyConstraint(["deal_id"], ["deals.id"], name="fk_agreements_deal_id"),
        sa.ForeignKeyConstraint(["quote_id"], ["quotes.id"], name="fk_agreements_quote_id"),
        sa.PrimaryKeyConstraint("id", name="pk_agreements"),
        sa.UniqueConstraint("number", name="uq_agreements_number"),
    )
    op.create_index("ix_agreements_created_at_id", "agreements", ["created_at", "id"], unique=False)
    op.create_index("ix_agreements_deal_id", "agreements", ["deal_id"], unique=False)
    op.create_index(
        "ix_agreements_ends_on", "agreements", ["ends_on"], unique=False, postgresql_where=sa.text("status = 'signed'")
    )
    op.create_index("ix_agreements_owner_id", "agreements", ["owner_id"], unique=False)
    op.create_index("ix_agreements_partner_id", "agreements", ["partner_id"], unique=False)
    op.create_index("ix_agreements_search_grams", "agreements", ["search_grams"], unique=False, postgresql_using="gin")
    op.create_index("ix_agreements_team_id", "agreements", ["team_id"], unique=False)
    op.create_index("uq_agreements_quote_id", "agreements", ["quote_id"], unique=True)
    op.create_table(
        "agreement_signatures",
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("terms_hash", sa.Text(), nullable=False),
        sa.CheckConstraint("side IN ('customer', 'us')", name="ck_agreement_signatures_side"),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreements.id"], name="fk_agreement_signatures_agreement_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("agreement_id", "side", name="pk_agreement_signatures"),
    )


def downgrade() -> None:
    op.drop_table("agreement_signatures")
    op.drop_index("uq_agreements_quote_id", table_name="agreements")
    op.drop_index("ix_agreements_team_id", table_name="agreements")
    op.drop_index("ix_agreements_search_grams", table_name="agreements", postgresql_using="gin")
    op.drop_index("ix_agreements_partner_id", table_name="agreements")
    op.drop_index("ix_agreements_owner_id", table_name="agreements")
    op.drop_index("ix_agreements_ends_on", table_name="agreements", postgresql_where=sa.text("status = 'signed'"))
    op.drop_index("ix_agreements_deal_id", table_name="agreements")
    op.drop_index("ix_agreements_created_at_id", table_name="agreements")
    op.drop_table("agreements")
    op.execute(sa.schema.DropSequence(sa.Sequence("agreement_numbers")))
