"""Entitlements as they go out."""

from __future__ import annotations

from typing import ClassVar

from chassis.copies import NOT_FOR_PARTNERS
from chassis.schema import Schema, fields


class EntitlementOut(Schema):
    class Meta(Schema.Meta):
        hidden: ClassVar[dict[str, tuple[str, ...]]] = {"partner": NOT_FOR_PARTNERS}

    id = fields.Id()
    name = fields.String()
    product = fields.String(allow_none=True)
    person_id = fields.Id(allow_none=True)
    company_id = fields.Id(allow_none=True)
    deal_id = fields.Id(allow_none=True)
    holder_name = fields.String(allow_none=True)
    starts_on = fields.Date()
    ends_on = fields.Date()
    version = fields.Integer()
    created_at = fields.Instant()
