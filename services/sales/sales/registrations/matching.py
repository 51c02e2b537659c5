"""Who else has the customer of a registration: other partners who registered them, and what sales knows of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, or_, select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import actor, visible
from chassis.company_names import company_key, company_words
from chassis.db.search import matches
from chassis.errors import Conflict
from sales.customers.actions import companies_like, people_reached_by
from sales.customers.model import Company, Person
from sales.deals.model import Deal
from sales.leads.model import Lead
from sales.leads.rules import OPEN
from sales.locks import hold
from sales.registrations.model import Registration
from sales.registrations.rules import HOLDING, Customer

KINDS = ("deal", "customer", "lead", "person", "company")
MATCHES = ("person", "company", "company_name", "domain")
_MOST = 50


class Found(NamedTuple):
    """A record of the customer that is not the partner's, and by what it was found."""

    kind: str
    id: UUID | None
    name: str | None
    matched: list[str]
    owner_id: UUID | None
    team_id: UUID | None
    partner_id: UUID | None


class _Known(NamedTuple):
    """The customer as sales knows them."""

    customer: Customer
    name: str
    people: list[UUID]
    companies: list[UUID]


def refuse_registered(session: Session, customer: Customer, but: UUID | None = None) -> None:
    """Conflict where the customer is registered, other than by the registration `but`: the partner's own is named, of
    another's it is said until when. Of those who register a customer at once the others wait for the first."""
    hold(session, *customer.locks)
    open_ = or_(Registration.status != "approved", Registration.protected_until > clock.now())
    held = select(Registration).where(_same(customer), Registration.status.in_(HOLDING), open_)
    for one in session.scalars(
        held.where(Registration.id.is_distinct_from(but)).order_by(Registration.protected_until)
    ):
        if one.partner_id == actor().partner_id:
            raise Conflict("already_registered", "You have registered this customer.", registration_id=str(one.id))
        detail = "Another partner has registered this customer."
        raise Conflict("customer_registered", detail, until=one.protected_until)


def _same(customer: Customer) -> ColumnElement[bool]:
    ways = [Registration.company_key == customer.key]
    if customer.domains:
        ways.append(Registration.domains.overlap(list(customer.domains)))
    for column, value in ((Registration.contact_email, customer.email), (Registration.contact_phone, customer.phone)):
        if value:
            ways.append(column == value)
    return or_(*ways)


def who_else(session: Session, customer: Customer, name: str, partner_id: UUID | None) -> list[Found]:
    """The open and won deals, the open leads, and the people and companies of contacts that belong to somebody, of the
    customer, that are not this partner's; at most fifty of each."""
    companies = companies_like(session, name, customer.domains)
    people = people_reached_by(session, customer.email, customer.phone)
    known = _Known(customer, name, people, companies)
    records = _deals(session, known, partner_id) + _leads(session, known, partner_id)
    owned = _owned(session, Person, people, partner_id) + _owned(session, Company, companies, partner_id)
    return records + owned


def within_reach(session: Session, found: Sequence[Found]) -> list[Found]:
    """What the caller may know of them: what is out of reach has neither id nor name."""
    reached: set[UUID] = set()
    for model in (Deal, Lead, Person, Company):
        mine = visible(select(model.id).where(model.id.in_([one.id for one in found])), model)
        reached |= set(session.scalars(mine))
    return [one if one.id in reached else one._replace(id=None, name=None) for one in found]


def _deals(session: Session, known: _Known, partner_id: UUID | None) -> list[Found]:
    at_domain = _people_at(session, known.customer.domains)
    ways: list[Any] = [Deal.person_id.in_([*known.people, *at_domain]), Deal.company_id.in_(known.companies)]
    found = _rows(session, Deal, known, ways, Deal.status.in_(("open", "won")), partner_id, Deal.name, Deal.status)
    others = []
    for row in found:
        if matched := _matched(row, known, row.person_id in at_domain):
            kind = "deal" if row.status == "open" else "customer"
            others.append(Found(kind, row.id, row.name, matched, row.owner_id, row.team_id, row.partner_id))
    return others[:_MOST]


def _leads(session: Session, known: _Known, partner_id: UUID | None) -> list[Found]:
    ways: list[Any] = [Lead.person_id.in_(known.people), Lead.company_id.in_(known.companies)]
    ways += [matches(Lead, f"@{domain}") for domain in known.customer.domains]
    found = _rows(session, Lead, known, ways, Lead.status.in_(OPEN), partner_id, Lead.name, Lead.email)
    others = []
    for row in found:
        at_domain = (row.email or "").rpartition("@")[2] in known.customer.domains
        if matched := _matched(row, known, at_domain):
            others.append(Found("lead", row.id, row.name, matched, row.owner_id, row.team_id, row.partner_id))
    return others[:_MOST]


def _owned(
    session: Session, model: type[Person] | type[Company], ids: Sequence[UUID], partner_id: UUID | None
) -> list[Found]:  # fmt: skip
    """Whom contacts calls somebody's customer, though no deal or lead is theirs."""
    kind = model.__name__.lower()
    somebodys = or_(model.owner_id.is_not(None), model.partner_id.is_not(None))
    columns = (model.id, model.name, model.owner_id, model.team_id, model.partner_id)
    others = select(*columns).where(
        model.id.in_(ids), model.told(), somebodys, model.partner_id.is_distinct_from(partner_id)
    )
    found = session.execute(others.order_by(model.id).limit(_MOST))
    return [Found(kind, one.id, one.name, [kind], one.owner_id, one.team_id, one.partner_id) for one in found]


def _rows(
    session: Session, model: Any, known: _Known, ways: list[Any], state: Any, partner_id: UUID | None, *more: Any
) -> Sequence[Row[Any]]:  # fmt: skip
    """Whatever may be of the customer: spellings of a name are found by their words and compared afterwards."""
    if words := company_words(known.name):
        ways = [*ways, and_(model.company_name.is_not(None), matches(model, " ".join(words)))]
    columns = (model.id, model.person_id, model.company_id, model.company_name, model.owner_id, model.team_id)
    others = model.partner_id.is_distinct_from(partner_id)
    found = select(*columns, model.partner_id, *more).where(or_(*ways), state, others)
    return session.execute(found.order_by(model.created_at.desc(), model.id)).all()


def _people_at(session: Session, domains: Sequence[str]) -> set[UUID]:
    """The people whose leads, whatever became of them, have a mail address at one of the domains."""
    if not domains:
        return set()
    found = select(Lead.person_id, Lead.email).where(or_(*(matches(Lead, f"@{domain}") for domain in domains)))
    return {row.person_id for row in session.execute(found) if (row.email or "").rpartition("@")[2] in domains}


def _matched(row: Row[Any], known: _Known, at_domain: bool) -> list[str]:
    same_name = row.company_name is not None and company_key(row.company_name) == known.customer.key
    ways = {
        "person": row.person_id in known.people,
        "company": row.company_id is not None and row.company_id in known.companies,
        "company_name": same_name,
        "domain": at_domain,
    }
    return [name for name in MATCHES if ways[name]]
