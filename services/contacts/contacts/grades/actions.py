"""Grading people by what they bought."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import actor, load
from chassis.errors import Conflict, Forbidden
from chassis.events import Event, emit
from contacts.causes import say_cause
from contacts.grades import rules, schemes
from contacts.grades.model import GradeChange, Grading, Purchase, StageChange
from contacts.people import actions as people
from contacts.people.model import Person
from contacts.settings import settings


def remember(session: Session, event: Event) -> None:
    """`order.placed`: keep what grades are reckoned from. Orders may come in any order, and twice."""
    _keep(session, event, datetime.fromisoformat(event.data["placed_at"]), cancelled=False)


def take_back(session: Session, event: Event) -> None:
    """`order.cancelled`: the purchase counts no more, also where news of it comes only later."""
    person = _keep(session, event, event.time, cancelled=True)
    if person is not None:
        regrade(session, person, "order")


def lessen(session: Session, event: Event) -> None:
    """`credit_note.issued`: the purchase is worth less by all that was credited of its order. That only grows, so the
    highest holds, in whatever order notes come."""
    if "order_credited" not in event.data:
        return  # told before orders were summed up in it
    person = people.known(session, event.data.get("person_id"))
    if person is None:
        return
    total, credited = (_worth(event, event.data[name]) for name in ("order_total", "order_credited"))
    put = insert(Purchase).values(
        order_id=UUID(event.data["order_id"]), person_id=person.id, worth=total - credited, credited=credited,
        placed_at=datetime.fromisoformat(event.data["order_placed_at"]), cancelled=False,
    )  # fmt: skip
    newer = {name: put.excluded[name] for name in ("worth", "credited")}
    more = Purchase.credited < put.excluded.credited
    session.execute(put.on_conflict_do_update(index_elements=["order_id"], set_=newer, where=more))
    regrade(session, person, "order")


def regrade(session: Session, person: Person, cause: str) -> None:
    """Grade a person (locked) from all that they bought; tell if the grade or a score changed."""
    grade_all(session, [person], cause)


def grade_all(session: Session, found: Sequence[Person], cause: str) -> int:
    """Grade people (locked) by the scheme that holds; how many have another grade or score. Three statements however
    many they are, besides what changes. Who grew from a customer to a former one is told of, too."""
    scheme, now = schemes.current(session), clock.now()
    ids = [person.id for person in found]
    bought, known = _bought(session, ids), _known(session, ids)
    changed, aged = [], []
    for person in found:
        purchases = bought.get(person.id, rules.NOTHING)
        grading = known.get(person.id) or Grading(person_id=person.id)
        ended = bool(grading.override and grading.override_until and grading.override_until <= now)
        if ended:
            clear(grading)
        before, person.lifecycle = person.lifecycle, rules.stage_by_age(person.lifecycle, purchases, now, scheme)
        if person.lifecycle != before:
            aged.append(person)
        rfm = rules.scores(purchases, now, scheme)
        grading.automatic = rules.grade(rfm, person.lifecycle, scheme)
        grading.due_at = rules.due(purchases, person.lifecycle, now, scheme, grading.override_until)
        if grading.automatic or grading.due_at or person.id in known:
            session.add(grading)
        if _put(session, person, grading, rfm, "override_ended" if ended else cause):
            changed.append(person)
    if aged:
        because(session, "age")
    session.flush()
    for person in aged:
        people.tell(session, "contact.updated", person)
    for person in changed:
        emit(session, "contact.graded", person, _told(person, known))
    return len(changed)


def override(session: Session, person_id: UUID, given: str, reason: str, until: datetime | None) -> Person:
    """Set a person's grade by hand, until some time or until it is taken back. What follows from purchases is reckoned
    on beside it. Forbidden for partners."""
    refuse_partners()
    rules.check_until(until, clock.now())
    person = load(session, Person, person_id, lock=True)
    grading = session.get(Grading, person.id) or Grading(person_id=person.id)
    grading.override, grading.override_reason, grading.override_until = given, reason, until
    grading.override_by = actor().id
    session.add(grading)
    regrade(session, person, "override")
    return person


def lift(session: Session, person_id: UUID) -> Person:
    """Take a grade that was set by hand back. Conflict where none is."""
    refuse_partners()
    person = load(session, Person, person_id, lock=True)
    grading = session.get(Grading, person.id)
    if grading is None or grading.override is None:
        raise Conflict("not_overridden", "The grade follows from purchases already.")
    clear(grading)
    regrade(session, person, "override_ended")
    return person


def inherit(session: Session, heir: Person, loser_id: UUID) -> None:
    """In a merge: the survivor takes over a grade that was set by hand, where they have none of their own."""
    theirs = session.get(Grading, loser_id)
    if theirs is None or theirs.override is None:
        return
    own = session.get(Grading, heir.id) or Grading(person_id=heir.id)
    if own.override is None:
        own.override, own.override_reason = theirs.override, theirs.override_reason
        own.override_until, own.override_by = theirs.override_until, theirs.override_by
    session.add(own)


def shown(session: Session, person_id: UUID) -> dict[str, Any]:
    """A person's grade with all that is behind it. Forbidden for partners."""
    refuse_partners()
    person = load(session, Person, person_id)
    grading = session.get(Grading, person.id) or Grading(person_id=person.id)
    purchases = _bought(session, [person.id]).get(person.id, rules.NOTHING)
    return {
        "grade": person.grade, "rfm": person.rfm, "automatic": grading.automatic, "override": grading.override,
        "reason": grading.override_reason, "until": grading.override_until, "by": grading.override_by,
        "orders": purchases.count, "worth": purchases.worth, "last_order_at": purchases.last_at,
        "due_at": grading.due_at,
    }  # fmt: skip


