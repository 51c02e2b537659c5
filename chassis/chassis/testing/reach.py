"""A walk over every route of a service, with callers who must not learn of what is others'.

Two questions, asked of each route as it is declared, so that a new one is asked, too:

- Do answers stay what they were when records come that the caller does not reach? (`Walk.reads`, before and after: it
  holds for lists, counts and aggregates alike.)
- Is a record out of reach refused, wherever its id is named: in the path, in a filter, in a body? (`Walk.leaks`)

A route is filled in by itself: an id stands in the path behind its collection (`/people/<uuid:...>`), bodies are made
from their schemas. What cannot be guessed the test declares; a route that could not be asked is a fault of the test.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from flask import Flask
from marshmallow import fields as ma
from marshmallow import validate
from sqlalchemy import text

from chassis.db.database import Database
from chassis.http.api import Route
from chassis.testing.client import ApiClient
from chassis.testing.tokens import Caller

REFUSED = (403, 404)
ACTORS = {"users", "teams", "partners"}  # whoever works here is no secret; a list may be asked for what is theirs
_PARAMETER = re.compile(r"(?:^|/)([^/<]+)/<(?:[^:>]+:)?([^>]+)>")
Ids = Mapping[str, Sequence[str]]


@dataclass
class Walk:
    """What is walked, and with what.

    `hidden` are ids out of reach by collection (`people`), `references` the collection that a parameter or a field of a
    body names (`person_id`: `people`); `words` are what only hidden records say. `bodies` and `queries` complete a
    request, by the route's endpoint (`"@people"` stands for one of the caller's own); `paths` gives parameters that are
    no ids; `open` names routes that show no records or everybody's, each with its reason.
    """

    app: Flask
    api: ApiClient
    database: Database
    references: Mapping[str, str]
    words: Sequence[str]
    hidden: dict[str, list[str]] = field(default_factory=dict)
    bodies: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    queries: Mapping[str, dict[str, str]] = field(default_factory=dict)
    paths: Mapping[str, str] = field(default_factory=dict)
    open: Mapping[str, str] = field(default_factory=dict)

    @property
    def ordinary(self) -> list[Route]:
        """Every route that the callers' scopes open."""
        declared = self.app.extensions["quintet"]["routes"]
        scopes = {f"{self.app.extensions['quintet']['service'].name}:{access}" for access in ("read", "write")}
        return [route for route in declared if route.scope in scopes]

    @property
    def routes(self) -> list[Route]:
        """Every route that is to be asked."""
        return [route for route in self.ordinary if route.endpoint not in self.open]

    def unknown(self) -> set[str]:
        """Collections of which no record out of reach was made, and routes declared open that are no more."""
        named = {collection for route in self.routes for collection in _collections(route)}
        endpoints = {route.endpoint for route in self.app.extensions["quintet"]["routes"]}
        return named - self.hidden.keys() - self.paths.keys() | (self.open.keys() - endpoints)

    def open_to_partners(self, partner: Caller) -> set[str]:
        """The routes that do not refuse a partner as such, whatever is asked of them."""
        asked = {}
        for route in self.ordinary:
            options: dict[str, Any] = {"json": {}} if route.body else {}
            options |= {"if_match": 1, "buffered": True}  # who downloads reads to the end
            path = _filled(route.path, _Anything())
            asked[route.endpoint] = self.api.request(route.method, path, as_=partner, **options)
        refused = (403, "not_for_partners")
        return {name for name, answer in asked.items() if (answer.status_code, _code(answer)) != refused}

    def reads(self, caller: Caller, own: Ids) -> dict[str, tuple[int, str]]:
        """What the caller reads everywhere, at what is their `own`: by path, status and text."""
        found = {}
        for route in self.routes:
            if route.method != "GET":
                continue
            for path in self._paths(route, own):
                answer = self.api.get(path, query_string=self.queries.get(route.endpoint, {}), as_=caller)
                said = _text(answer) if answer.status_code < 400 else _code(answer)  # not the id of the trace
                found[f"{route.endpoint} {path}"] = answer.status_code, said
        return found

    def leaks(self, caller: Caller, own: Ids) -> list[str]:
        """Each way on which the caller came to something of `hidden`, read or written; empty where there is none."""
        found: list[str] = []
        state = self._state()
        for route in self.routes:
            found += self._leaks_of(route, caller, own)
            if route.method != "GET" and (now := self._state()) != state:
                found.append(f"{caller.reach}: {route.method} {route.path} changed something")
                state = now
        return found

    def _leaks_of(self, route: Route, caller: Caller, own: Ids) -> Iterator[str]:
        for path in self._paths(route, self.hidden, own):
            yield from self._ask(route, path, caller, self._body(route, own, {}), refused=True)
        if route.method == "GET":
            yield from self._filter(route, caller, own)
        elif route.body is not None:
            for name, collection in self._references(route):
                for id_ in self.hidden[collection]:
                    value = [id_] if isinstance(route.body.fields[name], ma.List) else id_
                    for path in self._paths(route, own):
                        yield from self._ask(route, path, caller, self._body(route, own, {name: value}), refused=True)

    def _filter(self, route: Route, caller: Caller, own: Ids) -> Iterator[str]:
        """Lists, asked for what hidden records say, and for those that name hidden records."""
        for parameter in route.extra_query:
            name = parameter["name"]
            values = self.words if name == "q" else self.hidden.get(self.references.get(name, ""), ())
            for value in values:
                for path in self._paths(route, own):
                    query = self.queries.get(route.endpoint, {}) | {name: value}
                    yield from self._ask(route, path, caller, None, query=query)

    def _ask(
        self, route: Route, path: str, caller: Caller, body: Any, *, refused: bool = False, query: Any = None
    ) -> list[str]:
        options: dict[str, Any] = {"query_string": query or self.queries.get(route.endpoint, {})}
        if route.form is not None:
            options["data"] = {"file": (io.BytesIO(b"some text"), "some.txt")}
        elif route.body is not None:
            options["json"] = body
        if route.guarded:
            options["if_match"] = self.api.get(path).headers.get("ETag", '"1"')
        answer = self.api.request(route.method, path, as_=caller, **options)
        where = f"{caller.reach}: {route.method} {path} {body or query or ''}"
        found = [
            f"{where} -> {answer.status_code} tells {word!r}" for word in self._told(_text(answer), path, body, query)
        ]
        if refused and not _is_refusal(answer):
            found.append(f"{where} -> {answer.status_code} {_text(answer)[:200]}")
        return found

    def _told(self, answer: str, *asked: Any) -> list[str]:
        """What of the hidden an answer says, but for what was asked with."""
        ids = {id_ for ids in self.hidden.values() for id_ in ids}
        return [word for word in (*self.words, *ids) if word in answer and word not in str(asked)]

    def _paths(self, route: Route, ids: Ids, others: Ids | None = None) -> Iterator[str]:
        """The route's path with each of `ids` in it. With `others`, each parameter in turn is one of `ids` while the
        rest are of `others`; a path without an id is then none."""
        parameters = _PARAMETER.findall(route.path)
        wanted = [name for collection, name in parameters if collection not in self.paths]
        if not wanted:
            if others is None:
                yield _filled(route.path, {name: self.paths[collection] for collection, name in parameters})
            return
        for turn in wanted if others is not None else wanted[:1]:
            values = {name: self.paths.get(collection, "") for collection, name in parameters}
            for collection, name in parameters:
                source = ids if others is None or name == turn else {**ids, **others}
                values[name] = values[name] or next(iter(source.get(collection, ())), "")
            collection = next(collection for collection, name in parameters if name == turn)
            for id_ in ids.get(collection, ()):
                if all(values.values()) or name == turn:
                    yield _filled(route.path, values | {turn: id_})

    def _references(self, route: Route) -> list[tuple[str, str]]:
        names = route.body.fields if route.body is not None else {}
        known = self.hidden.keys() - ACTORS
        return [(name, self.references[name]) for name in names if self.references.get(name) in known]

    def _body(self, route: Route, own: Ids, given: dict[str, Any]) -> dict[str, Any] | None:
        if route.body is None:
            return None
        needed = {name: sample(f) for name, f in route.body.fields.items() if f.required}
        asked = {self.references.get(name) for name in given}  # who is named once is not named twice
        said = {
            name: own[value[1:]][0] if str(value).startswith("@") else value
            for name, value in self.bodies.get(route.endpoint, {}).items()
            if self.references.get(name) not in asked - {None}
        }
        return needed | said | given

    def _state(self) -> str:
        """A sum over every row of the service's database but for what an answer itself leaves behind."""
        with self.database.reading() as session:
            tables = session.scalars(_TABLES).all()
            sums = [
                f"SELECT md5(coalesce(string_agg(t::text, '' ORDER BY t::text), '')) AS s FROM {t} t" for t in tables
            ]
            return "".join(sorted(session.scalars(text(" UNION ALL ".join(sums)))))


