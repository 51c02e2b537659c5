"""Leads as they are scored: converted, or lost; by what is read of many at once.

One that fell asleep counts as lost until it wakes. What was closed because its person was erased, or turned out to be
the person of another lead, came to no end of its own, and nothing is learnt from it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, func, select
from sqlalchemy.dialects.postgresql import array_agg
from sqlalchemy.orm import Session, aliased

from chassis import clock
from sales.customers.model import Company
from sales.leads.model import Lead, LeadChange, Touch
from sales.leads.rules import ERASED, MERGED, WORKED
from sales.scoring import rules
from sales.scoring.lead_facts import AGES, EMPLOYEES, FACTORS, FILLED, HOURS, SAID, Known, facts_of
from sales.scoring.model import LeadFrequency, LeadOutcome, LeadScore
from sales.scoring.rules import Factor
from sales.scoring.scored import Closed, Scored
from sales.scoring.wording import band

_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)
_OPEN, _WON, _LOST = (*WORKED, "shelved"), ("converted",), ("lost", "dormant")
_BANDS = {"age": AGES, "employees": EMPLOYEES, "filled": FILLED, "response": HOURS}


def open_facts(session: Session, ids: Sequence[UUID]) -> dict[UUID, dict[str, list[str]]]:
    """The facts of those of these leads that are open, by lead."""
    now = clock.now()
    rows = session.execute(_statement(ids).where(Lead.status.in_(_OPEN)))
    return {row.id: facts_of(_known(row, now), reached=False) for row in rows}


def closed_facts(session: Session, ids: Sequence[UUID]) -> list[Closed]:
    """What is to be learnt of those of these leads that are converted, lost or asleep, in the order of their ids."""
    last = aliased(LeadChange)
    newest = select(last.at, last.cause).where(last.lead_id == Lead.id).order_by(last.at.desc(), last.id.desc())
    end = newest.limit(1).lateral()
    ended = _statement(ids, end.c.at.label("ended_at"), end.c.cause).outerjoin(end, Lead.id.is_not(None))
    rows = session.execute(ended.where(Lead.status.in_((*_WON, *_LOST)))).all()
    return [_closed(row) for row in rows if row.cause not in (ERASED, MERGED)]


def names(_: Session, factors: Sequence[Factor]) -> Mapping[tuple[str, str], str]:
    """The bands of ages, hours, sizes and points."""
    return {
        (one.factor, one.value): band(_BANDS[one.factor], int(one.value)) for one in factors if one.factor in _BANDS
    }


def _closed(row: Row[Any]) -> Closed:
    at = row.closed_at or row.ended_at or row.last_activity_at
    moment = rules.middle(row.created_at, at)
    facts, halfway = facts_of(_known(row, at), reached=True), facts_of(_known(row, moment), reached=False)
    return Closed(row.id, row.status in _WON, at, facts, halfway)


def _known(row: Row[Any], at: datetime) -> Known:
    """What was known of a lead at a moment, as far as it is kept since when."""
    first = row.talked_at or row.followed_at  # who was woken by a form followed already when somebody talked to them
    talked = first is not None and first <= at
    return Known(
        source=row.source,
        campaign=str(row.campaign_id) if row.campaign_id else None,
        country=row.country or row.company_country,
        industry=row.industry,
        employees=row.employees,
        levels={name: one["level"] for name, one in row.qualification.items() if _since(one) <= at},
        filled=row.score,
        forms=sum(one <= at for one in row.forms_at or ()),
        talked=talked,
        response=(row.talked_at - row.created_at) / _HOUR if talked and row.talked_at else None,
        days=(at - row.created_at) / _DAY,
        recycled=sum(one <= at for one in row.recycled_at or ()),
    )


def _since(criterion: Mapping[str, str]) -> datetime:
    return datetime.fromisoformat(criterion["at"])


def _statement(ids: Sequence[UUID], *more: ColumnElement[Any]) -> Any:
    def of_lead(column: Any, model: type[Any], *which: ColumnElement[bool]) -> Any:
        return select(column).where(model.lead_id == Lead.id, *which).scalar_subquery()

    talks = (LeadChange.to_status == "following", LeadChange.cause == "interaction")
    columns: tuple[Any, ...] = (
        Lead.id, Lead.status, Lead.source, Lead.campaign_id, Lead.country, Lead.qualification, Lead.score,
        Lead.created_at, Lead.closed_at, Lead.followed_at, Lead.last_activity_at,
        Company.country.label("company_country"), Company.industry, Company.employees,
        of_lead(array_agg(Touch.at), Touch).label("forms_at"),
        of_lead(func.min(LeadChange.at), LeadChange, *talks).label("talked_at"),
        of_lead(array_agg(LeadChange.at), LeadChange, LeadChange.to_status == "recycled").label("recycled_at"),
    )  # fmt: skip
    found = select(*columns, *more).outerjoin(Company, Company.id == Lead.company_id)
    return found.where(Lead.id.in_(ids)).order_by(Lead.id)


LEADS = Scored(
    name="leads", choice=2, model=Lead, key="lead_id", outcomes=LeadOutcome, frequencies=LeadFrequency,
    scores=LeadScore, open=_OPEN, won=_WON, lost=_LOST, factors=FACTORS, said=SAID, read_open=open_facts,
    read_closed=closed_facts, names=names,
)  # fmt: skip
