"""Addresses over the API."""

from __future__ import annotations

from marshmallow import validate

from chassis.schema import Schema, fields
from contacts.addresses.rules import ADDRESS_KINDS


class AddressOut(Schema):
    """A postal address. The primary one is the place of the record itself: it has no id and is changed there."""

    id = fields.Id(allow_none=True)
    person_id = fields.Id(allow_none=True)
    company_id = fields.Id(allow_none=True)
    primary = fields.Boolean()
    kind = fields.String(allow_none=True, validate=validate.OneOf(ADDRESS_KINDS))
    country = fields.String(allow_none=True)
    region = fields.String(allow_none=True)
    city = fields.String(allow_none=True)
    postcode = fields.String(allow_none=True)
    address = fields.String(allow_none=True)
    version = fields.Integer()


class AddressPatch(Schema):
    """Changes of an address."""

    kind = fields.String(validate=validate.OneOf(ADDRESS_KINDS))
    country = fields.CountryCode(allow_none=True)
    region = fields.Text(allow_none=True)
    city = fields.Text(allow_none=True)
    postcode = fields.Text(max=20, allow_none=True)
    address = fields.Text(max=500, allow_none=True)


class AddressIn(AddressPatch):
    """A further address."""

    kind = fields.String(required=True, validate=validate.OneOf(ADDRESS_KINDS))
