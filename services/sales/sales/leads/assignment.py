"""Who a lead belongs to, and why."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import Actor, actor, load, visible
from chassis.errors import Conflict
from sales.cadence.actions import end_follow_ups, plan_follow_ups
from sales.leads.events import tell
from sales.leads.model import Lead
from sales.leads.rules import OPEN, check_open
from sales.managers import refuse_partners
from sales.reps.actions import find_rep, set_owner
from sales.reps.model import Rep
from sales.territories.actions import Given, give

Explanation = dict[str, str | None]


def assign_lead(session: Session, lead_id: UUID, owner_id: UUID | None = None, dry_run: bool = False) -> Lead:
    """Give a lead to `owner_id`, or by the rules where nobody is named. A dry run shows the lead as it would
    become. Conflict where it is closed, or where the rules find nobody."""
    refuse_partners("assign leads")
    lead = load(session, Lead, lead_id, lock=True)
    check_open(lead.status)
    if owner_id:
        rep, why = (
            find_rep(session, owner_id),
            explain("manual", None, f"Given by {actor().name or actor().kind}."),
        )
    else:
        given = give(session, [(lead.country, lead.postcode)], dry_run=dry_run)[0]
        rep, why = _taker(given), explain_offer(given)
    if dry_run:
        session.expunge(lead)
        _set(lead, rep, why)
    elif rep.id != lead.owner_id or not owner_id:
        hand_over(session, lead, rep, why)
    return lead


def assign_waiting(session: Session, limit: int) -> list[Lead]:
    """Give the oldest open leads without an owner by the rules, up to `limit`; those that somebody assigns at
    this moment are passed over. The leads that found a rep."""
    refuse_partners("assign leads")
    waiting = select(Lead).where(Lead.owner_id.is_(None), Lead.status.in_(OPEN)).order_by(Lead.created_at)
    locked = visible(waiting, Lead).limit(limit).with_for_update(skip_locked=True)
    return assign_by_rules(session, session.scalars(locked).all())


def assign_by_rules(session: Session, leads: Sequence[Lead]) -> list[Lead]:
    """Give each of `leads` (new or locked) by territory and turn; those that found a rep. The others are
    explained."""
    given = give(session, [(lead.country, lead.postcode) for lead in leads])
    for lead, one in zip(leads, given, strict=True):
        if one.rep:
            hand_over(session, lead, one.rep, explain_offer(one))
        elif lead.owner_id is None:
            lead.assignment = explain_offer(one)
    return [lead for lead, one in zip(leads, given, strict=True) if one.rep]


def hand_over(session: Session, lead: Lead, owner: Rep | Actor, why: Explanation) -> None:
    """Make `owner` the owner of the lead, start what is left of the cadence anew and tell it."""
    if lead.assigned_at:
        end_follow_ups(session, lead)
    _set(lead, owner, why)
    lead.assigned_at = clock.now()
    tell(session, "lead.assigned", lead, rule=why)
    if lead.status in ("new", "following"):
        plan_follow_ups(session, lead, lead.assigned_at)


def explain(strategy: str, territory: str | None, reason: str) -> Explanation:
    """The explanation that is stored with an assignment and sent with lead.assigned."""
    return {"strategy": strategy, "territory": territory, "reason": reason}


def explain_offer(given: Given) -> Explanation:
    """The explanation of an assignment by rules."""
    offer = given.offer
    return explain(offer.strategy, offer.area.name if offer.area else None, offer.reason)


def _set(lead: Lead, owner: Rep | Actor, why: Explanation) -> None:
    set_owner(lead, owner)
    lead.assignment, lead.territory = why, why["territory"]


def _taker(given: Given) -> Rep:
    if given.rep is None:
        raise Conflict("no_rep", given.offer.reason)
    return given.rep
