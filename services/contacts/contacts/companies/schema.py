"""Companies over the API."""

from __future__ import annotations

from marshmallow import validate

from chassis.schema import Schema, fields


class CompanyOut(Schema):
    """A company."""

    id = fields.Id()
    name = fields.String()
    namesake = fields.Boolean()
    domain = fields.String(allow_none=True)
    industry = fields.String(allow_none=True)
    employees = fields.Integer(allow_none=True)
    phone = fields.String(allow_none=True)
    country = fields.String(allow_none=True)
    region = fields.String(allow_none=True)
    city = fields.String(allow_none=True)
    postcode = fields.String(allow_none=True)
    address = fields.String(allow_none=True)
    note = fields.String(allow_none=True)
    custom = fields.Custom("companies")
    source = fields.String()
    tags = fields.List(fields.String())
    owner_id = fields.Id(allow_none=True)
    team_id = fields.Id(allow_none=True)
    partner_id = fields.Id(allow_none=True)
    version = fields.Integer()
    created_at = fields.Instant()
    updated_at = fields.Instant()


class CompanyFields(Schema):
    """What can be said of a company. `namesake`: deliberately another company of a name that is known."""

    namesake = fields.Boolean()
    domain = fields.Text(max=253, allow_none=True)
    industry = fields.Text(allow_none=True)
    employees = fields.Integer(strict=True, allow_none=True, validate=validate.Range(0, 10_000_000))
    phone = fields.Phone(allow_none=True)
    country = fields.CountryCode(allow_none=True)
    region = fields.Text(allow_none=True)
    city = fields.Text(allow_none=True)
    postcode = fields.Text(max=20, allow_none=True)
    address = fields.Text(max=500, allow_none=True)
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


class CompanyPatch(CompanyFields):
    """Changes of a company."""

    name = fields.Text(min=1)
