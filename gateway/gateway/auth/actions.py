"""Logging in, going on, logging out. Each opens transactions of its own: a failed attempt must be kept, and no
connection is held while a password is hashed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from chassis.actor import Actor
from chassis.errors import Invalid, NotFound, Unauthorized
from gateway.auth import sessions, throttle
from gateway.auth.bearers import bearer_of_user
from gateway.auth.model import LoginSession
from gateway.auth.rules import check_password
from gateway.runtime import Runtime
from gateway.tokens.issue import issue
from gateway.tokens.real_time import real_now
from gateway.users.model import User


class BadCredentials(Unauthorized):
    """401, the same whether the address or the password is wrong or the account is not active."""

    def __init__(self) -> None:
        super().__init__("The e-mail address or the password is not right.", "bad_credentials")


def log_in(here: Runtime, email: str, password: str, *, address: str, user_agent: str) -> dict[str, Any]:
    """Tokens of a new session. BadCredentials, or LockedOut after failures in a row."""
    email = email.strip().lower()
    user = attempt(here, email, password)
    with here.database.transaction() as session:
        throttle.forgive(session, email)
        begun, refresh_token = sessions.begin(session, user.id, here.settings, address=address, user_agent=user_agent)
        last_login = update(User).where(User.id == user.id).values(last_login_at=real_now(), updated_at=User.updated_at)
        session.execute(last_login, execution_options={"synchronize_session": False})
    return {"user_id": user.id} | tokens(here, user, begun.id, refresh_token)


def attempt(here: Runtime, email: str, password: str) -> User:
    """The active user with this address and password. The work is the same for an address that nobody has."""
    settings = here.settings
    with here.database.transaction() as session:
        throttle.begin(session, email, free=settings.free_attempts)
        user = session.scalars(select(User).where(User.email == email)).one_or_none()
    usable = user is not None and user.active
    if not here.passwords.matches(user.password_hash if user and usable else None, password) or user is None:
        with here.database.transaction() as session:
            throttle.fail(session, email, free=settings.free_attempts, longest=settings.longest_lock)
        raise BadCredentials()
    return user


def refresh(here: Runtime, token: str) -> dict[str, Any]:
    """The next tokens of a session. InvalidRefreshToken where it cannot go on."""
    with here.database.transaction() as session:
        spent = sessions.spend(session, token, here.settings)
        user = session.get(User, spent[0].user_id) if spent else None
    if spent is None or user is None or not user.active:
        raise sessions.InvalidRefreshToken()
    return tokens(here, user, spent[0].id, spent[1])


def log_out(here: Runtime, refresh_token: str | None, login_session: UUID | None) -> None:
    """End the session of the refresh token and that of the access token. What is not known is no error."""
    with here.database.transaction() as session:
        found = sessions.session_of(session, refresh_token) if refresh_token else None
        sessions.end(session, {id_ for id_ in (found and found.id, login_session) if id_}, "logged out")


def change_password(here: Runtime, who: Actor, current: str, new: str) -> None:
    """Change one's own password; every other session of the user ends."""
    user = own_user(here, who)
    try:
        attempt(here, user.email, current)
    except BadCredentials:
        raise Invalid("current_password", "wrong", "This is not your password.") from None
    if current == new:
        raise Invalid("new_password", "unchanged", "The new password is the old one.")
    check_password(new, shortest=here.settings.password_min, email=user.email, name=user.name, field="new_password")
    password_hash = here.passwords.hash(new)
    with here.database.transaction() as session:
        throttle.forgive(session, user.email)
        user = session.get_one(User, user.id, with_for_update=True)
        user.password_hash, user.password_changed_at = password_hash, real_now()
        sessions.end_all(session, user.id, "the password was changed", but=session_id(who))


def own_user(here: Runtime, who: Actor) -> User:
    """The user behind a token. NotFound for an API client."""
    with here.database.reading() as session:
        user = session.get(User, who.id) if who.kind == "user" else None
    if user is None:
        raise NotFound("user", "Only users have this; API clients do not.")
    return user


def end_own_session(session: Session, who: Actor, id_: UUID) -> None:
    """End one of one's own sessions."""
    found = session.get(LoginSession, id_)
    if found is None or found.user_id != who.id:
        raise NotFound("session")
    sessions.end(session, [id_], "ended by the user")


def tokens(here: Runtime, user: User, login_session: UUID, refresh_token: str) -> dict[str, Any]:
    """What a log-in and a refresh answer (RFC 6749, section 5.1)."""
    return {
        "access_token": issue(here.keys, bearer_of_user(user, login_session), here.settings.access_ttl),
        "refresh_token": refresh_token,
        "token_type": "Bearer",
        "expires_in": here.settings.access_ttl,
    }


def session_id(who: Actor) -> UUID | None:
    """The session that an access token belongs to."""
    sid = who.claims.get("sid")
    return UUID(sid) if sid else None
