"""Answers that are written while they are sent, from one snapshot of the database.

Such an answer holds a thread, a connection and a snapshot for as long as its client takes to read it. So only a few run
in a process at once, and a client that stops reading is left after a minute.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextvars import copy_context
from dataclasses import dataclass
from threading import BoundedSemaphore
from typing import Any

from flask import Response, request
from sqlalchemy.orm import Session

from chassis.db.database import Database
from chassis.errors import Unavailable

AT_ONCE = 3
PATIENCE = 60.0  # seconds that a client may take for a piece; PostgreSQL ends an idle snapshot after as many
_turns = BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True)
class Download:
    """A file in pieces, what it is, and how the browser shall call it."""

    pieces: Iterator[bytes]
    media: str
    filename: str


def streamed(database: Database, view: Callable[..., Download], arguments: dict[str, Any]) -> Response:
    """The answer of a view that returns a `Download`. Its first piece is made before the status is sent, so that what
    is wrong is still said properly; when a later one fails the transfer breaks off, never ends as if it were whole.
    Unavailable where too many are under way."""
    if not _turns.acquire(blocking=False):
        raise Unavailable("Too many downloads are under way here; try again soon.")
    session = database.snapshot()
    try:
        download = view(session, **arguments)
        body = _Body(download.pieces, session)
    except BaseException:
        session.close()
        _turns.release()
        raise
    body.begin()
    headers = {"Content-Disposition": f'attachment; filename="{download.filename}"', "X-Accel-Buffering": "no"}
    if request.method == "HEAD":  # nobody would iterate it, and so nobody close it
        body.close()
        return Response(mimetype=download.media, headers=headers)
    socket = request.environ.get("gunicorn.socket")
    if socket is not None:
        socket.settimeout(PATIENCE)
    return Response(body, mimetype=download.media, headers=headers)


class _Body:
    """What WSGI iterates: the pieces, each made in the context of the request. At their end, when one fails, or when
    the client goes away, snapshot and turn are given back."""

    def __init__(self, pieces: Iterator[bytes], session: Session) -> None:
        self._pieces, self._session, self._context = pieces, session, copy_context()
        self._first: bytes | None = None
        self._open = True

    def begin(self) -> None:
        """Make the first piece. What it raises is raised here."""
        self._first = next(self, b"")

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if self._first is not None:
            first, self._first = self._first, None
            return first
        try:
            return self._context.run(next, self._pieces)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Called by the server in any case, and by ourselves before; once is enough."""
        if self._open:
            self._open = False
            self._pieces.close()  # type: ignore[attr-defined]
            self._session.close()
            _turns.release()
