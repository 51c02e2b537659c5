"""The gateway's HTTP door: its own Flask application, with the edge around it."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, request

from chassis.db import Database
from chassis.encoding import to_json
from chassis.http import service_app
from chassis.http.health import readiness
from chassis.http.openapi import describe
from chassis.http.tokens import TokenVerifier
from chassis.settings import load_settings, service_settings
from gateway.audit import api as audit
from gateway.audit.drain import Drain
from gateway.audit.spool import Spool
from gateway.audit.trail import Trail
from gateway.auth import api as auth
from gateway.auth import oauth
from gateway.auth.passwords import Passwords
from gateway.auth.revocations import RevokedTokens
from gateway.base import SERVICE
from gateway.clients import api as clients
from gateway.docs.collect import Collector
from gateway.docs.merge import Document
from gateway.docs.own import completed
from gateway.docs.page import install_page
from gateway.edge.edge import Edge
from gateway.edge.rate import RateLimiter
from gateway.health.ready import Readiness
from gateway.partners import api as partners
from gateway.roles import api as roles
from gateway.runtime import Runtime
from gateway.serve import any_engine
from gateway.settings import GatewaySettings
from gateway.teams import api as teams
from gateway.tokens.keys import FolderKeys
from gateway.users import api as users

APIS = (auth.api, oauth.api, users.api, roles.api, teams.api, partners.api, clients.api, audit.api)


def create_app(database: Database | None = None, verifier: TokenVerifier | None = None) -> Flask:
    """The application; nothing runs in the background until its runtime is started.

    `database` and `verifier` default to what the environment names and the gateway's own keys.
    """
    settings = load_settings(GatewaySettings)
    if database is None:
        own = service_settings(SERVICE)
        database = Database(SERVICE, own.database_url, pool_size=own.pool_size)
    runtime = make_runtime(settings, database, verifier)
    app = service_app(SERVICE, APIS, database, runtime.verifier)
    app.extensions["gateway"] = runtime
    install_documents(app, settings)
    install_health(app, runtime)
    app.wsgi_app = Edge(  # type: ignore[method-assign]
        app.wsgi_app,
        upstreams=settings.upstreams,
        verifier=runtime.verifier,
        revoked=runtime.revoked,
        limiter=RateLimiter(settings.rates, settings.rate_storage),
        trail=Trail(runtime.spool),
        caps=settings.caps,
        trusted_proxies=settings.trusted_proxies,
    )
    return app


create_app.server_options = any_engine()  # type: ignore[attr-defined]


def make_runtime(settings: GatewaySettings, database: Database, verifier: TokenVerifier | None) -> Runtime:
    """What the application's views and the edge work with."""
    keys, spool = FolderKeys(settings.signing_keys), Spool(settings.audit_spool)
    return Runtime(
        settings=settings,
        database=database,
        keys=keys,
        verifier=verifier or TokenVerifier(keys, SERVICE.name),
        passwords=Passwords(),
        revoked=RevokedTokens(database, settings.access_ttl),
        spool=spool,
        drain=Drain(spool, database),
    )


def install_documents(app: Flask, settings: GatewaySettings) -> None:
    """The merged description in place of the gateway's own, the page to try it, and the keys of tokens."""
    routes = app.extensions["quintet"]["routes"]

    def own() -> Document:
        return completed(describe(SERVICE, routes))

    collector = Collector(own, settings.upstreams, settings.docs_cache)

    def openapi() -> Response:
        made = collector.description()
        if request.if_none_match.contains(made.etag.strip('"')):
            return Response(status=304, headers={"ETag": made.etag})
        headers = {"ETag": made.etag, "Cache-Control": "no-cache"}
        return Response(made.body, mimetype="application/json", headers=headers)

    def jwks() -> Response:
        """A new key signs as soon as it is there, so this is kept for a short while only."""
        headers = {"Cache-Control": "public, max-age=30"}
        keys = app.extensions["gateway"].keys.jwks()
        return Response(to_json(keys), mimetype="application/json", headers=headers)

    app.view_functions["openapi"] = openapi
    app.add_url_rule("/.well-known/jwks.json", "jwks", jwks)
    install_page(app)


def install_health(app: Flask, runtime: Runtime) -> None:
    """`/readyz` of the whole platform in place of the gateway's own, which is at `/readyz/self`."""

    def own() -> dict[str, Any]:
        return readiness(SERVICE, runtime.database)

    whole = Readiness(own, runtime.settings.upstreams)

    def answer(state: dict[str, Any]) -> Response:
        return Response(to_json(state), 200 if state["ready"] else 503, mimetype="application/json")

    app.view_functions["readyz"] = lambda: answer(whole.state())
    app.add_url_rule("/readyz/self", "readyz_self", lambda: answer(own()))
