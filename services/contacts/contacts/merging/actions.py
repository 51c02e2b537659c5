"""Merge records of one person. One transaction; rows are locked in the order of their ids."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from chassis import clock, custom
from chassis.access import actor, refusal, visible
from chassis.db.aliases import resolve
from chassis.errors import Conflict, Forbidden, Invalid
from chassis.events import emit
from chassis.ids import uuid7
from contacts.grades.actions import regrade
from contacts.interactions.model import Interaction
from contacts.merging import consents
from contacts.merging.followers import PEOPLE
from contacts.merging.model import Merge, Tombstone
from contacts.merging.rules import check_choices, surviving
from contacts.merging.snapshots import take, values_of
from contacts.people import actions as people
from contacts.people.model import Person
from contacts.points import actions as points
from contacts.points.model import ContactPoint
from contacts.points.rules import KINDS, Point, keys_of
from contacts.staff.rules import OWNERSHIP
from contacts.timeline import actions as timeline

_ATTEMPTS = 8


def merge(session: Session, survivor_id: UUID, loser_ids: Sequence[UUID], fields: dict[str, UUID]) -> dict[str, Any]:
    """Merge the losers into the survivor: `person` as it is then, and its `merges`, one for each loser.

    Ids that were merged before stand for what they were merged into: done already is done. Invalid for a choice that
    makes no sense; NotFound where one of them is outside the actor's reach.
    """
    refuse_partners()
    if survivor_id in loser_ids:
        raise Invalid("loser_ids", "self_reference", "Nobody is merged with themselves.")
    check_choices(fields, [survivor_id, *loser_ids], custom.known(session, Person))
    ids, rows = _locked(session, [survivor_id, *loser_ids])
    survivor = rows[ids[survivor_id]]
    chosen = {name: ids[id_] for name, id_ in fields.items()}
    for loser_id in dict.fromkeys(ids[id_] for id_ in loser_ids):
        if loser_id != survivor.id:
            _absorb(session, survivor, rows[loser_id], chosen)
    session.flush()
    return {"person": survivor, "merges": _merges_of(session, loser_ids)}


def refuse_partners() -> None:
    """Forbidden for partners: who is whom shows more than their own customers."""
    if actor().reach == "partner":
        raise Forbidden("Partners do not merge people.", "partner_reach")


def _locked(session: Session, wanted: Sequence[UUID]) -> tuple[dict[UUID, UUID], dict[UUID, Person]]:
    """For each id the one that it stands for now, and the rows of those, locked."""
    for _ in range(_ATTEMPTS):
        ids = {id_: resolve(session, Tombstone, id_) for id_ in wanted}
        statement = select(Person).where(Person.id.in_(ids.values())).order_by(Person.id).with_for_update(of=Person)
        statement = visible(statement, Person, access="owner")  # a merge takes a record from its owner
        rows = session.scalars(statement, execution_options={"populate_existing": True}).all()
        found = {row.id: row for row in rows}
        if found.keys() == set(ids.values()):
            return ids, found
        if all(resolve(session, Tombstone, id_) == id_ for id_ in ids.values()):
            raise refusal(session, Person, min(set(ids.values()) - found.keys()), "owner")
    raise Conflict("try_again", "Others are merging the same people; try again.")


def _absorb(session: Session, survivor: Person, loser: Person, fields: dict[str, UUID]) -> Merge:
    before, row = values_of(survivor), take(session, loser)
    merge = Merge(id=uuid7(), survivor_id=survivor.id, loser_id=loser.id, merged_by=actor().id, snapshot={})
    values = surviving(survivor, loser, fields)
    wanted = _points(survivor, loser, fields, values["name"])
    survivor_points = [point.value for point in survivor.points]
    stricter = consents.differing(session, survivor, loser)
    PEOPLE.join(session, loser.id, survivor.id, loser.version + 1)
    bury(session, loser)
    with session.no_autoflush:
        for name, value in values.items():
            setattr(survivor, name, value)
        people.replace_points(session, survivor, _free(session, survivor, wanted))
    _belong(session, survivor)
    regrade(session, survivor)
    consents.tell(session, survivor, stricter, merge.id)
    survivor.touch()
    people.updated(session, survivor)
    after = values_of(survivor)
    changed = {name: [value, after[name]] for name, value in before.items() if after[name] != value}
    merge.snapshot = row | {"survivor": changed, "survivor_points": survivor_points}
    session.add(merge)
    session.flush()
    told = {"survivor_id": str(survivor.id), "loser_id": str(loser.id), "merge_id": str(merge.id)}
    tell(session, "contact.merged", merge, survivor, told, int(row["person"]["version"]) + 1)
    timeline.record(
        session, merge.id, "contact.merged", f"Merged with {row['person']['name']}", at=clock.now(),
        person_id=survivor.id, data={"merge_id": told["merge_id"], "loser_id": told["loser_id"]},
    )  # fmt: skip
    return merge


def tell(session: Session, type_: str, merge: Merge, survivor: Person, data: dict[str, str], sequence: int) -> None:
    """Emit contact.merged or contact.unmerged. Its subject is the loser: what is later for them, is later."""
    personal = {
        "name": survivor.name,
        "emails": [point.value for point in survivor.emails],
        "phones": [point.value for point in survivor.phones],
        "company_name": survivor.company_name,
    }
    data = {"person_id": str(survivor.id), **data}
    emit(session, type_, None, data, personal=personal, subject=f"people/{merge.loser_id}", sequence=sequence)


def bury(session: Session, loser: Person) -> None:
    """Take the loser's row away: what hung on it has moved. Lists, counts and exports have nothing to leave out."""
    session.flush()
    session.execute(delete(ContactPoint).where(ContactPoint.person_id == loser.id))
    session.execute(delete(Person).where(Person.id == loser.id))
    for row in [*loser.points, loser]:
        session.expunge(row)


def _points(survivor: Person, loser: Person, fields: dict[str, UUID], name: str) -> list[Point]:
    """All points of both, each once, the chosen primary ones first."""
    found: list[Point] = []
    for kind in KINDS:
        rows = [[row.as_point() for row in one._of(kind)] for one in (survivor, loser)]
        if fields.get(kind) == loser.id and rows[1]:
            rows = [rows[1][:1], rows[0], rows[1][1:]]
        found += [point for part in rows for point in part]
    return list({point.key(name): point for point in reversed(found)}.values())[::-1]


def _free(session: Session, survivor: Person, wanted: Sequence[Point]) -> list[Point]:
    """Those that nobody else has: a shared number goes by the name, and another of the surviving name may have it."""
    known = points.owners(session, keys_of(list(wanted), survivor.name))
    return [point for point in wanted if known.get(point.key(survivor.name), survivor.id) == survivor.id]


def _belong(session: Session, person: Person) -> None:
    owned = {part: getattr(person, part) for part in OWNERSHIP}
    session.execute(update(Interaction).where(Interaction.person_id == person.id).values(owned))


def _merges_of(session: Session, loser_ids: Sequence[UUID]) -> list[Merge]:
    statement = select(Merge).where(Merge.loser_id.in_(loser_ids), Merge.state == "done")
    return list(session.scalars(statement.order_by(Merge.created_at, Merge.id)))
