"""Consent over the API."""

from __future__ import annotations

from marshmallow import validate

from chassis.schema import Schema, fields
from contacts.consent.rules import LANGUAGES

_PURPOSE = validate.Regexp(r"^[a-z][a-z0-9_]{0,49}\Z", error="Must be lower-case letters, digits and underscores.")
_LANGUAGE = validate.Regexp(r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z", error="Must be a language tag, as en or zh-Hans.")


class PurposeOut(Schema):
    """A purpose. `law` asks for a decision on it alone; of an `opt_out`, granted means that the person objects."""

    code = fields.String()
    law = fields.String(allow_none=True)
    name = fields.Dict()
    opt_out = fields.Boolean()


class ConsentOut(Schema):
    """One decision. Of the decisions on a purpose, the latest `at` holds, `until` it ends (`in_force`)."""

    id = fields.Id()
    purpose = fields.String()
    granted = fields.Boolean()
    in_force = fields.Boolean()
    text = fields.String()
    text_id = fields.Id(allow_none=True)
    text_version = fields.String(allow_none=True)
    language = fields.String(allow_none=True)
    at = fields.Instant()
    until = fields.Instant(allow_none=True)
    source = fields.String()
    evidence_id = fields.Id(allow_none=True)
    evidence = fields.String(allow_none=True)
    recorded_by = fields.Id(allow_none=True)
    created_at = fields.Instant()


class ConsentIn(Schema):
    """Consent that a person gave, to a registered text (`text_id`) or to `text`: what they were shown, word for word.

    `until`: when it ends by itself. `evidence`: what proves it, in words or as a place; `evidence_id` as an id.
    """

    purpose = fields.String(required=True, validate=_PURPOSE)
    text = fields.Text(max=5000)
    text_id = fields.Id(allow_none=True)
    at = fields.Instant()
    until = fields.Instant(allow_none=True)
    source = fields.Text(max=50, min=1)
    evidence_id = fields.Id(allow_none=True)
    evidence = fields.Text(max=1000, allow_none=True)


class WithdrawalIn(Schema):
    """Consent that a person took back. `text` may hold their words."""

    text = fields.Text(max=5000)
    at = fields.Instant()
    source = fields.Text(max=50, min=1)
    evidence_id = fields.Id(allow_none=True)
    evidence = fields.Text(max=1000, allow_none=True)


class TextOut(Schema):
    """The words that ask for consent to one purpose, in one language."""

    id = fields.Id()
    purpose = fields.String()
    text_version = fields.String()
    language = fields.String()
    text = fields.String()
    valid_from = fields.Instant()
    created_by = fields.Id(allow_none=True)
    version = fields.Integer()
    created_at = fields.Instant()
    updated_at = fields.Instant()


class TextIn(Schema):
    """A consent text. One purpose each: consent to several purposes must be possible to each alone."""

    purpose = fields.String(required=True, validate=_PURPOSE)
    text_version = fields.Text(required=True, max=30, min=1)
    language = fields.String(required=True, validate=_LANGUAGE)
    text = fields.Text(required=True, max=5000, min=1)
    valid_from = fields.Instant()


class TextPatch(Schema):
    """A change of a text that nobody has decided by yet."""

    text = fields.Text(max=5000, min=1)
    valid_from = fields.Instant()


class LinkIn(Schema):
    """A link for a person: by it they take back consent to these purposes. `days`: how long it works."""

    purposes = fields.List(
        fields.String(validate=_PURPOSE), load_default=lambda: ["marketing"], validate=validate.Length(1, 20)
    )
    days = fields.Integer(validate=validate.Range(1, 3650))


class LinkOut(Schema):
    """A link. `token` and `path` are shown once; `headers` go into a message that the link is for (RFC 8058), with the
    address of the platform before the path."""

    id = fields.Id()
    person_id = fields.Id()
    purposes = fields.List(fields.String())
    expires_at = fields.Instant()
    token = fields.String(allow_none=True)
    path = fields.String(allow_none=True)
    headers = fields.Dict(allow_none=True)


class StandingOut(Schema):
    """One purpose of a link: whether the person's consent is withdrawn (or their objection noted)."""

    purpose = fields.String()
    name = fields.String()
    objection = fields.Boolean()
    withdrawn = fields.Boolean()


class PublicOut(Schema):
    """What the holder of a link sees: no name and no address."""

    language = fields.String(metadata={"enum": list(LANGUAGES)})
    purposes = fields.List(fields.Nested(StandingOut))
    withdrawn = fields.List(fields.String())
    expires_at = fields.Instant()


class PublicIn(Schema):
    """What to withdraw: one purpose of the link; without it, all of them (what a mail program's one click sends)."""

    purpose = fields.String(validate=_PURPOSE)
    one_click = fields.String(data_key="List-Unsubscribe", validate=validate.Equal("One-Click"))