_TABLES = text(
    "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'idempotency_keys'"
    " ORDER BY 1"
)


def sample(wanted: ma.Field) -> Any:
    """A value that a field takes."""
    for rule in wanted.validators:
        if isinstance(rule, validate.OneOf):
            return next(iter(rule.choices))
        if isinstance(rule, validate.Range) and rule.min is not None:
            return rule.min
    if isinstance(wanted, ma.List):
        return [sample(wanted.inner)]
    kinds = {ma.UUID: str(UUID(int=7)), ma.DateTime: "2026-03-02T12:00:00Z", ma.Date: "2026-03-02", ma.Boolean: True,
             ma.Integer: 1, ma.Decimal: "1", ma.Dict: {}}  # fmt: skip
    return next((value for kind, value in kinds.items() if isinstance(wanted, kind)), "some text")


def _collections(route: Route) -> list[str]:
    return [collection for collection, _ in _PARAMETER.findall(route.path)]


def _filled(path: str, values: Mapping[str, str]) -> str:
    return re.sub(r"<(?:[^:>]+:)?([^>]+)>", lambda found: values[found[1]], path)


class _Anything(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return str(UUID(int=7))


def _code(answer: Any) -> str:
    return str((answer.json or {}).get("code")) if answer.is_json or "problem" in answer.mimetype else ""


def _text(answer: Any) -> str:
    return str(answer.get_data().decode("utf-8", "replace"))  # also of a PDF


def _is_refusal(answer: Any) -> bool:
    """403 or 404, or a 422 that says of a reference that there is no such thing."""
    if answer.status_code == 422:
        return any(error["code"].startswith("unknown_") for error in answer.json["errors"])
    return answer.status_code in REFUSED
