"""The state of a deal, of the stage it stands in, and what they are worth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from chassis.money import rounded
from reporting.figures.rules import (
    NOBODY,
    ZERO,
    Entry,
    Fact,
    Reach,
    day,
    instant,
    money,
    number,
    optional_id,
    reach,
    required_id,
    text,
)

SOURCE = "/sales"
TYPES = frozenset({"deal.created", "deal.updated", "deal.stage_changed", "deal.won", "deal.lost", "deal.credited"})
BUNDLES = {"deals.changed": "deal.updated"}


@dataclass(slots=True)
class DealState:
    """A deal. `stage_kind` is open, won or lost; `probability` in per cent; `credited` of its amount counts no more."""

    id: str
    mark: str = ""
    amount: Decimal = ZERO
    credited: Decimal = ZERO
    currency: str = ""
    stage_id: str | None = None
    stage_kind: str = ""
    probability: int = 0
    campaign_id: str | None = None
    owner_id: str | None = None
    team_id: str | None = None
    partner_id: str | None = None
    created_at: datetime | None = None
    closed_at: datetime | None = None


def key(fact: Fact) -> str:
    """The deal that the fact is about."""
    return required_id(fact.data, "deal_id")


def fold(state: DealState, fact: Fact) -> None:
    """Take a fact in. Malformed, with nothing changed, where it makes no sense."""
    data = fact.data
    (amount, currency), (credited, _) = money(data, "amount"), money(data, "credited")
    stage_id, kind, probability = _stage(fact)
    campaign_id, whose = optional_id(data, "campaign_id"), reach(data)
    created_at, closed_at = instant(data, "created_at") or fact.time, instant(data, "closed_at")
    if fact.mark > state.mark:
        state.mark, state.amount, state.credited, state.currency = fact.mark, amount, credited, currency
        state.stage_id, state.stage_kind, state.probability = stage_id, kind, probability
        state.campaign_id, state.created_at = campaign_id, created_at
        state.closed_at = (closed_at or fact.time) if kind != "open" else None
        state.owner_id, state.team_id, state.partner_id = whose


def entries(state: DealState) -> Iterator[Entry]:
    """An open deal counts in its stage; a closed one on the day that it was closed, and so does what was credited of
    it since."""
    amount, currency = state.amount, state.currency
    yield Entry("deals.created", day(state.created_at), "", currency, 1, amount)
    if state.stage_kind == "open":
        stage = state.stage_id or ""
        weighted = rounded(amount * state.probability / 100, currency)
        yield Entry("deals.open", None, stage, currency, 1, amount)
        yield Entry("deals.weighted", None, stage, currency, 1, weighted)
    elif state.stage_kind == "lost":
        yield Entry("deals.lost", day(state.closed_at), "", currency, 1, amount)
    else:
        yield Entry("deals.won", day(state.closed_at), "", currency, 1, amount)
        if state.credited:
            yield Entry("deals.credited", day(state.closed_at), "", currency, 1, state.credited)
        if state.campaign_id:
            yield Entry("campaigns.revenue", None, state.campaign_id, currency, 1, amount)
            if state.credited:
                yield Entry("campaigns.credited", None, state.campaign_id, currency, 1, state.credited)


def belongs_to(state: DealState) -> Reach:
    """Who sees it."""
    return Reach(state.owner_id, state.team_id, state.partner_id)


@dataclass(slots=True)
class StageState:
    """What a stage is called, by the newest event of a deal in it."""

    id: str
    mark: str = ""
    name: str = ""
    pipeline_id: str | None = None
    probability: int = 0


def stage_key(fact: Fact) -> str | None:
    """The stage that the fact names, if it does."""
    return optional_id(fact.data, "stage_id")


def fold_stage(state: StageState, fact: Fact) -> None:
    """Take the name in. The events are those of many deals: the time orders them, not a deal's version."""
    newest = f"{fact.time.isoformat(timespec='microseconds')}/{fact.mark}"
    _, _, probability = _stage(fact)
    name, pipeline_id = text(fact.data, "stage"), optional_id(fact.data, "pipeline_id")
    if newest > state.mark:
        state.mark, state.name, state.pipeline_id, state.probability = newest, name, pipeline_id, probability


def stage_entries(_state: StageState) -> Iterator[Entry]:
    """A stage is only a name."""
    return iter(())


def stage_belongs_to(_state: StageState) -> Reach:
    """Everybody sees the names of stages."""
    return NOBODY


def _stage(fact: Fact) -> tuple[str | None, str, int]:
    kind = text(fact.data, "stage_kind", "open")
    probability = number(fact.data, "probability", 0, 100) if "probability" in fact.data else 0
    return optional_id(fact.data, "stage_id"), kind if kind in ("won", "lost") else "open", probability
