"""Say who has a part in a deal."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import and_, select, true
from sqlalchemy.orm import Session

from chassis.access import actor, load
from sales.customers.actions import current_id, introduce
from sales.customers.model import Person
from sales.customers.naming import check_person
from sales.deals.model import Deal
from sales.deals.parts import replace
from sales.stakeholders.model import Stakeholder
from sales.stakeholders.rules import check_once


def set_contacts(session: Session, deal_id: UUID, contacts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Make these the people of a deal, as ContactOut. Invalid where two of them are one, after what was merged, and
    where one is out of reach."""
    deal = load(session, Deal, deal_id, lock=True)
    people = [current_id(session, one["person_id"]) for one in contacts]
    check_once(people)
    for place, person_id in enumerate(people):
        check_person(session, person_id, f"contacts.{place}.person_id")
    for person_id in sorted(people):  # in one order everywhere
        introduce(session, person_id)
    rows = [{"person_id": person_id, "role": one["role"]} for person_id, one in zip(people, contacts, strict=True)]
    replace(session, deal, Stakeholder, rows)
    return show(session, deal_id)


def show(session: Session, deal_id: UUID) -> list[dict[str, Any]]:
    """The people of a deal within reach, as ContactOut, in the order in which they were named. A partner sees the names
    of their own."""
    deal, who = load(session, Deal, deal_id), actor()
    named = Person.partner_id == who.partner_id if who.reach == "partner" else true()
    theirs = (
        select(Stakeholder.person_id, Stakeholder.role, Person.name)
        .outerjoin(Person, and_(Person.id == Stakeholder.person_id, named))
        .where(Stakeholder.deal_id == deal.id)
        .order_by(Stakeholder.id)
    )
    return [dict(row) for row in session.execute(theirs).mappings()]
