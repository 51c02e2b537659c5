"""Links by which a browser fetches a file: it cannot send the token of whoever is logged in."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import actor
from chassis.errors import Gone, NotFound
from chassis.links import hash_of, new_token
from contacts.files import actions
from contacts.files.model import FileLink, FileVersion
from contacts.files.settings import settings


def open_link(session: Session, file_id: UUID, number: int | None = None) -> dict[str, Any]:
    """A link to one version of a file, the latest unless `number` names another. It is for whoever has it, as long as
    it works, and goes with the file."""
    version, token = actions.version(session, file_id, number), new_token()
    link = FileLink(
        token_hash=hash_of(token), file_id=file_id, number=version.number, created_by=actor().id,
        expires_at=clock.now() + settings().link_kept,
    )  # fmt: skip
    session.add(link)
    path = f"{session.info['service'].url_prefix}/public/files/{token}"
    told = {"file_id": file_id, "number": version.number, "expires_at": link.expires_at}
    return told | {"token": token, "path": path}


def by_token(session: Session, token: str) -> FileVersion:
    """The version behind a link. NotFound for none, Gone for one that does not work any more."""
    link = session.get(FileLink, hash_of(token))
    version = session.get(FileVersion, (link.file_id, link.number)) if link else None
    if link is None or version is None:
        raise NotFound("file")
    if link.expires_at <= clock.now():
        raise Gone("expired", "This link has expired.")
    return version


def forget(session: Session, now: datetime) -> None:
    """Links that have not worked for a day."""
    ended = select(FileLink.token_hash).where(FileLink.expires_at < now - settings().link_kept).limit(10_000)
    session.execute(delete(FileLink).where(FileLink.token_hash.in_(ended)))
