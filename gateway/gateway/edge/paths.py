"""What a path says: the service it belongs to, what it is about, which rate limit it falls under."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

PREFIX = "/api/v1/"
TARGET = re.compile(r"/[\x21-\x22\x24-\x7e\x80-\xff]*")  # an origin-form target: no spaces, controls or fragment
SECRET_LENGTH = 20
LOGIN = frozenset({"/api/v1/auth/login", "/api/v1/auth/token", "/api/v1/auth/refresh", "/api/v1/auth/password"})
TOKENLESS = frozenset({"/api/v1/auth/login", "/api/v1/auth/token", "/api/v1/auth/refresh", "/api/v1/auth/logout"})
OWN = frozenset({"auth", "users", "roles", "teams", "partners", "clients", "audit"})
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def service_of(path: str) -> str:
    """The segment after `/api/v1/`, on which alone requests are routed; empty for other paths."""
    return path[8:].split("/", 1)[0] if path.startswith(PREFIX) else ""


def is_public(path: str) -> bool:
    """Whether it lies under a service's `public/`: forms, surveys, what strangers use."""
    parts = path.split("/", 5)
    return len(parts) > 4 and parts[4] == "public" and path.startswith(PREFIX)


class Subject(NamedTuple):
    """What a request is about: `sales`, `deals`, an id, `win`."""

    service: str
    entity: str | None
    entity_id: UUID | None
    action: str | None


def subject_of(path: str) -> Subject:
    """The subject of a path of the API; of `/api/v1/users/<id>` the service is `gateway`."""
    parts = [part for part in recordable(path).removeprefix(PREFIX).split("/") if part]
    service = parts[0] if parts and parts[0] not in OWN else "gateway"
    words = parts[1:] if service != "gateway" else parts
    if words and words[0] == "public":
        return Subject(service, words[1] if len(words) > 1 else None, None, "/".join(words[3:]) or None)
    found = _UUID.fullmatch(words[1]) if len(words) > 1 else None
    rest = words[2:] if found else words[1:]
    return Subject(service, words[0] if words else None, UUID(words[1]) if found else None, "/".join(rest) or None)


@lru_cache(maxsize=512)
def recordable(path: str) -> str:
    """`path` (as WSGI has it: bytes as Latin-1) as it may be kept, at most 500 characters.

    What could be a secret in a public link (a survey's token) is cut short.
    """
    text = path.encode("latin-1", "replace").decode("utf-8", "replace").replace("\x00", "\ufffd")
    if is_public(path):
        text = "/".join(part if len(part) <= SECRET_LENGTH else part[:6] + "…" for part in text.split("/"))
    return text[:500]
