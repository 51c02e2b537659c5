"""What comes in and goes out about registrations."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from marshmallow import validate

from chassis.copies import NOT_FOR_PARTNERS
from chassis.schema import Schema, fields
from sales.registrations.matching import KINDS, MATCHES
from sales.registrations.rules import STATUSES

_DAYS = validate.Range(min=1, max=3650)
_WARN = validate.Range(min=0, max=3650)
_DEADLINE = validate.Range(min=1, max=365)
_RENEWALS = validate.Range(min=0, max=100)
_PRODUCTS = validate.Length(max=50)


class RegistrationPatch(Schema):
    """What a partner may change while nobody has decided."""

    name = fields.Text(min=1)
    company_name = fields.Text(min=1)
    domain = fields.Text(max=253, allow_none=True)
    contact_name = fields.Text(allow_none=True)
    contact_email = fields.Email(allow_none=True)
    contact_phone = fields.Phone(allow_none=True)
    product_ids = fields.List(fields.Id(), validate=_PRODUCTS)
    amount = fields.Amount()
    currency = fields.Currency()
    expected_close = fields.Date(allow_none=True)
    note = fields.Text(max=4000, allow_none=True)


class RegistrationIn(RegistrationPatch):
    """A customer, somebody there with an e-mail address or a phone number, and what may be sold to them. `name`
    defaults to the company's."""

    company_name = fields.Text(required=True)
    product_ids = fields.List(fields.Id(), validate=_PRODUCTS, load_default=list)
    amount = fields.Amount(load_default=Decimal("0.00"))


class RegistrationOut(Schema):
    """A registration. `conflict`: when it was submitted somebody else had the customer already. Until `protected_until`
    nobody else registers the customer; `renewed`: how often that was put off. `due_at`: by when the house is to decide
    on what is submitted, or the partner to answer what is returned."""

    class Meta(Schema.Meta):
        hidden: ClassVar[dict[str, tuple[str, ...]]] = {"partner": ("decided_by", *NOT_FOR_PARTNERS)}

    id = fields.Id()
    number = fields.Text()
    name = fields.Text()
    status = fields.Text(validate=validate.OneOf(STATUSES))
    registered_by = fields.Id(allow_none=True)
    company_name = fields.Text()
    domain = fields.Text(max=253, allow_none=True)
    contact_name = fields.Text(allow_none=True)
    contact_email = fields.Text(allow_none=True)
    contact_phone = fields.Text(allow_none=True)
    person_id = fields.Id()
    company_id = fields.Id(allow_none=True)
    product_ids = fields.List(fields.Id())
    amount = fields.Amount()
    currency = fields.Currency()
    expected_close = fields.Date(allow_none=True)
    note = fields.Text(max=4000, allow_none=True)
    conflict = fields.Boolean()
    question = fields.Text(max=2000, allow_none=True)
    answer = fields.Text(max=2000, allow_none=True)
    reason = fields.Text(max=500, allow_none=True)
    decided_by = fields.Id(allow_none=True)
    decided_at = fields.Instant(allow_none=True)
    deal_id = fields.Id(allow_none=True)
    protected_until = fields.Instant(allow_none=True)
    renewed = fields.Integer()
    due_at = fields.Instant(allow_none=True)
    ended_at = fields.Instant(allow_none=True)
    owner_id = fields.Id(allow_none=True)
    team_id = fields.Id(allow_none=True)
    partner_id = fields.Id(allow_none=True)
    version = fields.Integer()
    created_at = fields.Instant()
    updated_at = fields.Instant()


class FoundOut(Schema):
    """Who else has the customer: an open deal, a won one (`customer`), an open lead, an owner of the `person` or the
    `company` in contacts, and by what it was found. `id` and `name` are null where the record is out of the caller's
    reach: its owner can be asked."""

    kind = fields.Text(validate=validate.OneOf(KINDS))
    id = fields.Id(allow_none=True)
    name = fields.Text(allow_none=True)
    matched = fields.List(fields.Text(validate=validate.OneOf(MATCHES)))
    owner_id = fields.Id(allow_none=True)
    team_id = fields.Id(allow_none=True)
    partner_id = fields.Id(allow_none=True)


class ApproveIn(Schema):
    """How a registration becomes a deal: a new one of `owner_id` (the channel manager, else whoever approves), or
    `deal_id`, which is there already. `protection_days` instead of those of the programme."""

    deal_id = fields.Id()
    owner_id = fields.Id()
    protection_days = fields.Integer(validate=_DAYS)


class RejectIn(Schema):
    """Why not. The partner reads it, and it is told to the other services: no personal data."""

    reason = fields.Text(required=True, max=500)


class AskIn(Schema):
    """What the partner is asked."""

    question = fields.Text(required=True, max=2000)


class AnswerIn(Schema):
    """What the partner answers."""

    answer = fields.Text(required=True, max=2000)


class ProgrammePatch(Schema):
    """What can be changed of a programme; it holds for what is approved or renewed from now on."""

    protection_days = fields.Integer(validate=_DAYS)
    warn_days = fields.Integer(validate=_WARN)
    renewals = fields.Integer(validate=_RENEWALS)
    manager_id = fields.Id(allow_none=True)
    decision_days = fields.Integer(validate=_DEADLINE)
    answer_days = fields.Integer(validate=_DEADLINE)


class ProgrammeIn(Schema):
    """The terms of a partner; without `partner_id` of all who have none of their own. What is left out is as the
    settings of the service say."""

    partner_id = fields.Id(load_default=None, allow_none=True)
    protection_days = fields.Integer(validate=_DAYS)
    warn_days = fields.Integer(validate=_WARN)
    renewals = fields.Integer(validate=_RENEWALS)
    manager_id = fields.Id(load_default=None, allow_none=True)
    decision_days = fields.Integer(validate=_DEADLINE)
    answer_days = fields.Integer(validate=_DEADLINE)


class ProgrammeOut(Schema):
    """The terms of a partner."""

    id = fields.Id()
    partner_id = fields.Id(allow_none=True)
    protection_days = fields.Integer()
    warn_days = fields.Integer()
    renewals = fields.Integer()
    manager_id = fields.Id(allow_none=True)
    decision_days = fields.Integer()
    answer_days = fields.Integer()
    version = fields.Integer()
    created_at = fields.Instant()
    updated_at = fields.Instant()
