"""Who a lead belongs to, and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import Actor, actor, load, visible
from chassis.errors import Conflict
from sales.assignment.giving import Given, give
from sales.cadence.actions import cancel, choose_steps, plan_steps
from sales.leads.batches import Gift, hand_over_many
from sales.leads.events import tell
from sales.leads.model import Lead
from sales.leads.rules import OPEN, WORKED, check_open
from sales.managers import refuse_partners
from sales.matching.facts import facts_of
from sales.pools.moves import leave_pool
from sales.reps.actions import Taker, find_rep, set_owner
from sales.reps.model import Rep
from sales.territories.placing import territory_of

Explanation = dict[str, Any]


def assign_lead(session: Session, lead_id: UUID, owner_id: UUID | None = None, dry_run: bool = False) -> Lead:
    """Give a lead to `owner_id`, or by the rules where nobody is named. A dry run shows the lead as it would
    become. Conflict where it is closed, or where the rules find nobody."""
    refuse_partners("assign leads")
    lead = load(session, Lead, lead_id, lock=True)
    check_open(lead.status)
    rep: Rep | Taker
    if owner_id:
        rep, why = (
            find_rep(session, owner_id),
            explain("manual", None, f"Given by {actor().name or actor().kind}."),
        )
    else:
        (given,) = give(session, facts_of(session, [lead]), [lead], dry_run=dry_run)
        rep, why = _taker(given), given.why
    if dry_run:
        session.expunge(lead)
        _set(lead, rep, why)
    elif rep.id != lead.owner_id or not owner_id:
        hand_over(session, lead, rep, why)
    return lead


def assign_waiting(session: Session, limit: int) -> list[Lead]:
    """Give the open leads that have no owner and lie in no pool by the rules, up to `limit`, those first that were not
    tried for longest; those that somebody assigns at this moment are passed over. The leads that found a rep."""
    waiting = select(Lead).where(Lead.owner_id.is_(None), Lead.pool_id.is_(None), Lead.status.in_(OPEN))
    in_order = waiting.order_by(Lead.tried_at.nulls_first(), Lead.created_at)
    locked = visible(in_order, Lead).limit(limit).with_for_update(skip_locked=True)
    return assign_many(session, session.scalars(locked).all())


def assign_many(session: Session, leads: Sequence[Lead]) -> list[Lead]:
    """Give each of `leads` (locked) by the rules, in a number of statements that does not grow with them; those that
    found a rep."""
    session.flush()
    given = give(session, facts_of(session, leads), leads)
    found = [Gift(lead, one.rep, one.why) for lead, one in zip(leads, given, strict=True) if one.rep]
    hand_over_many(session, found)
    tried = [(lead, one.why) for lead, one in zip(leads, given, strict=True) if one.rep is None]
    for lead, why in tried:
        if lead.owner_id is None and lead.assignment != why:
            lead.assignment = why
    session.flush()
    late = update(Lead).where(Lead.id.in_([lead.id for lead, _ in tried])).values(tried_at=clock.now())
    if tried:  # not a change of the lead: its version stays
        untouched = late.values(updated_at=Lead.updated_at)
        session.execute(untouched, execution_options={"synchronize_session": False})
    return [gift.lead for gift in found]


def assign_new(session: Session, lead: Lead) -> None:
    """Give a new lead by the rules; where they find nobody it waits, and says why."""
    (given,) = give(session, facts_of(session, [lead]), [lead])
    if given.rep:
        hand_over(session, lead, given.rep, given.why)
    else:
        lead.assignment = given.why
        lead.territory_id = UUID(given.why["territory_id"]) if given.why["territory_id"] else None


def hand_over(session: Session, lead: Lead, owner: Rep | Taker | Actor, why: Explanation) -> None:
    """Make `owner` the owner of the lead, start what is left of the cadence anew and tell it."""
    if lead.assigned_at:
        cancel(session, [lead])
    leave_pool(session, lead, "assigned", owner.id)
    if "territory_id" not in why and not lead.territory_id:  # the rules have looked for it
        lead.territory_id = territory_of(session, lead)
    _set(lead, owner, why)
    lead.assigned_at = clock.now()
    steps = choose_steps(session, lead, lead.assigned_at) if lead.status in WORKED else []
    tell(session, "lead.assigned", lead, rule=why)
    plan_steps(session, [(lead, steps)])


def explain(strategy: str, territory: str | None, reason: str) -> Explanation:
    """The explanation that is stored with an assignment and sent with lead.assigned."""
    return {"strategy": strategy, "territory": territory, "reason": reason}


def _set(lead: Lead, owner: Rep | Taker | Actor, why: Explanation) -> None:
    set_owner(lead, owner)
    lead.assignment, lead.territory = why, why["territory"]
    if why.get("territory_id"):
        lead.territory_id = UUID(why["territory_id"])


def _taker(given: Given) -> Taker:
    if given.rep is None:
        raise Conflict("no_rep", given.why["reason"])
    return given.rep
