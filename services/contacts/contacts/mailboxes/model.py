"""Mailboxes, how far each was read, and the mails that were met there."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chassis.db import Entity
from contacts.base import Base


class MailboxState(Base):
    """How far a mailbox was read: the UIDs up to `last_uid` of the folder as `uid_validity` numbers it. After
    `failures` in a row it is read again at `next_at`; `problem` says what is wrong."""

    __tablename__ = "mailbox_states"

    mailbox_id: Mapped[UUID] = mapped_column(ForeignKey("mailboxes.id", ondelete="CASCADE"), primary_key=True)
    uid_validity: Mapped[int | None] = mapped_column(BigInteger)
    last_uid: Mapped[int] = mapped_column(BigInteger, default=0)
    next_at: Mapped[datetime]
    checked_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str | None]


class Mailbox(Entity, Base):
    """A mailbox that is read. Its password is no column: it is the setting `CONTACTS_MAILBOX_<KEY>_PASSWORD`.

    `tls` is implicit, starttls or none; `since` the day from which mails are taken (None: all that are there);
    `own_domains` those of the enterprise; `strangers` what is done with mail of strangers: ignore, make (a person) or
    review. What was read is marked (`flag_seen`) or moved to `move_to`, and never deleted.
    """

    __tablename__ = "mailboxes"
    __partner_visible__ = False

    key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    host: Mapped[str]
    port: Mapped[int]
    tls: Mapped[str]
    username: Mapped[str]
    folder: Mapped[str]
    since: Mapped[datetime | None]
    own_domains: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    strangers: Mapped[str]
    flag_seen: Mapped[bool]
    move_to: Mapped[str | None]
    active: Mapped[bool]

    state: Mapped[MailboxState] = relationship(lazy="selectin", cascade="all, delete-orphan", passive_deletes=True)


class Mail(Entity, Base):
    """A mail that was met, once by its Message-ID in whatever mailbox. `state` is filed, review, automatic (a bounce,
    an answer of a machine, a list), ignored or dismissed. `thread_id` is the Message-ID that its thread began with.

    What it says is kept only while it waits for review; then it stands in the interaction, or nowhere.
    """

    __tablename__ = "mails"
    __partner_visible__ = False
    __table_args__ = (
        Index("ix_mails_review", "created_at", "id", postgresql_where=text("state = 'review'")),
        Index("ix_mails_thread_id", "thread_id"),
    )

    mailbox_id: Mapped[UUID | None] = mapped_column(ForeignKey("mailboxes.id", ondelete="SET NULL"))
    message_id: Mapped[str] = mapped_column(unique=True)
    thread_id: Mapped[str]
    state: Mapped[str]
    interaction_id: Mapped[UUID | None] = mapped_column(ForeignKey("interactions.id", ondelete="SET NULL"), index=True)
    attachments: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    sent_at: Mapped[datetime]
    direction: Mapped[str]
    from_address: Mapped[str | None]
    from_name: Mapped[str | None]
    subject: Mapped[str | None]
    content: Mapped[str | None]
    invitation: Mapped[str | None]
