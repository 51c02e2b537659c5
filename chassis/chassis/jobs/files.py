"""Files that a job reads or writes, kept in parts in the database, so that any replica can go on with the job."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import BinaryIO
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from chassis.db.database import Database
from chassis.db.tables import job_files

PART = 1024 * 1024


def store(session: Session, job_id: UUID, name: str, content: BinaryIO) -> int:
    """Write `content` as the job's file `name`, part by part; the number of bytes."""
    size = 0
    for part, chunk in enumerate(iter(lambda: content.read(PART), b"")):
        session.execute(insert(job_files).values(job_id=job_id, name=name, part=part, content=chunk))
        size += len(chunk)
    return size


def parts(session: Session, job_id: UUID, name: str) -> Iterator[bytes]:
    """The file's content, part by part; nothing where there is no such file."""
    part = 0
    where = (job_files.c.job_id == job_id) & (job_files.c.name == name)
    while True:
        chunk = session.scalar(select(job_files.c.content).where(where, job_files.c.part == part))
        if chunk is None:
            return
        yield bytes(chunk)
        part += 1


class StoredFile(io.RawIOBase):
    """A job's file as a stream that holds one part in memory at a time."""

    def __init__(self, database: Database, job_id: UUID, name: str) -> None:
        self._session = database.session(read_only=True)
        self._parts = parts(self._session, job_id, name)
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if not self._rest:
            self._rest = next(self._parts, b"")
        n = min(len(buffer), len(self._rest))
        buffer[:n], self._rest = self._rest[:n], self._rest[n:]
        return n

    def close(self) -> None:
        self._session.close()
        super().close()
