"""Use cases about mailboxes and the mail that waits for review."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import load
from chassis.errors import Conflict, Invalid, NotFound
from contacts.mailboxes import filing, rules, server
from contacts.mailboxes.model import Mail, Mailbox, MailboxState
from contacts.people import actions as people
from contacts.people.contact_points import replace_points
from contacts.people.model import Person
from contacts.points.normal import NotNormal, email_point


def add(session: Session, data: dict[str, Any]) -> Mailbox:
    """A new mailbox, read from now on, or with `import_existing` from its first mail. Conflict for a key that is
    there."""
    since = None if data.pop("import_existing") else clock.now()
    mailbox = Mailbox(**data, since=since)
    mailbox.state = MailboxState(next_at=clock.now(), last_uid=0, failures=0)
    try:
        with session.begin_nested():
            session.add(mailbox)
            session.flush()
    except IntegrityError:
        raise Conflict("mailbox_exists", "There is a mailbox of this key.") from None
    return mailbox


def change(session: Session, mailbox: Mailbox, changes: dict[str, Any]) -> Mailbox:
    """Change a mailbox; it is read at once. What was read in another folder or on another server stays filed."""
    for name, value in changes.items():
        setattr(mailbox, name, value)
    if {"host", "port", "username", "folder"} & changes.keys():
        mailbox.state.uid_validity = None
    mailbox.state.next_at, mailbox.state.failures = clock.now(), 0
    session.flush()
    return mailbox


def try_out(session: Session, mailbox_id: UUID) -> dict[str, Any]:
    """Whether the mailbox can be read now, and what stands in the way."""
    mailbox = load(session, Mailbox, mailbox_id)
    try:
        with server.opened(mailbox) as client:
            found = server.look(client, mailbox)
            return {"ok": True, "problem": None, "messages": found["messages"], "moves": client.has_capability("MOVE")}
    except server.Unreachable as problem:
        return {"ok": False, "problem": str(problem), "messages": None, "moves": None}


def assign(session: Session, mail_id: UUID, person_id: UUID | None, add_address: bool) -> Mail:
    """File a mail that waits to a person, or (None) to a new one made of its sender. With `add_address` the sender's
    address is theirs from now on: Conflict where it is somebody else's. Conflict for a mail that does not wait."""
    mail = load(session, Mail, mail_id, lock=True)
    rules.check_review(mail.state)
    person = _person(session, mail, person_id)
    if add_address and person_id and mail.from_address:
        wanted = [row.as_point() for row in person.points]
        try:
            replace_points(session, person, [*wanted, email_point(mail.from_address)])
        except NotNormal as error:
            raise Invalid("add_address", error.code, str(error)) from None
        people.updated(session, person)
    outcome = filing.invite(session, mail.invitation, mail.from_address, [person.id])
    content = rules.with_outcome(mail.content or "", outcome)
    filing.file(session, mail, [person.id], mail.subject or "", content)
    return mail


def dismiss(session: Session, mail_id: UUID) -> Mail:
    """It is nobody's, and what it says is forgotten. Conflict for a mail that does not wait."""
    mail = load(session, Mail, mail_id, lock=True)
    rules.check_review(mail.state)
    mail.state = "dismissed"
    mail.subject = mail.content = mail.from_address = mail.from_name = mail.invitation = None
    mail.attachments = []
    return mail


def _person(session: Session, mail: Mail, person_id: UUID | None) -> Person:
    if person_id is None:
        person = filing.make(session, rules.Address(mail.from_address or "", mail.from_name or ""))
        if person is None:
            raise Invalid("person_id", "invalid_email", "Its sender has no address; say whose it is.")
        return person
    try:
        return load(session, Person, person_id, lock=True)
    except NotFound:
        raise Invalid("person_id", "unknown_reference", "There is nobody with this id.") from None
