"""Grading people by what they bought."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock
from chassis.events import Event, emit
from contacts.grades.model import Purchase
from contacts.grades.rules import Purchases, grade, scores, worth
from contacts.people import actions as people
from contacts.people.model import Person
from contacts.settings import settings


def remember(session: Session, event: Event) -> None:
    """`order.placed`: keep what grades are reckoned from. Orders may come in any order, and twice."""
    person = people.known(session, event.data.get("person_id"))
    if person is None:
        return
    purchase = {
        "order_id": UUID(event.data["order_id"]),
        "person_id": person.id,
        "worth": worth(Decimal(event.data["total"]), event.data["currency"], settings().rates),
        "placed_at": datetime.fromisoformat(event.data["placed_at"]),
    }
    session.execute(insert(Purchase).values(purchase).on_conflict_do_nothing())


def regrade(session: Session, person: Person) -> None:
    """Grade a person (locked) from all that they bought; tell if the grade or a score changed."""
    count, total, last_at = session.execute(
        select(func.count(), func.coalesce(func.sum(Purchase.worth), 0), func.max(Purchase.placed_at)).where(
            Purchase.person_id == person.id
        )
    ).one()
    rfm = scores(Purchases(count, total, last_at), clock.now())
    given, shown = grade(rfm, person.lifecycle), rfm.as_dict() if rfm else None
    if (given, shown) == (person.grade, person.rfm):
        return
    person.grade, person.rfm = given, shown
    session.flush()
    emit(session, "contact.graded", person, {"person_id": str(person.id), "grade": given, "rfm": shown})
