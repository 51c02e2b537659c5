"""Who of those that an event names is a colleague, who a customer, and who nobody whom we know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.access import actor, visible
from contacts.calendar.rules import MAX_ATTENDEES
from contacts.calendar_imports.rules import ANSWERS, Guest
from contacts.people.model import Person
from contacts.points import actions as points
from contacts.points.normal import NotNormal, email_point
from contacts.staff.model import StaffMember


@dataclass(frozen=True, slots=True)
class Attending:
    """The colleagues (whose calendar it is among them), the people within the actor's reach, the rest; and what the
    first has answered there: accepted, tentative or declined."""

    user_ids: Sequence[UUID]
    person_ids: Sequence[UUID]
    strangers: Sequence[Guest]
    answer: str


def attending(session: Session, guests: Sequence[Guest], whose: UUID) -> Attending:
    """Find them by their addresses. Into whose calendar it goes attends it; partners bring no colleagues along."""
    addresses = [guest.address for guest in guests]
    staff = dict(
        session.execute(
            select(StaffMember.email, StaffMember.user_id)
            .where(StaffMember.email.in_(addresses), StaffMember.active)
            .order_by(StaffMember.user_id)
        ).all()
    )
    others = [] if actor().reach == "partner" else [staff[at] for at in addresses if at in staff and staff[at] != whose]
    people = _people(session, [at for at in addresses if at not in staff])
    mine = next((guest.answer for guest in guests if staff.get(guest.address) == whose), "")
    return Attending(
        user_ids=[whose, *dict.fromkeys(others)][:MAX_ATTENDEES],
        person_ids=list(dict.fromkeys(people.values()))[:MAX_ATTENDEES],
        strangers=[guest for guest in guests if guest.address not in staff and guest.address not in people],
        answer=ANSWERS.get(mine, "accepted"),
    )


def ids_of(session: Session, guests: Sequence[Guest]) -> set[UUID]:
    """The colleagues, who may have left, and the people behind these addresses."""
    addresses = [guest.address for guest in guests]
    users = session.scalars(select(StaffMember.user_id).where(StaffMember.email.in_(addresses)))
    return {*users, *_people(session, addresses).values()}


def _people(session: Session, addresses: Sequence[str]) -> dict[str, UUID]:
    keys: dict[str, str] = {}
    for address in addresses:
        try:
            keys[address] = email_point(address).key("")
        except NotNormal:
            continue
    owners = points.owners(session, list(keys.values()))
    reached = set(session.scalars(visible(select(Person.id).where(Person.id.in_(owners.values())), Person)))
    return {at: owners[key] for at, key in keys.items() if owners.get(key) in reached}
