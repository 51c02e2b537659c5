"""Texts that ask for consent, consent that ends, links by which it is taken back."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.create_table(
        "consent_texts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("text_version", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_consent_texts"),
    )
    op.create_index("ix_consent_texts_created_at_id", "consent_texts", ["created_at", "id"])
    op.create_index("uq_consent_texts_wording", "consent_texts", ["purpose", "text_version", "language"], unique=True)
    op.create_table(
        "consent_links",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("purposes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid()),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_consent_links_person_id_people", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_consent_links"),
        sa.UniqueConstraint("token_hash", name="uq_consent_links_token_hash"),
    )
    op.create_index("ix_consent_links_person_id", "consent_links", ["person_id"])
    op.add_column("consents", sa.Column("text_id", sa.Uuid()))
    op.add_column("consents", sa.Column("until", sa.DateTime(timezone=True)))
    op.add_column("consents", sa.Column("ended_at", sa.DateTime(timezone=True)))
    op.add_column("consents", sa.Column("evidence", sa.Text()))
    op.create_foreign_key("fk_consents_text_id_consent_texts", "consents", "consent_texts", ["text_id"], ["id"])
    op.create_index("ix_consents_text_id", "consents", ["text_id"], postgresql_where=sa.text("text_id IS NOT NULL"))
    op.create_index(
        "ix_consents_until", "consents", ["until"], postgresql_where=sa.text("until IS NOT NULL AND ended_at IS NULL")
    )


def downgrade() -> None:
    op.drop_index("ix_consents_until", "consents")
    op.drop_index("ix_consents_text_id", "consents")
    op.drop_constraint("fk_consents_text_id_consent_texts", "consents")
    for name in ("evidence", "ended_at", "until", "text_id"):
        op.drop_column("consents", name)
    op.drop_table("consent_links")
    op.drop_table("consent_texts")
