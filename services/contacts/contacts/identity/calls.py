"""Who calls? A call is logged with whoever has the number; an unknown caller is a prospect from then on."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.access import visible
from chassis.errors import Conflict
from contacts.interactions import actions as interactions
from contacts.interactions.model import Interaction
from contacts.people import actions as people
from contacts.people.model import Person
from contacts.points.model import ContactPoint
from contacts.points.rules import Point

PHONE = "phone"
_MAX_SHOWN = 20
_OF_CALLER = ("company_name", "campaign_id")


def take_call(session: Session, data: dict[str, Any]) -> dict[str, Any]:
    """Log a call: the `person` behind the number, whether they were here (`matched`), and the `interaction`.

    Conflict where a number that several share names nobody, and where its owner is out of the actor's reach.
    """
    data = dict(data)
    number, name = data.pop("phone"), data.pop("name", None)
    caller = {field: data.pop(field) for field in _OF_CALLER if field in data}
    person, made = _caller(session, number, name, caller)
    interaction: Interaction = interactions.log(
        session, {"person_id": person.id, "channel": "call", "source": PHONE, **data}
    )
    return {"person": person, "matched": not made, "interaction": interaction}


def _caller(session: Session, number: Point, name: str | None, more: dict[str, Any]) -> tuple[Person, bool]:
    if name is None:
        having = select(Person).join(ContactPoint, ContactPoint.person_id == Person.id)
        having = having.where(ContactPoint.reaches("phone", number.value))
        found = session.scalars(visible(having, Person).order_by(Person.id).limit(_MAX_SHOWN)).unique().all()
        if len(found) == 1:
            return found[0], False
        if found:
            candidates = [{"person_id": str(person.id), "name": person.name} for person in found]
            raise Conflict(
                "ambiguous_caller", "Several people share this number; say who called.", candidates=candidates
            )
    draft = {"name": name or number.value, "phone": number, "source": PHONE, "roles": ["prospect"]}
    person, made = people.create(session, draft | more, on_match="return")
    if not made:
        people.fill(session, people.lock(session, person.id), {"name": name})
    return person, made
