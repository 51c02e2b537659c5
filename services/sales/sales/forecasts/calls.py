"""What people expect, beside what the deals say: a rep's number and, kept apart, the manager's."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from chassis import money
from chassis.access import actor
from chassis.errors import Forbidden
from sales.forecasts import rules
from sales.forecasts.model import ForecastCall
from sales.managers import require_manager
from sales.periods import Period
from sales.reps.actions import find_rep
from sales.settings import settings
from sales.targets.actions import fiscal
from sales.targets.rules import subject


def make_call(session: Session, data: dict[str, Any]) -> ForecastCall:
    """Say what is to be expected: a rep of the own deals, a manager of a rep's, a team's or (all in reach) the
    company's, with a reason."""
    who, period = actor(), fiscal(data["period"], data["on"])
    scope, subject_id = subject(data.get("rep_id"), data.get("team_id"))
    rep = find_rep(session, subject_id, "rep_id") if scope == "rep" and subject_id else None
    team_id = rep.team_id if rep else subject_id
    own = scope == "rep" and subject_id == who.id
    kind = rules.kind_of_call(own, data.get("reason"))
    if not own:
        require_manager("what others expect")
        if who.reach == "team" and (team_id is None or team_id != who.team_id):
            raise Forbidden("You say what your own team is to expect.", "not_your_team")
    amount = money.accepted(data["amount"], settings().currency, "amount")
    call = ForecastCall(
        kind=kind, period=period.kind, begins_on=period.begin, scope=scope, subject_id=subject_id,
        amount=amount, reason=data.get("reason"), made_by=who.id, owner_id=rep.id if rep else None,
        team_id=team_id,
    )  # fmt: skip
    session.add(call)
    return call


def calls(session: Session, period: Period, scope: str) -> dict[tuple[UUID | None, str], ForecastCall]:
    """The calls of a period that hold, by whom they are about and their kind."""
    newest = (
        select(ForecastCall)
        .where(ForecastCall.period == period.kind, ForecastCall.begins_on == period.begin, ForecastCall.scope == scope)
        .ext(distinct_on(ForecastCall.subject_id, ForecastCall.kind))
        .order_by(ForecastCall.subject_id, ForecastCall.kind, ForecastCall.created_at.desc(), ForecastCall.id.desc())
    )
    return {(call.subject_id, call.kind): call for call in session.scalars(newest)}
