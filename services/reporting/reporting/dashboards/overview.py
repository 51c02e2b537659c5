"""The overview: every figure from counters that were folded before."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from urllib.parse import urlencode

from sqlalchemy import ARRAY, Uuid, bindparam, func, select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import actor
from reporting.base import SERVICE
from reporting.dashboards import campaigns
from reporting.dashboards.counters import ALL_TIME, LIVE, Figures, by_month, read, scope_of
from reporting.dashboards.rules import SATISFIED, Span, average_score, months_back, share, spans
from reporting.projections.model import Generation, StageRow

NOW = ("deals.open", "deals.weighted", "tickets.open")
DATED = (
    "leads.by_status",
    "leads.by_source",
    "leads.converted",
    "deals.won",
    "deals.lost",
    "deals.credited",
    "orders.placed",
    "orders.cancelled",
    "orders.credited",
    "credit_notes.issued",
    "tickets.created",
    "tickets.resolved",
    "sla.first_response",
    "sla.resolution",
    "surveys.sent",
    "surveys.answered",
)
_POSITION = select(Generation.position, Generation.folded_at).where(Generation.state == "live")
_STAGES = select(StageRow.id, StageRow.name, StageRow.pipeline_id, StageRow.probability).where(
    StageRow.generation == LIVE, StageRow.id == func.any(bindparam("ids", type_=ARRAY(Uuid)))
)
FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2999, 12, 31)
MONTHS = 24


class Period(NamedTuple):
    """The days asked for, both included; None where open."""

    since: date | None
    until: date | None

    def spans(self) -> list[Span]:
        """Which counters to add up."""
        if self == (None, None):
            return ALL_TIME
        return spans(self.since or FIRST_DAY, self.until or LAST_DAY)

    def month_spans(self) -> list[Span]:
        """The same, by month: of all time the last two years."""
        if self == (None, None):
            return spans(months_back(clock.now().date(), MONTHS - 1), LAST_DAY)
        return self.spans()

    def events(self, *types: str) -> str:
        """Where the events behind a figure of this period are read."""
        days = {"from": self.since, "to": self.until}
        query = {"type": ",".join(types)} | {name: str(day) for name, day in days.items() if day}
        return f"{SERVICE.url_prefix}/events?{urlencode(query, safe=',')}"


def overview(session: Session, since: date | None = None, until: date | None = None) -> dict[str, Any]:
    """The dashboard of what the current actor reaches."""
    who, period = actor(), Period(since, until)
    position = session.execute(_POSITION).one_or_none()
    scope = scope_of(who) or "nobody"
    now, dated = read(session, scope, NOW, ALL_TIME), read(session, scope, DATED, period.spans())
    return {
        "position": position.position if position else 0,
        "folded_at": position.folded_at if position else None,
        "reach": who.reach,
        "since": since,
        "until": until,
        "leads": _leads(dated, period),
        "pipeline": _pipeline(session, now),
        "deals": _deals(dated, period)
        | {"by_month": by_month(session, scope, "deals.won", "deals.credited", period.month_spans())},
        "orders": _orders(dated, period),
        "tickets": _tickets(now, dated, period),
        "sla": _sla(dated, period),
        "csat": _csat(dated, period),
        "campaigns": campaigns.latest(session) if scope == "all" else [],
    }


def _leads(dated: Figures, period: Period) -> dict[str, Any]:
    created, converted = dated.count("leads.by_status"), dated.count("leads.converted")
    return {
        "created": created,
        "by_status": dated.counts("leads.by_status"),
        "by_source": dated.counts("leads.by_source"),
        "converted": converted,
        "conversion_rate": share(converted, created),
        "events": period.events("lead.created", "lead.converted"),
    }


def _pipeline(session: Session, now: Figures) -> dict[str, Any]:
    cells = {cell: total for cell, total in now.get("deals.open", {}).items() if total.number}
    names = _stages(session, {stage_id for stage_id, _ in cells if stage_id})
    stages = []
    for (stage_id, currency), total in cells.items():
        name, pipeline_id, probability = names.get(stage_id, ("", None, 0))
        stages.append(
            {
                "stage_id": stage_id or None,
                "stage": name,
                "pipeline_id": pipeline_id,
                "probability": probability,
                "currency": currency,
                "count": total.number,
                "amount": total.amount,
                "weighted": _amount(now, "deals.weighted", (stage_id, currency)),
            }
        )
    stages.sort(key=lambda stage: (str(stage["pipeline_id"]), stage["probability"], stage["stage"], stage["currency"]))
    return {
        "stages": stages,
        "total": now.money("deals.open"),
        "weighted": now.money("deals.weighted"),
        "events": Period(None, None).events("deal.created", "deal.stage_changed", "deal.won", "deal.lost"),
    }


def _stages(session: Session, ids: Iterable[str]) -> dict[str, tuple[str, Any, int]]:
    rows = session.execute(_STAGES, {"ids": list(ids)})
    return {str(row.id): (row.name, row.pipeline_id, row.probability) for row in rows}


def _amount(figures: Figures, figure: str, cell: tuple[str, str]) -> Decimal:
    total = figures.get(figure, {}).get(cell)
    return total.amount if total else Decimal(0)


def _deals(dated: Figures, period: Period) -> dict[str, Any]:
    won, lost = dated.count("deals.won"), dated.count("deals.lost")
    return {
        "won": dated.net("deals.won", "deals.credited"),
        "lost": dated.money("deals.lost"),
        "win_rate": share(won, won + lost),
        "events": period.events("deal.won", "deal.lost", "deal.credited"),
    }


def _orders(dated: Figures, period: Period) -> dict[str, Any]:
    return {
        "placed": dated.net("orders.placed", "orders.credited"),
        "cancelled": dated.money("orders.cancelled"),
        "credit_notes": dated.money("credit_notes.issued"),
        "events": period.events("order.placed", "order.cancelled", "credit_note.issued"),
    }


def _tickets(now: Figures, dated: Figures, period: Period) -> dict[str, Any]:
    return {
        "open": now.count("tickets.open"),
        "open_by_priority": now.counts("tickets.open"),
        "created": dated.count("tickets.created"),
        "resolved": dated.count("tickets.resolved"),
        "events": period.events("ticket.created", "ticket.resolved", "ticket.reopened", "ticket.closed"),
    }


def _sla(dated: Figures, period: Period) -> dict[str, Any]:
    def level(metric: str) -> dict[str, Any]:
        counts = dated.counts(f"sla.{metric}")
        met, missed = counts.get("met", 0), counts.get("missed", 0)
        return {"met": met, "missed": missed, "rate": share(met, met + missed)}

    return {
        "first_response": level("first_response"),
        "resolution": level("resolution"),
        "events": period.events("ticket.replied", "ticket.resolved", "sla.breached"),
    }


def _csat(dated: Figures, period: Period) -> dict[str, Any]:
    scores = dated.counts("surveys.answered")
    answered = sum(scores.values())
    return {
        "sent": dated.count("surveys.sent"),
        "answered": answered,
        "average": average_score(scores),
        "satisfied_rate": share(sum(scores.get(score, 0) for score in SATISFIED), answered),
        "scores": scores,
        "events": period.events("survey.sent", "survey.answered"),
    }
