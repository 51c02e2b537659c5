"""People over the API."""

from __future__ import annotations

from typing import Any, ClassVar

from marshmallow import ValidationError, validate, validates_schema

from chassis.schema import Schema, fields
from contacts.addresses.rules import ADDRESS_KINDS
from contacts.insights.rules import FILTERS as INSIGHTS
from contacts.people.rules import ROLES, STAGES, merged_roles
from contacts.points.schema import EmailField, HandleOut, MembershipOut, PhoneField, PointOut, point_list


class PersonOut(Schema):
    """A person. `email` and `phone` are the primary ones. `grade`, `rfm`, `note` and what
    is known in confidence are internal: partners never see them."""

    class Meta(Schema.Meta):
        hidden: ClassVar[dict[str, tuple[str, ...]]] = {"partner": ("grade", "rfm", "note", *INSIGHTS)}

    id = fields.Id()
    name = fields.String()
    job_title = fields.String(allow_none=True)
    department = fields.String(allow_none=True)
    company_id = fields.Id(allow_none=True)
    company_name = fields.String(allow_none=True)
    email = fields.String(allow_none=True)
    phone = fields.String(allow_none=True)
    emails = fields.Nested(PointOut, many=True)
    phones = fields.Nested(PointOut, many=True)
    handles = fields.Nested(HandleOut, many=True)
    memberships = fields.Nested(MembershipOut, many=True)
    roles = fields.List(fields.String(validate=validate.OneOf(ROLES)))
    lifecycle = fields.String(validate=validate.OneOf(STAGES))
    grade = fields.String(allow_none=True)
    rfm = fields.Dict(allow_none=True)
    reference = fields.Boolean()
    restricted = fields.Boolean()
    tags = fields.List(fields.String())
    country = fields.String(allow_none=True)
    region = fields.String(allow_none=True)
    city = fields.String(allow_none=True)
    postcode = fields.String(allow_none=True)
    address = fields.String(allow_none=True)
    address_kind = fields.String(allow_none=True, validate=validate.OneOf(ADDRESS_KINDS))
    note = fields.String(allow_none=True)
    custom = fields.Custom("people")
    source = fields.String()
    campaign_id = fields.Id(allow_none=True)
    utm = fields.Dict()
    entered_by = fields.Id(allow_none=True)
    owner_id = fields.Id(allow_none=True)
    team_id = fields.Id(allow_none=True)
    partner_id = fields.Id(allow_none=True)
    version = fields.Integer()
    created_at = fields.Instant()
    updated_at = fields.Instant()


class IdentifiedOut(PersonOut):
    """A person, and whether they were here before (`matched`)."""

    class Meta(PersonOut.Meta):
        pass

    matched = fields.Boolean()


class RolesField(fields.List):
    """What somebody is to the enterprise, each once."""

    def __init__(self, **options: Any) -> None:
        super().__init__(fields.String(validate=validate.OneOf(ROLES)), validate=validate.Length(max=20), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[Any]:
        roles: list[Any] = super()._deserialize(value, attr, data, **kwargs)
        return merged_roles(roles, [])


POINTS = ("email", "phone", "emails", "phones", "handles", "memberships")


class PersonFields(Schema):
    """What can be said of a person. Give the primary e-mail and phone as `email` and `phone`, or all of them as
    `emails` and `phones`, the primary one first. The place is the primary address."""

    job_title = fields.Text(allow_none=True)
    department = fields.Text(allow_none=True)
    company_id = fields.Id(allow_none=True)
    company_name = fields.Text(allow_none=True)
    email = EmailField(allow_none=True)
    phone = PhoneField(allow_none=True)
    emails = point_list("email")
    phones = point_list("phone")
    handles = point_list("handle")
    memberships = point_list("membership")
    roles = RolesField()
    lifecycle = fields.String(validate=validate.OneOf(STAGES))
    tags = fields.List(fields.Text(min=1, max=50), validate=validate.Length(max=50))
    country = fields.CountryCode(allow_none=True)
    region = fields.Text(allow_none=True)
    city = fields.Text(allow_none=True)
    postcode = fields.Text(max=20, allow_none=True)
    address = fields.Text(max=500, allow_none=True)
    address_kind = fields.String(allow_none=True, validate=validate.OneOf(ADDRESS_KINDS))
    note = fields.Text(max=5000, allow_none=True)
    custom = fields.Custom("people")
    owner_id = fields.Id(allow_none=True)
    team_id = fields.Id(allow_none=True)
    partner_id = fields.Id(allow_none=True)

    @validates_schema
    def _company_once(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("company_id") and data.get("company_name"):
            raise ValidationError("Give company_id or company_name, not both.", "company_name")


class PersonIn(PersonFields):
    """A new person."""

    name = fields.Text(required=True)
    source = fields.Text(max=50, min=1)
    campaign_id = fields.Id(allow_none=True)
    utm = fields.Dict(keys=fields.Text(max=50), values=fields.Text())


class CreateQuery(Schema):
    """`check_mx`: refuse an e-mail address whose domain takes no mail."""

    check_mx = fields.Boolean(load_default=False)


class IdentifyIn(PersonIn):
    """Somebody who was met by whatever door: a name is not needed where a contact point says who it is."""

    name = fields.Text(min=1)

    @validates_schema
    def _somebody(self, data: dict[str, Any], **_: Any) -> None:
        if not any(data.get(one) for one in ("name", *POINTS)):
            raise ValidationError("Give a name or a contact point.", "name")


class PersonPatch(PersonFields):
    """Changes of a person. `emails`, `phones`, `handles` and `memberships` replace the whole list; `email` and `phone`
    set the primary one."""

    name = fields.Text(min=1)
    reference = fields.Boolean()
