"""Every route says who may call it."""

from __future__ import annotations

import re

import pytest

# Reached without a token, and why.
PUBLIC = {
    ("POST", "/auth/login"),  # this is where tokens come from
    ("POST", "/auth/refresh"),
    ("POST", "/auth/token"),
    ("POST", "/auth/logout"),  # the refresh token in the body is the credential; logging out must always work
}
# Any valid token: about its bearer alone.
SIGNED_IN = {
    ("GET", "/auth/me"),
    ("PATCH", "/auth/me"),
    ("POST", "/auth/password"),
    ("GET", "/auth/sessions"),
    ("DELETE", "/auth/sessions/<uuid:id>"),
}
# Flask rules that are no routes of the API: probes, keys, the description and its page.
OPEN_RULES = {
    "/livez", "/readyz", "/readyz/self", "/metrics", "/.well-known/jwks.json", "/api/v1/openapi.json", "/docs",
    "/docs/<name>",
}  # fmt: skip


def routes(app):
    return app.extensions["quintet"]["routes"]


def test_every_route_has_a_scope_or_a_reason(app):
    public = {(r.method, r.path) for r in routes(app) if r.public}
    scopeless = {(r.method, r.path) for r in routes(app) if not r.public and not r.scope}
    assert public == PUBLIC
    assert scopeless == SIGNED_IN
    scopes = {r.scope for r in routes(app) if r.scope}
    assert scopes <= {"gateway:admin", "gateway:read", "gateway:write"}


def test_no_rule_is_hidden_from_this_test(app):
    declared = {"/api/v1" + r.path for r in routes(app)}
    assert {rule.rule for rule in app.url_map.iter_rules()} == declared | OPEN_RULES


def test_without_a_token_nothing_opens(app, api, runtime):
    for route in routes(app):
        if route.public:
            continue
        path = "/api/v1" + re.sub(r"<uuid:\w+>", "01a20340-7017-777a-9fbc-1b54d5a0eb83", route.path)
        assert api.request(route.method, path, as_=None).status_code == 401, (route.method, path)


@pytest.mark.parametrize("role", ["sales_rep", "sales_manager", "agent", "desk_manager", "marketer", "analyst"])
def test_no_role_but_the_administrators_opens_administration(app, api, person, log_in, role):
    person(role, email="lin@example.com")
    token = log_in("lin@example.com")["access_token"]
    for route in routes(app):
        if route.scope:
            path = "/api/v1" + re.sub(r"<uuid:\w+>", "01a20340-7017-777a-9fbc-1b54d5a0eb83", route.path)
            headers = {"Authorization": f"Bearer {token}"}
            answer = api.request(route.method, path, as_=None, headers=headers)
            assert answer.status_code == 403, (route.method, path)
