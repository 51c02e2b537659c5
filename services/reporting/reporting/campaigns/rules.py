"""The state of a campaign and what it is worth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from reporting.figures.rules import NOBODY, ZERO, Entry, Fact, Reach, earliest, money, required_id, text

SOURCE = "/marketing"
TYPES = frozenset({"campaign.launched", "campaign.completed"})


@dataclass(slots=True)
class CampaignState:
    """A campaign that was launched. `launched_at` is None while only its completion is known."""

    id: str
    mark: str = ""
    name: str = ""
    budget: Decimal = ZERO
    currency: str = ""
    launched_at: datetime | None = None
    completed_at: datetime | None = None


def key(fact: Fact) -> str:
    """The campaign that the fact is about."""
    return required_id(fact.data, "campaign_id")


def fold(state: CampaignState, fact: Fact) -> None:
    """Take a fact in. Malformed, with nothing changed, where it makes no sense."""
    (budget, currency), name = money(fact.data, "budget"), text(fact.data, "name")
    if fact.type == "campaign.launched":
        state.launched_at = earliest(state.launched_at, fact.time)
    else:
        state.completed_at = earliest(state.completed_at, fact.time)
    if fact.mark > state.mark:
        state.mark, state.name, state.budget, state.currency = fact.mark, name, budget, currency


def entries(state: CampaignState) -> Iterator[Entry]:
    """The budget counts from the launch on."""
    yield Entry("campaigns.budget", None, "", state.currency, 1, state.budget)


def belongs_to(_state: CampaignState) -> Reach:
    """A budget belongs to no one rep or team."""
    return NOBODY
