"""A resource: the list, creation, reading, change and removal of one model, declared once.

    Resource(Deal, path="deals", read=DealOut, create=DealIn, update=DealPatch,
             filters=("stage_id", "amount"), sorts=("amount",), on_create=actions.open_deal, exported=True)

A feature's `api.py` then says only what is particular. Reach, keyset pages, ETags and If-Match come with it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as filled
from functools import cached_property, partial
from typing import Any
from uuid import UUID

from marshmallow import fields as ma
from marshmallow import validate
from sqlalchemy import Row, bindparam, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.interfaces import ORMOption

from chassis.access import Access, actor, load, noun, visible
from chassis.custom import Custom, accept, changed, check_required
from chassis.custom.writing import writes
from chassis.errors import BadRequest, Conflict, NotFound
from chassis.http.api import Api, Route
from chassis.http.endpoint import check_version
from chassis.http.export import EXPORT_DOC, MEDIA, ExportQuery, export
from chassis.http.lists import MAX_LIMIT, Finder, ListSpec, filter_field
from chassis.http.render import Answer, column_names, hidden_fields
from chassis.schema import Schema, fields

OnCreate = Callable[[Session, dict[str, Any]], Any]
OnUpdate = Callable[[Session, Any, dict[str, Any]], Any]
BeforeUpdate = Callable[[Session, dict[str, Any]], dict[str, Any]]
OnDelete = Callable[[Session, Any], None]
Complete = Callable[[Session, Sequence[Row]], Sequence[Mapping[str, Any]]]


class ListQuery(Schema):
    """The query of a list: every parameter is let through to `ListSpec`, which knows the filters."""

    passes_all = True

    limit = fields.Integer(validate=validate.Range(1, MAX_LIMIT))
    cursor = fields.String()
    sort = fields.String()


@dataclass
class Resource:
    """The routes of one model under `path`.

    `read`, `create`, `update` are schemas; without one its route is not there. `filters` and `sorts` name columns,
    `finders` what a list is asked for that is no column: parameter -> what makes a WHERE clause of its text.
    `on_create(session, data)` and `on_update(session, entity, changes)` return the entity; the entity comes locked and
    its If-Match is checked. `before_update(session, changes)` comes before that lock, for other rows that are to be
    locked first, and returns the changes. `on_delete(session, entity)` or `delete=True` adds DELETE. `options` are
    loader options for what `read` shows beyond the row. `where` narrows every statement (soft deletion). `noun` is for
    messages.
    `moved(session, id)` says where one that is not there any more has gone: reading it redirects (308) to whom the
    caller may see, changing it is refused (409 `merged`) with that id. `create_also=(200,)`: `on_create` may answer
    with what is there already, as `Answer(entity, 200)`. `exported` adds `GET /<path>/export`: the list as a file.
    `complete(session, rows)` turns rows of columns into what `read` shows beyond them, a whole page at once: lists and
    reads then load plain columns and no entities. A file may hold more columns than the list: those of `export_read`,
    which `export_complete` completes. No route of an `internal` one is for partners.
    """

    model: type[Any]
    path: str
    read: type[Schema]
    create: type[Schema] | None = None
    update: type[Schema] | None = None
    filters: Sequence[str] = ()
    sorts: Sequence[str] = ()
    finders: Mapping[str, Finder] = filled(default_factory=dict)
    default_sort: str = "-created_at"
    on_create: OnCreate | None = None
    create_also: tuple[int, ...] = ()
    before_update: BeforeUpdate | None = None
    on_update: OnUpdate | None = None
    on_delete: OnDelete | None = None
    delete: bool = False
    options: Sequence[ORMOption] = ()
    where: Callable[[], Any] | None = None
    moved: Callable[[Session, UUID], UUID] | None = None
    complete: Complete | None = None
    export_read: type[Schema] | None = None
    export_complete: Complete | None = None
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
            api.make("GET", one, _named(self._read, f"Read {thing}."), **reading),
            api.make("PATCH", one, _named(self._update, f"Change {thing}."), body=self.update, guarded=True,
                     **writing) if self.update else None,
            api.make("DELETE", one, _named(self._delete, f"Delete {thing}."), guarded=True, status=204,
                     **removing) if self.delete or self.on_delete else None,
        ]  # fmt: skip

    @property
    def noun(self) -> str:
        """What one of them is called in messages."""
        return noun(self.model)

    @cached_property
    def spec(self) -> ListSpec:
        """What the list can be asked."""
        known = {f.attribute or name: f for name, f in self.shown.fields.items()}
        filters = {name: (getattr(self.model, name), filter_field(known.get(name))) for name in self.filters}
        return ListSpec(self.model, filters, self.sorts, self.default_sort, self.finders)

    @cached_property
    def shown(self) -> Schema:
        """The schema that is read by; made once, for that is dear."""
        return self.read()

    @cached_property
    def columns(self) -> list[str] | None:
        """The columns that `read` needs; None where it shows more than columns and takes the whole entity."""
        return self.columns_of(self.shown.dump_fields)

    def columns_of(self, shown: Mapping[str, ma.Field], *, completed: bool = False) -> list[str] | None:
        """The columns that these fields need, if what is more is `completed`; else None where one is more than a
        column."""
        names, mapper = column_names(shown), self.model.__mapper__
        if self.complete is not None or completed:
            names = [field.attribute or name for name, field in shown.items()]
        elif names is None or not all(name in mapper.column_attrs for name in names):
            return None
        wanted = dict.fromkeys([*names, "id", "version", "created_at", *self.sorts])
        return [name for name in wanted if name in mapper.column_attrs]

    @cached_property
    def _all(self) -> Any:
        return self.select(self.columns)

    def select(self, columns: Sequence[str] | None) -> Any:
        """A SELECT of these columns; None: of the whole entity with what it takes."""
        if columns is None:
            return select(self.model).options(*self.options)
        return select(*(getattr(self.model, name) for name in columns))

    @cached_property
    def _one(self) -> Any:
        return self._all.where(self.model.id == bindparam("wanted"))

    def statement(self, base: Any = None) -> Any:
        """The SELECT behind list and read, narrowed to the caller's reach."""
        return visible(self._narrowed(self._all if base is None else base), self.model)

    def _narrowed(self, statement: Any) -> Any:
        return statement if self.where is None else statement.where(self.where())

    def page(self, session: Session, query: Mapping[str, str], *conditions: Any) -> dict[str, Any]:
        """A page of the list, for `read` to show, of rows of which the conditions hold besides."""
        self.refuse_hidden(query)
        page = self.spec.page(self._narrowed(self._all).where(*conditions), query, session)
        return page if self.complete is None else page | {"data": self.complete(session, page["data"])}

    def refuse_hidden(self, query: Mapping[str, str]) -> frozenset[str]:
        """BadRequest where the query names a field that is hidden from the caller; else those fields."""
        hidden = hidden_fields(self.shown, actor())
        named = [name.partition("__")[0] for name in query] + (query.get("sort") or "").replace("-", "").split(",")
        for name in hidden.intersection(named):
            raise BadRequest(name, "unknown_parameter", f"There is no parameter {name!r} here.")
        return hidden

    def _read(self, session: Session, id: UUID) -> Any:
        row = self._found(session, id)
        if row is not None:
            return row
        target = self.moved(session, id) if self.moved else id
        if target == id or self._found(session, target) is None:
            raise NotFound(self.noun)
        return Answer(None, 308, {"Location": f"{session.info['service'].url_prefix}/{self.path}/{target}"})

    def _found(self, session: Session, id: UUID) -> Any:
        result = session.execute(self.statement(self._one), {"wanted": id})
        row: Any = (result.scalars() if self.columns is None else result).one_or_none()
        return row if row is None or self.complete is None else self.complete(session, [row])[0]

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
            body = self.before_update(session, body)
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
        target = self.moved(session, id) if self.moved else id
        if target != id and self._found(session, target) is not None:
            detail = f"This {self.noun} was merged into another; change that one."
            raise Conflict("merged", detail, merged_into=str(target))
        entity = load(session, self.model, id, lock=True, access=access)
        check_version(entity)
        return entity

    def parameters(self) -> tuple[Mapping[str, Any], ...]:
        """The list's parameters, for its OpenAPI description."""
        return self.spec.parameters()


def _scope(scope: str | None) -> dict[str, str]:
    return {"scope": scope} if scope else {}


def _named(view: Callable[..., Any], doc: str) -> Callable[..., Any]:
    def call(session: Session, **arguments: Any) -> Any:
        return view(session, **arguments)

    call.__doc__ = doc
    return call
