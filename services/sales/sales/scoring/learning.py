"""Keep frequencies and scores with what is scored, after each of its changes, and anew as a whole."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, Table, delete, exists, func, literal, or_, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import Insert
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from chassis import clock
from chassis.db.bulk import insert_rows, rows_given
from sales.scoring import rules
from sales.scoring.model import ScoringChoice
from sales.scoring.rules import TOTAL, Count
from sales.scoring.scored import Scored
from sales.settings import settings

_A_DAY = timedelta(days=1)
_PLACES = Decimal("0.0001")


class Basis(NamedTuple):
    """From how many cases a score comes, and by which factors."""

    total: Count
    factors: list[str]


def settle(session: Session, scored: Scored, ids: Collection[UUID]) -> None:
    """Let what is learnt, and the scores, follow what these are now: learn from those that have ended, once; forget
    what was learnt of an end that does not hold any more; score those that are open."""
    model, outcomes = scored.model, scored.outcomes
    rows = select(model.id, model.status, outcomes.won).outerjoin(outcomes, scored.key_of(outcomes) == model.id)
    found = session.execute(rows.where(model.id.in_(ids)).order_by(model.id)).all()
    ended = {row.id: row.status in scored.won for row in found if row.status in scored.ended}
    unlearn(session, scored, [row.id for row in found if row.won is not None and row.won != ended.get(row.id)])
    learn(session, scored, [row.id for row in found if row.id in ended and row.won != ended[row.id]])
    score(session, scored, [row.id for row in found if row.status in scored.open])


def learn(session: Session, scored: Scored, ids: Sequence[UUID]) -> int:
    """Learn from those of these locked ones that have ended and are not learnt yet; how many."""
    if not ids:
        return 0
    found = [one._asdict() for one in scored.read_closed(session, ids)]
    rows = [{scored.key: one.pop("id"), **one} for one in found]
    session.execute(delete(scored.scores).where(scored.key_of(scored.scores).in_(ids)))
    if not rows:
        return 0
    new = session.execute(_put_outcomes(scored.outcomes.__table__), rows_given(rows))
    learnt = [(row.won, row.facts) for row in new]
    _count(session, scored, rules.tally(learnt))
    return len(learnt)


def unlearn(session: Session, scored: Scored, ids: Sequence[UUID]) -> None:
    """Take these out of the frequencies again, those that are in them."""
    if not ids:
        return
    kept, counts = scored.outcomes, scored.frequencies
    gone = delete(kept).where(scored.key_of(kept).in_(ids)).returning(kept.won, kept.facts)
    counted = rules.tally((row.won, row.facts) for row in session.execute(gone).all())
    _count(session, scored, {key: Count(-count.won, -count.lost) for key, count in counted.items()})
    session.execute(delete(counts).where(counts.won == 0, counts.lost == 0))


def score(session: Session, scored: Scored, ids: Sequence[UUID]) -> int:
    """Score those of these that are open; how many. None without enough history."""
    basis = basis_of(session, scored) if ids else None
    if not basis or not rules.is_enough(basis.total):
        return 0
    about = {"cases": sum(basis.total), "scored_at": clock.now()}
    found = sorted(_estimated(session, scored, ids, basis).items())
    rows = [{scored.key: id_, "probability": str(probability)} | about for id_, probability in found]
    if rows:
        session.execute(_put_scores(scored.scores.__table__), rows_given(rows))
    return len(rows)


def chances(session: Session, scored: Scored, ids: Sequence[UUID]) -> dict[UUID, Decimal]:
    """The chance of each of these that is open, as it is now (0 to 1); none without enough history."""
    basis = basis_of(session, scored) if ids else None
    return _estimated(session, scored, ids, basis) if basis and rules.is_enough(basis.total) else {}


def _estimated(session: Session, scored: Scored, ids: Sequence[UUID], basis: Basis) -> dict[UUID, Decimal]:
    facts = scored.read_open(session, ids)
    counts = counts_of(session, scored, {key for one in facts.values() for key in rules.keys(one)})
    return {id_: as_stored(rules.estimate(one, counts, basis.factors).probability) for id_, one in facts.items()}


def as_stored(probability: float) -> Decimal:
    """A chance with the four places that are kept."""
    return Decimal(probability).quantize(_PLACES)


def basis_of(session: Session, scored: Scored) -> Basis:
    """What scores come from at the moment."""
    counts = scored.frequencies
    total = select(counts.won, counts.lost).where(counts.factor == TOTAL[0], counts.value == TOTAL[1]).subquery()
    chosen = select(ScoringChoice.factors).where(ScoringChoice.id == scored.choice).subquery()
    both = select(literal(1).label("one")).subquery()
    found = select(total.c.won, total.c.lost, chosen.c.factors).select_from(both)
    row = session.execute(found.outerjoin(total, literal(True)).outerjoin(chosen, literal(True))).one()
    factors = list(scored.factors) if row.factors is None else list(row.factors)
    return Basis(Count(row.won or 0, row.lost or 0), factors)


def counts_of(session: Session, scored: Scored, wanted: Collection[tuple[str, str]]) -> dict[tuple[str, str], Count]:
    """The frequencies that are wanted."""
    kept = scored.frequencies
    found = select(kept.factor, kept.value, kept.won, kept.lost).where(tuple_(kept.factor, kept.value).in_(wanted))
    return {(row.factor, row.value): Count(row.won, row.lost) for row in session.execute(found)}


def score_stale(session: Session, scored: Scored, now: datetime) -> int:
    """Score, in a batch, open ones that were not for a day, or since when the closed ones became one in a hundred more
    or fewer; how many."""
    total = basis_of(session, scored).total
    scores, cases = scored.scores, sum(total)
    moved = func.abs(scores.cases - cases) * 100 >= max(cases, 100)
    return _score_some(
        session, scored, select(scored.key_of(scores)).where(or_(moved, scores.scored_at < now - _A_DAY))
    )


def score_unscored(session: Session, scored: Scored) -> int:
    """Score, in a batch, open ones that have no score, because they were opened before there was enough history; how
    many. Reads all that are open."""
    if not rules.is_enough(basis_of(session, scored).total):
        return 0
    model = scored.model
    known = exists().where(scored.key_of(scored.scores) == model.id)
    return _score_some(session, scored, select(model.id).where(model.status.in_(scored.open), ~known))


def _score_some(session: Session, scored: Scored, which: Select[tuple[UUID]]) -> int:
    """Score as many of these as are swept at a time. They are found before they are locked: a lock in the order of the
    ids would have all of them read in that order."""
    ids = session.scalars(which.limit(settings().sweep_batch)).all()
    found = select(scored.model.id).where(scored.model.id.in_(ids)).order_by(scored.model.id)
    return score(session, scored, session.scalars(found.with_for_update(key_share=True, skip_locked=True)).all())


def outdate(session: Session, scored: Scored) -> None:
    """Let the clock score all open ones anew."""
    session.execute(update(scored.scores).values(cases=0))


def recount(session: Session, scored: Scored) -> None:
    """Make the frequencies anew from all that was learnt. Who closes or reopens one waits until it is done."""
    outcomes, counts = scored.outcomes.__tablename__, scored.frequencies.__tablename__
    session.execute(text(f"LOCK TABLE {counts} IN SHARE ROW EXCLUSIVE MODE"))
    session.execute(delete(scored.frequencies))
    session.execute(text(_RECOUNT.format(counts=counts, outcomes=outcomes)))


_RECOUNT = (
    "INSERT INTO {counts} (factor, value, won, lost)"
    " SELECT f.factor, f.value, count(*) FILTER (WHERE o.won), count(*) FILTER (WHERE NOT o.won)"
    " FROM {outcomes} AS o CROSS JOIN LATERAL ("
    "  SELECT '' AS factor, '' AS value UNION ALL"
    "  SELECT e.key, v.value FROM jsonb_each(o.facts) AS e CROSS JOIN LATERAL jsonb_array_elements_text(e.value) AS v"
    " ) AS f GROUP BY f.factor, f.value"
)


def _count(session: Session, scored: Scored, counts: Mapping[tuple[str, str], Count]) -> None:
    """Add to the frequencies. The total, whose key sorts first, is locked first: who counts does so one after the
    other."""
    if not counts:
        return
    rows = [
        {"factor": factor, "value": value, "won": count.won, "lost": count.lost}
        for (factor, value), count in sorted(counts.items())
    ]
    session.execute(_add_frequencies(scored.frequencies.__table__), rows_given(rows))


@cache
def _put_outcomes(kept: Table) -> ReturningInsert[Any]:
    """INSERT of those that are not learnt yet; what was learnt."""
    (key,) = kept.primary_key
    put = insert_rows(kept, [key.name, "won", "closed_at", "facts", "halfway"], by=[key.name])
    return put.on_conflict_do_nothing().returning(kept.c.won, kept.c.facts)


@cache
def _put_scores(kept: Table) -> Insert:
    """INSERT of scores, instead of those that are there."""
    (key,) = kept.primary_key
    said = ["probability", "cases", "scored_at"]
    put = insert_rows(kept, [key.name, *said], by=[key.name])
    return put.on_conflict_do_update(index_elements=[key], set_={name: put.excluded[name] for name in said})


@cache
def _add_frequencies(kept: Table) -> Insert:
    """INSERT of frequencies, added to those that are there."""
    names = ["factor", "value", "won", "lost"]
    put = insert_rows(kept, names, by=names[:2])
    added = {name: kept.c[name] + put.excluded[name] for name in ("won", "lost")}
    return put.on_conflict_do_update(index_elements=names[:2], set_=added)
