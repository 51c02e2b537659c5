"""Mailboxes and their mail over the API."""

from __future__ import annotations

from marshmallow import validate

from chassis.schema import Schema, fields
from contacts.mailboxes.rules import STATES, STRANGERS, TLS

_DOMAIN = validate.Regexp(r"^[a-z0-9][a-z0-9.-]{0,252}$", error="Not a valid domain in lower case.")


class MailboxStateOut(Schema):
    """How reading goes: since when, and what is wrong."""

    checked_at = fields.Instant(allow_none=True)
    next_at = fields.Instant()
    failures = fields.Integer()
    problem = fields.String(allow_none=True)


class MailboxPatch(Schema):
    """What can be said of a mailbox. `strangers`: what is done with mail of strangers."""

    name = fields.Text(min=1)
    host = fields.Text(min=1, max=253)
    port = fields.Integer(strict=True, validate=validate.Range(1, 65535))
    tls = fields.String(validate=validate.OneOf(TLS))
    username = fields.Text(min=1, max=254)
    folder = fields.Text(min=1)
    own_domains = fields.List(fields.String(validate=_DOMAIN), validate=validate.Length(0, 50))
    strangers = fields.String(validate=validate.OneOf(STRANGERS))
    flag_seen = fields.Boolean()
    move_to = fields.Text(min=1, allow_none=True)
    active = fields.Boolean()


class MailboxIn(MailboxPatch):
    """A new mailbox. Its password is the setting `CONTACTS_MAILBOX_<KEY>_PASSWORD`."""

    key = fields.String(
        required=True, validate=validate.Regexp(r"^[a-z][a-z0-9-]{0,39}$", error="Not a valid key: a-z, 0-9, -.")
    )
    name = fields.Text(required=True)
    host = fields.Text(required=True, max=253)
    port = fields.Integer(strict=True, load_default=993, validate=validate.Range(1, 65535))
    tls = fields.String(load_default="implicit", validate=validate.OneOf(TLS))
    username = fields.Text(required=True, max=254)
    folder = fields.Text(min=1, load_default="INBOX")
    own_domains = fields.List(fields.String(validate=_DOMAIN), load_default=list, validate=validate.Length(0, 50))
    strangers = fields.String(load_default="review", validate=validate.OneOf(STRANGERS))
    flag_seen = fields.Boolean(load_default=False)
    move_to = fields.Text(min=1, allow_none=True, load_default=None)
    active = fields.Boolean(load_default=True)
    import_existing = fields.Boolean(load_default=False)


class MailboxOut(Schema):
    """A mailbox."""

    id = fields.Id()
    key = fields.String()
    name = fields.String()
    host = fields.String()
    port = fields.Integer()
    tls = fields.String(validate=validate.OneOf(TLS))
    username = fields.String()
    folder = fields.String()
    since = fields.Instant(allow_none=True)
    own_domains = fields.List(fields.String())
    strangers = fields.String(validate=validate.OneOf(STRANGERS))
    flag_seen = fields.Boolean()
    move_to = fields.String(allow_none=True)
    active = fields.Boolean()
    state = fields.Nested(MailboxStateOut)
    version = fields.Integer()
    created_at = fields.Instant()
    updated_at = fields.Instant()


class TrialOut(Schema):
    """Whether a mailbox can be read. `moves`: whether its server can move messages."""

    ok = fields.Boolean()
    problem = fields.String(allow_none=True)
    messages = fields.Integer(allow_none=True)
    moves = fields.Boolean(allow_none=True)


class AttachmentOut(Schema):
    """A file in a mail. `refused`: why it is not kept; `file_id`: what became of it when the mail was filed."""

    name = fields.String()
    type = fields.String()
    size = fields.Integer()
    refused = fields.String(allow_none=True)
    file_id = fields.Id(allow_none=True)


class MailOut(Schema):
    """A mail of somebody unknown."""

    id = fields.Id()
    mailbox_id = fields.Id(allow_none=True)
    state = fields.String(validate=validate.OneOf(STATES))
    direction = fields.String()
    from_address = fields.String(allow_none=True)
    from_name = fields.String(allow_none=True)
    subject = fields.String(allow_none=True)
    content = fields.String(allow_none=True)
    attachments = fields.Nested(AttachmentOut, many=True)
    sent_at = fields.Instant()
    interaction_id = fields.Id(allow_none=True)
    version = fields.Integer()
    created_at = fields.Instant()
    updated_at = fields.Instant()


class AssignIn(Schema):
    """Whose the mail is: a person's, or without `person_id` a new one's, made of its sender. With `add_address` the
    sender's address is that person's from now on, and so are mails from there."""

    person_id = fields.Id(allow_none=True, load_default=None)
    add_address = fields.Boolean(load_default=False)
