"""What other services' events change about a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.db.aliases import resolve_many
from chassis.db.bulk import one_of
from chassis.db.updating import update_many
from chassis.events import Event
from chassis.ids import uuid7
from contacts import bundles
from contacts.grades.actions import because, regrade
from contacts.merging.model import Tombstone
from contacts.owners import cause
from contacts.people import actions as people
from contacts.people.model import Person
from contacts.people.rules import REFERENCE_TAG, is_promoter, merged_tags, roles_after, stage_after
from contacts.staff.actions import team_of, teams_of


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


def take_owners(session: Session, events: Sequence[Event]) -> None:
    """`take_owner` for all that `leads.assigned` tells of: the customers who are nobody's are told of by the hundred
    (`people.changed`)."""
    given = [event for event in events if event.data.get("person_id") and event.data.get("owner_id")]
    now = resolve_many(session, Tombstone, [event.uuid("person_id") for event in given])
    by_person = {now[event.uuid("person_id")]: event for event in reversed(given)}  # of two leads the first one's
    nobodys = select(Person.id).where(one_of(Person.id, by_person), Person.owner_id.is_(None))
    if not (ids := session.scalars(nobodys).all()):
        return
    locked = select(Person).where(one_of(Person.id, ids), Person.owner_id.is_(None)).order_by(Person.id)
    locked = locked.with_for_update(of=Person, key_share=True).execution_options(populate_existing=True)
    people_found = session.scalars(locked).all()
    teams = teams_of(session, {event.uuid("owner_id") for event in given})
    cause.because(session, "lead.assigned", by=UUID(given[0].actorid) if given[0].actorid else None)
    update_many(session, {person: _owner(by_person[person.id], teams) for person in people_found})
    written = [bundles.Written(person, person.version, person.points) for person in people_found]
    bundles.tell_people(session, "people.changed", uuid7(), written, 0)


def _owner(event: Event, teams: Mapping[UUID, UUID | None]) -> dict[str, UUID | None]:
    owner_id = event.uuid("owner_id")
    return {"owner_id": owner_id, "team_id": event.optional_uuid("team_id") or teams.get(owner_id)}


def promote(session: Session, event: Event) -> None:
    """`survey.answered`: who gives the best mark becomes a reference."""
    person = people.known(session, event.data.get("person_id"))
    if person is None or not is_promoter(event.data["score"]):
        return
    person.reference = True
    person.tags = merged_tags(person.tags, [REFERENCE_TAG])
    people.updated(session, person)
