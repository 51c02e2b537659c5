"""Show how likely deals are to be won, and why; choose by what; test it against what came."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import load, visible
from chassis.jobs import Job, start_job
from sales.deals import rules as deal_rules
from sales.deals.model import Deal
from sales.locks import hold
from sales.managers import require_manager
from sales.pipelines.model import Pipeline, Stage
from sales.products.model import Category
from sales.scoring import learning, reading, rules
from sales.scoring.evaluation import Case, back_test
from sales.scoring.job import KIND
from sales.scoring.model import DealOutcome, DealScore, ScoringChoice
from sales.scoring.rules import TOTAL, Factor
from sales.scoring.wording import name_of, why_not, words_of
from sales.settings import settings

_LIMIT, _MOST_CASES = 200, 20_000
_NO_FIGURE: dict[str, Any] = {
    "enough": False, "probability": None, "base_rate": None, "base_log_odds": None, "factors": [],
}  # fmt: skip


def explain(session: Session, deal_id: UUID) -> dict[str, Any]:
    """The chance of an open deal within reach as it is now, as ScoreOut; no figure, and why, without enough history.
    Conflict once it is closed."""
    deal = load(session, Deal, deal_id)
    deal_rules.check_open(deal.status)
    facts = reading.open_facts(session, [deal.id]).get(deal.id, {})
    counts = reading.counts_of(session, rules.keys(facts))
    total = counts.get(TOTAL, rules.NONE)
    known: dict[str, Any] = {"deal_id": deal.id, "won": total.won, "lost": total.lost, "at": clock.now()}
    if not rules.is_enough(total):
        return known | _NO_FIGURE | {"why": why_not(total, rules.ENOUGH)}
    found = rules.estimate(facts, counts, learning.factors(session))
    names = _names(session, found.factors)
    return known | {
        "enough": True,
        "why": None,
        "probability": learning.as_stored(found.probability),
        "base_rate": found.base_rate,
        "base_log_odds": rules.log_odds(found.base_rate),
        "factors": [_shown(one, names, found.base_rate) for one in found.factors],
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


def scoring(session: Session) -> dict[str, Any]:
    """By what deals are scored, and from how many, as ScoringOut."""
    total = reading.counts_of(session, [TOTAL]).get(TOTAL, rules.NONE)
    share = {"base_rate": rules.base_rate(total), "enough": rules.is_enough(total)}
    return {"factors": learning.factors(session), "won": total.won, "lost": total.lost, **share}


def choose(session: Session, factors: list[str]) -> dict[str, Any]:
    """Score deals by these factors from now on; the clock scores the open ones anew. Nothing is learnt anew: all
    factors are counted, whatever is chosen."""
    require_manager("by what deals are scored")
    rules.check_factors(factors)
    hold(session, "scoring_choice")
    if factors != learning.factors(session):
        new = insert(ScoringChoice).values(id=1, factors=factors)
        session.execute(new.on_conflict_do_update(index_elements=["id"], set_={"factors": new.excluded.factors}))
        learning.outdate(session)
    return scoring(session)


def try_out(session: Session) -> dict[str, Any]:
    """What the score would have said of the newer closed deals, learnt from the older ones, as BackTestOut; of the
    20 000 that were closed last."""
    require_manager("or test the score")
    last = select(DealOutcome.won, DealOutcome.facts, DealOutcome.halfway)
    last = last.order_by(DealOutcome.closed_at.desc(), DealOutcome.deal_id.desc()).limit(_MOST_CASES)
    cases = [Case(*row) for row in session.execute(last)]
    return back_test(cases[::-1], learning.factors(session))


def make_anew(session: Session) -> Job:
    """Start the job that makes frequencies and scores anew."""
    require_manager("the scores of all deals")
    return start_job(session, KIND)


def _shown(one: Factor, names: dict[str, str], base_rate: float) -> dict[str, Any]:
    name = name_of(one.factor, one.value, names, settings().currency)
    won, lost = one.closed
    return {**one._asdict(), "name": name, "won": won, "lost": lost, "words": words_of(one, name, base_rate)}


def _names(session: Session, factors: list[Factor]) -> dict[str, str]:
    """What stages, pipelines and categories are called, by their ids as texts."""
    names: dict[str, str] = {}
    for factor, model in (("stage", Stage), ("pipeline", Pipeline), ("category", Category)):
        ids = [UUID(one.value) for one in factors if one.factor == factor]
        named: Any = model
        if ids:
            rows = session.execute(select(named.id, named.name).where(named.id.in_(ids)))
            names |= {str(row.id): row.name for row in rows}
    return names
