"""What becomes of leads when something happens elsewhere, or nothing for too long."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.events import Event
from sales.cadence.actions import do_step, plan_follow_ups, tick_off
from sales.customers.actions import current_id, hold_person, introduce
from sales.customers.model import Person
from sales.handovers.model import HandOver
from sales.leads import rules
from sales.leads.actions import locked, open_lead_of, open_leads_of, start_lead, wake
from sales.leads.assignment import assign_many, assign_new, explain, hand_over
from sales.leads.events import tell
from sales.leads.history import Why
from sales.leads.model import Lead, Touch
from sales.reps.model import Rep
from sales.settings import settings

# Of who leaves, contacts asks within seconds that their deputy takes over; this allows for a backlog.
_ASKED_WITHIN = timedelta(minutes=5)


def take_identified(session: Session, event: Event) -> None:
    """A form brought somebody in: a new lead of the house, or one more touch of its lead that is open. Once per
    submission. What somebody writes to the house is no business of a partner who follows them."""
    person_id, submission_id = hold_person(session, event.uuid("person_id")), event.uuid("submission_id")
    person = introduce(session, person_id, **_known(event))
    if person.erased or session.get(Touch, submission_id):
        return
    lead = open_leads_of(session, person_id).get(None)
    if lead:
        _come_again(session, lead, event)
    else:
        lead = _start(session, person, event)
    session.add(_touch(lead, event))


def take_interaction(session: Session, event: Event) -> None:
    """Somebody talked to a lead: that step of the cadence is done. Of a person whose lead it does not name,
    it only breaks the silence."""
    if event.data.get("channel") not in rules.CONTACT_CHANNELS:
        return
    at, lead_id, person_id = event.instant("at"), event.optional_uuid("lead_id"), event.optional_uuid("person_id")
    if lead_id:
        lead = locked(session, Lead.id == lead_id)
        if lead:
            _follow(session, lead, at, event.uuid("interaction_id"))
    elif person_id:
        lead = open_lead_of(session, current_id(session, person_id))
        if lead and at > lead.last_activity_at:
            _stir(session, lead, at, Why("interaction"))
            tell(session, "lead.touched", lead, submission_id=None)


def take_ticked(session: Session, event: Event) -> None:
    """Somebody completed the task of a follow-up: that step is done. The lead itself is moved on by the talk alone, of
    which an interaction tells."""
    lead_id = event.optional_uuid("lead_id")
    lead = locked(session, Lead.id == lead_id) if lead_id and event.data.get("source") == "followup" else None
    if lead:
        tick_off(session, lead, event.uuid("task_id"))


def give_to_others(session: Session) -> int:
    """Assign the open leads that nobody works on, because they have no owner (and lie in no pool) or
    theirs has left; how many. What passes to others by a hand-over, or may do so soon, is left to that."""
    passing_on = select(HandOver.from_user_id).where(~HandOver.done)
    long_gone = Rep.updated_at <= clock.now() - _ASKED_WITHIN
    gone = select(Rep.id).where(~Rep.active, long_gone, Rep.id.not_in(passing_on))
    nobodys = and_(Lead.owner_id.is_(None), Lead.pool_id.is_(None))
    idle = select(Lead).where(Lead.status.in_(rules.OPEN), or_(nobodys, Lead.owner_id.in_(gone)))
    in_order = idle.order_by(Lead.tried_at.nulls_first(), Lead.created_at)
    batch = in_order.limit(settings().sweep_batch).with_for_update(skip_locked=True)
    return len(assign_many(session, session.scalars(batch).all()))


def _start(session: Session, person: Person, event: Event) -> Lead:
    data = event.data
    lead = start_lead(
        session,
        person,
        **_known(event),
        message=event.personal.get("message"),
        source=data.get("source") or "web_form",
        campaign_id=event.optional_uuid("campaign_id"),
        product=data.get("product"),
        language=rules.language(data.get("language")),
    )
    owner_id = event.optional_uuid("owner_id")
    keeper = session.get(Rep, owner_id) if owner_id else None
    if keeper and keeper.takes_leads:
        hand_over(session, lead, keeper, explain("customer_owner", None, "Owner of the person in contacts."))
    else:
        assign_new(session, lead)
    return lead


def _come_again(session: Session, lead: Lead, event: Event) -> None:
    lead.message = event.personal.get("message") or lead.message
    lead.last_source = event.data.get("source") or "web_form"
    lead.last_campaign_id = event.optional_uuid("campaign_id")
    lead.product = lead.product or event.data.get("product")
    lead.language = lead.language or rules.language(event.data.get("language"))
    _stir(session, lead, max(event.time, lead.last_activity_at), Why("form"))
    tell(session, "lead.touched", lead, submission_id=event.data["submission_id"])


def _stir(session: Session, lead: Lead, at: datetime, why: Why) -> None:
    """The person gave a sign of life: silence counts from now on, and who slept or was put aside is up
    again."""
    lead.last_activity_at = at
    if lead.status in ("dormant", "shelved"):
        wake(session, lead, why)
        if lead.owner_id:
            plan_follow_ups(session, lead, at)


def _follow(session: Session, lead: Lead, at: datetime, interaction_id: UUID) -> None:
    late = lead.followed_at is not None and at <= lead.followed_at
    if lead.status not in rules.OPEN or late:
        return
    if lead.status == "following":
        lead.follow_step += 1
    else:
        wake(session, lead, Why("interaction"))
        lead.follow_step = 1
    lead.followed_at, lead.last_activity_at = at, max(at, lead.last_activity_at)
    tell(session, "lead.followed", lead, interaction_id=str(interaction_id), at=at.isoformat())
    do_step(session, lead, interaction_id)
    plan_follow_ups(session, lead, at)


def _known(event: Event) -> dict[str, object]:
    data, personal = event.data, event.personal
    names = {name: personal.get(name) for name in ("name", "email", "phone", "company_name")}
    places = {name: data.get(name) for name in ("country", "postcode")}
    return {**names, **places, "company_id": event.optional_uuid("company_id")}


def _touch(lead: Lead, event: Event) -> Touch:
    data = event.data
    return Touch(
        submission_id=event.uuid("submission_id"),
        lead_id=lead.id,
        form_key=data.get("form_key"),
        campaign_id=event.optional_uuid("campaign_id"),
        source=data.get("source") or "web_form",
        utm=data.get("utm") or {},
        at=event.time,
    )
