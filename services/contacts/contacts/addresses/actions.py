"""Use cases about addresses. Whoever holds the person or company (locked) changes theirs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis.access import load
from chassis.errors import NotFound
from contacts.addresses.model import Address
from contacts.addresses.places import normal_place, place_of
from contacts.addresses.rules import PLACE, check_address, check_room
from contacts.companies import actions as companies
from contacts.companies.model import Company
from contacts.people import actions as people
from contacts.people.model import Person

Holder = Person | Company


def all_of(session: Session, holder: Holder) -> list[dict[str, Any] | Address]:
    """Every address of a record, the primary one first."""
    further = session.scalars(select(Address).where(_of(holder)).order_by(Address.created_at, Address.id))
    return [*primary(holder), *further]


def primary(holder: Any) -> Sequence[dict[str, Any]]:
    """The primary address as it stands in the record's own columns; none where these are blank."""
    place = place_of(holder)
    if not any(place.values()):
        return ()
    who = _holding(holder)
    rest = {"id": None, "primary": True, "kind": holder.address_kind, "version": holder.version}
    return ({"person_id": None, "company_id": None, **who, **rest, **place},)


def add(session: Session, holder: Holder, data: dict[str, Any]) -> Address:
    """A further address of a record (locked)."""
    check_address(data)
    check_room(session.scalar(select(func.count()).select_from(Address).where(_of(holder))) or 0)
    address = Address(**_holding(holder), **normal_place({}, data))
    session.add(address)
    return address


def change(address: Address, changes: dict[str, Any]) -> Address:
    """Change a further address (locked, within reach)."""
    changes = normal_place(place_of(address), changes)
    for name, value in changes.items():
        setattr(address, name, value)
    check_address(place_of(address))
    return address


def make_primary(session: Session, address_id: UUID) -> Holder:
    """Make a further address the primary one; the one that was becomes a further one, with its kind. The record,
    changed."""
    holder, address = reach(session, address_id)
    was = next(iter(primary(holder)), None)
    now = place_of(address) | {"address_kind": address.kind}
    session.delete(address)
    if was is not None:
        place = {part: was[part] for part in PLACE}
        session.add(Address(**_holding(holder), kind=was["kind"] or "other", **place))
    change_holder = people.change if isinstance(holder, Person) else companies.change
    change_holder(session, holder, now)  # type: ignore[arg-type]
    return holder


def reach(session: Session, address_id: UUID) -> tuple[Holder, Address]:
    """A further address and whose it is, both locked. NotFound where the record is out of the actor's reach."""
    found = session.get(Address, address_id)
    if found is None:
        raise NotFound("address")
    model, id_ = (Person, found.person_id) if found.person_id else (Company, found.company_id)
    holder = load(session, model, id_, lock=True)  # type: ignore[type-var, arg-type]
    return holder, load(session, Address, address_id, lock=True)  # type: ignore[return-value]


def _of(holder: Holder) -> Any:
    return Address.person_id == holder.id if isinstance(holder, Person) else Address.company_id == holder.id


def _holding(holder: Holder) -> dict[str, UUID]:
    return {"person_id": holder.id} if isinstance(holder, Person) else {"company_id": holder.id}
