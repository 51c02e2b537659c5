"""A record that came to stand for another: what is asked of its old id, or beneath it, goes on at the new one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from flask import Response, request, url_for

from chassis.db.database import Database
from chassis.errors import Conflict
from chassis.http.api import SAFE, Route

_ONE = re.compile(r"/[^<>]+/<uuid:\w+>")
_QUERY = "%&=+/?,:;@!$'()*~"


def with_moved(routes: Sequence[Route]) -> list[Route]:
    """The routes; those beneath a record of which it is known where it has gone know it, too."""
    heads = {_head(route): route.moved for route in routes if route.moved}
    return [replace(route, moved=heads.get(_head(route))) for route in routes]


def gone_on(route: Route, database: Database, path: dict[str, Any]) -> Response | None:
    """Where a request that was refused goes on, if the first id of its path stands for another record, which the caller
    reads: 308 to the same there, where it is judged anew (a repeat after the first has arrived there, too).

    A change that depends on the version of the old record (If-Match; RFC 9110, 13.1.1) is not sent on: the two versions
    may be one number. It is a Conflict that names the other.
    """
    if route.moved is None:
        return None
    name, old = next(iter(path.items()))
    with database.reading() as session:
        new = route.moved(session, old)
    if new is None:
        return None
    if request.method not in SAFE and "If-Match" in request.headers:
        raise Conflict("merged", "This record was merged into another; change that one.", merged_into=str(new))
    query = quote(request.query_string, safe=_QUERY)
    there = url_for(str(request.endpoint), **path | {name: new})
    return Response(status=308, headers={"Location": f"{there}?{query}" if query else there})


def _head(route: Route) -> str:
    """The path as far as the record that the route is about: `/people/`."""
    found = _ONE.match(route.path)
    return found[0].partition("<")[0] if found else route.path
