"""How a feature declares its routes.

    api = Api("deals", scope="sales")

    @api.post("/deals/<uuid:deal_id>/win", body=WinIn, returns=DealOut)
    def win(session: Session, deal_id: UUID, body: dict[str, Any]) -> Deal:
        '''Win a deal.'''
        return actions.win(session, deal_id, **body)

A view is called with the session, its path parameters by name, and `body` / `query` where it declares a schema for
them. What it returns (an entity, a mapping, a list of them, an `Answer` or a Flask response) is dumped by `returns`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.schema import Schema

View = TypeVar("View", bound=Callable[..., Any])
SAFE = ("GET", "HEAD")


@dataclass(frozen=True)
class Route:
    """All there is to know of one route; the OpenAPI description is made from it.

    `scope` None with `public` False is a mistake that `Api` refuses. `consumes` lists the media types of the body;
    anything but JSON is left for the view to read from `flask.request`. `guarded` routes require If-Match.
    `also` lists further good statuses, with the same body, that an `Answer` of the view may have. `streamed` routes
    return a `Download` and read from a snapshot. `internal` routes are not for partners. `max_body`: bytes of the body,
    or what tells them when it is asked. `moved(session, id)` tells where the record has gone that the path begins with,
    within the caller's reach; it is given to the route that reads the record, and holds for all beneath it.
    """

    method: str
    path: str
    view: Callable[..., Any]
    tag: str
    scope: str | None
    public: bool = False
    body: Schema | None = None
    query: Schema | None = None
    returns: Schema | None = None
    many: bool = False
    status: int = 200
    also: tuple[int, ...] = ()
    consumes: tuple[str, ...] = ("application/json",)
    produces: str = "application/json"
    also_produces: tuple[str, ...] = ()
    guarded: bool = False
    read_only: bool = False
    streamed: bool = False
    internal: bool = False
    errors: tuple[int, ...] = ()
    form: Mapping[str, Any] | None = None
    max_body: int | Callable[[], int] | None = None
    extra_query: tuple[Mapping[str, Any], ...] = field(default=(), repr=False)
    moved: Callable[[Session, UUID], UUID | None] | None = field(default=None, repr=False)

    @property
    def endpoint(self) -> str:
        """A name for Flask and for OpenAPI's operationId: `post_deals_deal_id_win`."""
        words = re.sub(r"<(?:[^:>]+:)?([^>]+)>", r"\1", self.path)
        return (
            f"{self.method.lower()}_{re.sub(r'[^a-zA-Z0-9]+', '_', words).strip('_')}"
            if words.strip("/")
            else self.method.lower()
        )

    @property
    def summary(self) -> str:
        """The first line of the view's docstring."""
        return (self.view.__doc__ or "").strip().split("\n")[0]

    @property
    def description(self) -> str:
        """The rest of the view's docstring."""
        return "\n".join(line.strip() for line in (self.view.__doc__ or "").strip().split("\n")[1:]).strip()


class Declares(Protocol):
    """Something that adds several routes at once, such as a `Resource`."""

    def routes(self, api: Api) -> list[Route]: ...


class Api:
    """The routes of one feature. `tag` groups them in the documentation.

    `scope` is the service part of the scopes: GET needs `<scope>:read`, all else `<scope>:write`. A route names another
    with `scope="gateway:admin"`, or `public=True` for none. No route of an `internal` feature is for partners.
    """

    def __init__(self, tag: str, *, scope: str, internal: bool = False) -> None:
        self.tag = tag
        self.scope = scope
        self.internal = internal
        self.routes: list[Route] = []

    def add(self, declared: Declares) -> None:
        """Add the routes of a `Resource`."""
        self.routes += declared.routes(self)

    def get(self, path: str, **options: Any) -> Callable[[View], View]:
        """A read: no transaction, no idempotency key, `<scope>:read`."""
        return self.route("GET", path, **({"read_only": True} | options))

    def post(self, path: str, **options: Any) -> Callable[[View], View]:
        """A write that a client may repeat with an Idempotency-Key."""
        return self.route("POST", path, **options)

    def put(self, path: str, **options: Any) -> Callable[[View], View]:
        """A replacement; requires If-Match unless `guarded=False`."""
        return self.route("PUT", path, **({"guarded": True} | options))

    def patch(self, path: str, **options: Any) -> Callable[[View], View]:
        """A change; requires If-Match unless `guarded=False`."""
        return self.route("PATCH", path, **({"guarded": True} | options))

    def delete(self, path: str, **options: Any) -> Callable[[View], View]:
        """A removal; requires If-Match unless `guarded=False`. Answers 204."""
        return self.route("DELETE", path, **({"guarded": True, "status": 204} | options))

    def route(self, method: str, path: str, **options: Any) -> Callable[[View], View]:
        """Declare a view; the options are the fields of `Route`. Schemas may be given as classes."""

        def declare(view: View) -> View:
            self.routes.append(self.make(method, path, view, **options))
            return view

        return declare

    def make(self, method: str, path: str, view: Callable[..., Any], **options: Any) -> Route:
        """A `Route` with this api's defaults."""
        access = "read" if method in SAFE else "write"
        scope = None if options.get("public") else options.pop("scope", f"{self.scope}:{access}")
        options = {"internal": self.internal} | options
        for name in ("body", "query", "returns"):
            if isinstance(options.get(name), type):
                options[name] = options[name]()
        return Route(method=method, path=path, view=view, tag=self.tag, scope=scope, **options)
