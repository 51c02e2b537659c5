"""Mailboxes, how far each was read, and the mails met there."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "mailboxes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("port", sa.Integer(), nullable=False),
        sa.Column("tls", sa.Text(), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("since", _INSTANT),
        sa.Column("own_domains", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("strangers", sa.Text(), nullable=False),
        sa.Column("flag_seen", sa.Boolean(), nullable=False),
        sa.Column("move_to", sa.Text()),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("updated_at", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_mailboxes"),
        sa.UniqueConstraint("key", name="uq_mailboxes_key"),
    )
    op.create_index("ix_mailboxes_created_at_id", "mailboxes", ["created_at", "id"])
    op.create_table(
        "mailbox_states",
        sa.Column("mailbox_id", sa.Uuid(), nullable=False),
        sa.Column("uid_validity", sa.BigInteger()),
        sa.Column("last_uid", sa.BigInteger(), nullable=False),
        sa.Column("next_at", _INSTANT, nullable=False),
        sa.Column("checked_at", _INSTANT),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("problem", sa.Text()),
        sa.ForeignKeyConstraint(
            ["mailbox_id"], ["mailboxes.id"], name="fk_mailbox_states_mailbox_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("mailbox_id", name="pk_mailbox_states"),
    )
    op.create_table(
        "mails",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("mailbox_id", sa.Uuid()),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("thread_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("interaction_id", sa.Uuid()),
        sa.Column("attachments", postgresql.JSONB(), nullable=False),
        sa.Column("sent_at", _INSTANT, nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("from_address", sa.Text()),
        sa.Column("from_name", sa.Text()),
        sa.Column("subject", sa.Text()),
        sa.Column("content", sa.Text()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("updated_at", _INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["mailbox_id"], ["mailboxes.id"], name="fk_mails_mailbox_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["interaction_id"], ["interactions.id"], name="fk_mails_interaction_id", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_mails"),
        sa.UniqueConstraint("message_id", name="uq_mails_message_id"),
    )
    op.create_index("ix_mails_created_at_id", "mails", ["created_at", "id"])
    op.create_index("ix_mails_interaction_id", "mails", ["interaction_id"])
    op.create_index("ix_mails_thread_id", "mails", ["thread_id"])
    where = sa.text("state = 'review'")
    op.create_index("ix_mails_review", "mails", ["created_at", "id"], postgresql_where=where)


def downgrade() -> None:
    for table in ("mails", "mailbox_states", "mailboxes"):
        op.drop_table(table)
