"""How what other services tell reads on a customer's timeline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

TITLES: dict[str, str] = {
    "lead.created": "Became a lead ({source})",
    "lead.assigned": "Lead assigned",
    "lead.reclaimed": "Lead put into a public pool",
    "lead.converted": "Lead converted into a deal",
    "lead.lost": "Lead lost: {reason}",
    "lead.dormant": "Lead fell silent",
    "deal.created": "Deal opened: {name}, {amount} {currency}",
    "deal.stage_changed": "Deal {name} moved to {stage}",
    "deal.won": "Deal won: {name}, {amount} {currency}",
    "deal.lost": "Deal lost: {name} ({reason})",
    "order.placed": "Order {number}: {total} {currency}",
    "order.cancelled": "Order {number} cancelled",
    "ticket.created": "Ticket {number}: {subject}",
    "ticket.escalated": "Ticket {number} escalated",
    "ticket.resolved": "Ticket {number} resolved",
    "ticket.reopened": "Ticket {number} reopened",
    "ticket.closed": "Ticket {number} closed",
    "survey.answered": "Rated our service {score} of 5",
}
KEPT = (
    "lead_id", "deal_id", "order_id", "ticket_id", "survey_id", "campaign_id", "owner_id", "assignee_id", "amount",
    "total", "currency", "stage", "state", "priority", "number", "score", "reason", "status",
)  # fmt: skip


class _Blank(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "-"


def title(type_: str, data: Mapping[str, Any]) -> str:
    """The line for an event; a field that it does not carry reads `-`."""
    known = {name: value for name, value in data.items() if value is not None}
    return TITLES[type_].format_map(_Blank(known))


def kept(data: Mapping[str, Any]) -> dict[str, Any]:
    """What of an event's data the entry keeps: ids to link to and the figures of its line."""
    return {name: data[name] for name in KEPT if data.get(name) is not None}
