"""Open leads, change them, and close them without a deal."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import actor, load, visible
from chassis.errors import Conflict, Invalid
from chassis.ids import uuid7
from sales.cadence.actions import cancel, plan_follow_ups
from sales.customers.actions import hold_person, introduce, recognise
from sales.customers.model import Person
from sales.customers.naming import check_company, check_named
from sales.lead_reasons.actions import find_reason
from sales.leads import rules
from sales.leads.assignment import assign_new, explain, hand_over
from sales.leads.events import tell
from sales.leads.history import Why, enter, note
from sales.leads.model import Lead
from sales.pools.moves import leave_pool
from sales.reps.actions import find_rep
from sales.reps.model import Rep
from sales.territories.placing import territory_of
from sales.told import text

_OF_PERSON = ("name", "email", "phone", "company_name", "company_id", "country", "postcode")
_PLACE = ("country", "region", "postcode", "company_id")


def create_lead(session: Session, data: dict[str, Any]) -> tuple[Lead, bool]:
    """A lead from the API, and whether it is new: the open lead of the same person where there is one (Conflict if
    that is out of reach). It goes to `owner_id` if named, stays with a rep who sees own leads only, and is assigned by
    the rules otherwise."""
    if not any(data.get(name) for name in ("person_id", "name", "email", "phone")):
        raise Invalid("name", "required", "A lead needs a person_id, or a name, an e-mail address or a phone number.")
    check_named(session, data)
    known = data.pop("person_id", None) or recognise(session, data.get("email"), data.get("phone"))
    owner = find_rep(session, data["owner_id"]) if data.get("owner_id") else None
    person_id = hold_person(session, known) if known else uuid7()
    existing = open_lead_of(session, person_id, actor().partner_id) if known else None
    if existing:
        return _within_reach(session, existing), False
    person = introduce(session, person_id, **{name: data.get(name) for name in _OF_PERSON})
    lead = start_lead(session, person, **{name: value for name, value in data.items() if name != "owner_id"})
    _give_created(session, lead, owner)
    return lead, True


def start_lead(session: Session, person: Person, **values: Any) -> Lead:
    """A new lead of `person`, told but not yet assigned. What `values` leaves open is taken from the
    person, unless the lead is a partner's and the person is not."""
    told = person if person.shown_to(actor().partner_id) else None
    known = {name: values.get(name) or getattr(told, name, None) for name in _OF_PERSON}
    lead = Lead(**{**values, **known}, person_id=person.id, status="new", last_activity_at=clock.now(), score=0)
    lead.last_source, lead.last_campaign_id = lead.source, lead.campaign_id
    lead.partner_id = actor().partner_id
    lead.score = score_of(lead)
    session.add(lead)
    tell(session, "lead.created", lead, country=lead.country, postcode=lead.postcode)
    note(session, lead, None, Why("created"))
    return lead


def change_lead(session: Session, lead: Lead, changes: dict[str, Any]) -> Lead:
    """Change what is known of an open lead."""
    rules.check_open(lead.status)
    if changes.get("company_id"):
        check_company(session, changes["company_id"])
    for name, value in changes.items():
        setattr(lead, name, value)
    lead.score = score_of(lead)
    if not changes.keys().isdisjoint(_PLACE):
        lead.territory_id = territory_of(session, lead)
    tell(session, "lead.updated", lead)
    return lead


def lose_lead(session: Session, lead_id: UUID, reason: str | None = None, reason_id: UUID | None = None) -> Lead:
    """Close a lead without a deal. `reason_id` is one of the house's reasons, `reason` a note of one's own."""
    return _step(session, lead_id, "lost", reason, reason_id)


def shelve_lead(session: Session, lead_id: UUID, reason: str | None = None, reason_id: UUID | None = None) -> Lead:
    """Put a lead aside until somebody takes it up again or the person comes back."""
    return _step(session, lead_id, "shelved", reason, reason_id)


def reopen_lead(session: Session, lead_id: UUID) -> Lead:
    """Take up a shelved or dormant lead again; its cadence begins anew."""
    lead = load(session, Lead, lead_id, lock=True)
    if lead.status in rules.WORKED:
        raise Conflict("already_open", f"The lead is {lead.status}; there is nothing to reopen.")
    wake(session, lead, Why("reopened"))
    lead.last_activity_at = clock.now()
    tell(session, "lead.reopened", lead)
    if lead.owner_id:
        plan_follow_ups(session, lead, clock.now())
    return lead


