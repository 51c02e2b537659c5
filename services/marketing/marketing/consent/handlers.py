"""Keeping the copy of consent up to date, and asking it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock
from chassis.db.aliases import resolve
from chassis.events import Event
from marketing.consent.model import ConsentState, RestrictedPerson
from marketing.merged.model import MergedPerson


def consent_granted(session: Session, event: Event) -> None:
    """The person agreed."""
    _keep(session, event, given=True)


def consent_withdrawn(session: Session, event: Event) -> None:
    """The person withdrew."""
    _keep(session, event, given=False)


def people_merged(session: Session, event: Event) -> None:
    """Two people are one: a withdrawal of the loser's is the survivor's, too. (What the loser allowed, contacts tells
    anew under the survivor's id.)"""
    old, new = event.uuid("loser_id"), resolve(session, MergedPerson, event.uuid("survivor_id"))
    no = select(literal(new), ConsentState.purpose, ConsentState.given, ConsentState.at)
    row = insert(ConsentState).from_select(
        ["person_id", "purpose", "given", "at"], no.where(ConsentState.person_id == old, ~ConsentState.given)
    )
    set_ = {"given": False, "until": None, "at": func.greatest(ConsentState.at, row.excluded.at)}
    session.execute(row.on_conflict_do_update(index_elements=["person_id", "purpose"], set_=set_))


def person_changed(session: Session, event: Event) -> None:
    """Keep who is restricted; of most people there is nothing to keep."""
    restricted, id_ = bool(event.data.get("restricted")), event.uuid("person_id")
    said = {"restricted": restricted, "sequence": event.sequence}
    if not restricted:
        mine = RestrictedPerson.person_id == id_, RestrictedPerson.sequence < event.sequence
        session.execute(update(RestrictedPerson).where(*mine).values(said))
        return
    row = insert(RestrictedPerson).values(person_id=id_, **said)
    newer = RestrictedPerson.sequence < row.excluded.sequence
    session.execute(row.on_conflict_do_update(index_elements=["person_id"], set_=said, where=newer))


def may_contact(session: Session, person_id: UUID, purpose: str = "marketing") -> bool:
    """Whether the person's last word on `purpose` was yes, and still is. No word is no consent; who had the use of
    their data restricted is left alone."""
    person_id = resolve(session, MergedPerson, person_id)
    restriction = session.get(RestrictedPerson, person_id)
    if restriction is not None and restriction.restricted:
        return False
    state = session.get(ConsentState, (person_id, purpose))
    return state is not None and state.given and (state.until is None or state.until > clock.now())


def _keep(session: Session, event: Event, *, given: bool) -> None:
    """Only the latest word counts; of two at the same instant, the withdrawal."""
    row = insert(ConsentState).values(
        person_id=resolve(session, MergedPerson, UUID(event.data["person_id"])),
        purpose=event.data["purpose"],
        given=given,
        at=datetime.fromisoformat(event.data["at"]),
        until=datetime.fromisoformat(event.data["until"]) if event.data.get("until") else None,
    )
    later = ConsentState.at < row.excluded.at if given else ConsentState.at <= row.excluded.at
    set_ = {name: row.excluded[name] for name in ("given", "at", "until")}
    session.execute(row.on_conflict_do_update(index_elements=["person_id", "purpose"], set_=set_, where=later))