def grade_history(session: Session, person_id: UUID) -> Sequence[GradeChange]:
    """How a person's grade changed, the latest first, at most 200 times. Forbidden for partners."""
    refuse_partners()
    load(session, Person, person_id)
    changes = select(GradeChange).where(GradeChange.person_id == person_id)
    return session.scalars(changes.order_by(GradeChange.at.desc(), GradeChange.id.desc()).limit(200)).all()


def stage_history(session: Session, person_id: UUID) -> Sequence[StageChange]:
    """Through which stages a person went, the latest first, at most 200 times."""
    load(session, Person, person_id)
    changes = select(StageChange).where(StageChange.person_id == person_id)
    return session.scalars(changes.order_by(StageChange.id.desc()).limit(200)).all()


def because(session: Session, cause: str) -> None:
    """From now on until the transaction ends, stages change for this reason, by the one who acts."""
    say_cause(session, "stage", cause=cause)


def refuse_partners() -> None:
    """Forbidden for partners: what a customer is worth is not for those who sell beside us."""
    if actor().reach == "partner":
        raise Forbidden("Partners do not see how customers are graded.", "not_for_partners")


def clear(grading: Grading) -> None:
    """Take an override off."""
    grading.override = grading.override_reason = grading.override_until = grading.override_by = None


def _keep(session: Session, event: Event, at: datetime, *, cancelled: bool) -> Person | None:
    person = people.known(session, event.data.get("person_id"))
    if person is None:
        return None
    purchase = {
        "order_id": UUID(event.data["order_id"]),
        "person_id": person.id,
        "worth": _worth(event, event.data["total"]),
        "placed_at": at,
        "cancelled": cancelled,
    }
    put = insert(Purchase).values(purchase)
    if cancelled:
        session.execute(put.on_conflict_do_update(index_elements=["order_id"], set_={"cancelled": True}))
    else:
        session.execute(put.on_conflict_do_nothing())
    return person


def _worth(event: Event, amount: str) -> Decimal:
    return rules.worth(Decimal(amount), event.data["currency"], settings().rates)


def _put(session: Session, person: Person, grading: Grading, rfm: rules.Rfm | None, cause: str) -> bool:
    """Write the grade that holds onto the person, with its history; whether anything is another."""
    given, scores = grading.override or grading.automatic, rfm.as_dict() if rfm else None
    if (given, scores) == (person.grade, person.rfm):
        return False
    if given != person.grade:
        session.add(
            GradeChange(
                person_id=person.id, at=clock.now(), from_grade=person.grade, to_grade=given, rfm=scores, cause=cause,
                reason=grading.override_reason, by=actor().id,
            )
        )  # fmt: skip
    person.grade, person.rfm = given, scores
    return True


def _told(person: Person, known: dict[UUID, Grading]) -> dict[str, Any]:
    grading = known.get(person.id)
    overridden = bool(grading and grading.override)
    return {"person_id": str(person.id), "grade": person.grade, "rfm": person.rfm, "overridden": overridden}


def _bought(session: Session, ids: Sequence[UUID]) -> dict[UUID, rules.Purchases]:
    rows = session.execute(
        select(Purchase.person_id, func.count(), func.sum(Purchase.worth), func.max(Purchase.placed_at))
        .where(Purchase.person_id.in_(ids), ~Purchase.cancelled)
        .group_by(Purchase.person_id)
    )
    return {person_id: rules.Purchases(count, worth, last_at) for person_id, count, worth, last_at in rows}


def _known(session: Session, ids: Sequence[UUID]) -> dict[UUID, Grading]:
    session.flush()
    return {row.person_id: row for row in session.scalars(select(Grading).where(Grading.person_id.in_(ids)))}
