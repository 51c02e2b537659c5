"""What other services' events change about a person."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from chassis.events import Event
from contacts.grades.actions import because, regrade
from contacts.owners import cause
from contacts.people import actions as people
from contacts.people.rules import REFERENCE_TAG, is_promoter, merged_tags, roles_after, stage_after
from contacts.staff.actions import team_of


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
