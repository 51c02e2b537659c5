"""A form as it comes in, as staff see it, and as the public sees it."""

from __future__ import annotations

from typing import Any

from marshmallow import pre_load

from chassis.schema import Schema, fields


class FieldIn(Schema):
    """One field of a form. A bare string is short for `{"name": ...}`."""

    name = fields.Text(required=True, max=40)
    label = fields.Text(max=200)
    type = fields.Text(
        max=20, metadata={"description": "text, email, phone, choice, textarea, number, country, postcode"}
    )
    required = fields.Boolean()
    options = fields.List(fields.Text(max=200))

    @pre_load
    def from_name(self, data: Any, **_: Any) -> Any:
        """Expand the short form."""
        return {"name": data} if isinstance(data, str) else data


class FieldOut(Schema):
    """One field as it is defined."""

    name = fields.Text()
    label = fields.Text()
    type = fields.Text()
    required = fields.Boolean()
    options = fields.List(fields.Text())


class FormIn(Schema):
    """A new form."""

    name = fields.Text(required=True, max=200)
    key = fields.Text(required=True, max=64)
    fields_ = fields.List(fields.Nested(FieldIn), required=True, data_key="fields", attribute="fields")
    consent_text = fields.Text(required=True, max=10_000)
    consent_required = fields.Boolean(load_default=True)
    campaign_id = fields.Id(allow_none=True, load_default=None)
    active = fields.Boolean(load_default=True)


class FormPatch(Schema):
    """What can change of a form; its key cannot, since it stands in other people's pages."""

    name = fields.Text(max=200)
    fields_ = fields.List(fields.Nested(FieldIn), data_key="fields", attribute="fields")
    consent_text = fields.Text(max=10_000)
    consent_required = fields.Boolean()
    campaign_id = fields.Id(allow_none=True)
    active = fields.Boolean()


class FormOut(Schema):
    """A form as staff see it."""

    id = fields.Id()
    name = fields.Text()
    key = fields.Text()
    fields_ = fields.List(fields.Nested(FieldOut), data_key="fields", attribute="fields")
    consent_text = fields.Text()
    consent_version = fields.Integer()
    consent_required = fields.Boolean()
    campaign_id = fields.Id(allow_none=True)
    active = fields.Boolean()
    dropped = fields.Integer(metadata={"description": "submissions that the honeypot caught"})
    version = fields.Integer()
    created_at = fields.Instant()
    updated_at = fields.Instant()


class ConsentShown(Schema):
    """The consent text to show beside the box."""

    text = fields.Text()
    version = fields.Integer()
    required = fields.Boolean()


class PublicForm(Schema):
    """A form as a web page needs it."""

    key = fields.Text()
    name = fields.Text()
    fields_ = fields.List(fields.Nested(FieldOut), data_key="fields", attribute="fields")
    consent = fields.Nested(ConsentShown)
    honeypot = fields.Text(metadata={"description": "name of an input to hide from people; leave it empty"})
