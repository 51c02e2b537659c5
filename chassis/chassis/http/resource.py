"""A resource: the list, creation, reading, change and removal of one model, declared once.

    Resource(Deal, path="deals", read=DealOut, create=DealIn, update=DealPatch,
             filters=("stage_id", "amount"), sorts=("amount",), on_create=actions.open_deal, exported=True)

A feature's `api.py` then says only what is particular. Reach, keyset pages, ETags and If-Match come with it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from marshmallow import validate
from sqlalchemy.orm import Session

from chassis.access import Access, load
from chassis.custom import Custom, accept, changed, check_required
from chassis.custom.writing import writes
from chassis.errors import NotFound
from chassis.http.api import Api, Route
from chassis.http.endpoint import check_version
from chassis.http.export import EXPORT_DOC, MEDIA, ExportQuery, export
from chassis.http.lists import MAX_LIMIT
from chassis.http.reading import Reading
from chassis.http.render import Answer
from chassis.schema import Schema, fields

OnCreate = Callable[[Session, dict[str, Any]], Any]
OnUpdate = Callable[[Session, Any, dict[str, Any]], Any]
BeforeUpdate = Callable[[Session, UUID, dict[str, Any]], dict[str, Any]]
OnDelete = Callable[[Session, Any], None]


class ListQuery(Schema):
    """The query of a list: every parameter is let through to `ListSpec`, which knows the filters."""

    passes_all = True

    limit = fields.Integer(validate=validate.Range(1, MAX_LIMIT))
    cursor = fields.String()
    sort = fields.String()


@dataclass
class Resource(Reading):
    """The routes of one model under `path`.

    How they are read is said as for any `Reading`. `create`, `update` are schemas; without one its route is not there.
    `on_create(session, data)` and `on_update(session, entity, changes)` return the entity; the entity comes locked and
    its If-Match is checked. `before_update(session, id, changes)` comes before that lock, for other rows that are to be
    locked first, and returns the changes. `on_delete(session, entity)` or `delete=True` adds DELETE.
    `moved(session, id)` says where one that is not there any more has gone: what is asked of it, or beneath it, goes on
    (308) at whom the caller may see; changing it by its version is refused (409 `merged`) with that id.
    `create_also=(200,)`: `on_create` may answer with what is there already, as `Answer(entity, 200)`. `exported` adds
    `GET /<path>/export`: the list as a file. No route of an `internal` one is for partners.
    """

    create: type[Schema] | None = None
    update: type[Schema] | None = None
    on_create: OnCreate | None = None
    create_also: tuple[int, ...] = ()
    before_update: BeforeUpdate | None = None
    on_update: OnUpdate | None = None
    on_delete: OnDelete | None = None
    delete: bool = False
    moved: Callable[[Session, UUID], UUID] | None = None
    scope: str | None = None
    write_scope: str | None = None
    listed: bool = True
    exported: bool = False
    internal: bool = False

    def __post_init__(self) -> None:
        if issubclass(self.model, Custom) and self.update is not None:
            writes(self.model, self.changing)

    def routes(self, api: Api) -> list[Route]:
        """The routes that are declared, for `api`."""
        return [route for route in self._all_routes(api) if route is not None]

    def _all_routes(self, api: Api) -> list[Route | None]:
        one = f"/{self.path}/<uuid:id>"
        closed = {"internal": True} if self.internal else {}
        removing: dict[str, Any] = _scope(self.write_scope or self.scope) | closed
        reading: dict[str, Any] = {"returns": self.read, "read_only": True, **_scope(self.scope)} | closed
        writing: dict[str, Any] = {"returns": self.read} | removing
        many = self.path.replace("-", " ").replace("/", " ")
        thing = f"{'an' if self.noun[0] in 'aeio' else 'a'} {self.noun}"
        return [
            api.make("GET", f"/{self.path}", _named(self.page, f"List {many}."), query=ListQuery, many=True,
                     extra_query=self.parameters(), **reading) if self.listed else None,
            api.make("GET", f"/{self.path}/export", _named(partial(export, self), EXPORT_DOC.format(many=many)),
                     query=ExportQuery, extra_query=self.parameters(), streamed=True, produces=MEDIA["csv"],
                     also_produces=(MEDIA["xlsx"], MEDIA["ndjson"]),
                     **reading | {"returns": None}) if self.exported else None,
            api.make("POST", f"/{self.path}", _named(self._create, f"Create {thing}."), body=self.create, status=201,
                     also=self.create_also, **writing) if self.create else None,
            api.make("GET", one, _named(self._read, f"Read {thing}."), **reading,
                     moved=self.gone_to if self.moved else None),
            api.make("PATCH", one, _named(self._update, f"Change {thing}."), body=self.update, guarded=True,
                     **writing) if self.update else None,
            api.make("DELETE", one, _named(self._delete, f"Delete {thing}."), guarded=True, status=204,
                     **removing) if self.delete or self.on_delete else None,
        ]  # fmt: skip

    def _read(self, session: Session, id: UUID) -> Any:
        row = self.found(session, id)
        if row is None:
            raise NotFound(self.noun)
        return row

    def gone_to(self, session: Session, id: UUID) -> UUID | None:
        """Which record within reach this id stands for by now; None where that is none, or itself."""
        target = self.moved(session, id) if self.moved else id
        return None if target == id or self.found(session, target) is None else target

    def _create(self, session: Session, body: dict[str, Any]) -> Answer:
        if issubclass(self.model, Custom):
            body["custom"] = accept(session, self.model, body.get("custom"))
        if self.on_create is not None:
            entity = self.on_create(session, body)
        else:
            entity = self.model(**body)
            session.add(entity)
        answer = entity if isinstance(entity, Answer) else Answer(entity)
        session.flush()
        if issubclass(self.model, Custom) and answer.status in (None, 201):
            check_required(session, answer.value)
        prefix = session.info["service"].url_prefix
        answer.headers.setdefault("Location", f"{prefix}/{self.path}/{answer.value.id}")
        return answer

    def _update(self, session: Session, id: UUID, body: dict[str, Any]) -> Any:
        if self.before_update is not None:
            body = self.before_update(session, id, body)
        entity = self._guarded(session, id)
        if "custom" in body:
            body["custom"] = changed(session, entity, body["custom"])
        return self.changing(session, entity, body)

    def changing(self, session: Session, entity: Any, changes: dict[str, Any]) -> Any:
        """Change a locked entity by its use case."""
        if self.on_update is not None:
            return self.on_update(session, entity, changes)
        for name, value in changes.items():
            setattr(entity, name, value)
        return entity

    def _delete(self, session: Session, id: UUID) -> None:
        entity = self._guarded(session, id, "owner")
        if self.on_delete is not None:
            self.on_delete(session, entity)
        else:
            session.delete(entity)

    def _guarded(self, session: Session, id: UUID, access: Access = "write") -> Any:
        entity = load(session, self.model, id, lock=True, access=access)
        check_version(entity)
        return entity


def _scope(scope: str | None) -> dict[str, str]:
    return {"scope": scope} if scope else {}


def _named(view: Callable[..., Any], doc: str) -> Callable[..., Any]:
    def call(session: Session, **arguments: Any) -> Any:
        return view(session, **arguments)

    call.__doc__ = doc
    return call
