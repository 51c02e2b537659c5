"""The routes of mailboxes and of mail that waits for review."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.http import Api, Resource
from contacts.mailboxes import actions, schema
from contacts.mailboxes import polling as polling  # registers the job
from contacts.mailboxes.model import Mail, Mailbox

ADMIN = "gateway:admin"

api = Api("mailboxes", scope="contacts")
api.add(
    Resource(
        Mailbox,
        path="mailboxes",
        read=schema.MailboxOut,
        create=schema.MailboxIn,
        update=schema.MailboxPatch,
        filters=("active",),
        sorts=("name",),
        default_sort="name",
        on_create=actions.add,
        on_update=actions.change,
        delete=True,
        scope=ADMIN,
    )
)
api.add(
    Resource(
        Mail,
        path="mail-intake",
        read=schema.MailOut,
        filters=("mailbox_id", "created_at"),
        default_sort="created_at",
        where=lambda: Mail.state == "review",
    )
)


@api.post("/mailboxes/<uuid:mailbox_id>/test", returns=schema.TrialOut, errors=(404,), scope=ADMIN, read_only=True)
def test_mailbox(session: Session, mailbox_id: UUID) -> dict[str, Any]:
    """Try to read a mailbox, and say what stands in the way."""
    return actions.try_out(session, mailbox_id)


@api.post("/mail-intake/<uuid:mail_id>/assign", body=schema.AssignIn, returns=schema.MailOut, errors=(404, 409))
def assign_mail(session: Session, mail_id: UUID, body: dict[str, Any]) -> Mail:
    """File a mail to a person, or to a new one made of its sender."""
    return actions.assign(session, mail_id, **body)


@api.post("/mail-intake/<uuid:mail_id>/dismiss", returns=schema.MailOut, errors=(404, 409))
def dismiss_mail(session: Session, mail_id: UUID) -> Mail:
    """Say that a mail is nobody's."""
    return actions.dismiss(session, mail_id)
