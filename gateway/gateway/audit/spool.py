"""Where the audit trail waits for the database: append-only files that outlive the process.

A record is in the page cache before the request goes on, so that `kill -9` of the gateway loses none; a power cut
can lose what the kernel had not written yet. Each process appends to a file of its own and holds a lock on it;
what a dead process left (the kernel has dropped its lock) the next one takes over.
"""

from __future__ import annotations

import fcntl
import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from chassis.ids import uuid7

log = logging.getLogger("gateway.audit")
ROTATE_AT = 8 * 1024 * 1024
TAKE = 512 * 1024
Record = dict[str, Any]


@dataclass(frozen=True)
class Batch:
    """Records in the order in which they were written, and where in the file they end."""

    records: list[Record]
    end: int


class Spool:
    """This process's file in `folder`. One process has one; appending is safe from any of its threads."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if folder.stat().st_uid != os.geteuid():
            raise PermissionError(f"{folder} belongs to another user; set GATEWAY_AUDIT_SPOOL")
        self._folder = folder
        self._torn = False
        self._open()

    def append(self, record: Record) -> None:
        """Write one record. OSError where the disk does not take it: what was to be recorded must not happen then."""
        line = orjson.dumps(record) + b"\n"
        if self._torn:
            line = b"\n" + line
        written = os.write(self._file, line)
        self.size += written
        self._torn = written != len(line)
        if self._torn:
            raise OSError("the audit spool is full")

    def backlog(self) -> int:
        """Bytes that are not in the database yet."""
        return self.size - self._taken

    def take(self) -> Batch | None:
        """The next records that are not in the database; None where there are none. `done` moves on past them."""
        return _read(self._path, self._taken)

    def done(self, batch: Batch) -> None:
        """What `take` gave is in the database. A long file that is through is left for a fresh one."""
        self._taken = batch.end
        if self._taken >= self.size >= ROTATE_AT:
            old_file, old_path = self._file, self._path
            self._open()
            old_path.unlink(missing_ok=True)
            os.close(old_file)

    def close(self) -> None:
        """Let go of the file: removed where all of it is in the database, left to a successor otherwise."""
        if self._taken >= self.size:
            self._path.unlink(missing_ok=True)
        os.close(self._file)

    def orphans(self) -> Iterator[Batch]:
        """What dead processes left. A file goes once the batch after its last one is asked for."""
        for path in sorted(self._folder.glob("*.audit")):
            if path != self._path:
                yield from _orphan(path)

    def _open(self) -> None:
        """A fresh file, locked before it has the name under which others look for orphans."""
        hidden = self._folder / f".{uuid7()}"
        self._file = os.open(hidden, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL, 0o600)
        fcntl.flock(self._file, fcntl.LOCK_EX)
        self._path = hidden.with_name(f"{hidden.name[1:]}.audit")
        hidden.rename(self._path)
        self._taken = self.size = 0
        self._torn = False


def _orphan(path: Path) -> Iterator[Batch]:
    try:
        file = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        at = 0
        while batch := _read(path, at):
            yield batch
            at = batch.end
        path.unlink(missing_ok=True)
    except BlockingIOError:  # its process lives
        return
    finally:
        os.close(file)


def _read(path: Path, at: int) -> Batch | None:
    with path.open("rb") as file:
        file.seek(at)
        data = file.read(TAKE)
        if b"\n" not in data and len(data) == TAKE:
            data += file.readline()
    data = data[: data.rfind(b"\n") + 1]
    if not data:
        return None
    return Batch([record for line in data.split(b"\n") if line and (record := _parsed(line))], at + len(data))


def _parsed(line: bytes) -> Record | None:
    try:
        record: Record = orjson.loads(line)
    except orjson.JSONDecodeError:
        log.error("an unreadable line in the audit spool was passed over")
        return None
    return record
