"""What the channel manager does: approve, reject, ask for more, see who else has the customer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import actor, load
from chassis.errors import Conflict, Invalid, NotFound
from sales.approvals.actions import load_to_decide
from sales.customers.actions import companies_like, find_or_name_company
from sales.deals.actions import change_deal, draft_deal, open_deal
from sales.deals.lines import take_lines
from sales.deals.model import Deal
from sales.deals.rules import check_open
from sales.registrations import rules
from sales.registrations.actions import customer_of
from sales.registrations.events import tell
from sales.registrations.matching import Found, who_else, within_reach
from sales.registrations.model import Registration
from sales.registrations.products import lines_of
from sales.registrations.programmes import terms_of
from sales.registrations.turns import refresh
from sales.reps.actions import find_rep, set_owner

_HANDED_ON = ("name", "amount", "currency", "expected_close", "person_id", "contact_name", "company_name",
              "partner_id")  # fmt: skip


def conflicts(session: Session, registration_id: UUID) -> list[Found]:
    """Who else has the customer now: deals, leads and owners in contacts that are not the partner's. Never for
    partners."""
    registration = load(session, Registration, registration_id)
    found = who_else(session, customer_of(registration), registration.company_name, registration.partner_id)
    return within_reach(session, [one for one in found if one.id != registration.deal_id])


def approve(
    session: Session, registration_id: UUID, deal_id: UUID | None = None, owner_id: UUID | None = None,
    protection_days: int | None = None,
) -> Registration:  # fmt: skip
    """Make a deal of the partner, or give them the one that is there already (`deal_id`), and protect the customer; a
    second time nothing happens. Conflict where it was decided otherwise, or the deal is closed or another's."""
    registration = _load(session, registration_id)
    if registration.status == "approved" and deal_id in (None, registration.deal_id):
        return registration
    rules.check_status(registration.status, rules.UNDECIDED)
    if deal_id and owner_id:
        raise Invalid("owner_id", "not_with_deal_id", "A deal that is there already has its owner.")
    made = False
    if deal_id:
        deal = _link(session, registration, deal_id)
    else:
        made = _name_company(session, registration)
        deal = _open(session, registration, owner_id)
    terms = terms_of(session, registration.partner_id)
    days = protection_days or terms.protection_days
    registration.protected_until, registration.warn_at = rules.protection(clock.now(), days, terms.warn_days)
    registration.status, registration.deal_id, registration.company_id = "approved", deal.id, deal.company_id
    _decided(session, registration)
    tell(session, "registration.approved", registration, deal_created=deal_id is None, company_created=made)
    return registration


def reject(session: Session, registration_id: UUID, reason: str) -> Registration:
    """Say no, and why; a second time nothing happens."""
    registration = _load(session, registration_id)
    if registration.status != "rejected":
        rules.check_status(registration.status, rules.UNDECIDED)
        registration.status, registration.ended_at, registration.reason = "rejected", clock.now(), reason
        registration.warn_at = None
        _decided(session, registration)
        tell(session, "registration.rejected", registration, reason=reason)
    return registration


def ask(session: Session, registration_id: UUID, question: str) -> Registration:
    """Ask the partner for more; until the answer comes, the registration is theirs again."""
    registration = _load(session, registration_id)
    rules.check_status(registration.status, rules.UNDECIDED)
    registration.status, registration.question, registration.answer = "returned", question, None
    days = terms_of(session, registration.partner_id).answer_days
    registration.due_at, registration.warn_at = rules.deadline(clock.now(), days, remind=True)
    refresh(session, registration, decided=True)
    tell(session, "registration.returned", registration)
    return registration


def _load(session: Session, registration_id: UUID) -> Registration:
    return load_to_decide(session, Registration, registration_id)


def _decided(session: Session, registration: Registration) -> None:
    registration.decided_by, registration.decided_at, registration.due_at = actor().id, clock.now(), None
    refresh(session, registration, decided=True)


def _name_company(session: Session, registration: Registration) -> bool:
    """Say which company the customer is; whether that is one that nobody knew."""
    known = companies_like(session, registration.company_name, registration.domains)
    if known:
        registration.company_id = known[0]
        return False
    company, made = find_or_name_company(session, registration.company_name)
    registration.company_id = company.id
    return made


def _open(session: Session, registration: Registration, owner_id: UUID | None) -> Deal:
    """A new deal of the partner, owned by a rep: the one named, else the channel manager, else whoever approves. What
    the partner means to sell are its lines."""
    data: dict[str, Any] = {name: getattr(registration, name) for name in _HANDED_ON}
    deal = draft_deal(session, data | {"company_id": registration.company_id, "source": "partner"})
    if owner_id:
        set_owner(deal, find_rep(session, owner_id))
    elif registration.owner_id:
        deal.owner_id, deal.team_id = registration.owner_id, registration.team_id
    elif actor().kind == "user":
        set_owner(deal, actor())
    opened = open_deal(session, deal)
    if lines := lines_of(session, registration):
        take_lines(session, opened, lines)
    return opened


def _link(session: Session, registration: Registration, deal_id: UUID) -> Deal:
    """The deal that is there already, the partner's from now on."""
    try:
        deal = load(session, Deal, deal_id, lock=True)
    except NotFound:
        raise Invalid("deal_id", "unknown_deal", "There is no deal with this id.") from None
    check_open(deal.status)
    if deal.partner_id not in (None, registration.partner_id):
        raise Conflict("other_partner", "The deal is another partner's.")
    taken = select(Registration.id).where(Registration.deal_id == deal.id, Registration.status == "approved")
    if session.scalar(taken) is not None:
        raise Conflict("deal_registered", "Another registration stands for this deal.")
    return change_deal(session, deal, {"partner_id": registration.partner_id})
