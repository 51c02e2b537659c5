"""What is told of files."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis.events import emit
from contacts.files.model import File
from contacts.timeline import actions as timeline


def attached(session: Session, file: File) -> None:
    """A file was attached: an event, and an entry on the timeline, which names neither the file nor what is in it."""
    _tell(session, "file.attached", file)
    timeline.record(
        session, file.id, "file.attached", "File attached", at=file.created_at, person_id=file.person_id,
        company_id=file.company_id, data={"file_id": str(file.id), "record_kind": file.kind}, actor_id=file.author_id,
    )  # fmt: skip


def updated(session: Session, file: File) -> None:
    """A new version, another name, or another audience."""
    _tell(session, "file.updated", file)


def removed(session: Session, file: File) -> None:
    """A file and its versions are gone."""
    _tell(session, "file.removed", file, sequence=file.version + 1)


def _tell(session: Session, type_: str, file: File, sequence: int | None = None) -> None:
    data: dict[str, Any] = {"file_id": str(file.id)}
    data |= {name: getattr(file, name) for name in ("kind", "number", "media_type", "size", "partner_visible")}
    ids = ("record_id", "person_id", "company_id", "author_id")
    data |= {name: str(value) if (value := getattr(file, name)) else None for name in ids}
    emit(session, type_, file, data, personal={"name": file.name}, sequence=sequence)
