"""Say who works on a deal."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import actor, load
from sales.deals.model import Deal
from sales.deals.parts import replace
from sales.members.model import DealMember
from sales.members.rules import check_members
from sales.reps.actions import check_team, find_rep
from sales.reps.model import Rep

_SHOWN = ("user_id", "team_id", "role", "access", "until", "granted_by")


def set_members(session: Session, deal_id: UUID, members: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Make these the team of a deal, as MemberOut. Needs the owner's access. Invalid for who is no active colleague."""
    deal = load(session, Deal, deal_id, lock=True, access="owner")
    check_members(members, clock.now())
    for place, one in enumerate(members):
        if one["user_id"]:
            find_rep(session, one["user_id"], f"members.{place}.user_id")
        else:
            check_team(session, one["team_id"], f"members.{place}.team_id")
    replace(session, deal, DealMember, [{**one, "granted_by": actor().id} for one in members])
    return show(session, deal_id)


def show(session: Session, deal_id: UUID) -> list[dict[str, Any]]:
    """The team of a deal within reach, as MemberOut, in the order in which it was named."""
    deal = load(session, Deal, deal_id)
    team = select(*(getattr(DealMember, name) for name in _SHOWN), Rep.name)
    theirs = team.outerjoin(Rep, Rep.id == DealMember.user_id).where(DealMember.deal_id == deal.id)
    return [dict(row) for row in session.execute(theirs.order_by(DealMember.id)).mappings()]
