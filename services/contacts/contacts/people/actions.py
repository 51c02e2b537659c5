"""Use cases about people: made once, found by any door, changed, removed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chassis import custom
from chassis.access import actor, load, visible
from chassis.db.aliases import forget_moved, resolve, standing_for
from chassis.errors import Conflict, NotFound
from chassis.events import emit
from chassis.ids import uuid7
from contacts.addresses.places import normal_place, place_of
from contacts.grades.model import Purchase
from contacts.merging.model import Merge, Tombstone
from contacts.owners.actions import hand_on
from contacts.people.company import company_of, with_first_company, with_new_company
from contacts.people.contact_points import points_after, replace_points, take_points, taken
from contacts.people.events import contact_data, contact_personal
from contacts.people.model import Person
from contacts.people.rules import called_by, check_name, made_up, merged_roles, merged_tags, source_of
from contacts.points import actions as points
from contacts.points.deliverable import check_deliverable
from contacts.points.rules import LISTS, Point, keys_of
from contacts.privacy.holds import refuse_held
from contacts.relationships import actions as relationships
from contacts.requirements import actions as requirements
from contacts.settings import settings
from contacts.staff.actions import ownership
from contacts.staff.rules import OWNERSHIP
from contacts.timeline.model import TimelineEntry

_ATTEMPTS = 8


def create(
    session: Session, data: dict[str, Any], on_match: str = "refuse", *, check_mx: bool = False
) -> tuple[Person, bool]:
    """A new person; and whether it was made. What happens with one that is here already is `on_match`:

    `refuse`: Conflict that names the existing one; `return`: the existing one, untouched; `update`: the existing one
    with what was blank filled in and new contact points added. One outside the caller's reach is always refused.
    `check_mx` (or the setting): Invalid for an e-mail address whose domain takes no mail.
    """
    if check_mx or settings().check_mx:
        check_deliverable(take_points(dict(data)))
    data = normal_place({}, data)
    data = data | {"custom": custom.accept(session, Person, data.get("custom"))}
    person, made = find_or_make(session, {"source": "api", "entered_by": actor().id, **data})
    if made:
        custom.check_required(session, person)
        requirements.check_new(session, person)
    if made or (on_match == "return" and _seen(session, person)):
        return person, made
    if on_match == "update" and _seen(session, person):
        data = with_first_company(session, person.id, data)
        fill(session, lock(session, person.id), data)
        return person, False
    raise taken(session, person.id, "This person is here already.")


def identify(session: Session, data: dict[str, Any]) -> tuple[Person, bool]:
    """Whoever a card, an account or an address says it is, with what was blank filled in; made where nobody is known.
    Without a name they are called by what they were found by. Conflict for one outside the actor's reach."""
    data = dict(data)
    if not data.get("name"):
        data["name"] = called_by(take_points(dict(data)))
    data.setdefault("source", source_of({point.kind for point in take_points(dict(data))}))
    return create(session, data, on_match="update")


def find_or_make(session: Session, data: dict[str, Any], id: UUID | None = None) -> tuple[Person, bool]:
    """The person behind the e-mails and phones of `data`, or else a new one (with `id`); and whether it was made.

    Whoever makes the same person at the same time waits at the primary key of contact points, and then finds them.
    """
    data = dict(data)
    name, given = check_name(data.pop("name")), take_points(data)
    keys = keys_of(given, name)
    known = points.owner(session, keys)
    if known is not None:
        return _get(session, known), False
    data |= company_of(session, data)
    data.setdefault("custom", custom.defaults(session, Person))
    owned = ownership(session, data)
    for _ in range(_ATTEMPTS):
        person = Person(id=id or uuid7(), name=name, **data, **{part: getattr(owned, part) for part in OWNERSHIP})
        person.points = points.rows(given, name)
        try:
            with session.begin_nested():
                session.add(person)
                session.flush()
        except IntegrityError as error:
            if not points.lost_race(error):
                raise
            known = points.owner(session, keys)
            if known is not None:
                return _get(session, known), False
            continue
        tell(session, "contact.created", person)
        return person, True
    raise Conflict("try_again", "Others are changing the same person; try again.")


def change(session: Session, person: Person, changes: dict[str, Any]) -> Person:
    """Change a person (locked). `emails` and `phones` replace the lists, `email` and `phone` set the primary one.
    Conflict where a new contact point belongs to somebody else."""
    changes = normal_place(place_of(person), dict(changes))
    if "name" in changes:
        changes["name"] = check_name(changes["name"])
    wanted = points_after(person, changes)
    if wanted is not None and settings().check_mx:
        check_deliverable([point for point in wanted if point.value not in {row.value for row in person.points}])
    changes = with_new_company(session, changes)
    if any(part in changes for part in OWNERSHIP):
        hand_on(session, person, changes)
    if person.company_id and changes.get("company_id", person.company_id) != person.company_id:
        relationships.worked_at(session, person, person.company_id)
    with session.no_autoflush:  # all that changes is one version and one event
        for name, value in changes.items():
            setattr(person, name, value)
        if wanted is not None:
            replace_points(session, person, wanted)
        requirements.check_changed(session, person, [*changes, *(() if wanted is None else ("email", "phone"))])
    return updated(session, person)


