"""Use cases about collaborators."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import actor, load
from chassis.errors import Forbidden, Invalid, NotFound
from chassis.events import emit
from contacts.collaborators.model import Collaborator
from contacts.collaborators.rules import check_grantee, check_until
from contacts.companies.model import Company
from contacts.people.model import Person
from contacts.staff import actions as staff
from contacts.staff.model import StaffMember

Record = type[Person] | type[Company]


def grant(session: Session, model: Record, record_id: UUID, data: dict[str, Any]) -> tuple[Collaborator, bool]:
    """Let a user or team work with a record; and whether that is new. Granted before, it is so from now on: each has
    one grant on a record. Needs the owner's access. Invalid for who is no active colleague."""
    refuse_partners()
    data = {"user_id": None, "team_id": None, "include_people": False, **data}
    check_grantee(data["user_id"], data["team_id"])
    check_until(data["until"], clock.now())
    load(session, model, record_id, lock=True, access="owner")  # whoever grants at the same time waits here
    _check_known(session, data["user_id"], data["team_id"])
    who = [getattr(Collaborator, name).is_not_distinct_from(data[name]) for name in ("user_id", "team_id")]
    row = session.scalar(select(Collaborator).where(_on(model) == record_id, *who))
    made = row is None
    if row is None:
        row = Collaborator(**{_on(model).key: record_id}, granted_by=actor().id, **data)
        session.add(row)
    for name in ("access", "until", "include_people"):
        setattr(row, name, data[name])
    if made or session.is_modified(row):
        row.granted_by = actor().id
        session.flush()
        tell(session, "collaborator.granted", row)
    return _named(session, [row])[0], made


def revoke(session: Session, model: Record, record_id: UUID, collaborator_id: UUID) -> None:
    """Take a grant back. Needs the owner's access, unless it is one's own. NotFound for one that is not there."""
    refuse_partners()
    load(session, model, record_id)
    row = session.scalar(
        select(Collaborator).where(Collaborator.id == collaborator_id, _on(model) == record_id).with_for_update()
    )
    if row is None or row.user_id is None or row.user_id != actor().id:
        load(session, model, record_id, access="owner")
    if row is None:
        raise NotFound("collaborator")
    tell(session, "collaborator.revoked", row, row.version + 1)
    session.delete(row)


def of_record(session: Session, model: Record, record_id: UUID) -> list[Collaborator]:
    """Who works with a record within the actor's reach, those whose time has passed among them."""
    refuse_partners()
    load(session, model, record_id)
    rows = session.scalars(
        select(Collaborator).where(_on(model) == record_id).order_by(Collaborator.created_at, Collaborator.id)
    )
    return _named(session, list(rows))


def refuse_partners() -> None:
    """Forbidden for partners: who works with whom is the enterprise's own affair."""
    if actor().reach == "partner":
        raise Forbidden("Partners do not decide who works with a customer.", "partner_reach")


def _check_known(session: Session, user_id: UUID | None, team_id: UUID | None) -> None:
    """Partners reach what is their company's and no more: nothing is shared with them."""
    field = "user_id" if user_id else "team_id"
    wanted = StaffMember.user_id == user_id if user_id else StaffMember.team_id == team_id
    known = select(StaffMember.user_id).where(wanted, StaffMember.active, StaffMember.partner_id.is_(None))
    if session.scalar(known.limit(1)) is None:
        raise Invalid(field, "unknown_reference", "There is no such active colleague.")


def _named(session: Session, rows: list[Collaborator]) -> list[Collaborator]:
    names = staff.names(session, [row.user_id for row in rows if row.user_id])
    for row in rows:
        row.name = names.get(row.user_id) if row.user_id else None  # type: ignore[attr-defined]
        row.active = row.until is None or row.until > clock.now()  # type: ignore[attr-defined]
    return rows


def _on(model: Record) -> Any:
    return Collaborator.person_id if model is Person else Collaborator.company_id


def tell(session: Session, type_: str, row: Collaborator, sequence: int | None = None) -> None:
    """Emit `collaborator.granted` or `collaborator.revoked`."""
    ids = ("person_id", "company_id", "user_id", "team_id")
    data: dict[str, Any] = {name: str(value) if (value := getattr(row, name)) else None for name in ids}
    data |= {"collaborator_id": str(row.id), "access": row.access, "include_people": row.include_people}
    emit(session, type_, row, data | {"until": row.until.isoformat() if row.until else None}, sequence=sequence)
