"""The routes of notes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.http import Api, Resource
from chassis.http.endpoint import check_version
from contacts.notes import actions
from contacts.notes.model import Note, NoteVersion
from contacts.notes.schema import NoteIn, NoteOut, NotePatch, NoteVersionOut

api = Api("notes", scope="contacts")
api.add(
    Resource(
        Note,
        path="notes",
        read=NoteOut,
        create=NoteIn,
        filters=("kind", "record_id", "person_id", "company_id", "author_id", "pinned", "created_at"),
        sorts=("created_at", "pinned"),
        on_create=actions.write,
        where=actions.within_reach,
        exported=True,
    )
)


@api.patch("/notes/<uuid:note_id>", body=NotePatch, returns=NoteOut, errors=(403,))
def change_note(session: Session, note_id: UUID, body: dict[str, Any]) -> Note:
    """Change a note.

    What it said before is kept: see its versions. Anybody within reach may pin it; its text is its author's.
    """
    note = actions.find(session, note_id, lock=True)
    check_version(note)
    return actions.change(session, note, body)


@api.delete("/notes/<uuid:note_id>", errors=(403,))
def remove_note(session: Session, note_id: UUID) -> None:
    """Delete a note and all that it said."""
    note = actions.find(session, note_id, lock=True)
    check_version(note)
    actions.remove(session, note)


@api.get("/notes/<uuid:note_id>/versions", returns=NoteVersionOut, many=True)
def list_versions(session: Session, note_id: UUID) -> list[NoteVersion]:
    """List what a note said before, the latest first."""
    return actions.versions(session, note_id)