def fill(session: Session, person: Person, data: dict[str, Any]) -> Person:
    """Add what was not known of a person (locked) yet. Nothing that is there is overwritten but a name that was made
    up; a contact point that belongs to somebody else stays theirs."""
    data = dict(data)
    said, given = data.pop("name", None), take_points(data)
    name = _name_at_last(person, said, given)
    if data.get("company_name") and not person.company_id and not data.get("company_id"):
        data |= company_of(session, data)
    known = points.owners(session, keys_of(given, name))
    free = [point for point in given if point.key(name) not in known]
    with session.no_autoflush:
        person.name = name
        for field, value in data.items():
            if field == "tags":
                person.tags = merged_tags(person.tags, value)
            elif field == "custom":
                person.custom = {**value, **person.custom}
            elif field == "roles":
                person.roles = merged_roles(person.roles, value)
            elif field not in ("source", "entered_by", *OWNERSHIP) and getattr(person, field) in (None, "", {}):
                setattr(person, field, value)
        if free:
            replace_points(session, person, [*(row.as_point() for row in person.points), *free])
    return updated(session, person)


def _name_at_last(person: Person, said: str | None, given: Sequence[Point]) -> str:
    """What to call who was called by a number or an address until now. Not where several share a way to reach them: of
    these they are found by the name that they have."""
    named = [row.as_point() for row in person.points]
    if not said or made_up(said, given) or not made_up(person.name, named) or any(point.shared for point in named):
        return person.name
    return check_name(said)


def remove(session: Session, person: Person) -> None:
    """Delete a person with all that hangs on them here. Conflict where a legal hold forbids it."""
    refuse_held(session, person)
    session.execute(delete(TimelineEntry).where(TimelineEntry.person_id == person.id))
    merged = standing_for(session, Tombstone, person.id)
    session.execute(delete(Merge).where(Merge.survivor_id.in_([person.id, *merged])))
    forget_moved(session, Tombstone, list(merged))
    for old_id, sequence in merged.items():  # what was told under their names is to be forgotten, too
        data = {"person_id": str(old_id)}
        emit(session, "contact.deleted", None, data, subject=f"people/{old_id}", sequence=sequence + 1)
    session.execute(delete(Purchase).where(Purchase.person_id == person.id))
    emit(session, "contact.deleted", person, {"person_id": str(person.id)}, sequence=person.version + 1)
    session.delete(person)


def updated(session: Session, person: Person) -> Person:
    """Tell of what changed, if anything did."""
    if session.is_modified(person):
        session.flush()
        tell(session, "contact.updated", person)
    return person


def tell(session: Session, type_: str, person: Person) -> None:
    """Emit `contact.created` or `contact.updated` with the person's state."""
    personal = contact_personal(person, *([point.value for point in getattr(person, many)] for many in LISTS.values()))
    told, told_personal = custom.told(session, person)
    if told_personal:
        personal["custom"] = told_personal
    emit(session, type_, person, contact_data(person) | {"custom": told}, personal=personal)


def known(session: Session, person_id: UUID | str | None) -> Person | None:
    """The person with this id, or the one whom they were merged into, locked, whoever asks; None where there is none.
    For handlers."""
    if person_id is None:
        return None
    wanted = UUID(str(person_id))
    statement = select(Person).where(Person.id == wanted).with_for_update(of=Person, key_share=True)
    found = session.scalar(statement.execution_options(populate_existing=True))
    if found is None and (survivor_id := resolve(session, Tombstone, wanted)) != wanted:
        return known(session, survivor_id)
    return found


def moved(session: Session, person_id: UUID) -> UUID:
    """Whom this id stands for since it was merged; else itself."""
    return resolve(session, Tombstone, person_id)


def lock(session: Session, person_id: UUID) -> Person:
    """The person within the actor's reach, locked. NotFound otherwise."""
    return load(session, Person, person_id, lock=True)


def lock_current(session: Session, person_id: UUID) -> Person:
    """The person whom this id stands for within the actor's reach, locked, also where they are merged this very moment.
    NotFound otherwise."""
    current = moved(session, person_id)
    try:
        return lock(session, current)
    except NotFound:
        if moved(session, current) == current:
            raise
        return lock_current(session, current)


def _get(session: Session, person_id: UUID) -> Person:
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound("person")
    return person


def _seen(session: Session, person: Person) -> bool:
    return session.scalar(visible(select(Person.id).where(Person.id == person.id), Person)) is not None
