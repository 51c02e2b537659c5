"""Use cases about files. The content is stored first, then the row: see `chassis.storage`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import IO, Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, or_, select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import actor, load
from chassis.errors import Forbidden, NotFound
from chassis.ids import uuid7
from chassis.storage import clean_name, take_in
from contacts.files import events
from contacts.files.model import File, FileVersion
from contacts.files.rules import check_rename
from contacts.files.settings import settings
from contacts.people.model import Person
from contacts.records import RECORDS, About, about, of_reached
from contacts.timeline.model import TimelineEntry

LISTED = 500


def within_reach() -> ColumnElement[bool]:
    """The files that the actor reads: of whom they reach. Partners, their own and what was shown to them."""
    reached, who = of_reached(File), actor()
    return and_(reached, or_(File.author_id == who.id, File.partner_visible)) if who.reach == "partner" else reached


def on_record(session: Session, kind: str, record_id: UUID) -> list[File]:
    """The files of a record within the actor's reach, the newest first: of people and companies also those on what
    happened with them."""
    if kind in ("person", "company"):
        whose = (File.person_id if kind == "person" else File.company_id) == record_id
    else:
        whose = and_(File.kind == kind, File.record_id == record_id)
    statement = select(File).where(whose, within_reach()).order_by(File.created_at.desc(), File.id.desc())
    return list(session.scalars(statement.limit(LISTED)))


def attach(
    session: Session, kind: str, record_id: UUID, stream: IO[bytes], name: str, *, partner_visible: bool = False
) -> File:
    """A new file on a record, its first version. What a partner attaches, they see. NotFound or Forbidden where the
    actor may not write to the record, TooLarge and Invalid for what is no good file."""
    about(session, kind, record_id, access="write")
    content = stored(session, stream, name)
    whom = about(session, kind, record_id, access="write")
    if whom.person_id is not None:  # whoever merges them meanwhile waits, or is waited for
        load(session, Person, whom.person_id, lock=True)
    return put(session, kind, record_id, whom, content, partner_visible=partner_visible or actor().reach == "partner")


def put(
    session: Session, kind: str, record_id: UUID, whom: About, content: dict[str, Any], *, partner_visible: bool = False
) -> File:
    """A new file of what is `stored` already. The caller holds the person, and knows that the record may have it."""
    file = File(
        id=uuid7(), kind=kind, record_id=record_id, person_id=whom.person_id, company_id=whom.company_id, number=1,
        author_id=actor().id, partner_visible=partner_visible, **content,
    )  # fmt: skip
    session.add(file)
    session.flush()
    _note(session, file)
    events.attached(session, file)
    return file


def add_version(session: Session, file_id: UUID, stream: IO[bytes], name: str) -> File:
    """A new version of a file; those before stay. Of two at once both become versions, the later one counts."""
    find(session, file_id, to_change=True)
    content = stored(session, stream, name)
    file = find(session, file_id, to_change=True, lock=True)
    _take(session, file, content)
    return file


def restore(session: Session, file_id: UUID, number: int) -> File:
    """Make version `number` the latest again, as a version of its own. The latest itself: nothing is changed."""
    file = find(session, file_id, to_change=True, lock=True)
    before = version(session, file_id, number)
    if number != file.number:
        same = {name: getattr(before, name) for name in ("name", "media_type", "size", "sha256")}
        _take(session, file, same, restored=number)
    return file


def change(session: Session, file: File, changes: dict[str, Any]) -> File:
    """Rename a file (locked), or show it to partners or no more."""
    if "name" in changes:
        changes["name"] = check_rename(clean_name(changes["name"]), file.name)
    if all(getattr(file, name) == value for name, value in changes.items()):
        return file
    for name, value in changes.items():
        setattr(file, name, value)
    session.flush()
    events.updated(session, file)
    return file


def remove(session: Session, file: File) -> None:
    """Delete a file (locked) with all its versions and links. Its content goes with the next sweep."""
    session.execute(delete(TimelineEntry).where(TimelineEntry.id == file.id))
    events.removed(session, file)
    session.delete(file)


def find(session: Session, file_id: UUID, *, to_change: bool = False, lock: bool = False) -> File:
    """The file within the actor's reach. `to_change`: it hangs on what the actor may write to; of partners, it is
    their own. NotFound, Forbidden otherwise."""
    statement = select(File).where(File.id == file_id, within_reach())
    if lock:
        statement = statement.with_for_update(of=File).execution_options(populate_existing=True)
    file = session.scalars(statement).one_or_none()
    if file is None:
        raise NotFound("file")
    if to_change:
        _check_change(session, file)
    return file


def versions(session: Session, file_id: UUID) -> list[FileVersion]:
    """Every version of a file, the latest first."""
    file = find(session, file_id)
    statement = select(FileVersion).where(FileVersion.file_id == file.id)
    return list(session.scalars(statement.order_by(FileVersion.number.desc())))


def version(session: Session, file_id: UUID, number: int | None = None) -> FileVersion:
    """A version of a file within the actor's reach, or the latest. NotFound otherwise."""
    file = find(session, file_id)
    found = session.get(FileVersion, (file.id, file.number if number is None else number))
    if found is None:
        raise NotFound("version")
    return found


def stored(session: Session, stream: IO[bytes], name: str) -> dict[str, Any]:
    """Store what may be a file here: what a file's row says of it. TooLarge, Invalid or Unavailable otherwise."""
    return take_in(session, stream, name, at_most=settings().max_bytes, types=settings().types)


def spoken_of(session: Session, keys: Sequence[str]) -> set[str]:
    """Which of these blobs a version has."""
    return set(session.scalars(select(FileVersion.sha256).where(FileVersion.sha256.in_(keys))))


def _take(session: Session, file: File, said: dict[str, Any], restored: int | None = None) -> None:
    for name, value in said.items():
        setattr(file, name, value)
    file.number += 1
    session.flush()
    _note(session, file, restored)
    events.updated(session, file)


def _note(session: Session, file: File, restored: int | None = None) -> None:
    session.add(
        FileVersion(
            file_id=file.id, number=file.number, name=file.name, media_type=file.media_type, size=file.size,
            sha256=file.sha256, author_id=actor().id, restored=restored, created_at=clock.now(),
        )
    )  # fmt: skip


def _check_change(session: Session, file: File) -> None:
    """Whoever may write to one that the file is about changes it."""
    if actor().reach == "partner" and file.author_id != actor().id:
        raise Forbidden("Partners change the files that they attached themselves.", "not_the_author")
    refused: Exception = NotFound("file")
    for kind, id_ in (("person", file.person_id), ("company", file.company_id)):
        if id_ is None:
            continue
        try:
            load(session, RECORDS[kind], id_, access="write")
        except (NotFound, Forbidden) as refusal:
            refused = refusal
        else:
            return
    raise refused
