"""Reading counters: a few hundred rows at most, whatever the history."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from chassis.access import Actor
from reporting.dashboards.rules import Span
from reporting.projections.model import Counter, Generation
from reporting.projections.rules import EVER

LIVE = select(Generation.id).where(Generation.state == "live").scalar_subquery()
ALL_TIME = [Span("ever", EVER, EVER)]


class Total(NamedTuple):
    """How many and how much."""

    number: int = 0
    amount: Decimal = Decimal(0)


class Figures(dict[str, dict[tuple[str, str], Total]]):
    """Totals by figure and (key, currency)."""

    def counts(self, figure: str) -> dict[str, int]:
        """How many, by key, zeros left out, in the order of the keys."""
        found: dict[str, int] = defaultdict(int)
        for (key, _), total in self.get(figure, {}).items():
            found[key] += total.number
        return {key: found[key] for key in sorted(found) if found[key]}

    def count(self, figure: str) -> int:
        """How many in all."""
        return sum(total.number for total in self.get(figure, {}).values())

    def money(self, figure: str) -> list[dict[str, Any]]:
        """How many and how much, per currency: amounts of different currencies are never added up."""
        found: dict[str, Total] = defaultdict(Total)
        for (_, currency), total in self.get(figure, {}).items():
            known = found[currency]
            found[currency] = Total(known.number + total.number, known.amount + total.amount)
        return [
            {"currency": currency, "count": total.number, "amount": total.amount}
            for currency, total in sorted(found.items())
            if total.number
        ]


def scope_of(actor: Actor) -> str | None:
    """The name under which what the actor reaches is counted; None where that is nothing."""
    if actor.reach == "all":
        return "all"
    reached = {"own": actor.id, "team": actor.team_id, "partner": actor.partner_id}[actor.reach]
    kind = "owner" if actor.reach == "own" else actor.reach
    return f"{kind}:{reached}" if reached else None


def read(
    session: Session,
    scope: str,
    figures: Sequence[str],
    spans: Sequence[Span],
    keys: Sequence[str] | None = None,
) -> Figures:
    """The totals of these figures over the spans, of some keys or of all."""
    totals = Figures()
    for figure, _, key, currency, count, amount in _rows(session, scope, figures, spans, keys):
        cells = totals.setdefault(figure, {})
        known = cells.get((key, currency), Total())
        cells[key, currency] = Total(known.number + count, known.amount + amount)
    return totals


def by_month(session: Session, scope: str, figure: str, spans: Sequence[Span]) -> list[dict[str, Any]]:
    """One figure's totals by month and currency, in that order."""
    found: dict[tuple[date, str], Total] = defaultdict(Total)
    for _, period, _, currency, count, amount in _rows(session, scope, [figure], spans, None):
        month = period.replace(day=1), currency
        found[month] = Total(found[month].number + count, found[month].amount + amount)
    return [
        {
            "month": month.strftime("%Y-%m"),
            "currency": currency,
            "count": total.number,
            "amount": total.amount,
        }
        for (month, currency), total in sorted(found.items())
        if total.number
    ]


def _rows(
    session: Session, scope: str, figures: Sequence[str], spans: Sequence[Span], keys: Sequence[str] | None
) -> Any:
    """The live generation is found in the same statement: a swap in between can never mix two."""
    periods = [
        and_(Counter.grain == span.grain, Counter.period.between(span.first, span.last)) for span in spans
    ]
    statement = select(
        Counter.figure, Counter.period, Counter.key, Counter.currency, Counter.count, Counter.amount
    ).where(Counter.generation == LIVE, Counter.scope == scope, or_(*periods), Counter.figure.in_(figures))
    if keys is not None:
        statement = statement.where(Counter.key.in_(keys))
    return session.execute(statement)
