"""Show people and companies as contacts calls them, wherever sales shows them, or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.events import Event
from chassis.privacy import people_of
from sales.customers import actions
from sales.deals.model import Deal
from sales.leads.actions import close_forgotten
from sales.leads.model import Lead

Record = TypeVar("Record", Lead, Deal)


def take_contacts(session: Session, events: Sequence[Event]) -> None:
    """Copy people, each told of by one of `events`, and change the copies that leads and deals hold. An older event
    than the last changes nothing."""
    changed = {told["id"]: told for told in actions.take_people(session, events)}
    for lead in _of(session, Lead, *changed):
        _show(lead, changed[lead.person_id])
    for deal in _of(session, Deal, *changed):
        deal.contact_name = changed[deal.person_id]["name"]


def take_company(session: Session, event: Event) -> None:
    """Copy a company, and change the name that deals show."""
    told, changed = actions.take_company(session, event)
    if changed:
        for deal in session.scalars(select(Deal).where(Deal.company_id == told["id"]).with_for_update(key_share=True)):
            deal.company_name = told["name"]


def erase_contact(session: Session, event: Event) -> None:
    """The person was erased in contacts: an open lead of theirs is closed, and what others tell later is not taken any
    more. What names them goes by `sales.holdings`."""
    for person_id in people_of(event):
        actions.forget(session, person_id)
        for lead in _of(session, Lead, person_id):
            close_forgotten(session, lead)


def _of(session: Session, model: type[Record], *person_ids: UUID) -> Sequence[Record]:
    if not person_ids:
        return ()
    mine = select(model).where(model.person_id.in_(person_ids)).order_by(model.id)
    return session.scalars(mine.with_for_update(key_share=True)).all()


def _show(lead: Lead, told: dict[str, Any]) -> None:
    for name in ("name", "email", "phone", "company_name"):
        setattr(lead, name, told[name])
    lead.company_id = lead.company_id or told["company_id"]
