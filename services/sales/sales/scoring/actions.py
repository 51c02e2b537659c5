"""Show how likely deals are to be won and leads to be converted, and why; choose by what; test it against what came."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import load, visible
from chassis.errors import Conflict
from chassis.jobs import Job, start_job
from sales.deals.model import Deal
from sales.locks import hold
from sales.managers import require_manager
from sales.scoring import learning, rules
from sales.scoring.evaluation import Case, back_test
from sales.scoring.job import KIND
from sales.scoring.model import DealScore, ScoringChoice
from sales.scoring.rules import TOTAL, Factor
from sales.scoring.scored import Scored
from sales.scoring.wording import why_not, words_of

_LIMIT, _MOST_CASES = 200, 20_000
_NO_FIGURE: dict[str, Any] = {
    "enough": False, "probability": None, "base_rate": None, "base_log_odds": None, "factors": [],
}  # fmt: skip


def explain(session: Session, scored: Scored, id: UUID) -> dict[str, Any]:
    """The chance of an open one within reach as it is now, as ScoreOut; no figure, and why, without enough history.
    Conflict once it has ended."""
    one = load(session, scored.model, id)
    if one.status not in scored.open:
        message = f"It is {one.status}; only what is open has a chance."
        raise Conflict(f"already_{one.status}", message)
    facts = scored.read_open(session, [id]).get(id, {})
    basis = learning.basis_of(session, scored)
    counts = learning.counts_of(session, scored, rules.keys(facts))
    total = counts.get(TOTAL, rules.NONE)
    known: dict[str, Any] = {scored.key: id, "won": total.won, "lost": total.lost, "at": clock.now()}
    if not rules.is_enough(total):
        return known | _NO_FIGURE | {"why": why_not(scored.said, total, rules.ENOUGH)}
    found = rules.estimate(facts, counts, basis.factors)
    names = scored.names(session, found.factors)
    return known | {
        "enough": True,
        "why": None,
        "probability": learning.as_stored(found.probability),
        "base_rate": found.base_rate,
        "base_log_odds": rules.log_odds(found.base_rate),
        "factors": [_shown(scored, factor, names, found.base_rate) for factor in found.factors],
    }


def likeliest(
    session: Session, pipeline_id: UUID | None, stage_id: UUID | None, owner_id: UUID | None
) -> list[Row[Any]]:
    """The open deals within reach that are scored, the likeliest first, up to 200."""
    columns: tuple[Any, ...] = (
        DealScore.deal_id, Deal.name, Deal.stage, Deal.owner_id, DealScore.probability, DealScore.scored_at,
    )  # fmt: skip
    asked: tuple[tuple[ColumnElement[Any] | Any, UUID | None], ...] = (
        (Deal.pipeline_id, pipeline_id), (Deal.stage_id, stage_id), (Deal.owner_id, owner_id),
    )  # fmt: skip
    found = visible(select(*columns).join(Deal, Deal.id == DealScore.deal_id).where(Deal.status == "open"), Deal)
    found = found.where(*(column == wanted for column, wanted in asked if wanted))
    return list(session.execute(found.order_by(DealScore.probability.desc(), DealScore.deal_id.desc()).limit(_LIMIT)))


def scoring(session: Session, scored: Scored) -> dict[str, Any]:
    """By what is scored, and from how many, as ScoringOut."""
    total, factors = learning.basis_of(session, scored)
    share = {"base_rate": rules.base_rate(total), "enough": rules.is_enough(total)}
    return {"factors": factors, "won": total.won, "lost": total.lost, **share}


def choose(session: Session, scored: Scored, factors: list[str]) -> dict[str, Any]:
    """Score by these factors from now on; the clock scores the open ones anew. Nothing is learnt anew: all factors are
    counted, whatever is chosen."""
    require_manager(f"by what {scored.name} are scored")
    rules.check_factors(factors)
    hold(session, f"scoring_choice:{scored.name}")
    if factors != learning.basis_of(session, scored).factors:
        new = insert(ScoringChoice).values(id=scored.choice, factors=factors)
        session.execute(new.on_conflict_do_update(index_elements=["id"], set_={"factors": new.excluded.factors}))
        learning.outdate(session, scored)
    return scoring(session, scored)


def try_out(session: Session, scored: Scored) -> dict[str, Any]:
    """What the score would have said of the newer ended ones, learnt from the older ones, as BackTestOut; of the 20 000
    that ended last."""
    require_manager("or test the score")
    kept = scored.outcomes
    last = select(kept.won, kept.facts, kept.halfway).order_by(kept.closed_at.desc(), scored.key_of(kept).desc())
    cases = [Case(*row) for row in session.execute(last.limit(_MOST_CASES))]
    return back_test(cases[::-1], learning.basis_of(session, scored).factors, scored.said)


def make_anew(session: Session, scored: Scored) -> Job:
    """Start the job that makes frequencies and scores anew."""
    require_manager(f"the scores of all {scored.name}")
    return start_job(session, KIND, params={"scored": scored.name})


def _shown(
    scored: Scored, one: Factor, names: Mapping[tuple[str, str], str], base_rate: float
) -> dict[str, Any]:  # fmt: skip
    name = names.get((one.factor, one.value), one.value)
    won, lost = one.closed
    return {
        **one._asdict(),
        "name": name,
        "won": won,
        "lost": lost,
        "words": words_of(scored.said, one, name, base_rate),
    }
