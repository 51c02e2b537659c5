"""The services' descriptions, fetched when somebody asks and kept for a short while."""

from __future__ import annotations

import hashlib
import http.client
import json
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from chassis.encoding import to_json
from gateway.docs.merge import Document, merged
from gateway.edge.upstream import Upstream

TIMEOUT = 5.0


@dataclass(frozen=True)
class Description:
    """The merged document as it is sent."""

    body: bytes
    etag: str
    until: float


class Collector:
    """Merges `own` with what the `upstreams` say of themselves; the result is kept for `keep` seconds."""

    def __init__(self, own: Callable[[], Document], upstreams: Mapping[str, Upstream], keep: float) -> None:
        self._own, self._upstreams, self._keep = own, upstreams, keep
        self._made: Description | None = None
        self._lock = threading.Lock()

    def description(self) -> Description:
        """The merged document. One caller at a time makes it anew."""
        made = self._made
        if made is None or made.until <= time.monotonic():
            with self._lock:
                if self._made is made:
                    self._made = self._make()
                made = self._made
        assert made is not None
        return made

    def _make(self) -> Description:
        found = fetch_all(self._upstreams)
        there = {name: document for name, document in found.items() if document is not None}
        body = to_json(merged(self._own(), there, set(self._upstreams) - set(there)))
        etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        return Description(body, etag, time.monotonic() + self._keep)


def fetch_all(upstreams: Mapping[str, Upstream]) -> dict[str, Document | None]:
    """Each service's description, None where it cannot be had. All are asked at once."""
    with ThreadPoolExecutor(max(1, len(upstreams))) as pool:
        found = pool.map(fetch, upstreams.values())
        return dict(zip(upstreams, found, strict=True))


def fetch(upstream: Upstream) -> Document | None:
    """The description of one service."""
    answer = get(upstream, f"/api/v1/{upstream.name}/openapi.json", TIMEOUT)
    try:
        document = json.loads(answer[1]) if answer and answer[0] == 200 else None
    except ValueError:
        return None
    return document if isinstance(document, dict) and "paths" in document else None


def get(upstream: Upstream, path: str, timeout: float) -> tuple[int, bytes] | None:
    """Status and body of a GET; None where nothing proper comes."""
    connection = http.client.HTTPConnection(upstream.host, upstream.port, timeout=timeout)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read()
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
