"""Keep the frequencies and the scores with the deals, in the transaction that changes a deal, and anew as a whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import delete, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock
from sales.deals.model import Deal
from sales.scoring import reading, rules
from sales.scoring.model import DealFrequency, DealOutcome, DealScore, ScoringChoice
from sales.scoring.rules import TOTAL, Count
from sales.settings import settings

_A_DAY = timedelta(days=1)
_PLACES = Decimal("0.0001")


def follow(session: Session, deal: Deal) -> None:
    """Let the score follow a locked deal that was changed: learn from one that is closed, once; score one that is
    open. Whoever reopens one calls `unlearn` first."""
    if deal.status == "open":
        score(session, [deal.id])
    else:
        learn(session, [deal.id])


def learn(session: Session, ids: Sequence[UUID]) -> int:
    """Learn from those of these locked deals that are closed and not learnt yet; how many."""
    rows = [one._asdict() for one in reading.closed_deals(session, ids)]
    if not rows:
        return 0
    new = insert(DealOutcome).values(rows).on_conflict_do_nothing().returning(DealOutcome.won, DealOutcome.facts)
    learnt = [(row.won, row.facts) for row in session.execute(new)]
    _count(session, rules.tally(learnt))
    session.execute(delete(DealScore).where(DealScore.deal_id.in_([row["deal_id"] for row in rows])))
    return len(learnt)


def unlearn(session: Session, deal_id: UUID) -> None:
    """Take a deal out of the frequencies again, if it is in them."""
    gone = delete(DealOutcome).where(DealOutcome.deal_id == deal_id).returning(DealOutcome.won, DealOutcome.facts)
    for won, facts in session.execute(gone).all():
        counted = rules.tally([(won, facts)])
        _count(session, {key: Count(-count.won, -count.lost) for key, count in counted.items()})
        session.execute(delete(DealFrequency).where(DealFrequency.won == 0, DealFrequency.lost == 0))


def score(session: Session, ids: Sequence[UUID]) -> int:
    """Score those of these deals that are open; how many. None without enough history."""
    total = reading.counts_of(session, [TOTAL]).get(TOTAL, rules.NONE)
    if not ids or not rules.is_enough(total):
        return 0
    facts = reading.open_facts(session, ids)
    counts = reading.counts_of(session, {key for one in facts.values() for key in rules.keys(one)})
    chosen, now = factors(session), clock.now()
    rows = [
        {
            "deal_id": deal_id, "cases": sum(total), "scored_at": now,
            "probability": as_stored(rules.estimate(one, counts, chosen).probability),
        }
        for deal_id, one in sorted(facts.items())
    ]  # fmt: skip
    if rows:
        new = insert(DealScore).values(rows)
        renewed = {name: new.excluded[name] for name in ("probability", "cases", "scored_at")}
        session.execute(new.on_conflict_do_update(index_elements=["deal_id"], set_=renewed))
    return len(rows)


def as_stored(probability: float) -> Decimal:
    """A chance with the four places that are kept."""
    return Decimal(probability).quantize(_PLACES)


def factors(session: Session) -> list[str]:
    """The factors by which deals are scored."""
    chosen = session.scalar(select(ScoringChoice.factors))
    return list(rules.FACTORS) if chosen is None else list(chosen)


def score_stale(session: Session, now: datetime) -> int:
    """Score, in a batch, open deals that were not yet, or not for a day, or since when the closed deals became one in a
    hundred more or fewer; how many."""
    cases = sum(reading.counts_of(session, [TOTAL]).get(TOTAL, rules.NONE))
    moved = func.abs(DealScore.cases - cases) * 100 >= max(cases, 100)
    stale = or_(DealScore.deal_id.is_(None), moved, DealScore.scored_at < now - _A_DAY)
    found = select(Deal.id).outerjoin(DealScore, DealScore.deal_id == Deal.id).where(Deal.status == "open", stale)
    batch = found.order_by(Deal.id).limit(settings().sweep_batch)
    return score(session, session.scalars(batch.with_for_update(of=Deal, key_share=True, skip_locked=True)).all())


def outdate(session: Session) -> None:
    """Let the clock score all open deals anew."""
    session.execute(update(DealScore).values(cases=0))


def recount(session: Session) -> None:
    """Make the frequencies anew from all that was learnt. Who closes or reopens a deal waits until it is done."""
    session.execute(text("LOCK TABLE deal_frequencies IN SHARE ROW EXCLUSIVE MODE"))
    session.execute(delete(DealFrequency))
    session.execute(_RECOUNT)


_RECOUNT = text(
    "INSERT INTO deal_frequencies (factor, value, won, lost)"
    " SELECT f.factor, f.value, count(*) FILTER (WHERE o.won), count(*) FILTER (WHERE NOT o.won)"
    " FROM deal_outcomes AS o CROSS JOIN LATERAL ("
    "  SELECT '' AS factor, '' AS value UNION ALL"
    "  SELECT e.key, v.value FROM jsonb_each(o.facts) AS e CROSS JOIN LATERAL jsonb_array_elements_text(e.value) AS v"
    " ) AS f GROUP BY f.factor, f.value"
)


def _count(session: Session, counts: Mapping[tuple[str, str], Count]) -> None:
    """Add to the frequencies. The total, whose key sorts first, is locked first: who counts does so one after the
    other."""
    if not counts:
        return
    rows = [
        {"factor": factor, "value": value, "won": count.won, "lost": count.lost}
        for (factor, value), count in sorted(counts.items())
    ]
    new = insert(DealFrequency).values(rows)
    added = {name: getattr(DealFrequency, name) + new.excluded[name] for name in ("won", "lost")}
    session.execute(new.on_conflict_do_update(index_elements=["factor", "value"], set_=added))
