"""Use cases about sensitive values: store, show the mask, read with a reason, search without telling."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import actor, visible
from chassis.errors import Conflict, Invalid, NotFound
from chassis.ids import uuid7
from contacts.people.model import Person
from contacts.sensitive.keyring import keyring
from contacts.sensitive.model import SensitiveAccess, SensitiveValue
from contacts.sensitive.rules import FIELDS, UNIQUE, masked, normal

_MOST = 50


def store(session: Session, person: Person, field: str, typed: str) -> dict[str, Any]:
    """Keep a value of the person (locked), in place of one before; `same_as` names who else has it."""
    _known(field)
    value, ring = normal(field, typed, clock.now().date()), keyring()
    row = session.scalar(_of(person.id, field).with_for_update())
    if row is None:
        row = SensitiveValue(id=uuid7(), person_id=person.id, field=field)
        session.add(row)
    row.content, row.key_id = ring.encrypt(value.encode(), about(row.id, field)), ring.current
    row.digest = ring.blind(field, value)
    session.flush()
    return _shown(row, value) | {"same_as": _others(session, row)}


def remove(session: Session, person: Person, field: str) -> None:
    """Forget a value; without one nothing happens."""
    _known(field)
    session.execute(delete(SensitiveValue).where(SensitiveValue.person_id == person.id, SensitiveValue.field == field))


def listed(session: Session, person: Person) -> list[dict[str, Any]]:
    """What there is of a person, masked."""
    rows = session.scalars(
        select(SensitiveValue).where(SensitiveValue.person_id == person.id).order_by(SensitiveValue.field)
    )
    return [_shown(row, _open(row)) for row in rows]


def reveal(session: Session, person: Person, field: str, reason: str) -> dict[str, str]:
    """The value itself; that it was read, by whom and why, is kept in the same transaction. NotFound without one."""
    _known(field)
    row = session.scalar(_of(person.id, field))
    if row is None:
        raise NotFound("sensitive value")
    note(session, person.id, field, "read", reason)
    return {"field": field, "value": _open(row)}


def search(session: Session, field: str, typed: str, reason: str) -> Sequence[Any]:
    """Who within reach has this value. The search is noted for each who was found, or once for nobody."""
    digest = keyring().blind(field, normal(field, typed, clock.now().date()))
    mine = select(SensitiveValue.person_id).where(SensitiveValue.field == field, SensitiveValue.digest == digest)
    wanted = select(Person.id, Person.name, Person.company_name).where(Person.id.in_(mine)).order_by(Person.id)
    found = session.execute(visible(wanted, Person).limit(_MOST)).all()
    for person_id in [row.id for row in found] or [None]:
        note(session, person_id, field, "search", reason)
    return found


def note(session: Session, person_id: UUID | None, field: str, how: str, reason: str) -> None:
    """Write who looked at what of whom into the access log."""
    access = SensitiveAccess(person_id=person_id, field=field, how=how, reason=reason, user_id=actor().id)
    access.at = clock.now()
    session.add(access)


def rotate(session: Session, limit: int) -> int:
    """Encrypt up to `limit` values anew that are not under the current key; how many. 0: all are."""
    ring = keyring()
    old = select(SensitiveValue).where(SensitiveValue.key_id != ring.current).order_by(SensitiveValue.id).limit(limit)
    rows = session.scalars(old.with_for_update(skip_locked=True)).all()
    for row in rows:
        row.content, row.key_id = ring.encrypt(_open(row).encode(), about(row.id, row.field)), ring.current
    session.flush()
    return len(rows)


def about(id: UUID, field: str) -> str:
    """What a value is bound to: its own row and field."""
    return f"sensitive-values/{id}/{field}"


def _open(row: SensitiveValue) -> str:
    try:
        return keyring().decrypt(row.content, about(row.id, row.field)).decode()
    except ValueError as error:
        raise Conflict("not_genuine", f"The stored {row.field} was changed, or moved here.") from error


def _shown(row: SensitiveValue, value: str) -> dict[str, Any]:
    return {"field": row.field, "masked": masked(row.field, value), "updated_at": row.updated_at}


def _others(session: Session, row: SensitiveValue) -> list[UUID]:
    if row.field not in UNIQUE:
        return []
    same = SensitiveValue.field == row.field, SensitiveValue.digest == row.digest
    others = select(SensitiveValue.person_id).where(*same, SensitiveValue.person_id != row.person_id)
    return list(session.scalars(visible(select(Person.id).where(Person.id.in_(others)), Person).limit(_MOST)))


def _of(person_id: UUID, field: str) -> Any:
    return select(SensitiveValue).where(SensitiveValue.person_id == person_id, SensitiveValue.field == field)


def _known(field: str) -> None:
    if field not in FIELDS:
        raise Invalid("field", "not_a_choice", f"Must be one of {', '.join(FIELDS)}.")
