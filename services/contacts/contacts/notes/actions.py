"""Use cases about notes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import actor, load
from chassis.errors import Forbidden, Invalid, NotFound
from contacts.notes.model import Note, NoteVersion
from contacts.people.model import Person
from contacts.records import about, of_reached
from contacts.timeline import actions as timeline
from contacts.timeline.model import TimelineEntry


def within_reach() -> ColumnElement[bool]:
    """The notes that the actor reads: of whom they reach. Partners read what they have written themselves."""
    reached = of_reached(Note)
    return and_(reached, Note.author_id == actor().id) if actor().reach == "partner" else reached


def write(session: Session, data: dict[str, Any]) -> Note:
    """A new note. Invalid for a record that is not there, is out of reach, or is about nobody."""
    kind, record_id = data["kind"], data["record_id"]
    try:
        whom = about(session, kind, record_id, access="write")
    except NotFound:
        raise Invalid("record_id", "unknown_reference", f"There is no {kind} with this id.") from None
    person_id, company_id = whom.person_id, whom.company_id
    if person_id is not None:  # whoever merges them meanwhile waits, or is waited for
        load(session, Person, person_id, lock=True)
    note = Note(**data, person_id=person_id, company_id=company_id, author_id=actor().id)
    session.add(note)
    session.flush()
    timeline.record(
        session, note.id, "note.written", "Note", at=note.created_at, person_id=person_id, company_id=company_id,
        data={"note_id": str(note.id)}, actor_id=note.author_id,
    )  # fmt: skip
    return note


def find(session: Session, note_id: UUID, *, lock: bool = False) -> Note:
    """The note within the actor's reach. NotFound otherwise."""
    statement = select(Note).where(Note.id == note_id, within_reach())
    if lock:
        statement = statement.with_for_update(of=Note).execution_options(populate_existing=True)
    note = session.scalars(statement).one_or_none()
    if note is None:
        raise NotFound("note")
    return note


def change(session: Session, note: Note, changes: dict[str, Any]) -> Note:
    """Change a note (locked): what it said before is kept. Anybody may pin it; Forbidden for another's text."""
    text = changes.get("text", note.text)
    if text != note.text:
        _check_author(note)
        before = NoteVersion(
            note_id=note.id, version=note.version, text=note.text, written_at=note.edited_at or note.created_at,
            author_id=note.author_id,
        )  # fmt: skip
        session.add(before)
        note.text, note.edited_at = text, clock.now()
    note.pinned = changes.get("pinned", note.pinned)
    return note


def remove(session: Session, note: Note) -> None:
    """Delete a note (locked) with all that it said. Forbidden for another's."""
    _check_author(note)
    session.execute(delete(TimelineEntry).where(TimelineEntry.id == note.id))
    session.delete(note)


def versions(session: Session, note_id: UUID) -> list[NoteVersion]:
    """What a note said before, the latest first."""
    note = find(session, note_id)
    statement = select(NoteVersion).where(NoteVersion.note_id == note.id)
    return list(session.scalars(statement.order_by(NoteVersion.version.desc())))


def _check_author(note: Note) -> None:
    who = actor()
    if note.author_id != who.id and who.reach != "all":
        raise Forbidden("Only its author changes what a note says.", "not_the_author")
