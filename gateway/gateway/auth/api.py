"""`/api/v1/auth`: log in, go on, log out, who am I."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import request
from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.access import actor, load
from chassis.actor import Actor
from chassis.errors import Forbidden, Refusal
from chassis.http import Api
from chassis.http.tokens import bearer_token
from gateway.audit.annotate import annotate
from gateway.auth import actions
from gateway.auth.bearers import bearer_of_user
from gateway.auth.model import LoginSession
from gateway.auth.schema import LoginIn, LogoutIn, MeOut, PasswordIn, RefreshIn, SessionOut, TokensOut
from gateway.runtime import client_address, here
from gateway.tokens.issue import Bearer
from gateway.tokens.real_time import real_now
from gateway.users.actions import prefer
from gateway.users.model import User
from gateway.users.schema import PreferencesIn

api = Api("auth", scope="gateway")
_PREFERENCES = ("region", "time_zone", "locale")
signed_in = {"scope": None}  # any valid token will do: these routes are about its bearer alone


@api.post("/auth/login", public=True, read_only=True, body=LoginIn, returns=TokensOut, errors=(401,))
def log_in(_session: Session, body: dict[str, Any]) -> dict[str, Any]:
    """Log in with e-mail address and password.

    The access token counts for some minutes; the refresh token gets the next pair, once. Failures in a row lock the
    account for a growing while (429 with Retry-After).
    """
    agent = request.headers.get("User-Agent", "")
    given = actions.log_in(here(), body["email"], body["password"], address=client_address(), user_agent=agent)
    annotate(actor_id=given["user_id"], actor_kind="user")
    return given


@api.post("/auth/refresh", public=True, read_only=True, body=RefreshIn, returns=TokensOut, errors=(401,))
def refresh(_session: Session, body: dict[str, Any]) -> dict[str, Any]:
    """Exchange a refresh token for the next pair of tokens.

    A refresh token counts once; using it again ends the session, for then somebody else has it.
    """
    return actions.refresh(here(), body["refresh_token"])


@api.post("/auth/logout", public=True, read_only=True, body=LogoutIn, status=204)
def log_out(_session: Session, body: dict[str, Any]) -> None:
    """End the session of the refresh token, and of the access token if one is sent."""
    who = _bearer()
    if who is not None:
        annotate(actor_id=who.id, actor_kind=who.kind, actor_name=who.name)
    actions.log_out(here(), body.get("refresh_token"), actions.session_id(who) if who else None)


@api.get("/auth/me", returns=MeOut, **signed_in)
def me(session: Session) -> dict[str, Any]:
    """Who the token belongs to and what it allows.

    For a user as it stands in the database now, which a token may lag behind by some minutes.
    """
    who = actor()
    user = session.get(User, who.id) if who.kind == "user" else None
    return _of_user(user) if user else _of_token(who)


@api.patch("/auth/me", body=PreferencesIn, returns=MeOut, guarded=False, errors=(403,), **signed_in)
def change_me(session: Session, body: dict[str, Any]) -> dict[str, Any]:
    """Say in which time zone you are, and how you read. Other services know it a moment later.

    A day of yours, such as that of what is due today, is one of this zone.
    """
    who = actor()
    if who.kind != "user" or who.id is None:
        raise Forbidden("Only a user has preferences.", "not_a_user")
    return _of_user(prefer(session, load(session, User, who.id, lock=True), body))


@api.post("/auth/password", body=PasswordIn, status=204, read_only=True, **signed_in)
def change_password(_session: Session, body: dict[str, Any]) -> None:
    """Change one's own password; every other session ends."""
    actions.change_password(here(), actor(), body["current_password"], body["new_password"])


@api.get("/auth/sessions", returns=SessionOut, many=True, **signed_in)
def list_sessions(session: Session) -> list[dict[str, Any]]:
    """One's own sessions that are open, the latest first."""
    mine = (
        LoginSession.user_id == actor().id,
        LoginSession.ended_at.is_(None),
        LoginSession.expires_at > real_now(),
    )
    found = session.scalars(select(LoginSession).where(*mine).order_by(LoginSession.used_at.desc()).limit(200))
    current = actions.session_id(actor())
    return [vars(one) | {"current": one.id == current} for one in found]


@api.delete("/auth/sessions/<uuid:id>", guarded=False, **signed_in)
def end_session(session: Session, id: UUID) -> None:
    """End one of one's own sessions."""
    actions.end_own_session(session, actor(), id)


def _bearer() -> Actor | None:
    token = bearer_token(request.headers.get("Authorization"))
    try:
        return here().verifier.actor(token) if token else None
    except Refusal:
        return None


def _of_user(user: User) -> dict[str, Any]:
    return _shown(bearer_of_user(user)) | {name: getattr(user, name) for name in _PREFERENCES}


def _of_token(who: Actor) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "kind": who.kind,
        "name": who.name,
        "email": None,
        "roles": list(who.roles),
    }
    shown |= {
        "scopes": sorted(who.scopes),
        "reach": who.claims.get("reach", {}),
        "partner_id": who.partner_id,
    }
    return shown | dict.fromkeys(_PREFERENCES) | {"id": who.id, "team_id": who.team_id}


def _shown(bearer: Bearer) -> dict[str, Any]:
    names = ("id", "kind", "name", "email", "roles", "scopes", "reach", "team_id", "partner_id")
    return {name: getattr(bearer, name) for name in names}
