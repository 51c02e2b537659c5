"""Whose a mail is, and the interaction that becomes of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock
from chassis.ids import uuid7
from contacts.interactions import actions as interactions
from contacts.interactions.model import Interaction
from contacts.invitations import taking as invitations
from contacts.mailboxes import attachments
from contacts.mailboxes.model import Mail, Mailbox
from contacts.mailboxes.rules import Address, ReadMail, is_automatic, is_own, with_names, with_outcome
from contacts.people import actions as people
from contacts.people.model import Person
from contacts.points import actions as points
from contacts.points.normal import NotNormal, email_point
from contacts.staff import actions as staff

_IN_THREAD = ("lead_id", "deal_id", "ticket_id")


def take(session: Session, mailbox: Mailbox, read: ReadMail) -> str | None:
    """File a mail to all whom it is from or to; the state that it has then. None for one that was met before, in
    whatever mailbox."""
    own = is_own(read.sender.address, [mailbox.username.lower()], mailbox.own_domains) if read.sender else False
    values = {
        "id": uuid7(), "version": 1, "mailbox_id": mailbox.id, "message_id": read.message_id,
        "thread_id": _thread(session, read), "state": "ignored", "attachments": [],
        "sent_at": min(read.sent_at or clock.now(), clock.now()), "direction": "out" if own else "in",
        "created_at": clock.now(), "updated_at": clock.now(),
    }  # fmt: skip
    new = insert(Mail).values(values).on_conflict_do_nothing(index_elements=["message_id"]).returning(Mail.id)
    mail_id = session.scalar(new)
    if mail_id is None:
        return None
    mail = session.get_one(Mail, mail_id)
    strangers = _outside(mailbox, read)
    known = _known(session, strangers)
    if is_automatic(read.head):  # calendar programs say so of their invitations, too
        mail.state = "automatic"
        invite(session, read.invitation, _trusted(session, read, own), known)
        return mail.state
    if known or (mailbox.strangers != "ignore" and strangers):
        mail.attachments = attachments.keep(session, read.attachments, read.left_out)
    if not known and mail.direction == "in" and mailbox.strangers == "make" and strangers:
        known = [person.id for person in [make(session, strangers[0])] if person]
    if known:
        author = staff.by_email(session, read.sender.address) if own and read.sender else None
        outcome = invite(session, read.invitation, _trusted(session, read, own), known)
        file(session, mail, known, read.subject, with_outcome(read.content, outcome), author)
    elif mailbox.strangers == "review" and strangers:
        mail.state, mail.subject, mail.content = "review", read.subject, read.content
        mail.invitation = read.invitation
        mail.from_address, mail.from_name = strangers[0].address, strangers[0].name or None
    else:
        mail.attachments = []
    session.flush()
    return mail.state


def file(
    session: Session, mail: Mail, person_ids: Sequence[UUID], subject: str, content: str, author_id: UUID | None = None
) -> Interaction:
    """Log the mail with these people, the first one first, and its attachments as files; with the lead, deal or ticket
    of its thread. `author_id`: the colleague who wrote it."""
    about = {name: value for name, value in _about(session, mail.thread_id).items() if value}
    interaction = interactions.log(
        session,
        {
            "channel": "email", "direction": mail.direction, "source": "email", "at": mail.sent_at,
            "author_id": author_id, "person_id": person_ids[0], "person_ids": list(person_ids), "summary": subject,
            "content": with_names(content, mail.attachments) or None, **about,
        },
    )  # fmt: skip
    mail.state, mail.interaction_id = "filed", interaction.id
    mail.attachments = attachments.hang(session, interaction, mail.attachments)
    mail.subject = mail.content = mail.from_address = mail.from_name = mail.invitation = None
    return interaction


def invite(session: Session, invitation: str | None, sender: str | None, person_ids: Sequence[UUID]) -> str | None:
    """Do what the invitation in a mail says; what became of it. None without one."""
    if invitation is None:
        return None
    return invitations.take(session, invitation, sender, person_ids) if sender else "not taken: unknown_sender"


def make(session: Session, stranger: Address) -> Person | None:
    """The person behind an address, made where there is none; None for an address that is none."""
    name = stranger.name or stranger.address.partition("@")[0]
    try:
        point = email_point(stranger.address)
    except NotNormal:
        return None
    return people.find_or_make(session, {"name": name[:200], "email": point, "source": "email"})[0]


def _trusted(session: Session, read: ReadMail, own: bool) -> str | None:
    """The sender's address, if it is one of ours or of somebody known; of strangers nobody takes invitations."""
    if read.sender is None:
        return None
    return read.sender.address if own or _known(session, [read.sender]) else None


def _outside(mailbox: Mailbox, read: ReadMail) -> list[Address]:
    """All in the head who are not ours, the sender first, each once."""
    everybody = [*([read.sender] if read.sender else []), *read.recipients]
    found = {one.address: one for one in reversed(everybody)}
    order = dict.fromkeys(one.address for one in everybody)
    own = [mailbox.username.lower()]
    return [found[at] for at in order if not is_own(at, own, mailbox.own_domains)]


def _known(session: Session, addresses: Iterable[Address]) -> list[UUID]:
    """The people behind the addresses; behind a shared one, who has the name beside it, too."""
    keys: list[str] = []
    for one in addresses:
        for shared in (False, True):
            try:
                keys.append(email_point(one.address, shared=shared).key(one.name))
            except NotNormal:
                continue
    owners = points.owners(session, keys)
    return list(dict.fromkeys(owners[key] for key in keys if key in owners))


def _thread(session: Session, read: ReadMail) -> str:
    """The Message-ID that the thread began with, as far as its mails are known; else the oldest that it refers to."""
    if not read.references:
        return read.message_id
    known = select(Mail.thread_id).where(Mail.message_id.in_(read.references)).order_by(Mail.created_at).limit(1)
    return session.scalar(known) or read.references[0]


def _about(session: Session, thread_id: str) -> dict[str, Any]:
    latest = session.scalars(
        select(Interaction)
        .join(Mail, Mail.interaction_id == Interaction.id)
        .where(Mail.thread_id == thread_id)
        .order_by(Interaction.at.desc())
        .limit(1)
    ).one_or_none()
    return {name: getattr(latest, name) for name in _IN_THREAD} if latest else {}
