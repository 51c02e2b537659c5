"""Restriction of processing (GDPR art. 18): the data stays, but is used for nothing else meanwhile."""

from __future__ import annotations

from sqlalchemy.orm import Session

from chassis import clock
from chassis.ids import uuid7
from contacts.people import actions as people
from contacts.people.model import Person
from contacts.timeline import actions as timeline


def impose(session: Session, person: Person) -> None:
    """From now on the person (locked) is left out of what is done to many; others are told. Imposed already is done."""
    _set(session, person, True, "Use of their data restricted", "")


def lift(session: Session, person: Person, reason: str) -> Person:
    """The restriction ends, for a reason of which the person was told before; lifted already is done."""
    _set(session, person, False, "Restriction lifted", reason)
    return person


def _set(session: Session, person: Person, restricted: bool, title: str, reason: str) -> None:
    if person.restricted == restricted:
        return
    person.restricted = restricted
    people.updated(session, person)
    type_ = "person.restricted" if restricted else "person.restriction_lifted"
    timeline.record(session, uuid7(), type_, title, at=clock.now(), person_id=person.id, data={"reason": reason})
