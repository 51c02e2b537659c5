"""Sending a blob: in pieces, whole or a range of it (RFC 9110, section 14), never for a browser to run."""

from __future__ import annotations

from collections.abc import Iterator
from threading import BoundedSemaphore
from urllib.parse import quote

from flask import Response, request
from werkzeug.datastructures import Range
from werkzeug.http import parse_if_range_header, parse_range_header

from chassis.errors import Refusal, Unavailable
from chassis.http.streaming import PATIENCE
from chassis.storage.base import Storage

AT_ONCE = 4  # of the eight threads of a process: the others answer meanwhile
_turns = BoundedSemaphore(AT_ONCE)


class Unsatisfiable(Refusal):
    """416."""

    status, title = 416, "Range not satisfiable"

    def __init__(self, size: int) -> None:
        detail = f"The file has {size} bytes; the range lies outside of them."
        super().__init__("range_not_satisfiable", detail, headers={"Content-Range": f"bytes */{size}"})


def serve(store: Storage, *, sha256: str, size: int, media: str, name: str) -> Response:
    """The answer with the content of a file: 200, 206 for a range, 304 for who has it. Gone where the storage lost it,
    Unavailable where too many read already."""
    headers = _headers(sha256, media, name)
    if request.if_none_match.contains(sha256):
        return Response(status=304, headers=headers)
    part = _wanted(sha256, size)
    start, stop = part or (0, size)
    headers["Content-Length"] = str(stop - start)
    status = 206 if part else 200
    if part:
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
    if request.method == "HEAD":
        return Response(status=status, headers=headers)
    return Response(_Body(store, sha256, start, stop), status, headers=headers, direct_passthrough=True)


def _headers(sha256: str, media: str, name: str) -> dict[str, str]:
    plain = name.encode("ascii", "replace").decode().replace("?", "_").replace('"', "_").replace("\\", "_")
    return {
        "Content-Type": media,
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-cache",
        "Accept-Ranges": "bytes",
        "ETag": f'"{sha256}"',
        "X-Accel-Buffering": "no",
    }


def _wanted(sha256: str, size: int) -> tuple[int, int] | None:
    """The part that is asked for, if one is. Several ranges at once, or what is no range of bytes, get the whole."""
    wanted: Range | None = parse_range_header(request.headers.get("Range"))
    condition = parse_if_range_header(request.headers.get("If-Range"))
    if wanted is None or wanted.units != "bytes" or len(wanted.ranges) != 1:
        return None
    if "If-Range" in request.headers and condition.etag != sha256:
        return None
    found = wanted.range_for_length(size)
    if found is None:
        raise Unsatisfiable(size)
    start, stop = found
    return start, stop if stop is not None else size


class _Body:
    """What WSGI iterates. Its turn is given back at the end, when a piece fails, or when the client goes away."""

    def __init__(self, store: Storage, key: str, start: int, stop: int) -> None:
        if not _turns.acquire(blocking=False):
            raise Unavailable("Too many downloads are under way here; try again soon.")
        try:
            self._pieces = store.open(key, start, stop)
        except BaseException:
            _turns.release()
            raise
        self._open = True
        socket = request.environ.get("gunicorn.socket")
        if socket is not None:
            socket.settimeout(PATIENCE)

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            return next(self._pieces)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Called by the server in any case, and by ourselves before; once is enough."""
        if self._open:
            self._open = False
            self._pieces.close()  # type: ignore[attr-defined]
            _turns.release()
