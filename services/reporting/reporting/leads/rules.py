"""The state of a lead and what it is worth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from reporting.figures.rules import Entry, Fact, Reach, day, earliest, optional_id, reach, required_id, text

SOURCE = "/sales"
TYPES = frozenset(
    f"lead.{what}"
    for what in (
        *("created", "assigned", "updated", "touched", "followed", "dormant", "shelved", "reopened", "reclaimed"),
        *("converted", "lost", "recycled", "qualified", "followup_overdue"),
    )
)

# What tells of a hundred leads at once, by what it is of each.
BUNDLES = {"leads.changed": "lead.updated"} | {
    f"leads.{what}": f"lead.{what}" for what in ("assigned", "dormant", "reclaimed", "recycled")
}


@dataclass(slots=True)
class LeadState:
    """A lead. `created_at` is when its first event happened, `converted_at` when it was converted."""

    id: str
    mark: str = ""
    status: str = ""
    source: str = ""
    campaign_id: str | None = None
    owner_id: str | None = None
    team_id: str | None = None
    partner_id: str | None = None
    created_at: datetime | None = None
    converted_at: datetime | None = None


def key(fact: Fact) -> str:
    """The lead that the fact is about."""
    return required_id(fact.data, "lead_id")


def fold(state: LeadState, fact: Fact) -> None:
    """Take a fact in. Malformed, with nothing changed, where it makes no sense."""
    status, source = text(fact.data, "status"), text(fact.data, "source")
    campaign_id, whose = optional_id(fact.data, "campaign_id"), reach(fact.data)
    state.created_at = earliest(state.created_at, fact.time)
    if fact.type == "lead.converted":
        state.converted_at = earliest(state.converted_at, fact.time)
    if fact.mark > state.mark:
        state.mark, state.status, state.source, state.campaign_id = fact.mark, status, source, campaign_id
        state.owner_id, state.team_id, state.partner_id = whose


def entries(state: LeadState) -> Iterator[Entry]:
    """Leads count on the day they came: so do, of these, the ones converted since (a rate of the same leads)."""
    created = day(state.created_at)
    yield Entry("leads.by_status", created, state.status)
    yield Entry("leads.by_source", created, state.source)
    if state.converted_at is not None:
        yield Entry("leads.converted", created)
    if state.campaign_id:
        yield Entry("campaigns.leads", None, state.campaign_id)


def belongs_to(state: LeadState) -> Reach:
    """Who sees it."""
    return Reach(state.owner_id, state.team_id, state.partner_id)
