"""What comes in and goes out about agreements."""

from __future__ import annotations

from typing import ClassVar

from marshmallow import validate

from chassis.copies import NOT_FOR_PARTNERS
from chassis.schema import Schema, fields


class AgreementPatch(Schema):
    """What can be changed of a draft."""

    title = fields.Text(min=1)
    terms = fields.Text(min=1, max=50000)
    amount = fields.Amount()
    starts_on = fields.Date()
    ends_on = fields.Date(allow_none=True)
    remind_days = fields.Integer(validate=validate.Range(0, 365))


class AgreementIn(AgreementPatch):
    """A new agreement from a deal that is not lost, for its amount; or from an accepted quote of it, for its total."""

    deal_id = fields.Id(required=True)
    quote_id = fields.Id()
    title = fields.Text(required=True)
    terms = fields.Text(required=True, max=50000)
    starts_on = fields.Date(required=True)
    remind_days = fields.Integer(load_default=30, validate=validate.Range(0, 365))


class SignIn(Schema):
    """Who signed for which side, and how. `document_hash`: of the document that was signed; another than that of the
    agreement is refused."""

    side = fields.Text(required=True, validate=validate.OneOf(("customer", "us")))
    name = fields.Text(required=True, max=120)
    method = fields.Text(load_default="paper", validate=validate.OneOf(("paper", "electronic", "seal")))
    document_hash = fields.Text(min=64, max=64)


class RenewIn(Schema):
    """Until when it runs now."""

    ends_on = fields.Date(required=True)


class EndIn(Schema):
    """Why it ends."""

    reason = fields.Text(required=True, max=500)


class SignatureOut(SignIn):
    """A signature; `terms_hash`: SHA-256 of the terms that were signed, `document_hash`: of all that was."""

    document_hash = fields.Text(allow_none=True)
    signed_at = fields.Instant()
    recorded_by = fields.Id(allow_none=True)
    terms_hash = fields.Text()


class AgreementOut(Schema):
    """An agreement. `document_hash`: SHA-256 of all that it says."""

    class Meta(Schema.Meta):
        hidden: ClassVar[dict[str, tuple[str, ...]]] = {"partner": NOT_FOR_PARTNERS}

    id = fields.Id()
    number = fields.Text()
    title = fields.Text()
    deal_id = fields.Id()
    quote_id = fields.Id(allow_none=True)
    person_id = fields.Id(allow_none=True)
    company_id = fields.Id(allow_none=True)
    company_name = fields.Text(allow_none=True)
    status = fields.Text()
    terms = fields.Text()
    amount = fields.Amount()
    currency = fields.Currency()
    starts_on = fields.Date()
    ends_on = fields.Date(allow_none=True)
    remind_days = fields.Integer()
    signed_at = fields.Instant(allow_none=True)
    end_reason = fields.Text(allow_none=True)
    document_hash = fields.Text()
    signatures = fields.Nested(SignatureOut, many=True)
    owner_id = fields.Id(allow_none=True)
    team_id = fields.Id(allow_none=True)
    partner_id = fields.Id(allow_none=True)
    version = fields.Integer()
    created_at = fields.Instant()
    updated_at = fields.Instant()
