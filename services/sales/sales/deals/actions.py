"""Open a deal and change what is known of it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.orm import Session

from chassis import clock, money
from chassis.access import actor
from chassis.db.rows import as_dicts
from chassis.errors import Invalid
from sales.currencies.actions import value
from sales.customers.actions import current_id, introduce, introduce_company, name_of
from sales.customers.model import Company, Person
from sales.customers.naming import check_company, check_named
from sales.deals import rules
from sales.deals.checks import check_required
from sales.deals.events import tell
from sales.deals.model import Deal
from sales.deals.moving import begin_stay, stand_in
from sales.pipelines.actions import find_stage, first_stage
from sales.quotes.following import quotes_follow
from sales.reps.actions import find_rep, own_by_creator, set_owner
from sales.settings import settings
from sales.territories.placing import territory_of

_PRICE = ("amount", "currency")
_NAMED = ("person_id", "contact_name", "company_id", "company_name")


def create_deal(session: Session, data: dict[str, Any]) -> Deal:
    """A deal from the API: it belongs to `owner_id`, or to the user who creates it. Where no company is named it is
    that of the person; a partner has to name it."""
    check_named(session, data)
    owner_id, partner_id = data.pop("owner_id", None), actor().partner_id
    if partner_id is None and not {"company_id", "company_name"} & data.keys():
        data = data | {"company_id": _company_of(session, data.get("person_id"))}
    deal = draft_deal(session, data | {"partner_id": partner_id})
    own_by_creator(deal, actor())
    if owner_id:
        set_owner(deal, find_rep(session, owner_id))
    return open_deal(session, deal)


def draft_deal(session: Session, data: dict[str, Any]) -> Deal:
    """The deal that `data` would make, not yet part of the session.

    Where nothing is named it stands in the first open stage of the default pipeline, and person and company go by what
    contacts calls them.
    """
    pipeline_id, stage_id = data.get("pipeline_id"), data.get("stage_id")
    stage = find_stage(session, stage_id) if stage_id else first_stage(session, "open", pipeline_id)
    rules.check_stage(pipeline_id or stage.pipeline_id, stage.pipeline_id, stage.kind)
    values: dict[str, Any] = {"amount": Decimal(0), "currency": settings().currency, "priority": "normal"} | data
    values |= money.in_units(values, values["currency"], "amount")
    deal = Deal(**values | {"pipeline_id": stage.pipeline_id, "stage_id": stage.id})
    person = session.get(Person, deal.person_id) if deal.person_id else None
    company = session.get(Company, deal.company_id) if deal.company_id else None
    deal.contact_name = deal.contact_name or name_of(person, deal.partner_id)
    deal.company_name = deal.company_name or name_of(company, deal.partner_id)
    check_required(deal, stage)
    stand_in(deal, stage)
    value(session, deal)
    return deal


def open_deal(session: Session, deal: Deal) -> Deal:
    """Make a draft, whose owner is settled, a deal."""
    _name_anew(session, deal, {name: getattr(deal, name) for name in _NAMED})
    deal.territory_id = deal.territory_id or territory_of(session, deal)
    session.add(deal)
    tell(session, "deal.created", deal)
    begin_stay(session, deal)
    return deal


def show(_session: Session, rows: Sequence[Row[Any]]) -> list[dict[str, Any]]:
    """Rows of deals as DealOut shows them: with the days that are left."""
    today = clock.now().date()
    return [row | {"days_left": rules.days_left(row["expected_close"], today)} for row in as_dicts(rows)]


def change_deal(session: Session, deal: Deal, changes: dict[str, Any]) -> Deal:
    """Change what is known of a deal; the price of a closed one is settled, that of one with lines comes of them. Its
    quotes that are not decided go to a new owner, too."""
    check_named(session, changes)
    repriced = any(name in changes and changes[name] != getattr(deal, name) for name in _PRICE)
    if repriced:
        rules.check_open(deal.status)
        rules.check_price(deal.amount_from_lines, changes)
    if repriced or "amount" in changes:
        price = {name: changes.get(name, getattr(deal, name)) for name in _PRICE}
        changes |= money.in_units(price, price["currency"], "amount")
    if "expected_close" in changes and rules.is_pushed(deal.expected_close, changes["expected_close"]):
        deal.close_pushes += 1
    if owner_id := changes.pop("owner_id", None):
        owner = find_rep(session, owner_id)
        quotes_follow(session, {deal.id: owner})
        set_owner(deal, owner)
    for name, new in changes.items():
        setattr(deal, name, new)
    if repriced:
        value(session, deal)
    _name_anew(session, deal, changes)
    tell(session, "deal.updated", deal)
    return deal


def _name_anew(session: Session, deal: Deal, changes: dict[str, Any]) -> None:
    """Call the person and company of a changed deal by their names, unless the change does."""
    if "person_id" in changes:
        deal.person_id = current_id(session, deal.person_id) if deal.person_id else None
        person = introduce(session, deal.person_id) if deal.person_id else None
        deal.contact_name = changes.get("contact_name") or name_of(person, deal.partner_id)
    if "company_id" in changes:
        company = introduce_company(session, deal.company_id) if deal.company_id else None
        deal.company_id = company.id if company else None
        deal.company_name = changes.get("company_name") or name_of(company, deal.partner_id)


def _company_of(session: Session, person_id: UUID | None) -> UUID | None:
    """The company of a person, where the caller may name it."""
    person = session.get(Person, person_id) if person_id else None
    if person is None or person.company_id is None:
        return None
    try:
        check_company(session, person.company_id)
    except Invalid:
        return None
    return person.company_id
