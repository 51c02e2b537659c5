"""Use cases about relationships."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, or_, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import actor, load
from chassis.errors import Conflict, Invalid, NotFound
from chassis.events import emit
from contacts.companies.model import Company
from contacts.people.model import Person
from contacts.relationships.model import Relationship
from contacts.relationships.rules import KINDS, REPORTS_TO, WORKS_AT, check_ends, check_span

ENDS = ("from_person_id", "from_company_id", "to_person_id", "to_company_id")
_LOCK = "contacts.relationships.reporting"
# The path ends a walk in a circle, which a merge can bring about.
_ABOVE = text(
    "WITH RECURSIVE above AS ("
    " SELECT CAST(:id AS uuid) AS id, ARRAY[CAST(:id AS uuid)] AS path"
    " UNION ALL SELECT r.to_person_id, path || r.to_person_id FROM relationships r"
    " JOIN above ON r.from_person_id = above.id WHERE r.kind = 'reports_to' AND r.until IS NULL"
    " AND NOT r.to_person_id = ANY(path))"
    " SELECT id FROM above"
)


def relate(session: Session, data: dict[str, Any]) -> Relationship:
    """A new relationship between two within the actor's reach. Conflict for one that is there already; Invalid for a
    reporting line that would close a circle."""
    check_ends(data["kind"], data)
    check_span(data.get("since"), data.get("until"))
    if data["kind"] == REPORTS_TO:
        _take_turn(session)
    for name in sorted(ENDS, key=_people_last):
        if data.get(name):
            _reach(session, name, data[name], lock=name.startswith("from_"))
    if data.get("until") is None:
        _refuse_twice(session, data)
    relationship = Relationship(**data, author_id=actor().id)
    try:
        with session.begin_nested():
            session.add(relationship)
            session.flush()
    except IntegrityError as error:
        if "uq_relationships" not in str(error.orig):
            raise
        raise _taken() from None
    _tell(session, "relationship.created", relationship)
    return relationship


def change(session: Session, relationship: Relationship, changes: dict[str, Any]) -> Relationship:
    """Change a relationship (locked). One that had ended and is to last again is refused as a new one would be."""
    if "until" in changes and changes["until"] is None and relationship.until is not None:
        data = {name: getattr(relationship, name) for name in (*ENDS, "kind")}
        if relationship.kind == REPORTS_TO:
            _take_turn(session)
        _refuse_twice(session, data)
    for name, value in changes.items():
        setattr(relationship, name, value)
    check_span(relationship.since, relationship.until)
    if session.is_modified(relationship):
        session.flush()
        _tell(session, "relationship.updated", relationship)
    return relationship


def remove(session: Session, relationship: Relationship) -> None:
    """Delete a relationship (locked), as if it had never been."""
    _tell(session, "relationship.deleted", relationship, sequence=relationship.version + 1)
    session.delete(relationship)


def report_to(session: Session, person_id: UUID, manager_id: UUID | None) -> Relationship | None:
    """From today a person reports to this manager (None: to nobody); the line that was ends. So already: no change."""
    _take_turn(session)
    load(session, Person, person_id, lock=True)
    line = session.scalar(_current(person_id).with_for_update())
    if line is not None and line.to_person_id == manager_id:
        return line
    if line is not None:
        change(session, line, {"until": clock.now().date()})
    if manager_id is None:
        return None
    ends = {"from_person_id": person_id, "to_person_id": manager_id}
    try:
        return relate(session, {"kind": REPORTS_TO, "since": clock.now().date(), **ends})
    except Invalid as refusal:
        raise Invalid("manager_id", refusal.errors[0].code, refusal.errors[0].message) from None


def worked_at(session: Session, person: Person, company_id: UUID) -> None:
    """Keep that a person worked in a company until today, as it stands on them."""
    former = Relationship(
        kind=WORKS_AT, from_person_id=person.id, to_company_id=company_id, title=person.job_title,
        department=person.department, until=clock.now().date(), author_id=actor().id,
    )  # fmt: skip
    session.add(former)
    session.flush()
    _tell(session, "relationship.created", former)


def reach(session: Session, relationship_id: UUID, *, lock: bool = True) -> Relationship:
    """A relationship whose both ends the actor reaches; locked, one whose first end they may change."""
    found = session.get(Relationship, relationship_id)
    if found is None:
        raise NotFound("relationship")
    for name in sorted(ENDS, key=_people_last):
        if (id_ := getattr(found, name)) is not None:
            load(session, Person if "person" in name else Company, id_, lock=lock and name.startswith("from_"))
    return load(session, Relationship, relationship_id, lock=lock)


def _take_turn(session: Session) -> None:
    """Until the transaction ends nobody else changes who reports to whom."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(_LOCK, 0))))


def _people_last(name: str) -> bool:
    """Companies are locked before people, as everywhere."""
    return "person" in name


def _reach(session: Session, name: str, id_: UUID, *, lock: bool) -> None:
    model: type[Any] = Person if "person" in name else Company
    try:
        load(session, model, id_, lock=lock)
    except NotFound:
        raise Invalid(name, "unknown_reference", "There is nobody with this id.") from None
    if not lock:  # as the relationship will, but before anybody else is locked
        session.execute(select(model.id).where(model.id == id_).with_for_update(read=True, key_share=True))


def _refuse_twice(session: Session, data: dict[str, Any]) -> None:
    """Refuse what is so already, from whichever end it was said, and a circle of reporting lines."""
    ends = [data.get(name) for name in ENDS]
    same = _between(ends)
    if KINDS[data["kind"]].inverse == data["kind"]:
        same = or_(same, _between([*ends[2:], *ends[:2]]))
    present = select(Relationship.id).where(Relationship.kind == data["kind"], Relationship.until.is_(None), same)
    if session.scalar(present.limit(1)) is not None:
        raise _taken()
    if data["kind"] == REPORTS_TO:
        if session.scalar(_current(data["from_person_id"])) is not None:
            raise Conflict("has_manager", "This person reports to somebody already; end that first.")
        if data["from_person_id"] in set(session.scalars(_ABOVE, {"id": data["to_person_id"]})):
            raise Invalid("to_person_id", "cycle", "Nobody reports to who reports to them.")


def _between(ends: list[UUID | None]) -> Any:
    columns = [getattr(Relationship, name) for name in ENDS]
    return and_(*(column == value for column, value in zip(columns, ends, strict=True)))


def _current(person_id: UUID) -> Any:
    return select(Relationship).where(
        Relationship.from_person_id == person_id, Relationship.kind == REPORTS_TO, Relationship.until.is_(None)
    )


def _taken() -> Conflict:
    return Conflict("relationship_exists", "This relationship is there already.")


def _tell(session: Session, type_: str, relationship: Relationship, sequence: int | None = None) -> None:
    data: dict[str, Any] = {name: _text(getattr(relationship, name)) for name in ENDS}
    data |= {"relationship_id": str(relationship.id), "kind": relationship.kind}
    data |= {name: _text(getattr(relationship, name)) for name in ("since", "until")}
    emit(session, type_, relationship, data, sequence=sequence)


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
