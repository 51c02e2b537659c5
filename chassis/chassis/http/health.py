"""`/livez`: the process answers. `/readyz`: it can do its work: database there, migrated to the head it knows."""

from __future__ import annotations

from functools import cache
from typing import Any

from flask import Flask, Response
from sqlalchemy.exc import SQLAlchemyError

from chassis.db.database import Database
from chassis.db.migrate import head, revision_of
from chassis.encoding import to_json
from chassis.metrics import exposition
from chassis.service import Service

newest = cache(head)


def readiness(service: Service, database: Database) -> dict[str, Any]:
    """`{"ready": bool, "checks": {name: "ok" | what is wrong}}`."""
    checks = {"database": "ok", "migrations": "ok"}
    try:
        with database.engine.connect() as connection:
            revision = revision_of(connection)
        if revision != newest(service):
            checks["migrations"] = f"at {revision or 'nothing'}, {newest(service)} is needed"
    except SQLAlchemyError as error:
        checks = {"database": type(error).__name__, "migrations": "unknown"}
    return {"ready": set(checks.values()) == {"ok"}, "checks": checks}


def install_health(app: Flask, service: Service, database: Database) -> None:
    """Add `/livez`, `/readyz` and `/metrics`; they take no token and are not routed by the gateway."""

    def livez() -> Response:
        return Response(b'{"live":true}', mimetype="application/json")

    def readyz() -> Response:
        state = readiness(service, database)
        return Response(to_json(state), 200 if state["ready"] else 503, mimetype="application/json")

    def metrics() -> Response:
        body, content_type = exposition()
        return Response(body, content_type=content_type)

    for view in (livez, readyz, metrics):
        app.add_url_rule(f"/{view.__name__}", view.__name__, view)
