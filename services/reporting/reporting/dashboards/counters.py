"""Reading counters: a few hundred rows at most, whatever the history."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from chassis.access import Actor
from chassis.money import rounded
from reporting.dashboards.rules import Span
from reporting.projections.model import Generation
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

    def net(self, figure: str, credited: str) -> list[dict[str, Any]]:
        """`money` of a figure with what was credited of it since, and what is left."""
        less = {line["currency"]: line["amount"] for line in self.money(credited)}
        return [net(line, less.get(line["currency"], Decimal(0))) for line in self.money(figure)]


def net(line: dict[str, Any], credited: Decimal) -> dict[str, Any]:
    """How much in one currency, with what was credited of it and what is left."""
    less = rounded(credited, line["currency"])
    return line | {"credited": less, "net": line["amount"] - less}


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
    asked = _asked(scope, figures, spans) | {"keys": None if keys is None else list(keys)}
    for figure, key, currency, count, amount in session.execute(_TOTALS, asked):
        totals.setdefault(figure, {})[key, currency] = Total(count, amount)
    return totals


def by_month(session: Session, scope: str, figure: str, credited: str, spans: Sequence[Span]) -> list[dict[str, Any]]:
    """One figure's totals by month and currency, in that order, with what was credited of them since."""
    rows = session.execute(_MONTHS, _asked(scope, [figure, credited], spans) | {"figure": figure})
    return [
        net({"month": month, "currency": currency, "count": count, "amount": amount}, less)
        for month, currency, count, amount, less in rows
        if count
    ]


def _asked(scope: str, figures: Sequence[str], spans: Sequence[Span]) -> dict[str, Any]:
    grains, firsts, lasts = zip(*spans, strict=True)
    return {
        "scope": scope,
        "figures": list(figures),
        "grains": list(grains),
        "firsts": list(firsts),
        "lasts": list(lasts),
    }


# Written out, for they are read most; and so that the live generation is found in the statement that reads its rows: a
# swap in between can never mix two.
_FROM = """
    FROM unnest(CAST(:grains AS text[]), CAST(:firsts AS date[]), CAST(:lasts AS date[])) AS span (grain, first, last)
    JOIN counters AS c ON c.scope = :scope AND c.grain = span.grain AND c.period BETWEEN span.first AND span.last
    WHERE c.generation = (SELECT id FROM generations WHERE state = 'live')
      AND c.figure = ANY(CAST(:figures AS text[]))
"""
_TOTALS = text(
    f"""
    SELECT c.figure, c.key, c.currency, CAST(sum(c.count) AS bigint), sum(c.amount) {_FROM}
      AND (CAST(:keys AS text[]) IS NULL OR c.key = ANY(CAST(:keys AS text[])))
    GROUP BY c.figure, c.key, c.currency
    """
)
_MONTHS = text(
    f"""
    SELECT to_char(c.period, 'YYYY-MM') AS month, c.currency,
           CAST(coalesce(sum(c.count) FILTER (WHERE c.figure = :figure), 0) AS bigint),
           coalesce(sum(c.amount) FILTER (WHERE c.figure = :figure), 0),
           coalesce(sum(c.amount) FILTER (WHERE c.figure <> :figure), 0) {_FROM}
    GROUP BY month, c.currency ORDER BY month, c.currency
    """
)
