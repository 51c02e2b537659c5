"""Restriction of processing (GDPR art. 18): the data stays, but is used for nothing else meanwhile."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.db.aliases import standing_for
from chassis.ids import uuid7
from contacts.merging.model import Merge, Tombstone
from contacts.people import actions as people
from contacts.people.model import Person
from contacts.privacy.model import PrivacyRequest
from contacts.timeline import actions as timeline

_ASKED = PrivacyRequest.kind == "restriction"


def impose(session: Session, person: Person) -> None:
    """From now on the person (locked) is left out of what is done to many; others are told. Imposed already is done."""
    _set(session, person, True, "Use of their data restricted", "")


def lift(session: Session, person: Person, reason: str) -> Person:
    """The restriction ends, for a reason of which the person was told before, and so does what they had asked for;
    lifted already is done."""
    _set(session, person, False, "Restriction lifted", reason)
    ids = person.id, *standing_for(session, Tombstone, person.id)
    running = _ASKED, PrivacyRequest.person_id.in_(ids), PrivacyRequest.state == "running"
    for request in session.scalars(select(PrivacyRequest).where(*running).with_for_update()):
        request.state, request.done_at = "done", clock.now()
    return person


def begun_since(session: Session, merge: Merge) -> bool:
    """Whether a restriction was imposed while two people were one: either of them may have asked for it."""
    theirs = PrivacyRequest.person_id.in_((merge.survivor_id, merge.loser_id))
    begun = select(PrivacyRequest.id).where(_ASKED, theirs, PrivacyRequest.begun_at >= merge.created_at)
    return session.scalar(begun.limit(1)) is not None


def _set(session: Session, person: Person, restricted: bool, title: str, reason: str) -> None:
    if person.restricted == restricted:
        return
    person.restricted = restricted
    people.updated(session, person)
    type_ = "person.restricted" if restricted else "person.restriction_lifted"
    timeline.record(session, uuid7(), type_, title, at=clock.now(), person_id=person.id, data={"reason": reason})
