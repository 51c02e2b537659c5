"""Say with whom we compete for a deal, and who got it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Text, Uuid, bindparam, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis.access import load
from chassis.db.sending import send
from chassis.errors import Invalid
from sales.competitors.model import Competitor, DealCompetitor
from sales.deals.model import Deal
from sales.deals.parts import replace
from sales.managers import refuse_partners

_RIVALS = DealCompetitor.__table__
_OUTCOME = update(_RIVALS).where(_RIVALS.c.deal_id == bindparam("deal", type_=Uuid()))
_OUTCOME = _OUTCOME.values(outcome=bindparam("said", type_=Text()))
# Built once: every deal that is won is asked for them.
_BEATEN, _UNDECIDED = _OUTCOME.where(_RIVALS.c.outcome.is_(None)), _OUTCOME.where(_RIVALS.c.outcome != "withdrew")


def add(session: Session, data: dict[str, Any]) -> Competitor:
    """A new competitor."""
    competitor = Competitor(**data)
    session.add(competitor)
    return competitor


def set_rivals(session: Session, deal_id: UUID, competitors: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Make these the competitors in a deal, as RivalOut. Invalid for one who is named twice or not known."""
    deal = load(session, Deal, deal_id, lock=True)
    ids = [one["competitor_id"] for one in competitors]
    known = set(session.scalars(select(Competitor.id).where(Competitor.id.in_(ids))))
    for place, one in enumerate(ids):
        path = f"competitors.{place}.competitor_id"
        if one not in known:
            raise Invalid(path, "unknown_competitor", "There is no competitor with this id.")
        if one in ids[:place]:
            raise Invalid(path, "duplicate", "This competitor is named already.")
    replace(session, deal, DealCompetitor, competitors)
    return show(session, deal_id)


def show(session: Session, deal_id: UUID) -> list[dict[str, Any]]:
    """The competitors in a deal within reach, as RivalOut."""
    deal = load(session, Deal, deal_id)
    columns = (getattr(DealCompetitor, name) for name in ("competitor_id", "threat", "outcome", "note"))
    rivals = select(*columns, Competitor.name).join(Competitor, Competitor.id == DealCompetitor.competitor_id)
    found = session.execute(rivals.where(DealCompetitor.deal_id == deal.id).order_by(Competitor.name))
    return [dict(row) for row in found.mappings()]


def beaten(session: Session, deal: Deal) -> None:
    """The deal is won: of whom nothing else is said is beaten."""
    send(session, _BEATEN, {"deal": deal.id, "said": "beaten"})


def lost_to(session: Session, deal: Deal, competitor_id: UUID) -> None:
    """The deal is lost to this competitor, who may have been unheard of till then."""
    refuse_partners("name competitors")
    if session.get(Competitor, competitor_id) is None:
        raise Invalid("competitor_id", "unknown_competitor", "There is no competitor with this id.")
    values = {"deal_id": deal.id, "competitor_id": competitor_id, "threat": "high", "outcome": "lost_to"}
    put = insert(DealCompetitor).values(values)
    key = ["deal_id", "competitor_id"]
    session.execute(put.on_conflict_do_update(index_elements=key, set_={"outcome": "lost_to"}))


def undecided(session: Session, deal: Deal) -> None:
    """The deal is open again: who had won or lost against us has not, yet."""
    send(session, _UNDECIDED, {"deal": deal.id, "said": None})
