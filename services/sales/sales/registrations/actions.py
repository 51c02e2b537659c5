"""What a partner does: register, change, answer, withdraw."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock, money
from chassis.access import actor, load
from chassis.errors import Forbidden, Invalid
from chassis.ids import uuid7
from sales.customers.actions import hold_person, introduce, recognise
from sales.products.model import Product
from sales.registrations import rules
from sales.registrations.events import tell
from sales.registrations.matching import refuse_registered, who_else
from sales.registrations.model import NUMBERS, Registration
from sales.registrations.programmes import terms_of
from sales.registrations.turns import refresh
from sales.reps.actions import set_owner
from sales.reps.model import Rep
from sales.settings import settings

_CUSTOMER = ("company_name", "domain", "contact_email", "contact_phone")


def register(session: Session, data: dict[str, Any]) -> Registration:
    """Register a customer for the partner who acts. Conflict where the customer is registered already; whether somebody
    else has them otherwise stands in `conflict`, and is for the channel manager to decide on."""
    require_partner()
    rules.check_close(data.get("expected_close"), clock.now().date())
    values = {"currency": settings().currency, "name": data["company_name"]} | data
    values |= money.in_units(values, values["currency"], "amount")
    registration = Registration(**values, status="submitted", registered_by=actor().id)
    registration.partner_id = actor().partner_id
    _check_products(session, registration.product_ids)
    _name_customer(session, registration)
    registration.number = rules.number(clock.now().year, session.scalar(select(NUMBERS.next_value())) or 0)
    terms = terms_of(session, registration.partner_id)
    if terms.manager_id and (manager := session.get(Rep, terms.manager_id)):
        set_owner(registration, manager)
    registration.due_at, _ = rules.deadline(clock.now(), terms.decision_days)
    session.add(registration)
    tell(session, "registration.submitted", registration)
    refresh(session, registration)
    return registration


def change_registration(session: Session, registration: Registration, changes: dict[str, Any]) -> Registration:
    """Change a registration of one's own that nobody has decided on. Another customer is looked for as a new one is."""
    require_partner()
    rules.check_status(registration.status, rules.UNDECIDED)
    if "expected_close" in changes:
        rules.check_close(changes["expected_close"], clock.now().date())
    _check_products(session, changes.get("product_ids", ()))
    renamed = any(name in changes and changes[name] != getattr(registration, name) for name in _CUSTOMER)
    price = {name: changes.get(name, getattr(registration, name)) for name in ("amount", "currency")}
    for name, value in (changes | money.in_units(price, price["currency"], "amount")).items():
        setattr(registration, name, value)
    if renamed:
        _name_customer(session, registration)
    return registration


def answer(session: Session, registration_id: UUID, answer: str) -> Registration:
    """Answer what was asked: the registration is submitted again."""
    require_partner()
    registration = load(session, Registration, registration_id, lock=True)
    rules.check_status(registration.status, ("returned",))
    registration.status, registration.answer = "submitted", answer
    days = terms_of(session, registration.partner_id).decision_days
    registration.due_at, registration.warn_at = rules.deadline(clock.now(), days)
    registration.escalated_at = None
    tell(session, "registration.submitted", registration)
    refresh(session, registration)
    return registration


def withdraw(session: Session, registration_id: UUID) -> Registration:
    """Give a registration of one's own up, and the protection with it; a second time nothing happens. Its deal
    stays."""
    require_partner()
    registration = load(session, Registration, registration_id, lock=True)
    if registration.status != "withdrawn":
        rules.check_status(registration.status, rules.HOLDING)
        end(session, registration, "withdrawn")
        tell(session, "registration.withdrawn", registration)
    return registration


def end(session: Session, registration: Registration, status: str) -> None:
    """It holds nobody off any more, and nobody is asked for a decision."""
    registration.status, registration.ended_at = status, clock.now()
    registration.warn_at = registration.due_at = None
    refresh(session, registration)


def require_partner() -> None:
    """Refuse (403) whoever is no partner: what partners say is theirs."""
    if actor().reach != "partner" or actor().partner_id is None:
        raise Forbidden("Only a partner may do this with a registration.", "partners_only")


def customer_of(registration: Registration) -> rules.Customer:
    """What the customer of a registration is known by."""
    one = registration
    return rules.customer(one.company_name, one.domain, one.contact_email, one.contact_phone)


def _name_customer(session: Session, registration: Registration) -> None:
    """Say who the customer is: nobody else has registered them, and whoever was named is known as a person."""
    customer = customer_of(registration)
    refuse_registered(session, customer, registration.id)
    registration.company_key, registration.domains = customer.key, list(customer.domains)
    found_id = recognise(session, customer.email, customer.phone)
    person_id = hold_person(session, found_id) if found_id else uuid7()
    known = {"name": registration.contact_name, "email": customer.email, "phone": customer.phone}
    introduce(session, person_id, **known, company_name=registration.company_name)
    registration.person_id = person_id
    found = who_else(session, customer, registration.company_name, registration.partner_id)
    registration.conflict = bool(found)


def _check_products(session: Session, asked: Sequence[UUID]) -> None:
    """Invalid for a product that cannot be sold."""
    sold = set(session.scalars(select(Product.id).where(Product.id.in_(asked), Product.active))) if asked else set()
    for place, id_ in enumerate(asked):
        if id_ not in sold:
            raise Invalid(f"product_ids.{place}", "unknown_product", "There is no such product to sell.")
