"""Keep the pairs up to date, and settle them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, or_, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import Access, actor, load, visible
from chassis.errors import NotFound
from chassis.ids import uuid7
from contacts.candidates.finding import alike
from contacts.candidates.model import Duplicate, SweepMark
from contacts.candidates.rules import check_state, pair
from contacts.people.model import Person

PEOPLE_PER_SWEEP = 500
_SWEEP = "people"
# A change bears the time at which it was made and is seen when it commits: the sweep stays behind what is under way.
_BEHIND = timedelta(seconds=30)
_START = (datetime(1970, 1, 1, tzinfo=UTC), UUID(int=0))


def sweep(session: Session, now: datetime) -> int:
    """Look for duplicates of the people who changed since the last sweep, a batch at a time; how many were looked at.
    A crash leaves the mark where it was."""
    mark = session.get(SweepMark, _SWEEP, with_for_update=True)
    since = (mark.at, mark.person_id) if mark else _START
    changed = (
        select(Person)
        .where(tuple_(Person.updated_at, Person.id) > tuple_(*since), Person.updated_at <= now - _BEHIND)
        .order_by(Person.updated_at, Person.id)
    )
    people = session.scalars(changed.limit(PEOPLE_PER_SWEEP)).all()
    for person in people:
        refresh(session, person)
    if people:
        session.merge(SweepMark(name=_SWEEP, at=people[-1].updated_at, person_id=people[-1].id))
    return len(people)


def refresh(session: Session, person: Person) -> None:
    """Bring the pairs of one person up to date: new ones come, those that are alike no more go. What was dismissed
    stays dismissed."""
    found = {pair(person.id, other): judged for other, judged in alike(session, person).items()}
    _drop_others(session, person.id, list(found))
    for (low, high), (score, reasons) in sorted(found.items()):
        now = clock.now()
        values = {"id": uuid7(), "low_id": low, "high_id": high, "score": score, "reasons": reasons, "state": "open",
                  "version": 1, "created_at": now, "updated_at": now}  # fmt: skip
        put = insert(Duplicate).values(values)
        kept = {"score": score, "reasons": reasons, "updated_at": now, "version": Duplicate.version + 1}
        differs = (Duplicate.score != put.excluded.score) | (Duplicate.reasons != put.excluded.reasons)
        session.execute(put.on_conflict_do_update(index_elements=["low_id", "high_id"], set_=kept, where=differs))


def of_person(session: Session, person_id: UUID) -> Sequence[Duplicate]:
    """The open pairs of one person, looked for now, the likeliest first; within the actor's reach."""
    person = load(session, Person, person_id)
    refresh(session, person)
    statement = select(Duplicate).where(_about(person_id), Duplicate.state == "open", in_reach())
    statement = visible(statement, Duplicate).order_by(Duplicate.score.desc(), Duplicate.id)
    return session.scalars(statement, execution_options={"populate_existing": True}).all()


def dismiss(session: Session, duplicate_id: UUID) -> Duplicate:
    """These are two people. Done already is a Conflict."""
    statement = visible(select(Duplicate).where(Duplicate.id == duplicate_id, in_reach("write")), Duplicate)
    found = session.scalars(
        statement.with_for_update(of=Duplicate), execution_options={"populate_existing": True}
    ).one_or_none()
    if found is None:
        raise NotFound("duplicate")
    check_state(found.state)
    found.state, found.dismissed_by, found.dismissed_at = "dismissed", actor().id, clock.now()
    return found


def in_reach(access: Access = "read") -> ColumnElement[bool]:
    """Both of the pair are within the actor's reach, with `access`."""
    seen = visible(select(Person.id), Person, access=access)
    if seen.whereclause is None:
        return Duplicate.low_id.is_not(None)
    return and_(Duplicate.low_id.in_(seen), Duplicate.high_id.in_(seen))


def _about(person_id: UUID) -> ColumnElement[bool]:
    return or_(Duplicate.low_id == person_id, Duplicate.high_id == person_id)


def _drop_others(session: Session, person_id: UUID, found: Sequence[tuple[UUID, UUID]]) -> None:
    gone = delete(Duplicate).where(_about(person_id), Duplicate.state == "open")
    if found:
        gone = gone.where(tuple_(Duplicate.low_id, Duplicate.high_id).not_in(found))
    session.execute(gone)
