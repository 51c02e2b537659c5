"""What can go wrong, in the words of the platform. Standard library only: rules may raise these.

Refusal                 answered to the client as application/problem+json (RFC 9457)
+- BadRequest     400   the request itself makes no sense (unknown parameter, broken cursor)
+- Unauthorized   401   no token, or not a valid one
+- Forbidden      403   a valid token that may not do this
+- NotFound       404   no such thing, or none that the caller may see
+- Conflict       409   the thing is not in a state that allows it
+- Gone           410   it was here once
+- Stale          412   If-Match names an older version
+- TooLarge       413
+- Unsupported    415
+- Invalid        422   a field breaks a rule; names both
+- Unconditional  428   If-Match is required
+- RateLimited    429   carries Retry-After
+- Unavailable    503   a part that is needed is down
Malformed               an event that makes no sense; parked as a dead letter at once
TryAgain                a handler that asks to be called again later
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class FieldError:
    """One broken rule: `field` is a dotted path (`lines.0.price`), `code` is stable, `message` is for people."""

    field: str
    code: str
    message: str

    @property
    def pointer(self) -> str:
        """The field as a JSON pointer (RFC 6901)."""
        parts = self.field.split(".") if self.field else []
        return "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in parts)


@dataclass
class Refusal(Exception):
    """A request that is refused. Subclasses set `status` and `title`."""

    code: str
    detail: str
    errors: list[FieldError] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    extra: dict[str, Any] = field(default_factory=dict)

    status = 400
    title = "Bad request"

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}"


class BadRequest(Refusal):
    """400. `parameter` names the query parameter or header at fault."""

    def __init__(self, parameter: str, code: str, message: str) -> None:
        super().__init__(code, message, [FieldError(parameter, code, message)])


class Unauthorized(Refusal):
    """401, with the WWW-Authenticate header that RFC 6750 asks for."""

    status, title = 401, "Not authenticated"

    def __init__(self, detail: str = "A valid bearer token is required.", code: str = "unauthenticated") -> None:
        super().__init__(code, detail, headers={"WWW-Authenticate": 'Bearer realm="quintet"'})


class Forbidden(Refusal):
    """403."""

    status, title = 403, "Not allowed"

    def __init__(self, detail: str, code: str = "forbidden") -> None:
        super().__init__(code, detail)


class NotFound(Refusal):
    """404. Also for what exists but lies outside the caller's reach, so that ids cannot be probed."""

    status, title = 404, "Not found"

    def __init__(self, what: str = "resource", detail: str = "") -> None:
        super().__init__("not_found", detail or f"There is no such {what}.")


class Conflict(Refusal):
    """409. `extra` adds members to the problem, such as the id of what stands in the way."""

    status, title = 409, "Conflict"

    def __init__(self, code: str, detail: str, **extra: Any) -> None:
        super().__init__(code, detail, extra=extra)


class Gone(Refusal):
    """410."""

    status, title = 410, "Gone"


class Stale(Refusal):
    """412: somebody changed the record since it was read."""

    status, title = 412, "Changed in the meantime"

    def __init__(self, current: int) -> None:
        super().__init__("stale", f"The record is at version {current} now; read it again.")


class TooLarge(Refusal):
    """413."""

    status, title = 413, "Too large"


class Unsupported(Refusal):
    """415."""

    status, title = 415, "Unsupported media type"


class Invalid(Refusal):
    """422: one field breaks a rule, or several: `Invalid.many([...])`."""

    status, title = 422, "Invalid input"

    def __init__(self, field_path: str, code: str, message: str) -> None:
        super().__init__("invalid", message, [FieldError(field_path, code, message)])

    @classmethod
    def many(cls, errors: list[FieldError]) -> Invalid:
        """One refusal that names every broken rule."""
        first = errors[0]
        refusal = cls(first.field, first.code, first.message)
        refusal.errors = errors
        if len(errors) > 1:
            refusal.detail = f"{len(errors)} fields are invalid."
        return refusal


class Unconditional(Refusal):
    """428: a change must say which version it changes."""

    status, title = 428, "If-Match required"

    def __init__(self) -> None:
        super().__init__("if_match_required", "Send If-Match with the ETag of the version that you read.")


class RateLimited(Refusal):
    """429. `retry_after` in seconds."""

    status, title = 429, "Too many requests"

    def __init__(self, retry_after: int, detail: str = "Too many requests.") -> None:
        super().__init__("rate_limited", detail, headers={"Retry-After": str(retry_after)})


class Unavailable(Refusal):
    """503."""

    status, title = 503, "Unavailable"

    def __init__(self, detail: str, retry_after: int = 5) -> None:
        super().__init__("unavailable", detail, headers={"Retry-After": str(retry_after)})


class Malformed(Exception):
    """An event that no retry will mend: undecodable, of an unknown version, or without what its contract promises."""


class TryAgain(Exception):
    """What a handler needs is not there yet; the event is delivered again after a delay."""
