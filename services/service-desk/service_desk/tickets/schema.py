"""Tickets as they come in and go out."""

from __future__ import annotations

from typing import Any, ClassVar

from marshmallow import ValidationError, validate, validates_schema

from chassis.copies import NOT_FOR_PARTNERS
from chassis.schema import Schema, fields
from service_desk.surveys.schema import SurveySent
from service_desk.tickets.rules import CHANNELS, KINDS, PRIORITIES

PRIORITY = validate.OneOf(PRIORITIES)
KIND = validate.OneOf(KINDS)


class TicketOut(Schema):
    class Meta(Schema.Meta):
        hidden: ClassVar[dict[str, tuple[str, ...]]] = {"partner": NOT_FOR_PARTNERS}

    id = fields.Id()
    number = fields.String()
    subject = fields.String()
    state = fields.String(metadata={"description": "new, open, pending, resolved or closed."})
    priority = fields.String()
    kind = fields.String()
    channel = fields.String()
    product = fields.String(allow_none=True)
    person_id = fields.Id(allow_none=True)
    company_id = fields.Id(allow_none=True)
    deal_id = fields.Id(allow_none=True)
    requester_name = fields.String(allow_none=True)
    requester_email = fields.String(allow_none=True)
    requester_phone = fields.String(allow_none=True)
    company_name = fields.String(allow_none=True)
    assignee_id = fields.Id(allow_none=True)
    team_id = fields.Id(allow_none=True)
    entitlement_id = fields.Id(allow_none=True, metadata={"description": "What covered the customer at entry."})
    sla_state = fields.String(metadata={"description": "none, on_track, at_risk or breached."})
    next_due = fields.Instant(allow_none=True, metadata={"description": "Earliest due instant still ahead."})
    first_response_due = fields.Instant(allow_none=True)
    resolution_due = fields.Instant(allow_none=True)
    first_response_met = fields.Boolean(allow_none=True)
    resolution_met = fields.Boolean(allow_none=True)
    level = fields.Integer(metadata={"description": "Escalation level, 0 to 3."})
    times_reopened = fields.Integer()
    resolution = fields.String(allow_none=True)
    first_responded_at = fields.Instant(allow_none=True)
    resolved_at = fields.Instant(allow_none=True)
    closes_at = fields.Instant(allow_none=True, metadata={"description": "When a resolved ticket closes by itself."})
    closed_at = fields.Instant(allow_none=True)
    version = fields.Integer()
    created_at = fields.Instant()
    updated_at = fields.Instant()


class TicketPatch(Schema):
    subject = fields.Text(max=300, min=1)
    priority = fields.String(validate=PRIORITY)
    kind = fields.String(validate=KIND)
    product = fields.Text(allow_none=True)
    person_id = fields.Id(allow_none=True)
    company_id = fields.Id(allow_none=True)
    deal_id = fields.Id(allow_none=True)
    requester_name = fields.Text(allow_none=True)
    requester_email = fields.Email(allow_none=True)
    requester_phone = fields.Phone(allow_none=True)
    company_name = fields.Text(allow_none=True)


class TicketIn(TicketPatch):
    """A new ticket: a subject and whom it is for. `body` becomes the customer's first message."""

    subject = fields.Text(required=True, max=300)
    body = fields.Text(max=50_000)
    priority = fields.String(load_default="normal", validate=PRIORITY)
    kind = fields.String(load_default="question", validate=KIND)
    channel = fields.String(load_default="api", validate=validate.OneOf(CHANNELS))
    assignee_id = fields.Id(allow_none=True)

    @validates_schema
    def _is_for_somebody(self, data: dict[str, Any], **_: Any) -> None:
        if not any(data.get(name) for name in ("person_id", "company_id", "requester_name")):
            raise ValidationError("Say whom it is for: person_id, company_id or requester_name.", "person_id")


class AssignIn(Schema):
    """Without `assignee_id` the ticket goes to whoever's turn it is."""

    assignee_id = fields.Id(allow_none=True, load_default=None)


class EscalateIn(Schema):
    reason = fields.Text(required=True, max=2_000)


class ResolveIn(Schema):
    """`survey` false asks the customer nothing (spam, a duplicate)."""

    resolution = fields.Text(max=2_000, allow_none=True, load_default=None)
    survey = fields.Boolean(load_default=True)


class ResolvedOut(Schema):
    ticket = fields.Nested(TicketOut)
    survey = fields.Nested(SurveySent, allow_none=True)
