"""What other services' events change about a person."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from chassis import clock
from chassis.events import Event
from contacts.companies import actions as companies
from contacts.companies.model import Company
from contacts.grades.actions import because, regrade
from contacts.handovers.moving import handing_over
from contacts.owners import cause
from contacts.people import actions as people
from contacts.people.model import Person
from contacts.people.rules import REFERENCE_TAG, is_promoter, merged_tags, roles_after, stage_after
from contacts.staff.actions import team_of
from contacts.staff.model import StaffMember
from contacts.tasks.model import Task, TaskSeries

RELEASES_PER_TICK = 500


def advance(session: Session, event: Event) -> None:
    """Move the person of a lead, deal or order on in their life cycle, and grade them anew where that changes it."""
    person = people.known(session, event.data.get("person_id"))
    if person is None:
        return
    before, person.lifecycle = person.lifecycle, stage_after(event.type, person.lifecycle)
    if person.lifecycle != before:
        person.roles = roles_after(person.lifecycle, person.roles)
        because(session, event.type)
    people.updated(session, person)
    regrade(session, person, "order" if event.type == "order.placed" else "lifecycle")


def take_owner(session: Session, event: Event) -> None:
    """`lead.assigned`: a customer who is nobody's becomes the customer of who got the lead."""
    person = people.known(session, event.data.get("person_id"))
    owner = event.data.get("owner_id")
    if person is None or person.owner_id is not None or not owner:
        return
    team = event.data.get("team_id")
    team_id = UUID(team) if team else team_of(session, UUID(owner))
    cause.because(session, "lead.assigned", by=UUID(event.actorid) if event.actorid else None)
    person.owner_id, person.team_id = UUID(owner), team_id
    people.updated(session, person)


def promote(session: Session, event: Event) -> None:
    """`survey.answered`: who gives the best mark becomes a reference."""
    person = people.known(session, event.data.get("person_id"))
    if person is None or not is_promoter(event.data["score"]):
        return
    person.reference = True
    person.tags = merged_tags(person.tags, [REFERENCE_TAG])
    people.updated(session, person)


def release(session: Session) -> int:
    """Take the records of users who left off them, a batch at a time; the number of records. They stay with the team,
    where a manager sees them without an owner and gives them to somebody."""
    gone = session.scalars(
        select(StaffMember).where(~StaffMember.active, ~StaffMember.released).limit(1).with_for_update(skip_locked=True)
    ).one_or_none()
    if gone is None or handing_over(session, gone.user_id):
        return 0
    cause.because(session, cause.LEFT)
    done = _release_people(session, gone.user_id) + _release_companies(session, gone.user_id)
    tasks = update(Task).where(Task.owner_id == gone.user_id, Task.state == "open")
    session.execute(tasks.values(owner_id=None, updated_at=clock.now()))
    session.execute(update(TaskSeries).where(TaskSeries.owner_id == gone.user_id).values(owner_id=None))
    gone.released = done == 0
    return done


def _release_people(session: Session, owner_id: UUID) -> int:
    rows = session.scalars(
        select(Person).where(Person.owner_id == owner_id).limit(RELEASES_PER_TICK).with_for_update(skip_locked=True)
    ).all()
    for person in rows:
        person.owner_id = None
    session.flush()
    for person in rows:
        people.tell(session, "contact.updated", person)
    return len(rows)


def _release_companies(session: Session, owner_id: UUID) -> int:
    rows = session.scalars(
        select(Company).where(Company.owner_id == owner_id).limit(RELEASES_PER_TICK).with_for_update(skip_locked=True)
    ).all()
    for company in rows:
        company.owner_id = None
    session.flush()
    for company in rows:
        companies.tell(session, "company.updated", company)
    return len(rows)
