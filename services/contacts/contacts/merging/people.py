"""Merging people."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import get_history

from contacts.companies import actions as companies
from contacts.grades.actions import because, inherit, regrade
from contacts.interactions.model import Interaction
from contacts.merging import consents
from contacts.merging.followers import PEOPLE
from contacts.merging.kinds import Kind, Merging
from contacts.merging.model import Merge
from contacts.merging.rules import PERSON_CHOICES
from contacts.people import actions as people
from contacts.people.company import company_again
from contacts.people.contact_points import replace_points
from contacts.people.model import Person
from contacts.points import actions as points
from contacts.points.model import ContactPoint
from contacts.points.rules import KINDS, Point, keys_of
from contacts.privacy import restriction
from contacts.staff.rules import OWNERSHIP


class PersonKind(Kind):
    """A person: contact points are united, consents kept the stricter way, grades reckoned anew."""

    noun, path = "person", "people"
    merged, unmerged = "contact.merged", "contact.unmerged"
    model, followers, choices = Person, PEOPLE, PERSON_CHOICES
    derived = frozenset({"grade", "rfm"})

    def hold(self, session: Session, ids: Collection[UUID]) -> Collection[UUID]:
        named = session.scalars(select(Person.company_id).where(Person.id.in_(ids)))
        return companies.hold(session, {id_ for id_ in named if id_})

    def belongs(self, records: Iterable[Person], held: Collection[UUID]) -> bool:
        return {person.company_id for person in records} <= {None, *held}

    def hold_parted(self, session: Session, merge: Merge) -> None:
        named = (merge.snapshot["record"]["company_id"], merge.changed.get("company_id", [None])[0])
        companies.hold(session, {companies.moved(session, UUID(id_)) for id_ in named if id_})

    def look(self, session: Session, survivor: Person, loser: Person, merging: Merging) -> None:
        merging.row["survivor_points"] = [point.value for point in survivor.points]
        merging.noted["points"] = _points(survivor, loser, merging)
        merging.noted["purposes"] = consents.differing(session, survivor, loser)
        because(session, "merge")
        inherit(session, survivor, loser.id)

    def bury(self, session: Session, loser: Person) -> None:
        session.flush()
        session.execute(delete(ContactPoint).where(ContactPoint.person_id == loser.id))
        for row in loser.points:
            session.expunge(row)
        super().bury(session, loser)

    def unite(self, session: Session, survivor: Person, merging: Merging) -> None:
        replace_points(session, survivor, _free(session, survivor, merging.noted["points"]))
        _belong(session, survivor)
        regrade(session, survivor, "merge")
        consents.tell(session, survivor, merging.noted["purposes"], merging.merge.id)

    def release(self, session: Session, survivor: Person, merge: Merge) -> None:
        because(session, "merge")
        if "company_id" in merge.changed:
            for name, value in company_again(session, survivor.company_id, survivor.company_name).items():
                setattr(survivor, name, value)
        if get_history(survivor, "restricted").deleted == [True] and restriction.begun_since(session, merge):
            survivor.restricted = True
        came = {point["value"] for point in merge.snapshot["points"]} - set(merge.snapshot["survivor_points"])
        replace_points(session, survivor, [p.as_point() for p in survivor.points if p.value not in came])

    def free(self, session: Session, row: dict[str, Any]) -> dict[str, Any]:
        company_id = UUID(row["company_id"]) if row["company_id"] else None
        return row | company_again(session, company_id, row["company_name"])

    def come_back(self, session: Session, survivor: Person, loser: Person, merge: Merge) -> None:
        taken = points.owners(session, [point["key"] for point in merge.snapshot["points"]])
        for point in merge.snapshot["points"]:
            if point["key"] not in taken:
                session.add(ContactPoint(**point | {"person_id": merge.loser_id}))
        session.flush()
        session.expire(loser)
        loser.fill_search()  # not all that it was found by has come back, and nothing of it stands beside the row
        _belong(session, loser)
        loser.restricted |= survivor.restricted and restriction.begun_since(session, merge)
        for one in (survivor, loser):
            regrade(session, one, "merge")

    def parted(self, session: Session, survivor: Person, loser: Person, merge: Merge) -> None:
        consents.part(session, survivor, loser, merge)

    def updated(self, session: Session, record: Person) -> None:
        people.updated(session, record)

    def told(self, record: Person) -> tuple[dict[str, Any], dict[str, Any] | None]:
        return {}, {
            "name": record.name,
            "emails": [point.value for point in record.emails],
            "phones": [point.value for point in record.phones],
            "company_name": record.company_name,
        }


def _points(survivor: Person, loser: Person, merging: Merging) -> list[Point]:
    """All points of both, each once, the chosen primary ones first."""
    found: list[Point] = []
    for kind in KINDS:
        rows = [[row.as_point() for row in one._of(kind)] for one in (survivor, loser)]
        if merging.fields.get(kind) == loser.id and rows[1]:
            rows = [rows[1][:1], rows[0], rows[1][1:]]
        found += [point for part in rows for point in part]
    name = merging.values["name"]
    return list({point.key(name): point for point in reversed(found)}.values())[::-1]


def _free(session: Session, survivor: Person, wanted: Sequence[Point]) -> list[Point]:
    """Those that nobody else has: a shared number goes by the name, and another of the surviving name may have it."""
    known = points.owners(session, keys_of(list(wanted), survivor.name))
    return [point for point in wanted if known.get(point.key(survivor.name), survivor.id) == survivor.id]


def _belong(session: Session, person: Person) -> None:
    owned = {part: getattr(person, part) for part in OWNERSHIP}
    session.execute(update(Interaction).where(Interaction.person_id == person.id).values(owned))