def close_forgotten(session: Session, lead: Lead) -> None:
    """Close the locked lead, if it is open, because its person was erased; what is told of it names nobody. One that
    is closed does not come back."""
    lead.recycle_at = None
    if lead.status in rules.OPEN:
        close(session, lead, "lost", Why(rules.ERASED, rules.ERASED))
        tell(session, "lead.lost", lead, reason=lead.reason)


def wake(session: Session, lead: Lead, why: Why) -> None:
    """Make a sleeping or shelved lead a followed one, at the beginning of its cadence."""
    enter(session, lead, "following", why)
    lead.follow_step = 0


def close(session: Session, lead: Lead, status: str, why: Why) -> None:
    """Move the locked lead to `status`, where nothing more is planned for it."""
    enter(session, lead, status, why)
    lead.closed_at = clock.now() if status not in rules.OPEN else None
    if lead.closed_at:
        leave_pool(session, lead, "closed")
    cancel(session, [lead])


def open_lead_of(session: Session, person_id: UUID, partner_id: UUID | None = None) -> Lead | None:
    """The open lead of a person, locked, whoever owns it: that of the partner `partner_id`; for the house (None) its
    own, else a partner's."""
    theirs = Lead.partner_id == partner_id if partner_id else true()
    found = select(Lead.id).where(Lead.person_id == person_id, Lead.status.in_(rules.OPEN), theirs)
    first = session.scalar(found.order_by(Lead.partner_id.is_not(None), Lead.id).limit(1))
    return locked(session, Lead.id == first, Lead.status.in_(rules.OPEN)) if first else None


def open_leads_of(session: Session, person_id: UUID) -> dict[UUID | None, Lead]:
    """The open leads of a person, locked: of each partner, and of the house (None), one at most."""
    statement = select(Lead).where(Lead.person_id == person_id, Lead.status.in_(rules.OPEN)).order_by(Lead.id)
    locking = statement.with_for_update(key_share=True)
    found = session.scalars(locking, execution_options={"populate_existing": True})
    return {lead.partner_id: lead for lead in found}


def locked(session: Session, *which: ColumnElement[bool]) -> Lead | None:
    """The lead of which all this is true, locked and read afresh, whoever owns it."""
    statement = select(Lead).where(*which).with_for_update(key_share=True)
    return session.scalars(statement, execution_options={"populate_existing": True}).one_or_none()


def score_of(lead: Lead) -> int:
    """The score that follows from what is known of the lead."""
    return rules.score(
        email=bool(lead.email),
        phone=bool(lead.phone),
        company=bool(lead.company_name or lead.company_id),
        message=bool(lead.message),
        campaign=bool(lead.campaign_id),
    )


def _step(session: Session, lead_id: UUID, status: str, reason: str | None, reason_id: UUID | None) -> Lead:
    lead = load(session, Lead, lead_id, lock=True)
    if not (reason or reason_id):
        raise Invalid("reason", "required", "Say why: a reason_id of the list, or a reason in words.")
    known = find_reason(session, reason_id, status) if reason_id else None
    words = reason or (known.label if known else None)
    close(session, lead, status, Why(status, words, reason_id, known.recycle_after_days if known else None))
    tell(session, f"lead.{status}", lead, reason=words, reason_id=text(reason_id))
    return lead


def _within_reach(session: Session, lead: Lead) -> Lead:
    if session.scalar(visible(select(Lead.id).where(Lead.id == lead.id), Lead)) is None:
        raise Conflict("open_lead_exists", "Somebody else has an open lead of this person.")
    return lead


def _give_created(session: Session, lead: Lead, owner: Rep | None) -> None:
    who = actor()
    if owner:
        hand_over(session, lead, owner, explain("manual", None, "Named when the lead was created."))
    elif who.kind == "user" and who.reach == "own":
        hand_over(session, lead, who, explain("creator", None, "Kept by the rep who created it."))
    else:
        assign_new(session, lead)
