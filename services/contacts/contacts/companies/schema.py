"""Companies over the API."""

from __future__ import annotations

from typing import ClassVar

from marshmallow import validate

from chassis.schema import Schema, fields
from contacts.addresses.rules import ADDRESS_KINDS
from contacts.insights.rules import FILTERS as INSIGHTS
from contacts.people.rules import ROLES
from contacts.people.schema import RolesField
from contacts.points.schema import EmailField, PhoneField, point_list


class CompanyPointOut(Schema):
    """A way to reach a company: `value` in normal form, `typed` as it was entered."""

    class Meta(Schema.Meta):
        flat = "value"

    value = fields.String()
    typed = fields.String()
    label = fields.String()


class CompanyOut(Schema):
    """A company. `note` is internal: partners never see it."""

    class Meta(Schema.Meta):
        hidden: ClassVar[dict[str, tuple[str, ...]]] = {"partner": ("note", *INSIGHTS)}

    id = fields.Id()
    name = fields.String()
    namesake = fields.Boolean()
    domain = fields.String(allow_none=True)
    industry = fields.String(allow_none=True)
    employees = fields.Integer(allow_none=True)
    parent_id = fields.Id(allow_none=True)
    roles = fields.List(fields.String(validate=validate.OneOf(ROLES)))
    phone = fields.String(allow_none=True)
    phones = fields.Nested(CompanyPointOut, many=True)
    email = fields.String(allow_none=True)
    emails = fields.Nested(CompanyPointOut, many=True)
    country = fields.String(allow_none=True)
    region = fields.String(allow_none=True)
    city = fields.String(allow_none=True)
    postcode = fields.String(allow_none=True)
    address = fields.String(allow_none=True)
    address_kind = fields.String(allow_none=True, validate=validate.OneOf(ADDRESS_KINDS))
    note = fields.String(allow_none=True)
    custom = fields.Custom("companies")
    source = fields.String()
    campaign_id = fields.Id(allow_none=True)
    utm = fields.Dict()
    entered_by = fields.Id(allow_none=True)
    tags = fields.List(fields.String())
    owner_id = fields.Id(allow_none=True)
    team_id = fields.Id(allow_none=True)
    partner_id = fields.Id(allow_none=True)
    version = fields.Integer()
    created_at = fields.Instant()
    updated_at = fields.Instant()


class CompanyFields(Schema):
    """What can be said of a company. `namesake`: deliberately another company of a name that is known.
    Phones and e-mails are given as those of a person are; the place is the primary address."""

    namesake = fields.Boolean()
    domain = fields.Text(max=253, allow_none=True)
    industry = fields.Text(allow_none=True)
    employees = fields.Integer(strict=True, allow_none=True, validate=validate.Range(0, 10_000_000))
    parent_id = fields.Id(allow_none=True)
    roles = RolesField()
    phone = PhoneField(allow_none=True)
    phones = point_list("phone")
    email = EmailField(allow_none=True)
    emails = point_list("email")
    country = fields.CountryCode(allow_none=True)
    region = fields.Text(allow_none=True)
    city = fields.Text(allow_none=True)
    postcode = fields.Text(max=20, allow_none=True)
    address = fields.Text(max=500, allow_none=True)
    address_kind = fields.String(allow_none=True, validate=validate.OneOf(ADDRESS_KINDS))
    note = fields.Text(max=5000, allow_none=True)
    custom = fields.Custom("companies")
    tags = fields.List(fields.Text(min=1, max=50), validate=validate.Length(max=50))
    owner_id = fields.Id(allow_none=True)
    team_id = fields.Id(allow_none=True)
    partner_id = fields.Id(allow_none=True)


class CompanyIn(CompanyFields):
    """A new company."""

    name = fields.Text(required=True)
    source = fields.Text(max=50, min=1)
    campaign_id = fields.Id(allow_none=True)
    utm = fields.Dict(keys=fields.Text(max=50), values=fields.Text())


class CompanyPatch(CompanyFields):
    """Changes of a company."""

    name = fields.Text(min=1)


class TreeOut(Schema):
    """A company with those that belong to it. `people`: how many of its people are known; `employees`: how many it says
    that it has. Each of `children` has the same shape; those out of reach are passed over."""

    id = fields.Id()
    name = fields.String()
    parent_id = fields.Id(allow_none=True)
    roles = fields.List(fields.String())
    employees = fields.Integer(allow_none=True)
    people = fields.Integer()
    children = fields.List(fields.Dict())


class HierarchyOut(Schema):
    """Where a company stands: `above` it, from the topmost down, and what belongs to it. `employees` and `people` are
    the sums over the tree; `truncated` says that there are more companies than are shown."""

    above = fields.List(fields.Dict())
    tree = fields.Nested(TreeOut)
    companies = fields.Integer()
    employees = fields.Integer()
    people = fields.Integer()
    truncated = fields.Boolean()
