"""The Flask application of a service."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import Any

from flask import Flask, Response, g, request

from chassis import metrics
from chassis.custom.api import custom_api
from chassis.custom.definitions import known
from chassis.custom.describing import with_fields
from chassis.custom.model import customised
from chassis.db.database import Database
from chassis.encoding import to_json
from chassis.http.api import Api, Route
from chassis.http.endpoint import view_function
from chassis.http.health import install_health
from chassis.http.jobs import jobs_api
from chassis.http.moved import with_moved
from chassis.http.openapi import describe
from chassis.http.problems import install_problems
from chassis.http.tokens import KeySet, TokenVerifier
from chassis.jobs.run import registry
from chassis.service import Service
from chassis.settings import jwks_location, service_settings
from chassis.trace import child_of

MAX_UPLOAD = 512 * 1024 * 1024


def service_app(
    service: Service,
    apis: Sequence[Api],
    database: Database | None = None,
    verifier: TokenVerifier | None = None,
) -> Flask:
    """The application of `service`: the routes of `apis` under `/api/v1/<service>`, and what every service has besides.

    `database` and `verifier` default to what the environment names. `app.extensions["quintet"]` lists the routes.
    """
    app = Flask(service.package, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_UPLOAD
    app.url_map.strict_slashes = False
    database = database or _configured_database(service)
    verifier = verifier or TokenVerifier(KeySet(jwks_location()), service.name)
    apis = [*apis, *([custom_api(service)] if customised(service) else [])]
    has_jobs = any(kind.startswith(f"{service.name}.") for kind in registry)
    apis = [*apis, *([jobs_api(service)] if has_jobs else [])]
    routes = with_moved([route for api in apis for route in api.routes])
    for route in routes:
        _add(app, service.url_prefix, route, database, verifier)
    _add_description(app, service, routes, database)
    install_health(app, service, database)
    install_problems(app)
    _surround(app, service)
    app.extensions["quintet"] = {
        "routes": routes,
        "database": database,
        "service": service,
        "verifier": verifier,
    }
    return app


def _configured_database(service: Service) -> Database:
    settings = service_settings(service)
    return Database(service, settings.database_url, pool_size=settings.pool_size)


def _add(app: Flask, base: str, route: Route, database: Database, verifier: TokenVerifier) -> None:
    view = view_function(route, database, verifier)
    app.add_url_rule(base + route.path, route.endpoint, view, methods=[route.method], provide_automatic_options=False)


def _add_description(app: Flask, service: Service, routes: Iterable[Route], database: Database) -> None:
    document: list[dict[str, Any]] = []
    models = customised(service)

    def openapi() -> Response:
        if not document:
            document.append(describe(service, routes))
        if not models:
            return Response(to_json(document[0]), mimetype="application/json")
        with database.reading() as session:
            described = with_fields(document[0], lambda entity: known(session, models[entity]), models)
        return Response(to_json(described), mimetype="application/json")

    app.add_url_rule(f"{service.url_prefix}/openapi.json", "openapi", openapi)


def _surround(app: Flask, service: Service) -> None:
    """Trace context in and out, and the figures of every request."""

    def begin() -> None:
        g.traceparent = child_of(request.headers.get("traceparent"))
        g.began = time.perf_counter()

    def end(response: Response) -> Response:
        response.headers["X-Trace-Id"] = g.traceparent[3:35]
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Cache-Control", "no-store")
        rule = request.url_rule.rule if request.url_rule else "unknown"
        took = time.perf_counter() - g.began
        metrics.REQUESTS.labels(service.name, request.method, rule, str(response.status_code)).observe(took)
        return response

    app.before_request(begin)
    app.after_request(end)
