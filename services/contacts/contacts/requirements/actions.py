"""Use cases about required fields."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.errors import FieldError, Invalid
from contacts.requirements.model import RequiredFields
from contacts.requirements.rules import check_names, missing

Door = Literal["api", "form"]


def change(_session: Session, required: RequiredFields, changes: dict[str, Any]) -> RequiredFields:
    """Say what a door requires (locked). It holds for what comes from now on."""
    for door, names in changes.items():
        setattr(required, door, check_names(required.entity, door, names))
    return required


def required(session: Session, entity: str, door: Door) -> list[str]:
    """The fields that the door requires of new `people` or `companies`."""
    return session.scalar(select(getattr(RequiredFields, door)).where(RequiredFields.entity == entity)) or []


def lacking(session: Session, record: Any, door: Door) -> list[FieldError]:
    """What a new record lacks of what the door requires."""
    return missing(record, required(session, record.__tablename__, door))


def check_new(session: Session, record: Any) -> None:
    """Invalid where a record that was made over the API lacks a required field."""
    refuse(lacking(session, record, "api"))


def check_changed(session: Session, record: Any, changed: Iterable[str]) -> None:
    """Invalid where a change over the API has emptied a required field. What was blank before may stay so."""
    names = set(changed)
    if names:
        refuse([error for error in lacking(session, record, "api") if error.field in names])


def refuse(errors: list[FieldError]) -> None:
    """Invalid with these errors, if there are any."""
    if errors:
        raise Invalid.many(errors)
